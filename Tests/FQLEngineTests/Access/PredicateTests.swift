import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Predicates of roles, memberships and access providers: what they can see, and that they can do nothing.
@Suite("Predicates of roles") struct PredicateTests {
  private func world() throws -> World {
    let world = try World()
    try world.value(
      """
      CreateCollection({name: "c"})
      CreateCollection({name: "log"})
      CreateCollection({name: "users"})
      CreateRole({name: "empty"})
      """)
    try world.value(
      #"""
      CreateIndex({name: "all_log", source: Collection("log")})
      CreateIndex({name: "keys", source: Keys(), values: [{field: "hashed_secret"}]})
      Create(Ref(Collection("c"), "1"), {data: {x: 1}})
      Create(Ref(Collection("users"), "1"), {credentials: {password: "pw"}})
      CreateFunction({name: "writes", body: Query(Lambda("x", Do(Create(Collection("log"), {}), true)))})
      CreateFunction({name: "writes_as_admin", body: Query(Lambda("x", Do(Create(Collection("log"), {}), true))), role: "admin"})
      CreateFunction({name: "calls_it", body: Query(Lambda("x", Call("writes_as_admin", 1))), role: "admin"})
      CreateFunction({name: "reads", body: Query(Lambda("x", Exists(Ref(Collection("c"), "1"))))})
      CreateFunction({name: "reads_as_admin", body: Query(Lambda("x", Exists(Role("empty")))), role: "admin"})
      CreateFunction({name: "reads_as_client", body: Query(Lambda("x", Exists(Ref(Collection("c"), "1")))), role: "client"})
      """#)
    return world
  }

  static let predicates: [(text: String, isTrue: Bool)] = [
    // What they may.
    ("true", true),
    (#"Exists(Var("ref"))"#, true),
    (#"Equals(1, Select(["data", "x"], Get(Var("ref"))))"#, true),
    (#"Equals(0, Count(Match(Index("all_log"))))"#, true),
    (#"Equals(0, Count(Documents(Collection("log"))))"#, true),
    (#"Call("reads", 1)"#, true),
    (#"Call("reads_as_admin", 1)"#, true),
    ("HasCurrentToken()", true),
    (#"Identify(Ref(Collection("users"), "1"), "pw")"#, true),
    (#"Exists(Collection("c"))"#, true),
    // Other results than `true`.
    ("false", false), ("1", false), ("null", false), (#""true""#, false), ("[true]", false), ("{}", false),
    ("Divide(1, 0)", false), (#"Abort("x")"#, false), (#"Select("x", {})"#, false),
    (#"Get(Ref(Collection("c"), "2"))"#, false),
    (#"Call("nope", 1)"#, false), (#"Call("reads_as_client", 1)"#, false), ("CurrentIdentity()", false),
    // What they may not see.
    (#"Exists(Role("empty"))"#, false), (#"Exists(Keys())"#, false), (#"GT(Count(Documents(Keys())), 0)"#, false),
    (#"GT(Count(Match(Index("keys"))), 0)"#, false), (#"IsNonEmpty(Documents(Roles()))"#, false),
    // Every way to write.
    (#"Do(Create(Collection("log"), {}), true)"#, false),
    (#"Do(Create(Ref(Collection("log"), "1"), {}), true)"#, false),
    (#"Do(Update(Var("ref"), {data: {x: 2}}), true)"#, false),
    (#"Do(Replace(Var("ref"), {}), true)"#, false),
    (#"Do(Delete(Var("ref")), true)"#, false),
    (#"Do(Insert(Var("ref"), 1, "create", {}), true)"#, false),
    (#"Do(Remove(Var("ref"), 1, "create"), true)"#, false),
    (#"Do(CreateCollection({name: "x"}), true)"#, false),
    (#"Do(CreateKey({role: "admin"}), true)"#, false),
    (#"Do(CreateRole({name: "x"}), true)"#, false),
    (#"Do(CreateDatabase({name: "x"}), true)"#, false),
    (#"IsString(NewId())"#, false),
    (#"Do(Login(Ref(Collection("users"), "1"), {password: "pw"}), true)"#, false),
    ("Do(Logout(true), true)", false),
    ("Do(Logout(false), true)", false),
    (#"Call("writes", 1)"#, false),
    (#"Call("writes_as_admin", 1)"#, false),
    (#"Call("calls_it", 1)"#, false),
    // Hidden in what is evaluated later.
    (#"Do(Map([1], Lambda("x", Create(Collection("log"), {}))), true)"#, false),
    (#"Do(Foreach([1], Lambda("x", Call("writes_as_admin", 1))), true)"#, false),
    (#"Reduce(Lambda(["a", "x"], Call("writes_as_admin", 1)), false, [1])"#, false),
    (#"Equals(1, Count(Filter(Documents(Collection("c")), Lambda("x", Call("writes_as_admin", 1)))))"#, false),
    (#"All(Map([1], Lambda("x", Call("writes_as_admin", 1))))"#, false),
    (#"At(Now(), Call("writes_as_admin", 1))"#, false),
    (#"Or(false, Call("writes_as_admin", 1))"#, false),
    (#"If(true, Call("writes_as_admin", 1), true)"#, false),
    (#"Let({x: Call("writes_as_admin", 1)}, true)"#, false),
  ]

  @Test("are true, or count as false, and never write", arguments: predicates.indices)
  func predicate(index: Int) throws {
    let (text, isTrue) = PredicateTests.predicates[index]
    let world = try world()
    try world.value(
      """
      CreateRole({name: "r", privileges:
        [{resource: Collection("c"), actions: {read: Query(Lambda("ref", \(text)))}}]})
      """)
    let secret = try world.string("secret", of: "CreateKey({role: Role(\"r\")})")
    let before = try world.value("[Count(Documents(Collections())), Count(Keys()), Count(Roles()), Count(Tokens())]")
    let codes = try world.codes(#"Get(Ref(Collection("c"), "1"))"#, as: secret)
    #expect(codes == (isTrue ? [] : [.permissionDenied]), "\(text)")
    #expect(try world.value(#"Count(Documents(Collection("log")))"#).isIdentical(to: .integer(0)), "\(text)")
    #expect(
      try world.value(#"Select(["data", "x"], Get(Ref(Collection("c"), "1")))"#).isIdentical(to: .integer(1)), "\(text)"
    )
    let after = try world.value("[Count(Documents(Collections())), Count(Keys()), Count(Roles()), Count(Tokens())]")
    #expect(after.isIdentical(to: before), "\(text)")
  }

  @Test("the same in memberships: a role is not had, and nothing is written") func memberships() throws {
    let world = try world()
    for (i, predicate) in [
      #"Call("writes_as_admin", 1)"#, #"Do(Update(Var("ref"), {}), true)"#, "IsString(NewId())", "1", #"Abort("x")"#,
      #"Do(Login(Var("ref"), {password: "pw"}), true)"#,
    ].enumerated() {
      try world.value(
        """
        CreateRole({name: "m\(i)", membership: [{resource: Collection("users"), predicate: Query(Lambda("ref", \(predicate)))}],
          privileges: [{resource: Collection("c"), actions: {read: true}}]})
        """)
    }
    let token = try world.string("secret", of: #"Login(Ref(Collection("users"), "1"), {password: "pw"})"#)
    #expect(try world.codes(#"Get(Ref(Collection("c"), "1"))"#, as: token) == [.permissionDenied])
    #expect(try world.value(#"Count(Documents(Collection("log")))"#).isIdentical(to: .integer(0)))
    #expect(try world.value("Count(Tokens())").isIdentical(to: .integer(1)))
    try world.value(
      #"""
      CreateRole({name: "m", membership: [{resource: Collection("users"), predicate: Query(Lambda("ref", Exists(Var("ref"))))}],
        privileges: [{resource: Collection("c"), actions: {read: true}}]})
      """#)
    #expect(try world.codes(#"Get(Ref(Collection("c"), "1"))"#, as: token) == [])
  }

  @Test("a write of the query stays, a predicate's attempt does not stop it") func writingQuery() throws {
    let world = try world()
    try world.value(
      #"""
      CreateRole({name: "w", privileges: [
        {resource: Collection("log"), actions: {create: Query(Lambda("new", Equals(0, Count(Documents(Collection("log"))))))}},
        {resource: Collection("c"), actions: {read: Query(Lambda("ref", Call("writes_as_admin", 1)))}}]})
      """#)
    let secret = try world.string("secret", of: #"CreateKey({role: Role("w")})"#)
    // Predicates see what the transaction has written so far.
    #expect(
      try world.codes(#"Do(Create(Collection("log"), {}), Create(Collection("log"), {}))"#, as: secret) == [
        .permissionDenied
      ])
    let result = try world.value(#"Do(Create(Collection("log"), {}), Exists(Ref(Collection("c"), "1")))"#, as: secret)
    #expect(result.isIdentical(to: .boolean(false)))
    #expect(try world.value(#"Count(Documents(Collection("log")))"#).isIdentical(to: .integer(1)))
  }

  @Test("that lead to each other without end are false, soon") func recursion() throws {
    let world = try world()
    try world.value(#"CreateRole({name: "loop"})"#)
    try world.value(
      #"""
      CreateFunction({name: "ask", body: Query(Lambda("x", Exists(Ref(Collection("c"), "1")))), role: Role("loop")})
      """#)
    try world.value(
      #"""
      Update(Role("loop"), {privileges: [
        {resource: Collection("c"), actions: {read: Query(Lambda("ref", Or(Call("ask", 1), Call("ask", 2))))}}],
        membership: [{resource: Collection("users"), predicate: Query(Lambda("ref", Call("ask", 1)))}]})
      """#)
    let key = try world.string("secret", of: #"CreateKey({role: Role("loop")})"#)
    #expect(try world.codes(#"Get(Ref(Collection("c"), "1"))"#, as: key) == [.permissionDenied])
    let token = try world.string("secret", of: #"Login(Ref(Collection("users"), "1"), {password: "pw"})"#)
    #expect(try world.codes(#"Get(Ref(Collection("c"), "1"))"#, as: token) == [.permissionDenied])
  }
}
