import CCrypto
import FQLSyntax
import FQLValues

/// A signed token of an access provider: its parts, and what it claims.
struct JSONWebToken {
  let header: Object
  let payload: Object
  /// What is signed: the first two parts as they stand.
  private let signedText: String
  private let signature: [UInt8]

  static func isOne(_ text: String) -> Bool { text.hasPrefix("ey") && text.contains(".") }

  private static let maximumLength = 64 * 1024

  /// Takes a token apart; nil where it is none. Nothing in it is to be believed before `isSigned` says so.
  init?(_ text: String) {
    guard text.utf8.count <= JSONWebToken.maximumLength else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = JSONWebToken.object(parts[0]), let payload = JSONWebToken.object(parts[1]),
      let signature = URLBase64.decode(String(parts[2]))
    else { return nil }
    self.header = header
    self.payload = payload
    self.signature = signature
    signedText = parts[0] + "." + parts[1]
  }

  private static func object(_ part: Substring) -> Object? {
    guard let bytes = URLBase64.decode(String(part)) else { return nil }
    return PlainJSON.read(bytes)?.objectValue
  }

  // MARK: Claims

  /// Whether its time is now: before it expires, and after it begins. What is no number is no time.
  func isCurrent(at microseconds: Int64) -> Bool {
    let now = Double(microseconds) / 1e6
    if let expiry = payload["exp"] {
      guard let seconds = JSONWebToken.seconds(expiry), seconds > now else { return false }
    }
    if let beginning = payload["nbf"] {
      guard let seconds = JSONWebToken.seconds(beginning), seconds < now else { return false }
    }
    return true
  }

  private static func seconds(_ value: Value) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  static let audiencePrefix = "https://db.fauna.com/db/"

  /// The number in the global id of the one database that it is for.
  var database: UInt64? {
    var audiences: [String] = []
    for audience in IndexSource.list(payload["aud"]) {
      guard case .string(let text) = audience else { return nil }
      if text.hasPrefix(JSONWebToken.audiencePrefix) { audiences.append(text) }
    }
    guard audiences.count == 1 else { return nil }
    let text = String(audiences[0].dropFirst(JSONWebToken.audiencePrefix.count))
    guard let number = GlobalID.number(text), number != 0, GlobalID.text(number) == text else { return nil }
    return number
  }

  /// Whom it speaks for.
  var subject: Value? {
    if case .string? = payload["sub"] { payload["sub"] } else { nil }
  }

  // MARK: The signature

  /// The algorithm; only RSA signatures are accepted, never those with a shared secret, and never none.
  var digest: crypto_digest? {
    guard header["crit"] == nil, case .string(let name)? = header["alg"] else { return nil }
    switch name {
    case "RS256": return CRYPTO_SHA256
    case "RS384": return CRYPTO_SHA384
    case "RS512": return CRYPTO_SHA512
    default: return nil
    }
  }

  /// Whether it was signed with the key of a set that it names.
  func isSigned(by keys: Value) -> Bool {
    guard let digest, case .string(let id)? = header["kid"], case .array(let list)? = keys.objectValue?["keys"] else {
      return false
    }
    for case .object(let key) in list {
      guard case .string(id)? = key["kid"], let encoded = RSAKey.encoded(key, algorithm: header["alg"]) else {
        continue
      }
      let message = Array(signedText.utf8)
      return crypto_verify_rsa(
        digest, encoded, encoded.count, message, message.count, signature, signature.count)
    }
    return false
  }
}

/// The public RSA keys of a JSON web key set.
enum RSAKey {
  private static let lengths = 256...2048

  /// A key in the form that OpenSSL reads, a SubjectPublicKeyInfo; nil where it is none for signatures of the algorithm.
  static func encoded(_ key: Object, algorithm: Value?) -> [UInt8]? {
    guard case .string("RSA")? = key["kty"], case .string(let n)? = key["n"], case .string(let e)? = key["e"] else {
      return nil
    }
    if let use = key["use"] { guard case .string("sig") = use else { return nil } }
    if let own = key["alg"] { guard let algorithm, own.isIdentical(to: algorithm) else { return nil } }
    guard let n = Base64.decode(n).map(number), let e = Base64.decode(e).map(number), lengths.contains(n.count),
      !e.isEmpty, e.count <= 8
    else { return nil }
    let identifier: [UInt8] = [
      0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let pair = field(0x30, field(0x02, positive(n)) + field(0x02, positive(e)))
    return field(0x30, identifier + field(0x03, [0] + pair))
  }

  private static func number(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.drop { $0 == 0 }) }

  /// A number whose first bit would mean a sign gets a zero before it.
  private static func positive(_ bytes: [UInt8]) -> [UInt8] { (bytes.first ?? 0) >= 0x80 ? [0] + bytes : bytes }

  private static func field(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    if count < 0x80 { return [tag, UInt8(count)] + content }
    var length: [UInt8] = []
    var rest = count
    while rest > 0 {
      length.insert(UInt8(rest & 0xff), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(length.count)] + length + content
  }
}

/// JSON that means nothing but itself: a key with an at sign is a key.
enum PlainJSON {
  private static let maximumDepth = 64

  /// The value of a text that is one JSON value and nothing else.
  static func read(_ bytes: [UInt8]) -> Value? {
    guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
    let expr = bytes.withUnsafeBufferPointer { buffer -> Expr? in
      var place = 0
      guard let first = try? WireReader.read(buffer, from: &place) else { return nil }
      return buffer[place...].allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) } ? first : nil
    }
    return expr.flatMap { value($0, 0) }
  }

  private static func value(_ expr: Expr, _ depth: Int) -> Value? {
    guard depth < maximumDepth else { return nil }
    switch expr.kind {
    case .literal(let value): return value
    case .array(let elements):
      var values: [Value] = []
      for element in elements {
        guard let value = value(element, depth + 1) else { return nil }
        values.append(value)
      }
      return .array(values)
    case .object(let members):
      var object = Object()
      for i in members.keys.indices {
        guard let value = value(members.values[i], depth + 1) else { return nil }
        object.fields.append(.init(members.keys[i], value))
      }
      return .object(object)
    }
  }
}

extension Value {
  fileprivate var objectValue: Object? {
    if case .object(let object) = self { object } else { nil }
  }
}

extension Transaction {
  /// Whoever a JWT stands for: what the roles of its provider may do together, those whose predicates accept the payload.
  func authenticate(jwt: String) throws(Failure) -> Access? {
    guard let token = JSONWebToken(jwt), let (scope, provider) = try provider(of: token) else { return nil }
    try enter(scope: scope)
    return access(token, provider)
  }

  /// The database that a JWT would open, seen from another one, where the predicates of its roles cannot be asked.
  func database(of token: JSONWebToken) throws(Failure) -> Int64? {
    guard let (scope, provider) = try provider(of: token) else { return nil }
    if scope == self.scope { return access(token, provider) == nil ? nil : scope }
    let isGranted = IndexSource.list(provider["roles"]).contains { role in
      switch role {
      case .string, .ref: true
      default: false
      }
    }
    return isGranted ? scope : nil
  }

  private func access(_ token: JSONWebToken, _ provider: Object) -> Access? {
    let payload = Value.object(token.payload)
    let principal = Access(rights: .roles([]), identity: token.subject, token: payload, tokenScope: scope)
    var numbers: [Int64] = []
    for element in IndexSource.list(provider["roles"]) {
      var role = element
      if case .object(let object) = element {
        guard let named = object["role"], case .lambda(let lambda)? = object["predicate"] else { continue }
        if !holds(lambda, payload, for: principal) { continue }
        role = named
      }
      switch role {
      case .string(let name):
        if let entity = view.entity(.roles, named: name) { numbers.append(entity.number) }
      case .ref(.entity(let entity)) where entity.kind == .named(.roles) && view.schema.roles[entity.number] != nil:
        numbers.append(entity.number)
      default: continue
      }
    }
    return numbers.isEmpty ? nil : principal.with(.roles(numbers))
  }

  /// The database that a JWT is for and the provider there that issued it; nil unless everything about the token is right.
  func provider(of token: JSONWebToken) throws(Failure) -> (scope: Int64, provider: Object)? {
    guard token.digest != nil, token.isCurrent(at: time), let id = token.database,
      case .string(let issuer)? = token.payload["iss"], let scope = try scope(globalID: id, below: Numbers.rootScope)
    else { return nil }
    for (_, provider) in try schema(of: scope).accessProviders {
      guard case .string(issuer)? = provider.fields["issuer"], let keys = keySet(of: provider.fields),
        token.isSigned(by: keys)
      else { continue }
      return (scope, provider.fields)
    }
    return nil
  }

  /// The keys of a provider: those in its own document, or those that are given for its address. None are fetched.
  private func keySet(of provider: Object) -> Value? {
    if let keys = provider["jwks"] { return keys }
    guard case .string(let uri)? = provider["jwks_uri"], let text = database.keySet(at: uri) else { return nil }
    return PlainJSON.read(Array(text.utf8))
  }

  /// The database with a global id, wherever it is; not one that is disabled or in such.
  private func scope(globalID id: UInt64, below parent: Int64) throws(Failure) -> Int64? {
    for (number, definition) in try schema(of: parent).databases where !definition.isDisabled {
      if try globalID(of: number) == id { return number }
      if let found = try scope(globalID: id, below: number) { return found }
    }
    return nil
  }
}
