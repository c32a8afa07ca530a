import FQLValues
import Testing

@testable import FQLEngine

/// Documents that are printed from their bytes look like the objects that they decode to.
@Suite struct StoredPrintingTests {
  private func expectSame(_ value: Value) throws {
    guard case .document(let document) = value, case .encoded = document.body else {
      Issue.record("\(value) is not a stored document")
      return
    }
    for options in [
      LiteralPrinter.Options.literal, .legacy, .init(era: .legacy, depth: 2), .init(era: .legacy, depth: 0),
    ] {
      var printer = LiteralPrinter(options)
      #expect(printer.text(value) == printer.text(.object(document.visibleObject)))
    }
  }

  @Test func `stored documents print as the objects that they are`() throws {
    let queries = try Queries.inMemory()
    try queries.value(#"Do(CreateCollection({name: "c"}), CreateCollection({name: "gone"}))"#)
    let fields = [
      #"{}"#, #"{a: 1, b: -1.5, c: "text", d: true, e: [], f: {}}"#,
      #"{b: 1, "10": 2, "9": {"1": 3, "x": 4, "0": [5]}, "09": 6}"#,
      #"{"odd key": "it's \\ \"quoted\" \n é 中 😀", t: Time("2020-01-01T00:00:00Z"), d: Date("2020-01-01"), x: Bytes("AQID")}"#,
      #"{deep: [[[[[[[[[["a long text that does not fit on a line with all of these"]]]]]]]]]]}"#,
      #"{many: [\#((0..<150).map(String.init).joined(separator: ", "))]}"#,
      #"{r: Ref(Collection("c"), "1"), q: Query(Lambda("x", Add(Var("x"), 1))), g: [Ref(Collection("gone"), "1")]}"#,
      #"{g: Ref(Collection("gone"), "1"), h: [Ref(Collection("gone"), "1")], i: {j: Collection("gone")}, k: Now()}"#,
    ]
    for (number, data) in fields.enumerated() {
      try queries.value(#"Create(Ref(Collection("c"), "\#(number + 1)"), {data: \#(data)})"#)
    }
    try queries.value(#"Delete(Collection("gone"))"#)
    for number in fields.indices {
      try expectSame(try queries.value(#"Get(Ref(Collection("c"), "\#(number + 1)"))"#))
    }
    #expect(
      try queries.text(#"Get(Ref(Collection("c"), "8"))"#).contains(/data: \{ h: \[\], i: \{\}, k: Time\(/))
  }

  /// They may be printed later, by another thread.
  @Test func `answers that were given show names as they were`() throws {
    let queries = try Queries.inMemory()
    try queries.value(#"Do(CreateCollection({name: "c"}), CreateCollection({name: "o"}))"#)
    let created = try queries.value(#"Create(Ref(Collection("o"), "1"), {data: {r: Ref(Collection("c"), "1")}})"#)
    let read = try queries.value(#"Get(Ref(Collection("o"), "1"))"#)
    let renamed = try queries.value(
      #"[Update(Collection("c"), {name: "d"}), Create(Ref(Collection("o"), "2"), {data: {r: Ref(Collection("c"), "1")}})]"#
    )
    let text = { (value: Value) in
      var printer = LiteralPrinter()
      return printer.text(value)
    }
    for value in [created, read] { #expect(text(value).contains(#"r: Ref(Collection("c"), "1")"#)) }
    #expect(text(renamed).contains(#"r: Ref(Collection("d"), "1")"#))
    #expect(try queries.text(#"Get(Ref(Collection("o"), "1"))"#).contains(#"r: Ref(Collection("d"), "1")"#))
  }
}
