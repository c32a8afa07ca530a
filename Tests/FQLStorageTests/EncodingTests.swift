import Testing

@testable import FQLStorage

/// Keys order as their values do, and can be read back; values can be read back, and broken ones are refused.
@Suite struct EncodingTests {
  /// A component of a key.
  enum Component: Equatable {
    case tag(UInt8)
    case uint16(UInt16)
    case uint32(UInt32)
    case uint64(UInt64)
    case int64(Int64)
    case number(KeyNumber)
    case bytes([UInt8])

    func append(to buffer: inout KeyBuffer, _ order: KeyOrder) {
      switch self {
      case .tag(let value): buffer.appendTag(value, order)
      case .uint16(let value): buffer.append(value, order)
      case .uint32(let value): buffer.append(value, order)
      case .uint64(let value): buffer.append(value, order)
      case .int64(let value): buffer.append(value, order)
      case .number(.integer(let value)): buffer.appendNumber(value, order)
      case .number(.double(let value)): buffer.appendNumber(value, order)
      case .bytes(let value): buffer.appendBytes(value, order)
      }
    }

    func readBack(_ reader: inout KeyReader, _ order: KeyOrder) throws -> Component {
      switch self {
      case .tag: .tag(try reader.tag(order))
      case .uint16: .uint16(try reader.uint16(order))
      case .uint32: .uint32(try reader.uint32(order))
      case .uint64: .uint64(try reader.uint64(order))
      case .int64: .int64(try reader.int64(order))
      case .number: .number(try reader.number(order))
      case .bytes: .bytes(try reader.byteArray(order))
      }
    }

    /// -1, 0 or 1.
    func compare(_ other: Component) -> Int {
      switch (self, other) {
      case (.tag(let left), .tag(let right)): order(left, right)
      case (.uint16(let left), .uint16(let right)): order(left, right)
      case (.uint32(let left), .uint32(let right)): order(left, right)
      case (.uint64(let left), .uint64(let right)): order(left, right)
      case (.int64(let left), .int64(let right)): order(left, right)
      case (.number(let left), .number(let right)): numberOrder(left, right)
      case (.bytes(let left), .bytes(let right)): isLess(left, right) ? -1 : isLess(right, left) ? 1 : 0
      default: 0
      }
    }
  }

  private static func encoded(_ components: [(Component, KeyOrder)]) -> [UInt8] {
    var buffer = KeyBuffer(capacity: 16)
    for (component, order) in components { component.append(to: &buffer, order) }
    return [UInt8](buffer.bytes)
  }

  private static func random(_ kind: Int, _ numbers: inout SeededNumbers) -> Component {
    let small = numbers.below(2) == 0
    switch kind {
    case 0: return .tag(UInt8(numbers.below(small ? 3 : 256)))
    case 1: return .uint16(UInt16(numbers.below(small ? 3 : 65536)))
    case 2: return .uint32(small ? UInt32(numbers.below(3)) : .random(in: .min ... .max, using: &numbers))
    case 3: return .uint64(small ? UInt64(numbers.below(3)) : .random(in: .min ... .max, using: &numbers))
    case 4: return .int64(small ? Int64(numbers.below(5)) - 2 : .random(in: .min ... .max, using: &numbers))
    case 5: return .number(randomNumber(&numbers))
    default: return .bytes((0..<numbers.below(5)).map { _ in [0, 1, 2, 254, 255][numbers.below(5)] })
    }
  }

  private static let specialDoubles: [Double] = [
    0, -0.0, 1, -1, 0.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .greatestFiniteMagnitude, 9_007_199_254_740_992, 9_007_199_254_740_994, -9_007_199_254_740_992,
    9_223_372_036_854_775_808, -9_223_372_036_854_775_808,
  ]
  private static let specialIntegers: [Int64] = [
    0, 1, -1, .max, .max - 1, .min, .min + 1, 1 << 53, (1 << 53) - 1, (1 << 53) + 1, (1 << 53) + 2, -(1 << 53),
    -(1 << 53) - 1, -(1 << 53) + 1, 1 << 62, (1 << 62) + 1,
  ]

  private static func randomNumber(_ numbers: inout SeededNumbers) -> KeyNumber {
    switch numbers.below(6) {
    case 0: .double(specialDoubles[numbers.below(specialDoubles.count)])
    case 1: .integer(specialIntegers[numbers.below(specialIntegers.count)])
    case 2: .double(Double(bitPattern: .random(in: .min ... .max, using: &numbers)))
    case 3: .integer(.random(in: .min ... .max, using: &numbers))
    case 4: .double(Double(numbers.below(9)) / 2 - 2)
    default: .integer(Int64(numbers.below(5)) - 2)
    }
  }

  @Test(arguments: [KeyOrder.ascending, .descending])
  func `one component orders as its values`(order: KeyOrder) throws {
    var numbers = SeededNumbers(11)
    for kind in 0..<7 {
      for _ in 0..<3000 {
        let left = Self.random(kind, &numbers)
        let right = Self.random(kind, &numbers)
        let first = Self.encoded([(left, order)])
        let second = Self.encoded([(right, order)])
        let expected = order == .ascending ? left.compare(right) : right.compare(left)
        let found = isLess(first, second) ? -1 : isLess(second, first) ? 1 : 0
        #expect(found == expected, "\(left) \(right)")
        // No encoding begins another: tuples compose.
        if expected != 0 { #expect(!first.starts(with: second) && !second.starts(with: first), "\(left) \(right)") }
      }
    }
  }

  @Test func `tuples order by their first difference, each component in its direction`() throws {
    var numbers = SeededNumbers(12)
    for _ in 0..<5000 {
      let shape = (0..<1 + numbers.below(4)).map { _ in
        (numbers.below(7), numbers.below(2) == 0 ? KeyOrder.ascending : .descending)
      }
      let left = shape.map { (Self.random($0.0, &numbers), $0.1) }
      let right = shape.map { (Self.random($0.0, &numbers), $0.1) }
      var expected = 0
      for (one, other) in zip(left, right) where expected == 0 {
        expected = one.0.compare(other.0) * (one.1 == .ascending ? 1 : -1)
      }
      let first = Self.encoded(left)
      let second = Self.encoded(right)
      #expect((isLess(first, second) ? -1 : isLess(second, first) ? 1 : 0) == expected)
    }
  }

  @Test func `tuples are read back`() throws {
    var numbers = SeededNumbers(13)
    for _ in 0..<3000 {
      let tuple = (0..<1 + numbers.below(5)).map { _ in
        (Self.random(numbers.below(7), &numbers), numbers.below(2) == 0 ? KeyOrder.ascending : .descending)
      }
      let held = HeldBytes(Self.encoded(tuple))
      var reader = KeyReader(held.bytes)
      for (component, order) in tuple {
        let found = try component.readBack(&reader, order)
        if case .number(.double(let double)) = component, double.isNaN {
          guard case .number(.double(let other)) = found, other.isNaN else {
            Issue.record("not a number came back as one")
            continue
          }
        } else {
          #expect(found == component)
          if case .number(.double(let double)) = component, case .number(.double(let other)) = found {
            #expect(double.sign == other.sign)
          }
        }
      }
      #expect(reader.isAtEnd)
    }
  }

  @Test func `numbers are in their places`() {
    let sorted: [KeyNumber] = [
      .double(-.infinity), .integer(.min), .double(-9_223_372_036_854_775_808), .integer(-2), .double(-1.5),
      .double(-.leastNonzeroMagnitude), .double(-0.0), .integer(0), .double(0), .double(0.5), .integer(1), .double(1),
      .integer((1 << 53) - 1), .integer(1 << 53), .integer((1 << 53) + 1), .double(9_007_199_254_740_992),
      .integer((1 << 53) + 2), .double(9_007_199_254_740_994), .integer(.max - 1), .integer(.max),
      .double(9_223_372_036_854_775_808), .double(.infinity), .double(.nan),
    ]
    let keys = sorted.map { Self.encoded([(.number($0), .ascending)]) }
    for (before, after) in zip(keys, keys.dropFirst()) { #expect(isLess(before, after)) }
  }

  @Test func `broken keys are refused`() throws {
    var numbers = SeededNumbers(14)
    for _ in 0..<3000 {
      let held = HeldBytes((0..<numbers.below(20)).map { _ in [0, 1, 2, 128, 254, 255][numbers.below(6)] })
      for kind in 0..<7 {
        var reader = KeyReader(held.bytes)
        let component = Self.random(kind, &numbers)
        do {
          while !reader.isAtEnd { _ = try component.readBack(&reader, .ascending) }
        } catch {
          guard case .malformed = error as? StoreError else {
            Issue.record("\(error)")
            continue
          }
        }
      }
    }
    let early = HeldBytes([65, 0])
    var reader = KeyReader(early.bytes)
    #expect(throws: StoreError.malformed("a key that ends too early")) { try reader.string() }
  }

  @Test func `a key buffer is used again`() {
    var buffer = KeyBuffer(capacity: 1)
    buffer.appendTag(3)
    buffer.appendString("a\0b")
    #expect([UInt8](buffer.bytes) == [3, 97, 0, 255, 98, 0, 0])
    buffer.truncate(to: 1)
    buffer.append(UInt16(258))
    #expect([UInt8](buffer.bytes) == [3, 1, 2])
    buffer.removeAll()
    for _ in 0..<1000 { buffer.append(UInt32(7), .descending) }
    #expect(buffer.count == 4000)
    buffer.removeAll()
    buffer.appendTag(1)
    buffer.appendTag(255)
    let hasSuccessor = buffer.makeSuccessor()
    #expect(hasSuccessor)
    #expect([UInt8](buffer.bytes) == [2])
    buffer.removeAll()
    buffer.appendTag(255)
    let hasNone = !buffer.makeSuccessor()
    #expect(hasNone)
  }

  @Test func `values are read back`() throws {
    var buffer = ByteBuffer()
    let unsigned: [UInt64] = [0, 1, 127, 128, 16383, 16384, 1 << 32, .max]
    let signed: [Int64] = [0, -1, 1, 63, -64, 64, .max, .min]
    for number in unsigned { buffer.appendVarint(number) }
    for number in signed { buffer.appendZigzag(number) }
    for number in unsigned { buffer.appendFixed(number) }
    buffer.appendFixed(-0.5)
    buffer.appendCounted("Größe")
    buffer.appendByte(9)
    var reader = ByteReader(buffer.bytes)
    for number in unsigned { #expect(try reader.varint() == number) }
    for number in signed { #expect(try reader.zigzag() == number) }
    for number in unsigned { #expect(try reader.fixed() == number) }
    #expect(try reader.fixedDouble() == -0.5)
    #expect(try reader.countedString() == "Größe")
    #expect(try reader.byte() == 9)
    #expect(reader.isAtEnd)
    #expect(throws: StoreError.malformed("data that end too early")) { try reader.byte() }
  }

  @Test func `broken values are refused`() {
    let cases: [[UInt8]] = [
      [], [0x80], [5, 1, 2], [UInt8](repeating: 0xFF, count: 11), [0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1],
    ]
    for bytes in cases {
      let held = HeldBytes(bytes)
      #expect(throws: StoreError.self, "\(bytes)") {
        var reader = ByteReader(held.bytes)
        _ = try reader.counted()
      }
    }
  }
}

private func order<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
  left < right ? -1 : left > right ? 1 : 0
}

/// The order of numbers, said otherwise than by their bits.
private func numberOrder(_ left: KeyNumber, _ right: KeyNumber) -> Int {
  func double(_ number: KeyNumber) -> Double {
    switch number {
    case .integer(let integer): Double(integer)
    case .double(let double): double
    }
  }
  if case .integer(let one) = left, case .integer(let other) = right { return order(one, other) }
  let one = double(left)
  let other = double(right)
  if one.isNaN || other.isNaN { return order(one.isNaN ? 1 : 0, other.isNaN ? 1 : 0) }
  if one != other { return order(one, other) }
  if one.sign != other.sign { return one.sign == .minus ? -1 : 1 }
  switch (left, right) {
  case (.integer, .double): return -1
  case (.double, .integer): return 1
  default: return 0
  }
}
