import FQLSyntax
import FQLValues

/// `Equals` and the comparisons: one or more operands, evaluated from left to right.
final class ComparisonNode: Node {
  enum Relation {
    case equal, less, lessOrEqual, greater, greaterOrEqual

    @inline(__always)
    func holds(_ a: Value, _ b: Value) -> Bool {
      if case .integer(let x) = a, case .integer(let y) = b {
        switch self {
        case .equal: return x == y
        case .less: return x < y
        case .lessOrEqual: return x <= y
        case .greater: return x > y
        case .greaterOrEqual: return x >= y
        }
      }
      switch self {
      case .equal: return a.isEqual(to: b)
      case .less: return a.compare(b) < 0
      case .lessOrEqual: return a.compare(b) <= 0
      case .greater: return a.compare(b) > 0
      case .greaterOrEqual: return a.compare(b) >= 0
      }
    }
  }

  let key: String
  let relation: Relation
  let operands: OperandList

  init(_ key: String, _ relation: Relation, _ operands: OperandList) {
    self.key = key
    self.relation = relation
    self.operands = operands
    super.init()
    operands.adopt(by: self, key)
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    if case .pair(let left, let right) = operands {
      let a: Value
      do {
        a = try left.evaluate(evaluation)
      } catch {
        throw error.joined(withThoseOf: [right], evaluation)
      }
      let b = try right.evaluate(evaluation)
      if case .ref = a { try check([a, b]) } else if case .ref = b { try check([a, b]) }
      try EngineLimits.check(a)
      try EngineLimits.check(b)
      return .boolean(relation.holds(a, b))
    }
    let values = try operands.evaluate(evaluation, self, key)
    try check(values)
    for value in values { try EngineLimits.check(value) }
    for i in values.indices.dropFirst() {
      let holds = relation == .equal ? relation.holds(values[0], values[i]) : relation.holds(values[i - 1], values[i])
      if !holds { return .boolean(false) }
    }
    return .boolean(true)
  }

  /// An unresolved reference has no place in the order.
  @inline(__always)
  private func check(_ values: [Value]) throws(Failure) {
    if relation == .equal { return }
    var errors: [QueryError] = []
    for value in values {
      if case .ref(let ref) = value, !ref.isResolved { errors += undefined(ref, at: key).errors }
    }
    if !errors.isEmpty { throw Failure(errors) }
  }
}

/// The operands of a function of one or more values: two as the common case, several, or one expression that may be an array.
enum OperandList {
  case pair(Node, Node)
  case list([Node])
  case bare(Node)

  func adopt(by node: Node, _ key: String) {
    switch self {
    case .pair(let a, let b):
      node.adopt(a, .element(key, 0))
      node.adopt(b, .element(key, 1))
    case .list(let nodes):
      for (i, operand) in nodes.enumerated() { node.adopt(operand, .element(key, i)) }
    case .bare(let operand): node.adopt(operand, .key(key))
    }
  }

  /// The values; those of a list are all evaluated, and the errors of all that fail reported.
  func evaluate(_ evaluation: Evaluation, _ node: Node, _ key: String) throws(Failure) -> [Value] {
    switch self {
    case .pair(let a, let b): return try OperandList.list([a, b]).evaluate(evaluation, node, key)
    case .list(let nodes):
      var values: [Value] = []
      values.reserveCapacity(nodes.count)
      for i in nodes.indices {
        do {
          values.append(try nodes[i].evaluate(evaluation))
        } catch {
          throw error.joined(withThoseOf: nodes[(i + 1)...], evaluation)
        }
      }
      return values
    case .bare(let operand):
      let value = try operand.evaluate(evaluation)
      guard case .array(let values) = value else { return [value] }
      if values.isEmpty { throw node.failure(.invalidArgument, "Non-empty array expected.", at: key) }
      return values
    }
  }

  /// Whether the place of an operand has an index.
  var isBare: Bool {
    if case .bare = self { true } else { false }
  }
}

extension Compiler {
  /// The operands that stand at a key.
  func compileOperands(_ members: Expr.Members, _ key: String) throws(Failure) -> OperandList {
    guard let argument = members[key] else { throw unknownForm(members) }
    guard case .array(let elements) = argument.kind else {
      return .bare(try compile(argument, at: .key(key)))
    }
    let nodes = try compileElements(elements, key)
    return nodes.count == 2 ? .pair(nodes[0], nodes[1]) : .list(nodes)
  }

  static let functionForms: [String: Handler] = [
    "equals": comparison("equals", .equal),
    "lt": comparison("lt", .less),
    "lte": comparison("lte", .lessOrEqual),
    "gt": comparison("gt", .greater),
    "gte": comparison("gte", .greaterOrEqual),
    "not": { compiler, members throws(Failure) in NotNode(try compiler.compileArgument(members, "not")) },
    "select": { compiler, members throws(Failure) in try compiler.compileSelect(members, "select") },
    "select_all": { compiler, members throws(Failure) in try compiler.compileSelect(members, "select_all") },
    "select_as_index": { compiler, members throws(Failure) in try compiler.compileSelect(members, "select_as_index") },
    "merge": { compiler, members throws(Failure) in try compiler.compileMerge(members) },
    "add": arithmetic("add", .add),
    "subtract": arithmetic("subtract", .subtract),
    "multiply": arithmetic("multiply", .multiply),
  ]

  /// A call of a function over evaluated arguments that has a form of its own for the common case.
  private func compileBuiltin(_ members: Expr.Members, _ key: String) throws(Failure) -> Node {
    guard let builtin = Builtins.table[key], let number = FunctionTable.number(forKeys: [key]) else {
      throw unknownForm(members)
    }
    let entry = FunctionTable.entries[number]
    return BuiltinNode(entry.keys, try compileArguments(entry, members), builtin)
  }

  private static func comparison(_ key: String, _ relation: ComparisonNode.Relation) -> Handler {
    { compiler, members throws(Failure) in
      ComparisonNode(key, relation, try compiler.compileOperands(members, key))
    }
  }

  private static func arithmetic(_ key: String, _ operation: ArithmeticNode.Operation) -> Handler {
    { compiler, members throws(Failure) in
      guard case .array(let elements)? = members[key]?.kind, elements.count == 2,
        case .pair(let left, let right) = try compiler.compileOperands(members, key)
      else { return try compiler.compileBuiltin(members, key) }
      return ArithmeticNode(key, operation, left, right)
    }
  }
}

/// `Not`.
final class NotNode: Node {
  let operand: Node

  init(_ operand: Node) {
    self.operand = operand
    super.init()
    adopt(operand, .key("not"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let value = try operand.evaluate(evaluation)
    guard case .boolean(let boolean) = value else { throw mismatch("Boolean", value, at: "not") }
    return .boolean(!boolean)
  }
}

/// `Add`, `Subtract` and `Multiply` of two operands, which is nearly all of them.
final class ArithmeticNode: Node {
  enum Operation { case add, subtract, multiply }

  let key: String
  let operation: Operation
  let left: Node
  let right: Node

  init(_ key: String, _ operation: Operation, _ left: Node, _ right: Node) {
    self.key = key
    self.operation = operation
    self.left = left
    self.right = right
    super.init()
    adopt(left, .element(key, 0))
    adopt(right, .element(key, 1))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let a: Value
    do {
      a = try left.evaluate(evaluation)
    } catch {
      throw error.joined(withThoseOf: [right], evaluation)
    }
    let b = try right.evaluate(evaluation)
    if case .integer(let x) = a, case .integer(let y) = b {
      switch operation {
      case .add: return .integer(x &+ y)
      case .subtract: return .integer(x &- y)
      case .multiply: return .integer(x &* y)
      }
    }
    guard case .array(let values) = try cast(.array([a, b]), .number, .oneOrMore, at: key) else { return .null }
    switch operation {
    case .add: return Arithmetic.add(values[0], values[1])
    case .subtract: return Arithmetic.subtract(values[0], values[1])
    case .multiply: return Arithmetic.multiply(values[0], values[1])
    }
  }
}
