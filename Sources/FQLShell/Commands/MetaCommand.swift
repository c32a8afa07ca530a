import FQLSyntax
import FQLValues

/// A line for the shell: a dot, a word, and what follows.
struct MetaCommand {
  /// The word with its dot.
  let name: String
  /// What follows the word, without the blanks around it.
  var rest: String
  let source: Source
  let span: Span
  /// Where further lines come from.
  let feed: any TextFeed

  init(_ line: String, _ source: Source, _ span: Span, _ feed: any TextFeed) {
    let name = line.unicodeScalars.prefix { !$0.isBlank }
    self.name = String(String.UnicodeScalarView(name))
    var rest = line.unicodeScalars.dropFirst(name.count).drop(while: \.isBlank)
    while rest.last?.isBlank == true { rest.removeLast() }
    self.rest = String(String.UnicodeScalarView(rest))
    self.source = source
    self.span = span
    self.feed = feed
  }

  /// The place of the word.
  var nameSpan: Span { Span(Int(span.start), Int(span.start) + name.utf8.count) }

  /// What is said of a word that is no command.
  var unknown: Diagnostic {
    let names = CommandDeclaration.all.flatMap { [$0.name] + $0.aliases }
    return Diagnostic(
      "unknown command \(name)", at: nameSpan, suggestion: Suggestion.nearest(to: name, among: names))
  }

  /// A line that cannot be followed.
  struct Problem: Error {
    var message: String
    var status = ExitStatus.queryFailed
  }

  /// The next line of the text, for a command that goes on over lines.
  func nextLine() throws(Problem) -> String? {
    do throws(SystemError) {
      return try feed.nextLine()
    } catch {
      throw Problem(message: "\(name): \(error.text)", status: ExitStatus.noInput)
    }
  }

  /// The arguments, bare or in quotes.
  func arguments() throws(Problem) -> [String] {
    var arguments: [String] = []
    var current: String.UnicodeScalarView?
    var quote: Unicode.Scalar?
    for scalar in rest.unicodeScalars {
      if let open = quote {
        if scalar == open { quote = nil } else { current?.append(scalar) }
      } else if scalar.isBlank {
        if let word = current { arguments.append(String(word)) }
        current = nil
      } else {
        if current == nil { current = .init() }
        if scalar == "\"" || scalar == "'" { quote = scalar } else { current?.append(scalar) }
      }
    }
    if quote != nil { throw Problem(message: "\(name): a quote is not closed", status: ExitStatus.syntax) }
    if let word = current { arguments.append(String(word)) }
    return arguments
  }
}

extension Unicode.Scalar {
  var isBlank: Bool { self == " " || self == "\t" || self == "\r" }
}
