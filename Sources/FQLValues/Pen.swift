/// Writes one piece of text at the end of a buffer, in room that was made for all of it: no store looks for room again.
///
/// It stores whole words where fewer bytes are wanted, and what is too much is overwritten later or forgotten. `OutputBuffer.pen`
/// makes room for that too.
struct Pen {
  /// How many bytes beyond the text may be overwritten.
  static let slack = 16

  /// Where the next byte goes.
  private(set) var next: UnsafeMutablePointer<UInt8>

  @inline(__always)
  init(at next: UnsafeMutablePointer<UInt8>) { self.next = next }

  /// Writes a byte.
  @inline(__always)
  mutating func put(_ byte: UInt8) {
    next[0] = byte
    next += 1
  }

  /// Writes two bytes.
  @inline(__always)
  mutating func put(_ first: UInt8, _ second: UInt8) {
    next[0] = first
    next[1] = second
    next += 2
  }

  /// Writes that many spaces.
  @inline(__always)
  mutating func put(spaces count: Int) {
    var written = 0
    repeat {
      store(0x2020_2020_2020_2020, at: written)
      written &+= 8
    } while written < count
    next += count
  }

  /// Writes an integer.
  @inline(__always)
  mutating func put(decimal value: Int64) {
    if value < 0 { put(UInt8(ascii: "-")) }
    put(decimal: value.magnitude)
  }

  /// Writes an integer.
  @inline(__always)
  mutating func put(decimal value: UInt64) {
    let unit: UInt64 = 100_000_000
    if value < 10 { return put(UInt8(truncatingIfNeeded: 48 &+ value)) }
    if value < unit { return put(firstDigits: value) }
    let high = value / unit
    if high < unit {
      put(firstDigits: high)
    } else {
      put(firstDigits: high / unit)
      put(eightDigits: high % unit)
    }
    put(eightDigits: value % unit)
  }

  /// Writes bytes where all of them are plain text; otherwise nothing, and the answer is false.
  @inline(__always)
  mutating func put(plainText bytes: UnsafeBufferPointer<UInt8>) -> Bool { put(bytes) { $0.isPlainText } }

  /// Writes bytes where they are a plain name; otherwise nothing, and the answer is false.
  @inline(__always)
  mutating func put(plainName bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, first < 48 || first > 57 else { return false }
    return put(bytes) { $0.isNamePart }
  }

  /// Writes bytes eight at a time, after a look at these; false as soon as they are not fit. Letters always have to be.
  @inline(__always)
  private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>, where isFit: (UInt64) -> Bool) -> Bool {
    guard let source = UnsafeRawPointer(bytes.baseAddress) else { return true }
    let count = bytes.count
    if count < 8 {
      let word = source.word(of: count)
      let letters: UInt64 = 0x6161_6161_6161_6161
      guard isFit(word | letters &<< UInt64(truncatingIfNeeded: count &* 8)) else { return false }
      store(word, at: 0)
    } else {
      var place = 0
      while place &+ 8 < count {
        let word = source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        guard isFit(word) else { return false }
        store(word, at: place)
        place &+= 8
      }
      // What is left ends the last eight bytes.
      let word = source.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      guard isFit(word) else { return false }
      store(word, at: count &- 8)
    }
    next += count
    return true
  }

  /// Writes a number of no more than eight digits.
  @inline(__always)
  private mutating func put(firstDigits value: UInt64) {
    let digits = value.eightDigits
    let zeros = min(digits.trailingZeroBitCount >> 3, 7)
    store((digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: zeros &* 8), at: 0)
    next += 8 &- zeros
  }

  /// Writes eight digits, leading zeros among them.
  @inline(__always)
  private mutating func put(eightDigits value: UInt64) {
    store(value.eightDigits | 0x3030_3030_3030_3030, at: 0)
    next += 8
  }

  @inline(__always)
  private func store(_ word: UInt64, at offset: Int) {
    UnsafeMutableRawPointer(next).storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
  }
}

extension UnsafeRawPointer {
  /// The next bytes, fewer than eight, the first one lowest, with zeros above.
  @inline(__always)
  fileprivate func word(of count: Int) -> UInt64 {
    if count >= 4 {
      let low = UInt64(UInt32(littleEndian: loadUnaligned(as: UInt32.self)))
      let high = UInt64(UInt32(littleEndian: loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)))
      return low | high &<< UInt64(truncatingIfNeeded: count &* 8 &- 32)
    }
    guard count > 0 else { return 0 }
    let middle = count >> 1
    let last = count &- 1
    return UInt64(load(as: UInt8.self))
      | UInt64(load(fromByteOffset: middle, as: UInt8.self)) &<< UInt64(truncatingIfNeeded: middle &* 8)
      | UInt64(load(fromByteOffset: last, as: UInt8.self)) &<< UInt64(truncatingIfNeeded: last &* 8)
  }
}

extension UInt64 {
  /// The digits of a number below 100,000,000, one in each byte, the first one lowest.
  @inline(__always)
  fileprivate var eightDigits: UInt64 {
    // Halves of four digits, of which each becomes halves of two, of which each becomes two; a division by 100 or by 10 is a
    // multiplication that is exact for numbers so small.
    let fours = self / 10_000 | (self % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (twos &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (twos &- tens &* 10) << 8
  }

  /// False where one of the eight bytes is not ASCII, or is a control character, a quote or a backslash.
  @inline(__always)
  var isPlainText: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // A subtraction borrows into the highest bit of a byte that is less than what is taken from it.
    let controls = self &- ones &* 0x20
    let doubleQuotes = (self ^ (ones &* 0x22)) &- ones
    let singleQuotes = (self ^ (ones &* 0x27)) &- ones
    let backslashes = (self ^ (ones &* 0x5C)) &- ones
    return (self | (self &+ ones) | controls | doubleQuotes | singleQuotes | backslashes) & (ones << 7) == 0
  }

  /// True where each of the eight bytes is an ASCII letter, a digit or `_`.
  @inline(__always)
  fileprivate var isNamePart: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs = ones << 7
    guard self & highs == 0 else { return false }
    // An addition carries into the highest bit of a byte that is at least what is added to it up to 0x80.
    let lowerCase = self | ones &* 0x20
    let letters = (lowerCase &+ ones &* (0x80 - 0x61)) & ~(lowerCase &+ ones &* (0x80 - 0x7B))
    let digits = (self &+ ones &* (0x80 - 0x30)) & ~(self &+ ones &* (0x80 - 0x3A))
    let others = (self ^ ones &* 0x5F) &+ ones &* 0x7F
    return (letters | digits | ~others) & highs == highs
  }
}
