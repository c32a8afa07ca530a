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

  /// Takes statements from text as the shell does.
  private struct Statements {
    private var reader = StatementReader(name: "test", knowsForms: true)

    mutating func next(_ text: String) throws -> Statement {
      reader.append((text + "\n").utf8)
      guard case .statement(let statement, _) = reader.next() else { throw Unreadable(text: text) }
      return statement
    }

    struct Unreadable: Error { var text: String }
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
    var statements = Statements()
    var random = Repeatable(state: 7)
    var repetitions = 0
    for _ in 0..<700 {
      let template = try #require(templates.randomElement(using: &random))
      for _ in 0..<5 {
        var query = ""
        for character in template {
          query += character == "%" ? try #require(literals.randomElement(using: &random)) : String(character)
        }
        let statement = try statements.next(query)
        if statement.repetition != nil { repetitions += 1 }
        let expr = try #require(try Script(parsing: query).statements.first).expr
        #expect(text(kept.run(statement, commits: false)) == text(Session(database).dryRun(expr)), "\(query)")
      }
    }
    #expect(repetitions > 500)
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
      var statements = Statements()
      for _ in 0..<4 {
        let fresh = text(Session(database).dryRun(expr))
        // What tells the time or makes ids differs each time.
        guard fresh == text(Session(database).dryRun(expr)) else { break }
        #expect(text(kept.run(try statements.next(last), commits: false)) == fresh, "\(last)")
      }
    }
  }

  @Test("the code of plain forms is kept, and no other")
  func plainForms() throws {
    func isPlain(_ text: String) throws -> Bool {
      PreparedQueries.isPlain(try #require(try Script(parsing: text).statements.first).expr)
    }
    #expect(try isPlain("Get(Ref(Collection('a'), '1'))"))
    #expect(try !isPlain("Map([1], x => x)"))
    #expect(try !isPlain("Do(1, 2)"))
  }

  @Test("forms that are no use are parsed each time")
  func useless() throws {
    let session = Session(try Database.inMemory())
    var statements = Statements()
    let repetitions = try (1...6).map { n in
      let statement = try statements.next("Do(\(n), 2)")
      #expect(text(session.run(statement)) == "2")
      return statement.repetition != nil
    }
    #expect(repetitions == [false, false, true, false, false, false])
  }
}
