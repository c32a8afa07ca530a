import FQLEngine
import FQLStorage
import FQLSyntax
import FQLValues

/// The program while it runs: the database, who speaks to it, the settings, and where output goes.
final class Shell {
  let invocation: Invocation
  var settings = Settings()
  var place: DatabasePlace
  var session: Session
  /// Where results go: standard output, or the file of `.output`.
  var output: Output
  let standardOutput: Output
  var notices: Notices
  let values = ValuePrinter()
  /// The exit status that the last failure asks for.
  var status = ExitStatus.success
  /// The files that `.read` is in, the outermost first.
  var readStack: [ReadingPlace] = []
  /// The last answer that was a value, and the last that was not.
  var lastValue: Response?
  var lastErrors: Response?
  /// True where the last query had the form of the driver.
  var lastWasDriverCall = false
  /// The last step of standard input, kept until there is more to run: where there is not, it need not be taken apart, since the
  /// process ends.
  var finished = StatementReader.Step.needsMore
  /// The exit status that `.quit` asked for.
  var requestedStatus: Int32?
  /// True once somebody asked to leave.
  var isLeaving = false
  /// The terminal, where a person sits at it.
  weak var console: (any Console)?
  var isInteractive: Bool { console != nil }
  /// The file that results go to, while `.output` says so.
  var redirection: NewFile?
  var resultColors: TextColors?

  /// What was answered by statements that are not on disk yet, and since when the first of them waits.
  private var held: [HeldAnswer] = []
  private var heldSince: Int64 = 0

  private struct HeldAnswer {
    var response: Response
    var statement: Statement
    var source: Source
  }

  /// A file that is being read, and the line of the `.read` in it that is being followed.
  struct ReadingPlace {
    var name: String
    var line: Int
  }

  /// `keySets` are the keys of access providers by their addresses.
  init(
    _ invocation: Invocation, keySets: [String: String] = [:], output: Output, notices: Notices
  ) throws(StoreError) {
    self.invocation = invocation
    standardOutput = output
    self.output = output
    self.notices = notices
    settings.format = invocation.format ?? .literal
    settings.depth = invocation.depth
    settings.showsTiming = invocation.showsTiming
    settings.stopsAtErrors = !invocation.goesOn
    resultColors = invocation.color.applies(isTerminal: output.isTerminal) ? .standard : nil
    place = try DatabasePlace(
      file: invocation.databaseFile, options: .init(now: invocation.now, seed: invocation.seed, keySets: keySets))
    session = Session(place.database)
    session.secret = invocation.secret
  }

  // MARK: Queries

  /// Runs a statement and prints what it answers, now or once it is on disk; false where something failed.
  func run(_ statement: Statement, of source: Source) -> Bool {
    if holdsAnswers, statement.effect == .write { return runAndHold(statement, of: source) }
    let isSettled = settle()
    if !isSettled, settings.stopsAtErrors { return false }
    lastWasDriverCall = statement.isDriverCall
    return answer(statement.expr, of: source, logs: statement.logsToConsole) { session.run(statement) } && isSettled
  }

  /// Runs a query that did not come from text, and prints what it answers; false where it failed.
  func run(_ query: Expr) -> Bool {
    answer(query, of: nil) { evaluate(query) }
  }

  private func answer(
    _ query: @autoclosure () -> Expr, of source: Source?, logs: Bool = false, _ evaluate: () -> Response
  ) -> Bool {
    guard settings.showsTiming else { return show(evaluate(), query(), of: source, logs: logs) }
    let start = Clock.now()
    let response = evaluate()
    let duration = Clock.now() - start
    let isAnswered = show(response, query(), of: source, logs: logs)
    showTiming(duration, response.counts)
    return isAnswered
  }

  /// Runs a query and prints nothing.
  func evaluate(_ query: Expr) -> Response { session.run(query) }

  /// Prints a response; false where it is a failure.
  func show(
    _ response: Response, _ query: @autoclosure () -> Expr?, of source: Source?, logs: Bool = false
  ) -> Bool {
    switch response.result {
    case .value(let value):
      lastValue = response
      if settings.format == .wire {
        answer { $0.append(response: response) }
      } else {
        show(value, at: response.time, logs: logs)
      }
      return true
    case .errors(let errors):
      lastErrors = response
      if settings.format == .wire {
        answer { $0.append(response: response) }
        return true
      }
      report(errors, query(), of: source)
      fail(ExitStatus.queryFailed)
      return false
    }
  }

  func answer(_ body: (inout OutputBuffer) -> Void) {
    output.write { out in
      body(&out)
      out.append(UInt8(ascii: "\n"))
    }
  }

  private func show(_ value: Value, at time: Int64, logs: Bool) {
    if isInteractive, output === standardOutput, output.isTerminal {
      var text = OutputBuffer()
      print(value, at: time, logs: logs, to: &text)
      showBeginning(of: text)
    } else if case .document(let document) = value, isPlain(logs: logs), output.write(document, commitTime: time) {
      return
    } else {
      output.write { print(value, at: time, logs: logs, to: &$0) }
    }
    if output.isTerminal { output.flush() }
  }

  /// True where values are printed in the literal format, as a whole and in no special way.
  private func isPlain(logs: Bool) -> Bool {
    settings.format == .literal && depth(logs: logs) == nil && !output.isTerminal && colors == nil
  }

  /// How deep values are shown; a program logs them no deeper than Node does.
  private func depth(logs: Bool) -> Int? { settings.depth ?? (logs ? 2 : nil) }

  private var colors: TextColors? { output === standardOutput ? resultColors : nil }

  private func print(_ value: Value, at time: Int64, logs: Bool, to out: inout OutputBuffer) {
    values.print(
      value, as: settings.format, depth: depth(logs: logs), commitTime: time, colors: colors,
      escapesControls: output.isTerminal, isBare: logs, to: &out)
  }

  private func showTiming(_ duration: Int64, _ counts: TransactionCounts) {
    let reads = counts.documentsRead + counts.entriesRead
    let writes = counts.documentsWritten + counts.entriesWritten
    tell(notices.styles.dim("time: \(Clock.milliseconds(duration))  reads: \(reads)  writes: \(writes)"))
  }

  // MARK: Held answers

  /// True where nobody waits for the answer to one statement before the next one is there.
  private var holdsAnswers: Bool {
    place.file != nil && !isInteractive && !settings.showsTiming && !settings.echoes
  }

  /// Runs a statement that writes. Its answer waits for those of others, so that the disk is waited for once, but for no further statement
  /// once a hundredth of a second has gone by.
  private func runAndHold(_ statement: Statement, of source: Source) -> Bool {
    place.database.holdCommits()
    let now = Clock.now()
    if held.isEmpty { heldSince = now }
    let response = session.run(statement)
    held.append(HeldAnswer(response: response, statement: statement, source: source))
    if response.errors == nil, !response.changesSchema, held.count < Shell.mostHeld,
      Clock.now() - heldSince < Shell.longestHold
    {
      return true
    }
    return settle()
  }

  private static let mostHeld = 1000
  private static let longestHold: Int64 = 10_000_000

  /// Puts on disk what was held, and prints the answers; false where a statement failed.
  ///
  /// Where the disk refuses, nothing of it has happened: then the statements are run again, each by itself, as far as the disk allows.
  @discardableResult
  func settle() -> Bool {
    if held.isEmpty { return true }
    let isOnDisk: Bool
    do throws(DatabaseError) {
      try place.database.settle()
      isOnDisk = true
    } catch {
      isOnDisk = false
    }
    let answers = held
    held.removeAll(keepingCapacity: true)
    var isGood = true
    for answer in answers {
      lastWasDriverCall = answer.statement.isDriverCall
      let response = isOnDisk ? answer.response : session.run(answer.statement)
      let isAnswered = show(
        response, answer.statement.expr, of: answer.source, logs: answer.statement.logsToConsole)
      if !isAnswered { isGood = false }
      if !isGood, settings.stopsAtErrors { break }
    }
    return isGood
  }

  // MARK: Errors

  /// Notes a failure for the exit status.
  func fail(_ status: Int32) { self.status = status }

  func report(_ errors: [QueryError], _ query: Expr?, of source: Source?) {
    var report = ErrorReport(styles: notices.styles)
    // The terminal has shown ^C where the cursor was.
    if isInteractive, errors.contains(where: { $0.code == .interrupted }) { notices.write("\n") }
    for error in errors { report.add(error, in: query, of: source) }
    tell(&report)
  }

  /// Reports a text that is not in the language. Among wire answers it is an answer too; then the result is true.
  @discardableResult
  func report(_ diagnostic: Diagnostic, in source: Source, asAnswer: Bool = false) -> Bool {
    if !settle(), settings.stopsAtErrors { return false }
    if asAnswer, settings.format == .wire {
      answer { $0.append(errors: [QueryError(diagnostic)]) }
      return true
    }
    var report = ErrorReport(styles: notices.styles)
    report.add(diagnostic, in: source)
    tell(&report)
    fail(ExitStatus.syntax)
    return false
  }

  /// A sentence about something that failed, with the exit status that it asks for, and the line that asked for it.
  func report(_ message: String, status: Int32, of command: MetaCommand? = nil) {
    var place = ""
    if let command, !command.source.name.isEmpty {
      let position = command.source.position(at: Int(command.span.start))
      place = "\(command.source.name.escapingControls()):\(position.line):\(position.column):"
    }
    var report = ErrorReport(styles: notices.styles)
    report.add(message: message, place: place)
    tell(&report)
    fail(status)
  }

  private func tell(_ report: inout ErrorReport) {
    for place in readStack.reversed() { report.add(readFrom: place.name, line: place.line) }
    output.flush()
    notices.write(report.text)
  }

  /// Writes a line on standard error, behind the results so far.
  func tell(_ line: String) {
    output.flush()
    notices.write(line + "\n")
  }

  /// Flushes the outputs and closes the database; the exit status.
  func finish() -> Int32 {
    do throws(MetaCommand.Problem) {
      try endRedirection()
    } catch {
      report(error.message, status: error.status)
    }
    place.close()
    return Program.finish(standardOutput, notices, requestedStatus ?? status)
  }
}

/// Standard error.
struct Notices: Sendable {
  var styles: Styles

  func write(_ text: String) {
    // Where nobody listens, nothing can be done.
    try? Descriptor.standardError.write(text)
  }
}

/// The clock that measures durations.
enum Clock {
  /// Nanoseconds since some moment.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// `0.42 ms`
  static func milliseconds(_ nanoseconds: Int64) -> String {
    let hundredths = (nanoseconds + 5000) / 10_000
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) ms"
  }

  /// `12 ms`, `340 us`, `1.2 s`
  static func rounded(_ nanoseconds: Int64) -> String {
    if nanoseconds < 1_000_000 { return "\(nanoseconds / 1000) us" }
    if nanoseconds < 1_000_000_000 { return "\(nanoseconds / 1_000_000) ms" }
    let tenths = nanoseconds / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
