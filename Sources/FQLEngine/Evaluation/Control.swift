import FQLSyntax
import FQLValues

/// `Let`: binds names one after another and evaluates the body with them.
final class LetNode: Node {
  let slots: [Int]
  let bindings: [Node]
  let body: Node

  init(slots: [Int], bindings: [Node], places: [Place], body: Node) {
    self.slots = slots
    self.bindings = bindings
    self.body = body
    super.init()
    for i in bindings.indices { adopt(bindings[i], places[i]) }
    adopt(body, .key("in"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    for i in slots.indices { evaluation.frame[slots[i]] = try bindings[i].evaluate(evaluation) }
    return try body.evaluate(evaluation)
  }
}

/// `If`: evaluates one of two branches according to a boolean.
final class IfNode: Node {
  let condition: Node
  let then: Node
  let otherwise: Node

  init(_ condition: Node, then: Node, otherwise: Node) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
    super.init()
    adopt(condition, .key("if"))
    adopt(then, .key("then"))
    adopt(otherwise, .key("else"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let value = try condition.evaluate(evaluation)
    guard case .boolean(let holds) = value else { throw mismatch("Boolean", value, at: "if") }
    return try holds ? then.evaluate(evaluation) : otherwise.evaluate(evaluation)
  }
}

/// `Do`: evaluates expressions in order and returns the last one's value.
final class DoNode: Node {
  let expressions: [Node]

  init(_ expressions: [Node]) {
    self.expressions = expressions
    super.init()
    for (i, expression) in expressions.enumerated() { adopt(expression, .element("do", i)) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    var result = Value.null
    for expression in expressions { result = try expression.evaluate(evaluation) }
    return result
  }
}

/// `And` and `Or`: evaluate operands from left to right until one decides.
final class ConnectiveNode: Node {
  let key: String
  let operands: [Node]
  /// The operand that decides: false for `And`, true for `Or`.
  let deciding: Bool
  /// True for lambdas of older versions of the language, which evaluated every operand.
  let evaluatesAll: Bool

  /// A bare operand stands at the function's key, but its type error at index 0.
  init(_ key: String, _ operands: [Node], isBare: Bool, deciding: Bool, evaluatesAll: Bool) {
    self.key = key
    self.operands = operands
    self.deciding = deciding
    self.evaluatesAll = evaluatesAll
    super.init()
    for (i, operand) in operands.enumerated() { adopt(operand, isBare ? .key(key) : .element(key, i)) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    var isDecided = false
    for (i, operand) in operands.enumerated() {
      let value = try operand.evaluate(evaluation)
      guard case .boolean(let boolean) = value else { throw mismatch("Boolean", value, at: key, index: i) }
      if boolean == deciding {
        if !evaluatesAll { return .boolean(deciding) }
        isDecided = true
      }
    }
    return .boolean(isDecided ? deciding : !deciding)
  }
}

/// `At`: evaluates an expression with reads as of a time.
final class AtNode: Node {
  let time: Node
  let body: Node

  init(time: Node, body: Node) {
    self.time = time
    self.body = body
    super.init()
    adopt(time, .key("at"))
    adopt(body, .key("expr"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let value = try time.evaluate(evaluation)
    let outer = evaluation.readTime
    defer { evaluation.readTime = outer }
    if case .transactionTime = value {
      evaluation.readTime = nil
    } else if case .time(let at) = try cast(value, .time, at: "at") {
      let present = Time(microseconds: evaluation.transaction.time)
      // The transaction's own time is the present; a later one changes nothing.
      if at == present { evaluation.readTime = nil } else if at < present { evaluation.readTime = at.instant }
    }
    return try body.evaluate(evaluation)
  }
}

/// `Abort`: ends the transaction with a text.
final class AbortNode: Node {
  let message: Node

  init(_ message: Node) {
    self.message = message
    super.init()
    adopt(message, .key("abort"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let value = try message.evaluate(evaluation)
    guard case .string(let text) = value else { throw mismatch("String", value, at: "abort") }
    throw failure(.transactionAborted, text)
  }
}
