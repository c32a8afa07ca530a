import FQLValues

/// Lays out a text: two spaces a level, 80 columns, one argument a line where a call does not fit.
///
/// Comments stay, and up to one blank line between statements. What is not of this language (the driver's form, declarations, lines
/// for the shell) is left as it stands. Laying out twice changes nothing more, and the queries stay the same.
public enum Formatter {
  public static func format(_ source: Source, allowsCommands: Bool = true) throws(Diagnostic) -> String {
    let script = try Script(parsing: source, allowsCommands: allowsCommands)
    let text = layOut(script)
    // A layout that would change a query is a defect of this file; then the text stays as it is.
    guard let again = try? Script(parsing: Source(name: source.name, text: text), allowsCommands: allowsCommands),
      wireForms(again) == wireForms(script)
    else { return source.text(0..<source.count) }
    return text
  }

  /// The text of a script in the formatter's layout.
  static func layOut(_ script: Script) -> String {
    script.source.withBytes { bytes in
      var formatter = ScriptFormatter(bytes)
      formatter.write(script)
      return formatter.text
    }
  }

  private static func wireForms(_ script: Script) -> [UInt8] {
    var buffer = OutputBuffer()
    for item in script.items {
      switch item {
      case .statement(let statement): buffer.append(wire: statement.expr)
      case .command(let span): buffer.append(script.source.text(span))
      }
      buffer.append(UInt8(ascii: "\n"))
    }
    return buffer.bytes
  }
}

/// A comment, and how it stands among what surrounds it.
struct Comment {
  var text: String
  var isLine: Bool
  /// True where a line ended before it, since the last token or comment.
  var isAfterLineEnd: Bool
  var isBeforeLineEnd = false
  /// True where a blank line stands before it.
  var isAfterBlankLine: Bool

  /// True where it must have a line of its own or end one.
  var endsLine: Bool { isLine || isBeforeLineEnd || text.utf8.contains(0x0A) }
}

/// What stands between two tokens.
struct Gap {
  var comments: [Comment] = []
  var hasSemicolon = false
  /// True where a blank line stands behind the last comment.
  var endsWithBlankLine = false

  /// Reads white space, comments and semicolons; a first line that begins with `#!` counts as a comment.
  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
    let lexer = Lexer(bytes)
    var place = start
    var lineEnds = 0
    var pieceStart: Int?
    if start == 0, end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB { place = 3 }
    while place < end {
      let length = lexer.lineEndLength(at: place)
      let isShebang =
        bytes[place] == UInt8(ascii: "#") && place < 4 && lexer.byte(at: place + 1) == UInt8(ascii: "!")
      if length > 0 {
        lineEnds += 1
        if !comments.isEmpty { comments[comments.count - 1].isBeforeLineEnd = true }
        place += length
      } else if bytes[place] == UInt8(ascii: ";") {
        hasSemicolon = true
        place += 1
      } else if bytes[place] == UInt8(ascii: "/") || isShebang {
        pieceStart = place
        let isLine = isShebang || lexer.byte(at: place + 1) == UInt8(ascii: "/")
        place += 2
        if isLine {
          while place < end, lexer.lineEndLength(at: place) == 0 { place += 1 }
        } else {
          while place < end,
            !(bytes[place - 1] == UInt8(ascii: "/") && bytes[place - 2] == UInt8(ascii: "*")
              && place - 3 > pieceStart ?? 0)
          {
            place += 1
          }
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[(pieceStart ?? place)..<place]), as: UTF8.self)
        comments.append(
          Comment(
            text: isLine ? text.withoutTrailingBlanks : text, isLine: isLine, isAfterLineEnd: lineEnds > 0,
            isAfterBlankLine: lineEnds > 1))
        lineEnds = 0
      } else {
        place += 1
      }
    }
    endsWithBlankLine = lineEnds > 1
  }
}

extension String {
  fileprivate var withoutTrailingBlanks: String {
    var text = self[...]
    while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
      text.unicodeScalars.removeLast()
    }
    return String(text)
  }
}

/// Writes statements one below the other.
private struct ScriptFormatter {
  let bytes: UnsafeBufferPointer<UInt8>
  var text = ""

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func write(_ script: Script) {
    var segments: [(span: Span, isVerbatim: Bool)] = script.ignored.map { ($0, true) }
    for item in script.items {
      switch item {
      case .statement(let statement): segments.append((statement.span, statement.isDriverCall))
      case .command(let span): segments.append((span, true))
      }
    }
    segments.sort { $0.span.start < $1.span.start }
    var end = 0
    for segment in segments {
      // Declarations may hold what was taken for a statement of its own.
      guard segment.span.start >= end else { continue }
      let gap = Gap(bytes, from: end, to: Int(segment.span.start))
      write(gap, isFirst: end == 0)
      if segment.isVerbatim {
        text += verbatim(segment.span)
      } else {
        var tree = LayoutReader(bytes, segment.span)
        let (doc, comments) = tree.statement()
        for comment in comments { text += comment.text + "\n" }
        var printer = LayoutPrinter()
        printer.print(doc)
        text += printer.text
      }
      end = Int(segment.span.end)
    }
    let gap = Gap(bytes, from: end, to: bytes.count)
    write(gap, isFirst: end == 0, isLast: true)
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
  }

  private func verbatim(_ span: Span) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[Int(span.start)..<Int(span.end)]), as: UTF8.self)
  }

  /// Writes what stands before a statement, and ends the line of the one before it.
  private mutating func write(_ gap: Gap, isFirst: Bool, isLast: Bool = false) {
    if gap.hasSemicolon, !isFirst { text += ";" }
    var isAtLineStart = isFirst
    for comment in gap.comments {
      if !comment.isAfterLineEnd, !isFirst, !isAtLineStart {
        text += " " + comment.text
        if comment.endsLine {
          text += "\n"
          isAtLineStart = true
        }
        continue
      }
      if !isAtLineStart { text += "\n" }
      if comment.isAfterBlankLine, !text.isEmpty { text += "\n" }
      text += comment.text + "\n"
      isAtLineStart = true
    }
    if isLast { return }
    if !isAtLineStart { text += "\n" }
    if gap.endsWithBlankLine, !text.isEmpty { text += "\n" }
  }
}
