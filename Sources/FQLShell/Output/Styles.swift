import FQLValues

/// The colours of what is not a result; without them the text is the same.
struct Styles: Sendable {
  var isColored: Bool

  func error(_ text: String) -> String { wrap(text, "1;31") }
  func caret(_ text: String) -> String { wrap(text, "31") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func bold(_ text: String) -> String { wrap(text, "1") }

  private func wrap(_ text: String, _ code: String) -> String {
    guard isColored, !text.isEmpty else { return text }
    // Blanks before the text stay outside.
    let indentation = text.prefix { $0 == " " || $0 == "\t" }
    return "\(indentation)\u{1B}[\(code)m\(text.dropFirst(indentation.count))\u{1B}[0m"
  }
}

/// When colours are used.
enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// Whether what goes to a stream is coloured: what was asked for, then `NO_COLOR`, then `TERM`, then whether it is a
  /// terminal.
  func applies(isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isTerminal && Environment.nonEmpty("NO_COLOR") == nil && Environment["TERM"] != "dumb"
    }
  }
}
