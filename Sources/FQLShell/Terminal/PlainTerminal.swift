import FQLValues

/// A terminal without editing of our own: its own line reading, and not one escape sequence.
final class PlainTerminal: LineSource {
  private let input: KeyInput
  private let screen: Descriptor
  private var line: [UInt8] = []

  init(_ input: KeyInput, screen: Descriptor) {
    self.input = input
    self.screen = screen
  }

  func read(prompt: Prompt, text: String?) -> LineOutcome {
    if let text, !text.isEmpty { write(text + "\n") }
    write(prompt.text)
    line.removeAll(keepingCapacity: true)
    while true {
      switch input.next() {
      case .byte(0x0A): return .line(String(decoding: line, as: UTF8.self))
      case .byte(let byte): line.append(byte)
      case .nothing: break
      case .end: return line.isEmpty ? .end : .line(String(decoding: line, as: UTF8.self))
      case .signal(SIGINT):
        // The terminal has shown ^C already.
        write("\n")
        return .interrupted
      case .signal(SIGTSTP):
        Signals.stop()
        write(prompt.text)
      case .signal(SIGWINCH): break
      case .signal(let number): Signals.die(of: number)
      }
    }
  }

  func remember(_ entry: String) {}

  func askSecretly(_ prompt: String) -> String? {
    SecretPrompt.ask(prompt, input, screen)
  }

  private func write(_ text: String) { try? screen.write(text) }
}

/// Asks for a line with the echo off.
enum SecretPrompt {
  static func ask(_ prompt: String, _ input: KeyInput, _ screen: Descriptor) -> String? {
    var before = termios()
    guard tcgetattr(0, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(0, TCSAFLUSH, &silent)
    defer {
      tcsetattr(0, TCSAFLUSH, &before)
      try? screen.write("\n")
    }
    try? screen.write(prompt)
    var line: [UInt8] = []
    while true {
      switch input.next() {
      case .byte(0x0A), .byte(0x0D): return String(decoding: line, as: UTF8.self)
      case .byte(let byte): line.append(byte)
      case .nothing: break
      case .end, .signal(SIGINT): return nil
      case .signal(SIGTERM), .signal(SIGHUP):
        tcsetattr(0, TCSAFLUSH, &before)
        Signals.die(of: SIGTERM)
      case .signal: break
      }
    }
  }
}
