import FQLSyntax
import FQLValues

/// Compiled queries that a session runs again with other literals: scripts, dumps and drivers send the same few queries over and over.
///
/// Only such are kept as consist of functions that compile their arguments without looking into them (`Compiler.Form.isPlain`), so that
/// the literals are all that can differ in the code.
final class PreparedQueries {
  /// The one that was used last is the first.
  private var prepared: [PreparedQuery] = []
  private static let limit = 8

  /// The code of a query whose form is kept, with the query's literals in it. They stay in it until `clear`.
  func program(for repetition: Repetition) -> QueryProgram? {
    for place in prepared.indices {
      let query = prepared[place]
      guard query.form === repetition.form else { continue }
      if place > 0 { prepared.insert(prepared.remove(at: place), at: 0) }
      query.fill(repetition)
      return query.program
    }
    return nil
  }

  /// Lets go of the literals of the program that ran last.
  func clear() { prepared.first?.clear() }

  /// Keeps the code of a query for others of its form; false where that cannot be.
  func keep(_ program: QueryProgram, of query: Expr, as form: StatementForm) -> Bool {
    guard let query = PreparedQuery(query, form, program) else { return false }
    if prepared.count == PreparedQueries.limit { prepared.removeLast() }
    prepared.insert(query, at: 0)
    return true
  }

  /// Whether a query consists of nothing but plain forms.
  static func isPlain(_ query: Expr) -> Bool {
    switch query.kind {
    case .literal: true
    case .array(let elements): elements.allSatisfy(isPlain)
    case .object(let members):
      members.function >= 0 && Compiler.forms[members.function]?.isPlain ?? false && members.values.allSatisfy(isPlain)
    }
  }
}

/// A query that was compiled, and where its literals are in the code.
private final class PreparedQuery {
  let form: StatementForm
  let program: QueryProgram
  /// Where the literals go, in the order of the tree.
  private var places: [Place] = []

  private enum Place {
    case node(LiteralNode)
    /// What is given to a write, as it is stored.
    case write(WriteNode, LiteralNode)
  }

  /// Nil where the literals cannot be told apart: forms compile their arguments in an order of their own, so they are found by their
  /// places in the text.
  init?(_ query: Expr, _ form: StatementForm, _ program: QueryProgram) {
    self.form = form
    self.program = program
    var nodes: [Span: LiteralNode] = [:]
    for (span, node) in program.literals where nodes.updateValue(node, forKey: span) != nil { return nil }
    guard add(query, &nodes), nodes.isEmpty else { return nil }
  }

  private func add(_ expr: Expr, _ nodes: inout [Span: LiteralNode]) -> Bool {
    switch expr.kind {
    case .literal:
      guard let node = nodes.removeValue(forKey: expr.span) else { return false }
      if let write = node.parent as? WriteNode, write.params === node {
        places.append(.write(write, node))
      } else {
        places.append(.node(node))
      }
    case .array(let elements):
      for element in elements where !add(element, &nodes) { return false }
    case .object(let members):
      for value in members.values where !add(value, &nodes) { return false }
    }
    return true
  }

  /// Puts literals into the code.
  func fill(_ repetition: Repetition) {
    var reader = ValueReader(bytes: repetition.literals, position: 0, names: nil, pendingTime: nil)
    for place in places {
      switch place {
      case .node(let node): node.value = reader.value()
      case .write(let write, let node):
        write.stored = StoredLiteral(repetition, &reader)
        if write.stored == nil { node.value = reader.value() }
      }
    }
  }

  func clear() {
    for place in places {
      switch place {
      case .node(let node): node.value = .null
      case .write(let write, let node):
        write.stored = nil
        node.value = .null
      }
    }
  }
}
