import FQLValues
import Testing

@testable import FQLEngine

/// The order of values: total, and that of the bytes in index keys.
@Suite("Order of values") struct ValueOrderTests {
  private func random(_ rng: inout Repeatable, depth: Int = 2) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 13 : 11), using: &rng) {
    case 0: return .null
    case 1: return .boolean(Bool.random(using: &rng))
    case 2: return .integer(Int64.random(in: -3...3, using: &rng))
    case 3: return .integer(Int64(bitPattern: rng.next()))
    case 4:
      return .double([0.0, -0.0, 1.0, 1.5, -2.0, .infinity, -.infinity, 9e15, 1e300].randomElement(using: &rng) ?? 0)
    case 5:
      return .string(["", "a", "A", "b", "aa", "é", "e", "z", "1", "_", "ab\u{0}c"].randomElement(using: &rng) ?? "")
    case 6: return .bytes((0..<Int.random(in: 0...3, using: &rng)).map { _ in UInt8.random(in: 0...2, using: &rng) })
    case 7:
      return .time(
        Time(seconds: Int64.random(in: -2...2, using: &rng), nanoseconds: Int32.random(in: 0...2, using: &rng)))
    case 8: return .date(CalendarDate(day: Int64.random(in: -2...2, using: &rng)))
    case 9: return .uuid(UUIDValue(high: rng.next() & 3, low: rng.next() & 3))
    case 10:
      let collection = Entity(.named(.collections), name: "c", number: 1024 + Int64(rng.next() & 1))
      return .ref(.document(collection, id: Int64(rng.next() & 3)))
    case 11: return .array((0..<Int.random(in: 0...3, using: &rng)).map { _ in random(&rng, depth: depth - 1) })
    default:
      let keys = ["a", "b", "c"].shuffled(using: &rng).prefix(Int.random(in: 0...3, using: &rng))
      return .object(Object(keys.map { .init($0, random(&rng, depth: depth - 1)) }))
    }
  }

  private func sign(_ x: Int) -> Int { x < 0 ? -1 : x > 0 ? 1 : 0 }

  @Test("is antisymmetric, transitive, and agrees with equality")
  func total() {
    var rng = Repeatable(state: 7)
    for _ in 0..<20_000 {
      let (a, b, c) = (random(&rng), random(&rng), random(&rng))
      #expect(sign(a.compare(b)) == -sign(b.compare(a)))
      if a.isIdentical(to: b) { #expect(a.compare(b, sortingKeys: true) == 0) }
      if a.compare(b) <= 0, b.compare(c) <= 0 { #expect(a.compare(c) <= 0, "\(a) \(b) \(c)") }
    }
  }

  @Test("is the order of bytes in index keys, in both directions, and values read back")
  func keys() throws {
    let database = try Database.inMemory()
    let transaction = try Transaction(database, writing: false, interrupt: InterruptFlag(), memory: FrameMemory())
    defer { transaction.abort() }
    var rng = Repeatable(state: 9)
    for _ in 0..<20_000 {
      let (a, b) = (random(&rng), random(&rng))
      var x: [UInt8] = []
      var y: [UInt8] = []
      IndexKeys.append(a, to: &x, time: 0)
      IndexKeys.append(b, to: &y, time: 0)
      let order = sign(a.compare(b, sortingKeys: true))
      let bytes = sign(compareBytes(x, y))
      // Equal numbers of the two types are told apart by their bytes only.
      if order != 0 { #expect(bytes == order, "\(a) \(b)") }
      var p: [UInt8] = []
      var q: [UInt8] = []
      IndexKeys.appendReversed(a, to: &p, time: 0)
      IndexKeys.appendReversed(b, to: &q, time: 0)
      #expect(sign(compareBytes(p, q)) == -bytes)
      var reader = x.withUnsafeBytes { IndexKeyReader(bytes: $0, position: 0, transaction: transaction) }
      _ = reader
      x.withUnsafeBytes { raw in
        reader = IndexKeyReader(bytes: raw, position: 0, transaction: transaction)
        let back = reader.value()
        #expect(reader.position == raw.count)
        if case .ref = a { return }
        #expect(back.compare(a, sortingKeys: true) == 0, "\(a) reads back as \(back)")
      }
    }
  }
}
