/// What a piece of printed text is, for colouring.
public enum TextStyle: UInt8, Sendable, CaseIterable {
  case plain
  case string
  case number
  /// `true`, `false`, `null`
  case keyword
  /// References, sets and lambdas.
  case reference
  /// Times, dates and bytes.
  case time
  /// `[Object]` and `... 3 more items`.
  case omission
}

/// The escape sequences that colour printed text.
public struct TextColors: Sendable {
  var openings: [[UInt8]]
  let closing = Array("\u{1B}[0m".utf8)

  /// `opening` gives the sequence that stands before a style's text; an empty one leaves it plain.
  public init(opening: (TextStyle) -> String) {
    openings = TextStyle.allCases.map { Array(opening($0).utf8) }
  }

  /// Colours by the numbers of SGR.
  public static let standard = TextColors { style in
    switch style {
    case .plain: ""
    case .string: "\u{1B}[32m"
    case .number: "\u{1B}[33m"
    case .keyword: "\u{1B}[35m"
    case .reference: "\u{1B}[36m"
    case .time: "\u{1B}[34m"
    case .omission: "\u{1B}[2m"
    }
  }
}

/// Prints values as JavaScript's shells showed them, with tagged values as the calls that make them.
///
/// A first pass makes the text of every scalar and decides, from the inside out, which containers stand on one line; a second pass
/// joins the pieces. Both are linear in the length of the output. A printer keeps its memory: use one for many values.
public struct LiteralPrinter: ~Copyable {
  public struct Options: Sendable {
    /// Which generation's layout and quotes.
    public var era: Era
    /// How many levels below the top are shown; nil for all.
    public var depth: Int?
    /// True to show only the first 100 elements of an array, as the original shells did.
    public var cutsArrays: Bool
    /// What is shown for the time of the running transaction.
    public var commitTime: Int64?
    public var colors: TextColors?
    /// True to show control characters in names and old-style strings as `\xHH`, as is safe on a terminal.
    public var escapesControls = false

    public init(
      era: Era, depth: Int? = nil, cutsArrays: Bool = true, commitTime: Int64? = nil, colors: TextColors? = nil
    ) {
      self.era = era
      self.depth = depth
      self.cutsArrays = cutsArrays
      self.commitTime = commitTime
      self.colors = colors
    }

    /// The default format: the older layout, of which nothing is cut.
    public static let literal = Options(era: .legacy, cutsArrays: false)
    /// The layout of the documentation of 2018 and 2019.
    public static let legacy = Options(era: .legacy)
    /// The layout since Node 12.
    public static let inspect = Options(era: .modern)
  }

  public var options: Options
  /// The text of all scalars and keys, one after another.
  var text = OutputBuffer(capacity: 4096)
  var pieces: [Piece] = []
  var containers: [Container] = []
  /// Widths of the entries of arrays that are laid out in columns, and of their columns.
  var gridWidths: [Int] = []
  var entryMeasures: [Measure] = []
  /// The depth of the container that was entered last.
  var deepest = 0

  public init(_ options: Options = .literal) {
    self.options = options
  }

  /// Appends the text of a value, without a line end.
  public mutating func print(_ value: Value, to out: inout OutputBuffer) {
    text.removeAll()
    pieces.removeAll(keepingCapacity: true)
    containers.removeAll(keepingCapacity: true)
    gridWidths.removeAll(keepingCapacity: true)
    entryMeasures.removeAll(keepingCapacity: true)
    deepest = 0
    switch options.era {
    case .modern: _ = measureModern(value, depth: 0, indentation: 0)
    case .legacy: _ = measureLegacy(value, depth: 0, indentation: 0)
    }
    emit(to: &out)
  }

  /// The text of a value.
  public mutating func text(_ value: Value) -> String {
    var out = OutputBuffer()
    print(value, to: &out)
    return out.string
  }
}

extension LiteralPrinter {
  /// A stretch of text, or a bracket.
  struct Piece {
    enum Kind: UInt8 {
      case leaf
      /// A key and its colon.
      case key
      /// A key whose value stands on the next line.
      case movedKey
      case open
      case close
    }

    var kind: Kind
    var style: TextStyle = .plain
    var container: Int32 = 0
    var start = 0
    var end = 0
  }

  /// What was decided about an array or object.
  struct Container {
    var isArray: Bool
    var isBroken = false
    var alignsRight = false
    var indentation: Int
    /// 1 unless the elements stand in columns.
    var columns = 1
    /// How many elements stand in columns.
    var gridCount = 0
    /// Where the widths of the elements begin in `gridWidths`, followed by those of the columns.
    var gridStart = 0
  }

  /// The size of a piece of text.
  struct Measure {
    /// In UTF-16 units, line ends included.
    var length = 0
    /// In columns of a terminal.
    var width = 0
    var hasLineEnd = false
  }

  /// Ends the leaf whose text was appended since `start`.
  mutating func leaf(from start: Int, _ style: TextStyle) -> Measure {
    if options.escapesControls { text.escapeControls(from: start, keepsLineEnds: style == .string) }
    pieces.append(Piece(kind: .leaf, style: style, start: start, end: text.count))
    return measure(from: start)
  }

  mutating func omission(_ text: StaticString) -> Measure {
    let start = self.text.count
    self.text.append(text)
    return leaf(from: start, .omission)
  }

  /// A container without content is one piece.
  mutating func empty(_ text: StaticString) -> Measure {
    let start = self.text.count
    self.text.append(text)
    return leaf(from: start, .plain)
  }

  mutating func moreItems(_ count: Int) -> Measure {
    let start = text.count
    text.append("... ")
    text.append(decimal: Int64(count))
    text.append(count == 1 ? " more item" : " more items")
    return leaf(from: start, .omission)
  }

  /// Appends a key with its colon.
  mutating func key(_ key: String) -> Measure {
    let start = text.count
    text.append(key: key, era: options.era)
    text.append(UInt8(ascii: ":"))
    if options.escapesControls { text.escapeControls(from: start, keepsLineEnds: false) }
    pieces.append(Piece(kind: .key, start: start, end: text.count))
    return measure(from: start)
  }

  /// Appends a value that is neither a container nor a string.
  mutating func scalar(_ value: Value) -> Measure {
    let start = text.count
    let style: TextStyle
    switch value {
    case .null, .boolean: style = .keyword
    case .integer, .double, .transactionTime: style = .number
    case .time, .date, .bytes: style = .time
    default: style = .reference
    }
    text.append(scalarText: value, commitTime: options.commitTime)
    return leaf(from: start, style)
  }

  func measure(from start: Int) -> Measure {
    text.withBytes { all in
      let bytes = UnsafeBufferPointer(rebasing: all[start...])
      var measure = Measure(length: bytes.count, width: bytes.count)
      var isPlain = true
      for byte in bytes where byte >= 0x7F || byte < 0x20 {
        isPlain = false
        break
      }
      if isPlain { return measure }
      measure = Measure()
      for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        measure.length += scalar.value > 0xFFFF ? 2 : 1
        measure.width += DisplayWidth.of(scalar)
        if scalar == "\n" { measure.hasLineEnd = true }
      }
      return measure
    }
  }

  /// Opens a container and returns its number.
  mutating func open(isArray: Bool, indentation: Int) -> Int {
    containers.append(Container(isArray: isArray, indentation: indentation))
    pieces.append(Piece(kind: .open, container: Int32(truncatingIfNeeded: containers.count - 1)))
    return containers.count - 1
  }

  mutating func close() {
    pieces.append(Piece(kind: .close))
  }
}

extension LiteralPrinter {
  private struct Frame {
    var container: Container
    var entry = 0
    var isAfterKey = false
  }

  /// Joins the pieces.
  private mutating func emit(to out: inout OutputBuffer) {
    var frames: [Frame] = []
    var frame = Frame(container: Container(isArray: true, indentation: 0))
    let colors = options.colors
    for piece in pieces {
      switch piece.kind {
      case .key, .movedKey:
        beginEntry(&frame, &out)
        out.append(from: text, piece.start, piece.end)
        if piece.kind == .movedKey {
          out.append(UInt8(ascii: "\n"))
          out.append(UInt8(ascii: " "), times: frame.container.indentation + 3)
        } else {
          out.append(UInt8(ascii: " "))
        }
        frame.isAfterKey = true
      case .leaf:
        if !frames.isEmpty { startValue(&frame, &out) }
        if let colors, !colors.openings[Int(piece.style.rawValue)].isEmpty {
          out.append(colors.openings[Int(piece.style.rawValue)])
          out.append(from: text, piece.start, piece.end)
          out.append(colors.closing)
        } else {
          out.append(from: text, piece.start, piece.end)
        }
      case .open:
        if !frames.isEmpty { startValue(&frame, &out) }
        frames.append(frame)
        frame = Frame(container: containers[Int(piece.container)])
        out.append(frame.container.isArray ? UInt8(ascii: "[") : UInt8(ascii: "{"))
      case .close:
        if frame.container.isBroken, options.era == .modern {
          out.append(UInt8(ascii: "\n"))
          out.append(UInt8(ascii: " "), times: frame.container.indentation)
        } else {
          out.append(UInt8(ascii: " "))
        }
        out.append(frame.container.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        frame = frames.removeLast()
      }
    }
  }

  private func startValue(_ frame: inout Frame, _ out: inout OutputBuffer) {
    if frame.isAfterKey { frame.isAfterKey = false } else { beginEntry(&frame, &out) }
  }

  /// Writes what stands before an entry.
  private func beginEntry(_ frame: inout Frame, _ out: inout OutputBuffer) {
    let container = frame.container
    let entry = frame.entry
    frame.entry += 1
    let isFirst = entry == 0
    if !isFirst { out.append(UInt8(ascii: ",")) }
    guard container.isBroken else {
      out.append(UInt8(ascii: " "))
      return
    }
    if options.era == .legacy, isFirst {
      out.append(UInt8(ascii: " "))
      return
    }
    guard container.columns > 1, entry < container.gridCount else {
      newLine(container, &out)
      return
    }
    let column = entry % container.columns
    let columnWidths = container.gridStart + container.gridCount
    if column == 0 {
      newLine(container, &out)
    } else {
      out.append(UInt8(ascii: " "))
      if !container.alignsRight {
        let previous = gridWidths[container.gridStart + entry - 1]
        out.append(UInt8(ascii: " "), times: gridWidths[columnWidths + column - 1] - previous - 2)
      }
    }
    if container.alignsRight {
      let width = gridWidths[container.gridStart + entry]
      out.append(UInt8(ascii: " "), times: gridWidths[columnWidths + column] - width - 2)
    }
  }

  private func newLine(_ container: Container, _ out: inout OutputBuffer) {
    out.append(UInt8(ascii: "\n"))
    out.append(UInt8(ascii: " "), times: container.indentation + 2)
  }
}

extension OutputBuffer {
  /// Appends a part of another buffer.
  fileprivate mutating func append(from other: borrowing OutputBuffer, _ start: Int, _ end: Int) {
    other.withBytes { append(UnsafeBufferPointer(rebasing: $0[start..<end])) }
  }

  /// Turns control characters from `start` on into `\xHH`.
  fileprivate mutating func escapeControls(from start: Int, keepsLineEnds: Bool) {
    let needsWork = withBytes { bytes in
      var place = start
      while place < bytes.count {
        let byte = bytes[place]
        if byte < 0x20 || byte == 0x7F { return true }
        if byte == 0xC2, place + 1 < bytes.count, bytes[place + 1] < 0xA0 { return true }
        place += 1
      }
      return false
    }
    guard needsWork else { return }
    let tail = withBytes { String(decoding: UnsafeBufferPointer(rebasing: $0[start...]), as: UTF8.self) }
    truncate(to: start)
    for scalar in tail.unicodeScalars {
      let code = scalar.value
      if !(keepsLineEnds && code == 10), code < 0x20 || (code >= 0x7F && code < 0xA0) {
        append("\\x")
        append(hexDigit: UInt8(code >> 4), upperCase: true)
        append(hexDigit: UInt8(code & 15), upperCase: true)
      } else {
        append(scalar: scalar)
      }
    }
  }
}
