import FQLSyntax
import FQLValues
import Testing

@testable import FQLShell

@Suite struct FQLTextTests {
  @Test(arguments: ["surface", "auth", "collections", "core", "scalars", "sets", "writes"])
  func `a tree written as text is parsed to the same tree`(area: String) throws {
    for query in try conformanceQueries(area) {
      for statement in try Script(parsing: query).statements {
        let text = FQLText.of(statement.expr)
        do {
          let again = try Script(parsing: text).statements
          #expect(again.map { wire($0.expr) } == [wire(statement.expr)], "\(query)\n\(text)")
        } catch {
          Issue.record("\(error.text) in \(text) of \(query)")
        }
      }
    }
  }

  @Test func `values keep what they are`() throws {
    let texts = [
      "1", "1.0", "-0.5", "1e+300", "\"a\\\"b\\n\"", "[1, 2.5, null, true]", "{\"a\": {\"b-c\": []}}",
      "Time(\"2020-01-01T00:00:00Z\")", "Date(\"2020-01-31\")", "Bytes(\"AQID\")",
    ]
    for text in texts {
      let tree = try #require(try Script(parsing: text).statements.first).expr
      #expect(wire(try #require(try Script(parsing: FQLText.of(tree)).statements.first).expr) == wire(tree))
    }
  }
}
