import FQLSyntax

/// The usage text and the reference of functions.
enum Help {
  static func run(_ invocation: Invocation, _ output: Output, _ notices: Notices) -> Int32 {
    output.line(usage)
    return Program.finish(output, notices, ExitStatus.success)
  }

  static var usage: String {
    var text = "usage:\n"
    for command in Command.allCases { text += "  \(command.usage)\n      \(command.summary)\n" }
    text += "options:\n"
    for option in OptionDeclaration.all where !option.isHidden {
      let spelling = option.spellings.joined(separator: ", ") + (option.argument.map { " " + $0 } ?? "")
      text += "  " + spelling + String(repeating: " ", count: max(2, 22 - spelling.utf8.count)) + option.summary + "\n"
    }
    text.removeLast()
    return text
  }
}
