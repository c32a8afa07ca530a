import FQLValues

/// `Format`, after the manner of C and Java.
extension Builtins {
  static let formatting: [String: Builtin] = ["format": .binary(format)]

  /// The template with its specifiers replaced by the values; the template is read to its end before any value is looked at.
  private static func format(_ template: Value, _ values: Value?, _ call: Call) throws(Failure) -> Value {
    let parsed: FormatTemplate
    do throws(FormatTemplate.Invalid) {
      parsed = try FormatTemplate(template.asString)
    } catch {
      throw call.failure("Invalid conversion format '\(error.specifier)'.", at: "format")
    }
    let values = values?.asArray ?? []
    var result = BoundedText()
    var next = 0
    for part in parsed.parts {
      switch part {
      case .text(let text): result.append(text)
      case .specifier(let specifier):
        if specifier.kind == .percent {
          result.append("%")
        } else if specifier.kind == .newline {
          result.append("\n")
        } else {
          let index = try place(specifier, among: values, next: &next, call)
          try FormatItem(specifier: specifier, value: values[index], index: index, call: call).append(to: &result)
        }
      }
      if result.isTooLong { break }
    }
    return try result.value(call)
  }

  /// The place of the value that a specifier shows.
  private static func place(
    _ specifier: FormatSpecifier, among values: [Value], next: inout Int, _ call: Call
  ) throws(Failure) -> Int {
    if let index = specifier.index, index != 0 {
      guard index <= values.count else {
        throw call.failure("index must be >= 1 and <= arguments size", at: "format")
      }
      return index - 1
    }
    guard next < values.count else {
      throw call.failure("format specifiers count must be <= arguments size", at: "format")
    }
    next += 1
    return next - 1
  }
}

/// One specifier and the value that it shows.
struct FormatItem {
  let specifier: FormatSpecifier
  let value: Value
  /// The place of the value in the list.
  let index: Int
  let call: Call

  func append(to result: inout BoundedText) throws(Failure) {
    switch specifier.kind {
    case .integer: try appendInteger(to: &result)
    case .double: try appendDouble(to: &result)
    case .string:
      guard let text = value.scalarText else { throw valueFailure("Cannot cast \(value.typeName) to String.") }
      try checkFlags()
      try appendText(text, to: &result)
    case .boolean:
      try checkFlags()
      let text =
        switch value {
        case .boolean(let boolean): boolean ? "true" : "false"
        case .null: "false"
        default: "true"
        }
      try appendText(text, to: &result)
    case .time: try appendTime(to: &result)
    case .oldWire, .wire:
      var buffer = OutputBuffer()
      if specifier.kind == .wire { buffer.append(wire: value) } else { buffer.append(oldWire: value) }
      result.append(buffer.bytes)
    case .percent, .newline, .invalid: break
    }
  }

  /// An error at the value.
  func valueFailure(_ description: String) -> Failure {
    call.failure(description, at: "values", index: index)
  }

  func mismatch(_ expected: String) -> Failure {
    valueFailure("\(expected) expected, \(value.typeName) provided.")
  }

  func checkFlags() throws(Failure) {
    if !specifier.isLegal {
      throw call.failure("Invalid conversion format '\(specifier.text)'.", at: "format")
    }
  }

  /// Appends text in upper case where the specifier says so, filled up with spaces to the width.
  func appendFilled(_ text: String, to result: inout BoundedText) throws(Failure) {
    var text = text
    if specifier.isUpperCase {
      do throws(UnicodeText.Unavailable) {
        text = try UnicodeText.mapCase(text, to: .upper)
      } catch {
        throw call.failure(error)
      }
    }
    let fill = (specifier.width ?? 0) - text.utf16.count
    if !specifier.has("-") { result.append(repeating: UInt8(ascii: " "), count: fill) }
    result.append(text)
    if specifier.has("-") { result.append(repeating: UInt8(ascii: " "), count: fill) }
  }

  /// Appends text, cut after as many UTF-16 units as the precision says.
  private func appendText(_ text: String, to result: inout BoundedText) throws(Failure) {
    var cut = text[...]
    if let precision = specifier.precision, precision < text.utf16.count {
      var end = text.utf16.index(text.utf16.startIndex, offsetBy: precision)
      // A character that would be cut through is left out.
      while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
        end = text.utf16.index(before: end)
      }
      cut = Substring(text.unicodeScalars[..<end])
    }
    try appendFilled(String(cut), to: &result)
  }

  private func appendInteger(to result: inout BoundedText) throws(Failure) {
    guard case .integer(let integer) = value else { throw mismatch("Integer") }
    try checkFlags()
    switch specifier.letter {
    case "d": try appendNumber(String(integer.magnitude), isNegative: integer < 0, to: &result)
    default:
      let radix = specifier.letter == "o" ? 8 : 16
      let prefix = !specifier.has("#") ? "" : radix == 8 ? "0" : "0x"
      let digits = String(UInt64(bitPattern: integer), radix: radix)
      try appendZeroFilled(prefix, digits, "", to: &result)
    }
  }

  /// Appends the digits of a number, which may have a point and an exponent, with sign and groups.
  func appendNumber(_ digits: String, isNegative: Bool, to result: inout BoundedText) throws(Failure) {
    let prefix = isNegative ? specifier.has("(") ? "(" : "-" : specifier.has("+") ? "+" : specifier.has(" ") ? " " : ""
    let suffix = isNegative && specifier.has("(") ? ")" : ""
    try appendZeroFilled(prefix, specifier.has(",") ? grouped(digits) : digits, suffix, to: &result)
  }

  /// Appends a number, filled up to the width with zeros behind the sign where the specifier says so, else with spaces.
  private func appendZeroFilled(
    _ prefix: String, _ digits: String, _ suffix: String, to result: inout BoundedText
  ) throws(Failure) {
    let size = prefix.utf8.count + digits.utf8.count + suffix.utf8.count
    guard specifier.has("0"), let width = specifier.width, width > size else {
      return try appendFilled(prefix + digits + suffix, to: &result)
    }
    guard width <= BoundedText.limit else { throw BoundedText.failure(call) }
    try appendFilled(prefix + String(repeating: "0", count: width - size) + digits + suffix, to: &result)
  }

  /// The digits with commas between groups of three before the point.
  private func grouped(_ digits: String) -> String {
    let whole = digits.utf8.prefix { $0 >= 48 && $0 <= 57 }
    var result: [UInt8] = []
    for (i, digit) in whole.enumerated() {
      if i > 0, (whole.count - i) % 3 == 0 { result.append(UInt8(ascii: ",")) }
      result.append(digit)
    }
    result.append(contentsOf: digits.utf8.dropFirst(whole.count))
    return String(decoding: result, as: UTF8.self)
  }
}
