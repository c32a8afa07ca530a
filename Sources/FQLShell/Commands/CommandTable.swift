import FQLSyntax
import FQLValues

/// A command of the shell, and what it does.
struct CommandDeclaration: Sendable {
  enum Group: String, CaseIterable, Sendable {
    case queries = "Queries"
    case results = "Results"
    case schema = "What there is"
    case place = "Where and as whom"
    case data = "Data in and out"
    case texts = "Texts"
    case shell = "The shell"
  }

  typealias Action = @Sendable (Shell, MetaCommand) throws(MetaCommand.Problem) -> Void

  var name: String
  /// Other names for the same.
  var aliases: [String] = []
  var arguments = ""
  var group: Group
  var summary: String
  /// True for those that are followed in the middle of an unfinished text.
  var worksWhilePending = false
  /// True for those whose argument is a query, which may go on over lines.
  var takesQuery = false
  /// True for those whose first argument is a file.
  var takesFile = false
  var perform: Action

  var usage: String { arguments.isEmpty ? name : "\(name) \(arguments)" }
}

extension CommandDeclaration {
  /// All commands: what lines are followed by, and `.help`, completion and the manual are made from.
  static let all: [CommandDeclaration] = queries + results + schema + place + data + texts + shell

  static func named(_ name: String) -> CommandDeclaration? {
    all.first { $0.name == name || $0.aliases.contains(name) }
  }

  private static let queries: [CommandDeclaration] = [
    .init(
      name: ".explain", arguments: "QUERY", group: .queries, summary: "run and roll back; what it reads and writes",
      takesQuery: true, perform: { (shell, command) throws(MetaCommand.Problem) in try shell.explain(command) }),
    .init(
      name: ".wire", arguments: "JSON", group: .queries, summary: "run a query given as wire JSON", takesQuery: true,
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.runWire(command) }),
    .init(
      name: ".ast", arguments: "QUERY", group: .queries, summary: "print the wire JSON of a query", takesQuery: true,
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.printTree(command) }),
  ]

  private static let results: [CommandDeclaration] = [
    .init(
      name: ".format", arguments: "[FORMAT]", group: .results,
      summary: "print results as \(Format.names.joined(separator: ", "))",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setFormat(command) }),
    .init(
      name: ".depth", arguments: "[N|off]", group: .results, summary: "show what lies deeper as [Object] and [Array]",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setLimit(command, minimum: 0, \.depth) }),
    .init(
      name: ".lines", arguments: "[N|off]", group: .results, summary: "cut results at the prompt after so many lines",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setLimit(command, minimum: 1, \.lines) }),
    .init(
      name: ".last", arguments: "[FORMAT]", group: .results, summary: "the last result in full, through the pager",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.showLast(command) }),
    .init(
      name: ".last_error", group: .results, summary: "the last error's whole response",
      perform: { (shell, _) throws(MetaCommand.Problem) in shell.showLastError() }),
    .init(
      name: ".timing", arguments: "[on|off]", group: .results, summary: "time, reads and writes after each query",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setFlag(command, \.showsTiming) }),
  ]

  private static let schema: [CommandDeclaration] = [
    .init(
      name: ".collections", group: .schema, summary: "names of collections",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listNames(of: .collections) }),
    .init(
      name: ".indexes", group: .schema, summary: "indexes with their terms and values",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listIndexes() }),
    .init(
      name: ".functions", group: .schema, summary: "names of functions",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listNames(of: .functions) }),
    .init(
      name: ".roles", group: .schema, summary: "names of roles",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listNames(of: .roles) }),
    .init(
      name: ".databases", group: .schema, summary: "names of child databases",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listNames(of: .databases) }),
    .init(
      name: ".keys", group: .schema, summary: "keys with their roles and databases",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listKeys() }),
    .init(
      name: ".tokens", group: .schema, summary: "tokens with whom they speak for",
      perform: { (shell, _) throws(MetaCommand.Problem) in try shell.listTokens() }),
    .init(
      name: ".schema", arguments: "[NAME]", group: .schema, summary: "the FQL that creates what has that name, or all",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.showSchema(command) }),
  ]

  private static let place: [CommandDeclaration] = [
    .init(
      name: ".secret", arguments: "[SECRET|-]", group: .place,
      summary: "authenticate; - asks; alone: as at the start",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setSecret(command) }),
    .init(
      name: ".whoami", group: .place, summary: "whom queries run as, and where",
      perform: { (shell, _) throws(MetaCommand.Problem) in shell.whoAmI() }),
    .init(
      name: ".use", arguments: "[DATABASE]", group: .place, summary: "go to a child database; .. up, / to the top",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.use(command) }),
    .init(
      name: ".open", arguments: "[FILE]", group: .place,
      summary: "another database; without a file a new one in memory",
      takesFile: true, perform: { (shell, command) throws(MetaCommand.Problem) in try shell.open(command) }),
    .init(
      name: ".save", arguments: "FILE", group: .place, summary: "an exact copy of the database", takesFile: true,
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.save(command) }),
  ]

  private static let data: [CommandDeclaration] = [
    .init(
      name: ".dump", arguments: "[FILE]", group: .data, summary: "a script that rebuilds the database", takesFile: true,
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.dump(command) }),
    .init(
      name: ".import", aliases: [".load"],
      arguments: "FILE [COLLECTION] [--id F] [--type F::date|number|bool] [--max-errors N]", group: .data,
      summary: "documents from CSV, TSV, JSON or NDJSON", takesFile: true,
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.importFile(command) }),
    .init(
      name: ".export", arguments: "COLLECTION FILE", group: .data, summary: "documents to CSV, TSV, JSON or NDJSON",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.exportFile(command) }),
  ]

  private static let texts: [CommandDeclaration] = [
    .init(
      name: ".read", arguments: "FILE", group: .texts, summary: "run a file", takesFile: true,
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.read(command) }),
    .init(
      name: ".output", arguments: "[FILE]", group: .texts, summary: "results to a file; alone: to standard output",
      takesFile: true, perform: { (shell, command) throws(MetaCommand.Problem) in try shell.redirect(command) }),
    .init(
      name: ".echo", arguments: "[on|off]", group: .texts, summary: "print statements before their results",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setFlag(command, \.echoes) }),
    .init(
      name: ".bail", arguments: "[on|off]", group: .texts, summary: "stop at the first error",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.setFlag(command, \.stopsAtErrors) }),
  ]

  private static let shell: [CommandDeclaration] = [
    .init(
      name: ".edit", arguments: "[N]", group: .shell, summary: "the pending text, entry N or the last in your editor",
      worksWhilePending: true, perform: { (shell, command) throws(MetaCommand.Problem) in try shell.edit(command) }),
    .init(
      name: ".history", arguments: "[N]", group: .shell, summary: "the last 20, or N, entries",
      perform: { (shell, command) throws(MetaCommand.Problem) in try shell.showHistory(command) }),
    .init(
      name: ".clear", group: .shell, summary: "clear the screen",
      perform: { (shell, _) throws(MetaCommand.Problem) in shell.console?.clearScreen() }),
    .init(
      name: ".break", group: .shell, summary: "drop the unfinished text", worksWhilePending: true,
      perform: { (shell, _) throws(MetaCommand.Problem) in shell.console?.dropPendingText() }),
    .init(
      name: ".help", arguments: "[NAME]", group: .shell, summary: "this list, or a command or function",
      worksWhilePending: true, perform: { (shell, command) throws(MetaCommand.Problem) in try shell.help(command) }),
    .init(
      name: ".quit", aliases: [".exit"], arguments: "[N]", group: .shell, summary: "leave, with that status",
      worksWhilePending: true, perform: { (shell, command) throws(MetaCommand.Problem) in try shell.quit(command) }),
  ]
}

extension Shell {
  /// Follows a line for the shell; false where it failed.
  func perform(_ command: MetaCommand) -> Bool {
    guard let declaration = CommandDeclaration.named(command.name) else {
      return report(command.unknown, in: command.source)
    }
    do throws(MetaCommand.Problem) {
      try declaration.perform(self, command)
      if output.isTerminal { output.flush() }
      return true
    } catch {
      if error.message.isEmpty {
        if status == ExitStatus.success { fail(error.status) }
      } else {
        report(error.message, status: error.status, of: command)
      }
      return false
    }
  }
}
