/// One option of the command line.
struct OptionDeclaration: Sendable {
  enum Name: Sendable {
    case evaluate, format, database, secret, keys, color, depth, now, seed, timing, quiet, goOn, write, check, version,
      help
    case completion
  }

  var name: Name
  /// With its dashes.
  var spellings: [String]
  /// What its argument is called; nil where it takes none.
  var argument: String?
  /// The arguments that it takes, where they are few.
  var choices: [String] = []
  var summary: String
  /// The commands that take it; nil for all.
  var commands: [Command]?
  var isHidden = false
}

/// What the program is asked to do.
enum Command: String, CaseIterable, Sendable {
  /// Run queries: the command without a name.
  case run
  case ast, check, fmt, print, help

  var summary: String {
    switch self {
    case .run: "Run files; without files the shell on a terminal, else standard input."
    case .ast: "Print the wire JSON of each query, one a line; nothing is evaluated."
    case .check: "Parse files and report what is wrong with them."
    case .fmt: "Format files."
    case .print: "Print wire JSON values (saved responses, exports) in a format."
    case .help: "Show this text, or the reference of a function."
    }
  }

  var usage: String {
    switch self {
    case .run: "fql [options] [FILE ...]"
    case .ast: "fql ast [-|FILE ...]"
    case .check: "fql check [-|FILE ...]"
    case .fmt: "fql fmt [-w] [--check] [-|FILE ...]"
    case .print: "fql print [--format FORMAT] [--depth N] [-|FILE ...]"
    case .help: "fql help [FUNCTION]"
    }
  }
}

extension OptionDeclaration {
  /// All options: what the command line is read by, and the usage text and the completions of shells are made from.
  static let all: [OptionDeclaration] = [
    .init(
      name: .evaluate, spellings: ["-e", "--eval"], argument: "QUERY",
      summary: "run a query given as an argument; may be repeated", commands: [.run]),
    .init(
      name: .format, spellings: ["--format"], argument: "FORMAT", choices: Format.names,
      summary: "how results are printed (default: literal)", commands: [.run, .print]),
    .init(
      name: .database, spellings: ["--db"], argument: "FILE",
      summary: "keep the data in a file; without it, in memory", commands: [.run]),
    .init(
      name: .secret, spellings: ["--secret"], argument: "SECRET", summary: "authenticate as this key or token",
      commands: [.run]),
    .init(
      name: .keys, spellings: ["--jwks"], argument: "URI=FILE",
      summary: "the keys of the access providers with that jwks_uri; may be repeated", commands: [.run]),
    .init(
      name: .color, spellings: ["--color"], argument: "WHEN", choices: ColorChoice.allCases.map(\.rawValue),
      summary: "colours on output (default: auto, also governed by NO_COLOR)"),
    .init(
      name: .depth, spellings: ["--depth"], argument: "N",
      summary: "show containers below that many levels as [Object] and [Array]", commands: [.run, .print]),
    .init(
      name: .now, spellings: ["--now"], argument: "TIME",
      summary: "the clock begins at this time and counts 1 µs a transaction", commands: [.run]),
    .init(
      name: .seed, spellings: ["--seed"], argument: "N", summary: "reproducible ids and secrets", commands: [.run]),
    .init(
      name: .timing, spellings: ["--timing"], summary: "time, reads and writes of each query on standard error",
      commands: [.run]),
    .init(name: .quiet, spellings: ["--quiet"], summary: "no banner", commands: [.run]),
    .init(
      name: .goOn, spellings: ["--continue"], summary: "go on after a query that fails", commands: [.run]),
    .init(name: .write, spellings: ["-w", "--write"], summary: "write the formatted text back", commands: [.fmt]),
    .init(
      name: .check, spellings: ["--check"], summary: "say which files are not formatted; write nothing",
      commands: [.fmt]),
    .init(name: .version, spellings: ["--version"], summary: "print the version"),
    .init(name: .help, spellings: ["--help", "-h"], summary: "print this text"),
    .init(
      name: .completion, spellings: ["--completion"], argument: "SHELL", choices: ["bash", "zsh", "fish"],
      summary: "print a completion script", commands: [.help], isHidden: true),
  ]
}
