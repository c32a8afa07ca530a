import FQLValues
import Testing

@testable import FQLEngine

@Suite struct ConversionsTests {
  @Test(arguments: [
    ("42", "42"), (" 42\t", "42"), ("3.14", "3.14"), ("3.0", "3"), ("5.", "5"), (".5", "0.5"), ("1E5", "100000"),
    ("1e5", "1"), ("12abc", "12"), ("0x10", "0"), ("1,234", "1234"), (",,1,2,3.5,6", "123.5"), ("1.2.3", "1.2"),
    ("1E-2", "0.01"),
    ("-0", "-0.0"), ("-0.0", "-0.0"), ("0.005", "0.005"), ("٣٤", "34"), ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"), ("9223372036854775808", "9.223372036854775807E18"),
    ("NaN", "NaN"),
    ("∞", "Infinity"), ("-∞", "-Infinity"), ("1E400", "Infinity"), ("1E", "1"), ("1E-", "1"), ("1E+5", "1"),
    ("5%", "5"),
    ("", "!"), ("abc", "!"), ("+4", "!"), ("- 4", "!"), ("Infinity", "!"), ("$5", "!"), ("-NaN", "!"), ("-", "!"),
    (".", "!"),
    ("\u{A0}42", "!"), ("1E9223372036854775808", "1"),
  ])
  func `numbers are read from the beginning of a text`(text: String, expected: String) {
    let shown = Functions.show(Functions.call("to_number", .string(text)))
    let expected = expected.replacing("9.223372036854775807E18", with: "9.223372036854776E18")
    #expect(shown == (expected == "!" ? "! Cannot cast String to Number." : expected))
  }

  @Test func `conversions between scalars`() {
    #expect(Functions.show(Functions.call("to_integer", "99999999999999999999")) == "9223372036854775807")
    #expect(Functions.show(Functions.call("to_integer", .double(.nan))) == "0")
    #expect(Functions.show(Functions.call("to_integer", "-3.99")) == "-3")
    #expect(Functions.show(Functions.call("to_double", 9_007_199_254_740_993)) == "9.007199254740992E15")
    #expect(Functions.show(Functions.call("to_double", true)) == "! to_double: Cannot cast Boolean to Double.")
    #expect(Functions.show(Functions.call("to_string", .null)) == #""null""#)
    #expect(Functions.show(Functions.call("to_string", 1e7)) == #""1.0E7""#)
    #expect(Functions.show(Functions.call("to_string", .action(.remove))) == #""remove""#)
    #expect(
      Functions.show(Functions.call("to_string", .transactionTime))
        == "! Cannot cast Unresolved Transaction Time to String.")
  }

  @Test func `objects and arrays of pairs`() {
    #expect(Functions.show(Functions.call("to_object", [["x", 1], ["y", .null]])) == "{x: 1, y: null}")
    #expect(
      Functions.show(Functions.call("to_object", [["a", 1], 5, ["a", 1, 2], [1, 2]]))
        == "! to_object.1: Field/Value expected, Integer provided. ! to_object.2: Field/Value expected, Array provided. ! to_object.3: Field/Value expected, Array provided."
    )
    #expect(Functions.show(Functions.call("to_array", .object(["x": 1, "y": 2]))) == #"[["x", 1], ["y", 2]]"#)
    #expect(Functions.show(Functions.call("to_array", "s")) == "! to_array: Cannot cast String to Array.")
  }

  @Test func `kinds of things`() {
    let user = Entity(.named(.collections), name: "c", number: 20)
    let index = Entity(.named(.indexes), name: "i", number: 21)
    let missing = Entity(.named(.indexes), name: "nope", number: 0, isResolved: false)
    let natives = NativeKind.allCases.map { Value.ref(.entity(Entity(.native($0), name: $0.id, number: 1))) }
    let key = Value.ref(.document(Entity(.native(.keys), name: "keys", number: 2), id: 1))
    func holds(_ name: String, _ value: Value) -> Bool { Functions.show(Functions.call(name, value)) == "true" }
    for native in natives {
      #expect(holds("is_collection", native) && holds("is_set", native) && holds("is_doc", native))
      #expect(!holds("is_index", native) && !holds("is_key", native))
    }
    #expect(holds("is_key", key) && holds("is_doc", key) && !holds("is_set", key) && !holds("is_token", key))
    #expect(holds("is_index", .ref(.entity(index))) && !holds("is_set", .ref(.entity(index))))
    #expect(holds("is_ref", .ref(.entity(missing))) && !holds("is_index", .ref(.entity(missing))))
    #expect(!holds("is_doc", .ref(.entity(missing))))
    let document = Value.document(Document(ref: .document(user, id: 1), ts: 1, body: .object([:])))
    #expect(holds("is_doc", document) && holds("is_object", document) && !holds("is_ref", document))
    #expect(!holds("is_collection", document) && holds("is_collection", .ref(.entity(user))))
    #expect(holds("is_string", .action(.add)) && holds("is_array", .cursor(.array([]))))
    #expect(
      !holds("is_integer", .transactionTime) && !holds("is_timestamp", 5) && !holds("is_number", .transactionTime))
  }
}
