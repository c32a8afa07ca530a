import FQLValues

/// Whom the queries of a session run as, for a person to read.
public struct Principal: Sendable {
  public enum Kind: Sendable {
    /// The start identity.
    case implicit
    case key
    case token
    /// A secret that speaks for a document.
    case document
    case webToken
  }

  public var kind: Kind
  /// `admin`, `server`, `server-readonly`, `client`, or the names of roles.
  public var roles: [String]
  /// True where `roles` is one that every database has.
  public var isBuiltIn: Bool
  /// The key's or token's own document.
  public var token: Value?
  /// The document that the principal is.
  public var identity: Value?
  /// The names of the databases from the top down to the one that queries run in.
  public var path: [String]
}

extension Session {
  /// Whom queries run as; nil where the secret is not valid.
  public func principal() -> Principal? {
    do throws(Failure) {
      let transaction = try Transaction(database, writing: false, interrupt: interrupt, memory: memory)
      defer { transaction.abort() }
      let access = try transaction.authenticate(secret, path: path, verified)
      return try transaction.principal(access, isImplicit: secret == nil)
    } catch {
      return nil
    }
  }
}

extension Transaction {
  fileprivate func principal(_ access: Access, isImplicit: Bool) throws(Failure) -> Principal {
    var kind = Principal.Kind.webToken
    if isImplicit {
      kind = .implicit
    } else if case .ref(let ref)? = access.token {
      kind = ref.entity?.kind == .native(.tokens) ? .token : access.identity == nil ? .key : .document
    }
    var roles: [String] = []
    var isBuiltIn = true
    switch access.rights {
    case .admin: roles = ["admin"]
    case .server: roles = ["server"]
    case .serverReadOnly: roles = ["server-readonly"]
    case .client: roles = ["client"]
    case .predicate: break
    case .roles(let numbers):
      isBuiltIn = false
      roles = numbers.compactMap { view.entity(.roles, number: $0).name }.sorted()
    }
    return Principal(
      kind: kind, roles: roles, isBuiltIn: isBuiltIn, token: access.token, identity: access.identity,
      path: try path(to: scope, from: Numbers.rootScope) ?? [])
  }

  /// The names that lead down from one database to another.
  private func path(to target: Int64, from scope: Int64) throws(Failure) -> [String]? {
    if scope == target { return [] }
    for (number, _) in try schema(of: scope).databases {
      if let rest = try path(to: target, from: number) {
        return [SchemaView(try schema(of: scope), database: nil).entity(.databases, number: number).name ?? ""] + rest
      }
    }
    return nil
  }
}
