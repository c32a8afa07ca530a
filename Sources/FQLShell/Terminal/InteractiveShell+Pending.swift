import FQLSyntax
import FQLValues

extension InteractiveShell {
  func remindOfUnfinishedText() {
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

  func interrupted() {
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
  func takeBack() {
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
  func wait(on text: String, _ what: String) {
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
}
