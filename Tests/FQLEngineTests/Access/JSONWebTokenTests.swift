import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Tokens that an access provider signed. The key pair was made for this test with `openssl genrsa 2048`; the audience is the
/// database that the seed 1 makes first.
@Suite("JSON Web Tokens") struct JSONWebTokenTests {
  private static let modulus =
    "rhgcDoiw2A3iB5gPecg_x2jnIlCbw0N5dktmTBT2Ir5beE12M5bKBXo8tEomS1ISDmPSCr9PR78jZIZgvsg9Me4LUcwIiURhOOdboXn2swJU-vtPamX2RFJgTspx1uY1o_MGyvJbACuwIXE4hJg52vQi2YhgYEtLCCthpAurwxcGtsl4ietDeI9FqHHrlBJK_19Ui5NPlUaOEfIRUeTBghfRVxkydU4NiYdwKWOIXfzcTnAoZmH7vjsaxvdqxQGbrIn3ZIcFvCjM_ZwharOcGj8Y6tTPmmLc-dMyRgp_kOvu3AfPXGcmRpyleGTQN4n_3z2ytWC6X_msyizBHEdBsQ"
  private static let tokens: [(name: String, text: String, isAccepted: Bool)] = [
    (
      "RS256",
      "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogWyJodHRwczovL2RiLmZhdW5hLmNvbS9kYi9lZnF5Zm54Y2Z3ZmpuIiwgIm90aGVyIl0sICJzdWIiOiAiYWRhIiwgImV4cCI6IDQxMDI0NDQ4MDAsICJsZXZlbCI6IDV9.IXoaNpMp6-qozQ3pVUNejl4QI8_3TLOKTXkfXRRxzz3jA6W5OO98QwOz8C1NNAdCl409LeDCePOSNE4zrh_pOb79VIzHmpxlvl8uSiQgRTo9rrzwoeqUPQREFneuEvZ6J5u72slcGwpBzEZBwSSCqDlSV2c2HveOyBu68pMUG0jMSVRTLGsUhUlkOEOfw3xb2b5qpTEDhi4gXmhvTVHzRjJ6qZFGNda8NuvqBqOjGvOpOmK2zbV6ni6cQfurMdaLCAYwdcVLI6aKMzFfr-yc9Nk3qbvwbEpqiAcGy6a_hF9BQpcf3JlQeegUR1DOTT8r-WryMX8LCc_OU_pwUm0Y7Q",
      true
    ),
    (
      "RS512",
      "eyJhbGciOiAiUlM1MTIiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogWyJodHRwczovL2RiLmZhdW5hLmNvbS9kYi9lZnF5Zm54Y2Z3ZmpuIiwgIm90aGVyIl0sICJzdWIiOiAiYWRhIiwgImV4cCI6IDQxMDI0NDQ4MDAsICJsZXZlbCI6IDV9.VgL99OEBfAOHbT8UUDy5k9QZPAejhTjBdvdPqvk4eX0YRYq5N8MDGYP46Vnd0qKR0ABfV7pNafSp-MnhHT3tt1YW7Q4H5NctIHk5NtIFLpr7Ke1mgo79KFy82sW5pzQuuOkmXM5bK1DOzF4VzmZ33mtNWxNWAsBtHNe8qFRfo3GLuL5HFBhKfDbyEtK5XpD6a7Swc5OEzsMQsy2jGFVfwaMNO0V03KG7FKuYIDA838FL-PZgES52hx-9XPdoj__hhwKzIxEIkNeIRSwjChl6oL8N9JAH66-wn5drHUHZZlmjfJaIgLUQiBA1acJJewtxf4O7oDNDpAmEXyyh60bcEg",
      true
    ),
    (
      "expired",
      "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogWyJodHRwczovL2RiLmZhdW5hLmNvbS9kYi9lZnF5Zm54Y2Z3ZmpuIiwgIm90aGVyIl0sICJzdWIiOiAiYWRhIiwgImV4cCI6IDEwMDAsICJsZXZlbCI6IDV9.bW6SbSwctx2eFPIJ9FTeGrBHzda9z_pLqggxy-JH_wyb5ym7Y_nWzJxyDxlx4FJ_nFk1ukpcxSJUwg4JrdMy__SLRurDdNZLCPNtkLky0hyMtjCyfDgOKil8SqJXPFbJxI3BA2WGAgmbqzGiCt5zxiYE2UrA8FMfGwtAeKPTGLtoETjrFgRPSbNO6TsZOdC7Wp77Ace8o6rOEHXoTBkp99PGXiO5PFLGseTw8sY9slRcTU2xcuo9tkoXkFrS8t1GrDBtj3sMnpBmASNMKpgji4qDDOhugnxcx-r1j90-oOUh1GUeeVJOSkuOEVI9MRVDTvrJ5F2FVlFT3K1qUEEbHA",
      false
    ),
    (
      "for another database",
      "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogImh0dHBzOi8vZGIuZmF1bmEuY29tL2RiL3l5eXl5eXl5eXl5eXkiLCAic3ViIjogImFkYSIsICJleHAiOiA0MTAyNDQ0ODAwLCAibGV2ZWwiOiA1fQ.cwAdlD5JBS6aPZ4ZvdKMvXg189ieVl6SjZDlImnJ6xSGW9OZaPjT4dOLyCvfEjrKhFmCClPEiHZeTivPX9-9ATYA3M-IQHDFs2-m3ZAGSmHuBcYIyHSv4zwd_uXf0MYiDM5wqz3QbIjLcks5oOI_5L3I6ZaUr_vTD1QMi7fjurkMdIf_y8TysakfVB8j0GhHBxZXf0iKvU0i_HnK_D90PuIpokxFaM9PIQuxHjami4sFUrIM-H9grdp29cRzLZJEqb6BmEbfn2k19neHNiyv340K2g3LKWvr_btG5PwXwVLmo3uGrJhfGh6Nbe2MsQAbAxEjlN-FnE2U1E6fIdyxOg",
      false
    ),
    (
      "of an unknown issuer",
      "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAieCIsICJhdWQiOiBbImh0dHBzOi8vZGIuZmF1bmEuY29tL2RiL2VmcXlmbnhjZndmam4iLCAib3RoZXIiXSwgInN1YiI6ICJhZGEiLCAiZXhwIjogNDEwMjQ0NDgwMCwgImxldmVsIjogNX0.IyPtxQLxrbNpGUmiX4-WBLCbSZ_RcRGrW6qjFXo5qChE6VhM3PxebQLEwA-YZCEbnmF84gF7oq15PkUviEZsZBTRWXH4Poo30Zlmq280VnDwC6R3QZPfx8-KRMRVDT3-_JdyCVKi5KBtdx4wqtxoBAT8of9_bo0Ym0itEKFmulGdznKhPDDvAa0oEfu6HOfYRiTIYCAadgbvFFmg3AhrZDvB66poM1gc3vhkKonTsTMg-PZVjvHpuw5wiI6mQWcqQPFbBVlW86gJKbZbKxyVBfLula-shitn99WC9ZPRoVgpgUCzbs6BMl4YS6HEhe4tAbxulWFIgF8yYz9o4uMYjg",
      false
    ),
    (
      "claiming a shared secret",
      "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogWyJodHRwczovL2RiLmZhdW5hLmNvbS9kYi9lZnF5Zm54Y2Z3ZmpuIiwgIm90aGVyIl0sICJzdWIiOiAiYWRhIiwgImV4cCI6IDQxMDI0NDQ4MDAsICJsZXZlbCI6IDV9.nmNf-OQypoX5_LhilMK8lMbRQvYWJQNv5tOeSPaKbsywwKayZ67Ohqy9zjmJFhqKshLVgg8gKf0TDhvPy0JO0eAL2Rnvj5eov10R29HSw2Z182xmJ5XlgHuZq6gBrfnDdcvCwebILVtWWcTKmID2ASj2b5F2q55MAM6fw7EcwqbJeOI6lt-qPSwiIxsnFnlDbYweA6tzPZzMuDHcKSdfkxJAfkLaZknAfAvXug13WOiSwrjAgdGtfH5RwsU5Yaa2SPMwnbFfScJlstoWFgEfC7z-v_zyOaXTy4JbWsKXq4AYqwb6BJhTwVJoF1i1RWHesx6pgM1izwbKV5wPNCBsZg",
      false
    ),
    (
      "of an unknown key",
      "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAienoifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogWyJodHRwczovL2RiLmZhdW5hLmNvbS9kYi9lZnF5Zm54Y2Z3ZmpuIiwgIm90aGVyIl0sICJzdWIiOiAiYWRhIiwgImV4cCI6IDQxMDI0NDQ4MDAsICJsZXZlbCI6IDV9.Zx0Ok5OVc_glZCvJ_qJ9kyGAM1h5nxy2rXLH1aoW_UqKgPEoJEOB1NW5DN7Zj04QFU_L1gFJyGSxnSuhOzuXXc-eAsjDlts6v2F045dK1XUQaVMtREIySAkdwPtWO6-4Is463iV8ROZNEzZTvQunyhsPVhlO6tEWmp89NwZg22gZlbrq8I2bNOH6kEIVl2O0C9wrhqBQpxcQXGNZzKuf9KsE2R_HV0L1nYvsYkJLVt4OOh1RkCFWgmG2yn3EcU0gjxgRLav38kVEQNVuRKqYf_CJyr2w8vo5r6-TfDQlzIUOIU5j2VjQBY0M0R4PisdUP6xEl9dkAHoFSk8P2BPtnQ",
      false
    ),
    (
      "that no role accepts",
      "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiazEifQ.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS8iLCAiYXVkIjogWyJodHRwczovL2RiLmZhdW5hLmNvbS9kYi9lZnF5Zm54Y2Z3ZmpuIiwgIm90aGVyIl0sICJzdWIiOiAiYWRhIiwgImV4cCI6IDQxMDI0NDQ4MDAsICJsZXZlbCI6IDF9.Hx1uAxOPvxNPS36zXShDc3_u7VmMY8mEbnivM8rdhMNUG11k1_Da_PA73dDzjZe1B88Mg53Df2qM1XflrqiHzhUbadidseLhZxuNE0YdV3gsC5Lhot2jWOFtsfs4-1A4b5OSK6l4_S2U4-PmNHaLoX_yVoVIYkzPDNVQz4uiT-VtPQl5EEuiU66MrDnun6eAQc4ow943BFGkGsm-CSEVrSQHIQNiCsEqEyy39czE-2z57qR1ckpOV0Ue_oOnr84TEctWg7Xa4wpsTMDWxibtbqMoQsfjwkwHAxHA6VbGmMOAiQs6RPSzlhgFiQlI8LptRyczXNCH-WNZN_xAdcWigA",
      false
    ),
  ]

  @Test("are accepted exactly where signature, times, audience, issuer and a role agree", arguments: tokens.indices)
  func acceptance(index: Int) throws {
    let token = JSONWebTokenTests.tokens[index]
    let queries = try Queries.inMemory()
    try queries.value("CreateDatabase({name: \"child\"})")
    guard
      case .string(let admin) = try queries.value(
        "Select(\"secret\", CreateKey({role: \"admin\", database: Database(\"child\")}))")
    else {
      Issue.record("no key")
      return
    }
    try queries.value(
      """
      CreateCollection({name: "posts"})
      Create(Ref(Collection("posts"), "1"), {data: {n: 1}})
      CreateRole({name: "reader", privileges: {resource: Collection("posts"), actions: {read: true}}})
      CreateAccessProvider({name: "idp", issuer: "https://idp.example/", jwks_uri: "https://idp.example/jwks.json",
        jwks: {keys: [{kty: "RSA", kid: "k1", e: "AQAB", n: "\(JSONWebTokenTests.modulus)"}]},
        roles: {role: Role("reader"), predicate: Query(Lambda("token", GT(Select("level", Var("token")), 3)))}})
      """, secret: admin)
    let response = try queries.respond(
      "[Select([\"data\", \"n\"], Get(Ref(Collection(\"posts\"), \"1\"))), CurrentIdentity(), Select(\"iss\", CurrentToken())]",
      secret: token.text)
    if token.isAccepted {
      guard case .value(let value) = response.result else {
        Issue.record("\(token.name): \(response.errors ?? [])")
        return
      }
      #expect(value.isIdentical(to: .array([.integer(1), .string("ada"), .string("https://idp.example/")])))
    } else {
      #expect(response.errors?.first?.code == .unauthorized, "\(token.name)")
    }
    // One changed character of the signature, or of what is signed.
    var spoiled = Array(token.text)
    spoiled[spoiled.count / 2] = spoiled[spoiled.count / 2] == "A" ? "B" : "A"
    #expect(try queries.errorCode("1", secret: String(spoiled)) == "unauthorized")
  }

  /// A database that accepts the tokens above, whose keys are what is given.
  private func provider(keys: String?, keySets: [String: String] = [:]) throws -> Queries {
    let queries = Queries(try Database.inMemory(options: .init(seed: 1, keySets: keySets)))
    try queries.value("CreateDatabase({name: \"child\"})")
    let key = try queries.value("Select(\"secret\", CreateKey({role: \"admin\", database: Database(\"child\")}))")
    guard case .string(let admin) = key else { return queries }
    try queries.value(
      """
      CreateCollection({name: "posts"})
      CreateRole({name: "reader", privileges: {resource: Collection("posts"), actions: {read: true}}})
      CreateAccessProvider({name: "idp", issuer: "https://idp.example/", jwks_uri: "https://idp.example/jwks.json",
        \(keys.map { "jwks: {keys: [\($0)]}," } ?? "") roles: ["reader"]})
      """, secret: admin)
    return queries
  }

  @Test("are verified with keys that are given for the provider's address")
  func keysByAddress() throws {
    let key = #"{"kty": "RSA", "kid": "k1", "use": "sig", "e": "AQAB", "n": "\#(JSONWebTokenTests.modulus)"}"#
    let token = JSONWebTokenTests.tokens[0].text
    for (text, isAccepted) in [
      (#"{"keys": [{"kty": "EC", "kid": "k1"}, \#(key)]}"#, true), (#"{"keys": []}"#, false), ("{}", false),
      ("[]", false), ("", false), (#"{"keys": ["#, false), (#"{"keys": [1, null, "x", {}]}"#, false),
    ] {
      let queries = try provider(keys: nil, keySets: ["https://idp.example/jwks.json": text])
      #expect(try queries.errorCode("1", secret: token) == (isAccepted ? nil : "unauthorized"), "\(text)")
    }
    let other = try provider(keys: nil, keySets: ["https://other.example/": #"{"keys": [\#(key)]}"#])
    #expect(try other.errorCode("1", secret: token) == "unauthorized")
  }

  @Test("are not verified with keys for another use, of another kind, or too short")
  func unfitKeys() throws {
    let n = JSONWebTokenTests.modulus
    let token = JSONWebTokenTests.tokens[0].text
    for (key, isAccepted) in [
      (#"{kty: "RSA", kid: "k1", e: "AQAB", n: "\#(n)", alg: "RS256", use: "sig"}"#, true),
      (#"{kty: "RSA", kid: "k1", e: "AQAB", n: "\#(n)", alg: "RS512"}"#, false),
      (#"{kty: "RSA", kid: "k1", e: "AQAB", n: "\#(n)", use: "enc"}"#, false),
      (#"{kty: "oct", kid: "k1", k: "\#(n)"}"#, false),
      (#"{kty: "RSA", kid: "k2", e: "AQAB", n: "\#(n)"}"#, false),
      (#"{kty: "RSA", kid: "k1", e: "AQAB", n: "\#(n.prefix(120))"}"#, false),
      (#"{kty: "RSA", kid: "k1", e: "AAAA", n: "\#(n)"}"#, false),
      (#"{kty: "RSA", kid: "k1", e: "", n: ""}"#, false),
      (#"{kty: "RSA", kid: "k1", e: 3, n: 5}"#, false),
      (#"{kty: "RSA", kid: "k1", n: "\#(n)"}"#, false),
    ] {
      let queries = try provider(keys: key)
      #expect(try queries.errorCode("1", secret: token) == (isAccepted ? nil : "unauthorized"), "\(key)")
    }
  }

  @Test("show their parents which database they open, and nobody else")
  func keyFromSecret() throws {
    let queries = try provider(
      keys: #"{kty: "RSA", kid: "k1", e: "AQAB", n: "\#(JSONWebTokenTests.modulus)"}"#)
    let token = JSONWebTokenTests.tokens[0].text
    #expect(try queries.text(#"Equals({database: Database("child")}, KeyFromSecret("\#(token)"))"#) == "true")
    #expect(try queries.errorCode("KeyFromSecret(\"\(token)\")", secret: token) == "permission denied")
    #expect(try queries.errorCode("KeyFromSecret(\"\(token)A\")") == "instance not found")
    #expect(try queries.text("Logout(true)", secret: token) == "false")
    #expect(try queries.text("HasCurrentToken()", secret: token) == "true")
  }

  @Test(
    "that are malformed are none",
    arguments: ["ey", "ey.", "ey..", "ey.a.b", "eyJ9.e30.", "ey....", "eyJhbGciOiJub25lIn0.e30."])
  func malformed(text: String) throws {
    let queries = try provider(keys: nil)
    #expect(try queries.errorCode("1", secret: text) == "unauthorized")
  }
}
