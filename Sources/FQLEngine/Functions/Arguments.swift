import FQLValues

/// Arguments that the function table's casts have already checked, as Swift values.
extension Value {
  /// The text of an argument that is a string.
  var asString: String {
    if case .string(let string) = self { string } else { "" }
  }

  /// The number of an argument that is an integer.
  var asInteger: Int64 {
    if case .integer(let integer) = self { integer } else { 0 }
  }

  /// The number of an argument that is an integer or a double.
  var asDouble: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .double(let double): double
    default: 0
    }
  }

  /// The elements of an argument that takes one or many values.
  var asArray: [Value] {
    if case .array(let array) = self { array } else { [self] }
  }
}

/// Text that a function makes, kept within a limit: a short query must not make a large string by repeating itself.
struct BoundedText {
  /// The most bytes of UTF-8 that one function may make.
  static let limit = 16 << 20

  private(set) var bytes: [UInt8] = []
  private(set) var isTooLong = false

  /// Room for that many bytes.
  mutating func reserve(_ count: Int) {
    bytes.reserveCapacity(min(count, Self.limit))
  }

  mutating func append(_ text: some Collection<UInt8>) {
    if bytes.count + text.count > Self.limit { isTooLong = true } else { bytes.append(contentsOf: text) }
  }

  mutating func append(_ string: String) {
    append(string.utf8)
  }

  mutating func append(repeating byte: UInt8, count: Int) {
    guard count > 0 else { return }
    if count > Self.limit - bytes.count {
      isTooLong = true
    } else {
      bytes.append(contentsOf: repeatElement(byte, count: count))
    }
  }

  /// The text as a value, or the error that it is too long.
  func value(_ call: Call) throws(Failure) -> Value {
    if isTooLong { throw Self.failure(call) }
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  /// Text that was made elsewhere as a value, or the error that it is too long.
  static func value(_ text: String, _ call: Call) throws(Failure) -> Value {
    if text.utf8.count > limit { throw failure(call) }
    return .string(text)
  }

  static func failure(_ call: Call) -> Failure {
    call.failure("The result must not be longer than \(limit) bytes.")
  }
}

extension Call {
  /// The failure of a function that needs ICU.
  func failure(_ unavailable: UnicodeText.Unavailable) -> Failure {
    failure(.internalError, unavailable.reason)
  }
}

extension [Value?] {
  /// The argument at that place; nil where it is absent, also behind the last that was given.
  subscript(place i: Int) -> Value? {
    i < count ? self[i] : nil
  }
}
