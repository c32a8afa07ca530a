import FQLValues

/// A row of a file to be imported: its fields, and where it stands.
struct ImportRow {
  var line: Int
  var column: Int
  var content: Result<[(key: String, value: Expr)], RowProblem>
}

/// What is wrong with a row, in words.
struct RowProblem: Error {
  var message: String
  /// Where, if not at the row's start.
  var line: Int?
  var column: Int?
  /// True where nothing behind it can be read.
  var isFatal = false
}

/// How a file of rows is laid out.
enum RowFormat: Equatable {
  case separated(UInt8)
  /// One array, or values one after another.
  case json
  /// A value a line.
  case lines

  /// By the name of the file, or else by how it begins; nil for a script.
  init?(path: String, bytes: [UInt8]) {
    let name = path.lowercased()
    if name.hasSuffix(".fql") { return nil }
    if name.hasSuffix(".csv") {
      self = .separated(UInt8(ascii: ","))
    } else if name.hasSuffix(".tsv") || name.hasSuffix(".tab") {
      self = .separated(UInt8(ascii: "\t"))
    } else if name.hasSuffix(".json") {
      self = .json
    } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") {
      self = .lines
    } else {
      switch bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) {
      case UInt8(ascii: "["): self = .json
      case UInt8(ascii: "{"): self = .lines
      default: self = .separated(UInt8(ascii: ","))
      }
    }
  }
}

/// Reads the rows of a file, one after another.
struct RowReader {
  private let bytes: [UInt8]
  private let format: RowFormat
  private var place = 0
  private var line = 1
  private var lineStart = 0
  private var header: [String] = []
  private var isInArray = false

  init(_ bytes: [UInt8], _ format: RowFormat) throws(RowProblem) {
    self.bytes = bytes
    self.format = format
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    switch format {
    case .separated(let separator):
      guard let names = try cells(separator) else { return }
      header = names
      let repeated = names.indices.first { names[..<$0].contains(names[$0]) }
      if let name = repeated.map({ names[$0] }) {
        throw RowProblem(message: "two columns are named \(name)", line: 1, column: 1, isFatal: true)
      }
    case .json:
      skipSpace()
      if byte == UInt8(ascii: "[") {
        isInArray = true
        place += 1
      }
    case .lines: break
    }
  }

  private var byte: UInt8 { place < bytes.count ? bytes[place] : 0 }
  private var column: Int { 1 + bytes[lineStart..<max(lineStart, min(place, bytes.count))].count { $0 & 0xC0 != 0x80 } }

  private mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x0A:
        line += 1
        lineStart = place + 1
      case 0x20, 0x09, 0x0D: break
      default: return
      }
      place += 1
    }
  }

  mutating func next() -> ImportRow? {
    switch format {
    case .separated(let separator): return nextRecord(separator)
    case .json: return nextValue()
    case .lines: return nextLine()
    }
  }

  // MARK: JSON

  private mutating func nextValue() -> ImportRow? {
    skipSpace()
    while byte == UInt8(ascii: ",") {
      place += 1
      skipSpace()
    }
    if isInArray, byte == UInt8(ascii: "]") {
      place = bytes.count
      return nil
    }
    guard place < bytes.count else { return nil }
    let row = (line, column)
    let start = place
    let result = value(upTo: bytes.count)
    for offset in start..<place where bytes[offset] == 0x0A {
      line += 1
      lineStart = offset + 1
    }
    if case .failure = result { place = bytes.count }
    return ImportRow(
      line: row.0, column: row.1, content: result.mapError { RowProblem($0, isFatal: true) }.flatMap(RowReader.fields))
  }

  private mutating func nextLine() -> ImportRow? {
    skipSpace()
    guard place < bytes.count else { return nil }
    let row = (line, column)
    var end = place
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    var result = value(upTo: end)
    if case .success = result {
      while place < end, bytes[place] <= 0x20 { place += 1 }
      if place < end {
        result = .failure(RowProblem(message: "more follows the value", line: line, column: column))
      }
    }
    place = end
    return ImportRow(line: row.0, column: row.1, content: result.flatMap(RowReader.fields))
  }

  /// The next value before a place.
  private mutating func value(upTo end: Int) -> Result<Expr, RowProblem> {
    let start = place
    let read: Result<(Expr, Int), WireError> = bytes.withUnsafeBufferPointer { all in
      let rest = UnsafeBufferPointer(rebasing: all[start..<end])
      return Result { () throws(WireError) in
        var offset = 0
        guard let tree = try WireReader.read(rest, from: &offset) else {
          throw WireError(message: "unexpected end of input", offset: 0)
        }
        return (tree, offset)
      }
    }
    switch read {
    case .success(let (tree, length)):
      place = start + length
      return .success(tree)
    case .failure(let error):
      let before = bytes[start..<min(start + error.offset, bytes.count)]
      let lines = before.count { $0 == 0x0A }
      let lastLine = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? lineStart
      let column = 1 + bytes[lastLine..<before.endIndex].count { $0 & 0xC0 != 0x80 }
      return .failure(RowProblem(message: error.message, line: line + lines, column: column))
    }
  }

  private static func fields(_ tree: Expr) -> Result<[(key: String, value: Expr)], RowProblem> {
    switch tree.kind {
    case .object(let members): return .success(Array(zip(members.keys, members.values)))
    case .literal(.object(let object)):
      return .success(object.fields.map { ($0.key, Expr(.literal($0.value))) })
    default: return .failure(RowProblem(message: "not an object"))
    }
  }

  // MARK: Separated values

  private mutating func nextRecord(_ separator: UInt8) -> ImportRow? {
    while byte == 0x0A || byte == 0x0D, place < bytes.count { skipLineEnd() }
    guard place < bytes.count else { return nil }
    let row = (line, column)
    do throws(RowProblem) {
      guard let cells = try cells(separator) else { return nil }
      guard cells.count == header.count else {
        throw RowProblem(message: "\(cells.count) fields where the header has \(header.count)")
      }
      let values = cells.map { Expr(.literal(.string($0))) }
      return ImportRow(line: row.0, column: row.1, content: .success(Array(zip(header, values))))
    } catch {
      return ImportRow(line: row.0, column: row.1, content: .failure(error))
    }
  }

  private mutating func skipLineEnd() {
    if byte == 0x0D { place += 1 }
    if byte == 0x0A { place += 1 }
    line += 1
    lineStart = place
  }

  /// The cells of the next record; nil at the end.
  private mutating func cells(_ separator: UInt8) throws(RowProblem) -> [String]? {
    guard place < bytes.count else { return nil }
    var cells: [String] = []
    while true {
      cells.append(byte == UInt8(ascii: "\"") ? try quotedCell(separator) : plainCell(separator))
      if place < bytes.count, byte == separator {
        place += 1
        continue
      }
      if place < bytes.count { skipLineEnd() }
      return cells
    }
  }

  private mutating func plainCell(_ separator: UInt8) -> String {
    let start = place
    while place < bytes.count, byte != separator, byte != 0x0A, byte != 0x0D { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func quotedCell(_ separator: UInt8) throws(RowProblem) -> String {
    let start = (line, column)
    place += 1
    var cell: [UInt8] = []
    while place < bytes.count {
      if byte == UInt8(ascii: "\"") {
        place += 1
        guard byte == UInt8(ascii: "\"") else { break }
      } else if byte == 0x0A {
        line += 1
        lineStart = place + 1
      }
      cell.append(byte)
      place += 1
      if place >= bytes.count {
        throw RowProblem(message: "a quote is not closed", line: start.0, column: start.1, isFatal: true)
      }
    }
    guard place >= bytes.count || byte == separator || byte == 0x0A || byte == 0x0D else {
      let problem = RowProblem(message: "text behind a closing quote", line: line, column: column)
      while place < bytes.count, byte != 0x0A { place += 1 }
      if place < bytes.count { skipLineEnd() }
      throw problem
    }
    return String(decoding: cell, as: UTF8.self)
  }
}

extension RowProblem {
  fileprivate init(_ problem: RowProblem, isFatal: Bool) {
    self = problem
    self.isFatal = isFatal
  }
}
