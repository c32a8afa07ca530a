import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// A session keeps the code of queries that come again with other literals. That must not be seen.
struct PreparedQueriesTests {
  private static let scene = """
    CreateCollection({name: "c"})
    CreateIndex({name: "i", source: Collection("c"), terms: [{field: ["data", "x"]}], values: [{field: ["data", "y"]}]})
    Foreach([1, 2, 3, 4, 5, 6], n => Create(Ref(Collection("c"), n), {data: {x: Modulo(n, 2), y: n}}))
    """

  /// The answer or the errors with their positions, as text.
  private func text(_ response: Response) -> String {
    switch response.result {
    case .value(let value):
      var printer = LiteralPrinter(.literal)
      return printer.text(value)
    case .errors(let errors):
      return errors.map { "\($0.code) \($0.description) \($0.position)" }.joined(separator: "; ")
    }
  }

  @Test("queries that differ in literals only answer as if each were the first")
  func literals() throws {
    let database = try Database.inMemory(options: .init(now: Time(microseconds: 1_709_208_000_000_000), seed: 1))
    try Queries(database).value(Self.scene)
    let templates = [
      "Ref(Collection(%), %)", "Get(Ref(Collection('c'), %))", "Exists(Ref(Collection(%), %))", "Take(%, [1, 2, 3])",
      "Append(%, [%, %])", "Concat([%, %], %)", "SubString(%, %, %)",
      "Paginate(Match(Index('i'), %), {size: %, after: %})",
      "Paginate(Match(Index('i'), %), {after: %, size: %})", "Paginate(Match(Index(%), [%]), {size: %, ts: %})",
      "If(%, %, Ref(Collection('c'), %))", "Update(Ref(Collection('c'), %), {data: {x: %, y: [%]}})",
      "Create(Ref(Collection('c'), %), {data: {z: %}})", "Delete(Ref(Collection('c'), %))",
      "Abort(%)", "Time(%)", "TimeAdd(%, %, %)", "Contains([%], %)", "[Get(Ref(Collection('c'), %)), Take(%, [1])]",
      "Select(['data', %], Get(Ref(Collection('c'), %)))", "Add(%, %, %)", "Let({a: %}, [Var('a'), %])",
    ]
    let literals = [
      "0", "1", "2", "7", "-3", "2.5", "true", "null", "'c'", "'1'", "'days'", "[1]", "{y: 2}", "'nowhere'",
    ]
    let kept = Session(database)
    var random = Repeatable(state: 7)
    for _ in 0..<2000 {
      var query = ""
      for character in try #require(templates.randomElement(using: &random)) {
        query += character == "%" ? try #require(literals.randomElement(using: &random)) : String(character)
      }
      let expr = try #require(try Script(parsing: query).statements.first).expr
      #expect(text(kept.dryRun(expr)) == text(Session(database).dryRun(expr)), "\(query)")
    }
  }

  @Test("every example of the reference answers the same when it comes again")
  func examples() throws {
    for entry in FunctionTable.entries where !entry.name.isEmpty {
      guard let example = FunctionTable.example(for: entry.name),
        example.statements.allSatisfy({ !$0.hasPrefix(".") && !$0.contains("SECRET") })
      else { continue }
      let database = try Database.inMemory(options: .init(now: Time(microseconds: 1_709_208_000_000_000), seed: 1))
      let last = try #require(example.statements.last)
      for statement in example.statements.dropLast() { try Queries(database).value(statement) }
      let expr = try #require(try Script(parsing: last).statements.last).expr
      let kept = Session(database)
      for _ in 0..<3 {
        let fresh = text(Session(database).dryRun(expr))
        // What tells the time or makes ids differs each time.
        guard fresh == text(Session(database).dryRun(expr)) else { break }
        #expect(text(kept.dryRun(expr)) == fresh, "\(last)")
      }
    }
  }

  @Test("only queries of plain forms have a shape, which does not depend on their literals")
  func shapes() throws {
    func shape(_ text: String) throws -> Int? {
      PreparedQueries.shape(of: try #require(try Script(parsing: text).statements.first).expr)
    }
    #expect(try shape("Get(Ref(Collection('a'), '1'))") == shape("Get(Ref(Collection('b'), 2))"))
    #expect(try shape("Get(Ref(Collection('a'), '1'))") != shape("Exists(Ref(Collection('a'), '1'))"))
    #expect(try shape("Map([1], x => x)") == nil)
    #expect(try shape("Do(1, 2)") == nil)
  }
}
