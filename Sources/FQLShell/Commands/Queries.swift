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
        if !run(query, of: nil) { throw MetaCommand.Problem(message: "") }
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
}
