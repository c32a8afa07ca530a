import FQLSyntax
import FQLValues

extension Builtins {
  /// Functions that describe sets. None of them reads documents; names and indexes are looked up.
  static let sets: [String: Builtin] = [
    "match": .binary { index, terms, call throws(Failure) in
      if let terms { try EngineLimits.check(terms) }
      return .set(.match(try activeIndex(index, call), terms: terms.map(\.asArray) ?? []))
    },
    "documents": .unary { collection, _ in
      guard case .ref(.entity(let entity)) = collection else { return .null }
      return .set(.documents(entity))
    },
    "singleton": .unary { ref, _ in
      guard case .ref(let ref) = ref else { return .null }
      return .set(.singleton(ref))
    },
    "events": .unary { source, call throws(Failure) in .set(try events(source, call)) },
    "union": algebra("union", Multiset.union) { .union($0) },
    "intersection": algebra("intersection", Multiset.intersection) { .intersection($0) },
    "difference": algebra("difference", Multiset.difference) { .difference($0) },
    "range": .variadic { arguments, call throws(Failure) in
      guard case .set(let set)? = arguments[0] else { return .null }
      var errors: [QueryError] = []
      var bounds: [[Value]] = []
      for (key, value) in [("from", arguments[1] ?? .null), ("to", arguments[2] ?? .null)] {
        let bound: [Value]
        switch value {
        case .array(let elements), .cursor(.array(let elements)): bound = elements
        default: bound = [value]
        }
        for element in bound {
          if case .ref(let ref) = element, !ref.isResolved { errors += call.node.undefined(ref, at: key).errors }
        }
        try EngineLimits.check(value)
        let valueCount = SetShape(set, call.evaluation.transaction).valueCount ?? bound.count
        let isExact = valueCount > 0 && bound.count > valueCount
        bounds.append(isExact ? bound.prefix(valueCount) + [.cursor(.array(Array(bound[valueCount...])))] : bound)
      }
      if !errors.isEmpty { throw Failure(errors) }
      return .set(.range(set, from: bounds[0], to: bounds[1]))
    },
  ]

  /// The index that an argument names, which must be active.
  static func activeIndex(_ value: Value, _ call: Call) throws(Failure) -> Entity {
    let transaction = call.evaluation.transaction
    let entity: Entity
    switch value {
    case .string(let name):
      entity = transaction.lookUp(.indexes, name, in: nil)
      if !entity.isResolved { throw call.node.undefined(.entity(entity), at: "index") }
    case .ref(.entity(let found)): entity = found
    default: throw call.node.mismatch("Identifier", value, at: "match")
    }
    guard let definition = transaction.index(entity) else {
      throw call.failure(.instanceNotFound, "Index not found.", at: "index")
    }
    if !definition.isActive {
      throw call.failure(.instanceNotFound, "Index '\(entity.name ?? "")' is not active.", at: "index")
    }
    return entity
  }

  private static func events(_ source: Value, _ call: Call) throws(Failure) -> SetValue {
    let set: SetValue
    switch source {
    case .set(let inner): set = inner
    case .ref(let ref): set = .reference(ref)
    default: throw call.node.mismatch("Ref or Set", source, at: "events")
    }
    if set.isHistorical { throw call.failure("Set does not support events history.") }
    return .events(set)
  }

  private static func algebra(
    _ key: String, _ arrays: @escaping @Sendable ([Value], [Value]) -> [Value],
    _ sets: @escaping @Sendable ([SetValue]) -> SetValue
  ) -> Builtin {
    .unary { operands, call throws(Failure) in
      let operands = operands.asArray
      var lists: [[Value]] = []
      var members: [SetValue] = []
      for operand in operands {
        switch operand {
        case .array(let elements): lists.append(elements)
        case .set(let set): members.append(set)
        default: break
        }
      }
      if !lists.isEmpty, !members.isEmpty {
        throw call.failure("Arguments cannot be of different types, expected Set or Array.", at: key)
      }
      if members.isEmpty {
        let count = lists.reduce(0) { $0 + $1.count }
        if count > EngineLimits.arrayElements { throw EngineLimits.exceeded(count, of: EngineLimits.arrayElements) }
        for list in lists { try EngineLimits.check(.array(list)) }
        return .array(lists.dropFirst().reduce(lists[0], arrays))
      }
      if members.count == 1 { return .set(sets(members)) }
      let shapes = members.map { SetShape($0, call.evaluation.transaction) }
      var errors: [QueryError] = []
      for (a, b) in zip(shapes, shapes.dropFirst()) where !a.isCompatible(with: b) {
        errors += call.failure("Sets are not compatible.", at: key).errors
      }
      if !errors.isEmpty { throw Failure(errors) }
      // Three or more operands are combined pair by pair, so that the inner ones are held, and shown, twice.
      let pairs = members.count > 2 ? zip(members, members.dropFirst()).flatMap { [$0, $1] } : members
      return .set(sets(pairs))
    }
  }
}

extension SetValue {
  /// Whether the elements are events.
  var isHistorical: Bool {
    switch self {
    case .events: true
    case .union(let sets), .intersection(let sets), .difference(let sets): sets.contains { $0.isHistorical }
    case .distinct(let set), .reverse(let set), .range(let set, _, _), .filter(let set, _), .join(let set, _),
      .joinIndex(let set, _):
      set.isHistorical
    case .match, .documents, .singleton, .reference, .verbatim: false
    }
  }
}

/// How the elements of a set are ordered: a flag for each covered value, true where the order is reversed, and the reference.
struct SetShape {
  /// One flag a covered value and one for the reference at the end; nil for a join by lambda, which declares none.
  let reversed: [Bool]?
  let isHistorical: Bool

  init(_ set: SetValue, _ transaction: Transaction) {
    isHistorical = set.isHistorical
    reversed = SetShape.flags(set, transaction)
  }

  /// The number of covered values.
  var valueCount: Int? { reversed.map { $0.count - 1 } }

  func isCompatible(with other: SetShape) -> Bool {
    guard isHistorical == other.isHistorical else { return false }
    guard let reversed, let theirs = other.reversed else { return true }
    return zip(reversed, theirs).allSatisfy { $0 == $1 }
  }

  private static func flags(_ set: SetValue, _ transaction: Transaction) -> [Bool]? {
    switch set {
    case .match(let index, _), .joinIndex(_, let index):
      return (transaction.index(index)?.values.map(\.isReversed) ?? []) + [false]
    case .documents, .singleton, .reference, .verbatim: return [false]
    case .events(let set), .distinct(let set), .range(let set, _, _), .filter(let set, _):
      return flags(set, transaction)
    case .union(let sets), .intersection(let sets), .difference(let sets):
      // The longest says most: operands agree as far as the shorter one goes.
      return sets.compactMap { flags($0, transaction) }.max { $0.count < $1.count }
    case .join: return nil
    case .reverse(let set):
      guard let inner = flags(set, transaction) else { return nil }
      return inner.count == 1 ? [true, false] : inner.dropLast().map { !$0 } + [false]
    }
  }
}

/// `Join`: an index, or a lambda that makes a set of each element.
final class JoinNode: Node {
  let source: Node
  fileprivate(set) var template: ClosureTemplate?
  fileprivate(set) var target: Node?

  init(source: Node) {
    self.source = source
    super.init()
    adopt(source, .key("join"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let targetIndex: Entity?
    do {
      targetIndex = try evaluateTarget(evaluation)
    } catch {
      _ = try evaluateSource(evaluation)
      throw error
    }
    let set = try evaluateSource(evaluation)
    if let template { return .set(.join(set, template.value(evaluation))) }
    guard let targetIndex else { return .null }
    return .set(.joinIndex(set, targetIndex))
  }

  private func evaluateSource(_ evaluation: Evaluation) throws(Failure) -> SetValue {
    guard case .set(let set) = try cast(try source.evaluate(evaluation), .set, at: "join") else {
      throw mismatch("Ref or Set", .null, at: "join")
    }
    return set
  }

  private func evaluateTarget(_ evaluation: Evaluation) throws(Failure) -> Entity? {
    if let template {
      if template.program.effect > .pure {
        throw failure(
          .invalidArgument,
          "Invalid lambda. Lambda in this context may not read, write, or call a user function.", at: "with")
      }
      return nil
    }
    guard let target else { return nil }
    let value = try target.evaluate(evaluation)
    guard case .ref(let ref) = value else { throw mismatch("Lambda or Index Ref", value, at: "with") }
    if !ref.isResolved { throw undefined(ref, at: "with") }
    guard case .entity(let entity) = ref, entity.kind == .named(.indexes) else {
      throw mismatch("Lambda or Index Ref", value, at: "with")
    }
    guard let definition = evaluation.transaction.index(entity) else {
      throw failure(.instanceNotFound, "Index not found.", at: "with")
    }
    if !definition.isActive {
      throw failure(.instanceNotFound, "Index '\(entity.name ?? "")' is not active.", at: "with")
    }
    return entity
  }
}

extension Compiler {
  static let setForms: [String: Handler] = [
    "paginate": paginateForm,
    "join": { compiler, members throws(Failure) in
      let node = JoinNode(source: try compiler.compileArgument(members, "join"))
      guard let with = members["with"] else { throw compiler.unknownForm(members) }
      if let inner = with.members, inner["lambda"] != nil {
        node.template = try compiler.closure(members, "with", in: node)
      } else {
        node.target = node.adopt(try compiler.compile(with, at: .key("with")), .key("with"))
      }
      return node
    },
  ]

  /// The old form of `Match`, with the terms first.
  static let legacyMatch: Handler = { compiler, members throws(Failure) in
    guard let match = Builtins.table["match"], let number = FunctionTable.number(forKeys: ["match", "index"]) else {
      throw compiler.unknownForm(members)
    }
    let keys = FunctionTable.entries[number].keys
    let index = try compiler.compileArgument(members, "index")
    let terms = try compiler.compileArgument(members, "match")
    return BuiltinNode(keys.reversed(), [index, terms], match)
  }

  // MARK: Literals

  /// The set that `@set` describes: literals and tagged values only, never functions.
  func setLiteral(_ content: Expr, at steps: [QueryError.Step]) throws(Failure) -> SetValue {
    guard let members = content.members else { throw error("Invalid set.", steps) }
    let keys = Set(members.keys)
    switch keys {
    case ["match"], ["match", "terms"]:
      return try built(members, "match", ["match", "terms"], at: steps)
    case ["match", "index"]:
      return try built(
        Expr.Members(
          keys: ["match", "terms"],
          values: [members["index"], members["match"]].compactMap { $0 }), "match", ["match", "terms"], at: steps)
    case ["singleton"], ["documents"], ["union"], ["intersection"], ["difference"], ["distinct"], ["reverse"]:
      return try built(members, members.keys[0], [members.keys[0]], at: steps)
    case ["events"]:
      var source = members
      if let inner = members["events"]?.members, inner.keys.first?.hasPrefix("@") != true {
        // What the database itself answers has no tag inside of events.
        source = Expr.Members(keys: ["events"], values: [.object([("@set", Expr(.object(inner)))])])
      }
      return try built(source, "events", ["events"], at: steps)
    case ["range", "from", "to"]:
      return try built(members, "range", ["range", "from", "to"], at: steps)
    case ["join", "with"], ["filter", "collection"]:
      let key = keys.contains("join") ? "with" : "filter"
      guard let lambda = members[key], lambda.members?["lambda"] != nil else { throw error("Invalid lambda.", steps) }
      guard case .lambda(let value) = try escape("@query", lambda.versioned, at: steps + [.key(key)]) else {
        throw error("Invalid lambda.", steps)
      }
      let effect = (value.code as? LambdaProgram)?.effect ?? .write
      if key == "with", effect > .pure {
        throw error(
          "Invalid lambda. Lambda in this context may not read, write, or call a user function.", steps + [.key("with")]
        )
      }
      if key == "filter", effect == .write {
        throw error(
          "Invalid lambda. Lambda in this context may not write or call a user function.", steps + [.key("filter")])
      }
      let sourceKey = key == "with" ? "join" : "collection"
      guard let sourceExpr = members[sourceKey] else { throw error("Invalid set.", steps) }
      let source = try quoted(sourceExpr, at: steps + [.key(sourceKey)])
      let node = Node()
      guard
        case .set(let set) = try relative(
          steps,
          { () throws(Failure) in
            try node.cast(source, .set, at: sourceKey)
          })
      else { throw error("Invalid set.", steps) }
      return key == "with" ? .join(set, value) : .filter(set, value)
    default: throw error("Invalid set.", steps)
    }
  }

  /// The set that a function makes of literal arguments.
  private func built(
    _ members: Expr.Members, _ function: String, _ keys: [String], at steps: [QueryError.Step]
  ) throws(Failure) -> SetValue {
    guard let number = FunctionTable.number(forKeys: [function] + keys.dropFirst().filter { members[$0] != nil }),
      let builtin = Builtins.table[function]
    else { throw error("Invalid set.", steps) }
    let entry = FunctionTable.entries[number]
    var arguments: [Node?] = []
    for key in entry.keys {
      guard let argument = members[key.name] else {
        arguments.append(nil)
        continue
      }
      arguments.append(LiteralNode(try quoted(argument, at: steps + [.key(key.name)])))
    }
    let node = BuiltinNode(entry.keys, arguments, builtin)
    let evaluation = Evaluation(transaction: transaction, access: access)
    let value = try relative(steps) { () throws(Failure) in try node.evaluate(evaluation) }
    guard case .set(let set) = value else { throw error("Invalid set.", steps) }
    return set
  }

  /// Errors of evaluating a literal: at its place, and of the code of errors found before anything runs.
  private func relative<R>(_ steps: [QueryError.Step], _ body: () throws(Failure) -> R) throws(Failure) -> R {
    do {
      return try body()
    } catch {
      throw Failure(
        error.errors.map { original in
          var moved = original
          moved.code = .invalidExpression
          moved.position = path + steps + original.position
          return moved
        })
    }
  }
}

extension Expr {
  /// A raw lambda inside of a set: of the request's version where it names none.
  fileprivate var versioned: Expr {
    guard let members, members["api_version"] == nil else { return self }
    return .object(zip(members.keys, members.values) + [("api_version", Expr(.literal(.string("4"))))])
  }
}
