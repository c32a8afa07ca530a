import FQLValues

extension Parser {
  struct Argument {
    var value: Parsed
    var span: Span

    var expr: Expr { value.expr(span) }
  }

  /// A call, with its parenthesis under the cursor.
  mutating func call(_ word: Token) throws(Diagnostic) -> Parsed {
    let name = lexer.text(word)
    guard let number = FunctionTable.number(named: name) else { throw notCallable(word, name) }
    try open(.leftParenthesis)
    if name == "Let" { return try letCall(word, number) }
    return try finish(word, number, try arguments())
  }

  // The functions on the way down are kept apart from those that make the tree: their frames add up.

  /// The arguments and the closing parenthesis.
  @inline(never)
  private mutating func arguments() throws(Diagnostic) -> [Argument] {
    var arguments: [Argument] = []
    while token.kind != .rightParenthesis {
      let start = token.start
      let value = try expression()
      arguments.append(Argument(value: value, span: Span(start, previousEnd)))
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightParenthesis)
    return arguments
  }

  /// The tree of a call.
  @inline(never)
  private func finish(_ word: Token, _ number: Int, _ arguments: [Argument]) throws(Diagnostic) -> Parsed {
    let entry = FunctionTable.entries[number]
    try checkCount(arguments.count, entry, word)
    let span = Span(word.start, previousEnd)
    switch entry.name {
    case "Lambda" where arguments.count == 1: return try lambdaCall(arguments[0])
    case "Ref" where arguments.count == 1:
      try require(arguments[0], 0, entry)
      return .expr(Expr.object([("@ref", arguments[0].expr)], span: span))
    case "Object":
      if case .constant(.object) = arguments[0].value { return arguments[0].value }
      guard case .expr(let expr) = arguments[0].value, expr.isObjectLiteral else {
        throw Diagnostic("Object takes an object literal", at: arguments[0].span)
      }
      return .expr(expr)
    case "Bytes":
      guard let text = arguments[0].value.text, let bytes = Base64.decode(text) else {
        throw Diagnostic("Bytes takes a string of base64", at: arguments[0].span)
      }
      let canonical = Expr(.literal(.string(Base64.encode(bytes))), span: arguments[0].span)
      return .expr(Expr.object([("@bytes", canonical)], function: number, span: span))
    case "Paginate": return .expr(try paginateCall(arguments, entry, number, span))
    default:
      return .expr(Expr(.object(try members(entry, number, arguments)), span: span))
    }
  }

  @inline(never)
  private func notCallable(_ word: Token, _ name: String) -> Diagnostic {
    if parameter(name) == nil { return undefinedName(word) }
    return Diagnostic("\(name) is a parameter and cannot be called", at: Span(word.start, word.end))
  }

  @inline(never)
  private func checkCount(_ count: Int, _ entry: FunctionTable.Entry, _ word: Token) throws(Diagnostic) {
    let maximum = entry.ignoresExtra ? nil : entry.maximum
    if count >= entry.minimum, count <= maximum ?? .max { return }
    let wanted =
      if let maximum {
        entry.minimum == maximum
          ? "\(maximum)" : entry.minimum == 0 ? "up to \(maximum)" : "from \(entry.minimum) to \(maximum)"
      } else {
        "at least \(entry.minimum)"
      }
    throw Diagnostic(
      "\(entry.name) function requires \(wanted) argument(s) but \(count) were given", at: Span(word.start, word.end))
  }

  private func require(_ argument: Argument, _ place: Int, _ entry: FunctionTable.Entry) throws(Diagnostic) {
    guard argument.value.isUndefined else { return }
    throw Diagnostic(
      "Expected value, but found 'undefined'. Argument \(place) for \(entry.name) is required.", at: argument.span)
  }

  /// The wire members of a call, by the rules of the function table.
  private func members(
    _ entry: FunctionTable.Entry, _ number: Int, _ arguments: [Argument]
  ) throws(Diagnostic) -> Expr.Members {
    var values: [Expr] = []
    values.reserveCapacity(entry.keys.count)
    var isWhole = true
    var keys: [String] = []
    // The text's first bad argument is reported, whatever the order on the wire.
    for place in arguments.indices.prefix(entry.parameters.count) where arguments[place].value.isUndefined {
      let key = entry.keys.first { $0.parameter == place }
      guard let key, case .required = key.absent else { continue }
      let isRest = entry.variadic != .none && place == entry.parameters.count - 1
      let isBare = entry.variadic == .bareWhenOne && arguments.count == entry.parameters.count && !key.isOptional
      if !isRest || isBare { try require(arguments[place], place, entry) }
    }
    for (place, key) in entry.keys.enumerated() {
      if let value = value(for: key, entry, arguments) {
        if !isWhole { keys.append(key.name) }
        values.append(value)
      } else if isWhole {
        isWhole = false
        keys = Array(entry.keyNames.prefix(place))
      }
    }
    return Expr.Members(keys: isWhole ? entry.keyNames : keys, values: values, function: number)
  }

  /// What a key holds; nil where it is left out.
  private func value(for key: FunctionTable.Key, _ entry: FunctionTable.Entry, _ arguments: [Argument]) -> Expr? {
    guard let place = key.parameter else {
      if case .null = key.absent { return Expr(.literal(.null)) }
      return nil
    }
    if entry.variadic != .none, place == entry.parameters.count - 1 {
      let rest = arguments[min(place, arguments.count)...]
      if rest.count == 1, entry.variadic == .bareWhenOne, let only = rest.first {
        return only.value.isUndefined && key.isOptional ? nil : only.expr
      }
      return list(rest)
    }
    guard place < arguments.count, !arguments[place].value.isUndefined else {
      if case .null = key.absent { return Expr(.literal(.null)) }
      return nil
    }
    if case .omittedOrNull = key.absent, arguments[place].value.isNull { return nil }
    return arguments[place].expr
  }

  /// Arguments as one array.
  private func list(_ arguments: ArraySlice<Argument>) -> Expr {
    let span = Span(Int(arguments.first?.span.start ?? 0), Int(arguments.last?.span.end ?? 0))
    // Kept as trees even where all is data, so that an error finds the place of its argument.
    return Expr(.array(arguments.map(\.expr)), span: span)
  }

  /// `Lambda(x => ...)` is its argument, and so is a call.
  private func lambdaCall(_ argument: Argument) throws(Diagnostic) -> Parsed {
    if case .expr(let expr) = argument.value, case .object = expr.kind, !expr.isObjectLiteral { return argument.value }
    throw Diagnostic("Lambda function takes either a Function or an Expr.", at: argument.span)
  }

  /// The options stand beside `paginate` as they are.
  private func paginateCall(
    _ arguments: [Argument], _ entry: FunctionTable.Entry, _ number: Int, _ span: Span
  ) throws(Diagnostic) -> Expr {
    try require(arguments[0], 0, entry)
    var keys = [entry.wireName]
    var values = [arguments[0].expr]
    func add(_ key: String, _ value: Expr) {
      if let place = keys.firstIndex(of: key) {
        values[place] = value
      } else {
        keys.append(key)
        values.append(value)
      }
    }
    if arguments.count > 1 {
      let options = arguments[1]
      switch options.value {
      case .undefined, .constant(.null): break
      case .constant(.object(let object)):
        for field in object.fields { add(field.key, Expr(.literal(field.value), span: options.span)) }
      case .expr(let expr):
        guard expr.isObjectLiteral, case .object(let outer) = expr.kind, case .object(let inner) = outer.values[0].kind
        else { throw Diagnostic("the options of Paginate must be an object literal", at: options.span) }
        for place in inner.keys.indices { add(inner.keys[place], inner.values[place]) }
      default: throw Diagnostic("the options of Paginate must be an object literal", at: options.span)
      }
    }
    return Expr(.object(Expr.Members(keys: keys, values: values, function: number)), span: span)
  }

  // MARK: Let

  /// `Let({a: 1}, body)`, behind the parenthesis.
  @inline(never)
  private mutating func letCall(_ word: Token, _ number: Int) throws(Diagnostic) -> Parsed {
    var count = 0
    var bindings: (expr: Expr, names: [String])?
    var body: Argument?
    while token.kind != .rightParenthesis {
      switch count {
      case 0: bindings = try self.bindings()
      case 1: body = try letBody(bindings?.names ?? [])
      default: _ = try expression()
      }
      count += 1
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightParenthesis)
    return try finishLet(word, number, count, bindings?.expr, body)
  }

  @inline(never)
  private mutating func letBody(_ names: [String]) throws(Diagnostic) -> Argument {
    let start = token.start
    if let function = try letFunction(binding: names) {
      return Argument(value: function, span: Span(start, previousEnd))
    }
    let value = try expression()
    return Argument(value: value, span: Span(start, previousEnd))
  }

  @inline(never)
  private func finishLet(
    _ word: Token, _ number: Int, _ count: Int, _ bindings: Expr?, _ body: Argument?
  ) throws(Diagnostic) -> Parsed {
    let entry = FunctionTable.entries[number]
    try checkCount(count, entry, word)
    guard let bindings, let body else { throw unexpected() }
    try require(body, 1, entry)
    return .expr(
      Expr(
        .object(Expr.Members(keys: entry.keyNames, values: [bindings, body.expr], function: number)),
        span: Span(word.start, previousEnd)))
  }

  /// The bindings as an array of objects, and the names in order, the dropped ones too.
  private mutating func bindings() throws(Diagnostic) -> (expr: Expr, names: [String]) {
    let start = token.start
    switch token.kind {
    case .leftBrace: return bound(try bindingObject(), from: start)
    case .leftBracket: return try bindingArray()
    case .leftParenthesis:
      depth += 1
      defer { depth -= 1 }
      if depth > Limits.nesting { throw tooDeep() }
      try open(.leftParenthesis)
      let inner = try bindings()
      try close(.rightParenthesis)
      return inner
    default: throw notBindings()
    }
  }

  /// An object's bindings as objects of one key.
  @inline(never)
  private func bound(_ list: FieldList, from start: Int) -> (expr: Expr, names: [String]) {
    let fields = list.ordered()
    let elements = fields.compactMap { field in
      field.value.map { Expr.object([(field.key, $0)], span: $0.span) }
    }
    return (Expr(.array(elements), span: Span(start, previousEnd)), fields.map(\.key))
  }

  @inline(never)
  private mutating func bindingArray() throws(Diagnostic) -> (expr: Expr, names: [String]) {
    let start = token.start
    var elements: [Expr] = []
    var names: [String] = []
    try open(.leftBracket)
    while token.kind != .rightBracket {
      let elementStart = token.start
      guard token.kind == .leftBrace else { throw notBindings() }
      let fields = try bindingObject()
      elements.append(Expr(.object(fields.members()), span: Span(elementStart, previousEnd)))
      if let first = fields.ordered().first { names.append(first.key) }
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBracket)
    return (Expr(.array(elements), span: Span(start, previousEnd)), names)
  }

  @inline(never)
  private func notBindings() -> Diagnostic {
    if token.kind == .end || token.kind == .invalid { return unexpected() }
    return Diagnostic(
      "the bindings of Let must be an object literal or an array of such", at: Span(token.start, token.end))
  }

  @inline(never)
  private mutating func bindingObject() throws(Diagnostic) -> FieldList {
    var list = FieldList()
    try open(.leftBrace)
    while token.kind != .rightBrace {
      let (key, value, span) = try field()
      list.set(key, value, span)
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBrace)
    return list
  }
}

extension Expr {
  /// True for `{"object": {...}}`.
  var isObjectLiteral: Bool {
    if case .object(let members) = kind, members.function == FormNumbers.object { true } else { false }
  }
}
