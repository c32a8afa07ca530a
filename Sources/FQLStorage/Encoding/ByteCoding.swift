/// Values: numbers and bytes written one after the other, compact, without regard to order.
///
/// | what | bytes |
/// |---|---|
/// | varint, `UInt64` | seven bits a byte, lowest first, the high bit set on all but the last: 1 to 10 bytes |
/// | zigzag, `Int64` | the varint of 0, -1, 1, -2 ... counted from 0 |
/// | fixed, `UInt64`, `Double` | 8 bytes, little-endian |
/// | counted bytes, string | the varint of their number, then the bytes |
extension ByteBuffer {
  package mutating func appendVarint(_ number: UInt64) {
    if number < 0x80 {
      appendByte(UInt8(truncatingIfNeeded: number))
      return
    }
    var rest = number
    while rest >= 0x80 {
      appendByte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    appendByte(UInt8(truncatingIfNeeded: rest))
  }

  package mutating func appendZigzag(_ number: Int64) {
    appendVarint(UInt64(bitPattern: number << 1 ^ number >> 63))
  }

  package mutating func appendFixed(_ number: UInt64) {
    extend(8).storeBytes(of: number.littleEndian, as: UInt64.self)
  }

  package mutating func appendFixed(_ double: Double) { appendFixed(double.bitPattern) }

  package mutating func appendCounted(_ bytes: UnsafeRawBufferPointer) {
    appendVarint(UInt64(bytes.count))
    appendRaw(bytes)
  }

  package mutating func appendCounted(_ string: String) {
    var string = string
    string.withUTF8 { appendCounted(UnsafeRawBufferPointer($0)) }
  }
}

/// Reads what `ByteBuffer` wrote for values.
///
/// Every method throws `StoreError.malformed` where the bytes cannot be what it reads, and never reads beyond them. The bytes must stay
/// as long as the reader is used.
package struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  /// Where the next item begins.
  package private(set) var offset = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }
  /// Number of bytes that have not been read.
  package var remaining: Int { bytes.count - offset }

  package mutating func byte() throws(StoreError) -> UInt8 {
    guard offset < bytes.count else { throw .malformed("data that end too early") }
    let byte = bytes[offset]
    offset += 1
    return byte
  }

  package mutating func varint() throws(StoreError) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte()
      // The tenth byte has room for one bit.
      if shift == 63 && byte > 1 { throw .malformed("a number that is too large") }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
  }

  package mutating func zigzag() throws(StoreError) -> Int64 {
    let number = try varint()
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }

  package mutating func fixed() throws(StoreError) -> UInt64 {
    guard remaining >= 8 else { throw .malformed("data that end too early") }
    let number = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    offset += 8
    return number
  }

  package mutating func fixedDouble() throws(StoreError) -> Double { Double(bitPattern: try fixed()) }

  /// The next `count` bytes, where they are.
  package mutating func raw(_ count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    guard count >= 0, remaining >= count else { throw .malformed("data that end too early") }
    let start = offset
    offset += count
    return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
  }

  /// Counted bytes, where they are.
  package mutating func counted() throws(StoreError) -> UnsafeRawBufferPointer {
    let count = try varint()
    guard count <= UInt64(remaining) else { throw .malformed("data that end too early") }
    return try raw(Int(count))
  }

  /// A counted string. Bytes that are not UTF-8 become U+FFFD.
  package mutating func countedString() throws(StoreError) -> String {
    String(decoding: try counted(), as: UTF8.self)
  }
}
