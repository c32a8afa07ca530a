import FQLValues

/// A text to be parsed, and the way from byte offsets to lines and columns.
public struct Source: Sendable {
  /// The file, or `<stdin>`, `<arg1>`.
  public let name: String
  public let bytes: [UInt8]
  /// The number of the first line; more than 1 for a piece of a stream.
  public let firstLine: Int
  /// The column of the first byte; more than 1 for a piece that begins within a line.
  public let firstColumn: Int

  public init(name: String, bytes: [UInt8], firstLine: Int = 1, firstColumn: Int = 1) {
    self.name = name
    self.bytes = bytes
    self.firstLine = firstLine
    self.firstColumn = firstColumn
  }

  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// A line and a column, both counted from 1; a column is a Unicode scalar.
  public struct Position: Sendable, Equatable {
    public var line: Int
    public var column: Int
  }

  /// The line and column of a byte.
  public func position(at offset: Int) -> Position {
    let end = min(offset, bytes.count)
    var line = firstLine
    var lineStart = 0
    var place = 0
    while let next = lineEnd(from: place), next.after <= end {
      line += 1
      lineStart = next.after
      place = next.after
    }
    var column = line == firstLine ? firstColumn : 1
    for byte in bytes[lineStart..<end] where byte & 0xC0 != 0x80 { column += 1 }
    return Position(line: line, column: column)
  }

  /// The bytes of the line that holds an offset, without its line end.
  public func lineRange(at offset: Int) -> Range<Int> {
    var start = 0
    var place = 0
    while let next = lineEnd(from: place) {
      if next.after > offset { return start..<next.before }
      start = next.after
      place = next.after
    }
    return start..<bytes.count
  }

  /// The text of a range of bytes, with U+FFFD for what is not UTF-8.
  public func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  public func text(_ span: Span) -> String {
    Int(span.start) <= Int(span.end) ? text(Int(span.start)..<Int(span.end)) : ""
  }

  /// The next line end: LF, CR LF, CR, U+2028 or U+2029.
  private func lineEnd(from start: Int) -> (before: Int, after: Int)? {
    var place = start
    while place < bytes.count {
      switch bytes[place] {
      case 0x0A: return (place, place + 1)
      case 0x0D: return (place, place + 1 < bytes.count && bytes[place + 1] == 0x0A ? place + 2 : place + 1)
      case 0xE2 where place + 2 < bytes.count && bytes[place + 1] == 0x80 && bytes[place + 2] & 0xFE == 0xA8:
        return (place, place + 3)
      default: place += 1
      }
    }
    return nil
  }
}
