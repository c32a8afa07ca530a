import FQLSyntax
import FQLValues

/// Compiled queries that a session runs again with other values: scripts, dumps and drivers send the same few queries over and over.
///
/// Two queries have the same shape where they are the same but for their literals. Only such are kept as consist of forms that compile
/// their arguments without looking into them (`Compiler.Form.isPlain`), so that the literals are all that can differ in the code.
final class PreparedQueries {
  /// A query that was compiled, and how it looked, without its literals.
  private struct Prepared {
    let shape: Int
    let outline: Expr
    let program: QueryProgram
    /// The places of the literals, in the order in which they stand in the tree.
    let literals: [LiteralNode]
  }

  /// The one that was used last is the first.
  private var prepared: [Prepared] = []
  /// Shapes that were met and not kept: what comes once is not worth it.
  private var met: [Int] = []
  private static let limit = 8
  /// Larger queries are compiled each time: nobody sends many of them.
  private static let largestSize = 64

  /// The code of a query of a shape that is kept, with the query's literals in it. They stay in it until `clear`.
  func program(for query: Expr, _ shape: Int?) -> QueryProgram? {
    guard let shape, let place = prepared.firstIndex(where: { $0.shape == shape }) else { return nil }
    let found = prepared[place]
    var next = 0
    guard PreparedQueries.fill(found.literals, from: query, as: found.outline, &next) else { return nil }
    if place > 0 { prepared.insert(prepared.remove(at: place), at: 0) }
    return found.program
  }

  /// Lets go of the literals of the program that ran last.
  func clear() {
    guard let last = prepared.first else { return }
    for literal in last.literals { literal.value = .null }
  }

  /// Keeps the code of a query, if its shape was met before.
  func keep(_ program: QueryProgram, of query: Expr, _ shape: Int?) {
    guard let shape else { return }
    guard met.contains(shape) else {
      if met.count == PreparedQueries.limit { met.removeFirst() }
      return met.append(shape)
    }
    guard let literals = PreparedQueries.literals(of: program, as: query) else { return }
    if prepared.count == PreparedQueries.limit { prepared.removeLast() }
    let outline = PreparedQueries.outline(of: query)
    prepared.insert(Prepared(shape: shape, outline: outline, program: program, literals: literals), at: 0)
  }

  // MARK: Shapes

  /// A number that queries of the same shape share; nil for one that cannot be kept.
  static func shape(of query: Expr) -> Int? {
    var shape = 0
    var size = 0
    return mix(query, into: &shape, &size) ? shape : nil
  }

  private static func mix(_ expr: Expr, into shape: inout Int, _ size: inout Int) -> Bool {
    size += 1
    guard size <= largestSize else { return false }
    switch expr.kind {
    case .literal:
      shape = shape &* 31 &+ 1
    case .array(let elements):
      shape = shape &* 31 &+ 2 &+ elements.count
      for i in elements.indices where !mix(elements[i], into: &shape, &size) { return false }
    case .object(let members):
      guard members.function >= 0, Compiler.forms[members.function]?.isPlain ?? false else { return false }
      shape = (shape &* 31 &+ members.function) &* 31 &+ members.keys.count
      for i in members.values.indices where !mix(members.values[i], into: &shape, &size) { return false }
    }
    return true
  }

  /// Puts the literals of a query into its code; false where it differs in more than those.
  private static func fill(_ literals: [LiteralNode], from query: Expr, as outline: Expr, _ next: inout Int) -> Bool {
    switch (query.kind, outline.kind) {
    case (.literal(let value), .literal):
      literals[next].value = value
      next += 1
    case (.array(let elements), .array(let other)):
      guard elements.count == other.count else { return false }
      for i in elements.indices where !fill(literals, from: elements[i], as: other[i], &next) { return false }
    case (.object(let members), .object(let other)):
      guard members.function == other.function, members.keys.count == other.keys.count else { return false }
      for i in members.keys.indices {
        guard members.keys[i].isSame(as: other.keys[i]),
          fill(literals, from: members.values[i], as: other.values[i], &next)
        else { return false }
      }
    default: return false
    }
    return true
  }

  /// A query with null for each literal.
  private static func outline(of query: Expr) -> Expr {
    switch query.kind {
    case .literal: return Expr(.literal(.null))
    case .array(let elements): return Expr(.array(elements.map(outline)))
    case .object(let members):
      return Expr(
        .object(
          Expr.Members(keys: members.keys, values: members.values.map(outline), function: members.function)))
    }
  }

  /// The nodes of the literals of a query in the order in which they stand in its tree; nil where they cannot be told apart.
  ///
  /// Forms compile their arguments in an order of their own, so they are found by their places in the text.
  private static func literals(of program: QueryProgram, as query: Expr) -> [LiteralNode]? {
    var nodes: [Span: LiteralNode] = [:]
    for (span, node) in program.literals where nodes.updateValue(node, forKey: span) != nil { return nil }
    var ordered: [LiteralNode] = []
    func visit(_ expr: Expr) -> Bool {
      switch expr.kind {
      case .literal:
        guard let node = nodes.removeValue(forKey: expr.span) else { return false }
        ordered.append(node)
        return true
      case .array(let elements): return elements.allSatisfy(visit)
      case .object(let members): return members.values.allSatisfy(visit)
      }
    }
    return visit(query) && nodes.isEmpty ? ordered : nil
  }
}
