import FQLStorage
import FQLValues
import Testing

@testable import FQLEngine

/// Secrets: their form, what may follow them, what is stored of them.
@Suite("Secrets") struct SecretTests {
  private static let random = [UInt8](100..<120)

  // MARK: Form

  @Test("of keys are 40 characters that begin with fnA, of tokens 51 that begin with fnE") func form() {
    for id: Int64 in [1, 302_044_084_418_118_144, Int64.max] {
      let key = Secret(.key, id: id, random: SecretTests.random)
      #expect(key.text.count == 40 && key.text.hasPrefix("fn"))
      let token = Secret(.token(database: 0x0123_4567_89ab_cdef), id: id, random: SecretTests.random)
      #expect(token.text.count == 51 && token.text.hasPrefix("fn"))
      #expect(key.hashedText.count == 27)
      for secret in [key, token] {
        let read = Secret(secret.text)
        #expect(read?.id == id && read?.kind == secret.kind && read?.random == SecretTests.random)
        #expect(read?.text == secret.text)
      }
    }
    #expect(Secret(.key, id: 302_044_084_418_118_144, random: SecretTests.random).text.hasPrefix("fnA"))
    #expect(Secret(.token(database: 1), id: 302_044_084_418_118_144, random: SecretTests.random).text.hasPrefix("fnE"))
  }

  @Test("two older encodings are read") func olderEncodings() {
    let id: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 9]
    let key = [0x92, 0xa9, 0xcf] + id + [0xb4] + SecretTests.random
    #expect(Secret(URLBase64.encode(key))?.id == 9)
    #expect(Secret(URLBase64.encode(key))?.kind == .key)
    let token = [0x93, 0xaa] + id + [0, 3, 0xa9, 0xcf] + [0, 0, 0, 0, 0, 0, 0, 5] + [0xb4] + SecretTests.random
    #expect(Secret(URLBase64.encode(token))?.kind == .token(database: 5))
    #expect(Secret(URLBase64.encode(token))?.random == SecretTests.random)
  }

  @Test("anything else is none") func nonsense() {
    let key = Secret(.key, id: 1, random: SecretTests.random).text
    for text in [
      "", "f", "fn", key + "A", key + "AAAA", String(key.dropLast()), key + "=", " " + key, key + "\n",
      "fo" + key.dropFirst(2),
    ] {
      #expect(Secret(text) == nil, "\(text)")
    }
    for count in 0..<64 { #expect(Secret(URLBase64.encode([UInt8](repeating: 0, count: count))) == nil) }
  }

  // MARK: Suffixes

  private static let suffixes: [(text: String, path: [String], scope: ScopedSecret.Scope)?] = [
    ("s", [], .none), ("s:", [], .none), ("s:bogus", [], .none), ("s:db:bogus", [], .none), ("s:a:b:c", [], .none),
    ("s:admin", [], .builtIn("admin")), ("s:server", [], .builtIn("server")),
    ("s:server-readonly", [], .builtIn("server-readonly")), ("s:client", [], .builtIn("client")),
    ("s:db:admin", ["db"], .builtIn("admin")), ("s:a/b/c:client", ["a", "b", "c"], .builtIn("client")),
    ("s:admin:server", ["admin"], .builtIn("server")), ("s:admin:bogus", [], .none),
    ("s:@role/r", [], .role("r")), ("s:db:@role/r", ["db"], .role("r")), ("s:@role/", [], .none),
    ("s:@doc/c/1", [], .document(collection: "c", id: 1)), ("s:classes/c/2", [], .document(collection: "c", id: 2)),
    ("s:collections/c/3", [], .document(collection: "c", id: 3)),
    ("s:a/b:@doc/c/4", ["a", "b"], .document(collection: "c", id: 4)), ("s:@doc/", [], .none),
    ("s:(", [], .none), ("s:@role/a:b", [], .none), ("s:a=b", [], .none),
  ]

  @Test("may be followed by a role, a document, a path of databases") func scopes() {
    for case let (text, path, scope)? in SecretTests.suffixes {
      let read = ScopedSecret(text)
      #expect(read?.secret == "s" && read?.path == path && read?.scope == scope, "\(text): \(String(describing: read))")
    }
  }

  @Test("what begins like a scope must be one")
  func brokenScopes() {
    for text in [
      "s:adminx", "s:serverx", "s:server-readonlyx", "s:clients", "s:admin ", "s:db:adminx", "s:@role/a,b",
      "s:@doc/c/1/2", "s:@doc/c", "s:@doc/c/1,", "s:@doc/c/x", "s:admin/", "s:db:@doc/c/1:", "", ":", ":admin", "a/b",
      "a,b",
      "a=b", "a&b:admin", "(a)",
    ] {
      #expect(ScopedSecret(text) == nil, "\(text)")
    }
  }

  @Test("reading never fails, whatever it reads") func fuzz() {
    let pieces = [
      ":", "@doc/", "@role/", "admin", "server", "c", "/", "1", ",", "=", "é", "\u{301}", "classes/", "x", "💥",
    ]
    var random = Repeatable(state: 3)
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      if let read = ScopedSecret(text) { #expect(text.unicodeScalars.starts(with: read.secret.unicodeScalars)) }
      #expect(Secret(text) == nil)
      #expect(JSONWebToken(text) == nil)
    }
  }

  // MARK: Hashes

  @Test("hashes have bcrypt's form and cost 5, and match only what they were made of") func hashes() {
    let hash = PasswordHash.make("right", salt: [UInt8](0..<16))
    #expect(hash.count == 60 && hash.hasPrefix("$2a$05$"))
    #expect(PasswordHash.matches(hash, ["right"]))
    #expect(PasswordHash.matches(hash, ["wrong", "right"]))
    #expect(!PasswordHash.matches(hash, ["wrong"]))
    #expect(!PasswordHash.matches(hash, ["right\0", "Right", ""]))
    #expect(PasswordHash.make("right", salt: [UInt8](1..<17)) != hash)
    // A known answer of other programs.
    #expect(PasswordHash.matches("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", ["U*U"]))
    // Only the first 72 bytes count.
    let long = String(repeating: "x", count: 72)
    #expect(PasswordHash.matches(PasswordHash.make(long, salt: [UInt8](0..<16)), [long + "more"]))
  }

  @Test("what is no hash, or one that takes forever, matches nothing") func malformedHashes() {
    let rest = String(repeating: "a", count: 53)
    for stored in [
      "", "*", "*0", "*1", "x", "$", "$2", "$2a", "$2a$", "$2a$05$", "$2a$05$" + rest.dropLast(), "$2a$05$\(rest)a",
      "$2a$31$" + rest, "$2a$99$" + rest, "$2a$00$" + rest, "$2a$-5$" + rest, "$2a$05$" + rest.dropLast() + "*",
      "$6$abc$def",
      "$1$abc$def", "$y$j9T$abc$def", "ab", "abJnggxhB/yWI", "_J9..rasmBYk8r9AiWNc",
      "$2a$05$" + String(repeating: "é", count: 26) + "a",
      "$5$rounds=999999999$abc$def",
    ] {
      #expect(!PasswordHash.matches(stored, ["", "a", stored]), "\(stored)")
    }
  }

  @Test("a stored hash that is none opens nothing and breaks nothing") func storedNonsense() throws {
    let world = try World()
    try world.value(#"CreateCollection({name: "users"})"#)
    try world.value(#"Create(Ref(Collection("users"), "1"), {})"#)
    let server = try world.string("secret", of: #"CreateKey({role: "server"})"#)
    for hash in ["", "*", "$2a$05$", "$2a$31$" + String(repeating: "a", count: 53), "$6$a$b", "é"] {
      try world.value(
        """
        Create(Ref(Credentials(), "1"), {instance: Ref(Collection("users"), "1"), hashed_password: "\(hash)"})
        """, as: server)
      #expect(try world.value(#"Identify(Ref(Collection("users"), "1"), "x")"#).isIdentical(to: .boolean(false)))
      #expect(try world.codes(#"Login(Ref(Collection("users"), "1"), {password: "x"})"#) == [.authenticationFailed])
      try world.value(#"Delete(Ref(Credentials(), "1"))"#)
      try world.value("Create(Ref(Keys(), \"5\"), {role: \"admin\", hashed_secret: \"\(hash)\"})")
      let key = Secret(.key, id: 5, random: SecretTests.random).text
      #expect(try world.codes("1", as: key) == [.unauthorized], "\(hash)")
      try world.value(#"Delete(Ref(Keys(), "5"))"#)
      try world.value(
        "Create(Ref(Tokens(), \"5\"), {instance: Ref(Collection(\"users\"), \"1\"), hashed_secret: \"\(hash)\"})")
      let token = Secret(.token(database: 0), id: 5, random: SecretTests.random).text
      #expect(try world.codes("1", as: token) == [.unauthorized], "\(hash)")
      try world.value(#"Delete(Ref(Tokens(), "5"))"#)
    }
    // A key that was inserted has no hash.
    try world.value(#"Insert(Ref(Keys(), "6"), Now(), "create", {role: "admin"})"#)
    #expect(try world.codes("1", as: Secret(.key, id: 6, random: SecretTests.random).text) == [.unauthorized])
  }

  @Test("tokens of anything but a user's document open nothing") func oddInstances() throws {
    let world = try World()
    try world.value(#"CreateCollection({name: "c"})"#)
    try world.value(#"CreateRole({name: "r"})"#)
    for instance in [
      #"Collection("c")"#, "Tokens()", #"Ref(Tokens(), "1")"#, #"Role("r")"#, #"Ref(Collection("c"), "1")"#,
    ] {
      let token = try world.string("secret", of: "Create(Tokens(), {instance: \(instance)})")
      #expect(try world.codes("1", as: token) == [.unauthorized], "\(instance)")
    }
  }

  @Test("roles of one database give nothing in another, whatever their numbers") func rolesStayAtHome() throws {
    let world = try World()
    try world.value(#"CreateDatabase({name: "child"})"#)
    try world.value(#"CreateRole({name: "weak"})"#)
    let admin = try world.string("secret", of: #"CreateKey({role: "admin", database: Database("child")})"#)
    try world.value(#"CreateCollection({name: "c"})"#, as: admin)
    try world.value(
      #"""
      Create(Ref(Collection("c"), "1"), {})
      CreateRole({name: "weak", privileges: [{resource: Collection("c"), actions: {read: true}}]})
      """#, as: admin)
    for role in [#"Role("weak")"#, #""weak""#, #"[Role("weak")]"#, #"["weak"]"#] {
      let key = try world.string("secret", of: "CreateKey({role: \(role), database: Database(\"child\")})")
      #expect(try world.codes(#"Get(Ref(Collection("c"), "1"))"#, as: key) == [.permissionDenied], "\(role)")
    }
  }

  // MARK: Texts

  @Test("are in no error's text") func errorTexts() throws {
    let world = try World()
    try world.value(#"CreateCollection({name: "users"})"#)
    try world.value(#"Create(Ref(Collection("users"), "1"), {credentials: {password: "hunter2hunter2"}})"#)
    let key = try world.string("secret", of: #"CreateKey({role: "admin"})"#)
    let token = try world.string("secret", of: #"Login(Ref(Collection("users"), "1"), {password: "hunter2hunter2"})"#)
    let hash = try world.string("hashed_password", of: #"Get(Credentials())"#)
    func texts(_ errors: [QueryError]) -> String {
      errors.map { $0.description + $0.failures.map { $0.description + $0.field.joined() }.joined() + texts($0.cause) }
        .joined()
    }
    for (query, secret) in [
      ("1", key + "x"), ("1", token + "x"), ("1", key + ":adminx"), ("1", "\(key):nope:admin"),
      ("1", token.uppercased()),
      ("Login(Ref(Collection(\"users\"), \"1\"), {password: \"hunter2hunter3\"})", key),
      ("Login(Ref(Collection(\"users\"), \"1\"), {password: [\"hunter2hunter2\"]})", key),
      ("Login(\"hunter2hunter2\", {password: 1})", key),
      ("Identify(Ref(Collection(\"users\"), \"1\"), [\"hunter2hunter2\"])", key),
      ("CreateKey({role: \"admin\", secret: \"\(key)\"})", key),
      ("CreateKey({role: \"\(token)\", secret: 1, ttl: 1})", token),
      ("Update(CurrentToken(), {secret: \"\(token)\"})", key),
      ("Create(Tokens(), {instance: 1, hashed_secret: [\"\(hash)\"]})", key),
      ("Update(Get(Credentials()), {})", key),
      (
        "Update(Select(\"ref\", Get(Credentials())), {password: \"new-password\", current_password: \"hunter2hunter3\"})",
        key
      ),
      ("Update(Select(\"ref\", Get(Credentials())), {password: [\"new-password\"]})", key),
      ("Update(Ref(Collection(\"users\"), \"1\"), {credentials: \"hunter2hunter2\"})", key),
      ("Update(Ref(Collection(\"users\"), \"1\"), {credentials: {password: [\"hunter2hunter2\"]}})", key),
      ("Get(CurrentToken())", token.replacingLast()),
    ] {
      let errors = try #require(try world.run(query, as: secret).errors, "\(query)")
      let text = texts(errors)
      // The name of a role that does not exist is named, be it what it may.
      for word in [key, token, hash, "hunter2", "new-password"] where !(query.contains("role: \"\(word)") || word == "")
      {
        #expect(!text.contains(word), "\(query): \(text)")
      }
    }
  }

  // MARK: Time

  /// Prints what a right and several wrong secrets cost; what they should cost is the same, but machines are busy.
  @Test("cost as much right as wrong (printed)") func timing() throws {
    let world = try World()
    let key = try world.string("secret", of: #"CreateKey({role: "admin"})"#)
    let read = try #require(Secret(key))
    let secrets = [
      ("right", key), ("wrong", Secret(.key, id: read.id, random: SecretTests.random).text),
      ("of no key", Secret(.key, id: 99, random: SecretTests.random).text), ("none", "nonsense"),
      ("of no database", Secret(.token(database: 9), id: 99, random: SecretTests.random).text),
    ]
    let clock = ContinuousClock()
    // By turns, so that what else the machine does falls on all alike; a session remembers which secrets were right, so
    // each time in a new one.
    var times: [[Duration]] = secrets.map { _ in [] }
    for _ in 0..<40 {
      for (i, secret) in secrets.enumerated() {
        times[i].append(try clock.measure { _ = try world.run("1", as: secret.1) })
      }
    }
    for (i, secret) in secrets.enumerated() { print("secret \(secret.0): median \(times[i].sorted()[20])") }
  }
}

extension String {
  /// The text with another last character, still of the alphabet.
  fileprivate func replacingLast() -> String { dropLast() + (last == "A" ? "E" : "A") }
}
