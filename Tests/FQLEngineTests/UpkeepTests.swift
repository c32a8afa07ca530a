import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

@Suite("Upkeep") struct UpkeepTests {
  private func run(_ session: Session, _ text: String) throws -> Value {
    let script = try Script(parsing: text)
    var last = Value.null
    for statement in script.statements {
      let response = session.run(statement.expr)
      switch response.result {
      case .value(let value): last = value
      case .errors(let errors): Issue.record("\(text): \(errors)")
      }
    }
    return last
  }

  @Test("what is out of sight leaves the store, what is in sight stays")
  func trims() throws {
    let store = MemoryStore()
    let database = try Database(
      store: store, isShared: false, options: .init(now: Time(parsing: "2024-06-01T00:00:00Z"), seed: 1))
    let session = Session(database)
    _ = try run(
      session,
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "by_x", source: Collection("c"), terms: [{field: ["data", "x"]}]})
      Insert(Ref(Collection("c"), "1"), Time("2024-01-01T00:00:00Z"), "create", {data: {x: 1}})
      Insert(Ref(Collection("c"), "1"), Time("2024-01-02T00:00:00Z"), "update", {data: {x: 2}})
      Insert(Ref(Collection("c"), "2"), Time("2024-01-01T00:00:00Z"), "create", {data: {x: 3}})
      Insert(Ref(Collection("c"), "2"), Time("2024-01-02T00:00:00Z"), "delete", {})
      Insert(Ref(Collection("c"), "3"), Time("2024-01-01T00:00:00Z"), "create",
        {data: {x: 4}, ttl: Time("2024-02-01T00:00:00Z")})
      """)
    let before = try store.statistics().entries
    #expect(database.upkeep() == 4)
    #expect(database.upkeep() == 0)
    #expect(try store.statistics().entries < before)
    let result = try run(
      session,
      """
      [Select(["data", "x"], Get(Ref(Collection("c"), "1"))), Count(Match(Index("by_x"), 2)), Count(Match(Index("by_x"), 1)),
       Count(Documents(Collection("c")))]
      """)
    #expect(result.isIdentical(to: .array([.integer(2), .integer(1), .integer(0), .integer(1)])))
  }
}
