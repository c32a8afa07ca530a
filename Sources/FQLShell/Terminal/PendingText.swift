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
        if let (diagnostic, source) = CommandQuery.problem(in: line, &reader), diagnostic.isIncomplete {
          self = .unfinished(diagnostic, source)
          return
        }
      }
    }
  }
}
