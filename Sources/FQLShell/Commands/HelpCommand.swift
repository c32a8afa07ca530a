import FQLSyntax

extension Shell {
  /// `.help [NAME]`
  func help(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let name = try command.arguments().first else {
      return output.line(CommandDeclaration.overview)
    }
    if let declaration = CommandDeclaration.named(name) ?? CommandDeclaration.named("." + name) {
      return output.line("\(declaration.usage)\n  \(declaration.summary)")
    }
    guard let text = Reference.text(of: name) else {
      throw MetaCommand.Problem(message: Reference.unknown(name), status: ExitStatus.queryFailed)
    }
    output.line(text)
  }
}

extension CommandDeclaration {
  /// The commands in groups.
  static var overview: String {
    var lines: [String] = []
    for group in Group.allCases {
      if !lines.isEmpty { lines.append("") }
      lines.append(group.rawValue)
      for command in all where command.group == group {
        let usage = command.usage
        if usage.utf8.count > 22 {
          lines.append("  " + usage)
          lines.append(String(repeating: " ", count: 26) + command.summary)
        } else {
          lines.append("  " + usage + String(repeating: " ", count: 24 - usage.utf8.count) + command.summary)
        }
      }
    }
    lines.append("")
    lines.append(".help NAME tells about a function, such as .help Paginate.")
    return lines.joined(separator: "\n")
  }
}
