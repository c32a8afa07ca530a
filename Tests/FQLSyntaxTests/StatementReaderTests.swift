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

  @Test func `a long statement runs as soon as it is complete, whatever its lines end with`() {
    let lines = (0..<2000).map { "  \($0), // \($0)," }
    #expect(
      steps(["Count([\n"] + lines.map { $0 + "\n" } + ["  0]) // the end,\n"]).suffix(2).first?.hasPrefix("1:1") == true
    )
    #expect(steps(["Count([\n"] + lines.map { $0 + "\n" } + ["  0])\n"]).suffix(2).first?.hasPrefix("1:1") == true)
    #expect(steps(["Count([\n"] + lines.map { $0 + "\n" } + ["  0,\n])\n"]).suffix(2).first?.hasPrefix("1:1") == true)
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

@Suite struct PieceTests {
  private static let text = """
    Add(1, 2); Get(Ref(Collection("spells"), "17"))
    Create(Ref(Collection("a"), 1), {data: {name: "é\u{2028}x", tags: ["a", 'b']}})\r
    Foo(1)
    1 /* a
    comment */ 2\u{2028}3
    .help Map
    Let({x: 1},
      Var("x")
    )
    "ends here
    Now()
    `a
    template` ; [1, 2.5e3, {a: undefined, b: null}]

    Map([1], x => Add(x, Now()))
    Last(
    """

  @Test func `text that comes byte by byte gives the same as text that comes at once`() {
    let bytes = Array(PieceTests.text.utf8)
    let whole = handedOut(bytes, pieces: bytes.count)
    #expect(whole.count == 15)
    for size in [1, 2, 3, 7, 64] { #expect(handedOut(bytes, pieces: size) == whole, "\(size)") }
  }

  @Test func `a long text is dropped as it is handed out, and lines go on counting`() {
    let line = "Add(1, 2) // \(String(repeating: "x", count: 90))\n"
    var reader = StatementReader(name: "a")
    var count = 0
    var sources: [Source] = []
    for round in 0..<200 {
      reader.append(String(repeating: line, count: 50).utf8)
      while case .statement(let statement, let source) = reader.next() {
        count += 1
        #expect(source.position(at: Int(statement.span.start)).line == count)
        if round % 20 == 0 { sources.append(source) }
      }
    }
    #expect(count == 10_000)
    for source in sources { #expect(source.text(0..<9) == "Add(1, 2)") }
  }

  private func handedOut(_ bytes: [UInt8], pieces size: Int) -> [String] {
    var reader = StatementReader(name: "a")
    var result: [String] = []
    func take() -> Bool {
      switch reader.next() {
      case .statement(let statement, let source):
        let position = source.position(at: Int(statement.span.start))
        result.append("\(position) \(source.text(statement.span)) \(wire(statement.expr))")
      case .command(let text, _, _): result.append(text)
      case .failure(let diagnostic, let source):
        result.append("\(source.position(at: Int(diagnostic.span.start))) \(diagnostic.text)")
      case .needsMore, .end: return false
      }
      return true
    }
    var place = 0
    while place < bytes.count {
      reader.append(bytes[place..<min(place + size, bytes.count)])
      while take() {}
      place += size
    }
    reader.finish()
    while take() {}
    return result
  }
}
