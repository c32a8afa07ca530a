import FQLValues
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What statements have in common that differ in nothing but their literals: the text around these, and what they are made of.
///
/// Scripts, dumps and drivers send the same few statements over and over. One whose form was met before need not be parsed: its text is
/// compared with the form's, and only the scalars in it are read.
public final class StatementForm: Sendable {
  /// What is done to read a statement, in the order of its text.
  enum Step: Sendable {
    /// This stretch of the form's text comes next.
    case text(start: Int32, count: Int32)
    /// A scalar comes next, and is put into the literals.
    case scalar
    /// Bytes of the form's are put there: keys, and nulls, which are part of the form since functions leave them out.
    case bytes(start: Int32, count: Int32)
    /// An array or an object of so many elements or fields begins in the literals.
    case open(tag: UInt8, count: UInt8)
    /// The one that began last ends.
    case close
  }

  let text: [UInt8]
  let steps: [Step]
  /// What is the same in the literals of all statements.
  let bytes: [UInt8]
  /// Whether there is a null in the literals.
  public let hasNull: Bool
  /// How much of the text stands behind the statement itself: its semicolon, and what is before that.
  let tailCount: Int
  /// The most that statements of it may do.
  let effect: Effect
  /// Of the statements that have it, and of few others.
  let hash: UInt64
  /// What must come between a statement of the form and the next one.
  let separation: Parser.Separation
  private let isDropped = Atomic(false)

  /// Forms of larger statements are not kept: nobody sends many of those.
  static let largestSize = 4096
  static let mostScalars = 64

  /// The form of a statement that was parsed from a text, with the places of its scalars; nil for one whose literals cannot be told
  /// apart, or say more than their values.
  init?(
    of statement: Statement, in text: UnsafeBufferPointer<UInt8>, scalars: [Span], hash: UInt64,
    _ separation: Parser.Separation
  ) {
    var writer = FormWriter(text, scalars)
    guard writer.add(statement.expr), writer.finish() else { return nil }
    self.text = Array(text)
    steps = writer.steps
    bytes = writer.bytes.bytes.map { $0 }
    hasNull = writer.hasNull
    tailCount = text.count - Int(statement.span.end)
    effect = statement.effect
    self.hash = hash
    self.separation = separation
  }

  /// Says that nobody has use for the form: statements of it will be parsed.
  public func drop() { isDropped.store(true, ordering: .relaxed) }

  var isOfUse: Bool { !isDropped.load(ordering: .relaxed) }

  /// A number that statements of one form share.
  static func hash(of text: UnsafeBufferPointer<UInt8>, scalars: borrowing MoveStack<Span>) -> UInt64 {
    var hash = UInt64(scalars.count)
    var place = 0
    func mix(_ bits: UInt64) { hash = (hash ^ hash &>> 29 ^ bits) &* 0x9E37_79B9_7F4A_7C15 }
    for i in 0...scalars.count {
      let end = i < scalars.count ? Int(scalars[i].start) : text.count
      while place + 8 <= end, let word = ByteWord(text, at: place) {
        mix(word.number(keeping: 8))
        place += 8
      }
      while place < end {
        mix(UInt64(text[place]))
        place += 1
      }
      mix(UInt64(i))
      if i < scalars.count { place = Int(scalars[i].end) }
    }
    return hash
  }
}

/// Writes down the steps to read a statement, from its tree and the places of its scalars.
private struct FormWriter: ~Copyable {
  private let text: UnsafeBufferPointer<UInt8>
  private let scalars: [Span]
  private var next = 0
  /// How much of the text is in the steps.
  private var place = 0
  private(set) var steps: [StatementForm.Step] = []
  private(set) var bytes = ByteBuffer()
  private(set) var hasNull = false

  init(_ text: UnsafeBufferPointer<UInt8>, _ scalars: [Span]) {
    self.text = text
    self.scalars = scalars
  }

  /// False where a scalar is left that is in no literal.
  mutating func finish() -> Bool {
    addText(upTo: text.count)
    return next == scalars.count
  }

  private mutating func addText(upTo end: Int) {
    if place < end { steps.append(.text(start: Int32(place), count: Int32(end - place))) }
    place = end
  }

  mutating func add(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .literal(let value):
      let first = next
      guard add(value) else { return false }
      // The literal is made of all scalars within its place and no others: so there is no doubt which are which.
      guard first < next else { return true }
      return scalars[first].start >= expr.span.start && scalars[next - 1].end <= expr.span.end
        && (next == scalars.count || scalars[next].start >= expr.span.end)
    case .array(let elements):
      for element in elements where !add(element) { return false }
      return true
    case .object(let members):
      // Tagged values were made of their literals already.
      for key in members.keys where key.utf8.first == UInt8(ascii: "@") { return false }
      for value in members.values where !add(value) { return false }
      return true
    }
  }

  /// Scalars of data stand in the text as they stand in the value, but where the keys of an object were put into another order. (Of two
  /// fields of one name, one is missing in the value, and a scalar is left over in the end.)
  private mutating func add(_ value: Value) -> Bool {
    switch value {
    case .null:
      hasNull = true
      addBytes { $0.appendByte(ValueCodec.Tag.null) }
    case .boolean, .integer, .double, .string:
      guard next < scalars.count, scalars[next].start >= place else { return false }
      addText(upTo: Int(scalars[next].start))
      steps.append(.scalar)
      place = Int(scalars[next].end)
      next += 1
    case .array(let elements):
      guard open(ValueCodec.Tag.array, count: elements.count) else { return false }
      for element in elements where !add(element) { return false }
      steps.append(.close)
    case .object(let object):
      guard object.count < FieldTable.minimumCount, open(ValueCodec.Tag.object, count: object.count) else {
        return false
      }
      for field in object.fields {
        if ParsedKey(field.key).isIndexLike { return false }
        addBytes { bytes in field.key.withBytes { bytes.append(tag: nil, utf8: $0) } }
        guard add(field.value) else { return false }
      }
      steps.append(.close)
    default: return false
    }
    return true
  }

  /// Nobody writes so many elements down again and again that their number does not fit a byte.
  private mutating func open(_ tag: UInt8, count: Int) -> Bool {
    steps.append(.open(tag: tag, count: UInt8(truncatingIfNeeded: count)))
    return count < 0x80
  }

  private mutating func addBytes(_ append: (inout ByteBuffer) -> Void) {
    let start = bytes.count
    append(&bytes)
    if case .bytes(let first, let count)? = steps.last, Int(first + count) == start {
      steps[steps.count - 1] = .bytes(start: first, count: Int32(bytes.count) - first)
    } else {
      steps.append(.bytes(start: Int32(start), count: Int32(bytes.count - start)))
    }
  }
}

/// What the literals are of a statement whose form was met before.
public final class Repetition: @unchecked Sendable {  // nothing changes
  public let form: StatementForm
  /// Their values in the order of the tree, as they are stored (`ValueCodec`), one behind the other. Valid for as long as this lives.
  public let literals: UnsafeRawBufferPointer
  /// A text that begins with the statement.
  private let source: Source

  init(form: StatementForm, literals: UnsafeRawBufferPointer, source: Source) {
    self.form = form
    self.source = source
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: literals.count, alignment: 1)
    memory.copyMemory(from: literals)
    self.literals = UnsafeRawBufferPointer(memory)
  }

  deinit { literals.deallocate() }

  /// The statement's tree.
  var expr: Expr {
    source.withBytes { bytes in
      var parser = Parser(Lexer(bytes))
      var separation = Parser.Separation()
      guard case .statement(let statement)? = try? parser.item(&separation) else {
        preconditionFailure("A statement of a form cannot be parsed.")
      }
      return statement.expr
    }
  }
}

/// The forms of statements that were met last.
struct KnownForms: Sendable {
  /// The one that was met last is the first.
  private var forms: [StatementForm] = []
  /// Forms that were met once: what does not come again is not worth it.
  private var met: [UInt64] = []
  /// Those that are no use.
  private var useless: [UInt64] = []
  private static let limit = 8
  private static let uselessLimit = 64

  /// The statement of a known form that the parser's text begins with, and how long it is.
  ///
  /// The literals are left in the parser.
  mutating func repetition(_ parser: inout Parser) -> (StatementForm, length: Int)? {
    for place in forms.indices {
      guard let length = parser.repetition(of: forms[place]) else { continue }
      let form = forms[place]
      guard form.isOfUse else {
        forms.remove(at: place)
        if useless.count == KnownForms.uselessLimit { useless.removeFirst() }
        useless.append(form.hash)
        return nil
      }
      if place > 0 { forms.insert(forms.remove(at: place), at: 0) }
      return (form, length)
    }
    return nil
  }

  /// Notes a statement that was parsed: what comes a second time is known from then on.
  mutating func note(
    _ statement: Statement, in text: UnsafeBufferPointer<UInt8>, scalars: borrowing MoveStack<Span>,
    _ separation: Parser.Separation
  ) {
    guard text.count <= StatementForm.largestSize, scalars.count <= StatementForm.mostScalars else { return }
    let hash = StatementForm.hash(of: text, scalars: scalars)
    if useless.contains(hash) { return }
    guard met.contains(hash) else {
      if met.count == KnownForms.limit { met.removeFirst() }
      return met.append(hash)
    }
    guard let form = StatementForm(of: statement, in: text, scalars: scalars.elements, hash: hash, separation) else {
      return
    }
    if forms.count == KnownForms.limit { forms.removeLast() }
    forms.insert(form, at: 0)
  }
}

/// The literals of the statement that is being read, as they are stored.
struct LiteralBytes: ~Copyable {
  private(set) var buffer = ByteBuffer()
  /// Where the arrays and objects begin that have not ended.
  private var open = MoveStack<Int>(capacity: 16)

  mutating func removeAll() {
    buffer.removeAll()
    open.truncate(to: 0)
  }

  @inline(__always)
  mutating func append(_ number: Int64) { buffer.append(tag: ValueCodec.Tag.integer, signed: number) }

  @inline(__always)
  mutating func append(_ utf8: UnsafeBufferPointer<UInt8>) { buffer.append(tag: ValueCodec.Tag.string, utf8: utf8) }

  mutating func append(_ scalar: Value) { buffer.append(stored: scalar, transactionTime: 0) }

  @inline(__always)
  mutating func append(raw bytes: [UInt8], _ start: Int, _ count: Int) {
    bytes.withUnsafeBytes { buffer.appendRaw(UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
  }

  @inline(__always)
  mutating func open(_ tag: UInt8, count: UInt8) {
    buffer.appendByte(tag)
    open.push(buffer.appendSize())
    buffer.appendByte(count)
  }

  @inline(__always)
  mutating func close() { buffer.setSize(at: open.pop()) }
}

extension Parser {
  /// Reads a statement of a form, which the text begins with, and leaves its literals in `literals`; answers how long it is. Nil where there
  /// is something else, or something more in its line.
  fileprivate mutating func repetition(of form: StatementForm) -> Int? {
    literals.removeAll()
    var place = 0
    for step in form.steps {
      switch step {
      case .text(let start, let count):
        guard lexer.bytes.has(form.text, Int(start), Int(count), at: place) else { return nil }
        place += Int(count)
      case .scalar:
        guard let end = readScalar(at: place) else { return nil }
        place = end
      case .bytes(let start, let count): literals.append(raw: form.bytes, Int(start), Int(count))
      case .open(let tag, let count): literals.open(tag, count: count)
      case .close: literals.close()
      }
    }
    guard place < lexer.bytes.count, lexer.lineEndLength(at: place) > 0 else { return nil }
    return place
  }

  /// Puts the scalar into the literals that begins at a place; where it ends.
  @inline(__always)
  private mutating func readScalar(at place: Int) -> Int? {
    if let (number, end) = lexer.bytes.plainInteger(at: place) {
      literals.append(number)
      return end
    }
    if let end = lexer.closingQuote(ofStringAt: place) {
      literals.append(UnsafeBufferPointer(rebasing: lexer.bytes[place &+ 1..<end]))
      return end &+ 1
    }
    return readOtherScalar(at: place)
  }

  @inline(never)
  private mutating func readOtherScalar(at place: Int) -> Int? {
    lexer.place = place
    token = lexer.next()
    guard token.start == place else { return nil }
    if token.kind == .string, !token.hasEscapes {
      literals.append(UnsafeBufferPointer(rebasing: lexer.bytes[token.start + 1..<token.end - 1]))
      return token.end
    }
    if token.kind == .name {
      guard let constant = constant(token), !constant.isNull else { return nil }
      literals.append(constant)
      return token.end
    }
    do throws(Diagnostic) {
      literals.append(try scalarValue())
    } catch {
      return nil
    }
    return token.end
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The number at a place that is written with up to 18 decimal digits and nothing else, and where it ends; nil where there is
  /// another, or none.
  @inline(__always)
  fileprivate func plainInteger(at start: Int) -> (Int64, end: Int)? {
    var number: Int64 = 0
    var place = start
    let limit = Swift.min(count, start + 18)
    while place < limit, self[place] &- 48 <= 9 {
      number = number &* 10 &+ Int64(truncatingIfNeeded: self[place] &- 48)
      place &+= 1
    }
    // What stands behind a number in the language has none of these.
    guard place > start, place < count, !self[place].isNameByte, self[place] != UInt8(ascii: "."), self[place] < 0x80,
      self[start] != 48 || place == start + 1
    else { return nil }
    return (number, place)
  }

  /// Whether a stretch of other bytes stands at a place.
  @inline(__always)
  fileprivate func has(_ other: [UInt8], _ start: Int, _ length: Int, at place: Int) -> Bool {
    guard place + length <= count, let baseAddress else { return false }
    return other.withUnsafeBufferPointer { other in
      precondition(start >= 0 && length <= other.count - start)
      guard let base = other.baseAddress else { return false }
      return memcmp(baseAddress + place, base + start, length) == 0
    }
  }
}
