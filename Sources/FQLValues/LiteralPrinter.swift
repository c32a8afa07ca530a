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
/// The older layout is written as it comes, and only the spaces that may yet become line ends are remembered
/// (`LiteralPrinter+Legacy`); the newer one is measured first (`LiteralPrinter+Modern`). Both are linear in the length of the
/// output. A printer keeps its memory: use one for many values.
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
  /// What the text of scalars and keys is appended to: in the older layout where it is wanted, in the newer one a place of our own.
  var text = OutputBuffer()
  var legacy = LegacyState()
  var modern = ModernState()

  public init(_ options: Options = .literal) {
    self.options = options
  }

  /// Appends the text of a value, without a line end.
  public mutating func print(_ value: Value, to out: inout OutputBuffer) {
    switch options.era {
    case .legacy: print(to: &out) { $0.value(value) }
    case .modern: printModern(value, to: &out)
    }
  }

  /// Appends what a function prints piece by piece in the older layout.
  mutating func print(to out: inout OutputBuffer, _ pieces: (inout LiteralPrinter) -> Void) {
    swap(&out, &text)
    pieces(&self)
    swap(&out, &text)
  }

  /// The text of a value.
  public mutating func text(_ value: Value) -> String {
    var out = OutputBuffer()
    print(value, to: &out)
    return out.string
  }
}

extension LiteralPrinter {
  func isTooDeep(_ depth: Int) -> Bool {
    depth > min(options.depth ?? .max, Limits.printedNesting)
  }

  /// How values that are neither containers nor strings are coloured.
  func style(of scalar: Value) -> TextStyle {
    switch scalar {
    case .null, .boolean: .keyword
    case .integer, .double, .transactionTime: .number
    case .time, .date, .bytes: .time
    default: .reference
    }
  }
}

extension OutputBuffer {
  /// Appends what stands for the elements of an array that are not shown.
  mutating func append(moreItems count: Int) {
    append("... ")
    append(decimal: Int64(count))
    append(count == 1 ? " more item" : " more items")
  }
}

extension OutputBuffer {
  /// Turns control characters from `start` on into `\xHH`.
  mutating func escapeControls(from start: Int, keepsLineEnds: Bool) {
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
