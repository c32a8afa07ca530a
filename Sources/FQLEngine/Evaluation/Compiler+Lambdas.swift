import FQLSyntax
import FQLValues

// Lambdas are no expressions: they are read only where a form wants one.

extension Compiler {
  /// The parts of a literal lambda that stands at `key`.
  struct LambdaParts {
    let pattern: LambdaValue.Pattern
    let body: Expr
  }

  /// The lambda at `key`, or the error of what stands there instead.
  func lambdaMembers(_ expr: Expr, at key: String) throws(Failure) -> (pattern: Expr, body: Expr) {
    guard let members = expr.members else {
      if case .literal(.object) = expr.kind {
        throw error("No form/function found, or invalid argument keys: { object }.", [.key(key)])
      }
      throw error("Lambda expected, \(expr.jsonTypeName) provided.", [.key(key)])
    }
    guard members.keys.count == 2, let pattern = members["lambda"], let body = members["expr"] else {
      throw error(
        "No form/function found, or invalid argument keys: { \(members.keys.joined(separator: ", ")) }.", [.key(key)])
    }
    return (pattern, body)
  }

  /// A parameter pattern; every wrong element is reported.
  func pattern(_ expr: Expr, at steps: [QueryError.Step]) throws(Failure) -> LambdaValue.Pattern {
    if let name = expr.string { return .name(name) }
    guard let elements = expr.elements else {
      throw error("String or Array expected, \(expr.jsonTypeName) provided.", steps)
    }
    var names: [String] = []
    var errors: [QueryError] = []
    for (i, element) in elements.enumerated() {
      if let name = element.string {
        names.append(name)
      } else {
        errors += error("String expected, \(element.jsonTypeName) provided.", steps + [.index(i)]).errors
      }
    }
    if !errors.isEmpty { throw Failure(errors) }
    return .names(names)
  }

  func declare(_ pattern: LambdaValue.Pattern) -> Binding {
    switch pattern {
    case .name(let name): .whole(name == "_" ? nil : unit.declare(name))
    case .names(let names): .elements(names.map { $0 == "_" ? nil : unit.declare($0) })
    }
  }

  /// A lambda that is applied in place by `node`.
  func inlineLambda(
    _ members: Expr.Members, _ key: String, in node: Node
  ) throws(Failure) -> InlineLambda {
    guard let expr = members[key] else { throw unknownForm(members) }
    let parts = try lambdaMembers(expr, at: key)
    let count = unit.scope.count
    defer { unit.scope.removeLast(unit.scope.count - count) }
    var errors: [QueryError] = []
    var binding = Binding.whole(nil)
    do {
      binding = declare(try pattern(parts.pattern, at: [.key(key), .key("lambda")]))
    } catch {
      errors += error.errors
    }
    var body: Node?
    do {
      body = try compile(parts.body, at: .key(key), .key("expr"))
    } catch {
      errors += error.errors
    }
    guard errors.isEmpty, let body else { throw Failure(errors) }
    return InlineLambda(binding, body: body, in: node, key: key)
  }

  /// A lambda with a frame of its own, at `key` of `node`.
  func closure(_ members: Expr.Members, _ key: String, in node: Node) throws(Failure) -> ClosureTemplate {
    guard let expr = members[key] else { throw unknownForm(members) }
    let parts = try lambdaMembers(expr, at: key)
    return try closure(pattern: parts.pattern, body: parts.body, at: [.key(key)], in: node, place: .member(key, "expr"))
  }

  func closure(
    pattern patternExpr: Expr, body bodyExpr: Expr, at steps: [QueryError.Step], in node: Node?, place: Node.Place
  ) throws(Failure) -> ClosureTemplate {
    let outerEffect = effect
    let inner = Unit(enclosing: unit)
    unit = inner
    effect = .pure
    path += steps
    defer {
      unit = inner.enclosing ?? inner
      path.removeLast(steps.count)
    }
    var errors: [QueryError] = []
    var binding = Binding.whole(nil)
    var lambdaPattern = LambdaValue.Pattern.name("_")
    do {
      lambdaPattern = try pattern(patternExpr, at: [.key("lambda")])
      binding = declare(lambdaPattern)
    } catch {
      errors += error.errors
    }
    var body: Node?
    do {
      body = try compile(bodyExpr, at: .key("expr"))
    } catch {
      errors += error.errors
    }
    let bodyEffect = effect
    effect = max(outerEffect, bodyEffect)
    guard errors.isEmpty, let body else { throw Failure(errors) }
    if let node { node.adopt(body, place) } else { body.place = .key("expr") }
    let program = LambdaProgram(
      binding, body: body, slotCount: inner.slotCount, captures: inner.captures.map(\.slot),
      effect: bodyEffect)
    program.home = node
    return ClosureTemplate(
      version: version, pattern: lambdaPattern, body: bodyExpr, program: program,
      captures: inner.captures.map { ($0.name, $0.outer) })
  }

  /// The code of a lambda value that came from the store or from the wire. Positions of its errors begin at `expr`.
  static func program(
    of lambda: LambdaValue, _ transaction: Transaction, _ access: Access
  ) throws(Failure) -> LambdaProgram {
    if let program = lambda.code as? LambdaProgram { return program }
    let compiler = Compiler(transaction: transaction, access: access)
    compiler.version = lambda.version
    let outer = Unit(enclosing: nil)
    for field in lambda.captured { _ = outer.declare(field.key) }
    compiler.unit = outer
    let template = try compiler.closure(
      pattern: lambda.pattern.expr, body: lambda.body, at: [], in: nil, place: .key("expr"))
    if !compiler.unbound.isEmpty { throw Failure(compiler.unbound) }
    // Captured values are passed in the order in which the value holds them; those that the body uses were found in
    // the order of their use.
    let order = template.captures.map { captured in lambda.captured.firstIndex { $0.key == captured.name } ?? 0 }
    if order == Array(lambda.captured.indices) { return template.program }
    var slots = Array(repeating: -1, count: lambda.captured.count)
    for (i, source) in order.enumerated() { slots[source] = template.program.captures[i] }
    var slotCount = template.program.slotCount
    for i in slots.indices where slots[i] < 0 {
      slots[i] = slotCount
      slotCount += 1
    }
    return LambdaProgram(
      template.program.binding, body: template.program.body, slotCount: slotCount, captures: slots,
      effect: template.program.effect)
  }

  static let lambdaForms: [String: Handler] = [
    "query": { compiler, members throws(Failure) in
      let placeholder = Node()
      let template = try compiler.closure(members, "query", in: placeholder)
      let node = QueryNode(template)
      // Positions inside a stored lambda begin at its body, not at the query that made it.
      template.program.home = nil
      template.program.body.parent = nil
      template.program.body.place = .key("expr")
      return node
    }
  ]
}
