import FQLValues
import Testing

@testable import FQLSyntax

@Suite struct TextConformanceTests {
  @Test func `every text case of the surface compiles to its wire form, or fails where and as it should`() throws {
    var count = 0
    for members in try conformanceCases("surface") {
      guard let text = members["text"]?.text else { continue }
      let id = members["id"]?.text ?? ""
      count += 1
      let source = Source(name: "<stdin>", text: text + "\n")
      if case .object(let wanted)? = members["syntax_error"]?.kind {
        let diagnostics = Script.diagnostics(of: source)
        guard let first = diagnostics.first else {
          Issue.record("\(id): no error")
          continue
        }
        let position = source.position(at: Int(first.span.start))
        if let line = wanted["line"] { #expect(wire(line) == "\(position.line)", "\(id) \(first)") }
        if let column = wanted["column"] { #expect(wire(column) == "\(position.column)", "\(id) \(first)") }
        if let part = wanted["contains"]?.text { #expect(first.text.lowercased().contains(part.lowercased()), "\(id)") }
        if let flag = wanted["incomplete"] {
          #expect(wire(flag) == "\(first.isIncomplete)", "\(id)")
        } else {
          #expect(!first.isIncomplete, "\(id)")
        }
        continue
      }
      let wanted: [Expr]
      if let ast = members["ast"] {
        wanted = [ast]
      } else {
        switch members["asts"]?.kind {
        case .array(let list): wanted = list
        case .literal(.array(let list)): wanted = list.map { Expr(.literal($0)) }
        default: wanted = []
        }
      }
      do {
        let got = try Script(parsing: source).statements.map { try WireReader.read(wire($0.expr)) }
        #expect(got.count == wanted.count, "\(id)")
        for (got, wanted) in zip(got, wanted) {
          #expect(isSame(got, wanted), "\(id): \(wire(got)) for \(wire(wanted))")
        }
      } catch {
        Issue.record("\(id): \(error)")
      }
    }
    #expect(count == 398)
  }

  @Test func `every query of every area's steps parses`() throws {
    for area in ["auth", "collections", "core", "scalars", "sets", "writes"] {
      for members in try conformanceCases(area) {
        guard case .array(let steps)? = members["steps"]?.kind else { continue }
        for step in steps {
          guard case .object(let step) = step.kind, let text = step["q"]?.text else { continue }
          do {
            _ = try Script(parsing: text.replacing(/\$\{\w+\}/, with: "1"))
          } catch {
            Issue.record("\(members["id"]?.text ?? ""): \(error.text) in \(text)")
          }
        }
      }
    }
  }
}
