import FQLStorage
import FQLValues

/// The secrets that a session has shown already, with the hashes that they matched: a stored hash that has not changed
/// need not be computed again.
final class VerifiedSecrets {
  private var hashes: [String: String] = [:]

  func isVerified(_ secret: String, _ hash: String) -> Bool { hashes[secret] == hash }

  func note(_ secret: String, _ hash: String) {
    if hashes.count > 64 { hashes.removeAll() }
    hashes[secret] = hash
  }
}

extension Transaction {
  private static var unauthorized: Failure { Failure(QueryError(.unauthorized, "Unauthorized")) }

  /// Who a secret stands for; without one the admin of the root database, or of the child that the path names.
  func authenticate(_ text: String?, path: [String], _ verified: VerifiedSecrets) throws(Failure) -> Access {
    guard let text else {
      try enter(path: path)
      return .admin
    }
    if JSONWebToken.isOne(text) {
      guard let access = try authenticate(jwt: text) else { throw Transaction.unauthorized }
      return access
    }
    var bare = text
    if bare.hasSuffix(":"), !bare.dropLast().contains(":") { bare.removeLast() }
    guard let scoped = ScopedSecret(bare), let secret = Secret(scoped.secret) else {
      PasswordHash.waste(text)
      throw Transaction.unauthorized
    }
    switch secret.kind {
    case .key: return try authenticate(key: secret, scoped, verified)
    case .token: return try authenticate(token: secret, scoped.secret, verified)
    }
  }

  /// The document of a key or token that a secret opens: where it is, its fields, and whether the hash is right.
  func document(of secret: Secret, _ text: String, _ verified: VerifiedSecrets) throws(Failure) -> (DocumentID, Object)?
  {
    let native: NativeKind = secret.kind == .key ? .keys : .tokens
    guard let scope = try secretHome(native, secret.id) else {
      PasswordHash.waste(text)
      return nil
    }
    let id = DocumentID(scope: scope, collection: native.collectionNumber, id: secret.id)
    guard let record = try version(id, at: nil) else {
      PasswordHash.waste(text)
      return nil
    }
    let names = SchemaView(try schema(of: scope), database: nil)
    let fields = StoredFields(record, names: names, pendingTime: nil).object
    guard case .string(let hash)? = fields["hashed_secret"] else { return nil }
    if !verified.isVerified(text, hash) {
      guard PasswordHash.matches(hash, [secret.hashedText, text]) else { return nil }
      verified.note(text, hash)
    }
    return (id, fields)
  }

  private func authenticate(
    key secret: Secret, _ scoped: ScopedSecret, _ verified: VerifiedSecrets
  ) throws(Failure) -> Access {
    guard let (id, fields) = try document(of: secret, scoped.secret, verified) else { throw Transaction.unauthorized }
    var opened = id.scope
    if let database = fields["database"] {
      guard case .ref(.entity(let entity)) = database else { throw Transaction.unauthorized }
      opened = entity.number
    }
    try enter(scope: opened)
    let role = fields["role"]
    let isBuiltIn: String? = if case .string(let name)? = role, RoleField.builtIn.contains(name) { name } else { nil }
    let keyRef = Value.ref(.document(view(scope: id.scope).nativeCollection(.keys), id: id.id))
    let base = Access(rights: rights(of: role, home: id.scope), token: keyRef, tokenScope: id.scope)
    if scoped.scope == .none, scoped.path.isEmpty { return base }
    // Only admin keys may take another role; server keys may at least speak for a document.
    switch (isBuiltIn, scoped.scope, scoped.path.isEmpty) {
    case ("admin"?, _, _), ("server"?, .document, true): break
    default: throw Transaction.unauthorized
    }
    try enter(path: scoped.path)
    switch scoped.scope {
    case .none: return base
    case .builtIn(let name): return base.with(Transaction.builtIn(name))
    case .role(let name):
      guard let entity = view.entity(.roles, named: name) else { throw Transaction.unauthorized }
      return base.with(.roles([entity.number]))
    case .document(let collection, let id):
      guard let entity = view.entity(.collections, named: collection), let number = Int64(id) else {
        throw Transaction.unauthorized
      }
      return try identityAccess(.document(entity, id: number), token: keyRef, tokenScope: base.tokenScope)
    }
  }

  private func authenticate(
    token secret: Secret, _ text: String, _ verified: VerifiedSecrets
  ) throws(Failure) -> Access {
    guard let (id, _) = try document(of: secret, text, verified) else { throw Transaction.unauthorized }
    guard case .token(let database) = secret.kind, try globalID(of: id.scope) == database else {
      throw Transaction.unauthorized
    }
    try enter(scope: id.scope)
    // Again, now that names are those of the token's own database.
    guard let record = try version(id, at: nil) else { throw Transaction.unauthorized }
    guard case .ref(let identity)? = document(id, record).field("instance") else { throw Transaction.unauthorized }
    return try identityAccess(identity, token: .ref(ref(id)), tokenScope: id.scope)
  }

  /// The principal that is a document: it must exist, and has the roles whose memberships accept it.
  private func identityAccess(_ identity: Ref, token: Value, tokenScope: Int64) throws(Failure) -> Access {
    guard let id = identity.documentID, id.collection >= Numbers.firstCollection, id.scope == scope,
      try version(id, at: nil) != nil
    else { throw Transaction.unauthorized }
    let principal = Access(
      rights: .roles([]), identity: .ref(identity), token: token, isIdentity: true, tokenScope: tokenScope)
    return principal.with(.roles(rolesOfMember(identity, principal)))
  }

  /// The roles that have a membership whose collection is the identity's, and whose predicate, if any, is true.
  private func rolesOfMember(_ identity: Ref, _ principal: Access) -> [Int64] {
    guard let collection = identity.documentID?.collection else { return [] }
    var numbers: [Int64] = []
    for (number, role) in view.schema.roles.sorted(by: { $0.key < $1.key }) {
      for case .object(let membership) in IndexSource.list(role.fields["membership"]) {
        guard case .ref(.entity(let resource))? = membership["resource"], resource.collectionNumber == collection else {
          continue
        }
        if let predicate = membership["predicate"], !predicate.isNull {
          guard case .lambda(let lambda) = predicate, holds(lambda, .ref(identity), for: principal) else { continue }
        }
        numbers.append(number)
        break
      }
    }
    return numbers
  }

  /// Whether a predicate is exactly true; an error, an abort or another value counts as false.
  ///
  /// Predicates lead to others where they call functions with roles. Where that goes too deep, all that led there are false:
  /// asking each of them on would take time without end.
  func holds(_ lambda: LambdaValue, _ argument: Value, for principal: Access, depth: Int = 0) -> Bool {
    if predicates.count == 0 { predicates.areExhausted = false }
    guard !predicates.areExhausted, depth < Evaluation.maximumDepth else {
      predicates.areExhausted = true
      return false
    }
    let evaluation = Evaluation(transaction: self, access: principal.with(.predicate))
    evaluation.limit = EffectLimit(allowed: .read, place: "auth predicates")
    evaluation.depth = depth
    predicates.count += 1
    defer { predicates.count -= 1 }
    do throws(Failure) {
      guard case .boolean(true) = try evaluation.apply(lambda, argument, at: Node(), nil) else { return false }
      return !predicates.areExhausted
    } catch {
      if error.errors.first?.code == .stackOverflow { predicates.areExhausted = true }
      return false
    }
  }

  static func builtIn(_ name: String) -> Access.Rights {
    switch name {
    case "admin": .admin
    case "server": .server
    case "server-readonly": .serverReadOnly
    default: .client
    }
  }

  /// The rights that a `role` field gives: a built-in role, or roles by name or reference.
  func rights(of role: Value?, home: Int64) -> Access.Rights {
    var numbers: [Int64] = []
    if case .string(let name)? = role, RoleField.builtIn.contains(name) { return Transaction.builtIn(name) }
    // Roles reach no further than their own database; the same numbers are other roles elsewhere.
    if home != scope { return .roles([]) }
    for element in IndexSource.list(role) {
      switch element {
      case .string(let name):
        if let entity = view.schema.entity(.roles, named: name) { numbers.append(entity.number) }
      case .ref(.entity(let entity)): numbers.append(entity.number)
      default: continue
      }
    }
    return .roles(numbers)
  }

  // MARK: Databases

  /// Goes on in a child database, by names.
  private func enter(path: [String]) throws(Failure) {
    for name in path {
      guard let child = view.schema.entity(.databases, named: name),
        view.schema.databases[child.number]?.isDisabled != true
      else { throw Transaction.unauthorized }
      try enter(child.number)
    }
  }

  /// Goes on in a database anywhere below the root; it and those around it must exist.
  func enter(scope target: Int64) throws(Failure) {
    var chain: [Int64] = []
    var current = target
    while current != Numbers.rootScope {
      chain.append(current)
      guard chain.count < 1000, let parent = try parent(of: current) else { throw Transaction.unauthorized }
      current = parent
    }
    for number in chain.reversed() {
      guard let definition = view.schema.databases[number], !definition.isDisabled else {
        throw Transaction.unauthorized
      }
      try enter(number)
    }
  }

  /// The database that a database is in.
  func parent(of scope: Int64) throws(Failure) -> Int64? {
    let reader = reader
    return try stored { () throws(StoreError) in try Meta.number(reader, Meta.parentKey(scope)).map { Int64($0) } }
  }

  func noteParent(of scope: Int64, _ parent: Int64) throws(Failure) {
    let writer = try requireWriter()
    try stored { () throws(StoreError) in try Meta.put(writer, Meta.parentKey(scope), UInt64(parent)) }
  }

  /// The number in the global id of a database; zero for the root.
  func globalID(of scope: Int64) throws(Failure) -> UInt64 {
    guard scope != Numbers.rootScope, let parent = try parent(of: scope) else { return 0 }
    let id = DocumentID(scope: parent, collection: NativeKind.databases.collectionNumber, id: scope)
    guard let record = try DocumentReader.version(pointCursor, id, at: nil) else { return 0 }
    let names = SchemaView(try schema(of: parent), database: nil)
    guard case .string(let text)? = StoredFields(record, names: names, pendingTime: nil).field("global_id")
    else { return 0 }
    return GlobalID.number(text) ?? 0
  }

  // MARK: Homes of secrets

  /// The database that the document of a key or token is in.
  func secretHome(_ native: NativeKind, _ id: Int64) throws(Failure) -> Int64? {
    let reader = reader
    return try stored { () throws(StoreError) in
      try Meta.number(reader, Transaction.homeKey(native, id)).map { Int64($0) }
    }
  }

  /// Notes which database the document of a key or token is in, by which a secret finds it.
  func noteSecretHome(_ native: NativeKind, _ id: Int64, scope: Int64) throws(Failure) {
    let writer = try requireWriter()
    try stored { () throws(StoreError) in try Meta.put(writer, Transaction.homeKey(native, id), UInt64(scope)) }
  }

  private static func homeKey(_ native: NativeKind, _ id: Int64) -> [UInt8] {
    var key: [UInt8] = [KeySpace.secrets, native.rawValue]
    KeyBytes.append64(UInt64(bitPattern: id), to: &key)
    return key
  }

  /// The credentials document of a document.
  func credentials(of ref: Ref) throws(Failure) -> DocumentID? {
    try EntryScan.firstHolder(
      reader, prefix: instancePrefix(Numbers.credentialsByInstance, ref), time: time
    ) { _ in true }
  }

  /// The beginning of the keys of the entries for a document in an index of our own.
  func instancePrefix(_ index: Int64, _ ref: Ref) -> [UInt8] {
    var prefix = KeyBytes.index(scope: scope, index: index)
    IndexKeys.appendTerm(.ref(ref), to: &prefix, time: 0)
    prefix.append(IndexKeys.Tag.end)
    return prefix
  }
}
