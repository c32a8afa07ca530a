/// Keys: tuples of components whose byte order is the order of the tuples.
///
/// | component | bytes |
/// |---|---|
/// | tag, `UInt8` | the byte |
/// | `UInt16`, `UInt32`, `UInt64` | 2, 4, 8 bytes, big-endian |
/// | `Int64` | 8 bytes, big-endian, sign bit inverted |
/// | number | 8 bytes: the nearest double, ordered; then a byte: 1 integer, 2 double; for an integer whose nearest double is 2^53 or more from zero 8 bytes more: the `Int64` |
/// | bytes, string | the bytes, each 0x00 as 0x00 0xFF; then 0x00 0x00 |
/// | raw | the bytes as they are; only where all keys have the same number of them, or at the end |
///
/// *An ordered double* is its bits, big-endian, all inverted if negative, else the sign bit only; every NaN is the same one, the greatest.
/// So numbers are in numeric order, an integer being compared to a double as its nearest double, integers among each other exactly;
/// `-0.0 < 0`, and of an integer and an equal double the integer comes first. Strings are ordered by their UTF-8 bytes.
///
/// No component's bytes are a prefix of another's of its kind, so each begins where the one before ends. **Descending**: all bytes of a
/// component are inverted, the terminator too.
package typealias KeyBuffer = ByteBuffer

/// The direction in which a component orders.
package enum KeyOrder: Sendable {
  case ascending
  case descending
}

/// A number in a key: an integer or a double.
package enum KeyNumber: Equatable, Sendable {
  case integer(Int64)
  case double(Double)
}

/// How numbers are laid out.
enum KeyFormat {
  static let integerKind: UInt8 = 1
  static let doubleKind: UInt8 = 2
  static let signBit: UInt64 = 1 << 63
  /// From here on a double does not tell which integer it was.
  static let exactLimit = 9_007_199_254_740_992.0

  static func ordered(_ double: Double) -> UInt64 {
    let bits = double.isNaN ? Double.nan.bitPattern : double.bitPattern
    return bits & signBit != 0 ? ~bits : bits | signBit
  }

  static func double(_ ordered: UInt64) -> Double {
    Double(bitPattern: ordered & signBit != 0 ? ordered & ~signBit : ~ordered)
  }
}

extension ByteBuffer {
  @inline(__always)
  private mutating func appendOrdered<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, _ order: KeyOrder)
  {
    let bits = (order == .ascending ? number : ~number).bigEndian
    extend(MemoryLayout<Number>.size).storeBytes(of: bits, as: Number.self)
  }

  /// Appends a tag.
  package mutating func appendTag(_ tag: UInt8, _ order: KeyOrder = .ascending) { appendOrdered(tag, order) }

  package mutating func append(_ number: UInt16, _ order: KeyOrder = .ascending) { appendOrdered(number, order) }

  package mutating func append(_ number: UInt32, _ order: KeyOrder = .ascending) { appendOrdered(number, order) }

  package mutating func append(_ number: UInt64, _ order: KeyOrder = .ascending) { appendOrdered(number, order) }

  package mutating func append(_ number: Int64, _ order: KeyOrder = .ascending) {
    appendOrdered(UInt64(bitPattern: number) ^ KeyFormat.signBit, order)
  }

  /// Appends an integer, to be ordered among integers and doubles.
  package mutating func appendNumber(_ integer: Int64, _ order: KeyOrder = .ascending) {
    let double = Double(integer)
    appendOrdered(KeyFormat.ordered(double), order)
    appendOrdered(KeyFormat.integerKind, order)
    if double.magnitude >= KeyFormat.exactLimit { append(integer, order) }
  }

  /// Appends a double, to be ordered among integers and doubles.
  package mutating func appendNumber(_ double: Double, _ order: KeyOrder = .ascending) {
    appendOrdered(KeyFormat.ordered(double), order)
    appendOrdered(KeyFormat.doubleKind, order)
  }

  /// Appends bytes of any number, of any values.
  package mutating func appendBytes(_ bytes: UnsafeRawBufferPointer, _ order: KeyOrder = .ascending) {
    let start = count
    // Pieces without zeros are copied whole.
    var rest = bytes[...]
    while let zero = rest.firstIndex(of: 0) {
      appendRaw(UnsafeRawBufferPointer(rebasing: rest[..<zero]))
      appendRaw2(0x00, 0xFF)
      rest = rest[(zero + 1)...]
    }
    appendRaw(UnsafeRawBufferPointer(rebasing: rest))
    appendRaw2(0x00, 0x00)
    if order == .descending { invert(from: start) }
  }

  package mutating func appendBytes(_ bytes: [UInt8], _ order: KeyOrder = .ascending) {
    bytes.withUnsafeBytes { appendBytes($0, order) }
  }

  /// Appends a string's UTF-8 bytes.
  package mutating func appendString(_ string: String, _ order: KeyOrder = .ascending) {
    var string = string
    string.withUTF8 { appendBytes(UnsafeRawBufferPointer($0), order) }
  }

  @inline(__always)
  private mutating func appendRaw2(_ first: UInt8, _ second: UInt8) {
    let place = extend(2)
    place.storeBytes(of: first, as: UInt8.self)
    place.storeBytes(of: second, toByteOffset: 1, as: UInt8.self)
  }
}
