import FQLEngine
import FQLSyntax
import FQLValues

/// Finds where in a query's text an error stands, by its position on the wire.
enum ErrorPlace {
  /// The span of the innermost part of the tree that the position leads to.
  static func span(of position: [QueryError.Step], in query: Expr) -> Span {
    var expr = query
    var span = query.span
    for step in position {
      switch (expr.kind, step) {
      case (.array(let elements), .index(let index)) where elements.indices.contains(index): expr = elements[index]
      case (.object(let members), .key(let key)):
        guard let member = members[key] else { return span }
        expr = member
      default: return span
      }
      if expr.span != .none { span = expr.span }
    }
    return span
  }
}
