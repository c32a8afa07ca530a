// What the newer layout does in two steps: pieces of text are measured, and then joined.

extension LiteralPrinter {
  /// What is known of the value that is being measured.
  struct ModernState {
    var pieces: [Piece] = []
    var containers: [Container] = []
    /// Widths of the entries of arrays that are laid out in columns, and of their columns.
    var gridWidths: [Int] = []
    var entryMeasures: [Measure] = []
    /// The depth of the container that was entered last.
    var deepest = 0
  }

  /// Appends the text of a value in the newer layout.
  mutating func printModern(_ value: Value, to out: inout OutputBuffer) {
    text.removeAll()
    modern.pieces.removeAll(keepingCapacity: true)
    modern.containers.removeAll(keepingCapacity: true)
    modern.gridWidths.removeAll(keepingCapacity: true)
    modern.entryMeasures.removeAll(keepingCapacity: true)
    modern.deepest = 0
    _ = measureModern(value, depth: 0, indentation: 0)
    join(to: &out)
  }
}

extension LiteralPrinter {
  /// A stretch of text, or a bracket.
  struct Piece {
    enum Kind: UInt8 {
      case leaf
      /// A key and its colon.
      case key
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
    modern.pieces.append(Piece(kind: .leaf, style: style, start: start, end: text.count))
    return measure(from: start)
  }

  /// A piece whose text never changes.
  mutating func leaf(_ text: StaticString, _ style: TextStyle) -> Measure {
    let start = self.text.count
    self.text.append(text)
    return leaf(from: start, style)
  }

  /// Appends a key with its colon.
  mutating func measureKey(_ key: String) -> Measure {
    let start = text.count
    let isPrototype = key == "__proto__"
    if isPrototype { text.append("['") }
    var key = key
    key.withUTF8 { text.append(key: $0, era: .modern) }
    if isPrototype { text.append("']") }
    text.append(UInt8(ascii: ":"))
    if options.escapesControls { text.escapeControls(from: start, keepsLineEnds: false) }
    modern.pieces.append(Piece(kind: .key, start: start, end: text.count))
    return measure(from: start)
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
  mutating func openContainer(isArray: Bool, indentation: Int) -> Int {
    modern.containers.append(Container(isArray: isArray, indentation: indentation))
    modern.pieces.append(Piece(kind: .open, container: Int32(truncatingIfNeeded: modern.containers.count - 1)))
    return modern.containers.count - 1
  }

  mutating func closeContainer() {
    modern.pieces.append(Piece(kind: .close))
  }
}

extension LiteralPrinter {
  private struct OpenContainer {
    var container: Container
    var entry = 0
    var isAfterKey = false
  }

  /// Joins the pieces.
  private mutating func join(to out: inout OutputBuffer) {
    var frames: [OpenContainer] = []
    var frame = OpenContainer(container: Container(isArray: true, indentation: 0))
    let colors = options.colors
    for piece in modern.pieces {
      switch piece.kind {
      case .key:
        beginEntry(&frame, &out)
        out.append(from: text, piece.start, piece.end)
        out.append(UInt8(ascii: " "))
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
        frame = OpenContainer(container: modern.containers[Int(piece.container)])
        out.append(frame.container.isArray ? UInt8(ascii: "[") : UInt8(ascii: "{"))
      case .close:
        if frame.container.isBroken {
          out.append(lineEnd: frame.container.indentation)
        } else {
          out.append(UInt8(ascii: " "))
        }
        out.append(frame.container.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        frame = frames.removeLast()
      }
    }
  }

  private func startValue(_ frame: inout OpenContainer, _ out: inout OutputBuffer) {
    if frame.isAfterKey { frame.isAfterKey = false } else { beginEntry(&frame, &out) }
  }

  /// Writes what stands before an entry.
  private func beginEntry(_ frame: inout OpenContainer, _ out: inout OutputBuffer) {
    let container = frame.container
    let entry = frame.entry
    frame.entry += 1
    if entry > 0 { out.append(UInt8(ascii: ",")) }
    out.handOnIfFull()
    guard container.isBroken else {
      out.append(UInt8(ascii: " "))
      return
    }
    guard container.columns > 1, entry < container.gridCount else {
      out.append(lineEnd: container.indentation + 2)
      return
    }
    let column = entry % container.columns
    let columnWidths = container.gridStart + container.gridCount
    if column == 0 {
      out.append(lineEnd: container.indentation + 2)
    } else {
      out.append(UInt8(ascii: " "))
      if !container.alignsRight {
        let previous = modern.gridWidths[container.gridStart + entry - 1]
        out.append(UInt8(ascii: " "), times: modern.gridWidths[columnWidths + column - 1] - previous - 2)
      }
    }
    if container.alignsRight {
      let width = modern.gridWidths[container.gridStart + entry]
      out.append(UInt8(ascii: " "), times: modern.gridWidths[columnWidths + column] - width - 2)
    }
  }
}

extension OutputBuffer {
  /// Appends a part of another buffer.
  fileprivate mutating func append(from other: borrowing OutputBuffer, _ start: Int, _ end: Int) {
    other.withBytes { append(UnsafeBufferPointer(rebasing: $0[start..<end])) }
  }
}
