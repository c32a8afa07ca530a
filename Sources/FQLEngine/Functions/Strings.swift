import FQLValues

/// The functions that make strings of strings. Lengths and places are counted in code points.
extension Builtins {
  static let strings: [String: Builtin] = [
    "concat": .binary(concat),
    "casefold": .binary(casefold),
    "length": .unary { value, _ in .integer(Int64(value.asString.codePointCount)) },
    "lowercase": .unary { (value, call) throws(Failure) in try mapCase(value, to: .lower, call) },
    "uppercase": .unary { (value, call) throws(Failure) in try mapCase(value, to: .upper, call) },
    "titlecase": .unary { (value, call) throws(Failure) in try mapCase(value, to: .title, call) },
    "ltrim": .unary { value, _ in .string(value.asString.trimmed(start: true, end: false)) },
    "rtrim": .unary { value, _ in .string(value.asString.trimmed(start: false, end: true)) },
    "trim": .unary { value, _ in .string(value.asString.trimmed(start: true, end: true)) },
    "ngram": .variadic(ngram),
    "repeat": .binary(repeatString),
    "space": .unary { count, _ in .string(String(repeating: " ", count: cappedCount(count.asInteger))) },
    "substring": .variadic(substring),
  ]

  /// Strings joined, with a separator between them.
  private static func concat(_ strings: Value, _ separator: Value?, _ call: Call) throws(Failure) -> Value {
    let strings = strings.asArray
    let separator = separator?.asString ?? ""
    var text = BoundedText()
    text.reserve(strings.reduce(0) { $0 + $1.asString.utf8.count + separator.utf8.count })
    for (i, string) in strings.enumerated() {
      if i > 0 { text.append(separator) }
      text.append(string.asString)
      if text.isTooLong { break }
    }
    return try text.value(call)
  }

  private static func mapCase(_ value: Value, to mapping: UnicodeText.CaseMapping, _ call: Call) throws(Failure)
    -> Value
  {
    let text: String
    do throws(UnicodeText.Unavailable) {
      text = try UnicodeText.mapCase(value.asString, to: mapping)
    } catch {
      throw call.failure(error)
    }
    return try BoundedText.value(text, call)
  }

  /// A string many times over: twice unless said otherwise, at most 1024 times.
  private static func repeatString(_ value: Value, _ number: Value?, _ call: Call) throws(Failure) -> Value {
    let value = value.asString
    let count = cappedCount(number?.asInteger ?? 2)
    if value.utf8.count * count > BoundedText.limit { throw BoundedText.failure(call) }
    return .string(String(repeating: value, count: count))
  }

  private static func cappedCount(_ count: Int64) -> Int {
    Int(max(0, min(count, 1024)))
  }

  /// A part of a string. A negative start counts from the end; a length that goes beyond the end stops there.
  private static func substring(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let value = arguments[place: 0]?.asString ?? ""
    let count = Int64(value.codePointCount)
    var start = arguments[place: 1]?.asInteger ?? 0
    if start < 0 { start = count &+ start }
    guard start >= 0, start <= count else {
      throw call.failure("start must be less than or equal to the string length")
    }
    let length = arguments[place: 2]?.asInteger ?? count
    guard length >= 0 else { throw call.failure("length must be positive") }
    return .string(value.codePoints(from: Int(start), count: Int(min(length, count - start))))
  }
}

extension Builtins {
  /// Strings in a normalisation form, by default folded; other scalars pass. A list of one answers its element.
  private static func casefold(_ terms: Value, _ normalizer: Value?, _ call: Call) throws(Failure) -> Value {
    let normalizer = normalizer.flatMap { UnicodeText.Normalizer(rawValue: $0.asString) } ?? .nfkcCaseFold
    var terms = terms.asArray
    for (i, term) in terms.enumerated() {
      guard case .string(let string) = term else { continue }
      let text: String
      do throws(UnicodeText.Unavailable) {
        text = try UnicodeText.normalize(string, normalizer)
      } catch {
        throw call.failure(error)
      }
      terms[i] = try BoundedText.value(text, call)
    }
    return terms.count == 1 ? terms[0] : .array(terms)
  }
}

/// A normalisation form.
typealias Normalizer = UnicodeText.Normalizer

extension UnicodeText.Normalizer {
  /// The text in this form; as it is where ICU is needed and missing.
  func apply(to text: String) -> String {
    (try? UnicodeText.normalize(text, self)) ?? text
  }
}

extension Builtins {
  /// The most n-grams of one call.
  private static let ngramLimit = 1 << 20

  /// All substrings of the sizes `min` to `max`, by where they start; scalars other than strings pass.
  private static func ngram(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let (minimum, maximum) = try ngramSizes(arguments[place: 1]?.asInteger, arguments[place: 2]?.asInteger, call)
    var result: [Value] = []
    var size = 0
    for term in arguments[place: 0]?.asArray ?? [] {
      guard case .string(let string) = term else {
        result.append(term)
        continue
      }
      // The places where characters begin, and the end.
      let text = Array(string.utf8)
      let starts = text.indices.filter { text[$0] & 0xC0 != 0x80 } + [text.count]
      for i in starts.indices.dropLast() {
        for length in minimum...maximum where length <= starts.count - 1 - i {
          let gram = text[starts[i]..<starts[i + length]]
          size += gram.count
          if size > BoundedText.limit || result.count >= ngramLimit { throw BoundedText.failure(call) }
          result.append(.string(String(decoding: gram, as: UTF8.self)))
        }
      }
    }
    return .array(result)
  }

  private static func ngramSizes(_ minimum: Int64?, _ maximum: Int64?, _ call: Call) throws(Failure) -> (Int, Int) {
    var failures: [String] = []
    func check(_ fails: Bool, _ description: String) {
      if fails { failures.append(description) }
    }
    let low = minimum ?? 1
    let high = maximum ?? 2
    switch (minimum, maximum) {
    case (let low?, let high?):
      check(low > high || low <= 0, "min ngram size must be > 0 and <= max")
      check(high <= 0, "max ngram size must be > 0")
      check(exceedsByMoreThanOne(high, low), "max ngram size must be <= min + 1")
    case (let low?, nil):
      check(low > 2 || low <= 0, "min ngram size must be > 0 and <= max")
      check(exceedsByMoreThanOne(2, low), "min ngram size must be >= max - 1")
    case (nil, let high?):
      check(high <= 1, "max ngram size must be > 0 and >= min")
      check(exceedsByMoreThanOne(high, 1), "max ngram size must be <= min + 1")
    case (nil, nil): break
    }
    guard failures.isEmpty else { throw Failure(failures.map { call.node.error(.invalidArgument, $0) }) }
    return (Int(low), Int(high))
  }

  private static func exceedsByMoreThanOne(_ a: Int64, _ b: Int64) -> Bool {
    let (difference, overflow) = a.subtractingReportingOverflow(b)
    return overflow ? a > b : difference > 1
  }
}

extension String {
  var codePointCount: Int {
    utf8.reduce(into: 0) { count, byte in if byte & 0xC0 != 0x80 { count += 1 } }
  }

  /// A part of the string; it must lie inside.
  func codePoints(from start: Int, count: Int) -> String {
    let scalars = unicodeScalars
    let from = scalars.index(scalars.startIndex, offsetBy: start)
    return String(scalars[from..<scalars.index(from, offsetBy: count)])
  }

  /// The string without the whitespace at its ends.
  fileprivate func trimmed(start: Bool, end: Bool) -> String {
    var text = unicodeScalars[...]
    if start { text = text.drop(while: \.isTrimmed) }
    if end { while let last = text.last, last.isTrimmed { text.removeLast() } }
    return String(text)
  }
}

extension UnicodeScalar {
  /// True for what trimming takes away: spaces and separators but for those that do not break, and the control characters that separate.
  fileprivate var isTrimmed: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x1680, 0x2000...0x2006, 0x2008...0x200A, 0x2028, 0x2029, 0x205F, 0x3000: true
    default: false
    }
  }
}
