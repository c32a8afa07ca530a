/// What came of asking for a line.
enum LineOutcome {
  case line(String)
  /// Ctrl-C.
  case interrupted
  /// Ctrl-D on nothing, or the end of the terminal.
  case end
  /// Up on an empty continuation line: all pending lines are to be edited.
  case takeBack
  /// A paste that is too large to be edited; with what stood before and behind it.
  case pasted(String)
}

/// Where lines are typed: libedit, or a terminal without its help.
protocol LineSource: AnyObject {
  /// Asks for a line. `text` is there to begin with.
  func read(prompt: Prompt, text: String?) -> LineOutcome
  /// Takes note of an entry, for the keys that search the history.
  func remember(_ entry: String)
  func askSecretly(_ prompt: String) -> String?
}

/// What stands before the text that is typed.
struct Prompt {
  var text: String
  /// The number of SGR that it is shown with; nil for none.
  var style: String?
  /// True for lines that go on with a text.
  var isContinuation = false
}

/// The size of the terminal.
struct TerminalSize {
  var columns: Int
  var rows: Int

  static var current: TerminalSize {
    var size = winsize()
    for number in [Int32(1), 2, 0] where ioctl(number, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
      return TerminalSize(columns: Int(size.ws_col), rows: max(1, Int(size.ws_row)))
    }
    return TerminalSize(columns: 80, rows: 24)
  }
}
