import FQLSyntax
import FQLValues

/// The line of a text that an error is about, and the marks under it.
struct SourceExcerpt {
  /// The line, control characters made visible.
  var line: String
  /// Blanks and carets.
  var marks: String

  /// Lines wider than this are shown in part.
  private static let maximumWidth = 160

  /// A character of the line as it is shown.
  private struct Cell {
    var text: String
    var width: Int
    var isTab: Bool
  }

  init(of source: Source, span: Span) {
    let start = min(Int(span.start), source.bytes.count)
    let range = source.lineRange(at: start)
    let from = min(max(start, range.lowerBound), range.upperBound)
    let to = min(max(Int(span.end), from), range.upperBound)
    let before = SourceExcerpt.cells(source.text(range.lowerBound..<from))
    let marked = SourceExcerpt.cells(source.text(from..<to))
    let after = SourceExcerpt.cells(source.text(to..<range.upperBound))
    let total = SourceExcerpt.width(before) + SourceExcerpt.width(marked) + SourceExcerpt.width(after)
    self.init(
      total > SourceExcerpt.maximumWidth
        ? SourceExcerpt.window(before, marked, after) : (before, marked, after))
  }

  private init(_ parts: (before: [Cell], marked: [Cell], after: [Cell])) {
    line = (parts.before + parts.marked + parts.after).map(\.text).joined()
    marks = ""
    for cell in parts.before { marks += cell.isTab ? "\t" : String(repeating: " ", count: cell.width) }
    marks += String(repeating: "^", count: max(1, SourceExcerpt.width(parts.marked)))
  }

  private static func cells(_ text: String) -> [Cell] {
    text.unicodeScalars.map { scalar in
      if scalar == "\t" { return Cell(text: "\t", width: 1, isTab: true) }
      let shown = scalar.isControl ? scalar.hexadecimalEscape : String(scalar)
      return Cell(text: shown, width: DisplayWidth.of(shown), isTab: false)
    }
  }

  private static func width(_ cells: [Cell]) -> Int {
    cells.reduce(0) { $0 + $1.width }
  }

  /// A part of a wide line around its marks.
  private static func window(
    _ before: [Cell], _ marked: [Cell], _ after: [Cell]
  ) -> (before: [Cell], marked: [Cell], after: [Cell]) {
    let dots = Cell(text: "...", width: 3, isTab: false)
    var left: [Cell] = []
    var width = 6
    for cell in before.reversed() {
      if width + cell.width > maximumWidth / 2 { break }
      width += cell.width
      left.append(cell)
    }
    var middle: [Cell] = []
    for cell in marked {
      if width + cell.width > maximumWidth { break }
      width += cell.width
      middle.append(cell)
    }
    var right: [Cell] = []
    if middle.count == marked.count {
      for cell in after {
        if width + cell.width > maximumWidth { break }
        width += cell.width
        right.append(cell)
      }
    }
    let isCutLeft = left.count < before.count
    let isCutRight = middle.count < marked.count || right.count < after.count
    return ((isCutLeft ? [dots] : []) + left.reversed(), middle, right + (isCutRight ? [dots] : []))
  }
}
