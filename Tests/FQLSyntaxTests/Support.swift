import FQLValues
import Foundation

@testable import FQLSyntax

/// The conformance cases of one area, read with our own reader.
func conformanceCases(_ area: String) throws -> [Expr.Members] {
  let text = try repositoryText("Tests/Conformance/\(area).jsonl")
  var cases: [Expr.Members] = []
  for line in text.split(separator: "\n") {
    if case .object(let members) = try WireReader.read(String(line)).kind { cases.append(members) }
  }
  return cases
}

/// A file of the repository.
func repositoryText(_ path: String) throws -> String {
  let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return try String(contentsOf: tests.deletingLastPathComponent().appendingPathComponent(path), encoding: .utf8)
}

func wire(_ expr: Expr) -> String {
  var buffer = OutputBuffer()
  buffer.append(wire: expr)
  return buffer.string
}

/// The wire JSON of each query of a text, one a line.
func wire(_ text: String) throws(Diagnostic) -> String {
  try Script(parsing: text).statements.map { wire($0.expr) }.joined(separator: "\n")
}

/// True where two pieces of JSON are the same but for the order of members.
func isSame(_ a: Expr, _ b: Expr) -> Bool {
  switch (a.kind, b.kind) {
  case (.object(let a), .object(let b)):
    guard a.keys.count == b.keys.count else { return false }
    return a.keys.allSatisfy { key in
      guard let left = a[key], let right = b[key] else { return false }
      return isSame(left, right)
    }
  case (.array(let a), .array(let b)):
    return a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
  default: return wire(a) == wire(b)
  }
}
