import FQLValues

/// The implementation of a function whose arguments the evaluator evaluates and casts, as the function table says.
///
/// An implementation sees arguments of the right type only: a `.string` key holds `.string`, a `.time` key `.time` (integers
/// have become times), and a key that takes one or many values an `.array` of them. An absent optional argument is nil.
enum Builtin: Sendable {
  case unary(@Sendable (Value, Call) throws(Failure) -> Value)
  case binary(@Sendable (Value, Value?, Call) throws(Failure) -> Value)
  case variadic(@Sendable ([Value?], Call) throws(Failure) -> Value)
}

/// A running call, as a function's implementation sees it: where it stands, and what surrounds it.
struct Call {
  let node: Node
  let evaluation: Evaluation

  /// An error at the call itself, or at one of its arguments, or at an element of an argument that was given as an array.
  func failure(
    _ code: ErrorCode, _ description: String, at key: String? = nil, index: Int? = nil
  ) -> Failure {
    var steps: [QueryError.Step] = []
    if let key { steps.append(.key(key)) }
    if let index { steps.append(.index(index)) }
    return Failure(node.error(code, description, steps))
  }

  /// An error of the code `invalid argument`.
  func failure(_ description: String, at key: String? = nil, index: Int? = nil) -> Failure {
    failure(.invalidArgument, description, at: key, index: index)
  }
}

/// Every function that is implemented over evaluated arguments, by wire name.
enum Builtins {
  static let table: [String: Builtin] = {
    var table: [String: Builtin] = [:]
    for group in groups { table.merge(group) { first, _ in first } }
    return table
  }()

  private static let groups: [[String: Builtin]] = [
    strings, stringSearch, regularExpressions, numbers, trigonometry,
  ]
}
