import FQLValues

/// Reading sets. (stub)
enum SetReading {
  static func each(_ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String, _ body: (Value) throws(Failure) -> Void) throws(Failure) {
    throw node.failure(.internalError, "sets")
  }
  static func count(_ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String) throws(Failure) -> Int64 {
    throw node.failure(.internalError, "sets")
  }
  static func exists(_ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String) throws(Failure) -> Bool {
    throw node.failure(.internalError, "sets")
  }
  static func first(_ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String) throws(Failure) -> Value? {
    throw node.failure(.internalError, "sets")
  }
  static func contains(_ set: SetValue, _ wanted: Value, _ call: Call) throws(Failure) -> Bool {
    throw call.failure(.internalError, "sets")
  }
  static func firstElement(_ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String) throws(Failure) -> SetElement? {
    throw node.failure(.internalError, "sets")
  }
}
