import FQLSyntax
import FQLValues

// `Create` and the like, `Update`, `Replace`, `Delete`. The order of the checks is the language's.

extension Evaluation {
  /// Refuses a write where nothing may be written: in predicates, in index bindings.
  func checkWritable(_ node: Node) throws(Failure) {
    if let limit, limit.allowed < .write {
      throw node.failure(.invalidExpression, "Call performs a write, which is not allowed in \(limit.place).")
    }
  }

  func checkReadable(_ node: Node) throws(Failure) {
    if let limit, limit.allowed < .read {
      throw node.failure(.invalidExpression, "Call performs a read, which is not allowed in \(limit.place).")
    }
  }
}

extension Node {
  /// The storable parameters of a write; bad references in them are an error at the form itself.
  func storableParams(_ params: Object, _ key: String) throws(Failure) -> Object {
    if try EngineLimits.checkIsPlain(params) { return params }
    let value = Value.object(params)
    if value.holdsUnstorableSet {
      throw failure(.invalidArgument, "Singleton, Range and Reverse sets cannot be stored.", at: key)
    }
    guard BadReferences.arePresent(value) else { return params.storable }
    let path = position.map { step in
      switch step {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }
    throw Failure(
      QueryError(
        .validationFailed, "document data is not valid.", position: position,
        failures: BadReferences.failures(value, at: path)))
  }

  func scopedWrite(_ key: String) -> Failure {
    failure(.invalidArgument, "Cannot write a scoped ref.", at: key)
  }
}

/// A function that writes what is given.
class WriteNode: Node {
  final let key: String
  final let params: Node?
  /// What is given, of a query that runs again, where that is a literal: it is not in the node of the parameters then.
  final var stored: StoredLiteral?

  init(_ key: String, params: Node?) {
    self.key = key
    self.params = params
  }

  /// What is given; `place` is where it is in errors.
  final func evaluateParams(_ evaluation: Evaluation, at place: String) throws(Failure) -> GivenParams {
    if let stored { return .stored(stored) }
    guard let params else { return .object(Object()) }
    let value = try params.evaluate(evaluation)
    guard case .object(let object) = value else { throw mismatch("Object", value, at: place) }
    return .object(object)
  }

  /// What is given, as far as it can be stored.
  final func storable(_ given: GivenParams) throws(Failure) -> GivenParams {
    // A literal can.
    guard case .object(let object) = given else { return given }
    return .object(try storableParams(object, key))
  }
}

/// `Create(target, params)` and the functions that create one kind of thing.
final class CreateNode: WriteNode {
  /// The target; nil for a function that creates one kind of thing.
  let target: Node?
  let native: NativeKind?

  init(target: Node, params: Node?) {
    self.target = target
    native = nil
    super.init("create", params: params)
    adopt(target, .key("create"))
    if let params { adopt(params, .key("params")) }
  }

  init(_ key: String, _ native: NativeKind, params: Node) {
    target = nil
    self.native = native
    super.init(key, params: params)
    adopt(params, .key(key))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let given: GivenParams
    do throws(Failure) {
      given = try evaluateParams(evaluation, at: target == nil ? key : "params")
    } catch {
      if target != nil { _ = try evaluateTarget(evaluation) }
      throw error
    }
    guard let native else {
      switch try evaluateTarget(evaluation) {
      case .entity(let entity):
        switch entity.kind {
        case .named(.collections): return try create(in: entity, id: nil, given, evaluation)
        case .native(let native): return try create(native, in: entity, given, evaluation)
        case .named(let native):
          if entity.database != nil { throw scopedWrite(key) }
          throw failure(.instanceAlreadyExists, "\(DocumentNoun.of(native)) already exists.", at: key)
        }
      case .document(let collection, let id): return try create(in: collection, id: id, given, evaluation)
      case .foreign: return .null
      }
    }
    return try create(native, in: evaluation.transaction.nativeCollection(native, in: nil), given, evaluation)
  }

  private func evaluateTarget(_ evaluation: Evaluation) throws(Failure) -> Ref {
    guard let target else { return .foreign(ForeignRef(id: "", collection: nil)) }
    let value = try target.evaluate(evaluation)
    switch value {
    case .ref(let ref):
      if !ref.isResolved { throw undefined(ref, at: key) }
      return ref
    case .string(let name):
      let entity = evaluation.transaction.lookUp(.collections, name, in: nil)
      if !entity.isResolved { throw undefined(.entity(entity), at: key) }
      return .entity(entity)
    default: throw mismatch("Identifier", value, at: key)
    }
  }

  /// Creates a document of a user collection, or a key, token or credentials document with an id of its own.
  private func create(
    in collection: Entity, id chosen: Int64?, _ given: GivenParams, _ evaluation: Evaluation
  ) throws(Failure) -> Value {
    let transaction = evaluation.transaction
    let params = try storable(given)
    if collection.database != nil || collection.scope != transaction.scope { throw scopedWrite(key) }
    let id = DocumentID(
      scope: collection.scope, collection: collection.collectionNumber,
      id: chosen ?? transaction.database.newID(at: transaction.time))
    if let chosen {
      if !evaluation.mayCreate(collection, given.object, .document(collection, id: chosen)) {
        throw evaluation.denied(self, key)
      }
      if try transaction.version(id, at: nil) != nil {
        throw failure(.instanceAlreadyExists, "\(DocumentNoun.of(id)) already exists.", at: key)
      }
    } else if !evaluation.may(.create, collection, .object(given.object)) {
      throw evaluation.denied(self, key)
    }
    if try !transaction.isContainer() {
      do throws(Failure) {
        if let document = try evaluation.writeData(id, params, previous: nil) { return .document(document) }
      } catch {
        throw error.placed(at: position + [.key(key)])
      }
    }
    return try finish(DocumentKind.of(id), id, params.object, evaluation)
  }

  /// Creates a thing of a native kind.
  private func create(
    _ native: NativeKind, in collection: Entity, _ given: GivenParams, _ evaluation: Evaluation
  ) throws(Failure) -> Value {
    guard native.isNamed else { return try create(in: collection, id: nil, given, evaluation) }
    let transaction = evaluation.transaction
    let params = try storable(given).object
    if collection.database != nil { throw scopedWrite(key) }
    if !evaluation.may(.create, collection, .object(given.object)) { throw evaluation.denied(self, key) }
    let id = DocumentID(
      scope: transaction.scope, collection: native.collectionNumber, id: try transaction.nextNumber(native))
    return try finish(DocumentKind.of(native), id, params, evaluation)
  }

  private func finish(
    _ kind: DocumentKind, _ id: DocumentID, _ params: Object, _ evaluation: Evaluation
  ) throws(Failure) -> Value {
    let transaction = evaluation.transaction
    if kind.isRefusedByContainers, try transaction.isContainer() {
      throw failure(.invalidObjectInContainer, "Object is not allowed in a container", at: key)
    }
    if evaluation.readTime != nil {
      throw failure(.invalidWriteTime, "Cannot write outside of snapshot time.", at: key)
    }
    let write = DocumentWrite(evaluation, self, key: key, verb: .create, id: id, old: nil, given: params)
    try kind.prepare(write)
    return try write.perform(kind, previous: nil)
  }
}

extension DocumentWrite {
  /// Writes the checked fields and answers the document.
  func perform(_ kind: DocumentKind, previous: VersionRecord?) throws(Failure) -> Value {
    do throws(Failure) {
      try transaction.write(id, fields, previous: previous)
      try kind.finish(self)
      return .document(
        Document(ref: transaction.ref(id), ts: nil, body: .object(visibleFields), isNew: verb == .create))
    } catch {
      throw error.placed(at: errorPosition)
    }
  }
}

extension DocumentWrite {
  /// The fields that the answer shows.
  private var visibleFields: Object {
    if leading.isEmpty, hidden.isEmpty, shown.isEmpty { return fields }
    return Object(leading.fields + fields.fields.filter { !hidden.contains($0.key) } + shown.fields)
  }
}

extension Failure {
  /// Errors that know no position yet, at this one.
  func placed(at position: [QueryError.Step]) -> Failure {
    Failure(
      errors.map { error in
        guard error.position.isEmpty, error.code == .instanceNotUnique else { return error }
        var placed = error
        placed.position = position
        return placed
      })
  }
}

/// `Update` and `Replace`.
final class UpdateNode: WriteNode {
  let replaces: Bool
  let target: Node

  init(_ key: String, target: Node, params: Node?) {
    replaces = key == "replace"
    self.target = target
    super.init(key, params: params)
    adopt(target, .key(key))
    if let params { adopt(params, .key("params")) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let given: GivenParams
    do throws(Failure) {
      given = try evaluateParams(evaluation, at: "params")
    } catch {
      _ = try evaluateTarget(evaluation)
      throw error
    }
    let ref = try evaluateTarget(evaluation)
    var errors: [QueryError] = []
    if ref.entity?.database != nil { errors += scopedWrite(key).errors }
    var params = given
    do throws(Failure) {
      params = try storable(given)
    } catch {
      errors += error.errors
    }
    if !errors.isEmpty { throw Failure(errors) }
    guard let id = ref.documentID else {
      throw failure(.invalidArgument, "Cannot update a schema meta collection.", at: key)
    }
    let transaction = evaluation.transaction
    guard let previous = try transaction.version(id, at: nil) else { throw notFound(id, at: key) }
    if !replaces {
      do throws(Failure) {
        if let document = try evaluation.writeData(id, params, previous: previous) { return .document(document) }
      } catch {
        throw error.placed(at: position)
      }
    }
    let old = transaction.document(id, previous).fields
    let kind = DocumentKind.of(id)
    if !evaluation.mayWrite(ref, old: old, params: params.object) { throw evaluation.denied(self) }
    if evaluation.readTime != nil {
      throw failure(.invalidWriteTime, "Cannot write outside of snapshot time.")
    }
    let write = DocumentWrite(
      evaluation, self, key: key, verb: replaces ? .replace : .update, id: id, old: old, given: params.object)
    try kind.prepare(write)
    return try write.perform(kind, previous: previous)
  }

  private func evaluateTarget(_ evaluation: Evaluation) throws(Failure) -> Ref {
    let value = try target.evaluate(evaluation)
    guard case .ref(let ref) = try cast(value, .ref, at: key) else { throw mismatch("Ref", value, at: key) }
    return ref
  }
}

/// `Delete`: answers the version that was in force before.
final class DeleteNode: Node {
  let target: Node

  init(_ target: Node) {
    self.target = target
    super.init()
    adopt(target, .key("delete"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let value = try target.evaluate(evaluation)
    guard case .ref(let ref) = try cast(value, .ref, at: "delete") else { throw mismatch("Ref", value, at: "delete") }
    if ref.entity?.database != nil { throw scopedWrite("delete") }
    guard let id = ref.documentID else { throw failure(.instanceNotFound, "Collection not found.") }
    let transaction = evaluation.transaction
    guard let previous = try transaction.version(id, at: nil) else { throw notFound(id) }
    if !evaluation.may(.delete, transaction.view(scope: id.scope).collection(number: id.collection), .ref(ref)),
      !evaluation.ownsToken(id)
    {
      throw evaluation.denied(self)
    }
    let kind = DocumentKind.of(id)
    let document = transaction.document(id, previous)
    // Decoded now: what is deleted loses its name for what is read later.
    let answer = Document(ref: ref, ts: document.ts, body: .object(document.fields))
    try kind.willDelete(id, document.fields, evaluation, self)
    try transaction.write(id, nil, previous: previous)
    return .document(answer)
  }
}

extension Compiler {
  static let writeForms: [String: Handler] = makeWriteForms()

  private static func makeWriteForms() -> [String: Handler] {
    var forms: [String: Handler] = [
      "create": { compiler, members throws(Failure) in
        CreateNode(
          target: try compiler.compileArgument(members, "create"),
          params: try compiler.compileOptional(members, "params"))
      },
      "update": { compiler, members throws(Failure) in
        UpdateNode(
          "update", target: try compiler.compileArgument(members, "update"),
          params: try compiler.compileOptional(members, "params"))
      },
      "replace": { compiler, members throws(Failure) in
        UpdateNode(
          "replace", target: try compiler.compileArgument(members, "replace"),
          params: try compiler.compileOptional(members, "params"))
      },
      "delete": { compiler, members throws(Failure) in DeleteNode(try compiler.compileArgument(members, "delete")) },
    ]
    let kinds: [(String, NativeKind)] = [
      ("create_collection", .collections), ("create_class", .collections), ("create_index", .indexes),
      ("create_function", .functions), ("create_role", .roles), ("create_database", .databases),
      ("create_key", .keys), ("create_access_provider", .accessProviders),
    ]
    for (key, native) in kinds { forms[key] = creator(key, native) }
    return forms
  }

  private static func creator(_ key: String, _ native: NativeKind) -> Handler {
    @Sendable func handle(_ compiler: Compiler, _ members: Expr.Members) throws(Failure) -> Node {
      CreateNode(key, native, params: try compiler.compileArgument(members, key))
    }
    return handle
  }
}
