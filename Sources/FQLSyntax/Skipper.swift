import FQLValues

/// Passes over program text that is not looked at: callbacks, options, declarations. Brackets must balance; strings, templates and
/// comments are recognised.
struct Skipper {
  enum Stop {
    case comma, semicolon, lineEnd, end
  }

  let lexer: Lexer
  var place: Int
  /// Where the brackets are that are open; a template's `${` counts as one.
  private var open: [Int] = []

  init(_ lexer: Lexer, at place: Int) {
    self.lexer = lexer
    self.place = place
  }

  private var bytes: UnsafeBufferPointer<UInt8> { lexer.bytes }

  /// Passes from an opening bracket to behind the one that closes it.
  mutating func skipBrackets() throws(Diagnostic) {
    while place < bytes.count {
      try step()
      if open.isEmpty { return }
    }
    throw unfinished()
  }

  /// Passes to the closing parenthesis of what is open already, and stops before it.
  mutating func skipArguments() throws(Diagnostic) {
    while place < bytes.count {
      if open.isEmpty, bytes[place] == UInt8(ascii: ")") { return }
      try step()
    }
    throw unfinished()
  }

  /// Passes to the end of a declaration: a semicolon, a comma, or a line end that does not follow a comma or `=`.
  mutating func skipDeclarator() throws(Diagnostic) -> Stop {
    var last: UInt8 = 0
    while place < bytes.count {
      let byte = bytes[place]
      if open.isEmpty {
        if byte == UInt8(ascii: ";") { return .semicolon }
        if byte == UInt8(ascii: ",") { return .comma }
        if lexer.lineEndLength(at: place) > 0, last != UInt8(ascii: "="), last != 0 { return .lineEnd }
      }
      let start = place
      try step()
      let isComment =
        byte == UInt8(ascii: "/")
        && (lexer.byte(at: start + 1) == byte || lexer.byte(at: start + 1) == UInt8(ascii: "*"))
      if byte > 0x20, !isComment { last = byte }
    }
    if !open.isEmpty { throw unfinished() }
    return .end
  }

  private func unfinished() -> Diagnostic {
    Diagnostic("unexpected end of input", at: Span(place, place), isIncomplete: true, openBrackets: open)
  }

  /// Passes one byte, string, comment or stretch of template.
  private mutating func step() throws(Diagnostic) {
    let byte = bytes[place]
    let start = place
    place += 1
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      open.append(start)
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      guard let opening = open.popLast(),
        bytes[opening].closing == byte || bytes[opening] == UInt8(ascii: "$") && byte == UInt8(ascii: "}")
      else {
        throw Diagnostic("unexpected '\(Unicode.Scalar(byte))'", at: Span(start, start + 1))
      }
      if bytes[opening] == UInt8(ascii: "$") { try skipTemplate() }
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      while place < bytes.count, bytes[place] != byte {
        if bytes[place] == 0x0A || bytes[place] == 0x0D { break }
        place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard place < bytes.count, bytes[place] == byte else {
        place = min(place, bytes.count)
        throw Diagnostic("unterminated string", at: Span(start, start + 1))
      }
      place += 1
    case UInt8(ascii: "`"):
      try skipTemplate()
    case UInt8(ascii: "/") where lexer.byte(at: place) == UInt8(ascii: "/"):
      while place < bytes.count, lexer.lineEndLength(at: place) == 0 { place += 1 }
    case UInt8(ascii: "/") where lexer.byte(at: place) == UInt8(ascii: "*"):
      place += 1
      while place < bytes.count {
        if bytes[place] == UInt8(ascii: "*"), lexer.byte(at: place + 1) == UInt8(ascii: "/") { break }
        place += 1
      }
      guard place < bytes.count else {
        throw Diagnostic(
          "unterminated comment", at: Span(start, start + 2), isIncomplete: true, openBrackets: open + [start])
      }
      place += 2
    default: break
    }
  }

  /// Passes the rest of a template, up to its end or to `${`, which counts as an open bracket.
  private mutating func skipTemplate() throws(Diagnostic) {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "`"):
        place += 1
        return
      case UInt8(ascii: "\\"): place += 2
      case UInt8(ascii: "$") where lexer.byte(at: place + 1) == UInt8(ascii: "{"):
        open.append(place)
        place += 2
        return
      default: place += 1
      }
    }
    place = bytes.count
    throw Diagnostic("unterminated template", at: Span(place, place), isIncomplete: true, openBrackets: open)
  }
}

extension UInt8 {
  /// The bracket that closes this one.
  var closing: UInt8? {
    switch self {
    case UInt8(ascii: "("): UInt8(ascii: ")")
    case UInt8(ascii: "["): UInt8(ascii: "]")
    case UInt8(ascii: "{"): UInt8(ascii: "}")
    default: nil
    }
  }
}
