import FQLEngine
import FQLSyntax
import FQLValues

extension Shell {
  /// `.wire JSON`
  func runWire(_ command: MetaCommand) throws(MetaCommand.Problem) {
    var text = command.rest
    while true {
      let read = Result { () throws(WireError) in try WireReader.read(text) }
      switch read {
      case .success(let query):
        if !run(query) { throw MetaCommand.Problem(message: "") }
        return
      case .failure(let error):
        if error.message == "unexpected end of input", let line = try command.nextLine() {
          text += "\n" + line
          continue
        }
        let source = Source(name: command.source.name, text: text)
        if !report(error, in: source) { throw MetaCommand.Problem(message: "") }
        return
      }
    }
  }

  /// Reports JSON that could not be read; among wire answers it is one of them, and the result is true.
  private func report(_ error: WireError, in source: Source) -> Bool {
    if settings.format == .wire {
      answer { $0.append(errors: [QueryError(error)]) }
      return true
    }
    return report(Diagnostic(error.message, at: Span(error.offset, error.offset + 1)), in: source)
  }

  /// The queries that follow a command's word, over lines while they are unfinished.
  private func queries(_ command: MetaCommand) throws(MetaCommand.Problem) -> (Source, [Statement]) {
    // Blanks in place of the word keep lines and columns right.
    var text = String(repeating: " ", count: command.name.unicodeScalars.count) + " " + command.rest
    while true {
      let position = command.source.position(at: Int(command.span.start))
      let source = Source(name: command.source.name, bytes: Array(text.utf8), firstLine: position.line)
      do throws(Diagnostic) {
        return (source, try Script(parsing: source).statements)
      } catch {
        let result = Result { () throws(MetaCommand.Problem) in error.isIncomplete ? try command.nextLine() : nil }
        switch result {
        case .success(let line?): text += "\n" + line
        case .success(nil):
          report(error, in: source)
          return (source, [])
        case .failure: return (source, [])
        }
      }
    }
  }

  /// `.ast QUERY`: the wire JSON of each query, one a line.
  func printTree(_ command: MetaCommand) throws(MetaCommand.Problem) {
    for statement in try queries(command).1 {
      output.write { out in
        out.append(wire: statement.expr)
        out.append(UInt8(ascii: "\n"))
      }
    }
  }

  /// `.explain QUERY`: what it would read and write.
  func explain(_ command: MetaCommand) throws(MetaCommand.Problem) {
    let (source, statements) = try queries(command)
    for statement in statements {
      let response = session.dryRun(statement.expr)
      if let errors = response.errors {
        lastErrors = response
        report(errors, statement.expr, of: source)
        fail(ExitStatus.queryFailed)
        throw MetaCommand.Problem(message: "")
      }
      let counts = response.counts
      output.line("effect:  \(statement.expr.effect)")
      output.line("reads:   \(Shell.amount(counts.documentsRead, counts.entriesRead))")
      for place in response.places where place.counts.documentsRead + place.counts.entriesRead > 0 {
        output.line(Shell.amount(place, place.counts.documentsRead, place.counts.entriesRead))
      }
      output.line("writes:  \(Shell.amount(counts.documentsWritten, counts.entriesWritten))")
      for place in response.places where place.counts.documentsWritten + place.counts.entriesWritten > 0 {
        output.line(Shell.amount(place, place.counts.documentsWritten, place.counts.entriesWritten))
      }
      output.line("not committed")
    }
  }

  /// `  spells: 2 documents`
  private static func amount(_ place: PlaceCounts, _ documents: Int, _ entries: Int) -> String {
    "  \(place.isIndex ? "index " : "")\(place.name.escapingControls()): \(amount(documents, entries))"
  }

  /// `2 documents, 5 index entries`
  private static func amount(_ documents: Int, _ entries: Int) -> String {
    var parts: [String] = []
    if documents > 0 { parts.append("\(documents) document\(documents == 1 ? "" : "s")") }
    if entries > 0 { parts.append("\(entries) index entr\(entries == 1 ? "y" : "ies")") }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }
}
