import CICU
import FQLValues

/// The functions that look for literal text in strings. Text is compared exactly: nothing is normalised.
extension Builtins {
  static let stringSearch: [String: Builtin] = [
    "containsstr": .binary { value, search, _ in
      .boolean(ByteSearch(value.asString).first(search?.asString ?? "", from: 0) != nil)
    },
    "startswith": .binary { value, search, _ in
      .boolean(value.asString.utf8.starts(with: (search?.asString ?? "").utf8))
    },
    "endswith": .binary { value, search, _ in
      .boolean(value.asString.utf8.reversed().starts(with: (search?.asString ?? "").utf8.reversed()))
    },
    "findstr": .variadic(findString),
    "replacestr": .variadic(replaceString),
    "regexescape": .unary(regexEscape),
  ]

  /// The place of the first occurrence at or after `start`, or -1. A start outside of the string is ignored.
  private static func findString(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let value = arguments[place: 0]?.asString ?? ""
    let start = try searchStart(value, arguments[place: 2]?.asInteger, call)
    let text = ByteSearch(value)
    guard let found = text.first(arguments[place: 1]?.asString ?? "", from: start.bytes) else { return .integer(-1) }
    return .integer(Int64(start.codePoints + text.codePointCount(from: start.bytes, to: found)))
  }

  /// Where a search starts, in code points and in bytes of UTF-8: at `start` where that is more than 0 and less than the length in UTF-16 units,
  /// otherwise at the beginning.
  static func searchStart(
    _ value: String, _ start: Int64?, _ call: Call
  ) throws(Failure) -> (codePoints: Int, bytes: Int) {
    guard let start, start > 0, start < value.utf16.count else { return (0, 0) }
    let scalars = value.unicodeScalars
    guard let index = scalars.index(scalars.startIndex, offsetBy: Int(start), limitedBy: scalars.endIndex) else {
      throw call.failure("start must be less than or equal to the string length", at: "start")
    }
    return (Int(start), value.utf8.distance(from: value.utf8.startIndex, to: index))
  }

  /// Every occurrence replaced, left to right; nothing to find is found between all characters.
  private static func replaceString(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let value = arguments[place: 0]?.asString ?? ""
    let find = arguments[place: 1]?.asString ?? ""
    let replacement = arguments[place: 2]?.asString ?? ""
    var result = BoundedText()
    if find.isEmpty {
      result.append(replacement)
      for scalar in value.unicodeScalars {
        result.append(Array(String(scalar).utf8))
        result.append(replacement)
        if result.isTooLong { break }
      }
      return try result.value(call)
    }
    let text = ByteSearch(value)
    var start = 0
    while let found = text.first(find, from: start), !result.isTooLong {
      result.append(text.bytes[start..<found])
      result.append(replacement)
      start = found + find.utf8.count
    }
    result.append(text.bytes[start...])
    return try result.value(call)
  }

  /// A pattern that matches the text literally: `\Q` and `\E` around it.
  private static func regexEscape(_ value: Value, _ call: Call) throws(Failure) -> Value {
    let text = ByteSearch(value.asString)
    var result = BoundedText()
    result.append("\\Q")
    var start = 0
    while let found = text.first("\\E", from: start) {
      result.append(text.bytes[start..<found])
      result.append("\\E\\\\E\\Q")
      start = found + 2
    }
    result.append(text.bytes[start...])
    result.append("\\E")
    return try result.value(call)
  }
}

/// The bytes of a string, to look for other bytes in.
struct ByteSearch {
  let bytes: [UInt8]

  init(_ string: String) {
    bytes = Array(string.utf8)
  }

  /// The place of the first occurrence at or after `start`.
  func first(_ string: String, from start: Int) -> Int? {
    guard !string.isEmpty else { return start }
    var string = string
    let place = bytes.withUnsafeBufferPointer { bytes in
      string.withUTF8 { pattern in
        guard bytes.count - start >= pattern.count, let base = bytes.baseAddress else { return -1 }
        return find_bytes(base + start, bytes.count - start, pattern.baseAddress, pattern.count)
      }
    }
    return place < 0 ? nil : start + place
  }

  func codePointCount(from start: Int, to end: Int) -> Int {
    bytes[start..<end].reduce(into: 0) { count, byte in if byte & 0xC0 != 0x80 { count += 1 } }
  }
}
