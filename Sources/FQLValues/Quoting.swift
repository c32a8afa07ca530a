extension OutputBuffer {
  /// Appends a string as JSON: between double quotes, with everything but control characters as it is.
  public mutating func append(json text: String) {
    var text = text
    text.withUTF8 { append(json: $0) }
  }

  mutating func append(json bytes: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    var place = 0
    while true {
      place = bytes.endOfPlainText(from: place)
      if place == bytes.count { break }
      let byte = bytes[place]
      place += 1
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
      append(UnsafeBufferPointer(rebasing: bytes[start..<(place - 1)]))
      start = place
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      default:
        if !appendShortEscape(byte) {
          append("\\u00")
          append(hexDigit: byte >> 4)
          append(hexDigit: byte & 15)
        }
      }
    }
    append(UnsafeBufferPointer(rebasing: bytes[start...]))
    append(UInt8(ascii: "\""))
  }

  /// Appends `\n` and its like; false where the byte has no such escape.
  private mutating func appendShortEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case 8: append("\\b")
    case 9: append("\\t")
    case 10: append("\\n")
    case 12: append("\\f")
    case 13: append("\\r")
    default: return false
    }
    return true
  }

  /// Appends a string between quotes as the JavaScript of an era shows it.
  mutating func append(quoted bytes: UnsafeBufferPointer<UInt8>, era: Era) {
    let quote = era == .modern ? modernQuote(bytes) : UInt8(ascii: "'")
    append(quote)
    var start = 0
    var place = 0
    while true {
      place = bytes.endOfPlainText(from: place)
      if place == bytes.count { break }
      let byte = bytes[place]
      // C1 characters are C2 80 to C2 9F in UTF-8.
      let isC1 = byte == 0xC2 && place + 1 < bytes.count && bytes[place + 1] < 0xA0
      let isSpecial =
        byte < 0x20 || byte == UInt8(ascii: "\\") || (byte == UInt8(ascii: "'") && quote == byte)
        || (era == .modern && (byte == 0x7F || isC1))
      if !isSpecial {
        place += 1
        continue
      }
      append(UnsafeBufferPointer(rebasing: bytes[start..<place]))
      place += isC1 ? 2 : 1
      start = place
      let code = bytes[place - 1]
      if code == UInt8(ascii: "\\") || code == UInt8(ascii: "'") {
        append(UInt8(ascii: "\\"))
        append(code)
      } else if !appendShortEscape(code) {
        append(era == .modern ? "\\x" : "\\u00")
        append(hexDigit: code >> 4, upperCase: era == .modern)
        append(hexDigit: code & 15, upperCase: era == .modern)
      }
    }
    append(UnsafeBufferPointer(rebasing: bytes[start...]))
    append(quote)
  }

  /// The quotes that need no escape in that text, if there are any.
  private func modernQuote(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    let single = UInt8(ascii: "'")
    guard bytes.contains(single) else { return single }
    var hasDouble = false
    var hasTemplate = false
    for place in 0..<bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): hasDouble = true
      case UInt8(ascii: "`"): hasTemplate = true
      case UInt8(ascii: "$"):
        if place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "{") { hasTemplate = true }
      default: break
      }
    }
    if !hasDouble { return UInt8(ascii: "\"") }
    return hasTemplate ? single : UInt8(ascii: "`")
  }

  /// Appends an object's key: bare where it is a plain ASCII name, else quoted.
  mutating func append(key bytes: UnsafeBufferPointer<UInt8>, era: Era) {
    if bytes.isPlainName { append(bytes) } else { append(quoted: bytes, era: era) }
  }
}

/// The two generations of JavaScript's way of showing values.
public enum Era: Sendable {
  /// Node 12 and later.
  case modern
  /// Node 10.
  case legacy
}

extension UnsafeBufferPointer<UInt8> {
  /// True where no byte has to be escaped, whatever the quotes, and each stands for a character.
  var isPlainText: Bool { endOfPlainText(from: 0) == count }

  /// The place of the next byte that is not ASCII, or that is a control character, a quote or a backslash.
  fileprivate func endOfPlainText(from start: Int) -> Int {
    var place = start
    while place + 8 <= count, isPlainText(at: place) { place += 8 }
    // What is left of a longer text ends the last eight bytes of it.
    if place + 8 > count, count >= 8, isPlainText(at: count - 8) { return count }
    while place < count {
      switch self[place] {
      case 0x22, 0x27, 0x5C, ..<0x20, 0x7F...: return place
      default: place += 1
      }
    }
    return place
  }

  /// False where one of the eight bytes at a place is not plain text.
  @inline(__always)
  private func isPlainText(at place: Int) -> Bool {
    guard let baseAddress else { return true }
    return UnsafeRawPointer(baseAddress + place).loadUnaligned(as: UInt64.self).isPlainText
  }

  /// True for `[A-Za-z_][A-Za-z0-9_]*`.
  var isPlainName: Bool {
    guard let first, first < 48 || first > 57 else { return false }
    // A bit for each character of ASCII, those from @ on in the second word.
    let digits: UInt64 = 0x03FF_0000_0000_0000
    let letters: UInt64 = 0x07FF_FFFE_87FF_FFFE
    for place in 0..<count {
      let byte = self[place]
      if byte >= 0x80 || ((byte < 0x40 ? digits : letters) >> UInt64(byte & 0x3F)) & 1 == 0 { return false }
    }
    return true
  }
}
