import FQLSyntax

extension Shell {
  /// `.format [F]`
  func setFormat(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let name = try command.arguments().first else { return output.line(settings.format.rawValue) }
    guard let format = Format(rawValue: name) else {
      let suggestion = Suggestion.nearest(to: name, among: Format.names).map { "; did you mean \($0)?" } ?? ""
      throw MetaCommand.Problem(
        message: "unknown format \(name), not one of \(Format.names.joined(separator: ", "))\(suggestion)",
        status: ExitStatus.syntax)
    }
    settings.format = format
  }

  /// `.depth N|off`, `.lines N|off`
  func setLimit(
    _ command: MetaCommand, minimum: Int, _ limit: WritableKeyPath<Settings, Int?>
  ) throws(MetaCommand.Problem) {
    guard let word = try command.arguments().first else {
      return output.line(settings[keyPath: limit].map(String.init) ?? "off")
    }
    if word == "off" {
      settings[keyPath: limit] = nil
    } else if let number = Int(word), number >= minimum {
      settings[keyPath: limit] = number
    } else {
      throw MetaCommand.Problem(
        message: "\(command.name) \(word): neither a number from \(minimum) up nor off", status: ExitStatus.syntax)
    }
  }

  /// `.timing on|off` and its like.
  func setFlag(_ command: MetaCommand, _ flag: WritableKeyPath<Settings, Bool>) throws(MetaCommand.Problem) {
    switch try command.arguments().first {
    case nil: output.line(settings[keyPath: flag] ? "on" : "off")
    case "on": settings[keyPath: flag] = true
    case "off": settings[keyPath: flag] = false
    case let word?:
      throw MetaCommand.Problem(message: "\(command.name) \(word): neither on nor off", status: ExitStatus.syntax)
    }
  }
}
