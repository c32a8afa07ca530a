import FQLValues
import Testing

@testable import FQLSyntax

/// The position and text of what is wrong first.
private func problem(_ text: String) -> String {
  let source = Source(name: "<text>", text: text)
  do {
    _ = try Script(parsing: source)
    return "none"
  } catch {
    let position = source.position(at: Int(error.span.start))
    return "\(position.line):\(position.column) \(error.text)"
  }
}

@Suite struct ParserTests {
  @Test func `data becomes values at once`() throws {
    let script = try Script(parsing: "[1, {a: [true, 'x'], b: 2.5}, -3]")
    guard case .literal(.array(let list)) = script.statements[0].expr.kind else {
      Issue.record("not a literal")
      return
    }
    #expect(list.count == 3)
    #expect(try wire("[1, {a: [true, 'x'], b: 2.5}, -3]") == #"[1,{"object":{"a":[true,"x"],"b":2.5}},-3]"#)
  }

  @Test func `data beside something to evaluate keeps its place in the text`() throws {
    let script = try Script(parsing: "[1, Now(), {a: 2}]")
    guard case .array(let list) = script.statements[0].expr.kind else {
      Issue.record("not an array")
      return
    }
    #expect(list.map { script.source.text($0.span) } == ["1", "Now()", "{a: 2}"])
  }

  @Test func `arguments and calls know where they stand`() throws {
    let script = try Script(parsing: #"  q.Add(1, "a")"#)
    let expr = script.statements[0].expr
    guard case .object(let members) = expr.kind, case .array(let list) = members.values[0].kind else {
      Issue.record("not a call")
      return
    }
    #expect(script.source.text(expr.span) == #"Add(1, "a")"#)
    #expect(list.map { script.source.text($0.span) } == ["1", "\"a\""])
    #expect(FunctionTable.entries[members.function].name == "Add")
  }

  @Test func `a repeated key has its last value at its first place`() throws {
    #expect(try wire("{a: 1, b: 2, a: 3}") == #"{"object":{"a":3,"b":2}}"#)
    #expect(try wire("{a: 1, b: Now(), a: 3}") == #"{"object":{"a":3,"b":{"now":null}}}"#)
  }

  @Test func `keys that are array indices come first`() throws {
    #expect(try wire("{b: 1, 10: 2, 9: 3, '01': 4}") == #"{"object":{"9":3,"10":2,"b":1,"01":4}}"#)
    #expect(try wire("{b: Now(), 1: 2}") == #"{"object":{"1":2,"b":{"now":null}}}"#)
    #expect(try wire("{1.5: 1, 1e3: 2, 0x10: 3}") == #"{"object":{"16":3,"1000":2,"1.5":1}}"#)
  }

  @Test func `wide objects find their repeated keys too`() throws {
    let text = "{" + (0..<40).map { "k\($0): \($0), " }.joined() + "k7: 'again'}"
    #expect(try wire(text).contains(#""k7":"again","k8":8"#))
  }

  @Test func `undefined is null in arrays and nothing in objects`() throws {
    #expect(try wire("[undefined, 1]") == "[null,1]")
    #expect(try wire("{a: undefined, b: 1}") == #"{"object":{"b":1}}"#)
    #expect(try wire("Merge({}, {}, undefined)") == #"{"merge":{"object":{}},"with":{"object":{}}}"#)
  }

  @Test func `the parameters of a Let's function stand for its bindings`() throws {
    #expect(
      try wire("Let({x: 1, y: 2}, (a, b) => Add(a, b))")
        == #"{"let":[{"x":1},{"y":2}],"in":{"add":[{"var":"x"},{"var":"y"}]}}"#)
    #expect(try wire("Let({x: 1}, function (a) { return a })") == #"{"let":[{"x":1}],"in":{"var":"x"}}"#)
    #expect(try wire("Let({}, () => 5)") == #"{"let":[],"in":5}"#)
    #expect(try wire("Let([{x: 1}], a => a)") == #"{"let":[{"x":1}],"in":{"var":"x"}}"#)
    #expect(try wire("Let({x: undefined, y: 2}, (a, b) => b)") == #"{"let":[{"y":2}],"in":{"var":"y"}}"#)
  }

  @Test func `numbers keep their kind`() throws {
    #expect(
      try wire("[1, 1.0, 2., .5, 1e3, 1_000, 0xff, 0b11, 0o17, -0, -0.0]")
        == "[1,1.0,2.0,0.5,1000.0,1000,255,3,15,0,-0.0]")
    #expect(try wire("[9223372036854775807, -9223372036854775808]") == "[9223372036854775807,-9223372036854775808]")
    #expect(
      try wire("[1e400, 1.7976931348623157e308, 5e-324, 0.1, 123456789012345678901.5]")
        == #"["Infinity",1.7976931348623157E308,4.9E-324,0.1,1.2345678901234568E20]"#)
  }

  @Test func `strings and templates are decoded`() throws {
    #expect(try wire(#"'\x41\u00e9\u{1F600}\uD83D\uDE00\0\q'"#) == #""Aé😀😀\u0000q""#)
    #expect(try wire("`a\r\nb\rc`") == #""a\nb\nc""#)
    #expect(try wire("'a\\\r\nb'") == "\"ab\"")
  }

  @Test func `errors stand where the reader must look`() {
    #expect(problem("Add(1,\n  Sub(2))") == "2:3 Sub is not defined; did you mean Sum?")
    #expect(problem("paginate(Collections())") == "1:1 paginate is not defined; did you mean Paginate?")
    #expect(problem("Pagniate(1)") == "1:1 Pagniate is not defined; did you mean Paginate?")
    #expect(problem("Map([1], value => Add(vlaue, 1))") == "1:23 vlaue is not defined; did you mean value?")
    #expect(problem("'\\u{110000}'") == "1:2 invalid escape sequence")
    #expect(problem("'\\uD83D'") == "1:2 invalid escape sequence")
    #expect(problem("`a${b}`") == "1:3 a template with '${' is not supported")
    #expect(problem("x => { Add(1, 2) }") == "1:8 a function body must be one return statement, but found 'Add'")
    #expect(problem("Let(1, 2)") == "1:5 the bindings of Let must be an object literal or an array of such")
    #expect(problem("Tokens(1, 2)") == "1:1 Tokens function requires up to 1 argument(s) but 2 were given")
    #expect(problem("Now(1)") == "1:1 Now function requires 0 argument(s) but 1 were given")
    #expect(problem("Concat()") == "1:1 Concat function requires at least 1 argument(s) but 0 were given")
    #expect(problem("q.Foo(1)") == "1:3 Foo is not defined")
    #expect(problem("😀") == "1:1 unexpected character '😀'")
    #expect(problem("/* 😀 */ 1 \u{7}") == "1:11 unexpected character 'U+0007'")
    #expect(problem("a.b(1)") == "1:1 a is not defined")
    #expect(problem("x = 5") == "1:3 unexpected '='")
    #expect(problem("const x = await client.query(1) 2") == "1:33 unexpected '2'")
  }

  @Test func `an unfinished text says which bracket is open`() {
    func open(_ text: String) -> String? {
      let source = Source(name: "<text>", text: text)
      return Script.diagnostics(of: source).first.flatMap { $0.isIncomplete ? $0.openBracketText(in: source) : nil }
    }
    #expect(open("Add(1") == #""(" at 1:4 is still open"#)
    #expect(open("Add(1, {\n a: [") == #""[" at 2:5 is still open"#)
    #expect(open("`abc") == #""`" at 1:1 is still open"#)
    #expect(open("Map(x, /* no") == nil)
    #expect(open("Map([1], /* no") == #""/*" at 1:10 is still open"#)
    #expect(open("(a, b") == #""(" at 1:1 is still open"#)
    #expect(open("client.query(1).then((x) => {") == #""{" at 1:29 is still open"#)
    #expect(open("Add(1))") == nil)
  }

  @Test(arguments: [
    ("[", "]"), ("(", ")"), ("{a:", "}"), ("Add(", ")"), ("x=>", ""), ("Let({a:", "},1)"),
    ("function(x){return ", "}"),
  ])
  func `what is nested too deeply is refused, not a crash`(open: String, close: String) {
    let text = String(repeating: open, count: 100_000) + "1" + String(repeating: close, count: 100_000)
    #expect(problem(text).contains("nested too deeply"))
  }

  @Test func `nesting up to the limit is fine`() {
    #expect(problem(String(repeating: "[", count: 999) + String(repeating: "]", count: 999)) == "none")
  }

  @Test func `bytes that are no text are refused at their place`() {
    func first(_ bytes: [UInt8]) -> Diagnostic? {
      Script.diagnostics(of: Source(name: "<text>", bytes: bytes)).first
    }
    #expect(first([0x31, 0x00]) == Diagnostic("unexpected NUL byte U+0000", at: Span(1, 2)))
    #expect(first([0x27, 0xC3, 0x28, 0x27]) == Diagnostic("invalid UTF-8: byte 0xC3", at: Span(1, 2)))
    #expect(first([0x27, 0xED, 0xA0, 0x80, 0x27]) == Diagnostic("invalid UTF-8: byte 0xED", at: Span(1, 2)))
    #expect(first([0x27, 0xF0, 0x9F, 0x98, 0x80, 0x27]) == nil)
  }

  @Test func `bad bytes are found in texts of any length and at any place`() {
    for length in 1...70 {
      let text = [UInt8](repeating: 0x20, count: length)
      #expect(Script.diagnostics(of: Source(name: "", bytes: text)).isEmpty)
      for place in 0..<length {
        for (byte, message) in [(0x00, "unexpected NUL byte U+0000"), (0xFF, "invalid UTF-8: byte 0xFF")]
          as [(UInt8, String)]
        {
          var bytes = text
          bytes[place] = byte
          let found = Script.diagnostics(of: Source(name: "", bytes: bytes)).first
          #expect(found == Diagnostic(message, at: Span(place, place + 1)))
        }
      }
    }
  }

  @Test func `checking goes on after an error`() {
    let text = "Foo(1)\nAdd(1, Bar(2))\nNow()\nBaz()"
    let source = Source(name: "<text>", text: text)
    let found = Script.diagnostics(of: source).map { "\(source.position(at: Int($0.span.start)).line) \($0.message)" }
    #expect(found == ["1 Foo is not defined", "2 Bar is not defined", "4 Baz is not defined"])
  }

  @Test func `JavaScript around queries is passed over`() throws {
    let text = """
      import faunadb, { query as q } from 'faunadb'
      const { Client } = require('faunadb'), x = 1
      const client = new faunadb.Client({
        secret: 'abc',
        headers: { a: `x${1 + `}`}` }
      })
      let a = 1, b = await client.query(q.Add(1, 2)), c = other()
      this.client.query(Now(), { a: 1 })
        // what comes
        .then((ret) => { console.log("}", ret) })
      """
    let script = try Script(parsing: text)
    #expect(script.statements.map { wire($0.expr) } == [#"{"add":[1,2]}"#, #"{"now":null}"#])
    #expect(script.statements.map(\.isDriverCall) == [true, true])
    #expect(script.statements.map(\.logsToConsole) == [false, true])
  }

  @Test func `lines for the shell divide a text`() throws {
    let source = Source(name: "a.fql", text: "1\n.format wire\nAdd(\n1)\n.then(x)\n")
    do {
      _ = try Script(parsing: source, allowsCommands: true)
      Issue.record("no error")
    } catch {
      #expect(error.message == "unexpected '.'")
    }
    let script = try Script(parsing: Source(name: "a.fql", text: "1\n.format wire\nAdd(\n1)\n"), allowsCommands: true)
    let items = script.items.map { item in
      switch item {
      case .statement(let statement): wire(statement.expr)
      case .command(let span): script.source.text(span)
      }
    }
    #expect(items == ["1", ".format wire", #"{"add":1}"#])
  }
}
