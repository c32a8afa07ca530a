import FQLEngine
import FQLSyntax
import FQLValues

/// Writes errors for a person: what, where in the text, and where on the wire.
struct ErrorReport {
  var styles: Styles
  /// How texts without a name are spoken of: those typed at the prompt.
  var text = ""

  init(styles: Styles) {
    self.styles = styles
  }

  /// A text that is not in the language.
  mutating func add(_ diagnostic: Diagnostic, in source: Source) {
    addHeader(diagnostic.text, place(of: diagnostic.span, in: source))
    add(SourceExcerpt(of: source, span: diagnostic.span))
  }

  /// A query that failed; without its tree where it did not come from text.
  mutating func add(_ error: QueryError, in query: Expr?, of source: Source?) {
    if error.code == .interrupted { return addHeader(error.description, "") }
    let message = "\(error.code.rawValue): \(error.description)"
    if let query, let source {
      let span = ErrorPlace.span(of: error.position, in: query, source)
      addHeader(message, place(of: span, in: source))
      add(SourceExcerpt(of: source, span: span))
    } else {
      addHeader(message, "")
    }
    addDetails(of: error, indentation: "  ")
  }

  /// A sentence of our own: `error: nofile.fql: no such file`.
  mutating func add(message: String, place: String = "") {
    addHeader(message, place)
  }

  /// One line of the chain of `.read`.
  mutating func add(readFrom name: String, line: Int) {
    addLine(styles.dim("  read from \(name):\(line)"))
  }

  mutating func add(_ excerpt: SourceExcerpt) {
    addLine(styles.dim("  " + excerpt.line))
    addLine("  " + styles.caret(excerpt.marks))
  }

  private mutating func addHeader(_ message: String, _ place: String) {
    let message = message.escapingControls()
    addLine((place.isEmpty ? "" : styles.dim(place) + " ") + styles.error("error:") + " " + message)
  }

  private mutating func addDetails(of error: QueryError, indentation: String) {
    if !error.position.isEmpty {
      var out = OutputBuffer()
      out.append(position: error.position)
      addLine(styles.dim("\(indentation)at \(out.string.escapingControls())"))
    }
    for failure in error.failures {
      let field = failure.field.joined(separator: ".")
      let line = "\(indentation)\(field): \(failure.code): \(failure.description)"
      addLine(styles.dim(line.escapingControls()))
    }
    for cause in error.cause {
      addLine(styles.dim("\(indentation)\(cause.code.rawValue): \(cause.description)".escapingControls()))
      addDetails(of: cause, indentation: indentation + "  ")
    }
  }

  private mutating func addLine(_ line: String) {
    text += line
    text += "\n"
  }

  /// `a.fql:1:8:`; at the prompt only line and column, and nothing where the text is one line.
  private func place(of span: Span, in source: Source) -> String {
    let position = source.position(at: Int(span.start))
    if !source.name.isEmpty {
      return "\(source.name.escapingControls()):\(position.line):\(position.column):"
    }
    return source.bytes.contains(0x0A) ? "\(position.line):\(position.column):" : ""
  }
}
