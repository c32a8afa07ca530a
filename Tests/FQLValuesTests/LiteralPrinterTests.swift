import Testing

@testable import FQLValues

private func text(_ json: String, _ options: LiteralPrinter.Options) throws -> String {
  var printer = LiteralPrinter(options)
  return printer.text(Value(displaying: try WireReader.read(json)))
}

@Suite struct LiteralPrinterTests {
  private let numbers = "[" + (0..<150).map(String.init).joined(separator: ",") + "]"

  @Test func `the default format cuts nothing`() throws {
    #expect(try text(numbers, .literal).hasSuffix("  149 ]"))
    #expect(try text(numbers, .legacy).hasSuffix("  99,\n  ... 50 more items ]"))
    #expect(try text(numbers, .inspect).hasSuffix("  ... 50 more items\n]"))
  }

  @Test func `very long strings are cut in the newer layout`() throws {
    let string = "\"" + String(repeating: "x", count: 10_001) + "\""
    #expect(try text(string, .inspect).hasSuffix("x'... 1 more character"))
    #expect(try text(string, .legacy).count == 10_003)
  }

  @Test func `tall values are printed in time that grows with their size`() throws {
    let depth = 900
    let json = String(repeating: "{\"a\":[", count: depth / 2) + "1" + String(repeating: "]}", count: depth / 2)
    for options in [LiteralPrinter.Options.literal, .inspect] {
      #expect(try text(json, options).contains("1"))
    }
  }

  @Test func `a printer can be used again`() throws {
    var printer = LiteralPrinter(.inspect)
    let value = Value(displaying: try WireReader.read(#"{"a":{"b":{"c":{"d":1}}}}"#))
    let first = printer.text(value)
    _ = printer.text(.array([.integer(1)]))
    #expect(printer.text(value) == first)
  }

  @Test func `colours do not change the text`() throws {
    let json = #"{"a":"x","b":[1,true,null],"r":{"@ref":{"id":"collections"}},"t":{"@date":"2020-01-01"}}"#
    var options = LiteralPrinter.Options.inspect
    let plain = try text(json, options)
    options.colors = .standard
    let colored = try text(json, options)
    #expect(colored.contains("\u{1B}[32m'x'\u{1B}[0m"))
    #expect(colored.contains("\u{1B}[36mCollections()\u{1B}[0m"))
    #expect(colored.replacing(/\u{1B}\[\d*m/, with: "") == plain)
  }

  @Test func `control characters can be shown as escapes everywhere`() throws {
    var options = LiteralPrinter.Options.literal
    options.escapesControls = true
    let json = "[\"\u{7F}\u{9B}\",{\"@ref\":{\"id\":\"a\\u001bb\",\"collection\":{\"@ref\":{\"id\":\"indexes\"}}}}]"
    #expect(try text(json, options) == #"[ '\x7F\x9B', Index("a\x1Bb") ]"#)
  }

  @Test func `arrays of broken elements stand in columns by their width`() throws {
    #expect(
      try text("[" + Array(repeating: "[[[[1]]]]", count: 7).joined(separator: ",") + "]", .inspect).contains(
        "[ [ [ 1 ] ] ]"))
  }

  @Test func `wide characters count two columns`() {
    #expect(DisplayWidth.of("中文a") == 5)
    #expect(DisplayWidth.of("e\u{301}😀") == 3)
  }

  @Test func `odd references print as they can`() throws {
    #expect(try text(#"{"@ref":{"id":"foo"}}"#, .literal) == "Foo()")
    #expect(
      try text(
        #"{"@ref":{"id":"007","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}"#, .literal)
        == #"Ref(Collection("c"), "007")"#)
    #expect(try text(#"{"@ref":"collections/c/1"}"#, .literal) == #"Ref(Collection("c"), "1")"#)
    #expect(
      try text(#"{"@ref":{"id":"1","class":{"@ref":{"id":"c","class":{"@ref":{"id":"classes"}}}}}}"#, .literal)
        == #"Ref(Collection("c"), "1")"#)
    #expect(try text(#"{"@foo":1}"#, .literal) == "{ '@foo': 1 }")
  }
}
