import Testing

@testable import FQLShell

@Suite struct SecretMaskTests {
  private let secret = "fnA" + String(repeating: "x", count: 37)

  @Test func `literals of secret fields are masked and nothing else`() {
    #expect(
      SecretMask.mask("Login(Ref(Collection('u'), '1'), {password: 'hunter2'})")
        == "Login(Ref(Collection('u'), '1'), {password: '***'})")
    #expect(
      SecretMask.mask("{client_secret: \"a\", \"secret\": `b`, other: 'c'}")
        == "{client_secret: '***', \"secret\": '***', other: 'c'}")
    #expect(SecretMask.mask("Add(1, 2)") == "Add(1, 2)")
  }

  @Test func `arguments that are secrets are masked`() {
    #expect(SecretMask.mask("KeyFromSecret(\"abc\")") == "KeyFromSecret('***')")
    #expect(
      SecretMask.mask("Identify(Ref(Collection('u'), '1'), 'pw')") == "Identify(Ref(Collection('u'), '1'), '***')")
    #expect(SecretMask.mask(".secret \(secret)") == ".secret ***")
    #expect(SecretMask.mask(".secret") == ".secret")
  }

  @Test func `whatever looks like a secret is masked`() {
    #expect(SecretMask.mask("Get(\"\(secret)\")") == "Get('***')")
    #expect(SecretMask.mask("\"fnA too short\"") == "\"fnA too short\"")
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    #expect(SecretMask.mask("F('\(token)')") == "F('***')")
  }

  @Test func `text that does not lex is not kept if it may hold a secret`() {
    #expect(SecretMask.mask("{password: 'abc") == nil)
    #expect(SecretMask.mask("Add(1, 'abc") == "Add(1, 'abc")
  }
}
