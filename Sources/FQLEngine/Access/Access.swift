import FQLValues

/// Who runs a query, and what that principal may do.
package final class Access: Sendable {
  package enum Rights: Sendable {
    case admin, server, serverReadOnly, client
    /// The union of these roles, by number.
    case roles([Int64])
    /// What predicates of roles may: read all documents but databases, keys, roles and access providers, and call functions.
    case predicate
  }

  package let rights: Rights
  /// The document that the principal is, or the subject of a JWT; nil for keys.
  package let identity: Value?
  /// The token, the key or the payload of a JWT; nil for the implicit admin.
  package let token: Value?
  /// True for tokens and secrets scoped to a document.
  package let isIdentity: Bool
  /// True where it may read its own tokens and credentials and delete its own tokens, whatever its roles: an identity, but
  /// not inside of a function that has a role.
  let ownsItsTokens: Bool
  /// The database that the token's own document is in.
  package let tokenScope: Int64

  package init(
    rights: Rights, identity: Value? = nil, token: Value? = nil, isIdentity: Bool = false,
    tokenScope: Int64 = Numbers.rootScope, ownsItsTokens: Bool? = nil
  ) {
    self.rights = rights
    self.identity = identity
    self.token = token
    self.isIdentity = isIdentity
    self.tokenScope = tokenScope
    self.ownsItsTokens = ownsItsTokens ?? isIdentity
  }

  /// The implicit admin of the root database.
  package static let admin = Access(rights: .admin)

  /// The same principal with other rights.
  func with(_ rights: Rights) -> Access {
    Access(
      rights: rights, identity: identity, token: token, isIdentity: isIdentity, tokenScope: tokenScope,
      ownsItsTokens: ownsItsTokens)
  }

  /// The same principal inside of a function, which has the rights of the function's role and no others.
  func inFunction(_ rights: Rights) -> Access {
    Access(
      rights: rights, identity: identity, token: token, isIdentity: isIdentity, tokenScope: tokenScope,
      ownsItsTokens: false)
  }

  /// The document that the principal is.
  var identityRef: Ref? {
    if case .ref(let ref)? = identity { ref } else { nil }
  }

  /// Whether passwords are set without the current one, and hashes as they are.
  var isServer: Bool {
    switch rights {
    case .server, .serverReadOnly: true
    default: false
    }
  }

  /// What `self` is in a collection: the current token, its credentials, or the identity; nil where there is none.
  func selfReference(in entity: Entity, _ transaction: Transaction) -> Ref? {
    guard entity.isResolved else { return nil }
    switch entity.kind {
    case .native(.tokens):
      guard case .ref(let ref)? = token, ref.entity?.kind == .native(.tokens) else { return nil }
      return ref
    case .native(.credentials):
      guard let identityRef, let id = try? transaction.credentials(of: identityRef) else { return nil }
      return transaction.ref(id)
    case .named(.collections):
      guard case .document(let collection, _)? = identityRef, collection.isIdentical(to: entity) else { return nil }
      return identityRef
    default: return nil
    }
  }
}

/// The `permissions` field of a collection, index or function: grants beside the roles.
struct Permissions: Sendable {
  private let grants: Object

  init(_ value: Value?) {
    if case .object(let object)? = value { grants = object } else { grants = Object() }
  }

  /// Whether an action is granted to a principal.
  func allow(_ action: String, _ access: Access) -> Bool {
    guard !grants.isEmpty, let grant = grants[action] else { return false }
    if case .array(let elements) = grant { return elements.contains { Permissions.covers($0, access) } }
    return Permissions.covers(grant, access)
  }

  private static func covers(_ grant: Value, _ access: Access) -> Bool {
    switch grant {
    case .string(let text): return text == "public"
    case .ref(.entity(let entity)): return access.identityRef?.documentID?.collection == entity.collectionNumber
    case .ref(let ref): return access.identityRef?.isIdentical(to: ref) ?? false
    default: return false
    }
  }
}
