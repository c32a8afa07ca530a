import CLibedit
import FQLValues

/// What a key's own function finds around the cursor.
struct EditedText {
  var scalars: [Int32]
  var cursor: Int

  /// The start of the line that a place is in.
  func lineStart(_ place: Int) -> Int {
    var place = place
    while place > 0, scalars[place - 1] != 0x0A { place -= 1 }
    return place
  }

  func lineEnd(_ place: Int) -> Int {
    var place = place
    while place < scalars.count, scalars[place] != 0x0A { place += 1 }
    return place
  }

  var text: String { EditedText.text(scalars[...]) }
  var textBeforeCursor: String { EditedText.text(scalars[..<cursor]) }
  var textBehindCursor: String { EditedText.text(scalars[cursor...]) }

  static func text(_ scalars: ArraySlice<Int32>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { view.append(Unicode.Scalar(UInt32(bitPattern: scalar)) ?? "\u{FFFD}") }
    return String(view)
  }

  static func scalars(_ text: String) -> [Int32] { text.unicodeScalars.map { Int32(bitPattern: $0.value) } }
}

/// Where earlier entries come from while one is edited.
protocol EntryHistory: AnyObject {
  /// The entry that many steps back, from 1; nil where there is none.
  func entry(back steps: Int) -> String?
  /// How an entry is recalled that is too tall for the screen.
  func shortForm(back steps: Int) -> String
}

/// A line typed with libedit's help, with our own reader of keys and our own keys for what libedit does otherwise.
final class LineEditor: LineSource {
  let editor: OpaquePointer
  let input: KeyInput
  let screen: Descriptor
  weak var history: (any EntryHistory)?
  /// Says what Tab does behind a text.
  var complete: ((_ text: String) -> Completion)?
  let decoder: KeyDecoder
  private var waiting: [Int32] = []
  private var promptText: UnsafeMutablePointer<Int32>
  private var prompt = Prompt(text: "> ")
  private var searched: OpaquePointer?
  private var preloaded = ""
  private var outcome: LineOutcome?
  /// How many steps back in the history the text comes from, and what was typed before that.
  var stepsBack = 0
  var draft = ""
  /// True where something was pasted that is no text.
  private(set) var hasDamagedText = false

  /// nil where the terminal cannot be used so.
  init?(_ input: KeyInput, screen: Descriptor) {
    setlocale(LC_CTYPE, "")
    if String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
    guard let editor = fql_edit_start(screen.number == 2 ? 1 : 0) else { return nil }
    self.editor = editor
    self.input = input
    self.screen = screen
    decoder = KeyDecoder(input: input)
    promptText = .allocate(capacity: 1)
    promptText.initialize(to: 0)
    fql_edit_set_owner(editor, Unmanaged.passUnretained(self).toOpaque())
    _ = fql_edit_set(editor, EL_SIGNAL, 0)
    searched = fql_history_start(editor, 10_000)
    fql_edit_set_keys(editor, 0)
    el_source(editor, nil)
    guard fql_edit_get(editor, EL_EDITMODE) != 0 else {
      el_end(editor)
      return nil
    }
    fql_edit_set_reader(editor) { editor, character in LineEditor.of(editor)?.readCharacter(character) ?? 0 }
    fql_edit_set_prompt(editor, { editor in LineEditor.of(editor)?.promptText }, 1)
    bindKeys()
    bindKeysOfUser()
  }

  deinit {
    el_end(editor)
    promptText.deallocate()
  }

  static func of(_ editor: OpaquePointer?) -> LineEditor? {
    fql_edit_owner(editor).map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Lines

  func read(prompt: Prompt, text: String?) -> LineOutcome {
    self.prompt = prompt
    setPrompt()
    outcome = nil
    stepsBack = 0
    draft = ""
    preloaded = text ?? ""
    if !preloaded.isEmpty { push(.preload) }
    write("\u{1B}[?2004h")
    var count: Int32 = 0
    let line = fql_edit_read(editor, &count)
    write("\u{1B}[?2004l")
    if let outcome {
      self.outcome = nil
      return outcome
    }
    guard let line, count > 0 else { return .end }
    var scalars = Array(UnsafeBufferPointer(start: line, count: Int(count)))
    if scalars.last == 0x0A { scalars.removeLast() }
    return .line(EditedText.text(scalars[...]))
  }

  func remember(_ entry: String) {
    guard let searched else { return }
    var scalars = EditedText.scalars(entry)
    scalars.append(0)
    fql_history_add(searched, scalars)
  }

  /// Says that what was pasted is gone.
  func forgetDamage() { hasDamagedText = false }

  func askSecretly(_ prompt: String) -> String? { SecretPrompt.ask(prompt, input, screen) }

  func write(_ text: String) { try? screen.write(text) }

  private func setPrompt() {
    var text = prompt.text
    if let style = prompt.style {
      // Marks around what has no width; the blank at the end stays outside.
      let words = text.hasSuffix(" ") ? String(text.dropLast()) : text
      text = "\u{1}\u{1B}[\(style)m\u{1}\(words)\u{1}\u{1B}[0m\u{1} "
    }
    let scalars = EditedText.scalars(text) + [0]
    promptText.deallocate()
    promptText = .allocate(capacity: scalars.count)
    promptText.initialize(from: scalars, count: scalars.count)
  }

  /// Puts a key of our own before what is typed.
  func push(_ key: KeyDecoder.Key) {
    fql_edit_push(editor, [KeyDecoder.prefix, key.letter, 0])
  }

  /// Ends the line being read with something else than a line.
  func end(_ outcome: LineOutcome) -> UInt8 {
    self.outcome = outcome
    return UInt8(CC_EOF)
  }

  var promptWidth: Int { DisplayWidth.of(prompt.text) }
  var isContinuation: Bool { prompt.isContinuation }

  // MARK: The text

  var edited: EditedText {
    var count: Int32 = 0
    var cursor: Int32 = 0
    let text = fql_edit_text(editor, &count, &cursor)
    return EditedText(scalars: Array(UnsafeBufferPointer(start: text, count: Int(count))), cursor: Int(cursor))
  }

  func move(to place: Int) {
    el_cursor(editor, Int32(place - edited.cursor))
  }

  func insert(_ text: String) {
    guard !text.isEmpty else { return }
    if fql_edit_insert(editor, EditedText.scalars(text) + [0]) != 0 { write("\u{7}") }
  }

  /// Puts another text in the place of all of it, with the cursor behind.
  func replace(with text: String) {
    let count = edited.scalars.count
    move(to: count)
    if count > 0 { el_deletestr(editor, Int32(count)) }
    insert(text)
  }

  func insertPreloaded() -> UInt8 {
    insert(preloaded)
    preloaded = ""
    return UInt8(CC_REFRESH)
  }

  /// A paste goes in as it is, or becomes pending text where it is too large to be shown.
  func paste() -> UInt8 {
    let (text, isDamaged) = decoder.paste()
    if isDamaged { hasDamagedText = true }
    let edited = edited
    let whole = edited.textBeforeCursor + text + edited.textBehindCursor
    if !fits(whole) { return end(.pasted(whole)) }
    insert(text)
    return UInt8(CC_REFRESH)
  }

  /// Whether a text can be edited on the screen.
  func fits(_ text: String) -> Bool {
    let size = TerminalSize.current
    return text.utf8.count <= 1 << 16
      && TextRows.count(text, promptWidth: promptWidth, columns: size.columns) <= max(1, size.rows - 2)
  }

  // MARK: Keys

  private func readCharacter(_ character: UnsafeMutablePointer<Int32>?) -> Int32 {
    while true {
      if !waiting.isEmpty {
        character?.pointee = waiting.removeFirst()
        return 1
      }
      switch decoder.next() {
      case .characters(let characters): waiting = characters
      case .end: return 0
      case .signal(SIGINT): waiting = [3]
      case .signal(SIGWINCH):
        write("\n")
        el_resize(editor)
        fql_edit_refresh(editor)
      case .signal(SIGTSTP):
        write("\u{1B}[?2004l\n")
        _ = fql_edit_set(editor, EL_PREP_TERM, 0)
        Signals.stop()
        _ = fql_edit_set(editor, EL_PREP_TERM, 1)
        write("\u{1B}[?2004h")
        fql_edit_refresh(editor)
      case .signal(let number):
        write("\u{1B}[?2004l")
        _ = fql_edit_set(editor, EL_PREP_TERM, 0)
        Signals.die(of: number)
      }
    }
  }
}
