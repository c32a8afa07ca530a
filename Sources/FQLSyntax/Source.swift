import FQLValues

/// A text to be parsed, and the way from byte offsets to lines and columns.
public struct Source: Sendable {
  /// The file, or `<stdin>`, `<arg1>`.
  public let name: String
  /// What holds the text, and the part of it that is meant: a piece of a stream shares the reader's memory.
  private let storage: TextStorage
  private let range: Range<Int>
  /// The number of the first line; more than 1 for a piece of a stream.
  public let firstLine: Int
  /// The column of the first byte; more than 1 for a piece that begins within a line.
  public let firstColumn: Int

  public init(name: String, bytes: [UInt8], firstLine: Int = 1, firstColumn: Int = 1) {
    self.init(
      name: name, TextBuffer(bytes).storage, 0..<bytes.count, firstLine: firstLine, firstColumn: firstColumn)
  }

  init(name: String, _ storage: TextStorage, _ range: Range<Int>, firstLine: Int, firstColumn: Int) {
    self.name = name
    self.storage = storage
    self.range = range
    self.firstLine = firstLine
    self.firstColumn = firstColumn
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The bytes of the text, copied.
  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// How many bytes the text has.
  public var count: Int { range.count }

  /// Calls a function with the bytes of the text.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    storage.withBytes(range, body)
  }

  /// A line and a column, both counted from 1; a column is a Unicode scalar.
  public struct Position: Sendable, Equatable {
    public var line: Int
    public var column: Int
  }

  /// The line and column of a byte.
  public func position(at offset: Int) -> Position {
    withBytes { bytes in
      let lines = Lexer(bytes)
      let end = min(offset, bytes.count)
      var line = firstLine
      var lineStart = 0
      var place = 0
      while let next = lines.lineEnd(from: place), next.after <= end {
        line += 1
        lineStart = next.after
        place = next.after
      }
      let column = line == firstLine ? firstColumn : 1
      let before = UnsafeBufferPointer(rebasing: bytes[lineStart..<end])
      return Position(line: line, column: column + Encoding.scalarCount(in: before))
    }
  }

  /// The bytes of the line that holds an offset, without its line end.
  public func lineRange(at offset: Int) -> Range<Int> {
    withBytes { bytes in
      let lines = Lexer(bytes)
      var start = 0
      while let next = lines.lineEnd(from: start) {
        if next.after > offset { return start..<next.before }
        start = next.after
      }
      return start..<bytes.count
    }
  }

  /// The text of a range of bytes, with U+FFFD for what is not UTF-8.
  public func text(_ range: Range<Int>) -> String {
    withBytes { bytes in
      String(decoding: UnsafeBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)]), as: UTF8.self)
    }
  }

  public func text(_ span: Span) -> String {
    Int(span.start) <= Int(span.end) ? text(Int(span.start)..<Int(span.end)) : ""
  }
}

extension Lexer {
  /// The next line end: LF, CR LF, CR, U+2028 or U+2029.
  fileprivate func lineEnd(from start: Int) -> (before: Int, after: Int)? {
    var place = start
    while place < bytes.count {
      let length = lineEndLength(at: place)
      if length > 0 { return (place, place + length) }
      place += 1
    }
    return nil
  }
}
