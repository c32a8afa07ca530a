import FQLEngine
import FQLStorage
import FQLSyntax
import FQLValues

/// The program `fql`.
public enum Program {
  public static let version = "0.1.0"

  /// Runs the program and ends the process.
  public static func main() -> Never {
    Memory.prepare()
    for stackBytes in [1 << 30, 1 << 26] {
      DeepThread(stackBytes: stackBytes, takesSignals: true) { exit(run()) }?.join()
    }
    exit(run())
  }

  /// Runs the program; the exit status.
  private static func run() -> Int32 {
    let output = Output(.standardOutput, name: "standard output")
    var notices = Notices(
      styles: Styles(isColored: ColorChoice.auto.applies(isTerminal: Descriptor.standardError.isTerminal)))
    let invocation: Invocation
    do throws(Invocation.Problem) {
      invocation = try Invocation(arguments())
    } catch {
      notices.write("\(notices.styles.error("error:")) \(error.message)\nTry 'fql --help'.\n")
      return ExitStatus.usage
    }
    notices.styles.isColored = invocation.color.applies(isTerminal: Descriptor.standardError.isTerminal)
    if invocation.showsVersion {
      output.line("fql \(version)")
      return finish(output, notices, ExitStatus.success)
    }
    switch invocation.command {
    case _ where invocation.showsHelp: return Help.run(invocation, output, notices)
    case .run: return Program.shell(invocation, output, notices)
    case .ast: return Tool(invocation, output, notices).printTrees()
    case .check: return Tool(invocation, output, notices).check()
    case .fmt: return Tool(invocation, output, notices).format()
    case .print: return Tool(invocation, output, notices).printValues()
    case .help: return Help.run(invocation, output, notices)
    }
  }

  private static func shell(_ invocation: Invocation, _ output: Output, _ notices: Notices) -> Int32 {
    var keySets: [String: String] = [:]
    for (uri, file) in invocation.keyFiles {
      do throws(SystemError) {
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        guard Database.Options.isKeySet(text) else {
          notices.write("\(notices.styles.error("error:")) \(file): not a JSON Web Key Set\n")
          return ExitStatus.syntax
        }
        keySets[uri] = text
      } catch {
        notices.write("\(notices.styles.error("error:")) \(file): \(error.text)\n")
        return ExitStatus.noInput
      }
    }
    do throws(StoreError) {
      let shell = try Shell(invocation, keySets: keySets, output: output, notices: notices)
      if invocation.inputs.isEmpty, Descriptor.standardInput.isTerminal, Descriptor.standardError.isTerminal {
        return InteractiveShell(shell).run()
      }
      shell.run(invocation.inputs.isEmpty ? [.standardInput] : invocation.inputs)
      // What is in memory goes with the process: it is not freed piece by piece.
      return withExtendedLifetime(shell) { exit(shell.finish()) }
    } catch {
      notices.write("\(notices.styles.error("error:")) \(error.description)\n")
      return ExitStatus.inputOutput
    }
  }

  /// Writes what is left; the exit status.
  static func finish(_ output: Output, _ notices: Notices, _ status: Int32) -> Int32 {
    output.flush()
    guard let failure = output.failure else { return status }
    notices.write("\(notices.styles.error("error:")) \(output.name): \(failure.text)\n")
    return ExitStatus.inputOutput
  }

  /// The arguments as they came, behind the program's name.
  private static func arguments() -> [[UInt8]] {
    var arguments: [[UInt8]] = []
    for number in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[number] else { break }
      arguments.append(Array(UnsafeRawBufferPointer(start: argument, count: strlen(argument))))
    }
    return arguments
  }
}
