import FQLValues

/// What is wrong with a text, and where.
public struct Diagnostic: Error, Sendable, Equatable {
  /// In the words of the language's surface description, such as `Foo is not defined`.
  public var message: String
  public var span: Span
  /// True where more text could make it right: an interactive reader asks for another line.
  public var isIncomplete: Bool
  /// Where the brackets are that are still open, the outermost first; of an unfinished template or comment its start.
  public var openBrackets: [Int]
  /// A name that may have been meant.
  public var suggestion: String?

  public init(
    _ message: String, at span: Span, isIncomplete: Bool = false, openBrackets: [Int] = [], suggestion: String? = nil
  ) {
    self.message = message
    self.span = span
    self.isIncomplete = isIncomplete
    self.openBrackets = openBrackets
    self.suggestion = suggestion
  }

  /// The message with the suggestion: `paginate is not defined; did you mean Paginate?`
  public var text: String {
    if let suggestion { "\(message); did you mean \(suggestion)?" } else { message }
  }

  /// `"(" at 1:4 is still open`, of the innermost bracket; nil where none is.
  public func openBracketText(in source: Source) -> String? {
    guard let offset = openBrackets.last, offset < source.count else { return nil }
    let position = source.position(at: offset)
    let first = source.withBytes { $0[offset] }
    let bracket = first == UInt8(ascii: "/") ? "/*" : String(Unicode.Scalar(first))
    return "\"\(bracket)\" at \(position.line):\(position.column) is still open"
  }
}
