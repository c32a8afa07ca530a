import FQLValues

/// A compiled expression.
///
/// Nodes form a tree that mirrors the wire form; each knows its place in it, so that the position of an error costs
/// nothing until there is one. A node is not changed once it is compiled, but for the literals of a query that runs again
/// (`PreparedQueries`).
class Node {
  /// The way from a node to a part of it, in the words of the wire.
  enum Place {
    case root
    case key(String)
    case index(Int)
    /// An element of an argument: `["add", 1]`.
    case element(String, Int)
    /// A member of an argument that is an object: `["object", "a"]`.
    case member(String, String)
    /// A binding in a list of bindings: `["let", 0, "x"]`.
    case binding(String, Int, String)

    var steps: [QueryError.Step] {
      switch self {
      case .root: []
      case .key(let key): [.key(key)]
      case .index(let index): [.index(index)]
      case .element(let key, let index): [.key(key), .index(index)]
      case .member(let key, let name): [.key(key), .key(name)]
      case .binding(let key, let index, let name): [.key(key), .index(index), .key(name)]
      }
    }
  }

  /// The node that this one is part of. The tree is owned from the root, which outlives every part of it.
  final unowned(unsafe) var parent: Node?
  final var place = Place.root

  /// The value of the expression.
  func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    throw Failure(error(.internalError, "An expression without a meaning was evaluated."))
  }

  /// Makes `child` a part of this node.
  @discardableResult
  final func adopt<Child: Node>(_ child: Child, _ place: Place) -> Child {
    child.parent = self
    child.place = place
    return child
  }

  /// The path from the root of the query, or of the function's body, to this node.
  final var position: [QueryError.Step] {
    var steps: [QueryError.Step] = []
    var node: Node? = self
    while let current = node {
      steps.insert(contentsOf: current.place.steps, at: 0)
      node = current.parent
    }
    return steps
  }

  final func error(_ code: ErrorCode, _ description: String, _ steps: [QueryError.Step] = []) -> QueryError {
    QueryError(code, description, position: position + steps)
  }

  /// An error at this node, at one of its arguments, or at an element of one.
  final func failure(
    _ code: ErrorCode = .invalidArgument, _ description: String, at key: String? = nil, index: Int? = nil
  ) -> Failure {
    var steps: [QueryError.Step] = []
    if let key { steps.append(.key(key)) }
    if let index { steps.append(.index(index)) }
    return Failure(error(code, description, steps))
  }
}

/// A constant; of a query that runs again the value of this time.
final class LiteralNode: Node {
  var value: Value

  init(_ value: Value) {
    self.value = value
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value { value }
}

/// The value of a variable.
final class VariableNode: Node {
  let slot: Int

  init(slot: Int) {
    self.slot = slot
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value { evaluation.frame[slot] }
}

/// An array whose elements are evaluated in order; the errors of all that fail are reported.
final class ArrayNode: Node {
  private(set) var elements: [Node] = []

  init(_ elements: [Node], place: (Int) -> Place = { .index($0) }) {
    super.init()
    self.elements = elements
    for (i, element) in elements.enumerated() { adopt(element, place(i)) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    .array(try evaluateElements(evaluation))
  }

  func evaluateElements(_ evaluation: Evaluation) throws(Failure) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for i in elements.indices {
      do {
        values.append(try elements[i].evaluate(evaluation))
      } catch {
        throw error.joined(withThoseOf: elements[(i + 1)...], evaluation)
      }
    }
    return values
  }
}

/// An object whose members are evaluated in order; the errors of all that fail are reported.
final class ObjectNode: Node {
  let keys: [String]
  let values: [Node]

  init(keys: [String], values: [Node]) {
    self.keys = keys
    self.values = values
    super.init()
    for i in keys.indices { adopt(values[i], .member("object", keys[i])) }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    var fields: [Object.Field] = []
    fields.reserveCapacity(keys.count)
    for i in keys.indices {
      do {
        fields.append(.init(keys[i], try values[i].evaluate(evaluation)))
      } catch {
        throw error.joined(withThoseOf: values[(i + 1)...], evaluation)
      }
    }
    return .object(Object(fields))
  }
}

extension Failure {
  /// This failure's errors and those of the nodes behind the one that failed.
  func joined(withThoseOf nodes: ArraySlice<Node>, _ evaluation: Evaluation) -> Failure {
    var all = errors
    for node in nodes {
      do {
        _ = try node.evaluate(evaluation)
      } catch {
        all += error.errors
      }
    }
    return Failure(all)
  }
}
