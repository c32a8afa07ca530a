/// Reads the components of a key, as `KeyEncoding.swift` lays them out.
///
/// Every method throws `StoreError.malformed` where the bytes cannot be what it reads, and never reads beyond them. The bytes must stay
/// as long as the reader is used.
package struct KeyReader {
  private let bytes: UnsafeRawBufferPointer
  /// Where the next component begins.
  package private(set) var offset = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isAtEnd: Bool { offset == bytes.count }
  /// What has not been read.
  package var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }

  @inline(__always)
  private mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(
    _: Number.Type, _ order: KeyOrder
  ) throws(StoreError) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - offset >= size else { throw .malformed("a key that ends too early") }
    let number = Number(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    offset += size
    return order == .ascending ? number : ~number
  }

  package mutating func tag(_ order: KeyOrder = .ascending) throws(StoreError) -> UInt8 { try fixed(UInt8.self, order) }

  package mutating func uint16(_ order: KeyOrder = .ascending) throws(StoreError) -> UInt16 {
    try fixed(UInt16.self, order)
  }

  package mutating func uint32(_ order: KeyOrder = .ascending) throws(StoreError) -> UInt32 {
    try fixed(UInt32.self, order)
  }

  package mutating func uint64(_ order: KeyOrder = .ascending) throws(StoreError) -> UInt64 {
    try fixed(UInt64.self, order)
  }

  package mutating func int64(_ order: KeyOrder = .ascending) throws(StoreError) -> Int64 {
    Int64(bitPattern: try fixed(UInt64.self, order) ^ KeyFormat.signBit)
  }

  package mutating func number(_ order: KeyOrder = .ascending) throws(StoreError) -> KeyNumber {
    let double = KeyFormat.double(try fixed(UInt64.self, order))
    switch try fixed(UInt8.self, order) {
    case KeyFormat.doubleKind: return .double(double)
    case KeyFormat.integerKind:
      if double.magnitude >= KeyFormat.exactLimit { return .integer(try int64(order)) }
      guard let integer = Int64(exactly: double) else { throw .malformed("an integer in a key that is none") }
      return .integer(integer)
    default: throw .malformed("a number in a key that is neither integer nor double")
    }
  }

  /// Reads bytes of any number into a new array.
  package mutating func byteArray(_ order: KeyOrder = .ascending) throws(StoreError) -> [UInt8] {
    var found: [UInt8] = []
    try readBytes(order) { found.append($0) }
    return found
  }

  /// Reads a string. Bytes that are not UTF-8 become U+FFFD.
  package mutating func string(_ order: KeyOrder = .ascending) throws(StoreError) -> String {
    String(decoding: try byteArray(order), as: UTF8.self)
  }

  /// Passes over bytes of any number.
  package mutating func skipBytes(_ order: KeyOrder = .ascending) throws(StoreError) {
    try readBytes(order) { _ in }
  }

  /// Passes over `count` raw bytes and returns them.
  package mutating func raw(_ count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    guard count >= 0, bytes.count - offset >= count else { throw .malformed("a key that ends too early") }
    let start = offset
    offset += count
    return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
  }

  @inline(__always)
  private mutating func readBytes(_ order: KeyOrder, _ take: (UInt8) -> Void) throws(StoreError) {
    let mask: UInt8 = order == .ascending ? 0 : 0xFF
    while offset < bytes.count {
      let byte = bytes[offset] ^ mask
      offset += 1
      if byte != 0 {
        take(byte)
        continue
      }
      guard offset < bytes.count else { break }
      let next = bytes[offset] ^ mask
      offset += 1
      if next == 0 { return }
      guard next == 0xFF else { throw .malformed("a wrong byte after a zero in a key") }
      take(0)
    }
    throw .malformed("a key that ends too early")
  }
}
