import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Every action as every kind of principal, compared with a table written out from the specification.
@Suite("Who may do what") struct AccessMatrixTests {
  /// What principals there are; the columns of the table.
  private static let principals = ["admin", "server", "readonly", "client", "reader", "token", "nobody"]

  /// A query, and one letter a principal: `+` succeeds, `-` permission denied, `0` an empty answer (false, or no elements).
  private static let table: [(query: String, expected: String)] = [
    // query                                                           admin server readonly client reader token nobody
    ("Get(Ref(Collection(\"posts\"), \"1\"))", "+++-++-"),
    ("Exists(Ref(Collection(\"posts\"), \"1\"))", "+++0++0"),
    ("Create(Collection(\"posts\"), {})", "++-----"),
    ("Create(Ref(Collection(\"posts\"), NewId()), {})", "++-----"),
    ("Update(Ref(Collection(\"posts\"), \"1\"), {data: {n: 2}})", "++---+-"),
    ("Replace(Ref(Collection(\"posts\"), \"1\"), {data: {n: 1}})", "++---+-"),
    ("Delete(Select(\"ref\", Update(Ref(Collection(\"posts\"), \"9\"), {})))", "++-----"),
    ("Select(\"data\", Paginate(Match(Index(\"all_posts\"))))", "+++-++-"),
    ("Select(\"data\", Paginate(Documents(Collection(\"posts\"))))", "+++0++0"),
    ("Select(\"data\", Paginate(Events(Ref(Collection(\"posts\"), \"1\"))))", "+++----"),
    ("Insert(Ref(Collection(\"posts\"), \"1\"), 1, \"create\", {data: {}})", "++-----"),
    ("Remove(Ref(Collection(\"posts\"), \"1\"), 1, \"create\")", "++-----"),
    ("Call(Function(\"one\"))", "++---+-"),
    ("Get(Collection(\"posts\"))", "+++----"),
    ("Select(\"data\", Paginate(Collections()))", "+++----"),
    ("CreateCollection({name: NewId()})", "++-----"),
    ("CreateFunction({name: NewId(), body: Query(Lambda(\"x\", 1))})", "++-----"),
    ("Select(\"data\", Paginate(Databases()))", "+------"),
    ("Select(\"data\", Paginate(Keys()))", "+------"),
    ("Select(\"data\", Paginate(Roles()))", "+------"),
    ("Get(Role(\"reader\"))", "+------"),
    ("CreateKey({role: \"client\"})", "+------"),
    ("CreateRole({name: NewId()})", "+------"),
    ("CreateDatabase({name: NewId()})", "+------"),
    ("Create(Tokens(), {instance: Ref(Collection(\"users\"), \"1\")})", "++-----"),
    ("Identify(Ref(Collection(\"users\"), \"1\"), \"pw\")", "+++++++"),
    ("Login(Ref(Collection(\"users\"), \"1\"), {password: \"pw\"})", "+++++++"),
    ("NewId()", "+++++++"),
    ("Add(1, 2)", "+++++++"),
    ("HasCurrentIdentity()", "00000+0"),
    ("HasCurrentToken()", "0++++++"),
  ]

  private func secrets(_ queries: Queries) throws -> [String: String?] {
    try queries.value(
      """
      CreateCollection({name: "posts"})
      CreateCollection({name: "users"})
      CreateIndex({name: "all_posts", source: Collection("posts")})
      CreateFunction({name: "one", body: Query(Lambda("_", 1))})
      Create(Ref(Collection("users"), "1"), {credentials: {password: "pw"}})
      Create(Ref(Collection("posts"), "1"), {data: {n: 1}})
      CreateRole({name: "reader", privileges: [
        {resource: Collection("posts"), actions: {read: true}}, {resource: Index("all_posts"), actions: {read: true}}]})
      CreateRole({name: "nothing"})
      CreateRole({name: "editor", membership: {resource: Collection("users")}, privileges: [
        {resource: Collection("posts"), actions: {read: true, write: Query(Lambda(["old", "new"], true))}},
        {resource: Index("all_posts"), actions: {read: true}}, {resource: Function("one"), actions: {call: true}}]})
      """)
    func secret(_ query: String) throws -> String? {
      guard case .string(let text) = try queries.value("Select(\"secret\", \(query))") else { return nil }
      return text
    }
    return [
      "admin": nil,
      "server": try secret("CreateKey({role: \"server\"})"),
      "readonly": try secret("CreateKey({role: \"server-readonly\"})"),
      "client": try secret("CreateKey({role: \"client\"})"),
      "reader": try secret("CreateKey({role: Role(\"reader\")})"),
      "token": try secret("Login(Ref(Collection(\"users\"), \"1\"), {password: \"pw\"})"),
      "nobody": try secret("CreateKey({role: Role(\"nothing\")})"),
    ]
  }

  @Test("every action as every kind of principal", arguments: AccessMatrixTests.table.indices)
  func row(index: Int) throws {
    let queries = try Queries.inMemory()
    let secrets = try secrets(queries)
    let (query, expected) = AccessMatrixTests.table[index]
    for (principal, wanted) in zip(AccessMatrixTests.principals, expected) {
      if query.hasPrefix("Delete") { _ = try queries.respond("Create(Ref(Collection(\"posts\"), \"9\"), {})") }
      let response = try queries.respond(query, secret: secrets[principal] ?? nil)
      let got: Character
      switch response.result {
      case .errors(let errors): got = errors.first?.code == .permissionDenied ? "-" : "!"
      case .value(.boolean(false)): got = "0"
      case .value(.array(let elements)) where elements.isEmpty && query.contains("Documents("): got = "0"
      case .value: got = "+"
      }
      #expect(got == wanted, "\(query) as \(principal): \(response.errors.map { $0.map(\.description) } ?? [])")
    }
  }

  @Test("no predicate of a role can write, whatever it calls")
  func predicatesDoNotWrite() throws {
    let queries = try Queries.inMemory()
    try queries.value(
      """
      CreateCollection({name: "posts"})
      CreateCollection({name: "log"})
      Create(Ref(Collection("posts"), "1"), {})
      CreateFunction({name: "write", body: Query(Lambda("_", Do(Create(Collection("log"), {}), true))), role: "admin"})
      CreateFunction({name: "pure", body: Query(Lambda("_", true)), role: "admin"})
      """)
    let predicates: [(String, isAllowed: Bool)] = [
      ("true", true),
      ("Exists(Var(\"ref\"))", true),
      ("Call(\"pure\", 1)", true),
      ("Do(Create(Collection(\"log\"), {}), true)", false),
      ("Call(\"write\", 1)", false),
      ("IsString(NewId())", false),
      ("Logout(true)", false),
      ("Or(IsObject(Update(Var(\"ref\"), {data: {n: 1}})), true)", false),
      ("1", false),
      ("Abort(\"no\")", false),
    ]
    for (i, predicate) in predicates.enumerated() {
      try queries.value(
        """
        CreateRole({name: "r\(i)", privileges:
          {resource: Collection("posts"), actions: {read: Query(Lambda("ref", \(predicate.0)))}}})
        """)
      guard case .string(let secret) = try queries.value("Select(\"secret\", CreateKey({role: Role(\"r\(i)\")}))")
      else {
        Issue.record("no secret")
        continue
      }
      let code = try queries.errorCode("Get(Ref(Collection(\"posts\"), \"1\"))", secret: secret)
      #expect((code == nil) == predicate.isAllowed, "\(predicate.0)")
      #expect(try queries.text("Count(Documents(Collection(\"log\")))") == "0", "\(predicate.0) wrote")
    }
  }

  @Test("a wrong secret runs nothing, and no error shows a secret")
  func wrongSecrets() throws {
    let queries = try Queries.inMemory()
    guard case .string(let secret) = try queries.value("Select(\"secret\", CreateKey({role: \"admin\"}))") else {
      Issue.record("no secret")
      return
    }
    #expect(try queries.text("1", secret: secret) == "1")
    for wrong in [
      String(secret.dropLast()) + (secret.hasSuffix("A") ? "B" : "A"), secret + "A", "nonsense", "", secret + ":adminx",
    ] {
      let response = try queries.respond("1", secret: wrong)
      #expect(response.errors?.first?.code == .unauthorized, "\(wrong)")
      #expect(response.errors?.allSatisfy { !$0.description.contains(secret) } ?? false)
    }
    #expect(try queries.text("1", secret: secret + ":bogus") == "1")
  }

  @Test("secrets read back as what they were made of")
  func secretRoundTrip() {
    let random = [UInt8](0..<20)
    let key = Secret(.key, id: 1_234_567_890_123, random: random)
    #expect(key.text.count == 40)
    #expect(Secret(key.text)?.id == key.id)
    #expect(Secret(key.text)?.random == random)
    let token = Secret(.token(database: 77), id: 5, random: random)
    #expect(token.text.count == 51)
    #expect(Secret(token.text)?.kind == .token(database: 77))
    #expect(Secret(token.text + "A") == nil)
    #expect(Secret("") == nil)
  }
}
