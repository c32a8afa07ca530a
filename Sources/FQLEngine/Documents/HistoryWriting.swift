import FQLStorage
import FQLSyntax
import FQLValues

/// `Insert` and `Remove`: changes of a document's history.
final class HistoryNode: Node {
  let key: String
  let target: Node
  let time: Node
  let action: Node
  /// The whole snapshot; nil for `Remove`, which has none.
  let params: Node?
  let inserts: Bool

  init(_ key: String, target: Node, time: Node, action: Node, params: Node?) {
    self.key = key
    self.target = target
    self.time = time
    self.action = action
    self.params = params
    inserts = key == "insert"
    super.init()
    adopt(target, .key(key))
    adopt(time, .key("ts"))
    adopt(action, .key("action"))
    if let params { adopt(params, .key("params")) }
  }

  private struct Arguments {
    var ref = Ref.foreign(ForeignRef(id: "", collection: nil))
    var time: Int64 = 0
    var action = EventAction.create
    var params = Object()
  }

  private func arguments(_ evaluation: Evaluation) throws(Failure) -> Arguments {
    var arguments = Arguments()
    var failure: Failure?
    if let params {
      do throws(Failure) {
        let value = try params.evaluate(evaluation)
        guard case .object(let object) = value else { throw mismatch("Object", value, at: "params") }
        arguments.params = object
      } catch { failure = error }
    }
    do throws(Failure) {
      let value = try cast(try action.evaluate(evaluation), .action, at: "action")
      if case .action(let action) = value { arguments.action = action }
    } catch { failure = error }
    do throws(Failure) {
      let value = try cast(try time.evaluate(evaluation), .time, at: "ts")
      if case .time(let time) = value { arguments.time = time.instant }
    } catch { failure = error }
    do throws(Failure) {
      let value = try cast(try target.evaluate(evaluation), .ref, at: key)
      if case .ref(let ref) = value { arguments.ref = ref }
    } catch { failure = error }
    if let failure { throw failure }
    return arguments
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let arguments = try arguments(evaluation)
    let transaction = evaluation.transaction
    if inserts, arguments.time > transaction.time {
      throw failure(.invalidWriteTime, "Cannot write outside of snapshot time.")
    }
    var errors: [QueryError] = []
    if arguments.ref.entity?.database != nil { errors += scopedWrite(key).errors }
    var params = Object()
    do throws(Failure) {
      params = try storableParams(arguments.params, key)
    } catch {
      errors += error.errors
    }
    if !errors.isEmpty { throw Failure(errors) }
    guard let id = arguments.ref.documentID, isAllowed(id) else {
      throw failure(.invalidArgument, "Cannot \(key) event for specified ref.")
    }
    let collection = transaction.view(scope: id.scope).collection(number: id.collection)
    let data = params["data"] ?? .null
    let version = Object(try inserts ? params.fields : fields(of: id, at: arguments.time, transaction).fields)
    let described = Value.array([
      .ref(arguments.ref), .time(Time(microseconds: arguments.time)), .string(arguments.action.name), .object(version),
    ])
    if !evaluation.may(.historyWrite, collection, described) { throw evaluation.denied(self) }
    if inserts { return try insert(id, arguments, params, data, evaluation) }
    try remove(id, arguments, evaluation)
    return .null
  }

  /// The fields of the version that was in force at a time; none where there was no document.
  private func fields(of id: DocumentID, at time: Int64, _ transaction: Transaction) throws(Failure) -> Object {
    let versions = try DocumentReader.versions(transaction.reader, id)
    guard let version = versions.last(where: { $0.ts <= time }), version.isLive else { return Object() }
    return transaction.document(id, version).fields
  }

  private func isAllowed(_ id: DocumentID) -> Bool {
    id.collection >= Numbers.firstCollection || inserts && id.collection == NativeKind.keys.collectionNumber
  }

  private func insert(
    _ id: DocumentID, _ arguments: Arguments, _ params: Object, _ data: Value, _ evaluation: Evaluation
  ) throws(Failure) -> Value {
    let transaction = evaluation.transaction
    let isDeletion = arguments.action == .delete
    let write = DocumentWrite(evaluation, self, key: key, verb: .insert, id: id, old: nil, given: params)
    try DocumentKind.of(id).prepare(write)
    let record = VersionRecord(
      StoredVersion(
        ts: arguments.time, fields: write.fields, transactionTime: transaction.time, in: &transaction.memory.buffer))
    try Transaction.checkSize(record.bytes.count)
    try transaction.rewriteHistory(id) { writer throws(StoreError) in
      try writer.put(
        KeyBytes.version(id, time: arguments.time, isLive: !isDeletion), isDeletion ? [] : record.bytes)
    }
    return .event(
      Event(
        ts: arguments.time, action: isDeletion ? .delete : .create, document: arguments.ref,
        data: isDeletion ? .null : write.fields["data"] ?? .null))
  }

  private func remove(_ id: DocumentID, _ arguments: Arguments, _ evaluation: Evaluation) throws(Failure) {
    let transaction = evaluation.transaction
    let isLive = arguments.action != .delete
    let versions = try DocumentReader.versions(transaction.reader, id)
    guard versions.contains(where: { $0.ts == arguments.time && $0.isLive == isLive }) else { return }
    let floor = transaction.collection(id.collection)?.floor(at: transaction.time)
    try transaction.rewriteHistory(id) { writer throws(StoreError) in
      try writer.delete(KeyBytes.version(id, time: arguments.time, isLive: isLive))
      // Where history has been trimmed, an older version must not come back.
      if let floor, arguments.time <= floor {
        try writer.put(KeyBytes.version(id, time: arguments.time, isLive: false), [])
      }
    }
  }
}

/// `NewId`: a fresh id, as a string.
final class NewIDNode: Node {
  let argument: Node
  let key: String

  init(_ key: String, _ argument: Node) {
    self.key = key
    self.argument = argument
    super.init()
    adopt(argument, .key(key))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    _ = try cast(try argument.evaluate(evaluation), .null, at: key)
    try evaluation.checkWritable(self)
    return .string(String(evaluation.transaction.database.newID(at: evaluation.transaction.time)))
  }
}

/// `MoveDatabase`: makes a database a child of another one, with all that is in it.
final class MoveDatabaseNode: Node {
  let source: Node
  let destination: Node

  init(_ source: Node, to destination: Node) {
    self.source = source
    self.destination = destination
    super.init()
    adopt(source, .key("move_database"))
    adopt(destination, .key("to"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let to: Entity
    do throws(Failure) {
      to = try database(destination, "to", evaluation)
    } catch {
      _ = try database(source, "move_database", evaluation)
      throw error
    }
    let from = try database(source, "move_database", evaluation)
    let transaction = evaluation.transaction
    guard let id = Ref.entity(from).documentID, let record = try transaction.version(id, at: nil) else {
      throw failure(.instanceNotFound, "Database not found.")
    }
    if !evaluation.may(
      .delete, transaction.view(scope: id.scope).nativeCollection(.databases), .ref(.entity(from)))
      || !evaluation.isAdmin
    {
      throw evaluation.denied(self)
    }
    let words = "Cannot move database '\(from.name ?? "")' into parent '\(to.name ?? "")'"
    if to.number == from.number || to.ancestors.contains(from.number) {
      throw failure(.moveDatabaseError, "\(words): Cannot move database from ancestor to descendant.")
    }
    let target = try transaction.view(of: to)
    if let name = from.name, target.schema.entity(.databases, named: name) != nil {
      throw failure(.instanceAlreadyExists, "Database already exists.")
    }
    let fields = transaction.document(id, record).fields
    let moved = DocumentID(scope: to.number, collection: id.collection, id: id.id)
    try transaction.write(id, nil, previous: record)
    try transaction.write(moved, fields, previous: nil)
    try transaction.noteParent(of: id.id, to.number)
    try moveKeys(from: id.scope, to: to.number, database: id.id, transaction)
    transaction.noteName(.databases, old: fields, new: nil, id: id.id)
    target.add(
      Entity(.named(.databases), name: from.name, number: from.number, scope: to.number, database: to))
    return .document(
      Document(
        ref: .entity(
          Entity(.named(.databases), name: from.name, number: from.number, scope: to.number, database: to)),
        ts: nil, body: .object(fields)))
  }

  private func database(_ node: Node, _ key: String, _ evaluation: Evaluation) throws(Failure) -> Entity {
    guard case .ref(.entity(let entity)) = try cast(try node.evaluate(evaluation), .database, at: key) else {
      throw mismatch("Database Ref", .null, at: key)
    }
    return entity
  }

  /// Keys that open the moved database go with it, beside it under the new parent; their data and priority are lost.
  private func moveKeys(
    from scope: Int64, to newScope: Int64, database: Int64, _ transaction: Transaction
  ) throws(Failure) {
    let keys = NativeKind.keys.collectionNumber
    var found: [(DocumentID, VersionRecord)] = []
    try DocumentReader.eachLive(transaction.reader, scope: scope, collection: keys, time: transaction.time) {
      id, record in
      found.append((DocumentID(scope: scope, collection: keys, id: id), record))
    }
    for (id, record) in found {
      let fields = transaction.document(id, record).fields
      guard case .ref(.entity(let opened))? = fields["database"], opened.number == database else { continue }
      try transaction.write(id, nil, previous: record)
      let kept = Object(fields.fields.filter { ["role", "database", "ttl", "hashed_secret"].contains($0.key) })
      let moved = DocumentID(scope: newScope, collection: keys, id: id.id)
      try transaction.write(moved, kept, previous: nil)
      try transaction.forgetHome(ofKey: id.id, scope: scope)
      try transaction.noteHome(ofKey: id.id, scope: newScope)
    }
  }
}

extension Entity {
  /// The numbers of the databases that it lives in.
  fileprivate var ancestors: [Int64] {
    var numbers: [Int64] = []
    var parent = database
    while let current = parent {
      numbers.append(current.number)
      parent = current.database
    }
    return numbers
  }
}

extension Compiler {
  static let historyForms: [String: Handler] = [
    "insert": { compiler, members throws(Failure) in try compiler.compileHistory(members, "insert") },
    "remove": { compiler, members throws(Failure) in try compiler.compileHistory(members, "remove") },
    "new_id": { compiler, members throws(Failure) in
      NewIDNode("new_id", try compiler.compileArgument(members, "new_id"))
    },
    "next_id": { compiler, members throws(Failure) in
      NewIDNode("next_id", try compiler.compileArgument(members, "next_id"))
    },
    "move_database": { compiler, members throws(Failure) in
      MoveDatabaseNode(
        try compiler.compileArgument(members, "move_database"), to: try compiler.compileArgument(members, "to"))
    },
    "call": { compiler, members throws(Failure) in
      FunctionCallNode(
        try compiler.compileArgument(members, "call"), arguments: try compiler.compileOptional(members, "arguments"))
    },
  ]

  private func compileHistory(_ members: Expr.Members, _ key: String) throws(Failure) -> Node {
    HistoryNode(
      key, target: try compileArgument(members, key), time: try compileArgument(members, "ts"),
      action: try compileArgument(members, "action"), params: try compileOptional(members, "params"))
  }
}
