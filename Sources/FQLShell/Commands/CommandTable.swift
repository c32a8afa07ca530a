import FQLSyntax
import FQLValues

/// A command of the shell, and what it does.
struct CommandDeclaration: Sendable {
  var name: String
  var arguments: String
  var summary: String
  var perform: @Sendable (Shell, MetaCommand) throws(MetaCommand.Problem) -> Void
}

extension CommandDeclaration {
  static let all: [CommandDeclaration] = [
    .init(name: ".secret", arguments: "[SECRET]", summary: "authenticate; alone: as at the start") {
      (shell, command) throws(MetaCommand.Problem) in try shell.setSecret(command)
    },
    .init(name: ".wire", arguments: "JSON", summary: "run a query given as wire JSON") {
      (shell, command) throws(MetaCommand.Problem) in try shell.runWire(command)
    },
  ]
}

extension Shell {
  /// Follows a line for the shell; false where it failed.
  func perform(_ command: MetaCommand) -> Bool {
    guard let declaration = CommandDeclaration.all.first(where: { $0.name == command.name }) else {
      let suggestion = Suggestion.nearest(to: command.name, among: CommandDeclaration.all.map(\.name))
      return report(
        Diagnostic("unknown command \(command.name)", at: command.nameSpan, suggestion: suggestion), in: command.source)
    }
    do throws(MetaCommand.Problem) {
      try declaration.perform(self, command)
      return true
    } catch {
      if !error.message.isEmpty { report(error.message, status: error.status) }
      return false
    }
  }
}
