import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// The worked examples of the reference.
@Suite struct ExampleTests {
  @Test func `every function has a worked example that prints what it says`() throws {
    let names = FunctionTable.entries.map(\.name).filter { !$0.isEmpty }
    for (name, problem) in zip(names, Workers.map(names) { self.problem(of: $0) }) {
      if let problem { Issue.record("\(name): \(problem)") }
    }
    #expect(names.count > 200)
  }

  private func problem(of name: String) -> String? {
    guard let example = FunctionTable.example(for: name) else { return "no example" }
    do {
      let options = Database.Options(now: Time(parsing: "2024-02-29T12:00:00Z"), seed: 1)
      let database = try Database(store: MemoryStore(), isShared: false, options: options)
      defer { database.close() }
      let session = Session(database)
      var secret = ""
      var printed = ""
      for statement in example.statements {
        let text = statement.replacing("SECRET", with: secret)
        if text.hasPrefix(".secret ") {
          session.secret = String(text.dropFirst(8))
          continue
        }
        let query =
          text.hasPrefix(".wire ")
          ? try WireReader.read(String(text.dropFirst(6))) : try Script(parsing: text).statements[0].expr
        let response = session.run(query)
        switch response.result {
        case .value(let value):
          var printer = LiteralPrinter(.literal)
          printer.options.commitTime = response.time
          printed = printer.text(value)
          if let match = printed.firstMatch(of: /secret: '([^']+)'/) { secret = String(match.1) }
        case .errors(let errors):
          printed = "error: \(errors[0].code.rawValue): \(errors[0].description)"
        }
      }
      return printed == example.result ? nil : "prints\n\(printed)\ninstead of\n\(example.result)"
    } catch {
      return "\(error)"
    }
  }
}
