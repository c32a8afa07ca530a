import FQLValues
import Foundation

@testable import FQLShell

/// A file of the repository.
func repositoryText(_ path: String) throws -> String {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return try String(contentsOf: tests.deletingLastPathComponent().appendingPathComponent(path), encoding: .utf8)
}

/// The queries of the conformance cases of an area, as texts.
func conformanceQueries(_ area: String) throws -> [String] {
  var queries: [String] = []
  for line in try repositoryText("Tests/Conformance/\(area).jsonl").split(separator: "\n") {
    guard case .object(let members) = try WireReader.read(String(line)).kind else { continue }
    if let text = members["text"]?.text, members["syntax_error"] == nil { queries.append(text) }
    guard case .array(let steps)? = members["steps"]?.kind else { continue }
    for step in steps {
      guard case .object(let step) = step.kind, let text = step["q"]?.text else { continue }
      queries.append(text.replacing(/\$\{\w+\}/, with: "1"))
    }
  }
  return queries
}

func wire(_ expr: Expr) -> String {
  var buffer = OutputBuffer()
  buffer.append(wire: expr)
  return buffer.string
}
