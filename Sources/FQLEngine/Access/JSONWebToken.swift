import CCrypto
import FQLStorage
import FQLValues

/// A signed token of an access provider: header, payload and signature.
struct JSONWebToken {
  let header: Object
  let payload: Object
  /// What the signature is over: the first two parts as text.
  let signed: [UInt8]
  let signature: [UInt8]

  /// Whether a secret has the form of one.
  static func isOne(_ text: String) -> Bool { text.hasPrefix("ey") && text.contains(".") }

  /// The bytes of the shortest modulus that is safe, 2048 bits.
  private static let leastModulus = 256
  private static let maximumLength = 64 * 1024

  init?(_ text: String) {
    guard text.utf8.count <= JSONWebToken.maximumLength else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let header = JSONWebToken.object(parts[0]), let payload = JSONWebToken.object(parts[1]),
      let signature = URLBase64.decode(parts[2])
    else { return nil }
    self.header = header
    self.payload = payload
    self.signature = signature
    signed = Array((parts[0] + "." + parts[1]).utf8)
  }

  private static func object(_ part: String) -> Object? {
    guard let bytes = URLBase64.decode(part) else { return nil }
    return JSONObject.read(String(decoding: bytes, as: UTF8.self))
  }

  /// Whether the times that it names, if any, hold now.
  func isInForce(at now: Int64) -> Bool {
    let seconds = Double(now) / 1_000_000
    if let end = payload["exp"] {
      guard let end = JSONWebToken.number(end), end > seconds else { return false }
    }
    if let start = payload["nbf"] {
      guard let start = JSONWebToken.number(start), start < seconds else { return false }
    }
    return true
  }

  private static func number(_ value: Value) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .double(let double): double
    default: nil
    }
  }

  /// The global id of the one database that it is meant for.
  var audience: String? {
    let prefix = "https://db.fauna.com/db/"
    let ids = IndexSource.list(payload["aud"]).compactMap { element -> String? in
      guard case .string(let text) = element, text.hasPrefix(prefix) else { return nil }
      return String(text.dropFirst(prefix.count))
    }
    return ids.count == 1 ? ids[0] : nil
  }

  /// Whom it speaks for.
  var subject: Value? {
    if case .string? = payload["sub"] { payload["sub"] } else { nil }
  }

  var issuer: String? {
    if case .string(let text)? = payload["iss"] { text } else { nil }
  }

  /// Whether it was signed with one of these keys: the one that its header names.
  func isSigned(by keys: Object) -> Bool {
    // What must be understood by whoever accepts it is not.
    guard header["crit"] == nil, case .string(let algorithm)? = header["alg"], case .string(let kid)? = header["kid"]
    else { return false }
    let bits: Int32
    switch algorithm {
    case "RS256": bits = 256
    case "RS384": bits = 384
    case "RS512": bits = 512
    default: return false
    }
    for case .object(let key) in IndexSource.list(keys["keys"]) {
      guard case .string(kid)? = key["kid"], case .string("RSA")? = key["kty"], case .string(let n)? = key["n"],
        case .string(let e)? = key["e"], let modulus = URLBase64.decode(n), let exponent = URLBase64.decode(e)
      else { continue }
      if let wanted = key["alg"], !wanted.isIdentical(to: .string(algorithm)) { continue }
      if let use = key["use"], !use.isIdentical(to: .string("sig")) { continue }
      guard modulus.drop(while: { $0 == 0 }).count >= JSONWebToken.leastModulus, modulus.count <= 2048,
        exponent.count <= 8
      else { continue }
      let der = JSONWebToken.publicKey(modulus, exponent)
      if fql_verify_rsa(bits, der, der.count, signature, signature.count, signed, signed.count) == 1 { return true }
    }
    return false
  }

  // MARK: DER

  /// An RSA key as a SubjectPublicKeyInfo.
  private static func publicKey(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
    let key = element(0x30, integer(modulus) + integer(exponent))
    // The object identifier of rsaEncryption, and no parameters.
    let algorithm = element(0x30, [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00])
    return element(0x30, algorithm + element(0x03, [0] + key))
  }

  private static func integer(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array(bytes.drop { $0 == 0 })
    return element(0x02, (digits.first ?? 0) >= 0x80 || digits.isEmpty ? [0] + digits : digits)
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    if content.count < 0x80 { return [tag, UInt8(content.count)] + content }
    var length: [UInt8] = []
    var rest = content.count
    while rest > 0 {
      length.insert(UInt8(rest & 0xff), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }
}

/// Plain JSON as a value: no tags, no forms.
enum JSONObject {
  static func read(_ text: String) -> Object? {
    guard let expr = try? WireReader.read(text), case .object(let object) = value(expr) else { return nil }
    return object
  }

  private static func value(_ expr: Expr) -> Value {
    switch expr.kind {
    case .literal(let value): value
    case .array(let elements): .array(elements.map(value))
    case .object(let members):
      .object(Object(zip(members.keys, members.values).map { .init($0, value($1)) }))
    }
  }
}

extension Transaction {
  /// Whoever a JWT stands for: the roles of the provider that issued it, where it was signed with one of the provider's keys.
  ///
  /// Keys are those of the provider's `jwks` field or, by its `jwks_uri`, of the program's own list; nothing is fetched.
  func authenticate(jwt text: String) throws(Failure) -> Access? {
    guard let token = JSONWebToken(text), let target = try audience(of: token) else { return nil }
    try enter(scope: target)
    guard let provider = issuer(of: token, in: view.schema) else { return nil }
    return access(token, provider)
  }

  /// The database that a JWT opens, seen from another one, where the predicates of its roles cannot be asked.
  func database(of token: JSONWebToken) throws(Failure) -> Int64? {
    guard let target = try audience(of: token), let provider = issuer(of: token, in: try schema(of: target)) else {
      return nil
    }
    if target == scope { return access(token, provider) == nil ? nil : target }
    let isGranted = IndexSource.list(provider["roles"]).contains { role in
      switch role {
      case .string, .ref: true
      default: false
      }
    }
    return isGranted ? target : nil
  }

  /// The database that a JWT which is in force is meant for.
  private func audience(of token: JSONWebToken) throws(Failure) -> Int64? {
    guard token.isInForce(at: time), let audience = token.audience else { return nil }
    return try scope(globalID: audience)
  }

  /// The provider that issued a JWT and signed it with one of its keys.
  private func issuer(of token: JSONWebToken, in schema: Schema) -> Object? {
    guard let issuer = token.issuer else { return nil }
    for (_, provider) in schema.accessProviders.sorted(by: { $0.key < $1.key }) {
      guard case .string(issuer)? = provider.fields["issuer"], let keys = keys(of: provider.fields) else { continue }
      if token.isSigned(by: keys) { return provider.fields }
    }
    return nil
  }

  /// What a JWT of a provider may do in the database that it is for; nil where none of the provider's roles accepts it.
  private func access(_ token: JSONWebToken, _ provider: Object) -> Access? {
    let payload = Value.object(token.payload)
    let principal = Access(rights: .roles([]), identity: token.subject, token: payload, tokenScope: scope)
    let roles = roles(of: provider, payload, principal)
    return roles.isEmpty ? nil : principal.with(.roles(roles))
  }

  private func keys(of provider: Object) -> Object? {
    if case .object(let keys)? = provider["jwks"] { return keys }
    guard case .string(let uri)? = provider["jwks_uri"] else { return nil }
    return database.keys(uri).flatMap { JSONObject.read($0) }
  }

  /// The provider's roles whose predicate, if any, is true of the payload.
  private func roles(of provider: Object, _ payload: Value, _ principal: Access) -> [Int64] {
    var numbers: [Int64] = []
    for element in IndexSource.list(provider["roles"]) {
      var role = element
      if case .object(let object) = element {
        role = object["role"] ?? .null
        guard case .lambda(let predicate)? = object["predicate"], holds(predicate, payload, for: principal, depth: 0)
        else { continue }
      }
      switch role {
      case .string(let name):
        if let entity = view.schema.entity(.roles, named: name) { numbers.append(entity.number) }
      case .ref(.entity(let entity)): numbers.append(entity.number)
      default: continue
      }
    }
    return numbers
  }

  /// The database with a global id; never the root.
  private func scope(globalID text: String) throws(Failure) -> Int64? {
    // The root has none, and neither has a database that is gone.
    guard let wanted = GlobalID.number(text), wanted != 0, GlobalID.text(wanted) == text else { return nil }
    let prefix = Array(Meta.parentKey(0).prefix(2))
    var scopes: [Int64] = []
    let cursor = reader.cursor()
    try stored { () throws(StoreError) in
      var found = try cursor.seek(prefix)
      while found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        scopes.append(KeyBytes.read32(cursor.key, prefix.count))
        found = try cursor.next()
      }
    }
    for scope in scopes where try globalID(of: scope) == wanted { return scope }
    return nil
  }
}
