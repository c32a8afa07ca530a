/// A piece of text: a word, a literal or a punctuation mark.
struct Token {
  enum Kind: UInt8 {
    case end
    case name
    /// Decimal digits alone.
    case integer
    /// Digits with a point or an exponent.
    case double
    /// `0x`, `0o` or `0b` and digits.
    case radixInteger
    case string
    case template
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, colon, semicolon, dot, arrow, ellipsis, equals, minus, plus
    /// Something that is none of these; `Lexer.problem` says what is wrong.
    case invalid
  }

  var kind: Kind
  /// True where a line ended between this token and the one before it.
  var isAfterLineEnd = false
  /// True for a string with escapes, or a template with escapes or carriage returns.
  var hasEscapes = false
  var start: Int
  var end: Int
}
