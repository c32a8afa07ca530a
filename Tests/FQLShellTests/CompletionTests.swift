import FQLValues
import Testing

@testable import FQLShell

@Suite struct CompletionTests {
  private let completer = Completer(
    names: { $0 == .collections ? ["spells", "spirits", "users"] : [] }, columns: 80)

  private func complete(_ text: String, pending: String = "") -> Completion? {
    completer.complete(text, pending: pending)
  }

  @Test func `a function gets its name and its parenthesis`() {
    let completion = complete("pagin")
    #expect(completion?.deletes == 5)
    #expect(completion?.insertion == "Paginate(")
    #expect(complete("q.pagin")?.insertion == "Paginate(")
  }

  @Test func `the common beginning comes before the list`() {
    #expect(complete("Collection(\"s")?.insertion == "sp")
    #expect(complete("Collection(\"sp")?.lines == ["spells   spirits"])
    #expect(complete("Collection(\"u")?.insertion == "users\")")
    #expect(complete("Collection('u")?.insertion == "users')")
  }

  @Test func `variables are those around`() {
    #expect(complete("Let({total: 2}, Add(1, Var(\"to")?.insertion == "total\")")
    #expect(complete("Map(x, Lambda([\"name\", \"ref\"], Get(Var(\"re")?.insertion == "ref\")")
    #expect(complete("Map(x, letter => Get(lett")?.insertion == "letter")
    #expect(complete("Map(x, Lambda('letter', 1)); Var('lett")?.isNothing ?? true)
  }

  @Test func `options are keys`() {
    #expect(complete("Paginate(Collections(), {si")?.insertion == "size: ")
    #expect(complete("Paginate(Collections(), {size: 1, be")?.insertion == "before: ")
  }

  @Test func `after a parenthesis or comma the signature is shown`() {
    #expect(complete("Paginate(")?.lines.first == "Paginate(set, [opts])")
    #expect(complete("Collections())", pending: "Paginate(") == nil)
    #expect(complete("Collections(), ", pending: "Paginate(")?.lines.first == "Paginate(set, [opts])")
  }

  @Test func `nothing happens in comments`() {
    #expect(complete("// pagin") == nil)
    #expect(complete("/* pagin") == nil)
  }

  @Test func `commands and their arguments`() {
    #expect(complete(".form")?.insertion == ".format ")
    #expect(complete(".format ins")?.insertion == "inspect")
    #expect(complete(".explain Pagin")?.insertion == "Paginate(")
  }
}
