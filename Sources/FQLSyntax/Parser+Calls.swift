import FQLValues

extension Parser {
  /// What an argument is and where it stands; its tree is on `nodes`.
  struct ArgumentPlace {
    var outcome: Outcome
    var span: Span
  }

  struct Argument {
    var expr: Expr
    var isUndefined: Bool
    var span: Span
  }

  /// A call of a function, with its parenthesis under the cursor.
  mutating func call(_ word: Token, _ number: Int) throws(Diagnostic) -> Outcome {
    try open(.leftParenthesis)
    let entry = FunctionTable.entries[number]
    if entry.syntax == .let { return try letCall(word, number) }
    let base = nodes.count
    let isDefined = try readArguments()
    if isDefined, let outcome = finishPlainly(word, entry, number, base) { return outcome }
    return try finish(word, entry, number, base)
  }

  // The functions on the way down are kept apart from those that make the tree: their frames add up.

  /// The arguments and the closing parenthesis; false where one of them is `undefined`.
  @inline(never)
  private mutating func readArguments() throws(Diagnostic) -> Bool {
    var isDefined = true
    while token.kind != .rightParenthesis {
      let start = token.start
      let outcome = try expression()
      if outcome == .undefined { isDefined = false }
      arguments.push(ArgumentPlace(outcome: outcome, span: Span(start, previousEnd)))
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightParenthesis)
    return isDefined
  }

  /// The tree of a call whose arguments, none of which is `undefined`, are its members as they stand; nil, with nothing done, where
  /// there is more to it.
  @inline(never)
  private mutating func finishPlainly(
    _ word: Token, _ entry: FunctionTable.Entry, _ number: Int, _ base: Int
  ) -> Outcome? {
    let count = nodes.count - base
    guard let keys = entry.plainKeys(count) else { return nil }
    if entry.dropsNull {
      for place in base..<nodes.count where nodes[place].isNull { return nil }
    }
    arguments.truncate(to: arguments.count - count)
    let members = nodes.popMembers(from: base, keys: keys, function: number)
    return push(Expr(.object(members), span: Span(word.start, previousEnd)))
  }

  /// The tree of a call.
  @inline(never)
  private mutating func finish(
    _ word: Token, _ entry: FunctionTable.Entry, _ number: Int, _ base: Int
  ) throws(Diagnostic) -> Outcome {
    let arguments = arguments.popArray(from: arguments.count - (nodes.count - base), with: &nodes) {
      Argument(expr: $1, isUndefined: $0.outcome == .undefined, span: $0.span)
    }
    try checkCount(arguments.count, entry, word)
    let span = Span(word.start, previousEnd)
    switch entry.syntax {
    case .lambda where arguments.count == 1: return push(try lambdaCall(arguments[0]))
    case .ref where arguments.count == 1:
      try require(arguments[0], 0, entry)
      return push(Expr.object([("@ref", arguments[0].expr)], span: span))
    case .object:
      if case .object(let object)? = arguments[0].expr.literal {
        push(.object(object), from: word.start)
        return .data
      }
      guard arguments[0].expr.isObjectLiteral else {
        throw Diagnostic("Object takes an object literal", at: arguments[0].span)
      }
      return push(arguments[0].expr)
    case .bytes:
      guard case .string(let text)? = arguments[0].expr.literal, let bytes = Base64.decode(text) else {
        throw Diagnostic("Bytes takes a string of base64", at: arguments[0].span)
      }
      let canonical = Expr(.literal(.string(Base64.encode(bytes))), span: arguments[0].span)
      return push(Expr.object([("@bytes", canonical)], function: number, span: span))
    case .paginate: return push(try paginateCall(arguments, entry, number, span))
    default: return push(Expr(.object(try members(entry, number, arguments)), span: span))
    }
  }

  @inline(never)
  func notCallable(_ word: Token) -> Diagnostic {
    let name = lexer.text(word)
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
    guard argument.isUndefined else { return }
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
    for place in arguments.indices.prefix(entry.parameters.count) where arguments[place].isUndefined {
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
        return only.isUndefined && key.isOptional ? nil : only.expr
      }
      return list(rest)
    }
    guard place < arguments.count, !arguments[place].isUndefined else {
      if case .null = key.absent { return Expr(.literal(.null)) }
      return nil
    }
    if case .omittedOrNull = key.absent, arguments[place].expr.isNull { return nil }
    return arguments[place].expr
  }

  /// Arguments as one array.
  private func list(_ arguments: ArraySlice<Argument>) -> Expr {
    let span = Span(Int(arguments.first?.span.start ?? 0), Int(arguments.last?.span.end ?? 0))
    // Kept as trees even where all is data, so that an error finds the place of its argument.
    return Expr(.array(arguments.map(\.expr)), span: span)
  }

  /// `Lambda(x => ...)` is its argument, and so is a call.
  private func lambdaCall(_ argument: Argument) throws(Diagnostic) -> Expr {
    if case .object = argument.expr.kind, !argument.expr.isObjectLiteral { return argument.expr }
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
      switch options.expr.kind {
      case .literal(.null): break
      case .literal(.object(let object)):
        for field in object.fields { add(field.key, Expr(.literal(field.value), span: options.span)) }
      case .object(let outer):
        guard options.expr.isObjectLiteral, case .object(let inner) = outer.values[0].kind
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
  private mutating func letCall(_ word: Token, _ number: Int) throws(Diagnostic) -> Outcome {
    var count = 0
    var bindings: (expr: Expr, names: [String])?
    var body: Argument?
    while token.kind != .rightParenthesis {
      switch count {
      case 0: bindings = try self.bindings()
      case 1: body = try letBody(bindings?.names ?? [])
      default: _ = try tree()
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
      return Argument(expr: function, isUndefined: false, span: Span(start, previousEnd))
    }
    let outcome = try expression()
    return Argument(expr: nodes.pop(), isUndefined: outcome == .undefined, span: Span(start, previousEnd))
  }

  @inline(never)
  private mutating func finishLet(
    _ word: Token, _ number: Int, _ count: Int, _ bindings: Expr?, _ body: Argument?
  ) throws(Diagnostic) -> Outcome {
    let entry = FunctionTable.entries[number]
    try checkCount(count, entry, word)
    guard let bindings, let body else { throw unexpected() }
    try require(body, 1, entry)
    let members = Expr.Members(keys: entry.keyNames, values: [bindings, body.expr], function: number)
    return push(Expr(.object(members), span: Span(word.start, previousEnd)))
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
  private mutating func notBindings() -> Diagnostic {
    if token.kind == .end || token.kind == .invalid { return unexpected() }
    return Diagnostic(
      "the bindings of Let must be an object literal or an array of such", at: Span(token.start, token.end))
  }

  @inline(never)
  private mutating func bindingObject() throws(Diagnostic) -> FieldList {
    let base = nodes.count
    let traits = try fields()
    return popFields(from: base, traits)
  }
}

extension Expr {
  /// True for `{"object": {...}}`.
  var isObjectLiteral: Bool {
    if case .object(let members) = kind, members.function == FormNumbers.object { true } else { false }
  }
}
