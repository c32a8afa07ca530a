import FQLSyntax
import FQLValues

/// Text that was typed and has not run, since it is unfinished or waits for Enter.
struct PendingText {
  var lines: [String] = []
  /// How many rows of the screen show it, above the row of the prompt.
  var rows = 0
  /// True where Enter alone runs it: it was pasted, or comes from an editor.
  var waitsForEnter = false

  var isEmpty: Bool { lines.isEmpty }
  var text: String { lines.joined(separator: "\n") }
}

/// Whether a text that was typed could run.
enum Readiness {
  case complete
  /// More could make it right.
  case unfinished(Diagnostic, Source)
  case wrong(Diagnostic, Source)
  /// There is nothing in it.
  case empty

  init(of text: String) {
    var reader = StatementReader(name: "")
    reader.append(Array(text.utf8))
    reader.finish()
    var isEmpty = true
    while true {
      switch reader.next() {
      case .statement: isEmpty = false
      case .needsMore, .end:
        self = isEmpty ? .empty : .complete
        return
      case .failure(let diagnostic, let source):
        self = diagnostic.isIncomplete ? .unfinished(diagnostic, source) : .wrong(diagnostic, source)
        return
      case .command(let line, _, _):
        isEmpty = false
        _ = reader.takeLine()
        if let unfinished = Readiness.rest(of: line, &reader) {
          self = unfinished
          return
        }
      }
    }
  }

  /// Passes the further lines of a command that takes a query.
  private static func rest(of line: String, _ reader: inout StatementReader) -> Readiness? {
    let word = line.prefix { $0 != " " && $0 != "\t" }
    guard CommandDeclaration.named(String(word))?.takesQuery == true else { return nil }
    var rest = String(line.dropFirst(word.count))
    while true {
      guard let (diagnostic, source) = problem(rest, isJSON: word == ".wire") else { return nil }
      if !diagnostic.isIncomplete { return nil }
      guard let line = reader.takeLine() else { return .unfinished(diagnostic, source) }
      rest += "\n" + line
    }
  }

  private static func problem(_ text: String, isJSON: Bool) -> (Diagnostic, Source)? {
    let source = Source(name: "", text: text)
    if isJSON {
      do throws(WireError) {
        _ = try WireReader.read(text)
        return nil
      } catch {
        let isUnfinished = error.message == "unexpected end of input"
        return (
          Diagnostic(error.message, at: Span(error.offset, error.offset), isIncomplete: isUnfinished), source
        )
      }
    }
    do throws(Diagnostic) {
      _ = try Script(parsing: source)
      return nil
    } catch {
      return (error, source)
    }
  }
}
