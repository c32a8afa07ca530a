import FQLValues
import Testing

@testable import FQLSyntax

/// Statements whose form is known are not parsed. That must not be seen.
@Suite struct StatementFormTests {
  fileprivate struct Item: Equatable {
    var tree: String
    var start: Source.Position
    var end: Source.Position
  }

  /// The statements and problems of a text, and how many of them were repetitions, whose literals are checked.
  private func items(of text: String, knowsForms: Bool) -> (items: [Item], repetitions: Int) {
    var reader = StatementReader(name: "text", knowsForms: knowsForms)
    reader.append(text.utf8)
    reader.finish()
    var items: [Item] = []
    var repetitions = 0
    while true {
      switch reader.next() {
      case .statement(let statement, let source):
        items.append(Item(wire(statement.expr), statement.span, source))
        if let repetition = statement.repetition {
          repetitions += 1
          var literals = ByteBuffer()
          append(literalsOf: statement.expr, to: &literals)
          #expect([UInt8](repetition.literals) == [UInt8](literals.bytes))
        }
      case .failure(let diagnostic, let source): items.append(Item(diagnostic.message, diagnostic.span, source))
      case .command(let line, let source, let span): items.append(Item(line, span, source))
      case .needsMore, .end: return (items, repetitions)
      }
    }
  }

  private func append(literalsOf expr: Expr, to bytes: inout ByteBuffer) {
    switch expr.kind {
    case .literal(let value): bytes.append(stored: value, transactionTime: 0)
    case .array(let elements): for element in elements { append(literalsOf: element, to: &bytes) }
    case .object(let members): for value in members.values { append(literalsOf: value, to: &bytes) }
    }
  }

  private func check(_ text: String, repetitions: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    let found = items(of: text, knowsForms: true)
    #expect(found.items == items(of: text, knowsForms: false).items, sourceLocation: sourceLocation)
    if let repetitions { #expect(found.repetitions == repetitions, sourceLocation: sourceLocation) }
  }

  @Test func `the third statement of a form is a repetition`() {
    check(
      #"""
      Get(Ref(Collection("a"), "1"))
      Get(Ref(Collection("b"), '2'))
      Get(Ref(Collection("c"), "\u0033"))
      Get(Ref(Collection("d"), 4))
      Get(Ref(Collection("d"), -4.5e1))
      Get(Ref(Collection("d"), true))
      Get(Ref(Collection("d"), `x
      y`))
      1
      """#, repetitions: 5)
  }

  @Test func `blanks, comments and line ends belong to a form`() {
    check(
      "Add(1,  // one\n 2);\r\nAdd(3,  // one\n 4);\r\nAdd(5,  // one\n 6);\r\nAdd(5,  // two\n 6);\n1", repetitions: 1)
    check("Add(1, 2)\nAdd(1, 2)\nAdd(1, 2) Add(1, 2)\nAdd(1, 2); 3\n Add(1, 2)\nAdd(1, 2)", repetitions: 0)
    check("Add(1, 2)\nAdd(1, 2)\nAdd(1, 2)\n.then()\nAdd(1, 2)\n", repetitions: 2)
    check("client.query(Now())\nclient.query(Now())\nclient.query(Now())\n.then()", repetitions: 0)
  }

  @Test func `null, and what is worked out from literals, is parsed`() {
    check(
      "Paginate(1, {size: 1})\nPaginate(1, {size: 2})\nPaginate(1, {size: null})\nPaginate(1, null)", repetitions: 0)
    check("Bytes('AA==')\nBytes('AB==')\nBytes('AC==')\nBytes('AD==')", repetitions: 0)
    check("[null, 1]\n[null, 2]\n[null, 3]\n[1, null]\n[undefined, 3]", repetitions: 1)
  }

  @Test func `objects keep their order and their last fields`() {
    check(
      "{a: 1, b: [2, {c: 3}]}\n{a: 4, b: [5, {c: 6}]}\n{a: 'x', b: [true, {c: false}]}\n{a: 1, b: 2}", repetitions: 1)
    check("{b: 1, 1: 1}\n{b: 1, 1: 1}\n{b: 2, 1: 3}", repetitions: 0)
    check("{a: 1, a: 1}\n{a: 1, a: 1}\n{a: 2, a: 3}", repetitions: 0)
    check("{a: null, a: 1}\n{a: null, a: 1}\n{a: null, a: 3}\n", repetitions: 1)
  }

  @Test func `what is wrong is said as it is for any statement`() {
    check("Get(1)\nGet(2)\nGet(99999999999999999999)\nGet(0x1G)\nGet('a)\nGet(3))\nGet(4)\nGet(5", repetitions: 1)
  }

  @Test(arguments: ["surface", "auth", "collections", "core", "scalars", "sets", "writes"])
  func `every query of the conformance cases, again and with other scalars`(_ area: String) throws {
    for members in try conformanceCases(area) {
      var texts = [members["text"]?.text]
      if case .array(let steps)? = members["steps"]?.kind {
        texts = steps.map { step in
          if case .object(let step) = step.kind { step["q"]?.text } else { nil }
        }
      }
      for case let text? in texts {
        let other = text.replacing(#/\b[0-9]+\b/#, with: "7").replacing("'", with: "\"").replacing(
          "true", with: "false")
        check([text, text, text, other, text, other, text].map { $0 + "\n" }.joined())
      }
    }
  }
}

extension StatementFormTests.Item {
  fileprivate init(_ tree: String, _ span: Span, _ source: Source) {
    self.init(
      tree: tree, start: source.position(at: Int(span.start)), end: source.position(at: Int(span.end)))
  }
}
