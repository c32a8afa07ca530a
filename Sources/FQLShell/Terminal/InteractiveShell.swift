import FQLEngine
import FQLSyntax
import FQLValues

/// The shell that a person sits at: prompts, text that grows over lines, history, completion.
final class InteractiveShell: Console {
  let shell: Shell
  let lines: any LineSource
  let entries: History
  let screen: Descriptor
  let styles: Styles
  /// True on a terminal that gets no escape sequence.
  let isPlain: Bool
  var pending = PendingText()
  /// What the next line begins with.
  private var preloaded: String?
  private var identity = ""
  /// How many times Ctrl-C came on nothing, one after another.
  private var emptyInterrupts = 0
  /// True where the last query was a driver call, whose chain may go on.
  private var followsDriverCall = false

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

  func identityChanged() {
    var text = shell.place.name
    if shell.session.secret == nil {
      text = ([text] + shell.session.path).joined(separator: "/")
    } else if let principal = shell.session.principal() {
      text = ([text] + principal.path).joined(separator: "/") + ":" + InteractiveShell.short(principal)
    } else {
      text += ":invalid"
    }
    identity = text.escapingControls()
  }

  /// `server`, `@users/7`, `role(r)`
  private static func short(_ principal: Principal) -> String {
    if case .ref(.document(let collection, let id))? = principal.identity {
      return "@\(collection.name ?? "?")/\(id)"
    }
    let roles = principal.roles.joined(separator: ",")
    return principal.isBuiltIn ? roles : "role(\(roles))"
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

  private func remindOfUnfinishedText() {
    pending.rows += 1
    var message = "unfinished: the text goes on (Ctrl-C drops it)"
    if case .unfinished(let diagnostic, let source) = Readiness(of: pending.text),
      let open = diagnostic.openBracketText(in: source)
    {
      message = "unfinished: \(open) (Ctrl-C drops the text)"
    }
    shell.tell(styles.dim(message))
    pending.rows += TextRows.count(message, promptWidth: 0, columns: TerminalSize.current.columns)
  }

  /// A command that is followed in the middle of an unfinished text.
  private static func commandWhilePending(_ line: String) -> MetaCommand? {
    guard line.hasPrefix(".") else { return nil }
    let text = WholeText(Array(line.utf8), name: "")
    guard case .command(let line, let source, let span) = text.reader.next() else { return nil }
    let command = MetaCommand(line, source, span, text)
    return CommandDeclaration.named(command.name)?.worksWhilePending == true ? command : nil
  }

  private func interrupted() {
    followsDriverCall = false
    (lines as? LineEditor)?.forgetDamage()
    if pending.isEmpty {
      emptyInterrupts += 1
      if emptyInterrupts == 2 { shell.tell(styles.dim("(Ctrl-D or .quit leaves)")) }
    } else {
      emptyInterrupts = 0
    }
    pending = PendingText()
  }

  /// All pending lines go back into the editor, in the place of the rows that showed them.
  private func takeBack() {
    let text = pending.text
    let size = TerminalSize.current
    guard TextRows.count(text, promptWidth: DisplayWidth.of(identity) + 2, columns: size.columns) <= size.rows - 2
    else {
      write("\n")
      return wait(on: text, "pending")
    }
    if pending.rows < size.rows {
      write("\r\u{1B}[\(pending.rows)A\u{1B}[J")
    } else {
      write("\n")
    }
    pending = PendingText()
    preloaded = text
  }

  /// Keeps a text that is too large to be edited until Enter.
  private func wait(on text: String, _ what: String) {
    if what == "pasted" { write("\r\u{1B}[J") }
    let count = 1 + text.utf8.count { $0 == 0x0A }
    var before = pending.lines
    before.append(text)
    pending = PendingText(
      lines: what == "pasted" ? before : [text], rows: TerminalSize.current.rows, waitsForEnter: true)
    let size = InteractiveShell.size(text.utf8.count)
    let lines = "\(count) line\(count == 1 ? "" : "s")"
    shell.tell(styles.dim("[\(what) \(lines), \(size); Enter runs, Ctrl-C drops, .edit opens]"))
  }

  /// `10.0 MB`
  private static func size(_ bytes: Int) -> String {
    if bytes < 1000 { return "\(bytes) B" }
    let (unit, name) = bytes < 1_000_000 ? (1000, "KB") : (1_000_000, "MB")
    let tenths = (bytes * 10 + unit / 2) / unit
    return "\(tenths / 10).\(tenths % 10) \(name)"
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

  // MARK: Console

  func askSecretly(_ prompt: String) -> String? { lines.askSecretly(prompt) }

  func clearScreen() {
    if !isPlain { write("\u{1B}[H\u{1B}[2J") }
  }

  func dropPendingText() { pending = PendingText() }

  var history: (first: Int, entries: [String]) { (entries.first, entries.entries) }

  /// Shows a text through the pager, or as it is where there is none.
  func page(_ text: String) {
    let pager = Environment["FQL_PAGER"] ?? Environment["PAGER"] ?? "less -RFX"
    shell.output.flush()
    if !isPlain, !pager.isEmpty, pager != "cat", shell.standardOutput.isTerminal {
      // A pager that could not be started has shown nothing.
      if Subprocess.run(pager, input: text) != 127 { return }
    }
    shell.standardOutput.write { $0.append(text) }
    shell.standardOutput.flush()
  }

  func edit(entry: Int?) throws(MetaCommand.Problem) {
    var text = pending.text
    if let entry {
      guard let found = entries.entry(number: entry) else {
        throw MetaCommand.Problem(message: "there is no entry \(entry)")
      }
      text = found
    } else if pending.isEmpty {
      // The last entry is this command itself.
      let names = [".edit"]
      text = entries.entries.last { entry in !names.contains { entry.hasPrefix($0) } } ?? ""
    }
    let editor = Environment.nonEmpty("VISUAL") ?? Environment.nonEmpty("EDITOR") ?? "vi"
    let edited = try InteractiveShell.edited(text, with: editor)
    pending = PendingText()
    guard !edited.unicodeScalars.allSatisfy({ $0.isBlank || $0 == "\n" }) else { return }
    let size = TerminalSize.current
    if TextRows.count(edited, promptWidth: 8, columns: size.columns) > size.rows - 2 {
      return wait(on: edited, "edited")
    }
    pending = PendingText(lines: edited.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    pending.waitsForEnter = true
    var start = identity + "> "
    for line in pending.lines {
      write("\(start)\(line.escapingControls(keepsTabs: true))\n")
      pending.rows += TextRows.count(line, promptWidth: DisplayWidth.of(start), columns: size.columns)
      start = "... "
    }
  }

  /// What an editor makes of a text, in a file that only we can read.
  private static func edited(_ text: String, with editor: String) throws(MetaCommand.Problem) -> String {
    let directory = Environment.nonEmpty("TMPDIR") ?? "/tmp"
    var template = Array("\(directory)/fql-XXXXXX.fql".utf8CString)
    let number = mkstemps(&template, 4)
    guard number >= 0 else { throw MetaCommand.Problem(message: "\(directory): \(SystemError.last.text)") }
    let path = template.withUnsafeBufferPointer {
      String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    defer { unlink(path) }
    let file = Descriptor(number: number)
    do throws(SystemError) {
      try file.write(text + "\n")
      file.close()
      guard Subprocess.run(editor + " \"$1\"", arguments: [path]) == 0 else {
        throw SystemError(code: ECANCELED)
      }
      var bytes = try Files.read(path)
      while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
      return String(decoding: bytes, as: UTF8.self)
    } catch {
      throw MetaCommand.Problem(message: "\(editor): \(error.code == ECANCELED ? "failed" : error.text)")
    }
  }

  // MARK: Completion

  private func complete(_ text: String) -> Completion {
    let completer = Completer(
      names: { [unowned self] native in Array(((try? shell.names(of: native)) ?? []).prefix(1000)) },
      columns: TerminalSize.current.columns)
    return completer.complete(text, pending: pending.text) ?? Completion()
  }
}
