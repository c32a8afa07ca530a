import FQLSyntax
import FQLValues

/// `Login` and `Identify`: the document that an argument names, and its password.
class IdentityNode: Node {
  let key: String
  let identity: Node

  init(_ key: String, _ identity: Node) {
    self.key = key
    self.identity = identity
    super.init()
    adopt(identity, .key(key))
  }

  /// The document: of a set the first element, as of now.
  final func resolve(_ evaluation: Evaluation) throws(Failure) -> Ref? {
    let value = try cast(try identity.evaluate(evaluation), .refOrSet, at: key)
    switch value {
    case .ref(let ref): return ref
    case .set(let set):
      let outer = evaluation.readTime
      evaluation.readTime = nil
      defer { evaluation.readTime = outer }
      return try SetReading.firstElement(set, evaluation, at: self, key)?.ref
    default: return nil
    }
  }
}

/// `Login`: a token for a document whose password is known.
final class LoginNode: IdentityNode {
  let params: Node

  init(_ identity: Node, params: Node) {
    self.params = params
    super.init("login", identity)
    adopt(params, .key("params"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let given: Object
    do throws(Failure) {
      given = try evaluateParams(evaluation)
    } catch {
      _ = try resolve(evaluation)
      throw error
    }
    let ref = try resolve(evaluation)
    let transaction = evaluation.transaction
    let refused = failure(
      .authenticationFailed, "The document was not found or provided password was incorrect.")
    guard let ref, try transaction.credentials(of: ref) != nil else {
      PasswordHash.waste([""])
      throw refused
    }
    if let password = given["password"], !password.isNull {
      guard case .string(let text) = password else {
        throw invalid([
          .init(["password"], "invalid type", "Invalid type \(password.storedTypeName), expected type String.")
        ])
      }
      guard try CredentialsKind.verify(ref, text, transaction) else { throw refused }
    } else {
      throw refused
    }
    if evaluation.readTime != nil { throw failure(.invalidWriteTime, "Cannot write outside of snapshot time.") }
    var token = try storableParams(
      Object(given.fields.filter { ["data", "ttl", "hashed_secret"].contains($0.key) }), key)
    token.fields.insert(.init("instance", .ref(ref)), at: 0)
    let id = DocumentID(
      scope: transaction.scope, collection: NativeKind.tokens.collectionNumber,
      id: transaction.database.newID(at: transaction.time))
    let kind = DocumentKind.of(.tokens)
    let write = DocumentWrite(evaluation, self, key: key, verb: .create, id: id, old: nil, given: token)
    do throws(Failure) {
      try kind.prepare(write)
    } catch {
      throw invalid(error.errors.flatMap(\.failures))
    }
    return try write.perform(kind, previous: nil)
  }

  private func evaluateParams(_ evaluation: Evaluation) throws(Failure) -> Object {
    let value = try params.evaluate(evaluation)
    guard case .object(let object) = value else { throw mismatch("Object", value, at: "params") }
    return object
  }

  private func invalid(_ failures: [QueryError.FieldFailure]) -> Failure {
    Failure(QueryError(.validationFailed, "document data is not valid.", position: position, failures: failures))
  }
}

/// `Identify`: whether a password is that of a document.
final class IdentifyNode: IdentityNode {
  let password: Node

  init(_ identity: Node, password: Node) {
    self.password = password
    super.init("identify", identity)
    adopt(password, .key("password"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkReadable(self)
    let value: Value
    do throws(Failure) {
      value = try cast(try password.evaluate(evaluation), .string, at: "password")
    } catch {
      _ = try resolve(evaluation)
      throw error
    }
    guard let ref = try resolve(evaluation), case .string(let text) = value else { return .boolean(false) }
    return .boolean(try CredentialsKind.verify(ref, text, evaluation.transaction))
  }
}

/// `Logout`: deletes the token, or all tokens of the identity.
final class LogoutNode: Node {
  let all: Node

  init(_ all: Node) {
    self.all = all
    super.init()
    adopt(all, .key("logout"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkWritable(self)
    let value = try all.evaluate(evaluation)
    guard case .boolean(let isAll) = value else { throw mismatch("Boolean", value, at: "logout") }
    let transaction = evaluation.transaction
    var tokens: [DocumentID] = []
    if isAll {
      guard evaluation.access.isIdentity, let identity = evaluation.access.identityRef else { return .boolean(false) }
      let prefix = transaction.instancePrefix(Numbers.tokensByInstance, identity)
      _ = try EntryScan.firstHolder(transaction.reader, prefix: prefix, time: transaction.time) { id in
        tokens.append(id)
        return false
      }
    } else {
      guard case .ref(let ref)? = evaluation.access.token, ref.entity?.kind == .native(.tokens), let id = ref.documentID
      else { return .boolean(false) }
      tokens = [id]
    }
    for id in tokens {
      guard let record = try transaction.version(id, at: nil) else { continue }
      try transaction.write(id, nil, previous: record)
    }
    return .boolean(true)
  }
}

extension Builtins {
  /// Functions that ask who the principal is.
  static let identity: [String: Builtin] = [
    "current_identity": .unary { _, call throws(Failure) in try currentIdentity(call) },
    "identity": .unary { _, call throws(Failure) in try currentIdentity(call) },
    "has_current_identity": .unary { _, call throws(Failure) in
      try call.evaluation.checkReadable(call.node)
      return .boolean(call.evaluation.access.identity != nil)
    },
    "has_identity": .unary { _, call throws(Failure) in
      try call.evaluation.checkReadable(call.node)
      return .boolean(call.evaluation.access.identity != nil)
    },
    "current_token": .unary { _, call throws(Failure) in
      try call.evaluation.checkReadable(call.node)
      guard let token = currentToken(call.evaluation) else {
        throw call.failure(.invalidToken, "Token metadata is not accessible.")
      }
      return token
    },
    "has_current_token": .unary { _, call in .boolean(currentToken(call.evaluation) != nil) },
    "key_from_secret": .unary { secret, call throws(Failure) in try key(from: secret.asString, call) },
  ]

  private static func currentIdentity(_ call: Call) throws(Failure) -> Value {
    try call.evaluation.checkReadable(call.node)
    guard let identity = call.evaluation.access.identity else {
      throw call.failure(.missingIdentity, "Authentication does not contain an identity")
    }
    return identity
  }

  /// The token; a key only where its document is in the database that the query runs in.
  private static func currentToken(_ evaluation: Evaluation) -> Value? {
    guard let token = evaluation.access.token else { return nil }
    if case .ref = token, evaluation.access.tokenScope != evaluation.transaction.scope { return nil }
    return token
  }

  private static func key(from text: String, _ call: Call) throws(Failure) -> Value {
    let evaluation = call.evaluation
    try evaluation.checkReadable(call.node)
    let transaction = evaluation.transaction
    let missing = call.failure(.instanceNotFound, "No key found for secret \(text).")
    if JSONWebToken.isOne(text) {
      guard let token = JSONWebToken(text), let scope = try transaction.database(of: token) else { throw missing }
      guard let reference = try transaction.databaseRef(scope), let id = reference.documentID, evaluation.mayRead(id)
      else { throw call.failure(.permissionDenied, "Insufficient privileges to perform the action.") }
      return .object(["database": .ref(reference)])
    }
    guard let secret = Secret(text), let (id, fields) = try transaction.document(of: secret, text, VerifiedSecrets()),
      try transaction.isReachable(id.scope)
    else { throw missing }
    if case .ref(.entity(let opened))? = fields["database"], try !transaction.isOpen(opened.number) { throw missing }
    guard evaluation.mayRead(id), let record = try transaction.version(id, at: nil) else { throw missing }
    let document = transaction.document(id, record)
    switch secret.kind {
    case .key:
      guard let opened = document.field("database") else { break }
      guard case .ref(.entity(let entity)) = opened, try transaction.isReachable(entity.number) else { throw missing }
    case .token:
      guard case .ref(let instance)? = document.field("instance"), let identity = instance.documentID,
        try transaction.version(identity, at: nil) != nil
      else { throw missing }
    }
    return .document(document)
  }
}

extension Transaction {
  /// A reference to a database below the query's own; nil for others.
  func databaseRef(_ target: Int64) throws(Failure) -> Ref? {
    guard let parent = try parent(of: target), try isReachable(parent) else { return nil }
    return ref(DocumentID(scope: parent, collection: NativeKind.databases.collectionNumber, id: target))
  }

  /// Whether a database is the query's own or one below it; if so its things can be named.
  func isReachable(_ target: Int64) throws(Failure) -> Bool {
    var chain: [Int64] = []
    var current = target
    while current != scope {
      chain.append(current)
      guard chain.count < 1000, let parent = try parent(of: current) else { return false }
      current = parent
    }
    var view = self.view
    for number in chain.reversed() {
      guard view.schema.databases[number] != nil else { return false }
      view = try self.view(of: view.entity(.databases, number: number))
    }
    return true
  }
}

extension Compiler {
  static let accessForms: [String: Handler] = [
    "login": { compiler, members throws(Failure) in
      LoginNode(try compiler.compileArgument(members, "login"), params: try compiler.compileArgument(members, "params"))
    },
    "identify": { compiler, members throws(Failure) in
      IdentifyNode(
        try compiler.compileArgument(members, "identify"), password: try compiler.compileArgument(members, "password"))
    },
    "logout": { compiler, members throws(Failure) in LogoutNode(try compiler.compileArgument(members, "logout")) },
  ]
}
