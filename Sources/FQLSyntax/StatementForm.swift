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
    /// A scalar comes next; it is put on a stack.
    case scalar
    /// Null is part of the form, since functions leave it out.
    case null
    /// Elements are taken from the stack, and the array of them is put there.
    case array(count: Int32)
    /// The same for an object; its keys are among `keys`.
    case object(keys: Int32)
  }

  let text: [UInt8]
  let steps: [Step]
  /// The keys of each object of the literals.
  let keys: [[String]]
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
    keys = writer.keys
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
private struct FormWriter {
  private let text: UnsafeBufferPointer<UInt8>
  private let scalars: [Span]
  private var next = 0
  /// How much of the text is in the steps.
  private var place = 0
  private(set) var steps: [StatementForm.Step] = []
  private(set) var keys: [[String]] = []

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
    case .null: steps.append(.null)
    case .boolean, .integer, .double, .string:
      guard next < scalars.count, scalars[next].start >= place else { return false }
      addText(upTo: Int(scalars[next].start))
      steps.append(.scalar)
      place = Int(scalars[next].end)
      next += 1
    case .array(let elements):
      for element in elements where !add(element) { return false }
      steps.append(.array(count: Int32(elements.count)))
    case .object(let object):
      for field in object.fields where ParsedKey(field.key).isIndexLike || !add(field.value) { return false }
      steps.append(.object(keys: Int32(keys.count)))
      keys.append(object.fields.map(\.key))
    default: return false
    }
    return true
  }
}

/// What the literals are of a statement whose form was met before.
public final class Repetition: Sendable {
  public let form: StatementForm
  /// In the order of the tree.
  public let literals: [Value]
  /// A text that begins with the statement.
  private let source: Source

  init(form: StatementForm, literals: [Value], source: Source) {
    self.form = form
    self.literals = literals
    self.source = source
  }

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
  mutating func repetition(_ parser: inout Parser) -> (StatementForm, literals: [Value], length: Int)? {
    for place in forms.indices {
      guard let (literals, length) = parser.repetition(of: forms[place]) else { continue }
      let form = forms[place]
      guard form.isOfUse else {
        forms.remove(at: place)
        if useless.count == KnownForms.uselessLimit { useless.removeFirst() }
        useless.append(form.hash)
        return nil
      }
      if place > 0 { forms.insert(forms.remove(at: place), at: 0) }
      return (form, literals, length)
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

extension Parser {
  /// Reads a statement of a form, which the text begins with: its literals in the order of the tree, and how long it is. Nil where there is
  /// something else, or something more in its line.
  fileprivate mutating func repetition(of form: StatementForm) -> (literals: [Value], length: Int)? {
    var place = 0
    for step in form.steps {
      switch step {
      case .text(let start, let count):
        guard lexer.bytes.has(form.text, Int(start), Int(count), at: place) else { return forgetValues() }
        place += Int(count)
      case .scalar:
        guard let end = readScalar(at: place) else { return forgetValues() }
        place = end
      case .null: values.push(.null)
      case .array(let count): values.push(.array(values.popArray(from: values.count - Int(count))))
      case .object(let keys): values.push(.object(Object(values.popFields(form.keys[Int(keys)]))))
      }
    }
    guard place < lexer.bytes.count, lexer.lineEndLength(at: place) > 0 else { return forgetValues() }
    return (values.popArray(from: 0), place)
  }

  @inline(never)
  private mutating func forgetValues() -> (literals: [Value], length: Int)? {
    values.truncate(to: 0)
    return nil
  }

  /// Puts the scalar on the stack that begins at a place; where it ends.
  @inline(__always)
  private mutating func readScalar(at place: Int) -> Int? {
    if let (number, end) = lexer.bytes.plainInteger(at: place) {
      values.push(.integer(number))
      return end
    }
    return readOtherScalar(at: place)
  }

  @inline(never)
  private mutating func readOtherScalar(at place: Int) -> Int? {
    lexer.place = place
    token = lexer.next()
    guard token.start == place else { return nil }
    if token.kind == .name {
      guard let constant = constant(token), !constant.isNull else { return nil }
      values.push(constant)
      return token.end
    }
    do throws(Diagnostic) {
      values.push(try scalarValue())
    } catch {
      return nil
    }
    return token.end
  }
}

extension MoveStack<Value> {
  /// Moves the values of an object's fields out.
  @inline(__always)
  fileprivate mutating func popFields(_ keys: [String]) -> [Object.Field] {
    var place = 0
    return popArray(from: count - keys.count) { value in
      defer { place &+= 1 }
      return Object.Field(keys[place], value)
    }
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
