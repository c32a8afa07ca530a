import FQLSyntax
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
    node.failure(code, description, at: key, index: index)
  }

  /// An error of the code `invalid argument`.
  func failure(_ description: String, at key: String? = nil, index: Int? = nil) -> Failure {
    node.failure(.invalidArgument, description, at: key, index: index)
  }
}

/// A call of a function that is implemented over evaluated arguments.
///
/// Arguments run from the last to the first; of several that fail the first one's errors are reported.
class BuiltinNode: Node {
  final let keys: [FunctionTable.Key]
  /// The arguments in the order of the keys; nil where an optional one is absent.
  final let arguments: [Node?]
  final let implementation: Builtin

  init(_ keys: [FunctionTable.Key], _ arguments: [Node?], _ implementation: Builtin) {
    self.keys = keys
    self.arguments = arguments
    self.implementation = implementation
    super.init()
    for i in keys.indices where i < arguments.count {
      if let argument = arguments[i] { adopt(argument, .key(keys[i].name)) }
    }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let call = Call(node: self, evaluation: evaluation)
    switch implementation {
    case .unary(let function):
      return try function(try argument(0, evaluation) ?? .null, call)
    case .binary(let function):
      let second: Value?
      do {
        second = try argument(1, evaluation)
      } catch {
        _ = try argument(0, evaluation)
        throw error
      }
      return try function(try argument(0, evaluation) ?? .null, second, call)
    case .variadic(let function):
      return try function(try evaluateArguments(evaluation), call)
    }
  }

  private func argument(_ i: Int, _ evaluation: Evaluation) throws(Failure) -> Value? {
    guard i < arguments.count, let node = arguments[i] else { return nil }
    return try cast(try node.evaluate(evaluation), keys[i].kind, keys[i].multiplicity, at: keys[i].name)
  }

  private func evaluateArguments(_ evaluation: Evaluation) throws(Failure) -> [Value?] {
    var values: [Value?] = Array(repeating: nil, count: arguments.count)
    var failure: Failure?
    for i in arguments.indices.reversed() {
      do {
        values[i] = try argument(i, evaluation)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
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
    references,
    containment,
    arrays,
    folds,
    sets,
    identity,
    strings,
    stringSearch,
    regularExpressions,
    formatting,
    numbers,
    trigonometry,
    times,
    timeParts,
    conversions,
    typeChecks,
  ]
}
