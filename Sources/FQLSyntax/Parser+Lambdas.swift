import FQLValues

extension Parser {
  /// True where the parenthesis under the cursor opens the parameters of an arrow function.
  mutating func isParameterList() throws(Diagnostic) -> Bool {
    var ahead = lexer
    var next = ahead.next()
    func endCheck() throws(Diagnostic) {
      // The text may go on with `=>`: that cannot be told yet.
      if next.kind == .end {
        throw Diagnostic(
          "unexpected end of input", at: Span(endOfText(before: next.start), endOfText(before: next.start)),
          isIncomplete: true, openBrackets: openBrackets.elements + [token.start])
      }
    }
    let isDestructured = next.kind == .leftBracket
    if isDestructured { next = ahead.next() }
    let closing: Token.Kind = isDestructured ? .rightBracket : .rightParenthesis
    while next.kind == .name {
      next = ahead.next()
      guard next.kind == .comma else { break }
      next = ahead.next()
    }
    try endCheck()
    guard next.kind == closing else { return false }
    next = ahead.next()
    if isDestructured {
      try endCheck()
      guard next.kind == .rightParenthesis else { return false }
      next = ahead.next()
    }
    return next.kind == .arrow
  }

  /// The end of the last thing before a place that is not white space.
  private func endOfText(before place: Int) -> Int {
    var place = place
    while place > 0, lexer.bytes[place - 1] <= 0x20 { place -= 1 }
    return place
  }

  /// `x => body`, with the arrow under the cursor.
  mutating func arrowLambda(parameter word: Token) throws(Diagnostic) -> Outcome {
    let name = lexer.text(word)
    let body = try arrowBody([Parameter(name: name, variable: name)])
    return lambda(.string(name), body, from: word.start)
  }

  /// `(a, b) => body`, with the parenthesis under the cursor.
  mutating func parenthesizedLambda(from start: Int) throws(Diagnostic) -> Outcome {
    let (names, isArray) = try parameters()
    guard let first = names.first else { throw noParameters(start) }
    let body = try arrowBody(names.map { Parameter(name: $0, variable: $0) })
    return lambda(names.count > 1 || isArray ? .array(names.map { .string($0) }) : .string(first), body, from: start)
  }

  /// `function name(a, b) { return body }`, behind the word `function`.
  mutating func functionLambda(from start: Int) throws(Diagnostic) -> Outcome {
    if token.kind == .name { advance() }
    let (names, isArray) = try parameters()
    guard let first = names.first else { throw noParameters(start) }
    let body = try block(names.map { Parameter(name: $0, variable: $0) })
    return lambda(names.count > 1 || isArray ? .array(names.map { .string($0) }) : .string(first), body, from: start)
  }

  @inline(never)
  private func noParameters(_ start: Int) -> Diagnostic {
    Diagnostic("Provided Function must take at least 1 argument.", at: Span(start, start + 1))
  }

  @inline(never)
  private mutating func lambda(_ pattern: Value, _ body: Expr, from start: Int) -> Outcome {
    let members = Expr.Members(
      keys: FormKeys.lambda, values: [Expr(.literal(pattern), span: Span(start, start)), body],
      function: FormNumbers.lambda)
    return push(Expr(.object(members), span: Span(start, previousEnd)))
  }

  /// The body of a function that stands where a `Let` has its body: its parameters stand for those variables, by position.
  /// Nil where no function begins here.
  mutating func letFunction(binding variables: [String]) throws(Diagnostic) -> Expr? {
    var names: [String] = []
    var isBlock = false
    if token.kind == .name {
      var ahead = lexer
      let next = ahead.next()
      if next.kind == .arrow {
        names = [lexer.text(token)]
        advance()
      } else if lexer.isWord(token, "function"), next.kind == .leftParenthesis || next.kind == .name {
        isBlock = true
        advance()
        if token.kind == .name { advance() }
        names = try parameters().names
      } else {
        return nil
      }
    } else if token.kind == .leftParenthesis, try isParameterList() {
      names = try parameters().names
    } else {
      return nil
    }
    let bound = names.indices.map {
      Parameter(name: names[$0], variable: $0 < variables.count ? variables[$0] : nil)
    }
    return isBlock ? try block(bound) : try arrowBody(bound)
  }

  /// `(a, b)` or `([a, b])`.
  private mutating func parameters() throws(Diagnostic) -> (names: [String], isArray: Bool) {
    try open(.leftParenthesis)
    var names: [String] = []
    let isArray = token.kind == .leftBracket
    if isArray { try open(.leftBracket) }
    while token.kind == .name {
      names.append(lexer.text(token))
      advance()
      guard token.kind == .comma else { break }
      advance()
    }
    if isArray { try close(.rightBracket) }
    try close(.rightParenthesis)
    return (names, isArray)
  }

  private mutating func arrowBody(_ parameters: [Parameter]) throws(Diagnostic) -> Expr {
    try expect(.arrow)
    if token.kind == .leftBrace { return try block(parameters) }
    return try body(parameters)
  }

  private mutating func body(_ parameters: [Parameter]) throws(Diagnostic) -> Expr {
    let outer = scope.count
    scope += parameters
    let body = try tree()
    scope.removeLast(scope.count - outer)
    return body
  }

  /// `{ return body }`
  private mutating func block(_ parameters: [Parameter]) throws(Diagnostic) -> Expr {
    try open(.leftBrace)
    guard lexer.isWord(token, "return") else { throw notOneReturn() }
    advance()
    let result = try body(parameters)
    if token.kind == .semicolon { advance() }
    if token.kind != .rightBrace { throw notOneReturn() }
    try close(.rightBrace)
    return result
  }

  @inline(never)
  private mutating func notOneReturn() -> Diagnostic {
    if token.kind == .end || token.kind == .invalid { return unexpected() }
    return Diagnostic(
      "a function body must be one return statement, but found '\(lexer.text(token).shortened)'",
      at: Span(token.start, token.end))
  }
}
