import FQLValues

/// The functions that look for regular expressions.
extension Builtins {
  static let regularExpressions: [String: Builtin] = [
    "containsstrregex": .binary(containsRegex),
    "findstrregex": .variadic(findRegex),
    "replacestrregex": .variadic(replaceRegex),
  ]

  private static func compile(_ pattern: Value?, _ call: Call) throws(Failure) -> RegularExpression {
    let pattern = pattern?.asString ?? ""
    if let expression = RegularExpression.compile(pattern) { return expression }
    if let reason = Collation.loadError { throw call.failure(.internalError, reason) }
    throw call.failure(RegularExpression.invalid(pattern), at: "pattern")
  }

  /// Hands the matches in a text to `body` until that answers false.
  private static func forEachMatch(
    _ pattern: Value?, in text: [UInt16], _ call: Call, _ body: (RegularExpression, RegularExpression.Match) -> Bool
  ) throws(Failure) {
    let expression = try compile(pattern, call)
    do throws(RegularExpression.Exhausted) {
      try expression.forEachMatch(in: text) { body(expression, $0) }
    } catch {
      throw call.failure("Search pattern /\(pattern?.asString ?? "")/ takes too long on this text.", at: "pattern")
    }
  }

  /// Whether a match is found anywhere.
  private static func containsRegex(_ value: Value, _ pattern: Value?, _ call: Call) throws(Failure) -> Value {
    var isFound = false
    try forEachMatch(pattern, in: Array(value.asString.utf16), call) { _, _ in
      isFound = true
      return false
    }
    return .boolean(isFound)
  }

  /// The matches as objects of `start`, `end` (the place of the last character) and `data`.
  private static func findRegex(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let value = arguments[place: 0]?.asString ?? ""
    let limit = min(arguments[place: 3]?.asInteger ?? 1024, 1024)
    let start = try searchStart(value, arguments[place: 2]?.asInteger, call)
    // Where the search starts later, the pattern sees only the rest.
    let text = Array(value.utf16[value.utf8.index(value.utf8.startIndex, offsetBy: start.bytes)...])
    var results: [Value] = []
    var size = 0
    var counted = (units: 0, codePoints: start.codePoints)
    func codePoints(upTo units: Int) -> Int {
      // A surrogate pair counts at its first half.
      for unit in text[min(counted.units, units)..<units] where unit & 0xFC00 != 0xDC00 { counted.codePoints += 1 }
      counted.units = max(counted.units, units)
      return counted.codePoints
    }
    if limit <= 0 {
      _ = try compile(arguments[place: 1], call)
      return .array([])
    }
    try forEachMatch(arguments[place: 1], in: text, call) { _, match in
      guard let range = match.range(0) else { return true }
      let first = codePoints(upTo: range.lowerBound)
      // The rule of the original counts up to the last unit, which is half a character where that is supplementary.
      let last = range.isEmpty ? first : codePoints(upTo: range.upperBound - 1)
      size += range.count
      results.append(
        .object(
          Object([
            .init("start", .integer(Int64(first))), .init("end", .integer(Int64(last))),
            .init("data", .string(String(decoding: text[range], as: UTF16.self))),
          ])))
      return results.count < limit && size <= BoundedText.limit
    }
    if size > BoundedText.limit { throw BoundedText.failure(call) }
    return .array(results)
  }

  /// The text with matches replaced by a template: all of them, or the first.
  private static func replaceRegex(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let text = Array((arguments[place: 0]?.asString ?? "").utf16)
    let onlyFirst = if case .boolean(true) = arguments[place: 3] { true } else { false }
    var template: ReplacementTemplate?
    var isInvalid = false
    var result = BoundedText()
    var end = 0
    func append(_ range: Range<Int>) {
      result.append(String(decoding: text[range], as: UTF16.self))
    }
    try forEachMatch(arguments[place: 1], in: text, call) { expression, match in
      // Read at the first match, since a bad template does no harm where nothing is replaced.
      if template == nil { template = ReplacementTemplate(arguments[place: 2]?.asString ?? "", expression) }
      guard let template, let range = match.range(0) else {
        isInvalid = true
        return false
      }
      append(end..<range.lowerBound)
      end = range.upperBound
      for part in template.parts {
        switch part {
        case .text(let text): result.append(text)
        case .group(let group): if let range = match.range(group) { append(range) }
        }
      }
      return !onlyFirst && !result.isTooLong
    }
    if isInvalid { throw call.failure("Invalid replacement '\(arguments[place: 2]?.asString ?? "")'.", at: "replace") }
    append(end..<text.count)
    return try result.value(call)
  }
}

/// A replacement of Java's: `$1` and `${name}` stand for groups, a backslash makes the next character literal.
private struct ReplacementTemplate {
  enum Part {
    case text(String)
    case group(Int)
  }

  private(set) var parts: [Part] = []

  /// Nil for a template that is malformed or names a group that the pattern does not have.
  init?(_ template: String, _ expression: RegularExpression) {
    let source = Array(template.unicodeScalars)
    var text = String.UnicodeScalarView()
    var i = 0
    func digit(_ i: Int) -> Int? {
      i < source.count && source[i].isASCIIDigit ? Int(source[i].value - 48) : nil
    }
    while i < source.count {
      let scalar = source[i]
      i += 1
      if scalar == "\\" {
        guard i < source.count else { return nil }
        text.append(source[i])
        i += 1
        continue
      }
      guard scalar == "$" else {
        text.append(scalar)
        continue
      }
      parts.append(.text(String(text)))
      text = .init()
      if var number = digit(i) {
        guard number <= expression.groupCount else { return nil }
        i += 1
        // As many digits as make the number of a group.
        while let next = digit(i), number * 10 + next <= expression.groupCount {
          number = number * 10 + next
          i += 1
        }
        parts.append(.group(number))
      } else {
        guard i < source.count, source[i] == "{", let end = source[i...].firstIndex(of: "}") else { return nil }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: source[(i + 1)..<end])
        guard let number = expression.groupNames[String(name)] else { return nil }
        parts.append(.group(number))
        i = end + 1
      }
    }
    parts.append(.text(String(text)))
  }
}
