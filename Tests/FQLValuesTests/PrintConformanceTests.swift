import Foundation
import Testing

@testable import FQLValues

/// The conformance cases of one area, read with our own reader.
func conformanceCases(_ area: String) throws -> [Expr.Members] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let text = try String(contentsOf: folder.appendingPathComponent("Conformance/\(area).jsonl"), encoding: .utf8)
  var cases: [Expr.Members] = []
  for line in text.split(separator: "\n") {
    if case .object(let members) = try WireReader.read(String(line)).kind { cases.append(members) }
  }
  return cases
}

@Suite struct PrintConformanceTests {
  @Test func `every print case of the surface prints as it should`() throws {
    let forms: [(String, Era, Int?)] = [
      ("inspect", .modern, nil), ("inspect_legacy", .legacy, nil), ("inspect_depth2", .modern, 2),
      ("inspect_legacy_depth2", .legacy, 2),
    ]
    var count = 0
    for members in try conformanceCases("surface") {
      guard let wire = members["value"] else { continue }
      let value = Value(displaying: wire)
      for (key, era, depth) in forms {
        guard let wanted = members[key]?.text else { continue }
        count += 1
        var printer = LiteralPrinter(.init(era: era, depth: depth))
        let got = printer.text(value)
        #expect(got == wanted.trimmingCharacters(in: .newlines), "\(members["id"]?.text ?? "") \(key)")
      }
    }
    #expect(count > 380)
  }
}
