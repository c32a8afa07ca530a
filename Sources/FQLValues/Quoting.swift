extension OutputBuffer {
  /// Appends a string as JSON: between double quotes, with everything but control characters as it is.
  public mutating func append(json text: String) {
    var text = text
    text.withUTF8 { append(json: $0) }
  }

  mutating func append(json bytes: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    for place in 0..<bytes.count {
      let byte = bytes[place]
      if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
      append(UnsafeBufferPointer(rebasing: bytes[start..<place]))
      start = place + 1
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
    while place < bytes.count {
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
  mutating func append(key: String, era: Era) {
    let isPrototype = era == .modern && key == "__proto__"
    var key = key
    key.withUTF8 { bytes in
      if bytes.isPlainName {
        if isPrototype { append("['") }
        append(bytes)
        if isPrototype { append("']") }
      } else {
        append(quoted: bytes, era: era)
      }
    }
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
  /// True for `[A-Za-z_][A-Za-z0-9_]*`.
  fileprivate var isPlainName: Bool {
    guard let first, first < 48 || first > 57 else { return false }
    for byte in self {
      switch byte {
      case 48...57, 65...90, 97...122, 95: continue
      default: return false
      }
    }
    return true
  }
}
