extension LambdaValue.Pattern {
  /// The pattern as it stands on the wire: a name, or an array of names.
  public var expr: Expr {
    switch self {
    case .name(let name): Expr(.literal(.string(name)))
    case .names(let names): Expr(.literal(.array(names.map { .string($0) })))
    }
  }
}

extension LambdaValue {
  /// The body as it is handed out: a `let` of the captured variables around it, `let` as an object, `and`, `or` and `do` with arrays.
  public var renderedBody: Expr {
    let inner = body.rendered
    guard !captured.isEmpty else { return inner }
    let bindings = Expr.Members(keys: captured.map(\.key), values: captured.map { Expr(.literal($0.value)) })
    return .object([("let", Expr(.object(bindings))), ("in", inner)])
  }
}

extension Expr {
  /// The tree in the form in which stored lambdas are handed out.
  fileprivate var rendered: Expr {
    switch kind {
    case .literal: return self
    case .array(let elements): return Expr(.array(elements.map(\.rendered)), span: span)
    case .object(let members):
      let keys = members.keys
      var values = Array(members.values)
      if keys.count == 1, keys[0] == "quote" || keys[0].utf8.first == UInt8(ascii: "@") { return self }
      for place in keys.indices {
        switch keys[place] {
        case "object" where keys.count == 1: values[place] = values[place].withRenderedMembers
        case "let" where keys.count == 2: values[place] = values[place].renderedBindings
        case "and", "or", "do":
          values[place] = values[place].rendered
          if keys.count == 1, !values[place].isArray { values[place] = Expr(.array([values[place]])) }
        default: values[place] = values[place].rendered
        }
      }
      return Expr(.object(Members(keys: keys, values: values, function: members.function)), span: span)
    }
  }

  private var isArray: Bool {
    switch kind {
    case .array, .literal(.array): true
    default: false
    }
  }

  /// A plain object whose members are rendered, whatever its keys are.
  private var withRenderedMembers: Expr {
    guard case .object(let members) = kind else { return self }
    return Expr(.object(Members(keys: members.keys, values: members.values.map(\.rendered))), span: span)
  }

  /// Bindings as one object, where no name occurs twice.
  private var renderedBindings: Expr {
    let elements: [Expr]
    switch kind {
    case .array(let list): elements = list
    case .literal(.array(let list)) where list.isEmpty: elements = []
    default: return withRenderedMembers
    }
    var keys: [String] = []
    var values: [Expr] = []
    for element in elements {
      guard case .object(let members) = element.kind, members.keys.count == 1 else {
        return Expr(.array(elements.map(\.withRenderedMembers)), span: span)
      }
      keys.append(members.keys[0])
      values.append(members.values[0].rendered)
    }
    guard Set(keys).count == keys.count else { return Expr(.array(elements.map(\.withRenderedMembers)), span: span) }
    return Expr(.object(Members(keys: keys, values: values)), span: span)
  }
}
