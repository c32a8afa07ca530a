import FQLValues

/// Splits a text into tokens, one at a time.
///
/// It works on bytes that are known to be UTF-8, and keeps nothing but its place; a copy of it looks ahead.
struct Lexer {
  /// What makes a token invalid.
  enum Problem: UInt8 {
    case character, number, string, template, templateValue, comment
  }

  let bytes: UnsafeBufferPointer<UInt8>
  var place: Int
  /// What is wrong with the last token, where its kind is `invalid`.
  var problem = Problem.character

  init(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  /// Passes a byte-order mark and a first line that begins with `#!`.
  mutating func skipPreamble() {
    guard place == 0 else { return }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { place = 3 }
    if place + 1 < bytes.count, bytes[place] == UInt8(ascii: "#"), bytes[place + 1] == UInt8(ascii: "!") {
      while place < bytes.count, lineEndLength(at: place) == 0 { place += 1 }
    }
  }

  /// The byte at a place, or 0 behind the end.
  @inline(__always)
  func byte(at place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

  /// Passes a byte that is a token by itself, if it comes next, and nothing before it.
  @inline(__always)
  mutating func skip(_ token: UInt8) -> Bool {
    guard byte(at: place) == token else { return false }
    place &+= 1
    return true
  }

  // What comes seldom is left to functions of its own, whose answer is handed on: so the others need no frame.

  mutating func next() -> Token {
    // Mostly there is nothing between two tokens, or a blank.
    var start = place
    if byte(at: start) == 0x20 { start &+= 1 }
    return byte(at: start).mayBeTrivia ? tokenBehindTrivia(from: start) : token(from: start, isAfterLineEnd: false)
  }

  /// The next token behind what may be white space or a comment.
  @inline(never)
  private mutating func tokenBehindTrivia(from start: Int) -> Token {
    var isAfterLineEnd = false
    place = start
    if let unfinished = skipTrivia(&isAfterLineEnd) { return unfinishedComment(unfinished, isAfterLineEnd) }
    guard place < bytes.count else {
      return Token(kind: .end, isAfterLineEnd: isAfterLineEnd, start: place, end: place)
    }
    return token(from: place, isAfterLineEnd: isAfterLineEnd)
  }

  /// The token that begins at a place.
  @inline(__always)
  private mutating func token(from start: Int, isAfterLineEnd: Bool) -> Token {
    let byte = bytes[start]
    var kind: Token.Kind
    var end = start &+ 1
    switch byte {
    case UInt8(ascii: ","): kind = .comma
    case UInt8(ascii: ":"): kind = .colon
    case UInt8(ascii: "("): kind = .leftParenthesis
    case UInt8(ascii: ")"): kind = .rightParenthesis
    case UInt8(ascii: "["): kind = .leftBracket
    case UInt8(ascii: "]"): kind = .rightBracket
    case UInt8(ascii: "{"): kind = .leftBrace
    case UInt8(ascii: "}"): kind = .rightBrace
    case UInt8(ascii: ";"): kind = .semicolon
    case UInt8(ascii: "-"): kind = .minus
    case UInt8(ascii: "+"): kind = .plus
    case UInt8(ascii: "="):
      let isArrow = self.byte(at: end) == UInt8(ascii: ">")
      kind = isArrow ? .arrow : .equals
      if isArrow { end += 1 }
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      kind = .string
      end = endOfPlainString(quote: byte, from: end)
      if end == start { return longToken(from: start, isAfterLineEnd) }
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "$"):
      kind = .name
      while end < bytes.count, bytes[end].isNameByte { end &+= 1 }
      if self.byte(at: end) >= 0x80 { return wideName(from: start, isAfterLineEnd) }
    default: return longToken(from: start, isAfterLineEnd)
    }
    place = end
    return Token(kind: kind, isAfterLineEnd: isAfterLineEnd, start: start, end: end)
  }

  /// The place behind a string's closing quote, where that is among the next bytes and nothing stands before it that needs a closer
  /// look; otherwise the place before `start`.
  @inline(__always)
  private func endOfPlainString(quote: UInt8, from start: Int) -> Int {
    guard let word = ByteWord(bytes, at: start) else { return start &- 1 }
    let length = ByteWord.unmarkedCount(word.marksOfStringEnds(quote))
    guard length < 8, bytes[start &+ length] == quote else { return start &- 1 }
    return start &+ length &+ 1
  }

  /// The place of the closing quote of the string that begins at a place, if nothing stands before it that needs a closer look.
  @inline(__always)
  func closingQuote(ofStringAt start: Int) -> Int? {
    let quote = byte(at: start)
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    var place = start &+ 1
    while let word = ByteWord(bytes, at: place) {
      let length = ByteWord.unmarkedCount(word.marksOfStringEnds(quote))
      place &+= length
      if length < 8 { return bytes[place] == quote ? place : nil }
    }
    return nil
  }

  /// A name with letters beyond ASCII behind others.
  @inline(never)
  private mutating func wideName(from start: Int, _ isAfterLineEnd: Bool) -> Token {
    place = endOfName(from: start)
    return Token(kind: .name, isAfterLineEnd: isAfterLineEnd, start: start, end: place)
  }

  /// A token of the kinds that take some time to read.
  @inline(never)
  private mutating func longToken(from start: Int, _ isAfterLineEnd: Bool) -> Token {
    var token = Token(kind: .invalid, isAfterLineEnd: isAfterLineEnd, start: start, end: start + 1)
    let byte = bytes[start]
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): scanString(quote: byte, &token)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): scanNumber(&token)
    case UInt8(ascii: "."):
      if isDigit(self.byte(at: start + 1)) {
        scanNumber(&token)
      } else if self.byte(at: start + 1) == byte, self.byte(at: start + 2) == byte {
        token.kind = .ellipsis
        token.end = start + 3
      } else {
        token.kind = .dot
      }
    case UInt8(ascii: "`"): scanTemplate(&token)
    default: scanOther(&token)
    }
    place = token.end
    return token
  }

  /// What is wrong with a token that is invalid, the last one.
  @inline(never)
  func diagnostic(of token: Token) -> Diagnostic {
    let start = token.start
    return switch problem {
    case .character:
      Diagnostic("unexpected character '\(scalar(at: start).printable)'", at: Span(start, token.end))
    case .number: Diagnostic("invalid number '\(text(token).shortened)'", at: Span(start, token.end))
    case .string: Diagnostic("unterminated string", at: Span(start, start + 1))
    case .template:
      Diagnostic("unterminated template", at: Span(start, start + 1), isIncomplete: true, openBrackets: [start])
    case .templateValue:
      Diagnostic("a template with '${' is not supported", at: Span(token.end - 2, token.end))
    case .comment:
      Diagnostic("unterminated comment", at: Span(start, start + 2), isIncomplete: true, openBrackets: [start])
    }
  }

  @inline(never)
  private mutating func unfinishedComment(_ start: Int, _ isAfterLineEnd: Bool) -> Token {
    problem = .comment
    return Token(kind: .invalid, isAfterLineEnd: isAfterLineEnd, start: start, end: bytes.count)
  }

  /// A name that begins with a letter beyond ASCII, or a character that nothing begins with.
  @inline(never)
  private mutating func scanOther(_ token: inout Token) {
    let scalar = scalar(at: token.start)
    if !scalar.isASCII, scalar.properties.isIDStart {
      token.kind = .name
      token.end = endOfName(from: token.start)
    } else {
      token.end = token.start + max(1, UTF8.width(scalar))
      problem = .character
    }
  }

  // MARK: White space and comments

  /// Passes white space and comments; returns where an unfinished comment starts.
  @inline(never)
  private mutating func skipTrivia(_ isAfterLineEnd: inout Bool) -> Int? {
    var place = place
    defer { self.place = place }
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09: place += 1
      case 0x0A, 0x0D:
        isAfterLineEnd = true
        place += 1
      case 0x0B, 0x0C, UInt8(ascii: "/"), 0x80...:
        self.place = place
        let unfinished = skipRareTrivia(&isAfterLineEnd)
        place = self.place
        return unfinished
      default: return nil
      }
    }
    return nil
  }

  /// The same for everything that is not a blank or a plain line end.
  @inline(never)
  private mutating func skipRareTrivia(_ isAfterLineEnd: inout Bool) -> Int? {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0B, 0x0C: place += 1
      case 0x0A, 0x0D:
        isAfterLineEnd = true
        place += 1
      case UInt8(ascii: "/"):
        guard byte(at: place + 1) == UInt8(ascii: "/") || byte(at: place + 1) == UInt8(ascii: "*") else { return nil }
        if let unfinished = skipComment(&isAfterLineEnd) { return unfinished }
      case 0x80...:
        let lineEnd = lineEndLength(at: place)
        if lineEnd > 0 {
          isAfterLineEnd = true
          place += lineEnd
          continue
        }
        let scalar = scalar(at: place)
        guard scalar == "\u{FEFF}" || scalar.properties.generalCategory == .spaceSeparator else { return nil }
        place += UTF8.width(scalar)
      default: return nil
      }
    }
    return nil
  }

  private mutating func skipComment(_ isAfterLineEnd: inout Bool) -> Int? {
    let start = place
    let isBlock = bytes[place + 1] == UInt8(ascii: "*")
    place += 2
    while place < bytes.count {
      let lineEnd = lineEndLength(at: place)
      if lineEnd > 0 {
        isAfterLineEnd = true
        if !isBlock { return nil }
        place += lineEnd
      } else if isBlock, bytes[place] == UInt8(ascii: "*"), byte(at: place + 1) == UInt8(ascii: "/") {
        place += 2
        return nil
      } else {
        place += 1
      }
    }
    return isBlock ? start : nil
  }

  /// The length of the line end at a place, 0 where there is none.
  @inline(__always)
  func lineEndLength(at place: Int) -> Int {
    switch bytes[place] {
    case 0x0A: 1
    case 0x0D: byte(at: place + 1) == 0x0A ? 2 : 1
    case 0xE2: byte(at: place + 1) == 0x80 && byte(at: place + 2) & 0xFE == 0xA8 ? 3 : 0
    default: 0
    }
  }

  // MARK: Words

  /// The Unicode scalar that begins at a place.
  func scalar(at place: Int) -> Unicode.Scalar {
    let first = bytes[place]
    if first < 0x80 { return Unicode.Scalar(first) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var code = UInt32(first) & (0x7F >> UInt32(length))
    for offset in 1..<length { code = code << 6 | UInt32(byte(at: place + offset) & 0x3F) }
    return Unicode.Scalar(code) ?? "\u{FFFD}"
  }

  /// Where the letters and digits end that begin at a place.
  @inline(__always)
  private func endOfName(from start: Int) -> Int {
    var place = start
    while place < bytes.count, bytes[place].isNameByte { place &+= 1 }
    return place < bytes.count && bytes[place] >= 0x80 ? endOfWideName(from: place) : place
  }

  /// The same where letters beyond ASCII are among them.
  @inline(never)
  private func endOfWideName(from start: Int) -> Int {
    var place = start
    while place < bytes.count {
      let byte = bytes[place]
      if byte < 0x80 {
        guard byte.isNameByte else { break }
        place += 1
      } else {
        let scalar = scalar(at: place)
        guard scalar.properties.isIDContinue else { break }
        place += UTF8.width(scalar)
      }
    }
    return place
  }

  // MARK: Numbers

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- 48 <= 9 }

  /// Passes digits with single underscores between them; false where there is none or an underscore is out of place.
  @inline(__always)
  private func scanDigits(_ place: inout Int, where isDigit: (UInt8) -> Bool) -> Bool {
    guard isDigit(byte(at: place)) else { return false }
    while true {
      while place < bytes.count, isDigit(bytes[place]) { place &+= 1 }
      guard byte(at: place) == UInt8(ascii: "_") else { return true }
      place += 1
      guard isDigit(byte(at: place)) else { return false }
    }
  }

  private mutating func scanNumber(_ token: inout Token) {
    var place = token.start
    var isValid = true
    token.kind = .integer
    let marker = byte(at: place + 1) | 0x20
    if bytes[place] == 48, marker == UInt8(ascii: "x") || marker == UInt8(ascii: "o") || marker == UInt8(ascii: "b") {
      token.kind = .radixInteger
      place += 2
      isValid = scanDigits(&place) { byte in
        switch marker {
        case UInt8(ascii: "x"): isDigit(byte) || (byte | 0x20 >= 97 && byte | 0x20 <= 102)
        case UInt8(ascii: "o"): byte >= 48 && byte <= 55
        default: byte == 48 || byte == 49
        }
      }
    } else {
      if bytes[place] != UInt8(ascii: ".") {
        isValid = scanDigits(&place, where: isDigit)
        if place - token.start > 1, bytes[token.start] == 48 { isValid = false }
      }
      if isValid, byte(at: place) == UInt8(ascii: ".") {
        token.kind = .double
        place += 1
        if isDigit(byte(at: place)) { isValid = scanDigits(&place, where: isDigit) }
      }
      if isValid, byte(at: place) | 0x20 == UInt8(ascii: "e") {
        token.kind = .double
        place += 1
        if byte(at: place) == UInt8(ascii: "+") || byte(at: place) == UInt8(ascii: "-") { place += 1 }
        isValid = scanDigits(&place, where: isDigit)
      }
    }
    let end = endOfName(from: place)
    token.end = max(end, token.start + 1)
    if !isValid || end > place {
      token.kind = .invalid
      problem = .number
    }
  }

  // MARK: Strings and templates

  private mutating func scanString(quote: UInt8, _ token: inout Token) {
    token.kind = .string
    var place = token.start + 1
    while place < bytes.count {
      if let word = ByteWord(bytes, at: place) {
        let stops = word.marksOfStringEnds(quote)
        place += ByteWord.unmarkedCount(stops)
        if stops == 0 { continue }
      }
      let byte = bytes[place]
      if byte == quote {
        token.end = place + 1
        return
      }
      if byte == UInt8(ascii: "\\") {
        token.hasEscapes = true
        place += 1
        if place < bytes.count { place += max(1, lineEndLength(at: place)) }
      } else if byte == 0x0A || byte == 0x0D {
        break
      } else {
        place += 1
      }
    }
    token.kind = .invalid
    token.end = min(place, bytes.count)
    problem = .string
  }

  private mutating func scanTemplate(_ token: inout Token) {
    token.kind = .template
    var place = token.start + 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "`"):
        token.end = place + 1
        return
      case UInt8(ascii: "\\"):
        token.hasEscapes = true
        place += 2
      case UInt8(ascii: "$") where byte(at: place + 1) == UInt8(ascii: "{"):
        token.kind = .invalid
        token.end = place + 2
        problem = .templateValue
        return
      case 0x0D:
        token.hasEscapes = true
        place += 1
      default: place += 1
      }
    }
    token.kind = .invalid
    token.end = bytes.count
    problem = .template
  }

  /// The text of a token as it was written.
  func text(_ token: Token) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[token.start..<max(token.start, token.end)]), as: UTF8.self)
  }

  /// True where a token is that word.
  @inline(__always)
  func isWord(_ token: Token, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard token.kind == .name, token.end - token.start == count else { return false }
    for offset in 0..<count where bytes[token.start + offset] != word.utf8Start[offset] { return false }
    return true
  }
}

extension UInt8 {
  /// True for the first bytes of white space and comments, for a slash, and for 0.
  @inline(__always)
  fileprivate var mayBeTrivia: Bool { self <= 0x20 || self >= 0x80 || self == UInt8(ascii: "/") }
}

extension Unicode.Scalar {
  /// The character, or its number where it could not be seen.
  var printable: String {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      "U+" + String(repeating: "0", count: max(0, 4 - String(value, radix: 16).count))
        + String(value, radix: 16, uppercase: true)
    default: String(self)
    }
  }
}

extension String {
  /// At most 40 characters of it, for a message.
  var shortened: String {
    unicodeScalars.count <= 40 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(37))) + "..."
  }
}
