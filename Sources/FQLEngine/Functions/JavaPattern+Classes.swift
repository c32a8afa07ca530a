import FQLValues

/// A set of characters in ICU's notation.
struct CharacterClass {
  /// What stands between the brackets of a set.
  var items: String

  init(_ items: String) {
    self.items = items
  }

  var set: String { "[\(items)]" }

  func union(_ other: CharacterClass) -> CharacterClass {
    // A complement must keep its own brackets.
    CharacterClass((items.hasPrefix("^") ? set : items) + (other.items.hasPrefix("^") ? other.set : other.items))
  }

  func intersection(_ other: CharacterClass) -> CharacterClass {
    CharacterClass("\(set)&&\(other.set)")
  }

  /// The set as an item of a pattern.
  func text(_ pattern: JavaPattern) -> String {
    pattern.flags.isSuperset(of: [.ignoreCase, .unicodeCase]) ? "(?i:\(set))" : set
  }

  /// What `\w` matches, as a set.
  static func word(unicode: Bool) -> String {
    unicode ? "[\\p{Alphabetic}\\p{Mn}\\p{Me}\\p{Mc}\\p{Nd}\\p{Pc}\\p{Join_Control}]" : "[a-zA-Z_0-9]"
  }
}

// MARK: - Bracketed classes

extension JavaPattern {
  /// Reads a class behind its `[`, with unions, intersections (`&&`) and nested classes.
  mutating func parseClass() throws(Invalid) -> CharacterClass {
    classDepth += 1
    defer { classDepth -= 1 }
    guard classDepth <= Self.depthLimit else { throw Invalid() }
    let isComplement = accept("^")
    let content = try parseClassItems()
    guard accept("]") else { throw Invalid() }
    return isComplement ? CharacterClass("^" + content.set) : content
  }

  /// Reads what stands up to the `]` of a class.
  private mutating func parseClassItems() throws(Invalid) -> CharacterClass {
    var content: CharacterClass?
    func with(_ item: CharacterClass) -> CharacterClass { content?.union(item) ?? item }
    while true {
      skipComments()
      guard let scalar = next else { throw Invalid() }
      if scalar == "]", let content { return content }
      if scalar == "[" {
        position += 1
        content = with(CharacterClass(try parseClass().set))
      } else if scalar == "&", peek(1) == "&" {
        while accept("&") {}
        skipComments()
        if next == "]" {
          guard let content else { throw Invalid() }
          return content
        }
        let right = try parseClassItems()
        return content?.intersection(right) ?? right
      } else {
        content = with(try parseClassItem())
      }
    }
  }

  /// Reads one character, range or predefined class.
  private mutating func parseClassItem() throws(Invalid) -> CharacterClass {
    var low = try take().value
    if low == 0x5C {
      switch try parseEscapedClassOrCharacter() {
      case .set(let set): return CharacterClass(set)
      case .character(let value): low = value
      }
    }
    skipComments()
    guard next == "-", let after = peek(1), after != "]", after != "[" else { return characters(low, low) }
    position += 1
    skipComments()
    var high = try take().value
    if high == 0x5C {
      guard case .character(let value) = try parseEscapedClassOrCharacter() else { throw Invalid() }
      high = value
    }
    guard high >= low else { throw Invalid() }
    return characters(low, high)
  }

  /// A range of characters, with the other case of its ASCII letters where the flags say so.
  private func characters(_ low: UInt32, _ high: UInt32) -> CharacterClass {
    func item(_ low: UInt32, _ high: UInt32) -> String {
      let first = "\\x{\(String(low, radix: 16))}"
      return low == high ? first : first + "-\\x{\(String(high, radix: 16))}"
    }
    var items = item(low, high)
    if flags.contains(.ignoreCase) {
      for (first, last) in [(UInt32(0x41), UInt32(0x5A)), (0x61, 0x7A)] {
        let from = max(low, first)
        let to = min(high, last)
        if from <= to { items += item(from ^ 0x20, to ^ 0x20) }
      }
    }
    return CharacterClass(items)
  }
}

// MARK: - Escapes

extension JavaPattern {
  private enum Escape {
    case character(UInt32)
    case set(String)
  }

  /// Reads an escape outside of a class, behind its backslash.
  mutating func translateEscape() throws(Invalid) {
    guard let scalar = next else { throw Invalid() }
    switch scalar {
    case "1"..."9":
      position += 1
      var number = Int(scalar.value - 48)
      // As many digits as make the number of a group that has been opened.
      while let digit = next, digit.isASCIIDigit, number * 10 + Int(digit.value - 48) <= groupCount {
        number = number * 10 + Int(digit.value - 48)
        position += 1
      }
      output.append(reference(number))
    case "A", "z", "G", "X":
      position += 1
      output.append("\\" + String(scalar))
    case "Z":
      position += 1
      output.append(textEnd)
    case "b":
      position += 1
      // A boundary of another kind (`\b{g}`) is not supported.
      guard next != "{" || peek(1)?.isASCIIDigit == true else { throw Invalid() }
      output.append(wordBoundary)
    case "B":
      position += 1
      output.append("(?!\(wordBoundary))")
    case "R":
      position += 1
      output.append("(?:\\r\\n|[\\n\\x{b}\\f\\r\\x{85}\\x{2028}\\x{2029}])")
    case "k":
      position += 1
      guard accept("<"), let number = groupNames[try readName()] else { throw Invalid() }
      output.append(reference(number))
    default:
      switch try parseEscapedClassOrCharacter() {
      case .set(let set): output.append(CharacterClass(set).text(self))
      case .character(let value):
        // Half of a surrogate pair occurs in no text.
        output.append(UnicodeScalar(value).map(literal) ?? "(?!)")
      }
    }
  }

  /// Reads an escape that stands for a character or a set of them, behind its backslash.
  private mutating func parseEscapedClassOrCharacter() throws(Invalid) -> Escape {
    let scalar = try take()
    let unicode = flags.contains(.unicodeClasses)
    switch scalar {
    case "d": return .set(unicode ? "\\p{Nd}" : "[0-9]")
    case "D": return .set(unicode ? "\\P{Nd}" : "[^0-9]")
    case "w": return .set(CharacterClass.word(unicode: unicode))
    case "W": return .set("[^\(CharacterClass.word(unicode: unicode))]")
    case "s": return .set(unicode ? "\\p{White_Space}" : Self.space)
    case "S": return .set(unicode ? "\\P{White_Space}" : "[^\(Self.space)]")
    case "h": return .set(Self.horizontalSpace)
    case "H": return .set("[^\(Self.horizontalSpace)]")
    case "v": return .set(Self.verticalSpace)
    case "V": return .set("[^\(Self.verticalSpace)]")
    case "p": return .set(try parseProperty(isComplement: false))
    case "P": return .set(try parseProperty(isComplement: true))
    case "N":
      guard accept("{") else { throw Invalid() }
      let name = try readUntilBrace()
      guard name.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || $0 == " " || $0 == "-" }) else {
        throw Invalid()
      }
      return .set("\\N{\(name)}")
    case "a": return .character(0x07)
    case "e": return .character(0x1B)
    case "f": return .character(0x0C)
    case "n": return .character(0x0A)
    case "r": return .character(0x0D)
    case "t": return .character(0x09)
    case "c": return .character(try take().value ^ 0x40)
    case "0": return .character(try parseOctal())
    case "x": return .character(try parseHexadecimal())
    case "u":
      let first = try readHexadecimal(digits: 4)
      guard first & 0xFC00 == 0xD800, next == "\\", peek(1) == "u" else { return .character(first) }
      let before = position
      position += 2
      let second = try readHexadecimal(digits: 4)
      if second & 0xFC00 == 0xDC00 { return .character(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF) }
      position = before
      return .character(first)
    default:
      guard !scalar.isASCIIAlphanumeric else { throw Invalid() }
      return .character(scalar.value)
    }
  }

  private static let space = "[\\x{20}\\t\\n\\x{b}\\f\\r]"
  private static let horizontalSpace =
    "[\\x{20}\\t\\x{a0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}]"
  private static let verticalSpace = "[\\n\\x{b}\\f\\r\\x{85}\\x{2028}\\x{2029}]"

  private mutating func parseOctal() throws(Invalid) -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < 3, let scalar = next, scalar.value >= 0x30, scalar.value <= 0x37,
      value * 8 + scalar.value - 0x30 <= 0o377
    {
      value = value * 8 + scalar.value - 0x30
      position += 1
      count += 1
    }
    guard count > 0 else { throw Invalid() }
    return value
  }

  private mutating func parseHexadecimal() throws(Invalid) -> UInt32 {
    guard accept("{") else { return try readHexadecimal(digits: 2) }
    var value: UInt32 = 0
    var count = 0
    while let digit = next?.hexValue {
      value = value * 16 + digit
      guard value <= 0x10FFFF else { throw Invalid() }
      position += 1
      count += 1
    }
    guard count > 0, accept("}") else { throw Invalid() }
    return value
  }

  private mutating func readHexadecimal(digits: Int) throws(Invalid) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = try take().hexValue else { throw Invalid() }
      value = value * 16 + digit
    }
    return value
  }

  fileprivate mutating func readUntilBrace() throws(Invalid) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = next, scalar != "}" {
      name.append(scalar)
      position += 1
    }
    guard accept("}"), !name.isEmpty else { throw Invalid() }
    return String(name)
  }
}

// MARK: - Properties

extension JavaPattern {
  /// Reads the name of a property behind `\p` or `\P`: a letter, or a name in braces.
  fileprivate mutating func parseProperty(isComplement: Bool) throws(Invalid) -> String {
    let name = accept("{") ? try readUntilBrace() : String(try take())
    guard name.unicodeScalars.allSatisfy({ $0.isASCIIAlphanumeric || "_- =".unicodeScalars.contains($0) }),
      let set = property(name)
    else { throw Invalid() }
    return isComplement ? "[^\(set)]" : set
  }

  /// The set of a property by its name in Java.
  private func property(_ name: String) -> String? {
    if let sign = name.firstIndex(of: "=") {
      let value = String(name[name.index(after: sign)...])
      switch name[..<sign].lowercased() {
      case "sc", "script": return "\\p{script=\(value)}"
      case "blk", "block": return "\\p{block=\(value)}"
      case "gc", "general_category": return category(value)
      default: return nil
      }
    }
    if name.hasPrefix("In") { return "\\p{block=\(name.dropFirst(2))}" }
    if name.hasPrefix("Is") {
      let name = String(name.dropFirst(2))
      return binaryProperty(name.uppercased()) ?? category(name) ?? "\\p{script=\(name)}"
    }
    if flags.contains(.unicodeClasses), let set = unicodePOSIX(name.uppercased()) { return set }
    return asciiClass(name) ?? category(name) ?? javaClass(name)
  }

  private var ignoresCase: Bool { flags.contains(.ignoreCase) }

  /// The classes of POSIX, in ASCII.
  private func asciiClass(_ name: String) -> String? {
    switch name {
    case "Lower": ignoresCase ? "[a-zA-Z]" : "[a-z]"
    case "Upper": ignoresCase ? "[a-zA-Z]" : "[A-Z]"
    case "ASCII": "[\\x{0}-\\x{7f}]"
    case "Alpha": "[a-zA-Z]"
    case "Digit": "[0-9]"
    case "Alnum": "[a-zA-Z0-9]"
    case "Punct": "[\\x{21}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{60}\\x{7b}-\\x{7e}]"
    case "Graph": "[\\x{21}-\\x{7e}]"
    case "Print": "[\\x{20}-\\x{7e}]"
    case "Blank": "[\\x{20}\\t]"
    case "Cntrl": "[\\x{0}-\\x{1f}\\x{7f}]"
    case "XDigit": "[0-9a-fA-F]"
    case "Space": Self.space
    case "L1": "[\\x{0}-\\x{ff}]"
    case "all": "[\\x{0}-\\x{10ffff}]"
    case "LD": "[\\p{L}\\p{Nd}]"
    default: nil
    }
  }

  /// The same classes under the flag `U`.
  private func unicodePOSIX(_ name: String) -> String? {
    switch name {
    case "LOWER": cased("\\p{Lowercase}")
    case "UPPER": cased("\\p{Uppercase}")
    case "ALPHA": "\\p{Alphabetic}"
    case "PUNCT": "\\p{P}"
    case "CNTRL": "\\p{Cc}"
    case "SPACE": "\\p{White_Space}"
    case "XDIGIT": "[\\p{Nd}\\p{Hex_Digit}]"
    case "DIGIT", "ALNUM", "GRAPH", "PRINT", "BLANK": binaryProperty(name)
    default: nil
    }
  }

  /// A general category, by its one or two letters.
  private func category(_ name: String) -> String? {
    switch name {
    case "Lu", "Ll", "Lt": cased("\\p{\(name)}")
    case "LC": "[\\p{Lu}\\p{Ll}\\p{Lt}]"
    case "Cn", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs", "Pd", "Ps",
      "Pe", "Pc",
      "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf", "L", "M", "N", "Z", "C", "P", "S":
      "\\p{\(name)}"
    default: nil
    }
  }

  /// A property that is written with `Is`, in any case.
  private func binaryProperty(_ name: String) -> String? {
    switch name {
    case "ALPHABETIC": "\\p{Alphabetic}"
    case "LETTER": "\\p{L}"
    case "IDEOGRAPHIC": "\\p{Ideographic}"
    case "LOWERCASE": cased("\\p{Lowercase}")
    case "UPPERCASE": cased("\\p{Uppercase}")
    case "TITLECASE": cased("\\p{Lt}")
    case "WHITE_SPACE", "WHITESPACE": "\\p{White_Space}"
    case "CONTROL": "\\p{Cc}"
    case "PUNCTUATION": "\\p{P}"
    case "HEX_DIGIT", "HEXDIGIT": "[\\p{Nd}\\p{Hex_Digit}]"
    case "ASSIGNED": "\\P{Cn}"
    case "NONCHARACTER_CODE_POINT", "NONCHARACTERCODEPOINT": "\\p{Noncharacter_Code_Point}"
    case "DIGIT": "\\p{Nd}"
    case "ALNUM": "[\\p{Alphabetic}\\p{Nd}]"
    case "BLANK": "[\\p{Zs}\\t]"
    case "GRAPH": "[^\\p{Z}\\s\\p{Cc}\\p{Cs}\\p{Cn}]"
    case "PRINT": "[[^\\p{Z}\\s\\p{Cc}\\p{Cs}\\p{Cn}]\\p{Zs}]"
    case "WORD": CharacterClass.word(unicode: true)
    case "JOIN_CONTROL", "JOINCONTROL": "\\p{Join_Control}"
    default: nil
    }
  }

  /// A class that is named for a method of Java's `Character`.
  private func javaClass(_ name: String) -> String? {
    switch name {
    case "javaLowerCase": cased("\\p{Lowercase}")
    case "javaUpperCase": cased("\\p{Uppercase}")
    case "javaTitleCase": cased("\\p{Lt}")
    case "javaAlphabetic": "\\p{Alphabetic}"
    case "javaIdeographic": "\\p{Ideographic}"
    case "javaDigit": "\\p{Nd}"
    case "javaDefined": "\\P{Cn}"
    case "javaLetter": "\\p{L}"
    case "javaLetterOrDigit": "[\\p{L}\\p{Nd}]"
    case "javaSpaceChar": "\\p{Z}"
    case "javaWhitespace": "[[\\p{Z}-[\\x{a0}\\x{2007}\\x{202f}]]\\x{9}-\\x{d}\\x{1c}-\\x{1f}]"
    case "javaISOControl": "[\\x{0}-\\x{1f}\\x{7f}-\\x{9f}]"
    case "javaMirrored": "\\p{Bidi_Mirrored}"
    default: nil
    }
  }

  /// A set that tells cases apart: without case it holds letters of all three.
  private func cased(_ set: String) -> String {
    ignoresCase ? "[\\p{Lowercase}\\p{Uppercase}\\p{Lt}]" : set
  }
}
