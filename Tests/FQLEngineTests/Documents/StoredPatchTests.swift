import FQLStorage
import FQLValues
import Testing

@testable import FQLEngine

/// A change that is applied to bytes gives what it gives when it is applied to values.
@Suite struct StoredPatchTests {
  private static func value(_ random: inout Repeatable, depth: Int, nulls: Bool) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
    case 0: return nulls ? .null : .boolean(true)
    case 1: return .integer(Int64.random(in: -300...300, using: &random))
    case 2: return .string(String(repeating: "text", count: Int.random(in: 0...40, using: &random)))
    case 3: return .double(0.5)
    case 4: return .array(nulls ? [.null, .integer(1), .object(Object([.init("n", .null)]))] : [.integer(2)])
    case 5: return .object(Object())
    default: return .object(object(&random, depth: depth - 1, nulls: nulls))
    }
  }

  private static func object(_ random: inout Repeatable, depth: Int, nulls: Bool) -> Object {
    let count = Int.random(in: 0..<20, using: &random) == 0 ? 40 : Int.random(in: 0...6, using: &random)
    let names = (0..<50).map { "f\($0)" }.shuffled(using: &random)
    let common = ["a", "b", "c", "d", "é", ""].shuffled(using: &random)
    return Object(
      (0..<count).map { i in
        Object.Field(i < common.count ? common[i] : names[i], value(&random, depth: depth, nulls: nulls))
      })
  }

  private static func write(
    _ changes: Object, _ old: UnsafeRawBufferPointer, _ names: SchemaView, to result: inout ByteBuffer,
    dropsEmptyObjects: Bool
  ) -> Int? {
    var buffer = ByteBuffer()
    buffer.append(storedFields: changes, transactionTime: 0)
    let stored = StoredChanges(
      buffer.bytes, from: 0, hasNull: Patch.hasNull(.object(changes)), mayRepeatNames: true)
    var patch = StoredPatch(stored, to: ValueReader(bytes: old, position: 0, names: names, pendingTime: 0))
    return patch.write(to: &result, dropsEmptyObjects: dropsEmptyObjects)
  }

  @Test func `fields change as Patch says`() throws {
    var random = Repeatable(state: 11)
    let names = SchemaView(try Schema(scope: 0) { _ in [] }, database: nil)
    var done = 0
    for round in 0..<5000 {
      let old = Self.object(&random, depth: 3, nulls: false)
      let changes = Self.object(&random, depth: 3, nulls: true)
      let isTop = round % 2 == 0
      var expected = Patch.apply(changes, to: old)
      if isTop {
        expected.fields.removeAll { if case .object(let object) = $0.value { object.isEmpty } else { false } }
        // What is there already is never empty.
        if old.fields.contains(where: { if case .object(let object) = $0.value { object.isEmpty } else { false } }) {
          continue
        }
      }
      var buffer = ByteBuffer()
      buffer.append(storedFields: old, transactionTime: 0)
      let bytes = [UInt8](buffer.bytes)
      bytes.withUnsafeBytes { raw in
        var result = ByteBuffer()
        let count = Self.write(changes, raw, names, to: &result, dropsEmptyObjects: isTop)
        guard let count else { return }
        done += 1
        #expect(count == expected.count)
        var wanted = ByteBuffer()
        wanted.append(storedFields: expected, transactionTime: 0)
        #expect([UInt8](result.bytes) == [UInt8](wanted.bytes))
      }
    }
    #expect(done > 2500)
  }

  @Test func `broken bytes are changed without harm`() throws {
    var random = Repeatable(state: 12)
    let names = SchemaView(try Schema(scope: 0) { _ in [] }, database: nil)
    for _ in 0..<3000 {
      var buffer = ByteBuffer()
      buffer.append(storedFields: Self.object(&random, depth: 3, nulls: false), transactionTime: 0)
      var bytes = [UInt8](buffer.bytes)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if random.next() % 3 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      let changes = Self.object(&random, depth: 3, nulls: true)
      bytes.withUnsafeBytes { raw in
        var result = ByteBuffer()
        _ = Self.write(changes, raw, names, to: &result, dropsEmptyObjects: false)
      }
    }
  }

  @Test func `updates of data answer and index as others do`() throws {
    let queries = try Queries.inMemory()
    try queries.value(
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "x", source: Collection("c"), terms: [{field: ["data", "x"]}]})
      CreateIndex({name: "deep", source: Collection("c"), terms: [{field: ["data", "o", "x"]}]})
      CreateIndex({name: "all", source: Collection("c"), values: [{field: ["data", "n"]}, {field: "ts"}]})
      Create(Ref(Collection("c"), 1), {data: {x: 1, n: 1, o: {x: 1, y: [{x: 5}]}}, ttl: Time("2100-01-01T00:00:00Z")})
      """)
    let before = try queries.text("Select('ttl', Get(Ref(Collection('c'), 1)))")
    #expect(
      try queries.text("Select(['data'], Update(Ref(Collection('c'), 1), {data: {n: null, o: {z: null, w: 2}, x: 1}}))")
        == "{ x: 1, o: { x: 1, y: [ { x: 5 } ], w: 2 } }")
    #expect(try queries.text("Select('ttl', Get(Ref(Collection('c'), 1)))") == before)
    func count(_ index: String, _ term: String) throws -> String {
      try queries.text("Count(Match(Index('\(index)'), \(term)))")
    }
    #expect(try count("x", "1") == "1")
    #expect(try count("deep", "1") == "1")
    #expect(try queries.text("Count(Match(Index('all')))") == "1")
    try queries.value("Update(Ref(Collection('c'), 1), {data: {o: [{x: 7}, {x: 8}]}})")
    #expect(try count("deep", "1") == "0")
    #expect(try count("deep", "8") == "1")
    try queries.value("Update(Ref(Collection('c'), 1), {data: {o: {x: 9}}})")
    #expect(try count("deep", "8") == "0")
    #expect(try count("deep", "9") == "1")
    try queries.value(
      "Do(Update(Ref(Collection('c'), 1), {data: {x: 2}}), Update(Ref(Collection('c'), 1), {data: {x: 3}}))")
    #expect(try count("x", "1") == "0")
    #expect(try count("x", "2") == "0")
    #expect(try count("x", "3") == "1")
    #expect(
      try queries.text("Select('data', Update(Ref(Collection('c'), 1), {data: {x: null, o: null}}), 'none')")
        == "'none'")
    #expect(try queries.text("Count(Select('data', Paginate(Ref(Collection('c'), 1), {events: true})))") == "6")
  }
}
