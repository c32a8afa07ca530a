import Testing

@testable import FQLSyntax

@Suite struct GrammarTests {
  private struct Block {
    var language: String
    var lines: [String] = []
    var line: Int

    var text: String { lines.joined(separator: "\n") }
  }

  /// The fenced blocks of grammar.md.
  private func blocks() throws -> [Block] {
    var blocks: [Block] = []
    var current: Block?
    for (number, line) in try repositoryText("grammar.md").split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if line.hasPrefix("```") {
        if let block = current {
          blocks.append(block)
          current = nil
        } else {
          current = Block(language: String(line.dropFirst(3)), line: number + 1)
        }
      } else {
        current?.lines.append(String(line))
      }
    }
    return blocks
  }

  @Test func `every example of the grammar is as it says`() throws {
    let blocks = try blocks()
    var examples = 0
    for (place, block) in blocks.enumerated() {
      let next = place + 1 < blocks.count ? blocks[place + 1] : nil
      switch block.language {
      case "fql":
        examples += 1
        #expect(next?.language == "json", "line \(block.line)")
        do {
          #expect(try wire(block.text) == next?.text, "line \(block.line)")
        } catch {
          Issue.record("line \(block.line): \(error)")
        }
      case "fql-error":
        examples += 1
        #expect(next?.language == "text", "line \(block.line)")
        let source = Source(name: "grammar.md", text: block.text)
        let found = Script.diagnostics(of: source).first.map { diagnostic in
          let position = source.position(at: Int(diagnostic.span.start))
          return "\(position.line):\(position.column): \(diagnostic.text)"
        }
        #expect(found == next?.text, "line \(block.line)")
      default: break
      }
    }
    #expect(examples > 30)
  }
}
