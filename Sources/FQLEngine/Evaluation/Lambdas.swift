import FQLSyntax
import FQLValues

/// How the parameters of a lambda take its argument.
enum Binding {
  /// One variable takes the whole argument; nil ignores it.
  case whole(Int?)
  /// Variables by position; nil ignores its element.
  case elements([Int?])
}

extension Binding {
  /// Binds an argument; the error of a wrong number of elements is at `lambda` under the node's `key`.
  @inline(__always)
  func bind(_ argument: Value, _ evaluation: Evaluation, _ node: Node, _ key: String?) throws(Failure) {
    switch self {
    case .whole(let slot):
      if let slot { evaluation.frame[slot] = argument }
    case .elements(let slots):
      if case .array(let values) = argument {
        guard values.count == slots.count else { throw Binding.arity(slots.count, values.count, node, key) }
        for i in slots.indices {
          if let slot = slots[i] { evaluation.frame[slot] = values[i] }
        }
      } else if slots.count == 1 {
        if let slot = slots[0] { evaluation.frame[slot] = argument }
      } else {
        throw Binding.arity(slots.count, 1, node, key)
      }
    }
  }

  static func arity(_ expected: Int, _ given: Int, _ node: Node, _ key: String?) -> Failure {
    let steps: [QueryError.Step] = (key.map { [.key($0)] } ?? []) + [.key("lambda")]
    return Failure(
      node.error(.invalidArgument, "Lambda expects an array with \(expected) elements. Array contains \(given).", steps)
    )
  }
}

/// A lambda that is applied where it stands, over the variables of the query around it.
final class InlineLambda {
  let binding: Binding
  let body: Node
  /// The form that applies it, and the key under which it stands; positions are reported there.
  unowned(unsafe) let node: Node
  let key: String

  init(_ binding: Binding, body: Node, in node: Node, key: String) {
    self.binding = binding
    self.body = body
    self.node = node
    self.key = key
    node.adopt(body, .member(key, "expr"))
  }

  @inline(__always)
  func apply(_ argument: Value, _ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.enter(node, at: key)
    defer { evaluation.depth -= 1 }
    // The lambda of `Merge` stands at that very key.
    try binding.bind(argument, evaluation, node, key == "lambda" ? nil : key)
    return try body.evaluate(evaluation)
  }

  /// Applies it to the array of two values, without making that array where two variables take them.
  @inline(__always)
  func apply(_ first: Value, _ second: Value, _ evaluation: Evaluation) throws(Failure) -> Value {
    guard case .elements(let slots) = binding, slots.count == 2 else {
      return try apply(.array([first, second]), evaluation)
    }
    try evaluation.enter(node, at: key)
    defer { evaluation.depth -= 1 }
    if let slot = slots[0] { evaluation.frame[slot] = first }
    if let slot = slots[1] { evaluation.frame[slot] = second }
    return try body.evaluate(evaluation)
  }
}

/// The code of a lambda that outlives the place where it is written: of a user function, a `Query`, a filtered or joined set.
///
/// It has a frame of its own, into which the captured values are copied.
final class LambdaProgram: LambdaCode, @unchecked Sendable {
  // Sendable: nothing changes once it is compiled, and its nodes hold no state of a run.
  let binding: Binding
  let body: Node
  let slotCount: Int
  /// Where captured values go.
  let captures: [Int]
  let effect: Effect
  /// The form that it is written in, where errors of applying it are reported; it lives as long as the query that it is part of.
  unowned(unsafe) var home: Node?
  /// How many parameters it names; nil where one parameter takes the whole argument.
  var parameterCount: Int? {
    if case .elements(let slots) = binding { slots.count } else { nil }
  }
  var ignoresArgument: Bool {
    if case .whole(nil) = binding { true } else { false }
  }

  init(_ binding: Binding, body: Node, slotCount: Int, captures: [Int], effect: Effect) {
    self.binding = binding
    self.body = body
    self.slotCount = slotCount
    self.captures = captures
    self.effect = effect
  }

  /// Applies it. An error of the pattern or of the stack is reported at `node`, under `key`; for a function that is
  /// the call itself.
  func apply(
    _ argument: Value, captured: [Object.Field], _ evaluation: Evaluation, at node: Node, _ key: String?
  ) throws(Failure) -> Value {
    try evaluation.enter(node, at: key)
    defer { evaluation.depth -= 1 }
    return try evaluation.withFrame(slotCount) { () throws(Failure) in
      for (slot, field) in zip(captures, captured) { evaluation.frame[slot] = field.value }
      try binding.bind(argument, evaluation, node, key)
      return try body.evaluate(evaluation)
    }
  }
}

/// A lambda that is made into a value when the form around it is evaluated: it captures the variables that it uses.
final class ClosureTemplate {
  let version: String
  let pattern: LambdaValue.Pattern
  let body: Expr
  let program: LambdaProgram
  /// The captured variables: their names and where they are in the frame around.
  let captures: [(name: String, slot: Int)]

  init(
    version: String, pattern: LambdaValue.Pattern, body: Expr, program: LambdaProgram,
    captures: [(name: String, slot: Int)]
  ) {
    self.version = version
    self.pattern = pattern
    self.body = body
    self.program = program
    self.captures = captures
  }

  func value(_ evaluation: Evaluation) -> LambdaValue {
    LambdaValue(
      version: version, pattern: pattern, body: body,
      captured: captures.map { .init($0.name, evaluation.frame[$0.slot]) }, code: program)
  }
}

/// `Query`: a lambda as a value.
final class QueryNode: Node {
  let template: ClosureTemplate

  init(_ template: ClosureTemplate) {
    self.template = template
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value { .lambda(template.value(evaluation)) }
}
