import FQLValues

/// Keys.
final class KeyKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(known: ["data", "role", "database", "priority", "ttl"], kept: [])
    write.expectObject("data")
    RoleField.check(write, required: true)
    if let database = write.fields["database"] {
      if case .ref(.entity(let entity)) = database, entity.kind == .named(.databases) {
      } else {
        write.failType(["database"], database, expected: "Database Ref")
      }
    }
    if let priority = write.fields["priority"] {
      switch priority {
      case .integer(1...500): break
      default: write.failType(["priority"], priority, expected: "Priority")
      }
    }
    write.expectTime("ttl")
    try write.expectReadableReferences()
    RoleField.checkNames(write)
    let restored = try KeyKind.restoredHash(write)
    try write.check()
    let database = write.transaction.database
    if let restored {
      write.fields["hashed_secret"] = .string(restored)
    } else if write.verb == .create {
      let secret = Secret(.key, id: write.id.id, random: database.randomBytes(20))
      let hash = PasswordHash.make(secret.hashedText, salt: database.randomBytes(16))
      write.fields["hashed_secret"] = .string(hash)
      write.hidden = ["hashed_secret"]
      write.shown = ["secret": .string(secret.text), "hashed_secret": .string(hash)]
    } else if write.verb != .insert {
      let hash = write.old?["hashed_secret"]
      write.fields["hashed_secret"] = nil
      write.fields["hashed_secret"] = hash
    }
  }

  /// The hash of a key that is restored: by its secret at any time, by its hash when it is created.
  private static func restoredHash(_ write: DocumentWrite) throws(Failure) -> String? {
    if let given = write.given["secret"], !given.isNull {
      guard case .string(let text) = given else {
        write.failType(["secret"], given, expected: "String")
        return nil
      }
      guard let secret = Secret(text), secret.kind == .key, secret.id == write.id.id else {
        write.fail("secret", "invalid secret", "Invalid secret at `List(secret)`")
        return nil
      }
      let others = try hashesElsewhere(write)
      if others.contains(where: { PasswordHash.matches($0, [secret.hashedText, secret.text]) }) {
        write.fail("secret", "duplicate value", "Value is not unique.")
        return nil
      }
      return PasswordHash.make(secret.hashedText, salt: write.transaction.database.randomBytes(16))
    }
    guard write.verb == .create, let given = write.given["hashed_secret"], !given.isNull else { return nil }
    guard case .string(let hash) = given else {
      write.failType(["hashed_secret"], given, expected: "String")
      return nil
    }
    if try !hashesElsewhere(write).isEmpty {
      write.fail("hashed_secret", "duplicate value", "Value is not unique.")
      return nil
    }
    return hash
  }

  /// The hashes of the keys with the same id in other databases.
  private static func hashesElsewhere(_ write: DocumentWrite) throws(Failure) -> [String] {
    let transaction = write.transaction
    var hashes: [String] = []
    for scope in try transaction.homes(ofKey: write.id.id) where scope != write.id.scope {
      let id = DocumentID(scope: scope, collection: write.id.collection, id: write.id.id)
      guard let record = try transaction.version(id, at: nil) else { continue }
      let names = SchemaView(try transaction.schema(of: scope), database: nil)
      if case .string(let hash)? = StoredFields.make(record, names: names, pendingTime: nil).field("hashed_secret") {
        hashes.append(hash)
      }
    }
    return hashes
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    try write.transaction.noteHome(ofKey: write.id.id, scope: write.id.scope)
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    try evaluation.transaction.forgetHome(ofKey: id.id, scope: id.scope)
  }
}

/// Tokens.
final class TokenKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(known: ["instance", "ttl", "data", "hashed_secret"])
    InstanceField.check(write)
    write.expectTime("ttl")
    write.expectObject("data")
    write.expectString("hashed_secret")
    try write.check()
    write.hidden = ["hashed_secret"]
    if write.fields["hashed_secret"] == nil { try TokenKind.renew(write) }
  }

  /// Gives the token a new secret, which the answer shows.
  private static func renew(_ write: DocumentWrite) throws(Failure) {
    let transaction = write.transaction
    let secret = Secret(
      .token(database: try transaction.globalID(of: write.id.scope)), id: write.id.id,
      random: transaction.database.randomBytes(20))
    write.fields["hashed_secret"] = .string(
      PasswordHash.make(secret.hashedText, salt: transaction.database.randomBytes(16)))
    write.shown = ["secret": .string(secret.text)]
  }
}

/// The `instance` of tokens and credentials: the document that they belong to.
enum InstanceField {
  static func check(_ write: DocumentWrite) {
    guard let instance = write.fields["instance"] else { return write.require("instance") }
    if case .ref = instance { return }
    write.failType(["instance"], instance, expected: "Ref")
  }
}

/// Credentials: the password of a document.
final class CredentialsKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    let isServer = write.evaluation.access.isServer
    write.merge(known: ["instance", "hashed_password", "data", "ttl"].filter { isServer || $0 != "hashed_password" })
    if !isServer, write.verb == .update, let hash = write.old?["hashed_password"] {
      if write.fields["hashed_password"] == nil { write.fields["hashed_password"] = hash }
    }
    InstanceField.check(write)
    if let password = write.given["password"], !password.isNull {
      if case .string(let text) = password {
        if !isServer { CredentialsKind.checkCurrentPassword(write) }
        let salt = write.transaction.database.randomBytes(16)
        write.fields["hashed_password"] = .string(PasswordHash.make(text, salt: salt))
      } else {
        write.failType(["password"], password, expected: "String")
      }
    }
    if !isServer, let current = write.given["current_password"], !current.isNull {
      if case .string = current {} else { write.failType(["current_password"], current, expected: "String") }
    }
    write.expectObject("data")
    write.expectTime("ttl")
    try write.check()
  }

  /// Whoever is no server key needs the current password where there is one.
  private static func checkCurrentPassword(_ write: DocumentWrite) {
    guard write.verb == .update, case .string(let hash)? = write.old?["hashed_password"] else { return }
    if case .string(let current)? = write.given["current_password"], PasswordHash.matches(hash, [current]) { return }
    if let current = write.given["current_password"], !current.isNull {
      if case .string = current {} else { return }
    }
    write.fail("current_password", "invalid password", "Invalid password at `current_password`.")
  }

  // MARK: The `credentials` field of documents

  static func checkEmbedded(_ write: DocumentWrite) {
    guard let credentials = write.given["credentials"], !credentials.isNull else { return }
    let second = write.evaluation.access.isServer ? "hashed_password" : "current_password"
    guard case .object(let object) = credentials else {
      write.failType(["credentials", "password"], credentials, expected: "Map")
      write.failType(["credentials", second], credentials, expected: "Map")
      return
    }
    for key in ["password", second] {
      guard let value = object[key], !value.isNull else { continue }
      if case .string = value { continue }
      write.failType(["credentials", key], value, expected: "String")
    }
  }

  /// Creates or updates the credentials of a document that was just written, with the rights of a server.
  static func writeEmbedded(_ write: DocumentWrite) throws(Failure) {
    guard case .object(let given)? = write.given["credentials"] else { return }
    let transaction = write.transaction
    var hash: String?
    if case .string(let password)? = given["password"] {
      hash = PasswordHash.make(password, salt: transaction.database.randomBytes(16))
    } else if write.evaluation.access.isServer, case .string(let stored)? = given["hashed_password"] {
      hash = stored
    }
    guard let hash else { return }
    let ref = transaction.ref(write.id)
    if let id = try transaction.credentials(of: ref), let record = try transaction.version(id, at: nil) {
      var fields = transaction.document(id, record).fields
      fields["hashed_password"] = .string(hash)
      try transaction.write(id, fields, previous: record)
      return
    }
    let id = DocumentID(
      scope: transaction.scope, collection: NativeKind.credentials.collectionNumber,
      id: transaction.database.newID(at: transaction.time))
    try transaction.write(id, ["hashed_password": .string(hash), "instance": .ref(ref)], previous: nil)
  }

  /// Whether a password is that of a document; false where it has none.
  static func verify(_ ref: Ref, _ password: String, _ transaction: Transaction) throws(Failure) -> Bool {
    guard let id = try transaction.credentials(of: ref),
      let record = try DocumentReader.version(transaction.pointCursor, id, at: nil),
      case .string(let hash)? = transaction.document(id, record).field("hashed_password")
    else {
      PasswordHash.waste([password])
      return false
    }
    return PasswordHash.matches(hash, [password])
  }
}

/// Access providers: issuers of JWTs that are accepted.
final class AccessProviderKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(
      known: ["name", "issuer", "jwks_uri", "jwks", "roles", "data"],
      kept: ["name", "issuer", "jwks_uri", "jwks", "roles"])
    if write.verb == .replace, write.given["roles"] == nil, case .array(let roles)? = write.fields["roles"],
      roles.count == 1
    {
      write.fields["roles"] = roles[0]
    }
    write.expectObject("data")
    write.expectName()
    write.expectString("issuer", required: true)
    write.expectString("jwks_uri", required: true)
    if case .string(let uri)? = write.fields["jwks_uri"], !isHTTPS(uri) {
      write.fail("jwks_uri", "invalid uri", "`\(uri)` is a not valid URI")
    }
    checkKeys(write)
    checkRoles(write)
    try checkIssuer(write)
    try write.expectReadableReferences()
    try write.check()
    try write.expectUniqueName(.accessProviders)
    let audience = "https://db.fauna.com/db/" + GlobalID.text(try write.transaction.globalID(of: write.id.scope))
    write.fields["audience"] = nil
    write.fields["audience"] = .string(audience)
  }

  /// The keys may stand in the document itself, as its address would answer them.
  private func checkKeys(_ write: DocumentWrite) {
    guard let set = write.fields["jwks"] else { return }
    guard case .object(let object) = set else { return write.failType(["jwks"], set, expected: "Map") }
    guard let keys = object["keys"] else {
      return write.fail(["jwks", "keys"], "value required", "Required value not found.")
    }
    guard case .array(let list) = keys else { return write.failType(["jwks", "keys"], keys, expected: "Array") }
    for key in list {
      if case .object = key { continue }
      write.failType(["jwks", "keys"], key, expected: "Map")
    }
  }

  private func isHTTPS(_ uri: String) -> Bool {
    guard uri.lowercased().hasPrefix("https://") else { return false }
    let rest = uri.dropFirst("https://".count)
    guard let first = rest.first, first != "/" else { return false }
    return uri.unicodeScalars.allSatisfy { $0.value > 0x20 && !"<>\"{}|\\^`".unicodeScalars.contains($0) }
  }

  private func checkIssuer(_ write: DocumentWrite) throws(Failure) {
    guard case .string(let issuer)? = write.fields["issuer"] else { return }
    let isTaken = write.transaction.view.schema.accessProviders.contains { number, provider in
      guard number != write.id.id, case .string(let other)? = provider.fields["issuer"] else { return false }
      return other == issuer
    }
    if isTaken { write.fail("issuer", "duplicate value", "Value is not unique.") }
  }

  /// Roles by reference or name, or with a predicate over the payload; unknown names first, then built-in ones.
  private func checkRoles(_ write: DocumentWrite) {
    var builtIn: [String] = []
    for element in IndexSource.list(write.fields["roles"]) {
      var role = element
      if case .object(let object) = element {
        role = object["role"] ?? .null
        switch object["predicate"] {
        case .lambda?: break
        case nil, .null?: write.fail("predicate", "value required", "Required value not found.")
        case let other?: write.failType(["predicate"], other, expected: "Query")
        }
      }
      switch role {
      case .string(let name):
        if RoleField.builtIn.contains(name) {
          builtIn.append(name)
        } else if write.transaction.view.schema.entity(.roles, named: name) == nil {
          write.fail("roles", "validation failure", "Role `\(name)` does not exist.")
        }
      case .ref(.entity(let entity)) where entity.kind == .named(.roles): continue
      case .null: write.fail("role", "value required", "Required value not found.")
      default: write.failType(["roles"], role, expected: "RolesList")
      }
    }
    for name in builtIn { write.fail("roles", "validation failure", "Builtin role `\(name)` not allowed.") }
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    write.transaction.noteName(.accessProviders, old: write.old, new: write.fields, id: write.id.id)
    write.transaction.noteEntity(.accessProviders, number: write.id.id, fields: write.fields)
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    evaluation.transaction.noteName(.accessProviders, old: fields, new: nil, id: id.id)
  }
}
