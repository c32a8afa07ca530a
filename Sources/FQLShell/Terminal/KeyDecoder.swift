/// Turns the terminal's bytes into the characters that libedit is bound to.
///
/// Sequences that begin with Escape become a private character and a letter, so that a bare Escape keeps its meaning in
/// vi's keys.
struct KeyDecoder {
  /// The character before the letters of `Key`; nobody can type it, since the terminal makes a signal of it.
  static let prefix: Int32 = 0x1C

  /// Keys that are more than one character.
  enum Key: Character {
    case up = "A"
    case down = "B"
    case right = "C"
    case left = "D"
    case home = "H"
    case end = "E"
    case delete = "d"
    case wordLeft = "b"
    case wordRight = "f"
    case lineEnd = "M"
    case paste = "P"
    /// Pushed by the program itself.
    case finish = "N"
    case preload = "L"
    case drop = "I"

    var letter: Int32 { Int32(rawValue.asciiValue ?? 0) }
  }

  /// How long the rest of a sequence may take, in milliseconds.
  private static let patience: Int32 = 25

  enum Result {
    case characters([Int32])
    case end
    case signal(Int32)
  }

  let input: KeyInput

  func next() -> Result {
    switch input.next() {
    case .end: return .end
    case .nothing: return .characters([])
    case .signal(let number): return .signal(number)
    case .byte(0x1B): return escape()
    case .byte(let byte): return .characters([scalar(byte)])
    }
  }

  private func more() -> UInt8? {
    if case .byte(let byte) = input.next(within: KeyDecoder.patience, seesSignals: false) { byte } else { nil }
  }

  private func key(_ key: Key) -> Result { .characters([KeyDecoder.prefix, key.letter]) }

  private func escape() -> Result {
    guard let next = more() else { return .characters([0x1B]) }
    switch next {
    case 0x0D, 0x0A: return key(.lineEnd)
    case UInt8(ascii: "["), UInt8(ascii: "O"): return sequence(next)
    default: return .characters([0x1B, scalar(next)])
    }
  }

  private func sequence(_ introducer: UInt8) -> Result {
    var parameters: [UInt8] = []
    guard var byte = more() else { return .characters([0x1B, Int32(introducer)]) }
    while byte < 0x40 {
      parameters.append(byte)
      guard parameters.count < 32, let next = more() else { return .characters([]) }
      byte = next
    }
    let numbers = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
      Int(String(decoding: $0, as: UTF8.self)) ?? 0
    }
    let isModified = numbers.count > 1 && numbers[1] > 1
    switch byte {
    case UInt8(ascii: "A"): return key(.up)
    case UInt8(ascii: "B"): return key(.down)
    case UInt8(ascii: "C"): return key(isModified ? .wordRight : .right)
    case UInt8(ascii: "D"): return key(isModified ? .wordLeft : .left)
    case UInt8(ascii: "H"): return key(.home)
    case UInt8(ascii: "F"): return key(.end)
    case UInt8(ascii: "M") where introducer == UInt8(ascii: "O"): return .characters([0x0D])
    case UInt8(ascii: "u") where numbers.first == 13: return isModified ? key(.lineEnd) : .characters([0x0D])
    case UInt8(ascii: "~"):
      switch numbers.first {
      case 1, 7: return key(.home)
      case 4, 8: return key(.end)
      case 3: return key(.delete)
      case 27 where numbers.last == 13: return key(.lineEnd)
      case 200: return key(.paste)
      default: return .characters([])
      }
    default: return .characters([])
    }
  }

  /// The character that begins with a byte; U+FFFD for what is not UTF-8.
  private func scalar(_ first: UInt8) -> Int32 {
    guard first >= 0x80 else { return Int32(first) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
    guard length > 0, first < 0xF5 else { return 0xFFFD }
    var bytes = [first]
    while bytes.count < length {
      guard let byte = more() else { return 0xFFFD }
      bytes.append(byte)
    }
    let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
    guard let scalar = text.first, text.count == 1 else { return 0xFFFD }
    return Int32(scalar.value)
  }

  // MARK: Pasting

  /// The text of a paste, whose beginning was read: up to `ESC [ 201 ~`.
  ///
  /// Line ends become LF, those at the end go; NUL and what is not UTF-8 become U+FFFD, which `isDamaged` says.
  func paste() -> (text: String, isDamaged: Bool) {
    let mark = Array("\u{1B}[201~".utf8)
    var bytes: [UInt8] = []
    reading: while true {
      input.takeAvailable(into: &bytes) { $0 == UInt8(ascii: "~") }
      switch input.next(within: 5000, seesSignals: false) {
      case .byte(let byte):
        bytes.append(byte)
        if byte == UInt8(ascii: "~"), bytes.suffix(mark.count).elementsEqual(mark) {
          bytes.removeLast(mark.count)
          break reading
        }
      case .end, .nothing, .signal: break reading
      }
    }
    var clean: [UInt8] = []
    clean.reserveCapacity(bytes.count)
    var hasNul = false
    var previous: UInt8 = 0
    for byte in bytes {
      switch byte {
      case 0x0A where previous == 0x0D: break
      case 0x0D: clean.append(0x0A)
      case 0:
        hasNul = true
        clean.append(contentsOf: [0xEF, 0xBF, 0xBD])
      default: clean.append(byte)
      }
      previous = byte
    }
    while clean.last == 0x0A { clean.removeLast() }
    let text = String(decoding: clean, as: UTF8.self)
    return (text, hasNul || text.utf8.count != clean.count || !text.utf8.elementsEqual(clean))
  }
}
