import FQLSyntax
import FQLValues

/// Turns a tree in wire form into nodes: finds the forms and functions, resolves variables to slots, and reports what is
/// wrong before anything runs.
final class Compiler {
  /// The variables in sight and the slots of one frame: of the query, or of a lambda that has a frame of its own.
  final class Unit {
    var scope: [(name: String, slot: Int)] = []
    var slotCount = 0
    /// Variables of the unit around this one that it uses: their names, their slots there and here.
    var captures: [(name: String, outer: Int, slot: Int)] = []
    let enclosing: Unit?

    init(enclosing: Unit?) {
      self.enclosing = enclosing
    }

    func declare(_ name: String) -> Int {
      let slot = slotCount
      slotCount += 1
      scope.append((name, slot))
      return slot
    }

    func slot(of name: String) -> Int? {
      if let found = scope.last(where: { $0.name == name }) { return found.slot }
      if let captured = captures.first(where: { $0.name == name }) { return captured.slot }
      guard let outer = enclosing?.slot(of: name) else { return nil }
      let slot = slotCount
      slotCount += 1
      captures.append((name, outer, slot))
      return slot
    }
  }

  let transaction: Transaction
  let access: Access
  var unit = Unit(enclosing: nil)
  /// The version of the language whose forms are read: older ones only inside of old stored lambdas.
  var version = "4"
  /// The highest effect of what has been compiled so far.
  var effect = Effect.pure
  /// Variables that nothing binds, each where it stands; reported when nothing else is wrong.
  var unbound: [QueryError] = []
  /// The position of what is being compiled.
  var path: [QueryError.Step] = []
  private var collectsLiterals = false
  private var literals: [(Span, LiteralNode)] = []

  init(transaction: Transaction, access: Access) {
    self.transaction = transaction
    self.access = access
    path.reserveCapacity(12)
  }

  /// A whole query.
  static func compile(
    _ expr: Expr, _ transaction: Transaction, _ access: Access, collectsLiterals: Bool = false
  ) throws(Failure) -> QueryProgram {
    let compiler = Compiler(transaction: transaction, access: access)
    compiler.collectsLiterals = collectsLiterals
    let root = try compiler.compile(expr)
    if !compiler.unbound.isEmpty { throw Failure(compiler.unbound) }
    return QueryProgram(
      root: root, slotCount: compiler.unit.slotCount, effect: compiler.effect, literals: compiler.literals)
  }

  func error(_ description: String, _ steps: [QueryError.Step] = [], code: ErrorCode = .invalidExpression) -> Failure {
    Failure(QueryError(code, description, position: path + steps))
  }

  /// Compiles a part that stands at `steps` below the current one.
  func compile(_ expr: Expr, at step: QueryError.Step) throws(Failure) -> Node {
    path.append(step)
    defer { path.removeLast() }
    return try compile(expr)
  }

  func compile(_ expr: Expr, at first: QueryError.Step, _ second: QueryError.Step) throws(Failure) -> Node {
    path.append(first)
    defer { path.removeLast() }
    return try compile(expr, at: second)
  }

  func compile(_ expr: Expr) throws(Failure) -> Node {
    switch expr.kind {
    case .literal(let value):
      let node = LiteralNode(value)
      if collectsLiterals { literals.append((expr.span, node)) }
      return node
    case .array(let elements):
      var nodes: [Node] = []
      nodes.reserveCapacity(elements.count)
      for (i, element) in elements.enumerated() { nodes.append(try compile(element, at: .index(i))) }
      return ArrayNode(nodes)
    case .object(let members):
      return try compile(members)
    }
  }

  private func compile(_ members: Expr.Members) throws(Failure) -> Node {
    var number = members.function
    if number < 0 || !FunctionTable.entries[number].options.isEmpty || version != "4" {
      if members.keys.count == 1, members.keys[0].utf8.first == UInt8(ascii: "@"),
        let node = try compileEscape(members.keys[0], members.values[0])
      {
        return node
      }
      guard let found = FunctionTable.number(forKeys: members.keys), isKnown(FunctionTable.entries[found]) else {
        throw unknownForm(members)
      }
      number = found
    }
    let entry = FunctionTable.entries[number]
    if entry.effect > effect { effect = entry.effect }
    if entry.wireName == "lambda" { throw unknownForm(members) }
    if let form = Compiler.forms[number] { return try form.compile(self, members) }
    throw error("\(entry.name.isEmpty ? entry.wireName : entry.name) cannot be evaluated yet.", code: .internalError)
  }

  func unknownForm(_ members: Expr.Members) -> Failure {
    error("No form/function found, or invalid argument keys: { \(members.keys.joined(separator: ", ")) }.")
  }

  /// False for what the version of the language that is being read did not have.
  private func isKnown(_ entry: FunctionTable.Entry) -> Bool {
    switch entry.wireName {
    case "lambda": return false
    case "paginate", "contains_path", "contains_field", "contains_value", "first", "last", "current_identity",
      "has_current_identity", "current_token", "has_current_token", "access_provider", "access_providers",
      "create_access_provider":
      return entry.wireName == "paginate" || version == "4" || version == "5"
        || version == "3" && entry.wireName.hasPrefix("contains")
    default: return true
    }
  }

  // MARK: Variables

  /// Runs `body` with names bound that are forgotten after it.
  func scoped<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
    let count = unit.scope.count
    defer { unit.scope.removeLast(unit.scope.count - count) }
    return try body()
  }

  func variable(_ name: String) -> Node {
    if let slot = unit.slot(of: name) { return VariableNode(slot: slot) }
    unbound.append(QueryError(.invalidExpression, "Variable '\(name)' is not defined.", position: path))
    return LiteralNode(.null)
  }

  // MARK: Arguments

  /// The arguments of a function in the order of its keys.
  func compileArguments(_ entry: FunctionTable.Entry, _ members: Expr.Members) throws(Failure) -> [Node?] {
    let names = entry.keyNames
    // An array of a known number is made in a fraction of the time of one that grows.
    switch names.count {
    case 1: return [try compileOptional(members, names[0])]
    case 2: return [try compileOptional(members, names[0]), try compileOptional(members, names[1])]
    default:
      var nodes: [Node?] = []
      nodes.reserveCapacity(names.count)
      for name in names { nodes.append(try compileOptional(members, name)) }
      return nodes
    }
  }

  /// The argument that stands at `key`.
  func compileArgument(_ members: Expr.Members, _ key: String) throws(Failure) -> Node {
    guard let argument = members[key] else { throw unknownForm(members) }
    return try compile(argument, at: .key(key))
  }

  func compileOptional(_ members: Expr.Members, _ key: String) throws(Failure) -> Node? {
    guard let argument = members[key] else { return nil }
    return try compile(argument, at: .key(key))
  }
}

/// A query that is ready to run.
final class QueryProgram: @unchecked Sendable {
  // Sendable: nothing changes once it is compiled, but for the literals of what a session prepares for itself.
  let root: Node
  let slotCount: Int
  let effect: Effect
  /// The literals and where they stand in the text, if they were asked for.
  let literals: [(Span, LiteralNode)]

  init(root: Node, slotCount: Int, effect: Effect, literals: [(Span, LiteralNode)] = []) {
    self.literals = literals
    self.root = root
    self.slotCount = slotCount
    self.effect = effect
  }
}

extension Expr {
  /// The name of the JSON type, as texts about wrong shapes say it.
  var jsonTypeName: String {
    switch kind {
    case .literal(let value): value.typeName
    case .array: "Array"
    case .object: "Object"
    }
  }

  var string: String? {
    if case .literal(.string(let string)) = kind { string } else { nil }
  }

  var members: Members? {
    if case .object(let members) = kind { members } else { nil }
  }

  /// The elements of an array, folded or not.
  var elements: [Expr]? {
    switch kind {
    case .array(let elements): elements
    case .literal(.array(let values)): values.map { Expr(.literal($0)) }
    default: nil
    }
  }

  /// The members of a plain object: one read from JSON, or folded by the parser.
  var plainMembers: Members? {
    switch kind {
    case .object(let members):
      members
    case .literal(.object(let object)):
      Members(keys: object.fields.map(\.key), values: object.fields.map { Expr(.literal($0.value)) })
    default:
      nil
    }
  }
}
