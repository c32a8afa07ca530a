import FQLValues

extension Evaluation {
  /// What a principal needs the right to.
  enum Action: String {
    case read, write, create, delete, call
    case createWithID = "create_with_id"
    case historyRead = "history_read"
    case historyWrite = "history_write"
    case unrestrictedRead = "unrestricted_read"
  }

  /// Whether the principal may do something to a resource; predicates of roles see the argument.
  func may(_ action: Action, _ resource: Entity, _ argument: @autoclosure () -> Value) -> Bool {
    if case .admin = access.rights { return true }
    return false
  }

  /// Whether a document with a chosen id may be created.
  func mayCreate(_ collection: Entity, _ params: Object, _ ref: Ref) -> Bool {
    may(.createWithID, collection, .array([.object(params), .ref(ref)]))
  }

  /// Whether a document may be changed.
  func mayWrite(_ ref: Ref, old: Object, params: Object) -> Bool {
    guard let id = ref.documentID else { return false }
    return may(
      .write, transaction.view(scope: id.scope).collection(number: id.collection),
      .array([.object(old), .object(Patch.apply(params, to: old)), .ref(ref)]))
  }

  /// Whether a document is a token of the principal's own identity, which may always be read and deleted.
  func ownsToken(_ id: DocumentID) -> Bool { false }

  /// The error of a missing right.
  func denied(_ node: Node, _ key: String? = nil) -> Failure {
    node.failure(.permissionDenied, "Insufficient privileges to perform the action.", at: key)
  }
}
