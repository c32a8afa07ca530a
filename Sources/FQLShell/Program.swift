import FQLEngine
import FQLStorage
import FQLSyntax
import FQLValues

/// The program `fql`.
public enum Program {
  public static let version = "0.1.0"

  /// Runs the program and ends the process.
  ///
  /// Evaluating, printing and freeing deep values recurses, so everything happens on a thread with a stack that no
  /// value fills; its memory is only reserved. Signals go to that thread as well.
  public static func main() -> Never {
    Memory.prepare()
    if let status = runOnDeepStack(size: 1 << 30) ?? runOnDeepStack(size: 1 << 26) { exit(status) }
    exit(run())
  }

  private static func runOnDeepStack(size: Int) -> Int32? {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, size) == 0 else { return nil }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let mask = UnsafeMutablePointer<sigset_t>.allocate(capacity: 1)
    mask.initialize(to: before)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = pthread_create(
      &thread, &attributes,
      { mask in
        #if canImport(Darwin)
          pthread_sigmask(SIG_SETMASK, mask.assumingMemoryBound(to: sigset_t.self), nil)
        #else
          pthread_sigmask(SIG_SETMASK, mask?.assumingMemoryBound(to: sigset_t.self), nil)
        #endif
        exit(Program.run())
      }, mask)
    guard result == 0 else {
      pthread_sigmask(SIG_SETMASK, &before, nil)
      return nil
    }
    #if canImport(Darwin)
      if let thread { pthread_join(thread, nil) }
    #else
      pthread_join(thread, nil)
    #endif
    return ExitStatus.success
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
