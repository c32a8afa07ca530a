import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Every action as every kind of principal, against a table that is written out from `spec/auth.md` (§2, §7).
///
/// A letter stands for a principal that may; a dot for one that may not:
///
///     A  the implicit admin                      P  a key with a role that may do all to the collection `c`
///     K  an admin key                            E  a key with no role at all
///     S  a server key                            T  a token of a document without roles
///     R  a server-readonly key                   M  a token of a member of that role
///     C  a client key                            D  an admin key scoped to that member
@Suite("Permission matrix") struct PermissionMatrixTests {
  static let principals = Array("AKSRCPETMD")

  static let table: [(query: String, allowed: String)] = [
    // Documents of the collection that the role is about.
    (#"Get(Ref(Collection("c"), "1"))"#, "AKSR.P..MD"),
    (#"Exists(Ref(Collection("c"), "1"))"#, "AKSR.P..MD"),
    (#"Create(Collection("c"), {})"#, "AKS..P..MD"),
    (#"Create(Ref(Collection("c"), "9"), {})"#, "AKS..P..MD"),
    (#"Update(Ref(Collection("c"), "1"), {data: {x: 2}})"#, "AKS..P..MD"),
    (#"Replace(Ref(Collection("c"), "1"), {data: {x: 2}})"#, "AKS..P..MD"),
    (#"Delete(Ref(Collection("c"), "1"))"#, "AKS..P..MD"),
    (#"Insert(Ref(Collection("c"), "1"), Time("2024-05-31T00:00:00Z"), "create", {})"#, "AKS..P..MD"),
    (#"Remove(Ref(Collection("c"), "1"), Time("2024-05-31T00:00:00Z"), "create")"#, "AKS..P..MD"),
    (#"Paginate(Events(Ref(Collection("c"), "1")))"#, "AKSR.P..MD"),
    (#"Paginate(Singleton(Ref(Collection("c"), "1")))"#, "AKSR.P..MD"),
    (#"Count(Documents(Collection("c")))"#, "AKSR.P..MD"),
    (#"Get(Documents(Collection("c")))"#, "AKSR.P..MD"),
    (#"Count(Match(Index("all_c")))"#, "AKSR.P..MD"),
    (#"Paginate(Match(Index("all_c")))"#, "AKSR.P..MD"),
    (#"IsNonEmpty(Match(Index("all_c")))"#, "AKSR.P..MD"),
    (#"Count(Join(Documents(Collection("c")), Index("c_by_ref")))"#, "AKSR......"),
    (#"Call("f", 1)"#, "AKS..P..MD"),
    // Of one that it is not about.
    (#"Get(Ref(Collection("other"), "1"))"#, "AKSR......"),
    (#"Exists(Ref(Collection("other"), "1"))"#, "AKSR......"),
    (#"Create(Collection("other"), {})"#, "AKS......."),
    (#"Create(Ref(Collection("other"), "9"), {})"#, "AKS......."),
    (#"Update(Ref(Collection("other"), "1"), {})"#, "AKS......."),
    (#"Replace(Ref(Collection("other"), "1"), {})"#, "AKS......."),
    (#"Delete(Ref(Collection("other"), "1"))"#, "AKS......."),
    (#"Insert(Ref(Collection("other"), "1"), Time("2024-05-31T00:00:00Z"), "create", {})"#, "AKS......."),
    (#"Remove(Ref(Collection("other"), "1"), Time("2024-05-31T00:00:00Z"), "create")"#, "AKS......."),
    (#"Paginate(Events(Ref(Collection("other"), "1")))"#, "AKSR......"),
    (#"Count(Documents(Collection("other")))"#, "AKSR......"),
    (#"Count(Events(Documents(Collection("other"))))"#, "AKSR......"),
    (#"Paginate(Match(Index("all_other")))"#, "AKSR......"),
    (#"Sum(Match(Index("all_other")))"#, "AKSR......"),
    (#"Paginate(Union(Match(Index("all_other")), Match(Index("all_other_too"))))"#, "AKSR......"),
    (#"Paginate(Difference(Match(Index("all_other")), Match(Index("all_c"))))"#, "AKSR......"),
    (#"Call("g", 1)"#, "AKS......."),
    // The identity itself, and what belongs to it.
    (#"Get(Ref(Collection("users"), "1"))"#, "AKSR......"),
    (#"Get(Ref(Tokens(), "11"))"#, "AKSR...T.."),
    (#"Get(Ref(Tokens(), "12"))"#, "AKSR....MD"),
    (#"Delete(Ref(Tokens(), "11"))"#, "AKS....T.."),
    (#"Delete(Ref(Tokens(), "12"))"#, "AKS.....MD"),
    (#"Update(Ref(Tokens(), "11"), {})"#, "AKS......."),
    (#"Update(Ref(Tokens(), "12"), {})"#, "AKS......."),
    (#"Count(Documents(Tokens()))"#, "AKSR...TMD"),
    (#"Paginate(Tokens())"#, "AKSR......"),
    (#"Create(Tokens(), {instance: Ref(Collection("users"), "1")})"#, "AKS......."),
    (#"Get(Ref(Credentials(), "21"))"#, "AKSR...T.."),
    (#"Get(Ref(Credentials(), "22"))"#, "AKSR....MD"),
    (#"Update(Ref(Credentials(), "21"), {})"#, "AKS......."),
    (#"Delete(Ref(Credentials(), "22"))"#, "AKS......."),
    (#"Create(Credentials(), {instance: Ref(Collection("users"), "9")})"#, "AKS......."),
    // Keys, roles, databases, access providers.
    (#"Get(Ref(Keys(), "31"))"#, "AK........"),
    (#"Paginate(Keys())"#, "AK........"),
    (#"Count(Documents(Keys()))"#, "AK........"),
    (#"Count(Match(Index("keys_by_hash")))"#, "AK........"),
    (#"CreateKey({role: "client"})"#, "AK........"),
    (#"Update(Ref(Keys(), "31"), {})"#, "AK........"),
    (#"Delete(Ref(Keys(), "31"))"#, "AK........"),
    (#"Get(Role("full"))"#, "AK........"),
    (#"Paginate(Roles())"#, "AK........"),
    (#"CreateRole({name: "new"})"#, "AK........"),
    (#"Update(Role("full"), {data: {x: 1}})"#, "AK........"),
    (#"Delete(Role("full"))"#, "AK........"),
    (#"Get(Database("child"))"#, "AK........"),
    (#"Exists(Database("child"))"#, "AK........"),
    (#"Paginate(Databases())"#, "AK........"),
    (#"CreateDatabase({name: "new"})"#, "AK........"),
    (#"Delete(Database("child"))"#, "AK........"),
    (#"Get(AccessProvider("p"))"#, "AK........"),
    (#"Paginate(AccessProviders())"#, "AK........"),
    (#"CreateAccessProvider({name: "new", issuer: "i", jwks_uri: "https://a.b/c"})"#, "AK........"),
    (#"Delete(AccessProvider("p"))"#, "AK........"),
    // The schema.
    (#"Get(Collection("c"))"#, "AKSR......"),
    (#"Get(Index("all_c"))"#, "AKSR......"),
    (#"Get(Function("f"))"#, "AKSR......"),
    (#"Paginate(Collections())"#, "AKSR......"),
    (#"Paginate(Indexes())"#, "AKSR......"),
    (#"Paginate(Functions())"#, "AKSR......"),
    (#"CreateCollection({name: "new"})"#, "AKS......."),
    (#"CreateIndex({name: "new", source: Collection("c")})"#, "AKS......."),
    (#"CreateFunction({name: "new", body: Query(Lambda("x", 1))})"#, "AKS......."),
    (#"Update(Collection("c"), {data: {x: 1}})"#, "AKS......."),
    (#"Delete(Index("all_c"))"#, "AKS......."),
    // A child database: read, never written.
    (#"Get(Collection("inner", Database("child")))"#, "AKSR......"),
    (#"Get(Ref(Collection("inner", Database("child")), "1"))"#, "AKSR......"),
    (#"Count(Documents(Collection("inner", Database("child"))))"#, "AKSR......"),
    // What needs no rights.
    (#"Add(1, 1)"#, "AKSRCPETMD"),
    (#"NewId()"#, "AKSRCPETMD"),
    (#"Login(Ref(Collection("users"), "1"), {password: "pw1"})"#, "AKSRCPETMD"),
    (#"Identify(Ref(Collection("users"), "1"), "pw1")"#, "AKSRCPETMD"),
    (#"IsBoolean(Logout(true))"#, "AKSRCPETMD"),
    (#"HasIdentity()"#, ".......TMD"),
    (#"HasCurrentToken()"#, ".KSRCPETMD"),
    (#"Logout(false)"#, ".......TM."),
    (#"Logout(true)"#, ".......TMD"),
  ]

  @Test("every action as every principal") func matrix() throws {
    let world = try World()
    try world.value(
      """
      CreateDatabase({name: "child"})
      CreateCollection({name: "c"})
      CreateCollection({name: "other"})
      CreateCollection({name: "users"})
      CreateCollection({name: "staff"})
      """)
    try world.value(
      #"""
      CreateIndex({name: "all_c", source: Collection("c")})
      CreateIndex({name: "c_by_ref", source: Collection("c"), terms: [{field: "ref"}]})
      CreateIndex({name: "all_other", source: Collection("other"), values: [{field: ["data", "x"]}]})
      CreateIndex({name: "all_other_too", source: Collection("other"), values: [{field: ["data", "x"]}]})
      CreateIndex({name: "keys_by_hash", source: Keys(), values: [{field: "hashed_secret"}]})
      CreateFunction({name: "f", body: Query(Lambda("x", Var("x")))})
      CreateFunction({name: "g", body: Query(Lambda("x", Var("x")))})
      Create(Ref(Collection("c"), "1"), {data: {x: 1}})
      Create(Ref(Collection("other"), "1"), {data: {x: 1}})
      Create(Ref(Collection("users"), "1"), {})
      Create(Ref(Collection("staff"), "1"), {})
      Create(Ref(Credentials(), "21"), {instance: Ref(Collection("users"), "1"), password: "pw1"})
      Create(Ref(Credentials(), "22"), {instance: Ref(Collection("staff"), "1"), password: "pw2"})
      Create(Ref(Keys(), "31"), {role: "client"})
      CreateAccessProvider({name: "p", issuer: "https://p", jwks_uri: "https://p/keys"})
      CreateRole({name: "full",
        membership: [{resource: Collection("staff")}],
        privileges: [
          {resource: Collection("c"), actions: {read: true, create: true, create_with_id: true, write: true, delete: true,
            history_read: true, history_write: true}},
          {resource: Index("all_c"), actions: {read: true}},
          {resource: Function("f"), actions: {call: true}}]})
      """#)
    let inner = try world.string("secret", of: #"CreateKey({role: "admin", database: Database("child")})"#)
    try world.value(#"CreateCollection({name: "inner"})"#, as: inner)
    try world.value(#"Create(Ref(Collection("inner"), "1"), {})"#, as: inner)
    func key(_ role: String) throws -> String { try world.string("secret", of: "CreateKey({role: \(role)})") }
    let admin = try key("\"admin\"")
    let secrets: [Character: String] = [
      "K": admin, "S": try key("\"server\""), "R": try key("\"server-readonly\""), "C": try key("\"client\""),
      "P": try key(#"Role("full")"#), "E": try key("[]"),
      "T": try world.string("secret", of: #"Create(Ref(Tokens(), "11"), {instance: Ref(Collection("users"), "1")})"#),
      "M": try world.string("secret", of: #"Create(Ref(Tokens(), "12"), {instance: Ref(Collection("staff"), "1")})"#),
      "D": admin + ":@doc/staff/1",
    ]
    for (query, allowed) in PermissionMatrixTests.table {
      var found = ""
      for principal in PermissionMatrixTests.principals {
        let response = try world.run(query, as: secrets[principal], commits: false)
        switch response.result {
        case .value(let value):
          // What may not be read is as if it were not there.
          let isNothing = value.isIdentical(to: .boolean(false)) || value.isIdentical(to: .integer(0))
          found.append(isNothing ? "." : principal)
        case .errors(let errors):
          #expect(errors.map(\.code) == [.permissionDenied], "\(query) as \(principal): \(errors)")
          found.append(".")
        }
      }
      #expect(found == allowed, "\(query)")
    }
  }

  @Test("nobody whose secret is wrong gets anything, not even a literal") func unauthenticated() throws {
    let world = try World()
    let key = try world.string("secret", of: #"CreateKey({role: "admin"})"#)
    let last = key.last == "A" ? "Q" : "A"
    for secret in [
      "", "x", "secret", String(key.dropLast()), key.dropLast() + last, key + "A", "\(key):adminx", ":", "a:b",
    ] {
      #expect(try world.codes("1", as: secret) == [.unauthorized], "\(secret)")
    }
    #expect(try world.codes("1", as: key) == [])
  }
}
