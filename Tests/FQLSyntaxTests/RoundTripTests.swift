import FQLValues
import Testing

@testable import FQLSyntax

@Suite struct RoundTripTests {
  /// The texts of the surface cases that compile.
  private func texts(_ prefix: String = "surface/") throws -> [(id: String, text: String)] {
    try conformanceCases("surface").compactMap { members in
      guard let id = members["id"]?.text, id.hasPrefix(prefix), let text = members["text"]?.text,
        members["syntax_error"] == nil
      else { return nil }
      return (id, text)
    }
  }

  @Test func `a tree written as wire JSON reads back as the same JSON`() throws {
    for (id, text) in try texts() {
      for statement in try Script(parsing: text).statements {
        let json = wire(statement.expr)
        #expect(wire(try WireReader.read(json)) == json, "\(id)")
      }
    }
  }

  @Test func `a call written as text is the same call`() throws {
    // Not those that drivers print differently from how they are written.
    let exceptions = ["ref-1", "bitand", "bitor", "bitxor", "bitnot", "bytes"]
    for (id, text) in try texts("surface/ast/fn/") where !exceptions.contains(where: { id.contains("/\($0)") }) {
      let expr = try Script(parsing: text).statements[0].expr
      let again = try wire(expr.expressionText)
      #expect(again == wire(expr), "\(id): \(expr.expressionText)")
    }
  }

  @Test func `every function of the table can be called, and knows its number`() throws {
    for (number, entry) in FunctionTable.entries.enumerated() where !entry.name.isEmpty {
      guard !["Let", "Object", "Bytes", "Lambda", "Ref"].contains(entry.name) else { continue }
      let arguments = (0..<max(entry.minimum, 0)).map { _ in "Var('x')" }.joined(separator: ", ")
      let expr = try Script(parsing: "\(entry.name)(\(arguments))").statements[0].expr
      guard case .object(let members) = expr.kind else {
        Issue.record("\(entry.name)")
        continue
      }
      #expect(members.function == number)
      #expect(members.keys.first == entry.wireName)
    }
  }

  @Test func `statements come the same from a stream as from a whole text`() throws {
    var generator = SplitMix64(seed: 7)
    for (id, text) in try texts() {
      let whole = try Script(parsing: text).statements.map { wire($0.expr) }
      var reader = StatementReader(name: id)
      var streamed: [String] = []
      var bytes = Array((text + "\n").utf8)[...]
      // A receiver alone on its line cannot be told from a mistake until the next line is there.
      let chunk = id.contains("dot-on-next-line") ? bytes.count : Int.random(in: 1...20, using: &generator)
      func take() {
        while case .statement(let statement, _) = reader.next() { streamed.append(wire(statement.expr)) }
      }
      while !bytes.isEmpty {
        reader.append(bytes.prefix(chunk))
        bytes = bytes.dropFirst(chunk)
        take()
      }
      reader.finish()
      take()
      #expect(streamed == whole, "\(id)")
    }
  }
}

/// A small random number generator whose sequence is fixed by its seed.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
