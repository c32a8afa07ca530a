import FQLSyntax
import FQLValues

/// The query behind a command that takes one, which may go on over lines.
enum CommandQuery {
  /// What is wrong with the query behind a command; its further lines are taken. Nil also for commands that take none.
  static func problem(in line: String, _ reader: inout StatementReader) -> (Diagnostic, Source)? {
    let word = line.prefix { $0 != " " && $0 != "\t" }
    guard CommandDeclaration.named(String(word))?.takesQuery == true else { return nil }
    // Blanks in place of the word keep the columns right.
    var text = String(repeating: " ", count: word.unicodeScalars.count) + line.dropFirst(word.count)
    while true {
      guard let (diagnostic, source) = problem(text, reader.name, isJSON: word == ".wire") else { return nil }
      guard diagnostic.isIncomplete, let line = reader.takeLine() else { return (diagnostic, source) }
      text += "\n" + line
    }
  }

  private static func problem(_ text: String, _ name: String, isJSON: Bool) -> (Diagnostic, Source)? {
    let source = Source(name: name, text: text)
    if isJSON {
      do throws(WireError) {
        _ = try WireReader.read(text)
        return nil
      } catch {
        let isUnfinished = error.message == "unexpected end of input"
        let span = Span(error.offset, error.offset)
        return (Diagnostic(error.message, at: span, isIncomplete: isUnfinished), source)
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
