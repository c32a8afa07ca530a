import FQLValues

extension Evaluation {
  /// What a principal needs the right to.
  enum Action: String {
    case read, write, create, delete, call
    case createWithID = "create_with_id"
    case historyRead = "history_read"
    case historyWrite = "history_write"
    case unrestrictedRead = "unrestricted_read"

    var isRead: Bool {
      switch self {
      case .read, .historyRead, .unrestrictedRead: true
      default: false
      }
    }
  }

  /// Whether the principal may do something to a resource: by its built-in role, by one of its roles, whose predicates see
  /// the argument, or by a grant of the resource itself.
  func may(_ action: Action, _ resource: Entity, _ argument: @autoclosure () -> Value) -> Bool {
    switch access.rights {
    case .admin: return true
    case .server:
      return action == .unrestrictedRead ? !mayHoldSensitive(resource) : !Evaluation.isSensitive(resource)
    case .serverReadOnly:
      if action == .unrestrictedRead, mayHoldSensitive(resource) { break }
      if action.isRead, !Evaluation.isSensitive(resource) { return true }
    case .predicate:
      switch action {
      case .read: return !Evaluation.isSensitive(resource)
      case .unrestrictedRead: return !mayHoldSensitive(resource)
      case .call: return resource.scope == transaction.scope
      default: return false
      }
    case .client: break
    case .roles(let numbers):
      if !numbers.isEmpty, resource.scope == transaction.scope, grants(numbers, action, resource, argument()) {
        return true
      }
    }
    return permissions(of: resource)?.allow(action.rawValue, access) ?? false
  }

  /// What only admins and roles that say so may see.
  private static func isSensitive(_ resource: Entity) -> Bool {
    if case .native(let native) = resource.kind { sensitive.contains(native) } else { false }
  }

  /// Whether a collection or an index lists what only admins may see: its elements are looked at one by one then.
  private func mayHoldSensitive(_ resource: Entity) -> Bool {
    guard resource.kind == .named(.indexes) else { return Evaluation.isSensitive(resource) }
    guard let definition = transaction.index(resource) else { return true }
    return definition.sources.contains { source in
      (source.collections ?? []).contains { collection in
        Evaluation.sensitive.contains { $0.collectionNumber == collection }
      }
    }
  }

  private static let sensitive: [NativeKind] = [.databases, .keys, .roles, .accessProviders]

  private func permissions(of resource: Entity) -> Permissions? {
    guard resource.scope == transaction.scope else { return nil }
    switch resource.kind {
    case .named(.collections): return transaction.collection(resource.number)?.permissions
    case .named(.indexes): return transaction.index(resource)?.permissions
    case .named(.functions): return transaction.view.schema.functions[resource.number]?.permissions
    default: return nil
    }
  }

  /// Whether an index's entries are listed for everybody whom it grants `read`, whatever the documents say.
  func isPublicIndex(_ index: Entity) -> Bool {
    permissions(of: index)?.allow("read", access) ?? false
  }

  private func grants(_ roles: [Int64], _ action: Action, _ resource: Entity, _ argument: Value) -> Bool {
    for number in roles {
      guard let role = transaction.view.schema.roles[number] else { continue }
      for case .object(let privilege) in IndexSource.list(role.fields["privileges"]) {
        guard case .ref(.entity(let entity))? = privilege["resource"], entity.isIdentical(to: resource),
          case .object(let actions)? = privilege["actions"], let grant = actions[action.rawValue]
        else { continue }
        switch grant {
        case .boolean(true): return true
        case .lambda(let lambda):
          let argument = Evaluation.argument(argument, action, lambda)
          if transaction.holds(lambda, argument, for: access, depth: depth) { return true }
        default: continue
        }
      }
    }
    return false
  }

  /// The argument as a predicate takes it: those with fewer parameters get fewer of several values.
  private static func argument(_ argument: Value, _ action: Action, _ lambda: LambdaValue) -> Value {
    guard case .array(let values) = argument else { return argument }
    switch action {
    case .write:
      if case .names(let names) = lambda.pattern, names.count == 3 { return argument }
      return .array(Array(values.prefix(2)))
    case .createWithID:
      switch lambda.pattern {
      case .name: return values.first ?? .null
      case .names(let names): return names.count == 1 ? values.first ?? .null : argument
      }
    default: return argument
    }
  }

  /// Whether a document with a chosen id may be created: by that right, or by the rights to create and to write history.
  func mayCreate(_ collection: Entity, _ params: @autoclosure () -> Object, _ ref: Ref) -> Bool {
    if isAdmin { return true }
    let params = params()
    if may(.createWithID, collection, .array([.object(params), .ref(ref)])) { return true }
    let event = Value.array([.ref(ref), .time(now), .string("create"), .object(params)])
    return may(.create, collection, .object(params)) && may(.historyWrite, collection, event)
  }

  /// Whether a document may be changed.
  func mayWrite(_ ref: Ref, old: Object, params: Object) -> Bool {
    guard let id = ref.documentID else { return false }
    return may(
      .write, transaction.view(scope: id.scope).collection(number: id.collection),
      .array([.object(old), .object(Patch.apply(params, to: old)), .ref(ref)]))
  }

  /// Whether the principal may read a document.
  func mayRead(_ id: DocumentID) -> Bool {
    if isAdmin { return true }
    let view = transaction.view(scope: id.scope)
    return may(.read, view.collection(number: id.collection), .ref(transaction.ref(id))) || ownsReadable(id)
  }

  /// Whether a document is a token of the principal's own identity, which may always be read and deleted.
  func ownsToken(_ id: DocumentID) -> Bool {
    access.ownsItsTokens && id.collection == NativeKind.tokens.collectionNumber && belongs(id)
  }

  /// Whether a document is a token or credentials of the principal's own identity.
  private func ownsReadable(_ id: DocumentID) -> Bool {
    guard access.ownsItsTokens else { return false }
    let isOwnKind =
      id.collection == NativeKind.tokens.collectionNumber || id.collection == NativeKind.credentials.collectionNumber
    return isOwnKind && belongs(id)
  }

  private func belongs(_ id: DocumentID) -> Bool {
    guard let identity = access.identityRef, id.scope == transaction.scope,
      let record = try? DocumentReader.version(transaction.reader.cursor(), id, at: nil),
      record.isVisible(at: transaction.time),
      case .ref(let instance)? = transaction.document(id, record).field("instance")
    else { return false }
    return instance.isIdentical(to: identity)
  }

  var isAdmin: Bool {
    if case .admin = access.rights { true } else { false }
  }

  /// The error of a missing right.
  func denied(_ node: Node, _ key: String? = nil) -> Failure {
    node.failure(.permissionDenied, "Insufficient privileges to perform the action.", at: key)
  }
}
