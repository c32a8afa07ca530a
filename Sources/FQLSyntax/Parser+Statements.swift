import FQLValues

/// One query of a text.
public struct Statement: Sendable {
  private enum Content {
    case tree(Expr)
    case repetition(Repetition)
  }

  private let content: Content
  /// From its first byte to behind its last.
  public let span: Span
  /// True for the form of the JavaScript driver, `client.query(...)`.
  public var isDriverCall = false
  /// True for a driver call whose callbacks print with `console.log`.
  public var logsToConsole = false

  init(expr: Expr, span: Span) {
    content = .tree(expr)
    self.span = span
  }

  init(_ repetition: Repetition, span: Span) {
    content = .repetition(repetition)
    self.span = span
  }

  /// The query's tree. That of a repetition is made when it is asked for.
  public var expr: Expr {
    switch content {
    case .tree(let expr): expr
    case .repetition(let repetition): repetition.expr
    }
  }

  /// The most that the query may do.
  public var effect: Effect {
    switch content {
    case .tree(let expr): expr.effect
    case .repetition(let repetition): repetition.form.effect
    }
  }

  /// The statement as one of its form, where the reader knew that.
  public var repetition: Repetition? {
    if case .repetition(let repetition) = content { repetition } else { nil }
  }
}

/// A part of a text: a query, or a line for the shell.
public enum ScriptItem: Sendable {
  case statement(Statement)
  /// A line that begins with a dot and a word, without its line end.
  case command(Span)
}

extension Parser {
  /// What stands between two statements.
  struct Separation {
    /// True where a semicolon or a line end must come before the next statement.
    var isNeeded = false
    /// True inside a declaration, where a comma leads to its next declarator.
    var isInDeclaration = false
    /// True where lines that begin with a dot and a lower-case word are commands.
    var allowsCommands = false
  }

  /// The next item; nil at the end of the text.
  mutating func item(_ separation: inout Separation) throws(Diagnostic) -> ScriptItem? {
    reset()
    while true {
      if separation.isInDeclaration, token.kind == .comma {
        advance()
        separation.isNeeded = false
        if let statement = try declarator(from: token.start, &separation) { return .statement(statement) }
        continue
      }
      separation.isInDeclaration = false
      if token.kind == .semicolon {
        separation.isNeeded = false
        advance()
        continue
      }
      if token.kind == .end { return nil }
      if separation.isNeeded, !token.isAfterLineEnd { throw unexpected() }
      separation.isNeeded = true
      if separation.allowsCommands, let command = commandLine() { return .command(command) }
      let start = token.start
      if token.kind == .name, let statement = try wordStatement(&separation) {
        if let statement = statement.value { return .statement(statement) }
        ignored.append(Span(start, previousEnd))
        continue
      }
      let expr = try tree()
      let span = Span(min(start, Int(expr.span.start)), previousEnd)
      try endStatement(&separation)
      return .statement(Statement(expr: expr, span: span))
    }
  }

  /// Makes sure that nothing but a separator follows, and passes a semicolon.
  private mutating func endStatement(_ separation: inout Separation) throws(Diagnostic) {
    if token.kind == .semicolon {
      separation.isNeeded = false
      advance()
    } else if token.kind != .end, !token.isAfterLineEnd, !(separation.isInDeclaration && token.kind == .comma) {
      throw unexpected()
    }
  }

  // MARK: Commands

  /// True where the dot under the cursor begins a line that is a command rather than a call in a chain.
  private var isCommand: Bool {
    guard token.kind == .dot, token.start == 0 ? !startsWithinLine : isLineStart(token.start) else { return false }
    var place = token.start + 1
    guard lexer.byte(at: place) >= 97, lexer.byte(at: place) <= 122 else { return false }
    while lexer.byte(at: place).isASCIIWord { place += 1 }
    return lexer.byte(at: place) != UInt8(ascii: "(")
  }

  private func isLineStart(_ place: Int) -> Bool {
    switch lexer.byte(at: place - 1) {
    case 0x0A, 0x0D: true
    case 0xBF where place == 3: true
    default: false
    }
  }

  private mutating func commandLine() -> Span? {
    guard isCommand else { return nil }
    let start = token.start
    var end = start
    while end < lexer.bytes.count, lexer.lineEndLength(at: end) == 0 { end += 1 }
    restart(at: end)
    return Span(start, end)
  }

  // MARK: The driver's form

  /// Statements that begin with a word of the driver's form or of JavaScript: nil where it is an ordinary expression, a nil value
  /// where there is nothing to run.
  private mutating func wordStatement(
    _ separation: inout Separation
  ) throws(Diagnostic) -> (value: Statement?, isHandled: Bool)? {
    // Most statements are calls: none of these forms has a parenthesis behind its first word.
    if lexer.byte(at: token.end) == UInt8(ascii: "(") { return nil }
    let start = token.start
    if lexer.isWord(token, "import"), lookingAhead([.name, .leftBrace, .string]) || lookingAtStar() {
      _ = try skipDeclaration(from: start, &separation, stopsAtCommas: false)
      return (nil, true)
    }
    let isDeclaration =
      (lexer.isWord(token, "const") || lexer.isWord(token, "let") || lexer.isWord(token, "var"))
      && lookingAhead([.name, .leftBrace, .leftBracket])
    if isDeclaration {
      advance()
      separation.isInDeclaration = true
      return (try declarator(from: start, &separation), true)
    }
    if lookingAhead([.equals]) {
      guard let statement = try assignedDriverCall(from: start, &separation) else {
        advance()
        throw unexpected()
      }
      return (statement, true)
    }
    if lexer.isWord(token, "await") || lexer.isWord(token, "return") {
      let saved = (lexer, token, previousEnd)
      advance()
      if token.kind == .name, isDriverCall() { return (try driverCall(from: start, &separation), true) }
      (lexer, token, previousEnd) = saved
      return nil
    }
    if isDriverCall() { return (try driverCall(from: start, &separation), true) }
    return nil
  }

  private func lookingAhead(_ kinds: [Token.Kind]) -> Bool {
    var ahead = lexer
    return kinds.contains(ahead.next().kind)
  }

  private func lookingAtStar() -> Bool {
    var ahead = lexer
    let next = ahead.next()
    return next.kind == .invalid && lexer.byte(at: next.start) == UInt8(ascii: "*")
  }

  /// A declarator: `name = client.query(...)`, or something that is passed over.
  private mutating func declarator(from start: Int, _ separation: inout Separation) throws(Diagnostic) -> Statement? {
    while true {
      if token.kind == .name, lookingAhead([.equals]), let statement = try assignedDriverCall(from: start, &separation)
      {
        return statement
      }
      guard try skipDeclaration(from: token.start, &separation, stopsAtCommas: true) else { return nil }
    }
  }

  /// Passes over a declarator; true where another one follows.
  private mutating func skipDeclaration(
    from start: Int, _ separation: inout Separation, stopsAtCommas: Bool
  ) throws(Diagnostic) -> Bool {
    var skipper = Skipper(lexer, at: start)
    var stop = try skipper.skipDeclarator()
    while stop == .comma, !stopsAtCommas {
      skipper.place += 1
      stop = try skipper.skipDeclarator()
    }
    restart(at: skipper.place)
    if stop == .comma {
      advance()
      return true
    }
    separation.isInDeclaration = false
    separation.isNeeded = true
    return false
  }

  /// `name = client.query(...)`; nil, with nothing passed, where no driver call follows.
  private mutating func assignedDriverCall(
    from start: Int, _ separation: inout Separation
  ) throws(Diagnostic) -> Statement? {
    let saved = (lexer, token, previousEnd)
    advance()
    advance()
    if lexer.isWord(token, "await") { advance() }
    if token.kind == .name, isDriverCall() { return try driverCall(from: start, &separation) }
    (lexer, token, previousEnd) = saved
    return nil
  }

  /// True where names and dots that end with `query(` begin.
  private func isDriverCall() -> Bool {
    var ahead = lexer
    var name = token
    var count = 1
    while true {
      let next = ahead.next()
      if next.kind == .leftParenthesis { return count > 1 && lexer.isWord(name, "query") }
      guard next.kind == .dot else { return false }
      name = ahead.next()
      guard name.kind == .name else { return false }
      count += 1
    }
  }

  /// `client.query(expression, options).then(...)`, with the first name under the cursor.
  private mutating func driverCall(from start: Int, _ separation: inout Separation) throws(Diagnostic) -> Statement {
    while token.kind != .leftParenthesis { advance() }
    try open(.leftParenthesis)
    let expr = try tree()
    if token.kind == .comma { try skipArguments() }
    try close(.rightParenthesis)
    let chainStart = previousEnd
    try chain(allowsCommands: separation.allowsCommands)
    let span = Span(start, previousEnd)
    let logs = lexer.contains("console.log", from: chainStart, to: previousEnd)
    try endStatement(&separation)
    var statement = Statement(expr: expr, span: span)
    statement.isDriverCall = true
    statement.logsToConsole = logs
    return statement
  }

  /// Passes `.then(...)` and its like.
  mutating func chain(allowsCommands: Bool) throws(Diagnostic) {
    while token.kind == .dot, !(allowsCommands && isCommand) {
      advance()
      guard token.kind == .name else { throw unexpected() }
      advance()
      if token.kind == .leftParenthesis {
        var skipper = Skipper(lexer, at: token.start)
        try skipper.skipBrackets()
        restart(at: skipper.place)
      }
    }
  }

  /// Passes the rest of a driver call's arguments.
  private mutating func skipArguments() throws(Diagnostic) {
    var skipper = Skipper(lexer, at: token.start)
    do throws(Diagnostic) {
      try skipper.skipArguments()
    } catch {
      var error = error
      if error.isIncomplete { error.openBrackets = openBrackets.elements + error.openBrackets }
      throw error
    }
    restart(at: skipper.place)
  }
}

extension Lexer {
  /// True where a word of ASCII occurs in a stretch of the text.
  fileprivate func contains(_ word: StaticString, from start: Int, to end: Int) -> Bool {
    let count = word.utf8CodeUnitCount
    var place = start
    while place + count <= end {
      var matched = 0
      while matched < count, bytes[place + matched] == word.utf8Start[matched] { matched += 1 }
      if matched == count { return true }
      place += 1
    }
    return false
  }
}
