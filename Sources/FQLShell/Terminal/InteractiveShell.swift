import FQLEngine
import FQLSyntax
import FQLValues

/// The shell that a person sits at: prompts, text that grows over lines, history, completion.
final class InteractiveShell {
  let shell: Shell
  let lines: any LineSource
  let entries: History
  let screen: Descriptor
  let styles: Styles
  /// True on a terminal that gets no escape sequence.
  let isPlain: Bool
  var pending = PendingText()
  /// What the next line begins with.
  var preloaded: String?
  var identity = ""
  /// How many times Ctrl-C came on nothing, one after another.
  var emptyInterrupts = 0
  /// True where the last query was a driver call, whose chain may go on.
  var followsDriverCall = false

  init(_ shell: Shell) {
    self.shell = shell
    Signals.install()
    screen = shell.standardOutput.isTerminal ? .standardOutput : .standardError
    entries = History()
    let input = KeyInput()
    let mustBePlain =
      (Environment.nonEmpty("TERM") ?? "dumb") == "dumb" || Environment.nonEmpty("ACCESSIBLE") != nil
    let editor = mustBePlain ? nil : LineEditor(input, screen: screen)
    lines = editor ?? PlainTerminal(input, screen: screen)
    isPlain = editor == nil
    let color = shell.invocation.color
    styles = Styles(isColored: !isPlain && color.applies(isTerminal: screen.isTerminal))
    if isPlain, color != .always {
      shell.resultColors = nil
      shell.notices.styles.isColored = false
    }
    shell.console = self
    shell.settings.stopsAtErrors = false
    for entry in entries.entries { lines.remember(entry) }
    if let editor {
      editor.history = entries
      editor.complete = { [unowned self] text in complete(text) }
    }
  }

  /// Goes on until somebody leaves; the exit status.
  func run() -> Int32 {
    greet()
    identityChanged()
    runInitFile()
    while !shell.isLeaving {
      let text = preloaded
      preloaded = nil
      let outcome = lines.read(prompt: prompt, text: text)
      if case .interrupted = outcome {} else { emptyInterrupts = 0 }
      switch outcome {
      case .line(let line): take(line)
      case .interrupted: interrupted()
      case .takeBack: takeBack()
      case .pasted(let text): wait(on: text, "pasted")
      case .end:
        write("\n")
        if pending.isEmpty { shell.isLeaving = true } else { pending = PendingText() }
      }
    }
    shell.status = shell.requestedStatus ?? ExitStatus.success
    return shell.finish()
  }

  func write(_ text: String) {
    shell.output.flush()
    try? screen.write(text)
  }

  private func greet() {
    guard !shell.invocation.isQuiet else { return }
    let database = shell.place.file.map { "database \($0.escapingControls())" } ?? "in-memory database"
    shell.tell("fql \(Program.version), \(database). Type .help for help, Ctrl-D to leave.")
  }

  // MARK: Prompt

  private var prompt: Prompt {
    pending.isEmpty
      ? Prompt(text: identity + "> ", style: styles.isColored ? "1" : nil)
      : Prompt(text: "... ", style: styles.isColored ? "2" : nil, isContinuation: true)
  }

  // MARK: Lines

  private func take(_ line: String) {
    let isDamaged = (lines as? LineEditor)?.hasDamagedText ?? false
    if pending.isEmpty, line.unicodeScalars.allSatisfy({ $0.isBlank }) { return }
    if !pending.isEmpty, !pending.waitsForEnter, line.unicodeScalars.allSatisfy({ $0.isBlank }) {
      return remindOfUnfinishedText()
    }
    if !pending.isEmpty, let command = InteractiveShell.commandWhilePending(line) {
      entries.add(line)
      _ = shell.perform(command)
      return shell.output.flush()
    }
    addToPending(line)
    let text = pending.text
    if isDamaged || text.unicodeScalars.contains("\0") {
      (lines as? LineEditor)?.forgetDamage()
      if text.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || $0 == "\0" }) {
        pending = PendingText()
        return shell.report("the text holds NUL or bytes that are not UTF-8", status: ExitStatus.syntax)
      }
    }
    submit(text)
  }

  /// Notes a line and the rows that it takes on the screen.
  private func addToPending(_ line: String) {
    let columns = TerminalSize.current.columns
    let width = DisplayWidth.of(prompt.text)
    pending.rows += TextRows.count(line, promptWidth: width, columns: columns)
    if pending.waitsForEnter, line.isEmpty {
      pending.waitsForEnter = false
      return
    }
    pending.waitsForEnter = false
    pending.lines.append(line)
  }

  private func submit(_ text: String) {
    if continuesChain(text) {
      pending = PendingText()
      return
    }
    switch Readiness(of: text) {
    case .unfinished: return
    case .empty: pending = PendingText()
    case .wrong(let diagnostic, let source):
      keep(text)
      pending = PendingText()
      shell.report(diagnostic, in: source)
    case .complete:
      keep(text)
      pending = PendingText()
      execute(text)
    }
  }

  private func keep(_ text: String) {
    entries.add(text)
    lines.remember(text)
  }

  private func execute(_ text: String) {
    let whole = WholeText(Array(text.utf8), name: "")
    shell.lastWasDriverCall = false
    let interrupt = shell.session.interrupt
    interrupt.clear()
    _ = Signals.interruptible(interrupt) { shell.runWhole(whole, stopsAtErrors: true) }
    followsDriverCall = shell.lastWasDriverCall
    shell.output.flush()
    shell.standardOutput.flush()
  }

  /// True for a line `.then(...)` behind a driver call that has run.
  private func continuesChain(_ text: String) -> Bool {
    guard followsDriverCall, text.hasPrefix("."), pending.lines.count == 1 else { return false }
    let call = "x.query(null)\n" + text
    guard let statements = try? Script(parsing: call).statements else { return false }
    return statements.count == 1
  }

  /// A command that is followed in the middle of an unfinished text.
  private static func commandWhilePending(_ line: String) -> MetaCommand? {
    guard line.hasPrefix(".") else { return nil }
    let text = WholeText(Array(line.utf8), name: "")
    guard case .command(let line, let source, let span) = text.reader.next() else { return nil }
    let command = MetaCommand(line, source, span, text)
    return CommandDeclaration.named(command.name)?.worksWhilePending == true ? command : nil
  }

  // MARK: Init file

  private func runInitFile() {
    var path: String
    if let named = Environment["FQL_INIT"] {
      path = named
    } else if let base = Environment.nonEmpty("XDG_CONFIG_HOME")
      ?? Environment.nonEmpty("HOME").map({ $0 + "/.config" })
    {
      path = base + "/fql/init.fql"
    } else {
      return
    }
    if path.isEmpty { return }
    var info = stat()
    guard stat(path, &info) == 0 else { return }
    if info.st_mode & 0o022 != 0 {
      return shell.tell("\(styles.bold("warning:")) \(path) is ignored: others can write it")
    }
    let quiet = Output(Descriptor(number: systemOpen("/dev/null", O_WRONLY | O_CLOEXEC, 0)), name: path)
    let output = shell.output
    shell.output = quiet
    _ = shell.runFile(path)
    if shell.output === quiet { shell.output = output }
    shell.status = ExitStatus.success
    quiet.flush()
    quiet.descriptor.close()
  }

  // MARK: Completion

  private func complete(_ text: String) -> Completion {
    let completer = Completer(
      names: { [unowned self] native in Array(((try? shell.names(of: native)) ?? []).prefix(1000)) },
      columns: TerminalSize.current.columns)
    return completer.complete(text, pending: pending.text) ?? Completion()
  }
}
