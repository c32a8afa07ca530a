import FQLValues

/// How results are printed.
enum Format: String, CaseIterable, Sendable {
  /// The older layout, of which nothing is cut.
  case literal
  /// The layout of the documentation of 2018 and 2019.
  case legacy
  /// The layout since Node 12.
  case inspect
  /// One line of plain JSON.
  case json
  /// One line of tagged JSON: `{"resource": ...}` or `{"errors": [...]}`.
  case wire

  static var names: [String] { allCases.map(\.rawValue) }
}

/// Prints values in a format; it keeps the printer's memory.
final class ValuePrinter {
  private var literal = LiteralPrinter()

  /// Appends the text of a value and a line end.
  ///
  /// `isBare` is for the string that a program logged: it has no quotes.
  func print(
    _ value: Value, as format: Format, depth: Int?, commitTime: Int64? = nil, colors: TextColors? = nil,
    escapesControls: Bool = false, isBare: Bool = false, to out: inout OutputBuffer
  ) {
    switch format {
    case .json where !escapesControls: out.append(json: value, commitTime: commitTime)
    case .wire where !escapesControls: out.append(wire: value, commitTime: commitTime)
    case .json, .wire:
      var text = OutputBuffer()
      if format == .json {
        text.append(json: value, commitTime: commitTime)
      } else {
        text.append(wire: value, commitTime: commitTime)
      }
      out.append(text.string.escapingControls())
    case .literal, .legacy, .inspect:
      if isBare, case .string(let text) = value {
        out.append(escapesControls ? text.escapingControls(keepsLineEnds: true) : text)
      } else {
        literal.options.era = format == .inspect ? .modern : .legacy
        literal.options.depth = depth
        literal.options.cutsArrays = format != .literal
        literal.options.commitTime = commitTime
        literal.options.colors = colors
        literal.options.escapesControls = escapesControls
        literal.print(value, to: &out)
      }
    }
    out.append(UInt8(ascii: "\n"))
  }
}

extension String {
  /// The text with C0, DEL and C1 characters as `\xHH`.
  func escapingControls(keepsTabs: Bool = false, keepsLineEnds: Bool = false) -> String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isControl, !(keepsTabs && scalar == "\t"), !(keepsLineEnds && scalar == "\n") {
        result += scalar.hexadecimalEscape
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// True for C0, DEL and C1.
  var isControl: Bool { value < 0x20 || (value >= 0x7F && value < 0xA0) }

  /// `\x1B`
  var hexadecimalEscape: String {
    let digits = String(value, radix: 16, uppercase: true)
    return "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
  }
}
