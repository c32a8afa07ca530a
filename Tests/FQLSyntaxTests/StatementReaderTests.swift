import FQLValues
import Testing

@testable import FQLSyntax

/// What a reader hands out for text that comes in pieces, in short words.
private func steps(_ pieces: [String], commands: Bool = true) -> [String] {
  var reader = StatementReader(name: "<stdin>", allowsCommands: commands)
  var result: [String] = []
  func take() -> Bool {
    switch reader.next() {
    case .statement(let statement, let source):
      let position = source.position(at: Int(statement.span.start))
      result.append("\(position.line):\(position.column) \(wire(statement.expr))")
      return true
    case .command(let text, _, _):
      result.append(text)
      return true
    case .failure(let diagnostic, let source):
      let position = source.position(at: Int(diagnostic.span.start))
      result.append("\(position.line):\(position.column) \(diagnostic.message)")
      return true
    case .needsMore, .end: return false
    }
  }
  for piece in pieces {
    reader.append(piece.utf8)
    while take() {}
    result.append("|")
  }
  reader.finish()
  while take() {}
  return result
}

@Suite struct StatementReaderTests {
  @Test func `a complete line is handed out without waiting for the next`() {
    #expect(steps(["1\n", "2\n"]) == ["1:1 1", "|", "2:1 2", "|"])
  }

  @Test func `several statements on a line come one after another`() {
    #expect(steps(["1; 2;3\n"]) == ["1:1 1", "1:4 2", "1:6 3", "|"])
  }

  @Test func `a statement over several lines waits for its end`() {
    #expect(steps(["Add(1,\n", "2\n", ")\n"]) == ["|", "|", #"1:1 {"add":[1,2]}"#, "|"])
  }

  @Test func `a line without its end waits`() {
    #expect(steps(["Now(", ")", "\n"]) == ["|", "|", #"1:1 {"now":null}"#, "|"])
    #expect(steps(["Now()"]) == ["|", #"1:1 {"now":null}"#])
  }

  @Test func `the chain of a driver call is passed over when it comes later`() {
    let text = ["client.query(q.Now())\n", ".then((ret) =>\n", "console.log(ret))\n", ".format wire\n", "1\n"]
    #expect(steps(text) == [#"1:1 {"now":null}"#, "|", "|", "|", ".format wire", "|", "5:1 1", "|"])
  }

  @Test func `a chain in the same piece belongs to its call`() {
    #expect(
      steps(["client.query(q.Now())\n  .then(x => x)\n  .catch(y)\n2\n"]) == [#"1:1 {"now":null}"#, "4:1 2", "|"])
  }

  @Test func `commands are lines that begin with a dot`() {
    #expect(steps([".help Map\n1\n.secret \n"]) == [".help Map", "2:1 1", ".secret ", "|"])
    #expect(steps([".help\n"], commands: false).first == "1:1 unexpected '.'")
  }

  @Test func `an error drops its statement and not the next line`() {
    #expect(steps(["Foo(1)\n2\n"]) == ["1:1 Foo is not defined", "2:1 2", "|"])
    #expect(
      steps(["Get(\n)\n3\n"]) == ["1:1 Get function requires from 1 to 2 argument(s) but 0 were given", "3:1 3", "|"])
  }

  @Test func `what stands before a bad byte still runs`() {
    #expect(steps(["1\n2\u{0}\n3\n"]) == ["1:1 1", "2:2 unexpected NUL byte U+0000", "3:1 3", "|"])
  }

  @Test func `a comment that is not closed waits`() {
    #expect(steps(["1 /* a\n", "b */ 2\n"]) == ["1:1 1", "|", "2:6 2", "|"])
  }

  @Test func `text that never ends is an unfinished error at the end`() {
    #expect(steps(["Add(1,\n"]) == ["|", "1:7 unexpected end of input"])
  }

  @Test func `the source of a statement holds its lines`() throws {
    var reader = StatementReader(name: "<stdin>")
    reader.append("1\nAdd(\n  2)\n3\n".utf8)
    _ = reader.next()
    guard case .statement(let statement, let source) = reader.next() else {
      Issue.record("no statement")
      return
    }
    #expect(source.text(statement.span) == "Add(\n  2)")
    #expect(source.firstLine == 2)
  }

  @Test func `memory and time stay linear over a long stream`() {
    var reader = StatementReader(name: "<stdin>")
    var count = 0
    for _ in 0..<50 {
      reader.append(String(repeating: "Add(1, 2); ", count: 400).utf8)
      while case .statement = reader.next() { count += 1 }
    }
    reader.append("\n".utf8)
    while case .statement = reader.next() { count += 1 }
    #expect(count == 20_000)
  }

  @Test func `a long array that comes line by line is taken once`() {
    var reader = StatementReader(name: "<stdin>")
    reader.append("[\n".utf8)
    for _ in 0..<50_000 {
      reader.append("  { a: 1, b: 'x' },\n".utf8)
      guard case .needsMore = reader.next() else {
        Issue.record("too early")
        return
      }
    }
    reader.append("]\n".utf8)
    guard case .statement(let statement, _) = reader.next(), case .literal(.array(let list)) = statement.expr.kind
    else {
      Issue.record("no array")
      return
    }
    #expect(list.count == 50_000)
  }
}
