import Testing

@testable import FQLValues

private func wire(_ value: Value, commitTime: Int64? = nil) -> String {
  var buffer = OutputBuffer()
  buffer.append(wire: value, commitTime: commitTime)
  return buffer.string
}

private func json(_ text: String) throws -> String {
  var buffer = OutputBuffer()
  buffer.append(json: Value(displaying: try WireReader.read(text)))
  return buffer.string
}

@Suite struct WireTests {
  private let collection = Entity(.named(.collections), name: "c", number: 20)

  @Test func `scalars are written with their tags`() {
    #expect(wire(.double(1)) == "1.0")
    #expect(wire(.double(1e7)) == "1.0E7")
    #expect(wire(.double(-0.00012)) == "-1.2E-4")
    #expect(wire(.double(123_456_789)) == "1.23456789E8")
    #expect(wire(.double(.leastNonzeroMagnitude)) == "4.9E-324")
    #expect(wire(.double(.nan)) == "\"NaN\"")
    #expect(wire(.double(-.infinity)) == "\"-Infinity\"")
    #expect(wire(.bytes([1, 2, 3, 4])) == #"{"@bytes":"AQIDBA=="}"#)
    #expect(wire(.integer(.min)) == "-9223372036854775808")
    #expect(wire(.string("a\"\\\n\u{1}é😀\u{7F}")) == "\"a\\\"\\\\\\n\\u0001é😀\u{7F}\"")
    #expect(wire(.transactionTime, commitTime: 42) == "42")
    #expect(wire(.action(.create)) == "\"create\"")
  }

  @Test func `an object with a key that looks like a tag is escaped, and it alone`() {
    let inner = Value.object(["@ref": .integer(1)])
    #expect(wire(.object(["a": inner])) == #"{"a":{"@obj":{"@ref":1}}}"#)
  }

  @Test func `references show the database only where it is another one`() {
    let child = Entity(.named(.databases), name: "child", number: 1)
    let scoped = Entity(.named(.collections), name: "c", number: 20, database: child)
    #expect(
      wire(.ref(.document(collection, id: 7)))
        == #"{"@ref":{"id":"7","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}"#)
    #expect(wire(.ref(.document(scoped, id: 7))).contains(#""database":{"@ref":{"id":"child","#))
    #expect(wire(.ref(.entity(Entity(.native(.tokens), name: "tokens", number: 4)))) == #"{"@ref":{"id":"tokens"}}"#)
  }

  @Test func `references to what has no name any more are left out`() {
    let gone = Value.ref(.entity(Entity(.named(.indexes), name: nil, number: 9)))
    #expect(wire(.array([.integer(1), gone, .integer(2)])) == "[1,2]")
    #expect(wire(.object(["a": gone, "b": .null])) == #"{"b":null}"#)
    var printer = LiteralPrinter()
    #expect(printer.text(.array([gone])) == "[]")
  }

  @Test func `documents, pages and events show their members in order`() {
    let ref = Ref.document(collection, id: 1)
    let document = Document(ref: ref, ts: nil, body: .object(["data": .object(["@x": .integer(1)])]))
    #expect(wire(.document(document), commitTime: 5).hasSuffix(#","ts":5,"data":{"@obj":{"@x":1}}}"#))
    let page = Page(data: [.integer(1)], before: nil, after: .cursor(.array([.integer(2)])), cursors: .values([]))
    #expect(wire(.page(page)) == #"{"after":[2],"data":[1]}"#)
    let event = Event(ts: 3, action: .add, document: nil, data: nil)
    #expect(wire(.event(event)) == #"{"ts":3,"action":"add"}"#)
  }

  @Test func `sets keep their own tag except under events`() {
    let index = Entity(.named(.indexes), name: "i", number: 30)
    let match = SetValue.match(index, terms: [.string("x")])
    let body = #"{"match":{"@ref":{"id":"i","collection":{"@ref":{"id":"indexes"}}}},"terms":"x"}"#
    #expect(wire(.set(match)) == "{\"@set\":\(body)}")
    #expect(wire(.set(.events(match))) == "{\"@set\":{\"events\":\(body)}}")
    #expect(wire(.set(.union([match]))) == "{\"@set\":{\"union\":{\"@set\":\(body)}}}")
    #expect(wire(.set(.reverse(match))) == "{\"@set\":{\"reverse\":{\"@set\":\(body)}}}")
    #expect(wire(.set(.match(index, terms: [.integer(1), .integer(2)]))).contains(#""terms":[1,2]"#))
    #expect(wire(.set(.reference(.document(collection, id: 1)))).hasPrefix(#"{"@ref""#))
  }

  @Test func `lambdas are handed out with let as an object and with what they captured`() throws {
    let body = try WireReader.read(#"{"let":[{"y":1},{"z":{"and":true}}],"in":{"add":[{"var":"y"},{"var":"k"}]}}"#)
    let lambda = LambdaValue(pattern: .name("x"), body: body, captured: [.init("k", .object(["a": .integer(2)]))])
    #expect(
      wire(.lambda(lambda))
        == #"{"@query":{"api_version":"4","lambda":"x","expr":{"let":{"k":{"object":{"a":2}}},"in":"#
        + #"{"let":{"y":1,"z":{"and":[true]}},"in":{"add":[{"var":"y"},{"var":"k"}]}}}}}"#)
    var printer = LiteralPrinter()
    #expect(
      printer.text(.lambda(lambda))
        == #"Query(Lambda("x", Let({"k": {"a": 2}}, Let({"y": 1, "z": And(true)}, Add(Var("y"), Var("k"))))))"#)
  }

  @Test func `a repeated key keeps its first value`() throws {
    #expect(try json(#"{"a":1,"b":2,"a":3}"#) == #"{"a":1,"b":2}"#)
    let many = "{" + (0..<40).map { "\"k\($0)\":\($0)," }.joined() + "\"k7\":99}"
    #expect(try json(many).contains(#""k7":7,"#))
  }

  @Test func `JSON output is that of a JavaScript program`() throws {
    #expect(
      try json(#"{"b":1.0,"10":-0.0,"2":1e21,"x":{"@obj":{"@a":1}}}"#) == #"{"2":1e+21,"10":0,"b":1,"x":{"@a":1}}"#)
    #expect(try json(#"[{"@ts":"2020-01-01T00:00:00Z"}]"#) == #"[{"@ts":"2020-01-01T00:00:00Z"}]"#)
  }

  @Test(arguments: [
    ("", "unexpected end of input", 0), ("[1,]", "unexpected ']'", 3), ("{\"a\" 1}", "unexpected '1'", 5),
    ("01", "bad number", 0), ("1.", "unexpected end of input", 2), ("9223372036854775808", "integer out of range", 0),
    ("\"a", "unterminated string", 0), ("\"\\x\"", "bad escape", 1), ("tru", "unexpected end of input", 3),
    ("\"a\nb\"", "control character in a string", 2), ("nul1", "unexpected '1'", 3), ("[1 2]", "unexpected '2'", 3),
  ])
  func `bad JSON is refused where it is bad`(text: String, message: String, offset: Int) {
    #expect(throws: WireError(message: message, offset: offset)) { try WireReader.read(text) }
  }

  @Test func `several JSON values come one after another`() throws {
    let bytes = Array("1 [2]\n{\"a\":3} ".utf8)
    try bytes.withUnsafeBufferPointer { bytes in
      var offset = 0
      var count = 0
      while try WireReader.read(bytes, from: &offset) != nil { count += 1 }
      #expect(count == 3)
    }
  }

  @Test func `escapes and pairs of surrogates are decoded`() throws {
    #expect(try WireReader.read(#""\u00e9\ud83d\ude00\ud800\/""#).text == "é😀\u{FFFD}/")
  }

  @Test func `base64 is read in both alphabets and written in the standard one`() {
    #expect(Base64.decode("AQIDBA==") == [1, 2, 3, 4])
    #expect(Base64.decode("AQIDBA") == [1, 2, 3, 4])
    #expect(Base64.decode("-_8=") == [0xFB, 0xFF])
    #expect(Base64.decode("A") == nil)
    #expect(Base64.decode("AQ=") == nil)
    #expect(Base64.decode("A Q=") == nil)
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8($0 * 37 & 255) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }
}
