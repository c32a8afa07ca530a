/// JSON as the cases compare it: an integer is not a double, and the order of an object's members does not matter.
///
/// A reader of its own, so that a fault of the project's reader cannot hide itself.
indirect enum JSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  var string: String? { if case .string(let string) = self { string } else { nil } }
  var array: [JSON]? { if case .array(let array) = self { array } else { nil } }
}

extension JSON {
  struct Problem: Error {
    var offset: Int
  }

  init(parsing text: some StringProtocol) throws(Problem) {
    var reader = Reader(bytes: Array(text.utf8))
    self = try reader.value()
    reader.skipBlanks()
    if reader.place != reader.bytes.count { throw Problem(offset: reader.place) }
  }

  private struct Reader {
    let bytes: [UInt8]
    var place = 0

    var next: UInt8 { place < bytes.count ? bytes[place] : 0 }

    mutating func skipBlanks() {
      while [0x20, 0x0a, 0x0d, 0x09].contains(next) { place += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      skipBlanks()
      guard next == byte else { return false }
      place += 1
      return true
    }

    mutating func expect(_ word: String) throws(Problem) {
      guard bytes[place...].starts(with: word.utf8) else { throw Problem(offset: place) }
      place += word.utf8.count
    }

    mutating func value() throws(Problem) -> JSON {
      skipBlanks()
      switch next {
      case UInt8(ascii: "n"):
        try expect("null")
        return .null
      case UInt8(ascii: "t"):
        try expect("true")
        return .boolean(true)
      case UInt8(ascii: "f"):
        try expect("false")
        return .boolean(false)
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "["): return .array(try elements())
      case UInt8(ascii: "{"): return .object(try members())
      default: return try number()
      }
    }

    mutating func elements() throws(Problem) -> [JSON] {
      var elements: [JSON] = []
      place += 1
      if take(UInt8(ascii: "]")) { return elements }
      repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw Problem(offset: place) }
      return elements
    }

    mutating func members() throws(Problem) -> [(key: String, value: JSON)] {
      var members: [(key: String, value: JSON)] = []
      place += 1
      if take(UInt8(ascii: "}")) { return members }
      repeat {
        skipBlanks()
        let key = try string()
        guard take(UInt8(ascii: ":")) else { throw Problem(offset: place) }
        members.append((key, try value()))
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw Problem(offset: place) }
      return members
    }

    mutating func number() throws(Problem) -> JSON {
      let start = place
      while place < bytes.count, "+-0123456789.eE".utf8.contains(next) { place += 1 }
      let text = String(decoding: bytes[start..<place], as: UTF8.self)
      if let integer = Int64(text) { return .integer(integer) }
      guard let double = Double(text) else { throw Problem(offset: start) }
      return .double(double)
    }

    mutating func string() throws(Problem) -> String {
      try expect("\"")
      var units: [UInt8] = []
      while next != UInt8(ascii: "\"") {
        guard place < bytes.count else { throw Problem(offset: place) }
        if next != UInt8(ascii: "\\") {
          units.append(next)
          place += 1
          continue
        }
        place += 1
        let letter = next
        place += 1
        switch letter {
        case UInt8(ascii: "n"): units.append(0x0a)
        case UInt8(ascii: "r"): units.append(0x0d)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0c)
        case UInt8(ascii: "u"): units.append(contentsOf: try escapedScalar())
        default: units.append(letter)
        }
      }
      place += 1
      return String(decoding: units, as: UTF8.self)
    }

    /// The UTF-8 of `XXXX` behind a `\u`, and of the low surrogate that follows a high one; a lone one is U+FFFD.
    mutating func escapedScalar() throws(Problem) -> String.UTF8View {
      var code = try hexadecimal()
      if (0xd800..<0xdc00).contains(code), bytes[place...].starts(with: [0x5c, 0x75]) {
        place += 2
        let low = try hexadecimal()
        code = 0x10000 + (code - 0xd800) << 10 + (low &- 0xdc00) & 0x3ff
      }
      return String(Character(Unicode.Scalar(code) ?? "\u{fffd}")).utf8
    }

    mutating func hexadecimal() throws(Problem) -> UInt32 {
      guard place + 4 <= bytes.count,
        let code = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
      else { throw Problem(offset: place) }
      place += 4
      return code
    }
  }
}

extension JSON: CustomStringConvertible {
  var description: String {
    switch self {
    case .null: "null"
    case .boolean(let boolean): String(boolean)
    case .integer(let integer): String(integer)
    case .double(let double): String(double)
    case .string(let string): JSON.quoted(string)
    case .array(let array): "[" + array.map(\.description).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { JSON.quoted($0.key) + ":" + $0.value.description }.joined(separator: ",") + "}"
    }
  }

  /// At most 300 characters of it.
  var short: String {
    let text = description
    return text.count <= 300 ? text : text.prefix(297) + "..."
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\" + String(scalar)
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
