import FQLSyntax
import FQLValues

// How each form becomes a node. Functions over evaluated arguments need no entry here: they are found in `Builtins`.

extension Compiler {
  typealias Handler = @Sendable (Compiler, Expr.Members) throws(Failure) -> Node

  /// How a form is compiled. (Closures as such would be wrapped once more by every generic collection that they go through.)
  struct Form: Sendable {
    let compile: Handler
    /// True where the form's code does not depend on the trees of its arguments: it only compiles them.
    var isPlain = false
  }

  /// The forms by number in the function table.
  static let forms: [Form?] = makeForms()

  private static func makeForms() -> [Form?] {
    var handlers: [String: Handler] = basicForms
    let groups = [
      lambdaForms, listForms, functionForms, setForms, documentForms, writeForms, historyForms, accessForms,
    ]
    for group in groups { handlers.merge(group) { first, _ in first } }
    var table: [Form?] = []
    for entry in FunctionTable.entries {
      if entry.signature == "match index" {
        table.append(Form(compile: legacyMatch))
      } else if let handler = handlers[entry.wireName] {
        table.append(Form(compile: handler, isPlain: plainForms.contains(entry.wireName)))
      } else if let implementation = Builtins.table[entry.wireName] {
        table.append(Form(compile: builtin(entry, implementation), isPlain: true))
      } else {
        table.append(nil)
      }
    }
    return table
  }

  /// Plain forms with a handler of their own.
  private static let plainForms: Set<String> = [
    "get", "exists", "paginate", "create", "update", "replace", "delete", "if", "not", "abort",
  ]

  private static func builtin(_ entry: FunctionTable.Entry, _ implementation: Builtin) -> Handler {
    @Sendable func handle(_ compiler: Compiler, _ members: Expr.Members) throws(Failure) -> Node {
      BuiltinNode.call(entry.wireName, entry.keys, try compiler.compileArguments(entry, members), implementation)
    }
    return handle
  }

  private static let basicForms: [String: Handler] = [
    "var": { compiler, members throws(Failure) in
      guard let name = members.values[0].string else {
        throw compiler.error("String expected, \(members.values[0].jsonTypeName) provided.", [.key("var")])
      }
      return compiler.variable(name)
    },
    "let": { compiler, members throws(Failure) in try compiler.compileLet(members) },
    "if": { compiler, members throws(Failure) in
      IfNode(
        try compiler.compileArgument(members, "if"), then: try compiler.compileArgument(members, "then"),
        otherwise: try compiler.compileArgument(members, "else"))
    },
    "do": { compiler, members throws(Failure) in
      guard let elements = members.values[0].elements else {
        throw compiler.error("Array expected, \(members.values[0].jsonTypeName) provided.", [.key("do")])
      }
      if elements.isEmpty { throw compiler.error("Expression list cannot be empty.", [.key("do")]) }
      return DoNode(try compiler.compileElements(elements, "do"))
    },
    "and": { compiler, members throws(Failure) in try compiler.compileConnective("and", members) },
    "or": { compiler, members throws(Failure) in try compiler.compileConnective("or", members) },
    "object": { compiler, members throws(Failure) in
      let argument = members.values[0]
      if case .literal(.object(let object)) = argument.kind { return LiteralNode(.object(object)) }
      guard let plain = try compiler.plainObject(argument, at: .key("object")) else {
        throw compiler.error("Object expected, \(argument.jsonTypeName) provided.", [.key("object")])
      }
      var nodes: [Node] = []
      for i in plain.keys.indices {
        nodes.append(try compiler.compile(plain.values[i], at: .key("object"), .key(plain.keys[i])))
      }
      return ObjectNode(keys: plain.keys, values: nodes)
    },
    "quote": { compiler, members throws(Failure) in
      LiteralNode(try compiler.quoted(members.values[0], at: [.key("quote")]))
    },
    "@bytes": { compiler, members throws(Failure) in
      LiteralNode(try compiler.escape("@bytes", members.values[0], at: []))
    },
    "at": { compiler, members throws(Failure) in
      AtNode(time: try compiler.compileArgument(members, "at"), body: try compiler.compileArgument(members, "expr"))
    },
    "abort": { compiler, members throws(Failure) in AbortNode(try compiler.compileArgument(members, "abort")) },
  ]

  func compileElements(_ elements: [Expr], _ key: String) throws(Failure) -> [Node] {
    var nodes: [Node] = []
    nodes.reserveCapacity(elements.count)
    for (i, element) in elements.enumerated() { nodes.append(try compile(element, at: .key(key), .index(i))) }
    return nodes
  }

  private func compileConnective(_ key: String, _ members: Expr.Members) throws(Failure) -> Node {
    let operands: [Node]
    let elements = members.values[0].elements
    if let elements {
      if elements.isEmpty { throw error("Expression list cannot be empty.", [.key(key)]) }
      operands = try compileElements(elements, key)
    } else {
      operands = [try compileArgument(members, key)]
    }
    return ConnectiveNode(
      key, operands, isBare: elements == nil, deciding: key == "or", evaluatesAll: version.hasPrefix("2."))
  }

  /// The members of a plain object, which may be written as `@obj`; nil where it is something else.
  /// Another tagged value there is an error at the form itself.
  private func plainObject(_ expr: Expr, at step: QueryError.Step) throws(Failure) -> Expr.Members? {
    guard let members = expr.plainMembers else { return nil }
    if members.keys.count == 1, let tag = Compiler.escapeTag(members.keys[0]) {
      if tag == "@obj" {
        guard let inner = members.values[0].plainMembers else { throw error("Invalid object.", [step]) }
        return inner
      }
      let value = try escape(tag, members.values[0], at: [step])
      throw error("Object expected, \(value.typeName) provided.")
    }
    return members
  }

  // MARK: Let

  private func compileLet(_ members: Expr.Members) throws(Failure) -> Node {
    guard let argument = members["let"], let bodyExpr = members["in"] else { throw unknownForm(members) }
    var names: [(name: String, expr: Expr, place: Node.Place)] = []
    var errors: [QueryError] = []
    if let elements = argument.elements {
      for (i, element) in elements.enumerated() {
        if let plain = element.plainMembers, plain.keys.count == 1 {
          names.append((plain.keys[0], plain.values[0], .binding("let", i, plain.keys[0])))
        } else {
          errors += error("Object expected, \(element.jsonTypeName) provided.", [.key("let"), .index(i)]).errors
        }
      }
    } else if let plain = try plainObject(argument, at: .key("let")) {
      for i in plain.keys.indices {
        names.append((plain.keys[i], plain.values[i], .member("let", plain.keys[i])))
      }
    } else {
      errors += error("Array expected, \(argument.jsonTypeName) provided.", [.key("let")]).errors
    }
    let count = unit.scope.count
    defer { unit.scope.removeLast(unit.scope.count - count) }
    var slots: [Int] = []
    var bindings: [Node] = []
    for binding in names {
      path += binding.place.steps
      do {
        bindings.append(try compile(binding.expr))
      } catch {
        errors += error.errors
      }
      path.removeLast(binding.place.steps.count)
      slots.append(unit.declare(binding.name))
    }
    var body: Node?
    do {
      body = try compile(bodyExpr, at: .key("in"))
    } catch {
      errors += error.errors
    }
    guard errors.isEmpty, let body else { throw Failure(errors) }
    return LetNode(slots: slots, bindings: bindings, places: names.map(\.place), body: body)
  }
}
