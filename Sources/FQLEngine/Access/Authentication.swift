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
      PasswordHash.waste([text, text])
      throw Transaction.unauthorized
    }
    switch secret.kind {
    case .key: return try authenticate(key: secret, scoped, verified)
    case .token: return try authenticate(token: secret, scoped.secret, verified)
    }
  }

  /// The document of a key or token that a secret opens: where it is, and its fields; nil where the hash is not right.
  func document(of secret: Secret, _ text: String, _ verified: VerifiedSecrets) throws(Failure) -> (DocumentID, Object)?
  {
    let native: NativeKind
    let scopes: [Int64]
    switch secret.kind {
    case .key:
      native = .keys
      scopes = try homes(ofKey: secret.id)
    case .token(let database):
      native = .tokens
      scopes = try scope(ofGlobalID: database).map { [$0] } ?? []
    }
    for scope in scopes {
      let id = DocumentID(scope: scope, collection: native.collectionNumber, id: secret.id)
      guard let record = try version(id, at: nil) else { continue }
      let names = SchemaView(try schema(of: scope), database: nil)
      let fields = StoredFields.make(record, names: names, pendingTime: nil).object
      guard case .string(let hash)? = fields["hashed_secret"] else { continue }
      if verified.isVerified(text, hash) { return (id, fields) }
      if PasswordHash.matches(hash, [secret.hashedText, text]) {
        verified.note(text, hash)
        return (id, fields)
      }
      // A wrong secret of one key costs what one of no key does, but where several databases have keys of that id.
      if scopes.count == 1 { return nil }
    }
    PasswordHash.waste([secret.hashedText, text])
    return nil
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
      guard let entity = view.entity(.collections, named: collection) else { throw Transaction.unauthorized }
      return try identityAccess(.document(entity, id: id), token: keyRef, tokenScope: base.tokenScope)
    }
  }

  private func authenticate(
    token secret: Secret, _ text: String, _ verified: VerifiedSecrets
  ) throws(Failure) -> Access {
    guard let (id, _) = try document(of: secret, text, verified) else { throw Transaction.unauthorized }
    try enter(scope: id.scope)
    // Again, now that names are those of the token's own database.
    guard let record = try version(id, at: nil) else { throw Transaction.unauthorized }
    guard case .ref(let identity)? = document(id, record).field("instance") else { throw Transaction.unauthorized }
    return try identityAccess(identity, token: .ref(ref(id)), tokenScope: id.scope)
  }

  /// The principal that is a document: it must exist, and has the roles whose memberships accept it.
  private func identityAccess(_ identity: Ref, token: Value, tokenScope: Int64) throws(Failure) -> Access {
    guard let id = identity.documentID, id.collection >= Numbers.firstCollection, try version(id, at: nil) != nil else {
      throw Transaction.unauthorized
    }
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
          guard case .lambda(let lambda) = predicate, holds(lambda, .ref(identity), for: principal, depth: 0) else {
            continue
          }
        }
        numbers.append(number)
        break
      }
    }
    return numbers
  }

  /// How many predicates may be evaluated one inside of another: a role's, in a function with that role, and so on.
  private static let maximumNestedPredicates = 8
  /// How many predicates a query may evaluate inside of others, so that those that multiply end.
  private static let maximumInnerPredicates = 200_000

  /// Whether a predicate is exactly true; an error, an abort or another value counts as false.
  ///
  /// Predicates lead to others where they call functions with roles. Where that goes too far, all that led there are false:
  /// what was not asked to its end must not become true by a `Not` around it.
  func holds(_ lambda: LambdaValue, _ argument: Value, for principal: Access, depth: Int) -> Bool {
    if predicateDepth == 0 { predicatesAreExhausted = false }
    if predicateDepth > 0 { innerPredicates += 1 }
    if predicateDepth >= Transaction.maximumNestedPredicates || innerPredicates > Transaction.maximumInnerPredicates
      || isInterrupted
    {
      predicatesAreExhausted = true
    }
    if predicatesAreExhausted { return false }
    let evaluation = Evaluation(transaction: self, access: principal.with(.predicate))
    evaluation.limit = EffectLimit(allowed: .read, place: "auth predicates")
    evaluation.depth = depth
    predicateDepth += 1
    defer { predicateDepth -= 1 }
    do throws(Failure) {
      guard case .boolean(true) = try evaluation.apply(lambda, argument, at: Node(), nil) else { return false }
      return !predicatesAreExhausted
    } catch {
      if error.errors.first?.code == .stackOverflow { predicatesAreExhausted = true }
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
    if case .string(let name)? = role, RoleField.builtIn.contains(name) { return Transaction.builtIn(name) }
    // Roles reach no further than their own database: elsewhere the same numbers are other roles.
    if home != scope { return .roles([]) }
    var numbers: [Int64] = []
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
    guard let chain = try chain(to: target) else { throw Transaction.unauthorized }
    for number in chain {
      guard let definition = view.schema.databases[number], !definition.isDisabled else {
        throw Transaction.unauthorized
      }
      try enter(number)
    }
  }

  /// Whether a database and those around it exist and are not disabled.
  func isOpen(_ target: Int64) throws(Failure) -> Bool {
    guard let chain = try chain(to: target) else { return false }
    var schema = try schema(of: Numbers.rootScope)
    for number in chain {
      guard let definition = schema.databases[number], !definition.isDisabled else { return false }
      schema = try self.schema(of: number)
    }
    return true
  }

  /// The databases that lead from the root to one, the root left out; nil where it has no place.
  private func chain(to target: Int64) throws(Failure) -> [Int64]? {
    var chain: [Int64] = []
    var current = target
    while current != Numbers.rootScope {
      chain.append(current)
      guard chain.count < 1000, let parent = try parent(of: current) else { return nil }
      current = parent
    }
    return chain.reversed()
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
    guard case .string(let text)? = StoredFields.make(record, names: names, pendingTime: nil).field("global_id")
    else { return 0 }
    return GlobalID.number(text) ?? 0
  }

  // MARK: Homes of secrets

  /// The databases that have, or had, a key with that id.
  func homes(ofKey id: Int64) throws(Failure) -> [Int64] {
    let prefix = Transaction.homeKey(.keys, UInt64(bitPattern: id))
    let cursor = reader.cursor()
    return try stored { () throws(StoreError) -> [Int64] in
      var scopes: [Int64] = []
      var found = try cursor.seek(prefix)
      while found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        scopes.append(KeyBytes.read32(cursor.key, prefix.count))
        found = try cursor.next()
      }
      return scopes
    }
  }

  /// Notes that a database has a key, by which its secret finds it.
  func noteHome(ofKey id: Int64, scope: Int64) throws(Failure) {
    let writer = try requireWriter()
    try stored { () throws(StoreError) in
      try Meta.put(writer, Transaction.homeKey(.keys, UInt64(bitPattern: id), scope: scope), UInt64(scope))
    }
  }

  /// Notes that a database has that key no longer.
  func forgetHome(ofKey id: Int64, scope: Int64) throws(Failure) {
    let writer = try requireWriter()
    let key = Transaction.homeKey(.keys, UInt64(bitPattern: id), scope: scope)
    try stored { () throws(StoreError) in _ = try writer.delete(key) }
  }

  /// The database with that global id; it may have been deleted since.
  private func scope(ofGlobalID id: UInt64) throws(Failure) -> Int64? {
    if id == 0 { return Numbers.rootScope }
    let reader = reader
    return try stored { () throws(StoreError) in
      try Meta.number(reader, Transaction.homeKey(.databases, id)).map { Int64($0) }
    }
  }

  /// Notes the global id of a database, by which secrets of tokens and the audience of JWTs find it.
  func noteScope(ofGlobalID id: UInt64, _ scope: Int64) throws(Failure) {
    let writer = try requireWriter()
    try stored { () throws(StoreError) in
      try Meta.put(writer, Transaction.homeKey(.databases, id), UInt64(scope))
    }
  }

  private static func homeKey(_ native: NativeKind, _ id: UInt64, scope: Int64? = nil) -> [UInt8] {
    var key: [UInt8] = [KeySpace.secrets, native.rawValue]
    KeyBytes.append64(id, to: &key)
    if let scope { KeyBytes.append32(scope, to: &key) }
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
