import FQLSyntax

/// The usage text, the reference of functions and commands, and the completion scripts: `fql help`, `fql --help`.
enum Help {
  static func run(_ invocation: Invocation, _ output: Output, _ notices: Notices) -> Int32 {
    if let shell = invocation.completion.flatMap({ CompletionScript(rawValue: $0) }) {
      output.write { $0.append(shell.text) }
    } else if invocation.showsHelp {
      output.line(usage)
    } else if let topic = invocation.topic {
      guard let text = text(about: topic) else {
        notices.write("\(notices.styles.error("error:")) \(Reference.unknown(topic.escapingControls()))\n")
        return ExitStatus.usage
      }
      output.line(text)
    } else {
      output.line("\(usage)\n\nfunctions:\n\n\(Reference.overview)\n\nfql help NAME tells more about a function.")
    }
    return Program.finish(output, notices, ExitStatus.success)
  }

  private static func text(about topic: String) -> String? {
    if let command = CommandDeclaration.named(topic) { return "\(command.usage)\n  \(command.summary)" }
    return Reference.text(of: topic)
  }

  static var usage: String {
    var lines = ["usage:"]
    for command in Command.allCases {
      lines += ["  \(command.usage)", "      \(command.summary)"]
    }
    lines.append("options:")
    for option in OptionDeclaration.all where !option.isHidden {
      let argument = option.choices.isEmpty ? option.argument : option.choices.joined(separator: "|")
      let spelling = "  " + option.spellings.joined(separator: ", ") + (argument.map { " " + $0 } ?? "")
      if spelling.utf8.count > 22 {
        lines += [spelling, String(repeating: " ", count: 24) + option.summary]
      } else {
        lines.append(spelling + String(repeating: " ", count: 24 - spelling.utf8.count) + option.summary)
      }
    }
    return lines.joined(separator: "\n")
  }
}
