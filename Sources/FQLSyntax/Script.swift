import FQLValues

/// A whole text, parsed.
public struct Script: Sendable {
  public var items: [ScriptItem]
  public var source: Source
  /// The statements that were passed over: imports and declarations.
  let ignored: [Span]

  /// The queries, without the lines for the shell.
  public var statements: [Statement] {
    items.compactMap { if case .statement(let statement) = $0 { statement } else { nil } }
  }

  /// Parses a text; the first thing that is wrong with it is thrown.
  ///
  /// With `allowsCommands`, a line that begins with a dot and a lower-case word where a statement could begin is an item of its own.
  /// With `keepsPlaces`, data becomes trees too, so that every part of it has a span; the trees are larger and mean the same.
  public init(parsing source: Source, allowsCommands: Bool = false, keepsPlaces: Bool = false) throws(Diagnostic) {
    let result = Script.parse(source, allowsCommands: allowsCommands, collectsAll: false, keepsPlaces: keepsPlaces)
    if let first = result.diagnostics.first { throw first }
    self.init(items: result.items, source: source, ignored: result.ignored)
  }

  /// Parses a text.
  public init(parsing text: String, name: String = "<text>") throws(Diagnostic) {
    try self.init(parsing: Source(name: name, text: text))
  }

  private init(items: [ScriptItem], source: Source, ignored: [Span]) {
    self.ignored = ignored
    self.items = items
    self.source = source
  }

  /// Everything that is wrong with a text: after an error it goes on with the next statement.
  public static func diagnostics(of source: Source, allowsCommands: Bool = false) -> [Diagnostic] {
    parse(source, allowsCommands: allowsCommands, collectsAll: true).diagnostics
  }

  private static func parse(
    _ source: Source, allowsCommands: Bool, collectsAll: Bool, keepsPlaces: Bool = false
  ) -> (items: [ScriptItem], ignored: [Span], diagnostics: [Diagnostic]) {
    source.withBytes { bytes in
      if let problem = Encoding.problem(in: bytes) { return ([], [], [problem]) }
      var lexer = Lexer(bytes)
      lexer.skipPreamble()
      var parser = Parser(lexer)
      parser.keepsPlaces = keepsPlaces
      var separation = Parser.Separation(allowsCommands: allowsCommands)
      var items: [ScriptItem] = []
      var diagnostics: [Diagnostic] = []
      while true {
        let start = parser.token.start
        do throws(Diagnostic) {
          guard let item = try parser.item(&separation) else { break }
          items.append(item)
        } catch {
          diagnostics.append(error)
          guard collectsAll, diagnostics.count < 100, !error.isIncomplete else { break }
          parser.restart(at: Recovery.nextStatement(in: bytes, from: start, failedAt: Int(error.span.start)))
          separation = Parser.Separation(allowsCommands: allowsCommands)
        }
      }
      return (items, parser.ignored, diagnostics)
    }
  }
}

/// Where parsing goes on after an error.
enum Recovery {
  /// The start of the next statement: behind the end of the failed one where its brackets balance, otherwise at the next line that
  /// begins with a letter in its first column.
  static func nextStatement(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, failedAt: Int) -> Int {
    let lexer = Lexer(bytes)
    var skipper = Skipper(lexer, at: start)
    do throws(Diagnostic) {
      while true {
        let stop = try skipper.skipDeclarator()
        if stop == .end { return bytes.count }
        if stop == .comma || skipper.place <= failedAt {
          // A line end may stand inside of what failed, where the error is about its form.
          skipper.place += 1
          continue
        }
        return skipper.place + (stop == .semicolon ? 1 : 0)
      }
    } catch {
      var place = failedAt
      while place < bytes.count {
        if place > failedAt, bytes[place - 1] == 0x0A {
          // A command begins with a dot.
          let first = lexer.byte(at: place) == UInt8(ascii: ".") ? lexer.byte(at: place + 1) : lexer.byte(at: place)
          if first | 0x20 >= 97, first | 0x20 <= 122 { return place }
        }
        place += 1
      }
      return bytes.count
    }
  }
}

/// What bytes must be to be a text at all.
enum Encoding {
  /// The first NUL or byte that is not UTF-8.
  static func problem(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Diagnostic? {
    guard let base = bytes.baseAddress else { return nil }
    var place = start
    while place < bytes.count {
      while let piece = BytePiece(bytes, at: place), piece.isPlainText { place += BytePiece.count }
      if place == bytes.count { break }
      // Eight bytes at a time while they are ASCII and none is NUL.
      if place + 8 <= bytes.count {
        let word = UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
        let high: UInt64 = 0x8080_8080_8080_8080
        if word & high == 0, (word &- 0x0101_0101_0101_0101) & high == 0 {
          place += 8
          continue
        }
      }
      let byte = bytes[place]
      if byte == 0 { return diagnostic(of: byte, at: place) }
      if byte < 0x80 {
        place += 1
        continue
      }
      guard let length = scalarLength(bytes, at: place) else {
        return diagnostic(of: byte, at: place)
      }
      place += length
    }
    return nil
  }

  /// How many Unicode scalars a text has.
  static func scalarCount(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    var place = 0
    while place < bytes.count {
      while let piece = BytePiece(bytes, at: place), piece.isASCII {
        count += BytePiece.count
        place += BytePiece.count
      }
      if place == bytes.count { break }
      if let word = ByteWord(bytes, at: place), word.isASCII {
        count += 8
        place += 8
      } else {
        if bytes[place] & 0xC0 != 0x80 { count += 1 }
        place += 1
      }
    }
    return count
  }

  /// What is wrong with a byte that is NUL or not UTF-8.
  static func diagnostic(of byte: UInt8, at place: Int) -> Diagnostic {
    let message =
      byte == 0 ? "unexpected NUL byte U+0000" : "invalid UTF-8: byte 0x\(String(byte, radix: 16, uppercase: true))"
    return Diagnostic(message, at: Span(place, place + 1))
  }

  /// The length of the well-formed sequence at a place.
  private static func scalarLength(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int? {
    let first = bytes[place]
    func rest(_ offset: Int) -> UInt8 { place + offset < bytes.count ? bytes[place + offset] : 0 }
    func isContinuation(_ offset: Int) -> Bool { rest(offset) & 0xC0 == 0x80 }
    switch first {
    case 0xC2...0xDF: return isContinuation(1) ? 2 : nil
    case 0xE0...0xEF:
      guard isContinuation(1), isContinuation(2) else { return nil }
      if first == 0xE0, rest(1) < 0xA0 { return nil }
      if first == 0xED, rest(1) > 0x9F { return nil }
      return 3
    case 0xF0...0xF4:
      guard isContinuation(1), isContinuation(2), isContinuation(3) else { return nil }
      if first == 0xF0, rest(1) < 0x90 { return nil }
      if first == 0xF4, rest(1) > 0x8F { return nil }
      return 4
    default: return nil
    }
  }
}
