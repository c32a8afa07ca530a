/// How deep brackets may nest: in wire JSON, and in text.
public enum Limits {
  public static let nesting = 1000
  /// How deep a value is printed; what lies below is cut. Only a program that computes such a value meets this.
  static let printedNesting = 4000
}

/// What is wrong with a piece of JSON.
public struct WireError: Error, Sendable, Equatable {
  public var message: String
  /// The byte at which it was noticed.
  public var offset: Int
  /// True where brackets nest too deeply.
  public var isNesting: Bool

  public init(message: String, offset: Int, isNesting: Bool = false) {
    self.message = message
    self.offset = offset
    self.isNesting = isNesting
  }
}

/// The reader of wire JSON: bytes become a tree in the same order.
///
/// Objects stay as they stand (`Expr.Kind.object`), without a look at what they mean; scalars and arrays of nothing but scalars
/// become literals. Spans are byte offsets. Of a repeated key the first value counts, as the language wants it.
public struct WireReader: ~Copyable {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place: Int
  private var depth = 0
  private var values = MoveStack<Value>()
  private var spans = MoveStack<Span>()
  private var scratch = OutputBuffer(capacity: 256)

  private init(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
    self.bytes = bytes
    self.place = place
  }

  /// Reads the first JSON value of a text; what follows it is not looked at.
  public static func read(_ text: String) throws(WireError) -> Expr {
    var text = text
    // `withUTF8` does not pass typed errors on.
    let result = text.withUTF8 { bytes in Result { () throws(WireError) in try read(bytes) } }
    return try result.get()
  }

  /// Reads the first JSON value of some bytes; what follows it is not looked at.
  public static func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(WireError) -> Expr {
    var offset = 0
    guard let expr = try read(bytes, from: &offset) else {
      throw WireError(message: "unexpected end of input", offset: bytes.count)
    }
    return expr
  }

  /// Reads the next JSON value and moves the offset behind it; nil where only white space is left.
  public static func read(_ bytes: UnsafeBufferPointer<UInt8>, from offset: inout Int) throws(WireError) -> Expr? {
    var reader = WireReader(bytes, at: offset)
    if offset == 0, bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { reader.place = 3 }
    reader.skipSpace()
    if reader.place >= bytes.count { return nil }
    let expr = try reader.value()
    offset = reader.place
    return expr
  }

  private func failure(_ message: String, at offset: Int? = nil) -> WireError {
    WireError(message: message, offset: offset ?? place)
  }

  private func unexpected() -> WireError {
    guard place < bytes.count else { return failure("unexpected end of input") }
    let byte = bytes[place]
    return failure(
      byte > 0x20 && byte < 0x7F ? "unexpected '\(Unicode.Scalar(byte))'" : "unexpected byte \(byte)")
  }

  @inline(__always)
  private mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x0A, 0x0D, 0x09: place += 1
      default: return
      }
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  private mutating func value() throws(WireError) -> Expr {
    let start = place
    guard place < bytes.count else { throw unexpected() }
    switch bytes[place] {
    case UInt8(ascii: "{"):
      return Expr(.object(try object()), span: Span(start, place))
    case UInt8(ascii: "["):
      return Expr(try array(), span: Span(start, place))
    case UInt8(ascii: "\""):
      let text = try string()
      return Expr(.literal(.string(text)), span: Span(start, place))
    case UInt8(ascii: "t"):
      try word("true")
      return Expr(.literal(.boolean(true)), span: Span(start, place))
    case UInt8(ascii: "f"):
      try word("false")
      return Expr(.literal(.boolean(false)), span: Span(start, place))
    case UInt8(ascii: "n"):
      try word("null")
      return Expr(.literal(.null), span: Span(start, place))
    case UInt8(ascii: "-"), 48...57:
      let number = try number()
      return Expr(.literal(number), span: Span(start, place))
    default:
      throw unexpected()
    }
  }

  private mutating func enter() throws(WireError) {
    depth += 1
    if depth > Limits.nesting {
      throw WireError(message: "nested too deeply", offset: place, isNesting: true)
    }
    place += 1
    skipSpace()
  }

  private mutating func array() throws(WireError) -> Expr.Kind {
    try enter()
    defer { depth -= 1 }
    let base = values.count
    var expressions: [Expr]?
    if !take(UInt8(ascii: "]")) {
      while true {
        let element = try value()
        if case .literal(let value) = element.kind, expressions == nil {
          values.push(value)
          spans.push(element.span)
        } else {
          if expressions == nil {
            let spans = spans.popArray(from: base)
            expressions = zip(values.popArray(from: base), spans).map { Expr(.literal($0), span: $1) }
          }
          expressions?.append(element)
        }
        skipSpace()
        if take(UInt8(ascii: ",")) {
          skipSpace()
          continue
        }
        if take(UInt8(ascii: "]")) { break }
        throw unexpected()
      }
    }
    if let expressions { return .array(expressions) }
    spans.truncate(to: base)
    return .literal(.array(values.popArray(from: base)))
  }

  private mutating func object() throws(WireError) -> Expr.Members {
    try enter()
    defer { depth -= 1 }
    var keys: [String] = []
    var members: [Expr] = []
    var seen: Set<String> = []
    if take(UInt8(ascii: "}")) { return Expr.Members(keys: [], values: []) }
    while true {
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { throw unexpected() }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected() }
      skipSpace()
      let value = try value()
      let isRepeated: Bool
      if keys.count < 16 {
        isRepeated = keys.contains(key)
      } else {
        if seen.isEmpty { seen = Set(keys) }
        isRepeated = !seen.insert(key).inserted
      }
      if !isRepeated {
        keys.append(key)
        members.append(value)
      }
      skipSpace()
      if take(UInt8(ascii: ",")) {
        skipSpace()
        continue
      }
      if take(UInt8(ascii: "}")) { break }
      throw unexpected()
    }
    return Expr.Members(keys: keys, values: members)
  }

  private mutating func word(_ word: StaticString) throws(WireError) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard take(word.utf8Start[offset]) else { throw unexpected() }
    }
    if place < bytes.count, bytes[place].isASCIIWord { throw unexpected() }
  }

  private mutating func digits() -> Int {
    let start = place
    while place < bytes.count, bytes[place] >= 48, bytes[place] <= 57 { place += 1 }
    return place - start
  }

  private mutating func number() throws(WireError) -> Value {
    let start = place
    let isNegative = take(UInt8(ascii: "-"))
    let digitsStart = place
    let count = digits()
    if count == 0 { throw unexpected() }
    if count > 1, bytes[digitsStart] == 48 { throw failure("bad number", at: start) }
    let digitsEnd = place
    var isDouble = false
    if take(UInt8(ascii: ".")) {
      isDouble = true
      if digits() == 0 { throw unexpected() }
    }
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      isDouble = true
      place += 1
      if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
      if digits() == 0 { throw unexpected() }
    }
    if place < bytes.count, bytes[place].isASCIIWord { throw failure("bad number", at: start) }
    if isDouble {
      let magnitude = NumberReader.double(UnsafeBufferPointer(rebasing: bytes[digitsStart..<place]))
      return .double(isNegative ? -magnitude : magnitude)
    }
    guard let magnitude = NumberReader.magnitude(UnsafeBufferPointer(rebasing: bytes[digitsStart..<digitsEnd])),
      let integer = NumberReader.integer(magnitude: magnitude, isNegative: isNegative)
    else { throw failure("integer out of range", at: start) }
    return .integer(integer)
  }

  private mutating func string() throws(WireError) -> String {
    let start = place
    place += 1
    let textStart = place
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        place += 1
        return try text(textStart, place - 1)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: textStart, start: start) }
      if byte < 0x20 { throw failure("control character in a string") }
      place += 1
    }
    throw failure("unterminated string", at: start)
  }

  private func text(_ start: Int, _ end: Int) throws(WireError) -> String {
    let piece = UnsafeBufferPointer(rebasing: bytes[start..<end])
    guard let text = String(validating: piece, as: UTF8.self) else { throw failure("invalid UTF-8", at: start) }
    return text
  }

  private mutating func escapedString(from textStart: Int, start: Int) throws(WireError) -> String {
    scratch.removeAll()
    var pieceStart = textStart
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        scratch.append(UnsafeBufferPointer(rebasing: bytes[pieceStart..<place]))
        place += 1
        let text = scratch.withBytes { String(validating: $0, as: UTF8.self) }
        guard let text else { throw failure("invalid UTF-8", at: start) }
        return text
      }
      if byte < 0x20 { throw failure("control character in a string") }
      if byte != UInt8(ascii: "\\") {
        place += 1
        continue
      }
      scratch.append(UnsafeBufferPointer(rebasing: bytes[pieceStart..<place]))
      try escape()
      pieceStart = place
    }
    throw failure("unterminated string", at: start)
  }

  private mutating func escape() throws(WireError) {
    let start = place
    place += 1
    guard place < bytes.count else { throw unexpected() }
    let byte = bytes[place]
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
    case UInt8(ascii: "b"): scratch.append(8)
    case UInt8(ascii: "f"): scratch.append(12)
    case UInt8(ascii: "n"): scratch.append(10)
    case UInt8(ascii: "r"): scratch.append(13)
    case UInt8(ascii: "t"): scratch.append(9)
    case UInt8(ascii: "u"):
      guard var code = hexUnit(at: place) else { throw failure("bad escape", at: start) }
      place += 4
      if code & 0xFC00 == 0xD800, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
        bytes[place + 1] == UInt8(ascii: "u"), let low = hexUnit(at: place + 2), low & 0xFC00 == 0xDC00
      {
        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
        place += 6
      }
      scratch.append(scalar: Unicode.Scalar(code) ?? "\u{FFFD}")
    default: throw failure("bad escape", at: start)
    }
  }

  private func hexUnit(at offset: Int) -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    return NumberReader.magnitude(UnsafeBufferPointer(rebasing: bytes[offset..<(offset + 4)]), base: 16)
      .flatMap { bytes[offset..<(offset + 4)].contains(UInt8(ascii: "_")) ? nil : UInt32($0) }
  }
}

extension UInt8 {
  /// True for ASCII letters, digits and `_`.
  @inlinable package var isASCIIWord: Bool {
    switch self {
    case 48...57, 65...90, 97...122, 95: true
    default: false
    }
  }
}
