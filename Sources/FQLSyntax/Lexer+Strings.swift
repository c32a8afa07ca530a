import FQLValues

extension Lexer {
  /// The text that a string or template stands for.
  func stringValue(_ token: Token) throws(Diagnostic) -> String {
    let inner = UnsafeBufferPointer(rebasing: bytes[(token.start + 1)..<(token.end - 1)])
    if !token.hasEscapes { return String(decoding: inner, as: UTF8.self) }
    var buffer = OutputBuffer(capacity: inner.count)
    try decode(from: token.start + 1, to: token.end - 1, into: &buffer)
    return buffer.string
  }

  private func decode(from start: Int, to end: Int, into buffer: inout OutputBuffer) throws(Diagnostic) {
    var place = start
    var pieceStart = start
    while place < end {
      let byte = bytes[place]
      if byte != UInt8(ascii: "\\"), byte != 0x0D {
        place += 1
        continue
      }
      buffer.append(UnsafeBufferPointer(rebasing: bytes[pieceStart..<place]))
      if byte == 0x0D {
        // A line end in a template is one LF.
        buffer.append(0x0A)
        place += lineEndLength(at: place)
      } else {
        try decodeEscape(&place, end: end, into: &buffer)
      }
      pieceStart = place
    }
    buffer.append(UnsafeBufferPointer(rebasing: bytes[pieceStart..<end]))
  }

  private func decodeEscape(_ place: inout Int, end: Int, into buffer: inout OutputBuffer) throws(Diagnostic) {
    let start = place
    let lineEnd = lineEndLength(at: place + 1)
    if lineEnd > 0 {
      place += 1 + lineEnd
      return
    }
    let letter = bytes[place + 1]
    place += 2
    switch letter {
    case UInt8(ascii: "b"): buffer.append(8)
    case UInt8(ascii: "t"): buffer.append(9)
    case UInt8(ascii: "n"): buffer.append(10)
    case UInt8(ascii: "v"): buffer.append(11)
    case UInt8(ascii: "f"): buffer.append(12)
    case UInt8(ascii: "r"): buffer.append(13)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      let next = place < end ? bytes[place] : 0
      guard letter == 48, next < 48 || next > 57 else { throw badEscape(start, place) }
      buffer.append(0)
    case UInt8(ascii: "x"):
      guard let code = hexadecimal(place, place + 2, end) else { throw badEscape(start, place) }
      place += 2
      append(code, to: &buffer)
    case UInt8(ascii: "u"):
      guard let code = unicodeEscape(&place, end: end) else { throw badEscape(start, place) }
      append(code, to: &buffer)
    default:
      place -= 1
      let scalar = scalar(at: place)
      place += UTF8.width(scalar)
      buffer.append(scalar: scalar)
    }
  }

  private func append(_ code: UInt32, to buffer: inout OutputBuffer) {
    buffer.append(scalar: Unicode.Scalar(code) ?? "\u{FFFD}")
  }

  /// The code behind `\u`: `HHHH`, two of those that make a pair, or `{H...}`; nil for anything else, and for half a pair.
  private func unicodeEscape(_ place: inout Int, end: Int) -> UInt32? {
    if byte(at: place) == UInt8(ascii: "{") {
      var close = place + 1
      while close < end, bytes[close] != UInt8(ascii: "}") { close += 1 }
      guard close < end, close > place + 1, let code = hexadecimal(place + 1, close, end), Unicode.Scalar(code) != nil
      else { return nil }
      place = close + 1
      return code
    }
    guard let high = hexadecimal(place, place + 4, end) else { return nil }
    place += 4
    if high & 0xF800 != 0xD800 { return high }
    guard high & 0xFC00 == 0xD800, byte(at: place) == UInt8(ascii: "\\"), byte(at: place + 1) == UInt8(ascii: "u"),
      let low = hexadecimal(place + 2, place + 6, end), low & 0xFC00 == 0xDC00
    else { return nil }
    place += 6
    return 0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF)
  }

  private func hexadecimal(_ start: Int, _ stop: Int, _ end: Int) -> UInt32? {
    guard stop <= end else { return nil }
    let digits = UnsafeBufferPointer(rebasing: bytes[start..<stop])
    guard !digits.contains(UInt8(ascii: "_")) else { return nil }
    return NumberReader.magnitude(digits, base: 16).flatMap { UInt32(exactly: $0) }
  }

  private func badEscape(_ start: Int, _ end: Int) -> Diagnostic {
    Diagnostic("invalid escape sequence", at: Span(start, end))
  }
}
