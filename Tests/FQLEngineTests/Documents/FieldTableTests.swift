import FQLStorage
import FQLValues
import Testing

@testable import FQLEngine

/// A field of a wide object is found by the object's table. That must not be seen.
@Suite struct FieldTableTests {
  private func names() throws -> SchemaView { SchemaView(try Schema(scope: 0) { _ in [] }, database: nil) }

  private func encoded(_ object: Object) -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.append(storedFields: object, transactionTime: 0)
    return [UInt8](buffer.bytes)
  }

  private func wide(_ count: Int, _ random: inout Repeatable) -> Object {
    Object(
      (0..<count).map { i in
        let name = ["f\(i)", "é\(i)", "\(i)", String(repeating: "long ", count: 40) + "\(i)", "\u{0}\(i)"][i % 5]
        let value: Value =
          [.integer(Int64(i)), .string("text \(i)"), .array([.null, .boolean(true)])]
          .randomElement(using: &random) ?? .null
        return Object.Field(i == 7 ? "" : name, value)
      })
  }

  @Test(arguments: [0, 1, 31, 32, 33, 200, 1000])
  func `every field is found, and nothing else`(count: Int) throws {
    var random = Repeatable(state: 5)
    let object = wide(count, &random)
    let fields = Object([
      .init("before", .object(object)), .init("data", .object(Object([.init("x", .object(object))]))),
      .init("after", .integer(1)),
    ])
    let bytes = encoded(fields)
    let names = try names()
    bytes.withUnsafeBytes { raw in
      func find(_ path: [PathStep]) -> Value? {
        var reader = ValueReader(bytes: raw, position: 0, names: names, pendingTime: nil)
        return reader.enter(path[...]) ? reader.value() : nil
      }
      /// The same by names behind their lengths, as indexes look for them.
      func find(named path: [String]) -> Value? {
        var reader = ValueReader(bytes: raw, position: 0, names: names, pendingTime: nil)
        let names = path.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        return names.withUnsafeBytes { reader.enter(names: $0) } ? reader.value() : nil
      }
      func isSame(_ a: Value?, _ b: Value?) -> Bool { "\(String(describing: a))" == "\(String(describing: b))" }
      for field in object.fields {
        #expect(isSame(find([.field("before"), .field(field.key)]), field.value))
        #expect(isSame(find([.field("data"), .field("x"), .field(field.key)]), field.value))
        if field.key.utf8.count < 128 { #expect(isSame(find(named: ["data", "x", field.key]), field.value)) }
        #expect(find([.field("before"), .field(field.key + "?")]) == nil)
        #expect(find(named: ["before", "?" + field.key.prefix(9)]) == nil)
      }
      #expect(isSame(find([.field("after")]), .integer(1)))
      #expect(isSame(find(named: ["after"]), .integer(1)))
      var reader = ValueReader(bytes: raw, position: 0, names: names, pendingTime: nil)
      #expect("\(reader.object())" == "\(fields)")
      #expect(find([.field("before")])?.asObject?.count == count)
    }
  }

  @Test func `broken bytes are read without harm`() throws {
    var random = Repeatable(state: 6)
    let names = try names()
    let whole = encoded(Object([.init("a", .object(wide(40, &random))), .init("b", .integer(1))]))
    for round in 0..<3000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<min(bytes.count, round % 2 == 0 ? 200 : bytes.count), using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if round % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      bytes.withUnsafeBytes { raw in
        var reader = ValueReader(bytes: raw, position: 0, names: names, pendingTime: nil)
        _ = reader.object()
        for name in ["f0", "é1", "", "nowhere"] {
          reader.position = 0
          if reader.enter([.field("a"), .field(name)]) { _ = reader.value() }
        }
      }
    }
  }

  @Test func `wide documents are written, changed, indexed and printed like others`() throws {
    let queries = try Queries.inMemory()
    let fields = (0..<100).map { "f\($0): \($0)" }.joined(separator: ", ")
    try queries.value(
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "i", source: Collection("c"), terms: [{field: ["data", "f77"]}], values: [{field: ["data", "f3"]}]})
      Create(Ref(Collection("c"), 1), {data: {\(fields)}})
      Update(Ref(Collection("c"), 1), {data: {f77: "x", f5: null, more: 1}})
      """)
    #expect(try queries.text("Select(['data', 'f99'], Get(Ref(Collection('c'), 1)))") == "99")
    #expect(try queries.text("Select(['data', 'f5'], Get(Ref(Collection('c'), 1)), 'none')") == "'none'")
    #expect(try queries.text("Select('data', Paginate(Match(Index('i'), 'x')))") == "[ 3 ]")
    #expect(try queries.text("Select('data', Paginate(Match(Index('i'), 77)))") == "[]")
    #expect(try queries.text("Select('data', Get(Ref(Collection('c'), 1)))").contains("f99: 99"))
    guard case .document(let document) = try queries.value("Get(Ref(Collection('c'), 1))") else {
      Issue.record("no document")
      return
    }
    var printer = LiteralPrinter(.literal)
    #expect(printer.text(.document(document)) == printer.text(.object(document.visibleObject)))
  }
}

extension Value {
  fileprivate var asObject: Object? { if case .object(let object) = self { object } else { nil } }
}
