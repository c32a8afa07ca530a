/// Eight bytes of a text that are looked at together.
struct ByteWord {
  /// The first byte is the lowest.
  private let bits: UInt64

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The bytes at a place; nil where fewer than eight are left.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
    guard place <= bytes.count &- 8 else { return nil }
    bits = UInt64(
      littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// The high bit of each byte that is the quote that ends a string, what escapes it, or a control character, among which are the ends
  /// of lines. Above the first such byte there may be others; the first is right.
  @inline(__always)
  func marksOfStringEnds(_ quote: UInt8) -> UInt64 {
    let quotes = bits ^ (ByteWord.ones &* UInt64(quote))
    let escapes = bits ^ (ByteWord.ones &* UInt64(UInt8(ascii: "\\")))
    let controls = (bits &- ByteWord.ones &* 0x20) & ~bits
    return ((quotes &- ByteWord.ones) & ~quotes | (escapes &- ByteWord.ones) & ~escapes | controls) & ByteWord.highs
  }

  @inline(__always)
  var isASCII: Bool { bits & ByteWord.highs == 0 }

  /// How many bytes stand before the first that is marked.
  @inline(__always)
  static func unmarkedCount(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

  /// The bytes as a number, of which only the first `count` are kept.
  @inline(__always)
  func number(keeping count: Int) -> UInt64 {
    count >= 8 ? bits : bits & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
  }
}

/// Thirty-two bytes of a text that are looked at together.
struct BytePiece {
  /// The bits that are set in any of the bytes, and those that are set once 1 is taken from each.
  private let all: UInt64
  private let lowered: UInt64

  static let count = 32

  /// The bytes at a place; nil where fewer than that are left.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
    guard place <= bytes.count &- BytePiece.count, let base = bytes.baseAddress else { return nil }
    let start = UnsafeRawPointer(base + place)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let a = start.loadUnaligned(as: UInt64.self)
    let b = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let c = start.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    let d = start.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    all = a | b | c | d
    lowered = (a &- ones) | (b &- ones) | (c &- ones) | (d &- ones)
  }

  private static let highs: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  var isASCII: Bool { all & BytePiece.highs == 0 }

  /// True where all are ASCII and none is NUL.
  @inline(__always)
  var isPlainText: Bool { (all | lowered) & BytePiece.highs == 0 }
}

extension UInt8 {
  /// True for ASCII letters, digits, `_` and `$`.
  @inline(__always)
  var isNameByte: Bool {
    // A bit for each of the characters from U+0040 on, and of those before.
    let bits: UInt64 = self & 0x40 == 0 ? 0x03FF_0010_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return self < 0x80 && bits &>> UInt64(self & 0x3F) & 1 == 1
  }
}

/// A mark of a word: words that differ have different marks as a rule, and always where neither is longer than eight bytes.
/// The lowest byte is the word's first.
///
/// No text holds a NUL, so what is missing of eight bytes can be taken for zeros.
enum WordMark {
  @inline(__always)
  static func of(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> UInt64 {
    let count = end &- start
    if count > 8, let first = ByteWord(bytes, at: start), let last = ByteWord(bytes, at: end &- 8) {
      let letters = first.number(keeping: 8)
      let mixed = (letters ^ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15 ^ last.number(keeping: 8)
      return mixed & ~0xFF | letters & 0xFF
    }
    if let word = ByteWord(bytes, at: start) { return word.number(keeping: count) }
    var mark: UInt64 = 0
    for place in start..<end { mark |= UInt64(bytes[place]) &<< UInt64((place - start) &* 8) }
    return mark
  }

  static func of(_ text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { of($0, from: 0, to: $0.count) }
  }

  /// A mark's place in a table whose size is a power of two.
  @inline(__always)
  static func slot(_ mark: UInt64, of count: Int) -> Int {
    Int(truncatingIfNeeded: (mark &* 0x9E37_79B9_7F4A_7C15) &>> 32) & (count - 1)
  }
}
