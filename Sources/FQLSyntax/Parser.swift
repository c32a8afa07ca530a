import FQLValues

/// The parser: text becomes trees in wire shape.
///
/// It goes through the bytes once. Data becomes values at once, on stacks from which arrays and objects are taken whole; a tree is
/// only made of what contains a call, a lambda or a variable.
struct Parser: ~Copyable {
  /// What an expression is.
  enum Parsed {
    /// Data, with nothing to evaluate.
    case constant(Value)
    case expr(Expr)
    /// The word `undefined`.
    case undefined
  }

  /// A lambda parameter in scope, and the variable that it stands for; nil where it stands for `undefined`.
  struct Parameter {
    var name: String
    var variable: String?
  }

  var lexer: Lexer
  /// The token that is looked at.
  var token: Token
  /// The end of the token before that.
  var previousEnd: Int
  /// Where the brackets are that are open.
  var openBrackets: [Int] = []
  var scope: [Parameter] = []
  /// The statements that were passed over.
  var ignored: [Span] = []
  var depth = 0
  /// True to make trees of data as well, so that each part of it has its place in the text.
  var keepsPlaces = false
  /// True where the text begins in the middle of a line.
  var startsWithinLine = false
  var values = MoveStack<Value>()
  var fields = MoveStack<Object.Field>()
  /// A mark of each field's key; equal keys have equal marks, or 0.
  var keyMarks = MoveStack<UInt64>()
  var spans = MoveStack<Span>()

  init(_ lexer: Lexer) {
    self.lexer = lexer
    previousEnd = lexer.place
    token = self.lexer.next()
  }

  // MARK: Tokens

  @inline(__always)
  mutating func advance() {
    previousEnd = token.end
    token = lexer.next()
  }

  /// Goes on from another place in the text.
  mutating func restart(at place: Int) {
    previousEnd = place
    lexer.place = place
    token = lexer.next()
  }

  /// The error for a token that does not belong where it stands.
  @inline(never)
  func unexpected(_ token: Token? = nil) -> Diagnostic {
    let token = token ?? self.token
    switch token.kind {
    case .end:
      return Diagnostic(
        "unexpected end of input", at: Span(previousEnd, previousEnd), isIncomplete: true, openBrackets: openBrackets)
    case .invalid:
      guard var problem = lexer.problem else { break }
      if problem.isIncomplete { problem.openBrackets = openBrackets + problem.openBrackets }
      return problem
    default: break
    }
    return Diagnostic("unexpected '\(lexer.text(token).shortened)'", at: Span(token.start, token.end))
  }

  mutating func expect(_ kind: Token.Kind) throws(Diagnostic) {
    guard token.kind == kind else { throw unexpected() }
    advance()
  }

  mutating func open(_ kind: Token.Kind) throws(Diagnostic) {
    guard token.kind == kind else { throw unexpected() }
    if openBrackets.count >= Limits.nesting { throw tooDeep() }
    openBrackets.append(token.start)
    advance()
  }

  mutating func close(_ kind: Token.Kind) throws(Diagnostic) {
    guard token.kind == kind else { throw unexpected() }
    openBrackets.removeLast()
    advance()
  }

  /// Forgets everything about the statement before.
  mutating func reset() {
    openBrackets.removeAll(keepingCapacity: true)
    scope.removeAll(keepingCapacity: true)
    depth = 0
    values.truncate(to: 0)
    fields.truncate(to: 0)
    keyMarks.truncate(to: 0)
    spans.truncate(to: 0)
  }

  // MARK: Expressions

  // The functions on the way down are kept apart from those that do the work of a level: their frames add up.

  mutating func expression() throws(Diagnostic) -> Parsed {
    depth += 1
    defer { depth -= 1 }
    if depth > Limits.nesting { throw tooDeep() }
    switch token.kind {
    case .name: return try name()
    case .leftBracket: return try array()
    case .leftBrace: return try object()
    case .leftParenthesis: return try parenthesized()
    default: return .constant(try scalar())
    }
  }

  @inline(never)
  func tooDeep() -> Diagnostic {
    Diagnostic("nested too deeply (more than \(Limits.nesting) levels)", at: Span(token.start, token.end))
  }

  @inline(never)
  private mutating func parenthesized() throws(Diagnostic) -> Parsed {
    if try isParameterList() { return try parenthesizedLambda(from: token.start) }
    try open(.leftParenthesis)
    let inner = try expression()
    try close(.rightParenthesis)
    return inner
  }

  /// A string, a template or a number.
  @inline(never)
  private mutating func scalar() throws(Diagnostic) -> Value {
    switch token.kind {
    case .string, .template:
      let text = try lexer.stringValue(token)
      advance()
      return .string(text)
    case .integer, .double, .radixInteger: return try number(token, isNegative: false, start: token.start)
    case .minus, .plus: return try signedNumber()
    default: throw unexpected()
    }
  }

  private mutating func signedNumber() throws(Diagnostic) -> Value {
    let start = token.start
    let isNegative = token.kind == .minus
    advance()
    switch token.kind {
    case .integer, .double, .radixInteger: return try number(token, isNegative: isNegative, start: start)
    default: throw unexpected()
    }
  }

  private mutating func number(_ token: Token, isNegative: Bool, start: Int) throws(Diagnostic) -> Value {
    guard let value = numberValue(token, isNegative: isNegative) else {
      throw Diagnostic("integer out of range (64 bits)", at: Span(start, token.end))
    }
    advance()
    return value
  }

  /// The number that a token stands for; nil for an integer beyond 64 bits.
  func numberValue(_ token: Token, isNegative: Bool) -> Value? {
    let bytes = UnsafeBufferPointer(rebasing: lexer.bytes[token.start..<token.end])
    if token.kind == .double {
      let magnitude = NumberReader.double(bytes)
      return .double(isNegative ? -magnitude : magnitude)
    }
    let magnitude: UInt64?
    if token.kind == .radixInteger {
      let base: UInt64 =
        switch bytes[1] | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        default: 2
        }
      magnitude = NumberReader.magnitude(UnsafeBufferPointer(rebasing: bytes[2...]), base: base)
    } else {
      magnitude = NumberReader.magnitude(bytes)
    }
    return magnitude.flatMap { NumberReader.integer(magnitude: $0, isNegative: isNegative) }.map { .integer($0) }
  }

  // MARK: Names

  /// What begins with a word: a constant, a lambda, a call or a variable.
  private mutating func name() throws(Diagnostic) -> Parsed {
    let word = token
    advance()
    switch token.kind {
    case .arrow: return try arrowLambda(parameter: word)
    case .leftParenthesis where isCall(word): return try call(word)
    default: return try otherName(word)
    }
  }

  /// True where the parenthesis under the cursor belongs to the word before it.
  private func isCall(_ word: Token) -> Bool {
    if lexer.isWord(word, "function") || isConstant(word) { return false }
    return !token.isAfterLineEnd || !openBrackets.isEmpty || parameter(lexer.text(word)) == nil
  }

  private func isConstant(_ word: Token) -> Bool {
    lexer.isWord(word, "true") || lexer.isWord(word, "false") || lexer.isWord(word, "null")
      || lexer.isWord(word, "undefined")
  }

  @inline(never)
  private mutating func otherName(_ word: Token) throws(Diagnostic) -> Parsed {
    if lexer.isWord(word, "true") { return .constant(.boolean(true)) }
    if lexer.isWord(word, "false") { return .constant(.boolean(false)) }
    if lexer.isWord(word, "null") { return .constant(.null) }
    if lexer.isWord(word, "undefined") { return .undefined }
    switch token.kind {
    case .leftParenthesis, .name:
      if lexer.isWord(word, "function") { return try functionLambda(from: word.start) }
      return try variable(word)
    case .dot: return try call(try prefixedName(word))
    default: return try variable(word)
    }
  }

  private static let prefixes: Set<String> = ["q", "query", "fql", "faunadb", "fauna", "faunadb.query", "fauna.query"]

  /// The function's name in `q.Name(...)` and `faunadb.query.Name(...)`, with the parenthesis under the cursor.
  @inline(never)
  private mutating func prefixedName(_ first: Token) throws(Diagnostic) -> Token {
    let dot = token
    var prefix = lexer.text(first)
    guard Parser.prefixes.contains(prefix) else {
      if parameter(prefix) != nil { throw unexpected() }
      throw undefinedName(first)
    }
    advance()
    guard token.kind == .name else { throw unexpected() }
    var function = token
    advance()
    if token.kind == .dot {
      prefix += "." + lexer.text(function)
      guard Parser.prefixes.contains(prefix) else { throw unexpected(dot) }
      advance()
      guard token.kind == .name else { throw unexpected() }
      function = token
      advance()
    }
    if token.kind == .leftParenthesis { return function }
    if FunctionTable.number(named: lexer.text(function)) == nil { throw undefinedName(function) }
    throw functionAsValue(function)
  }

  /// The parameter of that name which is in scope.
  func parameter(_ name: String) -> Parameter? {
    guard !scope.isEmpty else { return nil }
    return scope.last { $0.name == name }
  }

  /// A word by itself, which must be a parameter; the token behind it is looked at already.
  @inline(never)
  mutating func variable(_ word: Token) throws(Diagnostic) -> Parsed {
    let name = lexer.text(word)
    if let parameter = parameter(name) {
      guard let variable = parameter.variable else { return .undefined }
      return .expr(
        Expr.object(
          [("var", Expr(.literal(.string(variable))))], function: FormNumbers.variable, span: Span(word.start, word.end)
        ))
    }
    // What cannot follow a name at all comes before the question what the name is.
    if !token.isAfterLineEnd {
      switch token.kind {
      case .equals, .plus, .minus, .ellipsis, .invalid: throw unexpected()
      default: break
      }
    }
    if FunctionTable.number(named: name) != nil { throw functionAsValue(word) }
    throw undefinedName(word)
  }

  @inline(never)
  private func functionAsValue(_ word: Token) -> Diagnostic {
    let name = lexer.text(word)
    return Diagnostic("\(name) is a function: write \(name)(...)", at: Span(word.start, word.end))
  }

  @inline(never)
  func undefinedName(_ word: Token) -> Diagnostic {
    let name = lexer.text(word)
    var candidates = scope.map(\.name)
    for entry in FunctionTable.entries { candidates.append(entry.name) }
    return Diagnostic(
      "\(name.shortened) is not defined", at: Span(word.start, word.end),
      suggestion: Suggestion.nearest(to: name, among: candidates))
  }
}

/// The numbers of forms that the parser makes itself.
enum FormNumbers {
  static let variable = FunctionTable.number(named: "Var") ?? -1
  static let object = FunctionTable.number(named: "Object") ?? -1
  static let lambda = FunctionTable.number(named: "Lambda") ?? -1
}

extension Parser.Parsed {
  /// As a tree; `undefined` counts as null.
  func expr(_ span: Span) -> Expr {
    switch self {
    case .constant(let value): Expr(.literal(value), span: span)
    case .expr(let expr): expr
    case .undefined: Expr(.literal(.null), span: span)
    }
  }

  var isNull: Bool {
    if case .constant(.null) = self { true } else { false }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  var text: String? {
    if case .constant(.string(let text)) = self { text } else { nil }
  }
}
