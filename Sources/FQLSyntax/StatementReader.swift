import FQLValues

/// Takes statements from text that arrives piece by piece, each as soon as its last line is there.
///
/// It holds no more than the text that has not been handed out. Lines count: a statement is looked for when a line is complete, so
/// an answer can be given before the next line is written. `.then(...)` on a line after a driver call that was handed out already is
/// passed over.
public struct StatementReader {
  public enum Step: Sendable {
    case statement(Statement, Source)
    /// A line for the shell that begins with a dot, and where it stands.
    case command(String, Source, Span)
    /// Nothing until more text comes.
    case needsMore
    /// The text is over.
    case end
    /// What is wrong; the next step goes on behind it.
    case failure(Diagnostic, Source)
  }

  public let name: String
  private var buffer = TextBuffer()
  private let memory = ParserMemory()
  /// Where the line begins that holds the next byte to look at, and its number.
  private var lineStart = 0
  private var line = 1
  /// The column of the byte at `lineStart`; more than 1 in very long lines, whose beginning is dropped.
  private var firstColumn = 1
  /// The next byte to look at.
  private var start = 0
  /// The end of the last complete line.
  private var limit = 0
  /// True once the text had a byte that may be part of a line end other than LF.
  private var mayHaveOtherLineEnds = false
  private var isFinished = false
  private var isAtBeginning = true
  private var separation: Parser.Separation
  /// True where the last statement was a driver call whose chain may go on.
  private var mayContinueChain = false
  /// How far the text was checked for being UTF-8, and what was found.
  private var checked = 0
  private var encodingProblem: Int?
  private var balance = BracketBalance()
  /// How much text of the unfinished statement the last attempt saw.
  private var attempted = 0
  private var forms: KnownForms?

  /// With `knowsForms`, statements that come again with other literals are not parsed: they are repetitions.
  public init(name: String, allowsCommands: Bool = true, knowsForms: Bool = false) {
    self.name = name
    separation = Parser.Separation(allowsCommands: allowsCommands)
    forms = knowsForms ? KnownForms() : nil
  }

  /// True where part of a statement is waiting for more.
  public var hasUnfinishedText: Bool { attempted > 0 }

  /// True where a complete line is there that has something in it, and was not handed out.
  public var hasText: Bool {
    buffer.withBytes { bytes in
      for place in start..<limit where bytes[place] > 0x20 { return true }
      return false
    }
  }

  /// Adds text as it comes.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    append(upTo: bytes.count) { target in
      target.copyBytes(from: bytes)
      return bytes.count
    }
  }

  /// Adds the text that a function writes to memory of that size; it says, and so does this, how much.
  @discardableResult
  public mutating func append<Failure>(
    upTo size: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    let old = buffer.count
    let added = try buffer.append(upTo: size, fill)
    buffer.withBytes { bytes in
      let range = old..<bytes.count
      if let end = bytes.lastPlace(of: 0x0A, in: range) { limit = end + 1 }
      if bytes.firstPlace(of: 0x0D, in: range) != nil || bytes.firstPlace(of: 0xE2, in: range) != nil {
        mayHaveOtherLineEnds = true
      }
    }
    return added
  }

  /// Says that no more text will come.
  public mutating func finish() {
    isFinished = true
    limit = buffer.count
  }

  /// The next line as it stands, without its line end: what a command takes that goes on over lines. Nil where none is complete.
  public mutating func takeLine() -> String? {
    guard start < limit else { return nil }
    var end = start
    while end < limit, buffer[end] != 0x0A { end += 1 }
    let textEnd = end > start && buffer[end - 1] == 0x0D ? end - 1 : end
    let result = buffer.withBytes {
      String(decoding: UnsafeBufferPointer(rebasing: $0[start..<textEnd]), as: UTF8.self)
    }
    move(to: min(end + 1, limit))
    separation.isNeeded = false
    return result
  }

  /// Drops what is there of an unfinished statement.
  public mutating func dropUnfinishedText() {
    move(to: limit)
    separation = Parser.Separation(allowsCommands: separation.allowsCommands)
    mayContinueChain = false
  }

  /// The next thing to do.
  public mutating func next() -> Step {
    while true {
      skipBlanks()
      compact()
      guard start < limit else { return isFinished ? .end : .needsMore }
      if !isWorthAnAttempt() { return .needsMore }
      checkEncoding()
      if let step = repetition() ?? attempt() { return step }
    }
  }

  // MARK: Attempts

  /// False where a long statement has neither closed its brackets nor grown much since it was looked at: so the work stays linear.
  private mutating func isWorthAnAttempt() -> Bool {
    if isFinished || attempted == 0 { return true }
    if limit - start == attempted { return false }
    if limit - start < 4096 { return true }
    if buffer.withBytes({ $0.endsWithComma(from: start, to: limit) }) { return false }
    if limit - start >= 4 * attempted { return true }
    buffer.withBytes { balance.scan($0, from: start, to: limit) }
    return balance.isBalanced
  }

  private mutating func checkEncoding() {
    guard encodingProblem == nil, checked < limit else { return }
    let from = max(checked, start)
    encodingProblem = buffer.withBytes { bytes in
      Encoding.problem(in: UnsafeBufferPointer(rebasing: bytes[..<limit]), from: from).map { Int($0.span.start) }
    }
    checked = limit
  }

  /// True where a statement would begin its line.
  private var mayHaveForm: Bool {
    start == lineStart && firstColumn == 1 && !separation.isNeeded && !separation.isInDeclaration && !mayContinueChain
  }

  /// Takes a statement whose form is known.
  private mutating func repetition() -> Step? {
    guard forms != nil, mayHaveForm, encodingProblem == nil else { return nil }
    let memory = memory
    var found: (form: StatementForm, length: Int)?
    buffer.withBytes { all in
      memory.parser.lexer = Lexer(UnsafeBufferPointer(rebasing: all[start..<limit]))
      found = forms?.repetition(&memory.parser)
    }
    guard let (form, length) = found else { return nil }
    let source = source(upTo: start + length)
    let repetition = Repetition(form: form, literals: memory.parser.literals.buffer.bytes, source: source)
    let allowsCommands = separation.allowsCommands
    move(to: start + length)
    separation = form.separation
    separation.allowsCommands = allowsCommands
    return .statement(Statement(repetition, span: Span(0, length - form.tailCount)), source)
  }

  /// Tries to take one item; nil to go on.
  private mutating func attempt() -> Step? {
    // Text before the line of a bad byte is good.
    var end = limit
    if let problem = encodingProblem {
      var place = problem
      while place > start, buffer[place - 1] != 0x0A { place -= 1 }
      end = place
      if end <= start { return encodingFailure(at: problem) }
    }
    var separation = separation
    var consumed = start
    var mayContinue = false
    let base = lineStart
    var item: ScriptItem?
    var failure: Diagnostic?
    let memory = memory
    buffer.withBytes { all in
      var lexer = Lexer(UnsafeBufferPointer(rebasing: all[base..<end]), at: start - base)
      if isAtBeginning { lexer.skipPreamble() }
      memory.parser.begin(lexer)
      memory.parser.startsWithinLine = firstColumn > 1
      do throws(Diagnostic) {
        if mayContinueChain {
          try memory.parser.chain(allowsCommands: separation.allowsCommands)
          consumed = base + memory.parser.previousEnd
        }
        item = try memory.parser.item(&separation)
        consumed = base + memory.parser.previousEnd
        mayContinue = memory.parser.token.kind == .end
      } catch {
        failure = error
      }
    }
    if let failure { return step(for: failure, base, end, consumed) }
    switch item {
    case nil:
      move(to: end)
      self.separation.isNeeded = false
      return nil
    case .statement(let statement)?:
      let source = source(upTo: base + Int(statement.span.end))
      if forms != nil, mayHaveForm, !statement.isDriverCall, statement.span.start == 0 {
        buffer.withBytes { all in
          let text = UnsafeBufferPointer(rebasing: all[start..<consumed])
          forms?.note(statement, in: text, scalars: memory.parser.scalars, separation)
        }
      }
      move(to: consumed)
      self.separation = separation
      mayContinueChain = statement.isDriverCall && mayContinue
      return .statement(statement, source)
    case .command(let span)?:
      let source = source(upTo: base + Int(span.end))
      move(to: consumed)
      self.separation = separation
      mayContinueChain = false
      return .command(source.text(span), source, span)
    }
  }

  /// What to do after an attempt that failed, with the text from the line at `base` to `end`, of which good text was consumed.
  @inline(never)
  private mutating func step(for diagnostic: Diagnostic, _ base: Int, _ end: Int, _ consumed: Int) -> Step {
    let isCut = end < limit
    if diagnostic.isIncomplete, !isFinished, !isCut {
      attempted = limit - start
      return .needsMore
    }
    if diagnostic.isIncomplete, isCut, let problem = encodingProblem { return encodingFailure(at: problem) }
    let source = source(upTo: base + Int(diagnostic.span.end))
    let next = buffer.withBytes { all in
      Recovery.nextStatement(
        in: UnsafeBufferPointer(rebasing: all[base..<end]), from: start - base, failedAt: Int(diagnostic.span.start))
    }
    move(to: base + max(next, consumed - base))
    separation = Parser.Separation(allowsCommands: separation.allowsCommands)
    mayContinueChain = false
    return .failure(diagnostic, source)
  }

  private mutating func encodingFailure(at problem: Int) -> Step {
    let diagnostic = Encoding.diagnostic(of: buffer[problem], at: problem - lineStart)
    let source = source(upTo: problem + 1)
    var end = problem
    while end < limit, buffer[end] != 0x0A { end += 1 }
    move(to: min(end + 1, limit))
    encodingProblem = nil
    checked = start
    separation = Parser.Separation(allowsCommands: separation.allowsCommands)
    mayContinueChain = false
    return .failure(diagnostic, source)
  }

  // MARK: Bookkeeping

  /// The text from the start of the line to the end of the line that holds a place.
  private mutating func source(upTo place: Int) -> Source {
    var end = min(max(place, start), buffer.count)
    let farthest = min(limit, end + 4096)
    while end < farthest, buffer[end] != 0x0A { end += 1 }
    return Source(name: name, buffer.storage, lineStart..<end, firstLine: line, firstColumn: firstColumn)
  }

  /// Passes white space, so that the text of a statement begins with its own line.
  private mutating func skipBlanks() {
    // Most statements begin a line: the one before left its line end.
    if start < limit, attempted == 0, buffer[start] == 0x0A {
      separation.isNeeded = false
      start += 1
      line += 1
      lineStart = start
      firstColumn = 1
      isAtBeginning = false
    }
    var place = start
    while place < limit {
      switch buffer[place] {
      case 0x0A: separation.isNeeded = false
      case 0x20, 0x09, 0x0D: break
      default:
        if place > start, attempted == 0 { move(to: place) }
        return
      }
      place += 1
    }
    move(to: place)
  }

  /// Counts lines up to a new place.
  private mutating func move(to place: Int) {
    let place = max(place, start)
    buffer.withBytes { countLines($0, to: place) }
    if place > start { isAtBeginning = false }
    start = place
    if start - lineStart > 4096 {
      firstColumn += buffer.withBytes { Encoding.scalarCount(in: UnsafeBufferPointer(rebasing: $0[lineStart..<start])) }
      lineStart = start
    }
    attempted = 0
    balance = BracketBalance()
  }

  /// Counts the line ends from `start` to a place.
  private mutating func countLines(_ bytes: UnsafeBufferPointer<UInt8>, to place: Int) {
    var scan = start
    if !hasOtherLineEnds(bytes, start..<place) {
      while let end = bytes.firstPlace(of: 0x0A, in: scan..<place) {
        scan = end + 1
        line += 1
        lineStart = scan
        firstColumn = 1
      }
      return
    }
    while scan < place {
      let byte = bytes[scan]
      scan += 1
      let isLineEnd =
        byte == 0x0A || (byte == 0x0D && !(scan < bytes.count && bytes[scan] == 0x0A))
        || (byte & 0xFE == 0xA8 && scan >= 3 && bytes[scan - 2] == 0x80 && bytes[scan - 3] == 0xE2)
      if isLineEnd {
        line += 1
        lineStart = scan
        firstColumn = 1
      }
    }
  }

  /// False where all line ends in a range are LF.
  @inline(__always)
  private func hasOtherLineEnds(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    guard mayHaveOtherLineEnds else { return false }
    return bytes.firstPlace(of: 0x0D, in: range) != nil
      || bytes.firstPlace(of: 0xE2, in: max(0, range.lowerBound - 2)..<range.upperBound) != nil
  }

  /// Drops the text that was handed out.
  private mutating func compact() {
    guard lineStart > 65_536, lineStart > buffer.count / 2 else { return }
    buffer.removeFirst(lineStart)
    start -= lineStart
    limit -= lineStart
    checked = max(0, checked - lineStart)
    if let problem = encodingProblem { encodingProblem = problem - lineStart }
    lineStart = 0
    balance = BracketBalance()
  }
}

/// A parser that is kept from one statement to the next, for the sake of its memory. Its text is gone when it is not at work.
private final class ParserMemory {
  var parser = Parser(Lexer(UnsafeBufferPointer(start: nil, count: 0)))
}

/// Whether the brackets of a text that grows are closed. It knows strings, templates and comments, and is allowed to be wrong: its
/// answer only decides when a long statement is worth parsing.
struct BracketBalance: Sendable {
  private enum Mode {
    case code, singleQuoted, doubleQuoted, template, lineComment, blockComment
  }

  private var mode = Mode.code
  private var depth = 0
  private var scanned = 0
  private var isEscaped = false
  private var previous: UInt8 = 0

  var isBalanced: Bool { depth <= 0 && (mode == .code || mode == .lineComment) }

  /// Takes in the text from `start` to `end`, of which it has seen a part before.
  mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    for byte in bytes[min(start + scanned, end)..<end] { take(byte) }
    scanned = end - start
  }

  private mutating func take(_ byte: UInt8) {
    defer { previous = byte }
    if isEscaped {
      isEscaped = false
      return
    }
    switch mode {
    case .code:
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "'"): mode = .singleQuoted
      case UInt8(ascii: "\""): mode = .doubleQuoted
      case UInt8(ascii: "`"): mode = .template
      case UInt8(ascii: "/") where previous == byte: mode = .lineComment
      case UInt8(ascii: "*") where previous == UInt8(ascii: "/"): mode = .blockComment
      default: break
      }
    case .singleQuoted, .doubleQuoted:
      if byte == UInt8(ascii: "\\") { isEscaped = true }
      if byte == (mode == .singleQuoted ? UInt8(ascii: "'") : UInt8(ascii: "\"")) || byte == 0x0A { mode = .code }
    case .template:
      if byte == UInt8(ascii: "\\") { isEscaped = true }
      if byte == UInt8(ascii: "`") { mode = .code }
    case .lineComment:
      if byte == 0x0A { mode = .code }
    case .blockComment:
      if byte == UInt8(ascii: "/"), previous == UInt8(ascii: "*") { mode = .code }
    }
  }
}
