/// Completion for the shells of the system, made from the declaration of the options.
enum CompletionScript: String, CaseIterable {
  case bash, zsh, fish

  var text: String {
    switch self {
    case .bash: CompletionScript.bashText
    case .zsh: CompletionScript.zshText
    case .fish: CompletionScript.fishText
    }
  }

  private static var options: [OptionDeclaration] { OptionDeclaration.all.filter { !$0.isHidden } }
  private static var commands: [Command] { Command.allCases.filter { $0 != .run } }

  /// What takes a file as its argument.
  private static func takesFile(_ option: OptionDeclaration) -> Bool { option.argument == "FILE" }

  // MARK: bash

  private static var bashText: String {
    var lines = [
      "# Completion of fql for bash; written by: fql help --completion bash",
      "_fql() {",
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}",
      "  COMPREPLY=()",
      "  case $previous in",
    ]
    for option in options where option.argument != nil {
      let pattern = option.spellings.joined(separator: " | ")
      if !option.choices.isEmpty {
        let words = option.choices.joined(separator: " ")
        lines.append("    \(pattern)) COMPREPLY=($(compgen -W \"\(words)\" -- \"$current\")); return ;;")
      } else if takesFile(option) {
        lines.append("    \(pattern)) COMPREPLY=($(compgen -f -- \"$current\")); return ;;")
      } else {
        lines.append("    \(pattern)) return ;;")
      }
    }
    lines += [
      "    help) COMPREPLY=($(compgen -W \"$(fql help | sed -n 's/^  \\([A-Z][A-Za-z]*\\)(.*/\\1/p')\" -- \"$current\")); return ;;",
      "  esac",
      "  if [[ $current == -* ]]; then",
      "    COMPREPLY=($(compgen -W \"\(options.flatMap(\.spellings).joined(separator: " "))\" -- \"$current\"))",
      "    return",
      "  fi",
      "  COMPREPLY=($(compgen -f -- \"$current\"))",
      "  if ((COMP_CWORD == 1)); then",
      "    COMPREPLY+=($(compgen -W \"\(commands.map(\.rawValue).joined(separator: " "))\" -- \"$current\"))",
      "  fi",
      "}",
      "complete -o filenames -F _fql fql",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: zsh

  private static func quoted(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
  }

  private static var zshText: String {
    var lines = [
      "#compdef fql",
      "# Completion of fql for zsh; written by: fql help --completion zsh",
      "",
      "_fql() {",
      "  local -a commands options",
      "  commands=(",
    ]
    for command in commands { lines.append("    '\(command.rawValue):\(quoted(command.summary))'") }
    lines += ["  )", "  options=("]
    for option in options {
      for spelling in option.spellings {
        var line = "\(spelling)[\(quoted(option.summary))]"
        if let argument = option.argument {
          let action =
            !option.choices.isEmpty
            ? "(\(option.choices.joined(separator: " ")))" : takesFile(option) ? "_files" : " "
          line += ":\(argument.lowercased()):\(action)"
        }
        lines.append("    '\(option.name == .evaluate ? "*" : "")\(line)'")
      }
    }
    lines += [
      "  )",
      "  if ((CURRENT > 2)) && [[ $words[2] == help ]]; then",
      "    compadd -- ${(f)\"$(fql help | sed -n 's/^  \\([A-Z][A-Za-z]*\\)(.*/\\1/p')\"}",
      "    return",
      "  fi",
      "  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then",
      "    _describe command commands",
      "  fi",
      "  _arguments -s $options '*:file:_files'",
      "}",
      "",
      "_fql \"$@\"",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: fish

  private static var fishText: String {
    var lines = ["# Completion of fql for fish; written by: fql help --completion fish"]
    for command in commands {
      lines.append(
        "complete -c fql -n __fish_use_subcommand -a \(command.rawValue) -d '\(fishQuoted(command.summary))'")
    }
    lines.append(
      "complete -c fql -n '__fish_seen_subcommand_from help' -f -a \"(fql help | string match -rg '^  ([A-Z][A-Za-z]*)\\\\(')\""
    )
    for option in options {
      var line = "complete -c fql"
      for spelling in option.spellings {
        line += spelling.hasPrefix("--") ? " -l \(spelling.dropFirst(2))" : " -s \(spelling.dropFirst())"
      }
      if option.argument != nil { line += takesFile(option) ? " -r" : " -x" }
      if !option.choices.isEmpty { line += " -a '\(option.choices.joined(separator: " "))'" }
      lines.append(line + " -d '\(fishQuoted(option.summary))'")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func fishQuoted(_ text: String) -> String {
    text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
  }
}
