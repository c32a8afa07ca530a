/// A template of `Format`, in parts.
struct FormatTemplate {
  enum Part {
    case text(String)
    case specifier(FormatSpecifier)
  }

  /// A specifier that is none: its text.
  struct Invalid: Error {
    let specifier: String
  }

  private(set) var parts: [Part] = []

  init(_ template: String) throws(Invalid) {
    let source = Array(template.unicodeScalars)
    var i = 0
    while i < source.count {
      let start = i
      while i < source.count, source[i] != "%" { i += 1 }
      if i > start { parts.append(.text(String(String.UnicodeScalarView(source[start..<i])))) }
      guard i < source.count else { return }
      let specifier = FormatSpecifier(source, at: &i)
      guard specifier.kind != .invalid else { throw Invalid(specifier: specifier.whole) }
      parts.append(.specifier(specifier))
    }
  }
}

/// A place in a template where a value goes: `% [n$] [flags] [width] [.precision] [t] [letter]`.
struct FormatSpecifier {
  enum Kind {
    case integer, double, string, boolean, time, percent, newline
    /// The value as wire JSON, in the oldest dialect or in that of the query.
    case oldWire, wire
    case invalid
  }

  /// The text with its index, and without.
  let whole: String
  let text: String
  /// The number of the value, from 1; 0 or nil for the next one.
  let index: Int?
  let flags: [UnicodeScalar]
  let width: Int?
  let precision: Int?
  /// `t` or `T` of a date or time.
  private let timeLetter: UnicodeScalar?
  let letter: UnicodeScalar?

  /// Reads a specifier at its `%`. Every part may be missing; digits are an index where a `$` follows them.
  init(_ source: [UnicodeScalar], at position: inout Int) {
    let start = position
    var i = position + 1
    func number(_ end: Int, from start: Int) -> Int {
      source[start..<end].reduce(0) { min($0 * 10 + Int($1.value - 48), Int(UInt32.max)) }
    }
    func digits(_ start: Int) -> Int {
      var end = start
      while end < source.count, source[end].isASCIIDigit { end += 1 }
      return end
    }
    var afterIndex = i
    let indexEnd = digits(i)
    if indexEnd > i, indexEnd < source.count, source[indexEnd] == "$" {
      index = number(indexEnd, from: i)
      afterIndex = indexEnd + 1
    } else {
      index = nil
    }
    i = afterIndex
    let flagStart = i
    while i < source.count, "-#+ 0,(<".unicodeScalars.contains(source[i]) { i += 1 }
    flags = Array(source[flagStart..<i])
    let widthEnd = digits(i)
    width = widthEnd > i ? number(widthEnd, from: i) : nil
    i = widthEnd
    let precisionEnd = i < source.count && source[i] == "." ? digits(i + 1) : i
    if precisionEnd > i + 1 {
      precision = number(precisionEnd, from: i + 1)
      i = precisionEnd
    } else {
      precision = nil
    }
    if i < source.count, source[i] == "t" || source[i] == "T" {
      timeLetter = source[i]
      i += 1
    } else {
      timeLetter = nil
    }
    if i < source.count, source[i].isASCIILetter || source[i] == "%" || source[i] == "@" || source[i] == "^" {
      letter = source[i]
      i += 1
    } else {
      letter = nil
    }
    whole = String(String.UnicodeScalarView(source[start..<i]))
    text = "%" + String(String.UnicodeScalarView(source[afterIndex..<i]))
    position = i
  }

  var kind: Kind {
    if timeLetter != nil { return .time }
    return switch letter {
    case "d", "x", "X", "o": .integer
    case "f", "e", "E", "g", "G": .double
    case "s", "S": .string
    case "b", "B": .boolean
    case "@": .oldWire
    case "^": .wire
    case "%": .percent
    case "n": .newline
    default: .invalid
    }
  }

  var isUpperCase: Bool {
    if let timeLetter { return timeLetter == "T" }
    return letter.map { "XEGSB".unicodeScalars.contains($0) } ?? false
  }

  func has(_ flag: UnicodeScalar) -> Bool { flags.contains(flag) }

  /// True where flags, width and precision fit together and the conversion.
  var isLegal: Bool {
    for (i, flag) in flags.enumerated() where flags[..<i].contains(flag) || !legalFlags.contains(flag) { return false }
    if has("-") && has("0") || has("+") && has(" ") { return false }
    if has("-") || has("0"), width == nil { return false }
    return precision == nil || kind != .integer && kind != .time
  }

  private var legalFlags: String.UnicodeScalarView {
    let flags =
      switch kind {
      case .integer: letter == "d" ? "-0+ (," : "-0#"
      case .double: letter == "f" ? "-0+ (,#" : letter == "e" || letter == "E" ? "-0+ (#" : "-0+ (,"
      case .string, .boolean, .time: "-"
      default: ""
      }
    return flags.unicodeScalars
  }
}
