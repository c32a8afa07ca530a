import CICU
import Testing

@testable import FQLValues

/// A small generator of pseudo-random numbers, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The order of strings against ICU itself, and against the keys of the store.
@Suite struct CollationTests {
  /// What the order must be: ICU's, then that of the bytes.
  private func expected(_ a: String, _ b: String) -> Int {
    let a = Array(a.utf8)
    let b = Array(b.utf8)
    let order = a.withUnsafeBytes { x in
      b.withUnsafeBytes { y in
        icu_compare(
          x.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(a.count),
          y.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(b.count))
      }
    }
    if order != 0 { return Int(order) }
    return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
  }

  private func key(_ string: String) -> [UInt8] {
    var key: [UInt8] = []
    appendSortKey(of: string, to: &key)
    return key
  }

  private func order(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
  }

  private func check(_ a: String, _ b: String) -> Bool {
    let expected = expected(a, b)
    let compared = compareStrings(a, b)
    return compared.signum() == expected && compareStrings(b, a).signum() == -expected
      && order(key(a), key(b)) == expected
  }

  @Test func `the loaded ICU is used`() {
    #expect(Collation.loadError == nil)
  }

  @Test func `every pair of ASCII strings of up to two characters is ordered as by ICU`() {
    var strings = [""]
    for a in 0..<128 { strings.append(String(UnicodeScalar(UInt8(a)))) }
    // A sample of the second characters, one of each kind, keeps the number of pairs in bounds.
    for a in stride(from: 0, to: 128, by: 3) {
      for b in [0, 9, 10, 32, 39, 48, 57, 65, 90, 97, 122, 127] {
        strings.append(String(UnicodeScalar(UInt8(a))) + String(UnicodeScalar(UInt8(b))))
      }
    }
    for a in strings {
      for b in strings where !check(a, b) {
        Issue.record("\(a.debugDescription) and \(b.debugDescription)")
        return
      }
    }
  }

  @Test func `every ASCII string of up to three characters has its place among its neighbours`() {
    // Sorted by key; then each neighbouring pair must be in ICU's order, which with ICU's transitivity proves all pairs.
    var entries: [(key: [UInt8], string: String)] = []
    let bytes = (0..<128).filter { $0 >= 0x20 && $0 < 0x7F || [0, 9, 10, 13, 0x1F, 0x7F].contains($0) }.map {
      UInt8($0)
    }
    var strings: [String] = [""]
    for a in bytes {
      strings.append(String(decoding: [a], as: UTF8.self))
      for b in bytes {
        strings.append(String(decoding: [a, b], as: UTF8.self))
        if a % 4 == 0 { for c in bytes { strings.append(String(decoding: [a, b, c], as: UTF8.self)) } }
      }
    }
    for string in strings { entries.append((key(string), string)) }
    entries.sort { $0.key.lexicographicallyPrecedes($1.key) }
    for i in 1..<entries.count {
      let (a, b) = (entries[i - 1].string, entries[i].string)
      if expected(a, b) >= 0 || compareStrings(a, b) >= 0 {
        Issue.record("\(a.debugDescription) and \(b.debugDescription)")
        return
      }
    }
  }

  @Test func `random strings of all scripts are ordered as by ICU`() {
    var random = SplitMix(state: 7)
    let alphabets: [[UInt32]] = [
      Array(0..<128), Array(0x61...0x65) + Array(0x41...0x45),
      Array(0x61...0x63) + [0x300, 0x301, 0x308, 0x323, 0xB7, 0x6C],
      Array(0xA0...0x24F), Array(0x370...0x52F), Array(0x3041...0x30FF), Array(0xE01...0xE5B), Array(0xE40...0xE46),
      Array(0x4E00...0x4E20) + [0xAC00, 0xAC01, 0x1100, 0x1161],
      Array(0x20...0x7E) + [0xE9, 0xDF, 0x130, 0x131, 0xFF21, 0x1F600],
      Array(0x900...0x97F), [0xFDD0, 0xFFFE, 0xFFFF, 0xFFFD, 0, 0x10FFFF, 0xE000, 0x200B, 0x61],
      Array(0x2000...0x206F) + [0x20, 0x85, 0x3000],
    ]
    for _ in 0..<150_000 {
      let alphabet = alphabets[Int.random(in: 0..<alphabets.count, using: &random)]
      let other =
        Int.random(in: 0..<3, using: &random) == 0
        ? alphabets[Int.random(in: 0..<alphabets.count, using: &random)] : alphabet
      func make(_ alphabet: [UInt32], _ random: inout SplitMix) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
          if let scalar = UnicodeScalar(alphabet[Int.random(in: 0..<alphabet.count, using: &random)]) {
            scalars.append(scalar)
          }
        }
        return String(scalars)
      }
      var a = make(alphabet, &random)
      var b = make(other, &random)
      if Bool.random(using: &random) {
        let shared = make(alphabet, &random)
        a = shared + a
        b = shared + b
      }
      if !check(a, b) {
        Issue.record(
          "\(a.unicodeScalars.map { String($0.value, radix: 16) }) and \(b.unicodeScalars.map { String($0.value, radix: 16) }): \(expected(a, b)) \(compareStrings(a, b)) \(key(a)) \(key(b))"
        )
        return
      }
    }
  }

  @Test func `long runs of usual weights keep the order`() {
    var strings: [String] = []
    for length in [0, 39, 40, 41, 150, 151] {
      for tail in ["", "A", "b", "é", "ぁ"] {
        for more in ["", "A", "é"] { strings.append(String(repeating: "a", count: length) + tail + more) }
        for more in ["", "ぁ"] { strings.append(String(repeating: "あ", count: length) + tail + more) }
      }
    }
    for a in strings {
      for b in strings where !check(a, b) {
        Issue.record("\(a) and \(b)")
        return
      }
    }
  }

  @Test func `keys are read back, follow one another, and hold no zero but their last byte`() {
    var random = SplitMix(state: 3)
    var keys: [UInt8] = []
    var strings: [String] = []
    for _ in 0..<20_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let range: ClosedRange<UInt32> = Bool.random(using: &random) ? 0...0x7F : 0...0x10FFFF
        if let scalar = UnicodeScalar(UInt32.random(in: range, using: &random)) { scalars.append(scalar) }
      }
      strings.append(String(scalars))
      let start = keys.count
      appendSortKey(of: strings[strings.count - 1], to: &keys)
      #expect(keys[start...].firstIndex(of: 0) == keys.count - 1)
    }
    keys.withUnsafeBufferPointer { keys in
      var position = 0
      for string in strings {
        let decoded = decodeSortKey(keys, at: &position)
        #expect(decoded.map { Array($0.utf8) } == Array(string.utf8))
      }
      #expect(position == keys.count)
      #expect(decodeSortKey(keys, at: &position) == nil)
    }
  }

  @Test func `every character is ordered like its key`() {
    var previous = "m"
    for value in UInt32(0)...0x10FFFF where value < 0x3400 || value > 0xF000 && value < 0x12000 || value % 97 == 0 {
      guard let scalar = UnicodeScalar(value) else { continue }
      let string = String(scalar)
      if !check(string, previous) || !check(string, "a") || !check(string + "a", "aB" + previous) {
        Issue.record("U+\(String(value, radix: 16))")
        return
      }
      previous = string
    }
  }

  @Test func `the order is that of the language's description`() {
    let ordered = ["", " ", "_", "-", "$", "1", "a", "A", "aa", "Aa", "b", "B", "e", "é", "f", "z", "Z", "ω"]
    for i in ordered.indices {
      for j in ordered.indices { #expect(compareStrings(ordered[i], ordered[j]).signum() == (i - j).signum()) }
    }
    #expect(compareStrings("é", "e\u{301}") != 0)
    #expect(compareStrings("a", "a\0") < 0)
  }
}
