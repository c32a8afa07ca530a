import FQLEngine
import FQLValues

extension InteractiveShell: Console {
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
}
