import FQLValues

/// Who runs a query, and what that principal may do.
package final class Access: @unchecked Sendable {
  // Sendable: not changed once it is made.
  package enum Rights: Sendable {
    case admin, server, serverReadOnly, client
    /// The union of these roles.
    case roles([Int64])
  }

  package let rights: Rights
  /// The document that the principal is, where it is one.
  package let identity: Ref?
  /// The token or key.
  package let token: Ref?

  package init(rights: Rights, identity: Ref? = nil, token: Ref? = nil) {
    self.rights = rights
    self.identity = identity
    self.token = token
  }

  package static let admin = Access(rights: .admin)

  func selfReference(in entity: Entity, _ transaction: Transaction) -> Ref? { nil }
}

/// The `permissions` field of a collection, index or function.
struct Permissions: Sendable {
  let grants: Object

  init(_ value: Value?) {
    if case .object(let object)? = value { grants = object } else { grants = Object() }
  }
}
