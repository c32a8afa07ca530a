import FQLEngine
import FQLSyntax
import FQLValues

/// Finds where in a query's text an error stands, by its position on the wire.
enum ErrorPlace {
  /// The span of the innermost part of a query that the position leads to.
  static func span(of position: [QueryError.Step], in query: Expr, _ source: Source) -> Span {
    let (span, isWithinData) = walk(position, query)
    // Data is one piece in the tree: the text is read again with the places of its parts.
    guard isWithinData, query.span != .none else { return span }
    let start = Int(query.span.start)
    let text = Source(
      name: source.name, bytes: Array(source.bytes[start..<min(Int(query.span.end), source.bytes.count)]))
    guard let script = try? Script(parsing: text, keepsPlaces: true), let statement = script.statements.first else {
      return span
    }
    let inner = walk(position, statement.expr).span
    return Span(Int(inner.start) + start, Int(inner.end) + start)
  }

  private static func walk(_ position: [QueryError.Step], _ query: Expr) -> (span: Span, isWithinData: Bool) {
    var expr = query
    var span = query.span
    for step in position {
      switch (expr.kind, step) {
      case (.array(let elements), .index(let index)) where elements.indices.contains(index): expr = elements[index]
      case (.object(let members), .key(let key)):
        guard let member = members[key] else { return (span, false) }
        expr = member
      case (.literal, _): return (span, true)
      default: return (span, false)
      }
      if expr.span != .none { span = expr.span }
    }
    return (span, false)
  }
}
