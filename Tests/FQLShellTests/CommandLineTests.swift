import Testing

@testable import FQLShell

@Suite struct CommandLineTests {
  private func read(_ words: String...) throws -> Invocation {
    try Invocation(words.map { Array($0.utf8) })
  }

  private func problem(_ words: String...) -> String? {
    do throws(Invocation.Problem) {
      _ = try Invocation(words.map { Array($0.utf8) })
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `inputs keep their order`() throws {
    let invocation = try read("a.fql", "-e", "1", "-", "-e2", "--", "-b")
    #expect(
      invocation.inputs == [
        .file("a.fql"), .argument(Array("1".utf8), 1), .standardInput, .argument(Array("2".utf8), 2), .file("-b"),
      ])
  }

  @Test func `options take their argument beside them or behind an equals sign`() throws {
    #expect(try read("--format", "json").format == .json)
    #expect(try read("--format=json").format == .json)
    #expect(try read("print", "--depth=2", "-").depth == 2)
    #expect(try read("--continue", "--timing", "--quiet").goesOn)
  }

  @Test func `mistakes are named`() {
    #expect(problem("--formt", "json") == "unknown option --formt; did you mean --format?")
    #expect(problem("--format") == "option --format needs an argument FORMAT")
    #expect(
      problem("--format", "jsno")
        == "--format jsno: not one of literal, legacy, inspect, json, wire; did you mean json?")
    #expect(problem("--depth", "-1") == "--depth -1: not a number from 0 up")
    #expect(problem("--now", "noon") == "--now noon: not a time such as 2020-01-01T00:00:00Z")
    #expect(problem("--quiet=yes") == "option --quiet takes no argument")
    #expect(problem("ast", "-e", "1") == "fql ast takes no option -e")
  }
}
