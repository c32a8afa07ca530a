import FQLSyntax
import FQLValues

/// The commands that evaluate nothing: `ast`, `check`, `fmt`, `print`.
struct Tool {
  let invocation: Invocation
  let output: Output
  let notices: Notices

  init(_ invocation: Invocation, _ output: Output, _ notices: Notices) {
    self.invocation = invocation
    self.output = output
    self.notices = notices
  }

  /// The texts to work on: standard input where none is named.
  private var inputs: [Invocation.Input] {
    invocation.inputs.isEmpty ? [.standardInput] : invocation.inputs
  }

  /// Goes through the inputs; the exit status of the last that failed.
  private func forEachInput(_ body: (_ bytes: [UInt8], _ name: String, _ path: String?) -> Int32) -> Int32 {
    var status = ExitStatus.success
    for input in inputs {
      var result = ExitStatus.success
      do throws(SystemError) {
        switch input {
        case .file(let path): result = body(try Files.read(path), path, path)
        case .standardInput: result = body(try Descriptor.standardInput.readAll(), "<stdin>", nil)
        case .argument: break
        }
      } catch {
        var name = "standard input"
        if case .file(let path) = input { name = path }
        report("\(name): \(error.code == ENOENT ? "no such file" : error.text)")
        result = ExitStatus.noInput
      }
      if result != ExitStatus.success { status = result }
    }
    return Program.finish(output, notices, status)
  }

  private func report(_ message: String) {
    var report = ErrorReport(styles: notices.styles)
    report.add(message: message)
    notices.write(report.text)
  }

  private func report(_ diagnostic: Diagnostic, in source: Source) {
    output.flush()
    var report = ErrorReport(styles: notices.styles)
    report.add(diagnostic, in: source)
    notices.write(report.text)
  }

  // MARK: Commands

  /// `fql ast`: the wire JSON of each query, one a line.
  func printTrees() -> Int32 {
    forEachInput { bytes, name, _ in
      let source = Source(name: name, bytes: bytes)
      do throws(Diagnostic) {
        for statement in try Script(parsing: source).statements {
          output.write { out in
            out.append(wire: statement.expr)
            out.append(UInt8(ascii: "\n"))
          }
        }
        return ExitStatus.success
      } catch {
        report(error, in: source)
        return ExitStatus.syntax
      }
    }
  }

  /// `fql check`: everything that is wrong with the texts.
  func check() -> Int32 {
    forEachInput { bytes, name, _ in
      var reader = StatementReader(name: name)
      reader.append(bytes)
      reader.finish()
      var isGood = true
      while true {
        switch reader.next() {
        case .statement: break
        case .end, .needsMore: return isGood ? ExitStatus.success : ExitStatus.syntax
        case .failure(let diagnostic, let source):
          report(diagnostic, in: source)
          isGood = false
        case .command(let line, let source, let span):
          _ = reader.takeLine()
          if let problem = problem(line, source, span, &reader) {
            report(problem.0, in: problem.1)
            isGood = false
          }
        }
      }
    }
  }

  /// What is wrong with a line for the shell.
  private func problem(
    _ line: String, _ source: Source, _ span: Span, _ reader: inout StatementReader
  ) -> (Diagnostic, Source)? {
    let command = MetaCommand(line, source, span, WholeText([], name: source.name))
    if CommandDeclaration.named(command.name) == nil { return (command.unknown, source) }
    guard let (diagnostic, text) = CommandQuery.problem(in: line, &reader) else { return nil }
    let first = source.position(at: Int(span.start)).line
    return (diagnostic, Source(name: text.name, bytes: text.bytes, firstLine: first))
  }

  /// `fql fmt`: the formatted text on standard output, or with `-w` in the file itself.
  func format() -> Int32 {
    forEachInput { bytes, name, path in
      let source = Source(name: name, bytes: bytes)
      let text: String
      do throws(Diagnostic) {
        text = try Formatter.format(source)
      } catch {
        report(error, in: source)
        return ExitStatus.syntax
      }
      let isFormatted = text.utf8.elementsEqual(bytes)
      if invocation.checksOnly {
        if !isFormatted { output.line(name) }
        return isFormatted ? ExitStatus.success : ExitStatus.queryFailed
      }
      guard invocation.writesBack, let path else {
        output.write { $0.append(text) }
        return ExitStatus.success
      }
      if isFormatted { return ExitStatus.success }
      do throws(SystemError) {
        try Files.write(text, to: path)
        return ExitStatus.success
      } catch {
        report("\(path): \(error.text)")
        return ExitStatus.inputOutput
      }
    }
  }

  /// `fql print`: values in wire JSON, one after another, in a format.
  func printValues() -> Int32 {
    let printer = ValuePrinter()
    let colors: TextColors? = invocation.color.applies(isTerminal: output.isTerminal) ? .standard : nil
    return forEachInput { bytes, name, _ in
      bytes.withUnsafeBufferPointer { buffer in
        var offset = 0
        do throws(WireError) {
          while let tree = try WireReader.read(buffer, from: &offset) {
            output.write { out in
              printer.print(
                Value(displaying: tree), as: invocation.format ?? .literal, depth: invocation.depth, colors: colors,
                escapesControls: output.isTerminal, to: &out)
            }
          }
          return ExitStatus.success
        } catch {
          report(
            Diagnostic(error.message, at: Span(error.offset, error.offset + 1)), in: Source(name: name, bytes: bytes))
          return ExitStatus.syntax
        }
      }
    }
  }
}
