import FQLSyntax
import FQLValues

/// Compiled queries that a session runs again with other values: scripts, dumps and drivers send the same few queries over and over.
///
/// Two queries have the same shape where they are the same but for their literals. Only such are kept as consist of forms that compile
/// their arguments without looking into them (`Compiler.Form.isPlain`), so that the literals are all that can differ in the code.
final class PreparedQueries {
  /// The one that was used last is the first.
  private var prepared: [PreparedQuery] = []
  /// Shapes that were met and not kept: what comes once is not worth it.
  private var met: [Int] = []
  private static let limit = 8
  /// Larger queries are compiled each time: nobody sends many of them.
  private static let largestSize = 64

  /// The code of a query whose shape is kept, with the query's literals in it. They stay in it until `clear`.
  func program(for query: Expr) -> QueryProgram? {
    for place in prepared.indices {
      let candidate = prepared[place]
      guard candidate.fill(from: query) else { continue }
      if place > 0 { prepared.insert(prepared.remove(at: place), at: 0) }
      return candidate.program
    }
    return nil
  }

  /// Lets go of the literals of the program that ran last.
  func clear() { prepared.first?.clear() }

  /// Keeps the code of a query, if its shape was met before.
  func keep(_ program: QueryProgram, of query: Expr, _ shape: Int) {
    guard met.contains(shape) else {
      if met.count == PreparedQueries.limit { met.removeFirst() }
      return met.append(shape)
    }
    guard let query = PreparedQuery(query, program) else { return }
    if prepared.count == PreparedQueries.limit { prepared.removeLast() }
    prepared.insert(query, at: 0)
  }

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
}

/// A query that was compiled, and how it looked, without its literals.
private final class PreparedQuery {
  /// What a query consists of, in the order of its tree.
  private enum Part {
    case literal
    case array(count: Int)
    case form(number: Int, keys: [String])
  }

  let program: QueryProgram
  private var parts: [Part] = []
  /// The nodes of the literals, in the order of the tree.
  private var literals: [LiteralNode] = []

  /// Nil where the literals cannot be told apart: forms compile their arguments in an order of their own, so they are found by their
  /// places in the text.
  init?(_ query: Expr, _ program: QueryProgram) {
    self.program = program
    var nodes: [Span: LiteralNode] = [:]
    for (span, node) in program.literals where nodes.updateValue(node, forKey: span) != nil { return nil }
    guard add(query, &nodes), nodes.isEmpty else { return nil }
  }

  private func add(_ expr: Expr, _ nodes: inout [Span: LiteralNode]) -> Bool {
    switch expr.kind {
    case .literal:
      guard let node = nodes.removeValue(forKey: expr.span) else { return false }
      parts.append(.literal)
      literals.append(node)
    case .array(let elements):
      parts.append(.array(count: elements.count))
      for element in elements where !add(element, &nodes) { return false }
    case .object(let members):
      parts.append(.form(number: members.function, keys: members.keys))
      for value in members.values where !add(value, &nodes) { return false }
    }
    return true
  }

  /// Puts the literals of a query into the code; false where the query differs in more than those.
  func fill(from query: Expr) -> Bool {
    var part = 0
    var literal = 0
    if fill(from: query, &part, &literal) { return true }
    clear()
    return false
  }

  private func fill(from expr: Expr, _ part: inout Int, _ literal: inout Int) -> Bool {
    guard part < parts.count else { return false }
    let current = part
    part += 1
    switch (parts[current], expr.kind) {
    case (.literal, .literal(let value)):
      literals[literal].value = value
      literal += 1
      return true
    case (.array(let count), .array(let elements)):
      return count == elements.count && fill(from: elements, &part, &literal)
    case (.form(let number, let keys), .object(let members)):
      return members.function == number && members.keys.isSame(as: keys) && fill(from: members.values, &part, &literal)
    default: return false
    }
  }

  private func fill(from list: some RandomAccessCollection<Expr>, _ part: inout Int, _ literal: inout Int) -> Bool {
    for i in list.indices where !fill(from: list[i], &part, &literal) { return false }
    return true
  }

  func clear() {
    for i in literals.indices { literals[i].value = .null }
  }
}

extension [String] {
  /// Whether the texts are the same. Mostly they are one array.
  fileprivate func isSame(as other: [String]) -> Bool {
    guard count == other.count else { return false }
    return withUnsafeBufferPointer { a in
      other.withUnsafeBufferPointer { b in
        a.baseAddress == b.baseAddress || a.indices.allSatisfy { a[$0].isSame(as: b[$0]) }
      }
    }
  }
}
