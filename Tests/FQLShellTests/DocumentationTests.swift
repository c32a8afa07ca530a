import Testing

@testable import FQLShell

@Suite struct DocumentationTests {
  @Test(arguments: CompletionScript.allCases)
  func `the completion scripts are those that the program writes`(shell: CompletionScript) throws {
    let name =
      switch shell {
      case .bash: "fql.bash"
      case .zsh: "_fql"
      case .fish: "fql.fish"
      }
    #expect(try repositoryText("completions/\(name)") == shell.text, "fql help --completion \(shell.rawValue)")
  }

  @Test func `the manual names every option and command`() throws {
    let manual = try repositoryText("docs/fql.1").replacing("\\-", with: "-")
    for option in OptionDeclaration.all where !option.isHidden {
      for spelling in option.spellings { #expect(manual.contains(spelling), "\(spelling)") }
    }
    for command in CommandDeclaration.all {
      for name in [command.name] + command.aliases { #expect(manual.contains(name), "\(name)") }
    }
    for command in Command.allCases where command != .run { #expect(manual.contains(".B fql \(command.rawValue)")) }
  }
}
