import FQLValues
import Testing

@testable import FQLEngine

/// Rules of writing that the conformance cases do not reach.
@Suite("Rules of writing") struct WriteRuleTests {
  @Test("in a protected database history_days may not be removed, and every violation is reported")
  func protectedDatabase() throws {
    let queries = try Queries.inMemory()
    let secret = try queries.value(
      """
      CreateDatabase({name: "p", protected: true})
      Select("secret", CreateKey({role: "admin", database: Database("p")}))
      """)
    guard case .string(let secret) = secret else {
      Issue.record("no secret")
      return
    }
    try queries.value("CreateCollection({name: \"c\", history_days: 5, ttl_days: 3})", secret: secret)
    func refused(_ query: String) throws -> [String] {
      (try queries.respond(query, secret: secret).errors ?? []).map { String($0.description.prefix { $0 != ":" }) }
    }
    #expect(
      try refused("Update(Collection(\"c\"), {history_days: null})") == ["Cannot remove `history_days` field"])
    #expect(
      try refused("Update(Collection(\"c\"), {history_days: 4, ttl_days: 2})")
        == ["Cannot decrease `history_days` field", "Cannot decrease `ttl_days` field"])
    #expect(try refused("Update(Collection(\"c\"), {history_days: 6, ttl_days: null})") == [])
    #expect(try refused("Update(Collection(\"c\"), {ttl_days: 9})") == ["Cannot remove `ttl_days` field"])
  }

  @Test("what ends the request as such is reported alone, also out of a function")
  func requestErrors() throws {
    let queries = try Queries.inMemory()
    try queries.value("CreateCollection({name: \"c\"})")
    try queries.value(
      """
      CreateFunction({name: "f", body: Query(Lambda("x", Get(Ref(Collection("c"), 1), 1)))})
      """)
    for query in ["[Divide(1, 0), Get(Ref(Collection(\"c\"), 1), 1)]", "[Call(\"f\", 1), Abort(\"x\")]"] {
      #expect(try queries.respond(query).errors?.map(\.code) == [.badRequest], "\(query)")
    }
  }

  @Test("a document of too many index entries is refused, when it is written and when it is indexed")
  func indexBombs() throws {
    let queries = try Queries.inMemory()
    let list = "[" + (0..<60).map(String.init).joined(separator: ", ") + "]"
    let index =
      """
      CreateIndex({name: "i", source: Collection("c"), terms: [{field: ["data", "a"]}],
        values: [{field: ["data", "b"]}, {field: ["data", "c"]}]})
      """
    let document = "Create(Collection(\"c\"), {data: {a: \(list), b: \(list), c: \(list)}})"
    try queries.value("CreateCollection({name: \"c\"})")
    try queries.value(index)
    #expect(try queries.errorCode(document) == "bad request")
    try queries.value("Delete(Index(\"i\"))")
    try queries.value(document)
    #expect(try queries.errorCode(index) == "bad request")
  }

  @Test("the events of a composed set come from its parts, those of a single one from its events")
  func sourcesOfEvents() throws {
    let queries = try Queries.inMemory()
    try queries.value(
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "i", source: Collection("c"), terms: [{field: ["data", "x"]}]})
      Create(Collection("c"), {data: {x: 1}})
      """)
    func source(_ set: String) throws -> Value? {
      let value = try queries.value("Select([\"data\", 0, \"sources\", 0], Paginate(\(set), {sources: true}))")
      if case .set(.events) = value { return .string("events") }
      if case .set(.match) = value { return .string("match") }
      return value
    }
    #expect(try source("Events(Match(\"i\", 1))")?.isIdentical(to: .string("events")) == true)
    #expect(try source("Events(Union(Match(\"i\", 1), Match(\"i\", 2)))")?.isIdentical(to: .string("match")) == true)
    #expect(
      try source("Union(Events(Match(\"i\", 1)), Events(Match(\"i\", 2)))")?.isIdentical(to: .string("events")) == true)
  }
}
