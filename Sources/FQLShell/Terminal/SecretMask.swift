import FQLSyntax

/// Hides secrets in what is kept of the things that were typed.
///
/// Literals become `'***'`: values of `password`, `secret` and `client_secret`; the argument of `KeyFromSecret`, the
/// second of `Identify`; and whatever looks like a secret or a JWT. What follows `.secret` becomes `***`.
enum SecretMask {
  /// The text to keep; nil where nothing may be kept.
  static func mask(_ text: String) -> String? {
    if text.hasPrefix(".secret") {
      let rest = text.dropFirst(".secret".count).drop { $0 == " " || $0 == "\t" }
      return rest.isEmpty || rest == "-" ? text : ".secret ***"
    }
    let scalars = Array(text.unicodeScalars)
    var scanner = Scanner(scalars)
    guard scanner.scan() else {
      // What cannot be read could hide anything.
      let words = ["password", "secret", "client_secret", "KeyFromSecret", "Identify"]
      if words.contains(where: { contains(scalars, Array($0.unicodeScalars)) }) || looksSecret(scalars) { return nil }
      return text
    }
    var result = String.UnicodeScalarView()
    var place = 0
    for range in scanner.masked {
      result.append(contentsOf: scalars[place..<range.lowerBound])
      result.append(contentsOf: "'***'".unicodeScalars)
      place = range.upperBound
    }
    result.append(contentsOf: scalars[place...])
    return String(result)
  }

  private static func contains(_ scalars: [Unicode.Scalar], _ word: [Unicode.Scalar]) -> Bool {
    guard scalars.count >= word.count else { return false }
    return (0...(scalars.count - word.count)).contains { scalars[$0..<($0 + word.count)].elementsEqual(word) }
  }

  /// True where a text holds `fn`, a capital and 37 or more of `[A-Za-z0-9_-]`, or a JWT.
  static func looksSecret(_ scalars: [Unicode.Scalar]) -> Bool {
    var run: [Unicode.Scalar] = []
    func isSecret() -> Bool {
      if run.count >= 40 {
        for start in 0...(run.count - 40)
        where run[start] == "f" && run[start + 1] == "n" && ("A"..."Z").contains(run[start + 2]) {
          return true
        }
      }
      // Three parts of base64 with points between, the first one an object: `eyJ`.
      let parts = run.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count >= 3
        && parts.indices.dropLast(2).contains { place in
          parts[place].count >= 10 && parts[place].suffix(parts[place].count).starts(with: "ey".unicodeScalars)
            && !parts[place + 1].isEmpty
        }
    }
    for scalar in scalars {
      let isPart =
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
        || scalar == "-" || scalar == "."
      if isPart {
        run.append(scalar)
      } else {
        if isSecret() { return true }
        run = []
      }
    }
    return isSecret()
  }

  /// Goes through a text and notes the literals to hide.
  private struct Scanner {
    let scalars: [Unicode.Scalar]
    var masked: [Range<Int>] = []
    private var place = 0
    /// Calls and other brackets that are open, and the argument that each is in.
    private var frames: [(name: String, argument: Int)] = []
    private var lastWord = ""
    /// The key whose value comes next.
    private var key = ""

    init(_ scalars: [Unicode.Scalar]) {
      self.scalars = scalars
    }

    /// False where the text does not lex.
    mutating func scan() -> Bool {
      while place < scalars.count {
        let scalar = scalars[place]
        switch scalar {
        case "'", "\"", "`": if !literal(scalar) { return false }
        case "/" where place + 1 < scalars.count && scalars[place + 1] == "/":
          let start = place
          while place < scalars.count, scalars[place] != "\n" { place += 1 }
          if SecretMask.looksSecret(Array(scalars[start..<place])) { masked.append(start..<place) }
        case "(", "[", "{":
          frames.append((scalar == "(" ? lastWord : "", 0))
          lastWord = ""
          key = ""
          place += 1
        case ")", "]", "}":
          _ = frames.popLast()
          lastWord = ""
          key = ""
          place += 1
        case ",":
          if !frames.isEmpty { frames[frames.count - 1].argument += 1 }
          key = ""
          place += 1
        case ":":
          key = lastWord
          place += 1
        default:
          if scalar.isWordPart { word() } else { place += 1 }
        }
      }
      return true
    }

    private mutating func word() {
      let start = place
      while place < scalars.count, scalars[place].isWordPart || scalars[place] == "-" { place += 1 }
      lastWord = String(String.UnicodeScalarView(scalars[start..<place]))
      if SecretMask.looksSecret(Array(scalars[start..<place])) { masked.append(start..<place) }
    }

    private mutating func literal(_ quote: Unicode.Scalar) -> Bool {
      let start = place
      place += 1
      while place < scalars.count, scalars[place] != quote {
        if scalars[place] == "\\" { place += 1 }
        if place < scalars.count, scalars[place] == "\n", quote != "`" { return false }
        place += 1
      }
      guard place < scalars.count else { return false }
      place += 1
      let inside = Array(scalars[(start + 1)..<(place - 1)])
      lastWord = String(String.UnicodeScalarView(inside))
      var isSecret = ["password", "secret", "client_secret"].contains(key)
      if let frame = frames.last {
        if frame.name == "KeyFromSecret" || (frame.name == "Identify" && frame.argument == 1) { isSecret = true }
      }
      if isSecret || SecretMask.looksSecret(inside) { masked.append(start..<place) }
      return true
    }
  }
}
