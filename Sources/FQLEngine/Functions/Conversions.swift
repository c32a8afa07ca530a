import FQLValues

/// The functions that convert between types.
extension Builtins {
  static let conversions: [String: Builtin] = [
    "to_string": .unary { (value, call) throws(Failure) in
      guard let text = value.scalarText else { throw cannotCast(value, "String", call) }
      return .string(text)
    },
    "to_number": .unary { (value, call) throws(Failure) in
      switch value {
      case .integer, .double: return value
      case .string(let text): if let number = NumericPrefix.read(text) { return number }
      default: break
      }
      throw cannotCast(value, "Number", call)
    },
    "to_double": .unary { (value, call) throws(Failure) in
      switch value {
      case .integer, .double: return .double(value.asDouble)
      case .string(let text): if let number = NumericPrefix.read(text) { return .double(number.asDouble) }
      default: break
      }
      throw cannotCast(value, "Double", call, at: "to_double")
    },
    "to_integer": .unary { (value, call) throws(Failure) in
      switch value {
      case .integer, .double: return .integer(Arithmetic.truncate(value))
      case .string(let text): if let number = NumericPrefix.read(text) { return .integer(Arithmetic.truncate(number)) }
      default: break
      }
      throw cannotCast(value, "Integer", call, at: "to_integer")
    },
    "to_time": .unary { (value, call) throws(Failure) in
      switch value {
      case .time: return value
      case .integer(let milliseconds): return .time(Time(milliseconds: milliseconds))
      case .date(let date): return .time(Time(startOf: date))
      case .string(let text): return .time(try parseTime(text, call))
      default: throw cannotCast(value, "Time", call)
      }
    },
    "to_date": .unary { (value, call) throws(Failure) in
      switch value {
      case .date: return value
      case .time(let time):
        guard time.date.day >= CalendarDate.earliest.day, time.date.day <= CalendarDate.latest.day else {
          throw call.failure(timeRange)
        }
        return .date(time.date)
      case .string(let text): return .date(try parseDate(text, call))
      default: throw cannotCast(value, "Date", call)
      }
    },
    "to_object": .unary(toObject),
    "to_array": .unary(toArray),
  ]

  private static func cannotCast(_ value: Value, _ target: String, _ call: Call, at key: String? = nil) -> Failure {
    call.failure("Cannot cast \(value.typeName) to \(target).", at: key)
  }

  /// An object of `[key, value]` pairs, all keys kept; an object or document as it is seen.
  private static func toObject(_ value: Value, _ call: Call) throws(Failure) -> Value {
    switch value {
    case .object: return value
    case .document(let document): return .object(document.visibleObject)
    case .array(let elements):
      var fields: [Object.Field] = []
      fields.reserveCapacity(elements.count)
      var errors: [QueryError] = []
      for (i, element) in elements.enumerated() {
        if case .array(let pair) = element, pair.count == 2, case .string(let key) = pair[0] {
          fields.append(.init(key, pair[1]))
        } else {
          errors +=
            call.failure("Field/Value expected, \(element.typeName) provided.", at: "to_object", index: i).errors
        }
      }
      if !errors.isEmpty { throw Failure(errors) }
      return .object(Object(fields))
    default: throw cannotCast(value, "Object", call, at: "to_object")
    }
  }

  /// The fields of an object or document as `[key, value]` pairs; an array as it is.
  private static func toArray(_ value: Value, _ call: Call) throws(Failure) -> Value {
    let object: Object
    switch value {
    case .array: return value
    case .object(let fields): object = fields
    case .document(let document): object = document.visibleObject
    default: throw cannotCast(value, "Array", call, at: "to_array")
    }
    return .array(object.fields.map { .array([.string($0.key), $0.value]) })
  }
}

extension Value {
  /// What `ToString` makes of the value; nil where it makes nothing.
  var scalarText: String? {
    switch self {
    case .null: "null"
    case .boolean(let boolean): boolean ? "true" : "false"
    case .integer(let integer): String(integer)
    case .double(let double): double.wireText
    case .string(let string): string
    case .time(let time): time.text
    case .date(let date): date.text
    case .action(let action): action.name
    case .uuid(let uuid): uuid.text
    default: nil
    }
  }
}

extension UUIDValue {
  /// The usual form in lower case.
  fileprivate var text: String {
    var buffer = OutputBuffer(capacity: 64)
    buffer.append(uuid: self)
    return buffer.string
  }
}

/// Numbers at the beginning of a text, in the number format of English: what follows the longest of them is ignored.
enum NumericPrefix {
  /// An integer where the number is whole and fits 64 bits, otherwise a double; nil where there is no digit.
  static func read(_ text: String) -> Value? {
    let text = Array(text.trimmedOfControls.unicodeScalars)
    if text.starts(with: "NaN".unicodeScalars) { return .double(.nan) }
    let isNegative = text.first == "-"
    var i = isNegative ? 1 : 0
    if i < text.count, text[i] == "∞" { return .double(isNegative ? -.infinity : .infinity) }
    // The digits without the zeros in front, and how many of them are before the point.
    var digits: [UInt8] = []
    var whole = 0
    var hasDigit = false
    var hasPoint = false
    while i < text.count {
      if let digit = decimalDigit(text[i]) {
        hasDigit = true
        if !digits.isEmpty || digit != 0 { digits.append(48 + digit) }
        if !hasPoint { whole = digits.count } else if digits.isEmpty { whole -= 1 }
      } else if text[i] == ".", !hasPoint {
        hasPoint = true
      } else if text[i] != "," || hasPoint {
        break
      }
      i += 1
    }
    guard hasDigit else { return nil }
    if i < text.count, text[i] == "E", let exponent = exponent(text[(i + 1)...]) { whole += exponent }
    while digits.last == 48 { digits.removeLast() }
    if digits.isEmpty { return isNegative ? .double(-0.0) : .integer(0) }
    if digits.count <= whole, whole <= 19 {
      let sign = isNegative ? "-" : ""
      let zeros = String(repeating: "0", count: whole - digits.count)
      if let integer = Int64(sign + String(decoding: digits, as: UTF8.self) + zeros) { return .integer(integer) }
    }
    let magnitude = Double("0." + String(decoding: digits, as: UTF8.self) + "e\(whole)") ?? 0
    return .double(isNegative ? -magnitude : magnitude)
  }

  /// The value of a digit of any script. Like the original's, this reader does not look beyond the basic plane.
  private static func decimalDigit(_ scalar: UnicodeScalar) -> UInt8? {
    if scalar.isASCIIDigit { return UInt8(scalar.value - 48) }
    guard scalar.value >= 0x80, scalar.value < 0x10000, scalar.properties.generalCategory == .decimalNumber else {
      return nil
    }
    return scalar.properties.numericValue.map { UInt8($0) }
  }

  /// The exponent behind an `E`; nil where there is none, or none of 64 bits. The original keeps the lower 32 bits.
  private static func exponent(_ text: ArraySlice<UnicodeScalar>) -> Int? {
    let isNegative = text.first == "-"
    var exponent: Int64?
    for scalar in text.dropFirst(isNegative ? 1 : 0) {
      guard let digit = decimalDigit(scalar) else { break }
      let (product, overflow) = (exponent ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit))
      if overflow || carry { return nil }
      exponent = sum
    }
    return exponent.map { Int(Int32(truncatingIfNeeded: $0)) * (isNegative ? -1 : 1) }
  }
}
