import CLibedit

extension LineEditor {
  /// Binds our own functions, in both keymaps of vi as well.
  func bindKeys() {
    typealias Function = @convention(c) (OpaquePointer?, Int32) -> UInt8
    let functions: [(name: String, function: Function)] = [
      ("fql-submit", { editor, _ in LineEditor.of(editor)?.submit() ?? 0 }),
      ("fql-line-end", { editor, _ in LineEditor.of(editor)?.insertLineEnd() ?? 0 }),
      ("fql-up", { editor, _ in LineEditor.of(editor)?.up() ?? 0 }),
      ("fql-down", { editor, _ in LineEditor.of(editor)?.down() ?? 0 }),
      ("fql-home", { editor, _ in LineEditor.of(editor)?.home() ?? 0 }),
      ("fql-end", { editor, _ in LineEditor.of(editor)?.toLineEnd() ?? 0 }),
      ("fql-interrupt", { editor, _ in LineEditor.of(editor)?.interrupt() ?? 0 }),
      ("fql-drop", { editor, _ in LineEditor.of(editor)?.drop() ?? 0 }),
      ("fql-delete-or-leave", { editor, _ in LineEditor.of(editor)?.deleteOrLeave() ?? 0 }),
      ("fql-complete", { editor, _ in LineEditor.of(editor)?.tab() ?? 0 }),
      ("fql-paste", { editor, _ in LineEditor.of(editor)?.paste() ?? 0 }),
      ("fql-preload", { editor, _ in LineEditor.of(editor)?.insertPreloaded() ?? 0 }),
    ]
    for (name, function) in functions { fql_edit_add(editor, name, function) }
    for map in [Int32(0), 1] {
      for (keys, name) in LineEditor.bindings { fql_edit_bind(editor, map, keys, name) }
    }
    if fql_edit_has_vi_keys(editor) != 0 {
      fql_edit_bind(editor, 1, "k", "fql-up")
      fql_edit_bind(editor, 1, "j", "fql-down")
    } else {
      fql_edit_bind(editor, 0, "^R", "em-inc-search-prev")
    }
  }

  /// Applies the bindings of `~/.editrc` again, over ours; those that choose all keys would wipe them.
  func bindKeysOfUser() {
    guard let path = Environment.nonEmpty("EDITRC") ?? Environment.nonEmpty("HOME").map({ $0 + "/.editrc" }),
      let bytes = try? Files.read(path), let tokenizer = tok_init(nil)
    else { return }
    defer { tok_end(tokenizer) }
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      tok_reset(tokenizer)
      var count: Int32 = 0
      var words: UnsafeMutablePointer<UnsafePointer<CChar>?>?
      guard tok_str(tokenizer, String(line), &count, &words) == 0, count > 1, let words,
        let command = words[0].map({ String(cString: $0) }), command == "bind" || command.hasSuffix(":bind"),
        let first = words[1].map({ String(cString: $0) }), !["-v", "-e", "-l", "-r"].contains(first)
      else { continue }
      el_parse(editor, count, words)
    }
  }

  private static let bindings: [(keys: String, name: String)] = [
    ("\\015", "fql-submit"), ("\\012", "fql-submit"), ("\\034M", "fql-line-end"),
    ("\\034A", "fql-up"), ("^P", "fql-up"), ("\\034B", "fql-down"), ("^N", "fql-down"),
    ("\\034H", "fql-home"), ("^A", "fql-home"), ("\\034E", "fql-end"), ("^E", "fql-end"),
    ("\\003", "fql-interrupt"), ("^D", "fql-delete-or-leave"), ("\\011", "fql-complete"),
    ("\\034P", "fql-paste"), ("\\034L", "fql-preload"), ("\\034N", "ed-newline"), ("\\034I", "fql-drop"),
    ("\\034C", "ed-next-char"), ("\\034D", "ed-prev-char"), ("\\034d", "ed-delete-next-char"),
    ("\\034b", "ed-prev-word"), ("\\034f", "em-next-word"),
  ]

  /// Enter, wherever the cursor is.
  func submit() -> UInt8 {
    move(to: edited.scalars.count)
    push(.finish)
    return UInt8(CC_CURSOR)
  }

  func insertLineEnd() -> UInt8 {
    insert("\n")
    return UInt8(CC_REFRESH)
  }

  /// Drops everything and leaves what was typed in sight.
  func interrupt() -> UInt8 {
    move(to: edited.scalars.count)
    push(.drop)
    return UInt8(CC_CURSOR)
  }

  /// What is left to do once the cursor stands behind the text.
  func drop() -> UInt8 {
    write("^C\n")
    return end(.interrupted)
  }

  func deleteOrLeave() -> UInt8 {
    let edited = edited
    if edited.scalars.isEmpty { return end(.end) }
    guard edited.cursor < edited.scalars.count else { return UInt8(CC_ERROR) }
    move(to: edited.cursor + 1)
    el_deletestr(editor, 1)
    return UInt8(CC_REFRESH)
  }

  // MARK: Rows and history

  func up() -> UInt8 {
    let edited = edited
    let start = edited.lineStart(edited.cursor)
    if start > 0 {
      let above = edited.lineStart(start - 1)
      move(to: min(above + (edited.cursor - start), start - 1))
      return UInt8(CC_CURSOR)
    }
    if edited.scalars.isEmpty, isContinuation { return end(.takeBack) }
    return recall(stepsBack + 1)
  }

  func down() -> UInt8 {
    let edited = edited
    let end = edited.lineEnd(edited.cursor)
    if end < edited.scalars.count {
      let column = edited.cursor - edited.lineStart(edited.cursor)
      move(to: min(end + 1 + column, edited.lineEnd(end + 1)))
      return UInt8(CC_CURSOR)
    }
    return stepsBack > 0 ? recall(stepsBack - 1) : UInt8(CC_NORM)
  }

  private func recall(_ steps: Int) -> UInt8 {
    if stepsBack == 0 { draft = edited.text }
    if steps == 0 {
      stepsBack = 0
      replace(with: draft)
      return UInt8(CC_REFRESH)
    }
    guard let entry = history?.entry(back: steps) else { return UInt8(CC_ERROR) }
    stepsBack = steps
    replace(with: fits(entry) ? entry : history?.shortForm(back: steps) ?? "")
    return UInt8(CC_REFRESH)
  }

  func home() -> UInt8 {
    let edited = edited
    let start = edited.lineStart(edited.cursor)
    move(to: edited.cursor == start ? 0 : start)
    return UInt8(CC_CURSOR)
  }

  func toLineEnd() -> UInt8 {
    let edited = edited
    let end = edited.lineEnd(edited.cursor)
    move(to: edited.cursor == end ? edited.scalars.count : end)
    return UInt8(CC_CURSOR)
  }

  // MARK: Tab

  func tab() -> UInt8 {
    let edited = edited
    let before = edited.textBeforeCursor
    if before.unicodeScalars.allSatisfy({ $0.isBlank || $0 == "\n" }) {
      insert("  ")
      return UInt8(CC_REFRESH)
    }
    guard let completion = complete?(before) else { return UInt8(CC_ERROR) }
    if completion.deletes > 0 || !completion.insertion.isEmpty {
      if completion.deletes > 0 { el_deletestr(editor, Int32(completion.deletes)) }
      insert(completion.insertion)
    }
    guard !completion.lines.isEmpty else {
      return UInt8(completion.isNothing ? CC_ERROR : CC_REFRESH)
    }
    // Below the text, then the lines, then prompt and text again.
    let rest = TextRows.count(self.edited.text, promptWidth: promptWidth, columns: TerminalSize.current.columns)
    let here = TextRows.count(
      self.edited.textBeforeCursor, promptWidth: promptWidth, columns: TerminalSize.current.columns)
    write(String(repeating: "\n", count: rest - here + 1) + "\r")
    for line in completion.lines { write(line + "\r\n") }
    fql_edit_refresh(editor)
    return UInt8(CC_NORM)
  }
}
