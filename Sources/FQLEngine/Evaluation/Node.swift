import FQLValues

/// A compiled expression.
///
/// Nodes form a tree that mirrors the wire form; each knows its place in it, so that the position of an error costs
/// nothing until there is one.
class Node {
  /// The node that this one is part of.
  unowned(unsafe) var parent: Node?
  /// The way from the parent's place to this one's.
  var path: [QueryError.Step] = []
  let span: Span

  init(span: Span) {
    self.span = span
  }

  /// The value of the expression.
  func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    .null
  }

  /// The path from the root of the query, or of the function's body, to this node.
  var position: [QueryError.Step] {
    (parent?.position ?? []) + path
  }

  func error(_ code: ErrorCode, _ description: String, _ steps: [QueryError.Step] = []) -> QueryError {
    QueryError(code, description, position: position + steps, span: span)
  }
}
