// How a string is written into a key of the store: bytes whose order is that of the strings, and from which the string can be
// read back.
//
//     letters 01 accents 01 variants 40 text 00
//
// `letters`   what the collation compares first. An ASCII character is one byte, 04, 06, 08 … by its place in the order; any
//             other primary weight is the odd byte of its gap between two ASCII characters, then the weight's own two to four bytes.
// `accents`   the secondary weights that are not the usual one, each behind the number of usual ones before it.
// `variants`  the tertiary weights (upper case above all) likewise. Small kana weigh less than usual, so that what follows a
//             run of usual ones decides on which side of 40, the end, the run's length stands.
// `text`      the UTF-8 bytes, each one larger by one.
//
// 00 ends the whole and occurs nowhere before, so that keys can be put one after another. The complement of all bytes
// gives the opposite order. ASCII is written without ICU.

/// Appends the key of a string.
package func appendSortKey(of string: String, to key: inout [UInt8]) {
  var string = string
  string.withUTF8 { appendSortKey(of: UnsafeRawBufferPointer($0), to: &key) }
}

/// Appends the key of a string that is given as its UTF-8.
package func appendSortKey(of text: UnsafeRawBufferPointer, to key: inout [UInt8]) {
  if text.withMemoryRebound(to: UInt8.self, { SortKey.appendKey(ofASCII: $0, to: &key) }) { return }
  SortKey.appendWeights(of: String(decoding: text, as: UTF8.self), to: &key)
  for byte in text { key.append(byte &+ 1) }
  key.append(0)
}

/// Reads back a string from its key, which starts at `position`; moves that behind the key. Nil where there is no whole key.
package func decodeSortKey(_ key: UnsafeBufferPointer<UInt8>, at position: inout Int) -> String? {
  var i = position
  for mark in [SortKey.marks.0, SortKey.marks.1, SortKey.marks.2] {
    while i < key.count, key[i] != mark { i += 1 }
    i += 1
  }
  let start = i
  while i < key.count, key[i] != 0 { i += 1 }
  guard i < key.count else { return nil }
  position = i + 1
  return String(unsafeUninitializedCapacity: i - start) { buffer in
    for j in start..<i { buffer[j - start] = key[j] &- 1 }
    return i - start
  }
}

enum SortKey {
  /// What ends the letters, the accents and the variants.
  static let marks: (UInt8, UInt8, UInt8) = (0x01, 0x01, 0x40)
  /// A run of usual weights that is longer than one byte tells.
  private static let longRun: UInt8 = 0x50
  private static let longestRun = 150

  /// Appends the whole key of an ASCII text; appends nothing and answers false for any other.
  static func appendKey(ofASCII text: UnsafeBufferPointer<UInt8>, to key: inout [UInt8]) -> Bool {
    var bits: UInt8 = 0
    var capitals = 0
    for byte in text {
      bits |= byte
      if byte &- 0x41 < 26 { capitals += 1 }
    }
    guard bits < 0x80 else { return false }
    // Room for the longest key that it can be; what is left over is taken away again.
    let start = key.count
    let room = 2 * text.count + 2 * capitals + text.count / 150 + 4
    key.append(contentsOf: repeatElement(0, count: room))
    let length = key.withUnsafeMutableBufferPointer { key in
      // Written through a pointer: an append for each byte takes several times as long.
      let ranks = Collation.ranks
      let output = UnsafeMutableBufferPointer(rebasing: key[start...])
      var end = 0
      for byte in text {
        let rank = ranks[Int(byte)]
        output[end] = 2 &+ 2 &* rank
        if rank != 0 { end += 1 }
      }
      output[end] = marks.0
      output[end + 1] = marks.1
      end += 2
      if capitals > 0 {
        var usual = 0
        for byte in text where ranks[Int(byte)] != 0 {
          if byte &- 0x41 < 26 {
            while usual > longestRun {
              output[end] = longRun
              end += 1
              usual -= longestRun
            }
            if usual > 0 {
              output[end] = 0xF0 - UInt8(usual)
              end += 1
            }
            output[end] = capital
            end += 1
            usual = 0
          } else {
            usual += 1
          }
        }
      }
      output[end] = marks.2
      end += 1
      for byte in text {
        output[end] = byte + 1
        end += 1
      }
      output[end] = 0
      return end + 1
    }
    key.removeLast(room - length)
    return true
  }

  /// Appends letters, accents and variants of any text.
  static func appendWeights(of string: String, to key: inout [UInt8]) {
    let elements = elements(of: string)
    let places = ASCIIWeights.shared
    for element in elements where element.primary != 0 { places.appendPrimary(element.primary, to: &key) }
    key.append(marks.0)
    var usual = 0
    for element in elements where element.secondary != 0 {
      if element.secondary == usualWeight {
        usual += 1
      } else {
        appendRun(usual, beforeSmaller: false, to: &key)
        usual = 0
        let weight = element.secondary
        key.append(0xF0 | UInt8(weight >> 12))
        key.append(0x80 | UInt8(weight >> 6 & 0x3F))
        key.append(0x80 | UInt8(weight & 0x3F))
      }
    }
    key.append(marks.1)
    usual = 0
    for element in elements where element.tertiary != 0 {
      let weight = element.tertiary
      if weight == usualWeight {
        usual += 1
        continue
      }
      appendRun(usual, beforeSmaller: weight < usualWeight, to: &key)
      usual = 0
      let capitalWeight = places.capitalWeight(of: element)
      if weight == capitalWeight {
        key.append(capital)
      } else {
        // Below the usual weight, below that of capitals, or above it.
        key.append(weight < usualWeight ? 0x08 : weight < capitalWeight ? 0xF4 : 0xFC)
        key.append(0x80 | UInt8(weight >> 8 & 0x3F))
        key.append(0x80 | UInt8(weight & 0x3F))
      }
    }
    key.append(marks.2)
  }

  static let usualWeight: UInt16 = 0x0500
  private static let capital: UInt8 = 0xF8

  /// Appends the number of usual weights before another one. Before a larger weight fewer usual ones make a larger text.
  private static func appendRun(_ count: Int, beforeSmaller: Bool, to key: inout [UInt8]) {
    var count = count
    if beforeSmaller {
      while count > 40 {
        key.append(0x3F)
        count -= 40
      }
      if count > 0 { key.append(0x10 + UInt8(count)) }
    } else {
      while count > longestRun {
        key.append(longRun)
        count -= longestRun
      }
      if count > 0 { key.append(0xF0 - UInt8(count)) }
    }
  }
}

extension SortKey {
  /// The weights of one collation element.
  struct Element {
    var primary: UInt32
    var secondary: UInt16
    var tertiary: UInt16
  }

  /// The elements of a text; without ICU each character is a letter of its own, behind all others, in order of code points.
  static func elements(of string: String) -> [Element] {
    guard let halves = Collation.elements(of: string) else {
      return string.unicodeScalars.map { scalar in
        if scalar.isASCII, Collation.ranks[Int(scalar.value)] == 0 {
          return Element(primary: 0, secondary: 0, tertiary: 0)
        }
        let isCapital = scalar.isASCII && scalar.properties.isUppercase
        return Element(
          primary: scalar.isASCII
            ? UInt32(Collation.ranks[Int(scalar.value)]) << 24
            : 0xF002_0202 + (scalar.value >> 14) << 16
              + (scalar.value >> 7 & 0x7F) << 8 + scalar.value & 0x7F,
          secondary: usualWeight, tertiary: isCapital ? ASCIIWeights.assumedCapital : usualWeight)
      }
    }
    var elements: [Element] = []
    elements.reserveCapacity(halves.count)
    for half in halves {
      if half & 0xC0 == 0xC0, !elements.isEmpty {
        elements[elements.count - 1].primary |= half >> 16
        elements[elements.count - 1].secondary |= UInt16(half >> 8 & 0xFF)
        elements[elements.count - 1].tertiary |= UInt16(half & 0x3F)
      } else {
        elements.append(
          Element(
            primary: half & 0xFFFF_0000, secondary: UInt16(half & 0xFF00), tertiary: UInt16(half & 0x3F) << 8))
      }
    }
    return elements
  }

  /// Where the primary weights of the ASCII characters lie among all, as the loaded ICU has them.
  struct ASCIIWeights: Sendable {
    static let assumedCapital: UInt16 = 0x1C00
    static let shared = ASCIIWeights()

    /// By place in the order.
    private let primaries: [UInt32]
    private let capital: UInt16
    private let capitals: [UInt32: UInt16]

    private init() {
      let string = String(decoding: Collation.characters, as: UTF8.self)
      primaries = SortKey.elements(of: string).map(\.primary)
      let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { UnicodeScalar($0) }
      let elements = SortKey.elements(of: String(String.UnicodeScalarView(letters)))
      capitals = Dictionary(elements.map { ($0.primary, $0.tertiary) }) { first, _ in first }
      capital = elements.first?.tertiary ?? Self.assumedCapital
    }

    /// The tertiary weight of the capital letter with that primary weight: the same for all but `W`.
    func capitalWeight(of element: Element) -> UInt16 {
      capitals[element.primary] ?? capital
    }

    func appendPrimary(_ primary: UInt32, to key: inout [UInt8]) {
      var low = 0
      var high = primaries.count
      while low < high {
        let middle = (low + high) / 2
        if primaries[middle] < primary { low = middle + 1 } else { high = middle }
      }
      if low < primaries.count, primaries[low] == primary {
        key.append(UInt8(4 + 2 * low))
        return
      }
      key.append(UInt8(3 + 2 * low))
      var rest = primary
      while rest != 0 {
        key.append(UInt8(rest >> 24))
        rest <<= 8
      }
    }
  }
}
