import FQLSyntax
import FQLValues

/// A command line, read.
struct Invocation: Sendable {
  /// A text to run, in the order of the command line.
  enum Input: Sendable, Equatable {
    case standardInput
    case file(String)
    /// The text of `-e`, and which one it is, from 1.
    case argument([UInt8], Int)
  }

  var command = Command.run
  var inputs: [Input] = []
  var format: Format?
  var databaseFile: String?
  var secret: String?
  /// Files with the keys of access providers, by the address that they are said to be at.
  var keyFiles: [(uri: String, file: String)] = []
  var color = ColorChoice.auto
  var depth: Int?
  var now: Time?
  var seed: UInt64?
  var showsTiming = false
  var isQuiet = false
  var goesOn = false
  var writesBack = false
  var checksOnly = false
  var showsVersion = false
  var showsHelp = false
  var completion: String?
  /// What `help` is asked about.
  var topic: String?

  /// A command line that does not make sense: one sentence.
  struct Problem: Error {
    var message: String
  }

  /// Reads the arguments behind the program's name.
  init(_ arguments: [[UInt8]]) throws(Problem) {
    var reader = ArgumentReader(arguments)
    var names: [[UInt8]] = []
    var isFirst = true
    while let bytes = reader.next() {
      let word = String(decoding: bytes, as: UTF8.self)
      if reader.isPastOptions || word == "-" || !word.hasPrefix("-") {
        if isFirst, !reader.isPastOptions, let command = Command(rawValue: word), command != .run {
          self.command = command
          isFirst = false
          continue
        }
        isFirst = false
        names.append(bytes)
        addInput(word)
        continue
      }
      if word == "--" {
        reader.isPastOptions = true
        continue
      }
      try apply(word, bytes, &reader)
    }
    if command == .help {
      topic = names.last.map { String(decoding: $0, as: UTF8.self) }
      inputs = []
    }
    if command != .run {
      inputs.removeAll { if case .argument = $0 { true } else { false } }
    }
  }

  private mutating func addInput(_ word: String) {
    inputs.append(word == "-" ? .standardInput : .file(word))
  }

  private mutating func apply(_ word: String, _ bytes: [UInt8], _ reader: inout ArgumentReader) throws(Problem) {
    var spelling = word
    var attached: [UInt8]?
    if word.hasPrefix("--"), let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
      spelling = String(decoding: bytes[..<equals], as: UTF8.self)
      attached = Array(bytes[(equals + 1)...])
    } else if !word.hasPrefix("--"), bytes.count > 2 {
      // -eQUERY
      spelling = String(decoding: bytes[..<2], as: UTF8.self)
      attached = Array(bytes[2...])
    }
    guard let option = OptionDeclaration.all.first(where: { $0.spellings.contains(spelling) }) else {
      throw unknownOption(attached == nil || word.hasPrefix("--") ? spelling : word)
    }
    if let commands = option.commands, !commands.contains(command) {
      throw Problem(message: "fql \(command == .run ? "" : command.rawValue + " ")takes no option \(spelling)")
    }
    guard let argument = option.argument else {
      if attached != nil { throw Problem(message: "option \(spelling) takes no argument") }
      return set(option.name)
    }
    guard let value = attached ?? reader.next() else {
      throw Problem(message: "option \(spelling) needs an argument \(argument)")
    }
    try set(option, spelling, value)
  }

  private func unknownOption(_ spelling: String) -> Problem {
    let candidates = OptionDeclaration.all.filter { !$0.isHidden }.flatMap(\.spellings)
    let suggestion = Suggestion.nearest(to: spelling, among: candidates).map { "; did you mean \($0)?" } ?? ""
    return Problem(message: "unknown option \(spelling)\(suggestion)")
  }

  private mutating func set(_ name: OptionDeclaration.Name) {
    switch name {
    case .timing: showsTiming = true
    case .quiet: isQuiet = true
    case .goOn: goesOn = true
    case .write: writesBack = true
    case .check: checksOnly = true
    case .version: showsVersion = true
    case .help: showsHelp = true
    default: break
    }
  }

  private mutating func set(_ option: OptionDeclaration, _ spelling: String, _ bytes: [UInt8]) throws(Problem) {
    let text = String(decoding: bytes, as: UTF8.self)
    if !option.choices.isEmpty, !option.choices.contains(text) {
      let suggestion = Suggestion.nearest(to: text, among: option.choices).map { "; did you mean \($0)?" } ?? ""
      let choices = option.choices.joined(separator: ", ")
      throw Problem(message: "\(spelling) \(text): not one of \(choices)\(suggestion)")
    }
    switch option.name {
    case .evaluate:
      let count = inputs.count { if case .argument = $0 { true } else { false } }
      inputs.append(.argument(bytes, count + 1))
    case .format: format = Format(rawValue: text)
    case .database: databaseFile = text
    case .secret: secret = text
    case .color: color = ColorChoice(rawValue: text) ?? .auto
    case .depth:
      guard let number = Int(text), number >= 0 else {
        throw Problem(message: "\(spelling) \(text): not a number from 0 up")
      }
      depth = number
    case .now:
      guard let time = Time(parsing: text) else {
        throw Problem(message: "\(spelling) \(text): not a time such as 2020-01-01T00:00:00Z")
      }
      now = time
    case .seed:
      guard let number = UInt64(text) else { throw Problem(message: "\(spelling) \(text): not a number from 0 up") }
      seed = number
    case .keys:
      // An address may hold `=` itself; the path of a file seldom does.
      guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
        throw Problem(message: "\(spelling) \(text): not of the form URI=FILE")
      }
      keyFiles.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    case .completion: completion = text
    default: break
    }
  }
}

/// The arguments, one after another.
private struct ArgumentReader {
  private let arguments: [[UInt8]]
  private var place = 0
  /// True behind `--`: what follows are names of files.
  var isPastOptions = false

  init(_ arguments: [[UInt8]]) {
    self.arguments = arguments
  }

  mutating func next() -> [UInt8]? {
    guard place < arguments.count else { return nil }
    place += 1
    return arguments[place - 1]
  }
}
