import FQLEngine
import FQLValues

extension Shell {
  /// `.last [FORMAT]`: the last result in full.
  func showLast(_ command: MetaCommand) throws(MetaCommand.Problem) {
    var format = settings.format
    if let name = try command.arguments().first {
      guard let named = Format(rawValue: name) else {
        throw MetaCommand.Problem(message: "unknown format \(name)", status: ExitStatus.syntax)
      }
      format = named
    }
    guard let response = lastValue, case .value(let value) = response.result else {
      return tell("no result yet")
    }
    showWhole { out, isForTerminal in
      values.print(
        value, as: format, depth: nil, commitTime: response.time, colors: isForTerminal ? resultColors : nil,
        escapesControls: isForTerminal, to: &out)
    }
  }

  /// `.last_error`: the whole response of the last query that failed.
  func showLastError() {
    guard let response = lastErrors else { return tell("no error yet") }
    var text = OutputBuffer()
    text.append(response: response)
    guard let tree = try? WireReader.read(text.string) else { return }
    showWhole { out, isForTerminal in
      values.print(
        Value(displaying: tree), as: settings.format == .wire ? .json : settings.format, depth: nil,
        colors: isForTerminal ? resultColors : nil, escapesControls: isForTerminal, to: &out)
    }
  }

  /// Prints a text that may be long: through the pager where a person reads it.
  private func showWhole(_ body: (inout OutputBuffer, Bool) -> Void) {
    if let console, output === standardOutput {
      var text = OutputBuffer()
      body(&text, true)
      console.page(text.string)
    } else {
      output.write { body(&$0, output.isTerminal) }
    }
  }

  /// `.history [N]`
  func showHistory(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let history = console?.history else { return }
    var count = 20
    if let word = try command.arguments().first {
      guard let number = Int(word), number > 0 else {
        throw MetaCommand.Problem(message: ".history \(word): not a number from 1 up", status: ExitStatus.syntax)
      }
      count = number
    }
    let skipped = max(0, history.entries.count - count)
    for (offset, entry) in history.entries.enumerated().dropFirst(skipped) {
      let number = String(history.first + offset)
      let lines = entry.escapingControls(keepsTabs: true, keepsLineEnds: true).split(
        separator: "\n", omittingEmptySubsequences: false)
      let margin = String(repeating: " ", count: max(0, 5 - number.utf8.count))
      output.line("\(margin)\(number)  \(lines.joined(separator: "\n       "))")
    }
  }

  /// `.edit [N]`
  func edit(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let console else { throw MetaCommand.Problem(message: ".edit needs a terminal") }
    var entry: Int?
    if let word = try command.arguments().first {
      entry = Int(word)
      if entry == nil {
        throw MetaCommand.Problem(message: ".edit \(word): not a number", status: ExitStatus.syntax)
      }
    }
    try console.edit(entry: entry)
  }
}
