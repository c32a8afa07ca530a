import FQLSyntax
import FQLValues

/// `Get`: one document, or the document of the first element of a set.
final class GetNode: Node {
  let source: Node
  let time: Node?

  init(_ source: Node, time: Node?) {
    self.source = source
    self.time = time
    super.init()
    adopt(source, .key("get"))
    if let time { adopt(time, .key("ts")) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let at: Int64?
    do throws(Failure) {
      at = try readTime(evaluation, time)
    } catch {
      _ = try cast(try source.evaluate(evaluation), .refOrSet, at: "get")
      throw error
    }
    return try get(try source.evaluate(evaluation), at, evaluation)
  }

  /// What a path finds in the document, read from the store in place; nil where this is not possible.
  ///
  /// `Select` of a stored field of a document that is read for that alone needs neither the document nor a copy of it.
  func select(_ path: [PathStep], _ evaluation: Evaluation) throws(Failure) -> Selection? {
    guard time == nil, evaluation.readTime == nil, evaluation.isAdmin, evaluation.limit == nil else { return nil }
    let value = try source.evaluate(evaluation)
    guard case .ref(let ref) = value, ref.isResolved, let id = ref.documentID else { return .other(value) }
    let transaction = evaluation.transaction
    guard id.scope == transaction.scope else { return .other(value) }
    transaction.counts.documentsRead += 1
    let cursor = transaction.pointCursor
    guard try DocumentReader.seek(cursor, id, at: nil), VersionRecord.isVisible(cursor, at: transaction.time) else {
      throw notFound(id)
    }
    let bytes = cursor.value
    var reader = ValueReader(
      bytes: bytes, position: VersionRecord.start(of: bytes), names: transaction.view,
      pendingTime: transaction.canWrite ? transaction.time : nil)
    return reader.enter(path[...]) ? .found(reader.value()) : .missing
  }

  enum Selection {
    case found(Value)
    case missing
    /// The source is no reference to a document of this database; its value.
    case other(Value)
  }

  /// Reads what a source that was evaluated already stands for.
  func evaluate(source value: Value, _ evaluation: Evaluation) throws(Failure) -> Value {
    try get(value, try readTime(evaluation, time), evaluation)
  }

  private func get(_ value: Value, _ at: Int64?, _ evaluation: Evaluation) throws(Failure) -> Value {
    if case .ref(let ref) = value, ref.isResolved, let id = ref.documentID {
      return try get(id, at, evaluation)
    }
    switch try cast(value, .refOrSet, at: "get") {
    case .set(let set): return try get(set, at, evaluation)
    case .ref(let ref): return try get(.reference(ref), at, evaluation)
    case let other: throw mismatch("Ref or Set", other, at: "get")
    }
  }

  private func get(_ id: DocumentID, _ at: Int64?, _ evaluation: Evaluation) throws(Failure) -> Value {
    let transaction = evaluation.transaction
    if !evaluation.mayRead(id) { throw evaluation.denied(self) }
    guard let document = try transaction.document(id, at: at) else { throw notFound(id) }
    return .document(document)
  }

  private func get(_ set: SetValue, _ at: Int64?, _ evaluation: Evaluation) throws(Failure) -> Value {
    let outer = evaluation.readTime
    evaluation.readTime = at
    defer { evaluation.readTime = outer }
    guard let element = try SetReading.firstElement(set, evaluation, at: self, "get"), let id = element.ref.documentID
    else { throw failure(.instanceNotFound, "Set not found.") }
    return try get(id, at, evaluation)
  }
}

extension Node {
  /// The time of an explicit `ts` argument, or the surrounding one.
  func readTime(_ evaluation: Evaluation, _ time: Node?) throws(Failure) -> Int64? {
    guard let time else { return evaluation.readTime }
    guard case .time(let at) = try cast(try time.evaluate(evaluation), .time, at: "ts") else { return nil }
    return at.instant
  }

  /// The error of a document that does not exist.
  func notFound(_ id: DocumentID, at key: String? = nil) -> Failure {
    failure(.instanceNotFound, "\(DocumentNoun.of(id)) not found.", at: key)
  }
}

/// The words for kinds of documents in error texts.
enum DocumentNoun {
  static func of(_ id: DocumentID) -> String {
    guard id.collection < Numbers.firstCollection,
      let native = NativeKind(rawValue: UInt8(truncatingIfNeeded: id.collection))
    else { return "Document" }
    return of(native)
  }

  static func of(_ native: NativeKind) -> String {
    switch native {
    case .databases: "Database"
    case .collections: "Collection"
    case .keys: "Key"
    case .tokens: "Token"
    case .indexes: "Index"
    case .credentials: "Credentials"
    case .functions: "Function"
    case .roles: "Role"
    case .accessProviders: "other"
    }
  }
}

/// `Exists`: whether a document, or a first element of a set, can be read.
final class ExistsNode: Node {
  let source: Node
  let time: Node?

  init(_ source: Node, time: Node?) {
    self.source = source
    self.time = time
    super.init()
    adopt(source, .key("exists"))
    if let time { adopt(time, .key("ts")) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let at: Int64?
    do throws(Failure) {
      at = try readTime(evaluation, time)
    } catch {
      _ = try cast(try source.evaluate(evaluation), .anyRefOrSet, at: "exists")
      throw error
    }
    let value = try cast(try source.evaluate(evaluation), .anyRefOrSet, at: "exists")
    let outer = evaluation.readTime
    evaluation.readTime = at
    defer { evaluation.readTime = outer }
    switch value {
    case .set(let set): return .boolean(try SetReading.exists(set, evaluation, at: self, "exists"))
    case .ref(let ref):
      guard ref.isResolved else { return .boolean(false) }
      if let id = ref.documentID {
        guard evaluation.mayRead(id) else { return .boolean(false) }
        return .boolean(try evaluation.transaction.version(id, at: at) != nil)
      }
      if case .entity(let entity) = ref, entity.native == .roles || entity.native == .accessProviders {
        return .boolean(false)
      }
      return .boolean(try SetReading.exists(.reference(ref), evaluation, at: self, "exists"))
    default: return .boolean(false)
    }
  }
}

extension Compiler {
  static let documentForms: [String: Handler] = [
    "get": { compiler, members throws(Failure) in
      GetNode(try compiler.compileArgument(members, "get"), time: try compiler.compileOptional(members, "ts"))
    },
    "exists": { compiler, members throws(Failure) in
      ExistsNode(try compiler.compileArgument(members, "exists"), time: try compiler.compileOptional(members, "ts"))
    },
  ]
}
