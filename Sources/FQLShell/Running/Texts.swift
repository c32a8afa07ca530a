import FQLSyntax
import FQLValues

/// Where a text comes from, line by line.
protocol TextFeed: AnyObject {
  var reader: StatementReader { get set }
  /// Gets more text for the reader; false where there is none.
  func readMore() throws(SystemError) -> Bool
}

extension TextFeed {
  /// The next line as it stands: what a command takes that goes on over lines.
  func nextLine() throws(SystemError) -> String? {
    while true {
      if let line = reader.takeLine() { return line }
      guard try readMore() else { return nil }
    }
  }
}

/// A text that is there as a whole: a file, or an argument.
final class WholeText: TextFeed {
  var reader: StatementReader

  init(_ bytes: [UInt8], name: String) {
    reader = StatementReader(name: name, knowsForms: true)
    reader.append(bytes)
    reader.finish()
  }

  /// The text of a file.
  init(reading path: String) throws(SystemError) {
    reader = StatementReader(name: path, knowsForms: true)
    let file = try Files.open(path)
    defer { file.close() }
    while try file.read(to: &reader, upTo: 1 << 18) > 0 {}
    reader.finish()
  }

  func readMore() -> Bool { false }
}

/// A text that comes piece by piece; results so far are shown before it waits.
final class StreamedText: TextFeed {
  var reader: StatementReader
  private let descriptor: Descriptor
  private let beforeWaiting: () -> Void
  private var isAtEnd = false

  init(_ descriptor: Descriptor, name: String, beforeWaiting: @escaping () -> Void) {
    reader = StatementReader(name: name, knowsForms: true)
    self.descriptor = descriptor
    self.beforeWaiting = beforeWaiting
  }

  /// Whether more can be read without waiting for it.
  var hasMore: Bool { isAtEnd || descriptor.canRead }

  func readMore() throws(SystemError) -> Bool {
    if isAtEnd { return false }
    if !hasMore { beforeWaiting() }
    if try descriptor.read(to: &reader, upTo: 1 << 16) == 0 {
      isAtEnd = true
      reader.finish()
    }
    return true
  }
}

extension Descriptor {
  /// Reads what is there to the end of a reader's text, at most `count` bytes; how much that was: 0 at the end.
  fileprivate func read(to reader: inout StatementReader, upTo count: Int) throws(SystemError) -> Int {
    try reader.append(upTo: count) { (buffer) throws(SystemError) in try read(into: buffer) }
  }
}

extension Shell {
  /// Runs the inputs of the command line, one after another.
  func run(_ inputs: [Invocation.Input]) {
    for input in inputs {
      let goesOn =
        switch input {
        case .argument(let bytes, let number): runWhole(WholeText(bytes, name: "<arg\(number)>"))
        case .file(let path): runFile(path)
        case .standardInput: runStandardInput()
        }
      if isLeaving || (!goesOn && settings.stopsAtErrors) { return }
    }
  }

  /// Runs a file; false where something failed.
  func runFile(_ path: String) -> Bool {
    let text: WholeText
    do throws(SystemError) {
      text = try WholeText(reading: path)
    } catch {
      report("\(path): \(error.code == ENOENT ? "no such file" : error.text)", status: ExitStatus.noInput)
      return false
    }
    return runWhole(text)
  }

  /// Runs a text that is there as a whole: every stretch up to a command is parsed before any of it runs.
  ///
  /// `stopsAtErrors` says whether the first failure skips the rest; nil: as is set.
  func runWhole(_ text: WholeText, stopsAtErrors: Bool? = nil) -> Bool {
    let isGood = runStretches(of: text, stopsAtErrors: stopsAtErrors)
    return settle() && isGood
  }

  private func runStretches(of text: WholeText, stopsAtErrors: Bool?) -> Bool {
    var waiting: [(Statement, Source)] = []
    var isGood = true
    while true {
      let step = text.reader.next()
      switch step {
      case .statement(let statement, let source):
        waiting.append((statement, source))
        continue
      case .failure(let diagnostic, let source):
        report(diagnostic, in: source)
        return false
      case .command, .end, .needsMore: break
      }
      for (statement, source) in waiting {
        if !perform(.statement(statement, source), text) { isGood = false }
        if isLeaving || (!isGood && stopsAtErrors ?? settings.stopsAtErrors) { return isGood }
      }
      waiting.removeAll(keepingCapacity: true)
      guard case .command = step else { return isGood }
      if !perform(step, text) { isGood = false }
      if isLeaving || (!isGood && stopsAtErrors ?? settings.stopsAtErrors) { return isGood }
    }
  }

  /// Runs standard input: each statement as soon as it is complete, in memory that does not grow with the text.
  func runStandardInput() -> Bool {
    let text = StreamedText(.standardInput, name: "<stdin>") { [unowned self] in output.flush() }
    let isGood = run(text)
    return settle() && isGood
  }

  private func run(_ text: StreamedText) -> Bool {
    var isGood = true
    do throws(SystemError) {
      while true {
        if text.reader.hasText { finished = .needsMore }
        let step = text.reader.next()
        if case .end = step { return isGood }
        if case .needsMore = step {
          if !text.hasMore, !settle() {
            isGood = false
            if settings.stopsAtErrors { return isGood }
          }
          if try text.readMore() { continue }
          return isGood
        }
        if !perform(step, text) { isGood = false }
        finished = step
        if isLeaving || (!isGood && settings.stopsAtErrors) { return isGood }
      }
    } catch {
      report("standard input: \(error.text)", status: ExitStatus.noInput)
      return false
    }
  }

  /// Does one step of a text; false where it failed.
  func perform(_ step: StatementReader.Step, _ feed: any TextFeed) -> Bool {
    switch step {
    case .statement(let statement, let source):
      if settings.echoes { echo(source.text(statement.span)) }
      let isGood = run(statement, of: source)
      // Where nothing can be written any more, nothing is run any more.
      if output.failure != nil { isLeaving = true }
      return isGood
    case .command(let line, let source, let span):
      let isSettled = settle()
      if !isSettled, settings.stopsAtErrors { return false }
      // The reader still stands before the end of the command's own line.
      _ = feed.reader.takeLine()
      // What is printed may be kept: the argument of `.secret` is not shown.
      if settings.echoes { echo(SecretMask.mask(line) ?? line) }
      return perform(MetaCommand(line, source, span, feed)) && isSettled
    case .failure(let diagnostic, let source): return report(diagnostic, in: source, asAnswer: true)
    case .needsMore, .end: return true
    }
  }

  /// Prints a statement as it would look at a prompt.
  func echo(_ text: String) {
    var prefix = "> "
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      output.line(prefix + (line.hasSuffix("\r") ? String(line.dropLast()) : String(line)))
      prefix = "... "
    }
  }
}
