import CICU

/// The order of strings: the root collation of CLDR, tertiary strength, punctuation not ignored.
///
/// Whitespace comes before punctuation, symbols, digits and letters; accents decide after letters, and case after accents,
/// lower case first: `a < A < aa < b`. Strings that the collation calls equal are ordered by their UTF-8 bytes, so that
/// only equal strings compare equal. A string comes before all that it is a prefix of, but where the collation itself reads
/// characters backwards (a Thai vowel before its consonant): there the collation wins, since the order would have cycles.
///
/// Plain ASCII is compared without ICU; the tests prove that nothing else comes out.
package enum Collation {
  /// The places of the ASCII characters in the order, from 1; 0 for control characters, which the collation ignores.
  /// Upper and lower case share a place.
  ///
  /// A plain pointer, since every byte of every key goes through it; it is never written to once it is made.
  nonisolated(unsafe) static let ranks: UnsafePointer<UInt8> = {
    let ranks = UnsafeMutablePointer<UInt8>.allocate(capacity: 128)
    ranks.initialize(repeating: 0, count: 128)
    for (i, byte) in characters.enumerated() {
      ranks[Int(byte)] = UInt8(i + 1)
      if byte >= UInt8(ascii: "a"), byte <= UInt8(ascii: "z") { ranks[Int(byte) - 32] = UInt8(i + 1) }
    }
    return UnsafePointer(ranks)
  }()

  /// The ASCII characters that the collation does not ignore, in its order.
  static let characters: [UInt8] =
    Array("\t\n\u{B}\u{C}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$".utf8)
    + Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

  /// Why ICU cannot be used, where it cannot: strings beyond ASCII are then ordered by code point.
  package static var loadError: String? {
    icu_load() ? nil : String(cString: icu_load_error())
  }
}

/// Compares two strings in the order of the language: negative, 0 or positive.
package func compareStrings(_ a: String, _ b: String) -> Int {
  if let order = a.utf8.withContiguousStorageIfAvailable({ a in
    b.utf8.withContiguousStorageIfAvailable { b in Collation.compare(a, b) }
  }), let order {
    return order
  }
  var a = a
  var b = b
  return a.withUTF8 { a in b.withUTF8 { b in Collation.compare(a, b) } }
}

extension Collation {
  /// Compares two UTF-8 texts.
  package static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    compareASCII(a, b) ?? compareWithICU(a, b)
  }

  /// Compares as far as that can be done by plain ASCII; nil where other characters have a say.
  private static func compareASCII(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int? {
    let ranks = ranks
    var i = 0
    var j = 0
    var byCase = 0
    while true {
      while i < a.count {
        if a[i] >= 0x80 { return nil }
        if ranks[Int(a[i])] != 0 { break }
        i += 1
      }
      while j < b.count {
        if b[j] >= 0x80 { return nil }
        if ranks[Int(b[j])] != 0 { break }
        j += 1
      }
      if i == a.count || j == b.count { break }
      if a[i] != b[j] {
        let order = Int(ranks[Int(a[i])]) - Int(ranks[Int(b[j])])
        if order != 0 {
          return isFollowedByOther(a, i) || isFollowedByOther(b, j) ? nil : order
        }
        // The same letter in two cases: the lower one, which has the larger code, is first.
        if byCase == 0 { byCase = Int(b[j]) - Int(a[i]) }
      }
      i += 1
      j += 1
    }
    if i < a.count { return isFollowedByOther(a, i) ? nil : 1 }
    if j < b.count { return isFollowedByOther(b, j) ? nil : -1 }
    return byCase != 0 ? byCase : compareBytes(a, b)
  }

  /// True where the character after that at `i` is not ASCII, and so could change what it stands for.
  private static func isFollowedByOther(_ text: UnsafeBufferPointer<UInt8>, _ i: Int) -> Bool {
    var i = i + 1
    // Ignored characters may stand between a letter and its accent.
    while i < text.count, text[i] < 0x20 || text[i] == 0x7F { i += 1 }
    return i < text.count && text[i] >= 0x80
  }

  private static func compareWithICU(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    if a.count < Int(Int32.max), b.count < Int(Int32.max) {
      let order = a.withMemoryRebound(to: CChar.self) { a in
        b.withMemoryRebound(to: CChar.self) { b in
          icu_compare(a.baseAddress, Int32(a.count), b.baseAddress, Int32(b.count))
        }
      }
      if order != ICU_FAILED { return order != 0 ? Int(order) : compareBytes(a, b) }
    }
    // Without ICU: the order of the keys, which know what to do.
    var left: [UInt8] = []
    var right: [UInt8] = []
    appendSortKey(of: String(decoding: a, as: UTF8.self), to: &left)
    appendSortKey(of: String(decoding: b, as: UTF8.self), to: &right)
    return left.withUnsafeBufferPointer { a in right.withUnsafeBufferPointer { b in compareBytes(a, b) } }
  }

  private static func compareBytes(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
    let common = min(a.count, b.count)
    for i in 0..<common where a[i] != b[i] { return Int(a[i]) - Int(b[i]) }
    return a.count - b.count
  }
}

extension Collation {
  /// The collation elements of a text as ICU gives them, or nil where ICU is missing.
  static func elements(of string: String) -> [UInt32]? {
    let text = Array(string.utf16)
    guard text.count < Int(Int32.max) / 8 else { return nil }
    var capacity = text.count * 2 + 16
    while true {
      var count: Int32 = 0
      let elements = [UInt32](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        count = icu_collation_elements(text, Int32(text.count), buffer.baseAddress, Int32(capacity))
        initialized = max(0, min(Int(count), capacity))
      }
      if count == ICU_FAILED { return nil }
      if Int(count) <= capacity { return elements }
      capacity = Int(count)
    }
  }
}
