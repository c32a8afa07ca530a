import FQLValues

/// Translates a pattern from Java's dialect into ICU's.
///
/// What the two read alike is passed on; what they read differently is written out: the ASCII meaning of `\d`, `\w`, `\s` and of
/// `(?i)`, the line terminators of `.`, `^` and `$`, word boundaries, POSIX classes, unions and intersections. Flags never reach
/// ICU, but for Unicode-aware matching without case. Groups keep their numbers, since no other capturing group is made.
struct JavaPattern {
  /// The pattern is not one of Java's.
  struct Invalid: Error {}

  struct Flags: OptionSet {
    let rawValue: Int
    static let ignoreCase = Flags(rawValue: 1)
    static let multiline = Flags(rawValue: 2)
    static let dotAll = Flags(rawValue: 4)
    static let comments = Flags(rawValue: 8)
    static let unicodeCase = Flags(rawValue: 16)
    static let unicodeClasses = Flags(rawValue: 32)
    static let unixLines = Flags(rawValue: 64)

    /// The flag that a letter sets; `U` implies `u`.
    init?(letter: UnicodeScalar) {
      switch letter {
      case "i": self = .ignoreCase
      case "m": self = .multiline
      case "s": self = .dotAll
      case "x": self = .comments
      case "u": self = .unicodeCase
      case "U": self = [.unicodeClasses, .unicodeCase]
      case "d": self = .unixLines
      default: return nil
      }
    }

    init(rawValue: Int) {
      self.rawValue = rawValue
    }
  }

  /// What stands for unlimited repetition behind a place: ICU looks back for a limited length only.
  private static let lookbehindRepetitions = 100

  /// The most groups inside one another; more could not be translated or matched on an ordinary stack.
  static let depthLimit = 500

  var source: [UnicodeScalar]
  var position = 0
  var flags: Flags = []
  /// The translation so far, in pieces.
  var output: [String] = []
  /// The numbers of the named groups, in order of their opening parentheses.
  private(set) var groupNames: [String: Int] = [:]
  private(set) var groupCount = 0
  private let totalGroups: Int
  private var depth = 0
  private var lookbehindDepth = 0
  var classDepth = 0

  /// The pattern in ICU's dialect, and the numbers of its named groups.
  static func translate(_ pattern: String) throws(Invalid) -> (pattern: String, groupNames: [String: Int]) {
    var translator = JavaPattern(pattern)
    try translator.translateAlternatives()
    guard translator.position == translator.source.count else { throw Invalid() }
    // ICU does not take a pattern without text.
    return ("(?:" + translator.output.joined() + ")", translator.groupNames)
  }

  private init(_ pattern: String) {
    source = Self.withoutQuotes(Array(pattern.unicodeScalars))
    totalGroups = Self.countGroups(source)
  }

  var next: UnicodeScalar? { position < source.count ? source[position] : nil }

  func peek(_ offset: Int) -> UnicodeScalar? {
    position + offset < source.count ? source[position + offset] : nil
  }

  mutating func accept(_ scalar: UnicodeScalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  mutating func take() throws(Invalid) -> UnicodeScalar {
    guard let scalar = next else { throw Invalid() }
    position += 1
    return scalar
  }

  /// The pattern with what stands between `\Q` and `\E` escaped character by character, as Java does before anything else.
  private static func withoutQuotes(_ source: [UnicodeScalar]) -> [UnicodeScalar] {
    var result: [UnicodeScalar] = []
    var i = 0
    while i < source.count {
      guard source[i] == "\\", i + 1 < source.count else {
        result.append(source[i])
        i += 1
        continue
      }
      guard source[i + 1] == "Q" else {
        result.append(source[i])
        result.append(source[i + 1])
        i += 2
        continue
      }
      i += 2
      while i < source.count {
        if source[i] == "\\", i + 1 < source.count, source[i + 1] == "E" {
          i += 2
          break
        }
        let scalar = source[i]
        if scalar.isASCII, !scalar.isASCIIAlphanumeric { result.append("\\") }
        result.append(scalar)
        i += 1
      }
    }
    return result
  }

  /// How many capturing groups there are, roughly: for references to groups that come later.
  private static func countGroups(_ source: [UnicodeScalar]) -> Int {
    var count = 0
    var i = 0
    while i < source.count {
      if source[i] == "\\" {
        i += 1
      } else if source[i] == "(" {
        let isSpecial = i + 1 < source.count && source[i + 1] == "?"
        let isNamed =
          isSpecial && i + 3 < source.count && source[i + 2] == "<" && source[i + 3] != "=" && source[i + 3] != "!"
        if !isSpecial || isNamed { count += 1 }
      }
      i += 1
    }
    return count
  }
}

// MARK: - Sequences, groups and quantifiers

extension JavaPattern {
  private mutating func translateAlternatives() throws(Invalid) {
    try translateSequence()
    while accept("|") {
      output.append("|")
      try translateSequence()
    }
  }

  private mutating func translateSequence() throws(Invalid) {
    while true {
      skipComments()
      guard let scalar = next, scalar != "|", scalar != ")" else { return }
      let start = output.count
      var isEmpty = false
      switch scalar {
      case "*", "+", "?": throw Invalid()
      case "{":
        // An empty atom; its quantifier changes nothing, but must be one.
        isEmpty = true
      case "(":
        position += 1
        // Flags for the rest of the group are no atom: a quantifier would have nothing to repeat.
        guard try translateGroup() else { continue }
      case "[":
        position += 1
        output.append(try parseClass().text(self))
      case ".":
        position += 1
        output.append(
          flags.contains(.dotAll) ? "[\\x{0}-\\x{10FFFF}]" : flags.contains(.unixLines) ? "[^\\n]" : Self.notLineEnd)
      case "^":
        position += 1
        output.append(lineStart)
      case "$":
        position += 1
        output.append(lineEnd)
      case "\\":
        position += 1
        try translateEscape()
      default:
        position += 1
        output.append(literal(scalar))
      }
      if isEmpty { output.append("(?:)") }
      try translateQuantifier(after: start)
    }
  }

  /// Reads a group behind its parenthesis. False for flags that hold for the rest of the surrounding group.
  private mutating func translateGroup() throws(Invalid) -> Bool {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw Invalid() }
    let outerFlags = flags
    let outerLookbehindDepth = lookbehindDepth
    if !accept("?") {
      groupCount += 1
      output.append("(")
    } else {
      let kind = try take()
      switch kind {
      case ":", "=", "!", ">": output.append("(?" + String(kind))
      case "<":
        if accept("=") {
          output.append("(?<=")
          lookbehindDepth += 1
        } else if accept("!") {
          output.append("(?<!")
          lookbehindDepth += 1
        } else {
          let name = try readName()
          guard groupNames[name] == nil else { throw Invalid() }
          groupCount += 1
          groupNames[name] = groupCount
          output.append("(")
        }
      default:
        position -= 1
        try readFlags()
        if accept(")") { return false }
        guard accept(":") else { throw Invalid() }
        output.append("(?:")
      }
    }
    try translateAlternatives()
    guard accept(")") else { throw Invalid() }
    output.append(")")
    flags = outerFlags
    lookbehindDepth = outerLookbehindDepth
    return true
  }

  /// Reads the name of a group up to its `>`.
  mutating func readName() throws(Invalid) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = next, scalar.isASCIIAlphanumeric {
      name.append(scalar)
      position += 1
    }
    guard let first = name.first, !first.isASCIIDigit, accept(">") else { throw Invalid() }
    return String(name)
  }

  private mutating func readFlags() throws(Invalid) {
    while let scalar = next, let flag = Flags(letter: scalar) {
      flags.insert(flag)
      position += 1
    }
    if accept("-") {
      while let scalar = next, let flag = Flags(letter: scalar) {
        flags.subtract(flag)
        position += 1
      }
    }
  }

  /// Reads a quantifier, if one follows, and puts it behind the atom that was written from `start` on.
  private mutating func translateQuantifier(after start: Int) throws(Invalid) {
    skipComments()
    var quantifier: String
    switch next {
    case "*", "+", "?":
      let sign = try take()
      quantifier = String(sign)
      if lookbehindDepth > 0, sign != "?" { quantifier = "{\(sign == "*" ? 0 : 1),\(Self.lookbehindRepetitions)}" }
    case "{":
      position += 1
      let low = try readCount()
      var high: Int? = low
      if accept(",") { high = next == "}" ? nil : try readCount() }
      guard accept("}"), high.map({ $0 >= low }) ?? true else { throw Invalid() }
      quantifier = high == low ? "{\(low)}" : "{\(low),\(high.map { String($0) } ?? "")}"
      if high == nil, lookbehindDepth > 0 { quantifier = "{\(low),\(low + Self.lookbehindRepetitions)}" }
    default:
      return
    }
    skipComments()
    // A group around what may be several items, or something that ICU would not repeat. Possessive repetition is written as an
    // atomic group, since ICU's own fails where what is repeated can be empty.
    let isPossessive = accept("+")
    if !isPossessive, accept("?") { quantifier += "?" }
    output.insert(isPossessive ? "(?>(?:" : "(?:", at: start)
    output.append(")" + quantifier + (isPossessive ? ")" : ""))
  }

  /// Reads a number of repetitions. As in Java it must fit 32 bits; ICU takes 24, more than any text is long.
  private mutating func readCount() throws(Invalid) -> Int {
    guard let first = next, first.isASCIIDigit else { throw Invalid() }
    var count = 0
    while let scalar = next, scalar.isASCIIDigit {
      count = count * 10 + Int(scalar.value - 48)
      guard count <= Int(Int32.max) else { throw Invalid() }
      position += 1
    }
    return min(count, 0xFF_FFFE)
  }

  /// Skips white space and comments where the flag `x` is set.
  mutating func skipComments() {
    guard flags.contains(.comments) else { return }
    while let scalar = next {
      if scalar.isASCIISpace {
        position += 1
      } else if scalar == "#" {
        while let scalar = next, !isLineEnd(scalar) { position += 1 }
      } else {
        return
      }
    }
  }

  private func isLineEnd(_ scalar: UnicodeScalar) -> Bool {
    switch scalar {
    case "\n": true
    case "\r", "\u{85}", "\u{2028}", "\u{2029}": !flags.contains(.unixLines)
    default: false
    }
  }
}

// MARK: - Anchors and characters

extension JavaPattern {
  private static let notLineEnd = "[^\\n\\r\\u0085\\u2028\\u2029]"

  /// `^`: the beginning; with `m` also behind a line terminator, but not at the very end.
  private var lineStart: String {
    guard flags.contains(.multiline) else { return "\\A" }
    return flags.contains(.unixLines)
      ? "(?:(?!\\z)(?:\\A|(?<=\\n)))"
      : "(?:(?!\\z)(?:\\A|(?<=[\\n\\u0085\\u2028\\u2029])|(?<=\\r)(?!\\n)))"
  }

  /// `$`: the end, or before a line terminator that ends the text; with `m` before any. Never inside of a CR LF.
  private var lineEnd: String {
    guard flags.contains(.multiline) else { return textEnd }
    return flags.contains(.unixLines)
      ? "(?=\\n|\\z)" : "(?:(?=[\\r\\u0085\\u2028\\u2029]|\\z)|(?<!\\r)(?=\\n))"
  }

  /// `\Z`, and `$` without `m`.
  var textEnd: String {
    flags.contains(.unixLines)
      ? "(?=\\n?\\z)" : "(?:(?=(?:\\r\\n|[\\r\\u0085\\u2028\\u2029])?\\z)|(?<!\\r)(?=\\n\\z))"
  }

  /// `\b`: between a word character and another. A combining mark belongs to the letter or digit before it.
  var wordBoundary: String {
    if flags.contains(.unicodeClasses) {
      let word = CharacterClass.word(unicode: true)
      return "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"
    }
    let word = "[\\p{L}\\p{Nd}_]"
    let before = "\(word)|[\\p{L}\\p{Nd}]\\p{Mn}{1,8}"
    let after = "\(word)|(?<=[\\p{L}\\p{Nd}]\\p{Mn}{0,8})\\p{Mn}"
    return "(?:(?<=\(before))(?!\(after))|(?<!\(before))(?=\(after)))"
  }

  /// A character that stands for itself, in both cases where the flags say so.
  func literal(_ scalar: UnicodeScalar) -> String {
    let text = scalar.escapedForPattern
    guard flags.contains(.ignoreCase) else { return text }
    if flags.contains(.unicodeCase) { return "(?i:[\(text)])" }
    guard let other = scalar.otherASCIICase else { return text }
    return "[\(text)\(other.escapedForPattern)]"
  }

  /// A reference to a group, which in Java may come later and, where there is no such group, never matches.
  func reference(_ number: Int) -> String {
    guard number <= totalGroups, number > 0 else { return "(?!)" }
    // A digit may follow in the pattern, which must not become part of the number.
    return flags.contains(.ignoreCase) ? "(?i:\\\(number))" : "(?:\\\(number))"
  }
}

extension UnicodeScalar {
  var isASCIIDigit: Bool { value >= 0x30 && value <= 0x39 }
  var isASCIILetter: Bool { (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7A }
  var isASCIIAlphanumeric: Bool { isASCIIDigit || isASCIILetter }
  var isASCIISpace: Bool { value == 0x20 || (value >= 0x09 && value <= 0x0D) }

  /// The same ASCII letter in its other case.
  var otherASCIICase: UnicodeScalar? {
    isASCIILetter ? UnicodeScalar(UInt8(value) ^ 0x20) : nil
  }

  /// The character as an ICU pattern or class takes it literally.
  var escapedForPattern: String {
    isASCIIAlphanumeric ? String(self) : "\\x{\(String(value, radix: 16))}"
  }

  var hexValue: UInt32? {
    switch value {
    case 0x30...0x39: value - 0x30
    case 0x41...0x46: value - 0x41 + 10
    case 0x61...0x66: value - 0x61 + 10
    default: nil
    }
  }
}
