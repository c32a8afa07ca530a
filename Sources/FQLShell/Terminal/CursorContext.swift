/// Where in a query a place is: which call and argument, in a string or a comment, and which variables are known there.
struct CursorContext {
  enum Bracket {
    /// The parenthesis of a call, or without a name any other.
    case call(String)
    case array
    case object
  }

  struct Frame {
    var bracket: Bracket
    /// Which argument or element.
    var place = 0
    /// The variables that were known before it was opened.
    var variableCount: Int
    /// True in an object before a key's colon.
    var isAtKey = false
    /// The keys of an object so far.
    var keys: [String] = []
  }

  /// A variable and whether it is used by its bare name, as a parameter of an arrow function is.
  struct Variable {
    var name: String
    var isBare: Bool
  }

  private(set) var frames: [Frame] = []
  private(set) var variables: [Variable] = []
  private(set) var isInComment = false
  /// The text of the string that is open, and its quote.
  private(set) var openString: (quote: Unicode.Scalar, text: String)?
  /// The word that is being typed.
  private(set) var word = ""
  /// The last character that is no blank, before that word.
  private(set) var lastMark: Unicode.Scalar?
  private var lastWord = ""
  /// Names of parameters in the parenthesis that was closed last.
  private var closedNames: [String] = []
  private var names: [String] = []

  init(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      switch scalar {
      case "'", "\"", "`":
        endWord()
        place = readString(scalars, place)
        continue
      case "/" where place + 1 < scalars.count && (scalars[place + 1] == "/" || scalars[place + 1] == "*"):
        endWord()
        place = readComment(scalars, place)
        continue
      default: take(scalar, next: place + 1 < scalars.count ? scalars[place + 1] : nil)
      }
      place += 1
    }
  }

  private mutating func readString(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
    var text = ""
    var place = start + 1
    while place < scalars.count {
      if scalars[place] == scalars[start] {
        string(text)
        return place + 1
      }
      if scalars[place] == "\\", place + 1 < scalars.count { place += 1 }
      if scalars[place] == "\n", scalars[start] != "`" { return place }
      text.unicodeScalars.append(scalars[place])
      place += 1
    }
    openString = (scalars[start], text)
    return place
  }

  private mutating func readComment(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
    let isBlock = scalars[start + 1] == "*"
    var place = start + 2
    while place < scalars.count {
      if isBlock, scalars[place] == "*", place + 1 < scalars.count, scalars[place + 1] == "/" { return place + 2 }
      if !isBlock, scalars[place] == "\n" { return place }
      place += 1
    }
    isInComment = true
    return place
  }

  private mutating func string(_ text: String) {
    lastMark = "\""
    lastWord = text
    if let frame = frames.last {
      switch frame.bracket {
      case .call("Lambda") where frame.place == 0: declare(text)
      case .array where isLambdaPattern: declare(text)
      default: break
      }
    }
  }

  private var isLambdaPattern: Bool {
    guard frames.count > 1, case .call("Lambda") = frames[frames.count - 2].bracket else { return false }
    return frames[frames.count - 2].place == 0
  }

  private mutating func declare(_ name: String, isBare: Bool = false) {
    variables.append(Variable(name: name, isBare: isBare))
    // Visible to the rest of what is around, not only in the pattern.
    if case .array? = frames.last?.bracket { frames[frames.count - 1].variableCount = variables.count }
  }

  private mutating func take(_ scalar: Unicode.Scalar, next: Unicode.Scalar?) {
    if scalar.isWordPart {
      word.unicodeScalars.append(scalar)
      return
    }
    if scalar == ".", !word.isEmpty {
      // A prefix such as `q.` is no part of the name.
      word = ""
      lastMark = "."
      return
    }
    endWord()
    if scalar.isBlank || scalar == "\n" || scalar == "\r" { return }
    switch scalar {
    case "(": open(.call(lastMark == "w" ? lastWord : ""))
    case "[": open(.array)
    case "{": open(.object)
    case ")", "]", "}": close()
    case ",":
      if let count = frames.indices.last {
        frames[count].place += 1
        frames[count].isAtKey = true
      }
      names.append(lastWord)
    case ":": nameKey()
    case "=" where next == ">": arrow()
    case ";":
      frames = []
      variables = []
    default: break
    }
    lastMark = scalar
  }

  private mutating func endWord() {
    guard !word.isEmpty else { return }
    lastWord = word
    lastMark = "w"
    word = ""
  }

  private mutating func open(_ bracket: Bracket) {
    names = []
    frames.append(Frame(bracket: bracket, variableCount: variables.count, isAtKey: true))
  }

  private mutating func close() {
    closedNames = names + [lastWord]
    guard let frame = frames.popLast() else { return }
    // The names of `Let` are for what follows its bindings.
    if case .object = frame.bracket, case .call("Let")? = frames.last?.bracket, frames.last?.place == 0 {
      variables.removeLast(variables.count - frame.variableCount)
      for key in frame.keys { variables.append(Variable(name: key, isBare: false)) }
    } else {
      variables.removeLast(max(0, variables.count - frame.variableCount))
    }
  }

  private mutating func nameKey() {
    guard let count = frames.indices.last, case .object = frames[count].bracket, frames[count].isAtKey else { return }
    frames[count].isAtKey = false
    frames[count].keys.append(lastWord)
    if frames.count > 1, case .call("Let") = frames[count - 1].bracket, frames[count - 1].place == 0 {
      variables.append(Variable(name: lastWord, isBare: false))
    }
  }

  private mutating func arrow() {
    let names = lastMark == ")" ? closedNames : [lastWord]
    for name in names where !name.isEmpty { variables.append(Variable(name: name, isBare: true)) }
  }

  /// The innermost call around the place and which of its arguments.
  var call: (name: String, argument: Int)? {
    for frame in frames.reversed() {
      if case .call(let name) = frame.bracket, !name.isEmpty { return (name, frame.place) }
    }
    return nil
  }

  /// The call whose argument is the object literal that the place is directly in, where a key could stand.
  var optionsOf: String? {
    guard let last = frames.last, case .object = last.bracket, last.isAtKey, frames.count > 1,
      case .call(let name) = frames[frames.count - 2].bracket
    else { return nil }
    return name
  }
}

extension Unicode.Scalar {
  var isWordPart: Bool {
    self == "_" || self == "$"
      || (value < 0x80 ? properties.isAlphabetic || ("0"..."9").contains(self) : properties.isIDContinue)
  }
}
