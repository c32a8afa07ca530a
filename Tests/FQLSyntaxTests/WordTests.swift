import FQLValues
import Testing

@testable import FQLSyntax

@Suite struct WordTests {
  @Test func `every function is found by its name and by nothing like it`() {
    for (number, entry) in FunctionTable.entries.enumerated() where !entry.name.isEmpty {
      let found = FunctionTable.number(named: entry.name)
      #expect(found.map { FunctionTable.entries[$0].name } == entry.name, "\(number)")
      for other in [entry.name + "x", "x" + entry.name, String(entry.name.dropLast()), entry.name.lowercased()] {
        let number = FunctionTable.number(named: other)
        #expect(number == nil || FunctionTable.entries[number ?? 0].name == other)
      }
    }
    #expect(FunctionTable.number(named: "") == nil)
  }

  @Test func `keys with the same beginning, end and length are told apart`() throws {
    let names = ["commonAAxcommonBB", "commonAAycommonBB", "commonAAzcommonBB"]
    let fields = names.map { "\($0): 1" } + names.map { "\($0): 2" }
    let script = try Script(parsing: "({\(fields.joined(separator: ", "))})")
    #expect(wire(script.statements[0].expr) == #"{"object":{\#(names.map { "\"\($0)\":2" }.joined(separator: ","))}}"#)
  }

  @Test func `repeated keys are found in objects of any width`() throws {
    for count in [1, 2, 31, 32, 33, 34, 100] {
      let first = (0..<count).map { "k\($0): 0" }
      let second = (0..<count).reversed().map { "'k\($0)': \($0)" }
      for last in ["", ", x: Now()"] {
        let script = try Script(parsing: "({\((first + second).joined(separator: ", "))\(last)})")
        let fields = (0..<count).map { "\"k\($0)\":\($0)" } + (last.isEmpty ? [] : [#""x":{"now":null}"#])
        #expect(wire(script.statements[0].expr) == #"{"object":{\#(fields.joined(separator: ","))}}"#)
      }
    }
  }

  @Test func `strings of every length keep their text, and end where they end`() throws {
    for length in 0...40 {
      let plain = String(repeating: "a", count: length)
      for place in 0...length {
        func with(_ piece: String) -> String { plain.prefix(place) + piece + plain.dropFirst(place) }
        for (written, meant) in [("'", "'"), ("\\\"", "\""), ("é", "é"), ("\\n", "\n"), ("/", "/"), ("\u{1F600}", "😀")]
        {
          let script = try Script(parsing: "\"\(with(written))\"; 1")
          guard case .literal(.string(let text)) = script.statements[0].expr.kind else {
            Issue.record("not a string")
            continue
          }
          #expect(text == with(meant))
          #expect(script.statements.count == 2)
        }
        #expect(throws: Diagnostic("unterminated string", at: Span(0, 1))) {
          try Script(parsing: "\"\(with("\n"))\"; 1")
        }
      }
    }
  }

  @Test func `a text keeps what it was while another grows or is dropped`() {
    var buffer = TextBuffer(Array("first line\n".utf8))
    let source = Source(name: "a", buffer.storage, 0..<10, firstLine: 1, firstColumn: 1)
    var other = buffer
    for _ in 0..<100 {
      _ = buffer.append(upTo: 5) {
        $0.copyBytes(from: Array("more\n".utf8)); return 5
      }
    }
    _ = other.append(upTo: 5) {
      $0.copyBytes(from: Array("else\n".utf8)); return 5
    }
    buffer.removeFirst(11)
    other.removeFirst(6)
    #expect(source.text(0..<10) == "first line")
    #expect(buffer.count == 500 && buffer[0] == UInt8(ascii: "m") && buffer[499] == 0x0A)
    #expect(other.withBytes { String(decoding: $0, as: UTF8.self) } == "line\nelse\n")
  }
}
