import FQLValues

/// The parser: text becomes trees in wire shape.
///
/// It goes through the bytes once. Every expression is put on a stack, from which arrays, objects and calls take theirs: what is
/// data all the way down becomes a value at once, and a tree is only made of what contains a call, a lambda or a variable.
///
/// What is called for every token is mutating even where it changes nothing: for others the compiler copies the whole parser first.
struct Parser: ~Copyable {
  /// What an expression is that was put on the stack.
  enum Outcome: UInt8 {
    /// Data, with nothing to evaluate: its tree is a literal.
    case data
    case tree
    /// The word `undefined`; as a tree it counts as null.
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
  var openBrackets = MoveStack<Int>()
  var scope: [Parameter] = []
  /// The statements that were passed over.
  var ignored: [Span] = []
  var depth = 0
  /// True to make trees of data as well, so that each part of it has its place in the text.
  var keepsPlaces = false
  /// True where the text begins in the middle of a line.
  var startsWithinLine = false
  /// What has been read of the expressions around the cursor.
  var nodes = MoveStack<Expr>()
  /// The keys of the objects around the cursor, each as soon as its value is on `nodes`.
  var keys = MoveStack<ParsedKey>()
  /// The arguments of the calls around the cursor.
  var arguments = MoveStack<ArgumentPlace>()
  /// Where the scalars of the statement stand.
  var scalars = MoveStack<Span>()
  /// What has been read of a statement of a known form.
  var literals = LiteralBytes()
  /// Keys, and what short strings hold: the same ones come again and again.
  var keyCache = WordCache()
  var stringCache = WordCache()

  init(_ lexer: Lexer) {
    self.lexer = lexer
    previousEnd = lexer.place
    token = self.lexer.next()
  }

  /// Goes on with another text.
  mutating func begin(_ lexer: Lexer) {
    self.lexer = lexer
    restart(at: lexer.place)
  }

  // MARK: Tokens

  @inline(__always)
  mutating func advance() { advance(from: token.end) }

  /// The same where more than the token is behind the cursor then.
  @inline(__always)
  mutating func advance(from end: Int) {
    previousEnd = end
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
  mutating func unexpected(_ token: Token? = nil) -> Diagnostic {
    let token = token ?? self.token
    switch token.kind {
    case .end:
      return Diagnostic(
        "unexpected end of input", at: Span(previousEnd, previousEnd), isIncomplete: true,
        openBrackets: openBrackets.elements)
    case .invalid:
      var problem = lexer.diagnostic(of: token)
      if problem.isIncomplete { problem.openBrackets = openBrackets.elements + problem.openBrackets }
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
    openBrackets.push(token.start)
    advance()
  }

  mutating func close(_ kind: Token.Kind) throws(Diagnostic) {
    guard token.kind == kind else { throw unexpected() }
    _ = openBrackets.pop()
    advance()
  }

  /// Forgets everything about the statement before.
  mutating func reset() {
    openBrackets.truncate(to: 0)
    if !scope.isEmpty { scope.removeAll(keepingCapacity: true) }
    depth = 0
    nodes.truncate(to: 0)
    keys.truncate(to: 0)
    arguments.truncate(to: 0)
    scalars.truncate(to: 0)
  }

  // MARK: Expressions

  // The functions on the way down are kept apart from those that do the work of a level: their frames add up.

  /// Puts the expression under the cursor on the stack.
  mutating func expression() throws(Diagnostic) -> Outcome {
    if depth >= Limits.nesting { throw tooDeep() }
    depth += 1
    let outcome: Outcome
    switch token.kind {
    case .name: outcome = try name()
    case .leftBracket: outcome = try array()
    case .leftBrace: outcome = try object()
    case .leftParenthesis: outcome = try parenthesized()
    default: outcome = try scalar()
    }
    depth -= 1
    return outcome
  }

  /// The expression under the cursor as a tree.
  mutating func tree() throws(Diagnostic) -> Expr {
    _ = try expression()
    return nodes.pop()
  }

  @inline(never)
  mutating func tooDeep() -> Diagnostic {
    Diagnostic("nested too deeply (more than \(Limits.nesting) levels)", at: Span(token.start, token.end))
  }

  @inline(never)
  private mutating func parenthesized() throws(Diagnostic) -> Outcome {
    let start = token.start
    if try isParameterList() { return try parenthesizedLambda(from: start) }
    try open(.leftParenthesis)
    let outcome = try expression()
    try close(.rightParenthesis)
    // Data stands where its parentheses stand, a tree where it is written.
    if outcome != .tree { nodes[nodes.count - 1].span = Span(start, previousEnd) }
    return outcome
  }

  /// A string, a template or a number.
  @inline(never)
  private mutating func scalar() throws(Diagnostic) -> Outcome {
    let start = token.start
    let value = try scalarValue()
    advance()
    noteScalar(from: start)
    push(consume value, from: start)
    return .data
  }

  /// What the scalar under the cursor stands for, whose last token is under the cursor then.
  @inline(__always)
  mutating func scalarValue() throws(Diagnostic) -> Value {
    let start = token.start
    switch token.kind {
    case .string where token.end - token.start <= 10 && !token.hasEscapes:
      return .string(stringCache.key(in: lexer.bytes, from: start + 1, to: token.end - 1).text)
    case .string, .template: return .string(try lexer.stringValue(token))
    case .integer, .double, .radixInteger: return try number(isNegative: false, start: start)
    case .minus, .plus:
      let isNegative = token.kind == .minus
      advance()
      switch token.kind {
      case .integer, .double, .radixInteger: return try number(isNegative: isNegative, start: start)
      default: throw unexpected()
      }
    default: throw unexpected()
    }
  }

  /// Notes where a scalar stands that ends before the cursor; no more than tell that there are too many.
  @inline(__always)
  private mutating func noteScalar(from start: Int) {
    if scalars.count <= StatementForm.mostScalars { scalars.push(Span(start, previousEnd)) }
  }

  @inline(__always)
  private mutating func number(isNegative: Bool, start: Int) throws(Diagnostic) -> Value {
    if token.kind == .double { return .double(double(token, isNegative: isNegative)) }
    guard let integer = integer(token, isNegative: isNegative) else { throw outOfRange(start) }
    return .integer(integer)
  }

  @inline(never)
  private mutating func outOfRange(_ start: Int) -> Diagnostic {
    Diagnostic("integer out of range (64 bits)", at: Span(start, token.end))
  }

  /// Puts data on the stack that ends before the cursor.
  @inline(__always)
  mutating func push(_ value: consuming Value, from start: Int) {
    nodes.push(Expr(.literal(value), span: Span(start, previousEnd)))
  }

  /// Puts a tree on the stack.
  mutating func push(_ tree: Expr) -> Outcome {
    nodes.push(tree)
    return .tree
  }

  /// The number that a token with a point or an exponent stands for.
  mutating func double(_ token: Token, isNegative: Bool) -> Double {
    let magnitude = NumberReader.double(UnsafeBufferPointer(rebasing: lexer.bytes[token.start..<token.end]))
    return isNegative ? -magnitude : magnitude
  }

  /// The number that any other token stands for; nil for one beyond 64 bits.
  mutating func integer(_ token: Token, isNegative: Bool) -> Int64? {
    let bytes = UnsafeBufferPointer(rebasing: lexer.bytes[token.start..<token.end])
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
    return magnitude.flatMap { NumberReader.integer(magnitude: $0, isNegative: isNegative) }
  }

  // MARK: Names

  /// What begins with a word: a constant, a lambda, a call or a variable.
  private mutating func name() throws(Diagnostic) -> Outcome {
    let word = token
    advance()
    switch token.kind {
    case .arrow: return try arrowLambda(parameter: word)
    case .leftParenthesis where isAtCall(word):
      if let number = FunctionTable.number(of: word, in: lexer) { return try call(word, number) }
      if !isReserved(word) { throw notCallable(word) }
      return try otherName(word)
    default: return try otherName(word)
    }
  }

  /// True where the parenthesis under the cursor belongs to the word before it.
  @inline(__always)
  private mutating func isAtCall(_ word: Token) -> Bool {
    !token.isAfterLineEnd || openBrackets.count > 0 || parameter(lexer.text(word)) == nil
  }

  /// True for the words that are not names.
  @inline(never)
  private mutating func isReserved(_ word: Token) -> Bool {
    lexer.isWord(word, "function") || lexer.isWord(word, "undefined") || constant(word) != nil
  }

  /// What a word stands for that is data.
  mutating func constant(_ word: Token) -> Value? {
    if lexer.isWord(word, "true") { return .boolean(true) }
    if lexer.isWord(word, "false") { return .boolean(false) }
    return lexer.isWord(word, "null") ? .null : nil
  }

  private mutating func undefined(_ word: Token) -> Outcome {
    nodes.push(Expr(.literal(.null), span: Span(word.start, word.end)))
    return .undefined
  }

  @inline(never)
  private mutating func otherName(_ word: Token) throws(Diagnostic) -> Outcome {
    if let constant = constant(word) {
      if !constant.isNull { noteScalar(from: word.start) }
      push(constant, from: word.start)
      return .data
    }
    if lexer.isWord(word, "undefined") { return undefined(word) }
    switch token.kind {
    case .leftParenthesis, .name:
      if lexer.isWord(word, "function") { return try functionLambda(from: word.start) }
      return try variable(word)
    case .dot: return try prefixedCall(word)
    default: return try variable(word)
    }
  }

  private static let prefixes: Set<String> = ["q", "query", "fql", "faunadb", "fauna", "faunadb.query", "fauna.query"]

  @inline(never)
  private mutating func prefixedCall(_ first: Token) throws(Diagnostic) -> Outcome {
    let word = try prefixedName(first)
    guard let number = FunctionTable.number(of: word, in: lexer) else { throw notCallable(word) }
    return try call(word, number)
  }

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
    if FunctionTable.number(of: function, in: lexer) == nil { throw undefinedName(function) }
    throw functionAsValue(function)
  }

  /// The parameter of that name which is in scope.
  func parameter(_ name: String) -> Parameter? {
    guard !scope.isEmpty else { return nil }
    return scope.last { $0.name == name }
  }

  /// A word by itself, which must be a parameter; the token behind it is looked at already.
  @inline(never)
  mutating func variable(_ word: Token) throws(Diagnostic) -> Outcome {
    let name = lexer.text(word)
    if let parameter = parameter(name) {
      guard let variable = parameter.variable else { return undefined(word) }
      let members = Expr.Members(
        keys: FormKeys.variable, values: [Expr(.literal(.string(variable)))], function: FormNumbers.variable)
      return push(Expr(.object(members), span: Span(word.start, word.end)))
    }
    // What cannot follow a name at all comes before the question what the name is.
    if !token.isAfterLineEnd {
      switch token.kind {
      case .equals, .plus, .minus, .ellipsis, .invalid: throw unexpected()
      default: break
      }
    }
    if FunctionTable.number(of: word, in: lexer) != nil { throw functionAsValue(word) }
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

/// The keys of those forms, shared by their trees.
enum FormKeys {
  static let variable = ["var"]
  static let object = ["object"]
  static let lambda = ["lambda", "expr"]
}

extension Expr {
  /// The data of a literal.
  var literal: Value? {
    if case .literal(let value) = kind { value } else { nil }
  }

  var isNull: Bool {
    if case .literal(.null) = kind { true } else { false }
  }
}
