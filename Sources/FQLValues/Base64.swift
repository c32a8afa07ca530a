/// Base64 text: written in the standard alphabet with padding; read in that or the URL alphabet, padded or not.
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The bytes that a text stands for; nil where it is not base64.
  public static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { decode($0) }
  }

  static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var count = text.count
    while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    if count != text.count, text.count % 4 != 0 { return nil }
    if count % 4 == 1 { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count / 4 * 3 + 2)
    var bits: UInt32 = 0
    var held = 0
    for byte in text.prefix(count) {
      guard let value = value(of: byte) else { return nil }
      bits = bits << 6 | value
      held += 6
      if held >= 8 {
        held -= 8
        result.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return result
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// The standard, padded text of some bytes.
  public static func encode(_ bytes: [UInt8]) -> String {
    var buffer = OutputBuffer(capacity: bytes.count / 3 * 4 + 8)
    buffer.append(base64: bytes)
    return buffer.string
  }

  static func write(_ bytes: [UInt8], to buffer: inout OutputBuffer) {
    buffer.reserve(bytes.count / 3 * 4 + 4)
    var place = 0
    while place < bytes.count {
      let rest = bytes.count - place
      let second = rest > 1 ? UInt32(bytes[place + 1]) : 0
      let third = rest > 2 ? UInt32(bytes[place + 2]) : 0
      let group = UInt32(bytes[place]) << 16 | second << 8 | third
      buffer.append(alphabet[Int(group >> 18)])
      buffer.append(alphabet[Int(group >> 12 & 63)])
      buffer.append(rest > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      buffer.append(rest > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
      place += 3
    }
  }
}

extension OutputBuffer {
  /// Appends the base64 text of some bytes.
  public mutating func append(base64 bytes: [UInt8]) {
    Base64.write(bytes, to: &self)
  }
}

extension UUIDValue {
  /// Reads 8-4-4-4-12 hexadecimal digits in any case; nil for anything else.
  public init?(parsing text: String) {
    var digits = 0
    var place = 0
    var high: UInt64 = 0
    var low: UInt64 = 0
    for byte in text.utf8 {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        let value: UInt64
        switch byte {
        case 48...57: value = UInt64(byte) - 48
        case 65...70: value = UInt64(byte) - 55
        case 97...102: value = UInt64(byte) - 87
        default: return nil
        }
        guard digits < 32 else { return nil }
        if digits < 16 { high = high << 4 | value } else { low = low << 4 | value }
        digits += 1
      }
      place += 1
    }
    guard place == 36 else { return nil }
    self.init(high: high, low: low)
  }

  /// `9c1f8a6e-0000-4000-8000-000000000001`
  public var text: String {
    var buffer = OutputBuffer(capacity: 64)
    buffer.append(uuid: self)
    return buffer.string
  }
}

extension OutputBuffer {
  /// Appends the lower-case text of a UUID.
  public mutating func append(uuid: UUIDValue) {
    for place in 0..<32 {
      if place == 8 || place == 12 || place == 16 || place == 20 { append(UInt8(ascii: "-")) }
      let half = place < 16 ? uuid.high : uuid.low
      append(hexDigit: UInt8(truncatingIfNeeded: half >> UInt64(60 - place % 16 * 4) & 15))
    }
  }

  /// Appends a hexadecimal digit, 0 to 15.
  mutating func append(hexDigit digit: UInt8, upperCase: Bool = false) {
    append(digit < 10 ? 48 + digit : digit + (upperCase ? 55 : 87))
  }
}
