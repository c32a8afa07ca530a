import FQLValues
import Testing

@testable import FQLSyntax

/// Nothing that is read may end the program: every text is parsed or refused.
@Suite struct FuzzTests {
  private func feed(_ bytes: [UInt8], _ generator: inout SplitMix64) {
    let source = Source(name: "fuzz", bytes: bytes)
    let diagnostics = Script.diagnostics(of: source, allowsCommands: true)
    for diagnostic in diagnostics {
      _ = source.position(at: Int(diagnostic.span.start))
      _ = diagnostic.openBracketText(in: source)
    }
    if let script = try? Script(parsing: source) {
      for statement in script.statements {
        let json = wire(statement.expr)
        if let again = try? WireReader.read(json) { #expect(wire(again) == json) }
        _ = statement.expr.expressionText
      }
    }
    bytes.withUnsafeBufferPointer { bytes in
      if let expr = try? WireReader.read(bytes) {
        let value = Value(displaying: expr)
        for era in [Era.modern, .legacy] {
          var printer = LiteralPrinter(.init(era: era))
          _ = printer.text(value)
        }
        var buffer = OutputBuffer()
        buffer.append(wire: value)
        buffer.append(json: value)
      }
    }
    var reader = StatementReader(name: "fuzz")
    var rest = bytes[...]
    var steps = 0
    reading: while true {
      switch reader.next() {
      case .end: break reading
      case .needsMore:
        if rest.isEmpty {
          reader.finish()
        } else {
          let count = Int.random(in: 1...40, using: &generator)
          reader.append(rest.prefix(count))
          rest = rest.dropFirst(count)
        }
      default: break
      }
      steps += 1
      if steps > bytes.count * 4 + 100 {
        Issue.record("the reader does not advance: \(String(decoding: bytes, as: UTF8.self))")
        break
      }
    }
  }

  @Test func `random bytes are refused or read`() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...60, using: &generator)
      feed((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }, &generator)
    }
  }

  @Test func `random tokens are refused or read`() {
    var generator = SplitMix64(seed: 2)
    let tokens = [
      "(", ")", "[", "]", "{", "}", ",", ":", ";", ".", "=>", "...", "=", "-", "+", "1", "2.5", "0x1F", "1e3", "'a'",
      "\"b\"", "`c`", "`", "'", "\n", "// x\n", "/* y */", "/*", " ", "x", "y", "Map", "Let", "Lambda", "Paginate",
      "Add", "Now",
      "Match", "Bytes", "Object", "Ref", "q", "client", "query", "then", "const", "await", "return", "function",
      "import",
      "undefined", "null", "true", "\\", "#", "é", "😀", "\"@ref\"", "\"id\"", "${", ".help", "\u{2028}", "\u{FEFF}",
      "a: 1",
    ]
    for _ in 0..<6000 {
      let count = Int.random(in: 1...25, using: &generator)
      let text = (0..<count).map { _ in tokens.randomElement(using: &generator) ?? "" }
        .joined(separator: Bool.random(using: &generator) ? " " : "")
      feed(Array(text.utf8), &generator)
    }
  }

  @Test func `cut and damaged queries are refused or read`() throws {
    var generator = SplitMix64(seed: 3)
    for members in try conformanceCases("surface") {
      let text = members["text"]?.text ?? members["value"].map { wire($0) } ?? ""
      let bytes = Array(text.utf8)
      guard !bytes.isEmpty, bytes.count < 2000 else { continue }
      for _ in 0..<6 {
        var damaged = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
        if Bool.random(using: &generator), !damaged.isEmpty {
          let place = Int.random(in: 0..<damaged.count, using: &generator)
          damaged[place] = UInt8.random(in: 0...255, using: &generator)
        }
        if Bool.random(using: &generator), damaged.count > 4 {
          damaged.remove(at: Int.random(in: 0..<damaged.count, using: &generator))
        }
        feed(damaged, &generator)
      }
    }
  }

  @Test func `JSON that is nested too deeply is refused`() {
    for open in ["[", "{\"a\":", "[{\"a\":"] {
      let text = String(repeating: open, count: 100_000)
      do {
        _ = try WireReader.read(text)
        Issue.record("no error")
      } catch {
        #expect(error.isNesting)
      }
    }
  }
}
