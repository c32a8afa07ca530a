import FQLStorage
import FQLValues

/// Collections.
final class CollectionKind: DocumentKind, @unchecked Sendable {
  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(
      known: ["name", "history_days", "ttl_days", "data", "permissions"], defaults: ["history_days": .integer(0)],
      kept: ["name", "history_days"])
    write.expectObject("data")
    write.expectInteger("history_days")
    write.expectInteger("ttl_days")
    if case .integer(let days)? = write.fields["history_days"], days < 0 {
      write.fail("history_days", "non-negative value required", "Value must be non-negative.")
    }
    write.expectName()
    PermissionsField.check(write, actions: PermissionsField.collectionActions)
    try write.expectReadableReferences()
    try write.check()
    try write.expectUniqueName(.collections)
    try protect(write)
  }

  /// In a protected database history may only grow, and lifetimes too; all violations are reported.
  private func protect(_ write: DocumentWrite) throws(Failure) {
    guard let old = write.old, try write.transaction.isProtected() else { return }
    var forbidden: [QueryError] = []
    switch (old["history_days"], write.fields["history_days"]) {
    case (.integer?, nil): forbidden += write.forbidden("Cannot remove `history_days` field").errors
    case (.integer(let a)?, .integer(let b)?) where b < a:
      forbidden += write.forbidden("Cannot decrease `history_days` field").errors
    default: break
    }
    switch (old["ttl_days"], write.fields["ttl_days"]) {
    case (nil, .integer?): forbidden += write.forbidden("Cannot remove `ttl_days` field").errors
    case (.integer(let a)?, .integer(let b)?) where b < a:
      forbidden += write.forbidden("Cannot decrease `ttl_days` field").errors
    default: break
    }
    if !forbidden.isEmpty { throw Failure(forbidden) }
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    let transaction = write.transaction
    transaction.noteName(.collections, old: write.old, new: write.fields, id: write.id.id)
    if write.verb == .create {
      transaction.noteEntity(.collections, number: write.id.id, fields: write.fields)
    } else {
      transaction.renameEntity(.collections, number: write.id.id, fields: write.fields)
    }
    transaction.pendingCollections[write.id.id] = CollectionDefinition(
      transaction.view.entity(.collections, number: write.id.id), write.fields)
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    let transaction = evaluation.transaction
    if try transaction.isProtected() { throw DocumentWrite.forbidden("Cannot delete collection", node.position) }
    // Indexes over nothing else go with it; from the others its documents' entries go.
    for definition in transaction.indexes(over: id.id) {
      let number = definition.entity.number
      if number >= Numbers.firstIndex, definition.sources.allSatisfy({ $0.collections == [id.id] }) {
        let index = DocumentID(scope: id.scope, collection: NativeKind.indexes.collectionNumber, id: number)
        guard let record = try transaction.version(index, at: nil) else { continue }
        try DocumentKind.of(.indexes).willDelete(index, transaction.document(index, record).fields, evaluation, node)
        try transaction.write(index, nil, previous: record)
      }
    }
    var documents: [Int64] = []
    try transaction.eachDocument(id.id) { documents.append($0) }
    for document in documents {
      let document = DocumentID(scope: id.scope, collection: id.id, id: document)
      for definition in transaction.indexes(over: id.id) {
        let versions = try DocumentReader.versions(transaction.reader, document)
        for entry in try transaction.entryKeys(definition, document, versions) {
          try transaction.remove(key: entry.key)
        }
      }
    }
    try transaction.removeAll(prefix: KeyBytes.collection(scope: id.scope, collection: id.id))
    transaction.noteName(.collections, old: fields, new: nil, id: id.id)
  }
}

extension DocumentWrite {
  func forbidden(_ what: String) -> Failure { DocumentWrite.forbidden(what, node.position) }

  static func forbidden(_ what: String, _ position: [QueryError.Step]) -> Failure {
    Failure(
      QueryError(
        .schemaValidationFailed, "\(what): destructive change forbidden because database is in protected mode.",
        position: position))
  }
}

/// The `permissions` field of collections, indexes and functions: who may do what, beside the roles.
enum PermissionsField {
  static let collectionActions = ["create", "read", "write", "delete", "history_read", "history_write"]

  static func check(_ write: DocumentWrite, actions: [String]) {
    guard let value = write.params["permissions"], !value.isNull else { return }
    guard case .object(let grants) = value else {
      return write.failType(["permissions"], value, expected: "Map")
    }
    for grant in grants.fields where !grant.value.isNull && !isGrant(grant.value) {
      write.failType(["permissions", grant.key], grant.value, expected: "Ref")
    }
    for grant in grants.fields where !actions.contains(grant.key) {
      write.fail(["permissions", grant.key], "invalid field", "Field not allowed.")
    }
  }

  private static func isGrant(_ value: Value) -> Bool {
    switch value {
    case .string(let text): return text == "public"
    case .ref(.document): return true
    case .ref(.entity(let entity)): return entity.kind == .named(.collections) || entity.isNativeCollection
    case .array(let elements):
      return elements.allSatisfy { element in
        if case .array = element { false } else { isGrant(element) }
      }
    default: return false
    }
  }
}

extension Transaction {
  /// Whether the query's database is protected against destructive changes.
  func isProtected() throws(Failure) -> Bool { isProtectedDatabase }

  func remove(key: [UInt8]) throws(Failure) {
    let writer = try requireWriter()
    try stored { () throws(StoreError) in try writer.delete(key) }
  }

  /// Shows a thing that this transaction changed under its new name.
  func renameEntity(_ native: NativeKind, number: Int64, fields: Object) {
    if view.entity(native, number: number).name.map({ .string($0) }).isSame(as: fields["name"]) { return }
    noteEntity(native, number: number, fields: fields)
  }
}

extension Value? {
  fileprivate func isSame(as other: Value?) -> Bool {
    guard case .string(let a)? = self, case .string(let b)? = other else { return false }
    return a == b
  }
}
