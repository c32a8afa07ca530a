import FQLSyntax
import FQLValues

// `Select`, `ContainsPath` and the like: what a path finds in each kind of value.

extension Value {
  /// What a path finds; nil where it finds nothing. With `all`, arrays on the way give what the path finds in each element.
  func walk(_ path: ArraySlice<PathStep>, all: Bool = false) -> Value? {
    guard let step = path.first else {
      if all, case .array(let elements) = self { return .array(Value.flattened(elements)) }
      return self
    }
    if all, case .field = step, case .array(let elements) = self {
      var found: [Value] = []
      for element in elements {
        guard let value = element.walk(path, all: true) else { continue }
        if case .array(let values) = value { found += values } else { found.append(value) }
      }
      return .array(found)
    }
    if case .document(let document) = self, case .encoded(let encoded) = document.body, !all,
      case .field(let key) = step, !["ref", "ts", "class"].contains(key), path.count > 1
    {
      // The whole path at once, where nothing on it needs more than fields and positions.
      if let value = encoded.value(at: Array(path)) { return value }
    }
    return find(step)?.walk(path.dropFirst(), all: all)
  }

  private static func flattened(_ elements: [Value]) -> [Value] {
    elements.flatMap { element -> [Value] in
      if case .array(let inner) = element { flattened(inner) } else { [element] }
    }
  }

  /// What one step finds.
  private func find(_ step: PathStep) -> Value? {
    switch step {
    case .index(let index):
      switch self {
      case .array(let elements), .cursor(.array(let elements)):
        return elements.indices.contains(index) ? elements[index] : nil
      case .page(let page): return page.data.indices.contains(index) ? page.data[index] : nil
      default: return nil
      }
    case .field(let key):
      switch self {
      case .object(let object): return object[key]
      case .document(let document):
        switch key {
        case "ref": return .ref(document.ref)
        case "ts": return document.tsValue
        case "class": return document.ref.collectionRef.map { .ref($0) }
        default: return document.field(key)
        }
      case .page(let page):
        switch key {
        case "data": return .array(page.data)
        case "before": return page.before?.unwrapped
        case "after": return page.after?.unwrapped
        default: return nil
        }
      case .event(let event), .cursor(.event(let event)): return event.find(key)
      case .sourced(let element):
        switch key {
        case "value": return element.value
        case "sources": return .array(element.sources)
        default: return nil
        }
      case .ref(let ref): return ref.find(key)
      case .set(let set): return set.find(key)
      default: return nil
      }
    }
  }
}

extension Value {
  /// What a cursor holds: selected from a page it is an ordinary array, or an event.
  fileprivate var unwrapped: Value {
    switch self {
    case .cursor(.array(let components)): .array(components)
    case .cursor(.event(let event)): .event(event)
    default: self
    }
  }
}

extension Event {
  fileprivate func find(_ key: String) -> Value? {
    switch key {
    case "ts": return tsValue
    case "action": return .action(action)
    case "document", "instance", "resource": return document.map { .ref($0) }
    case "data":
      if isOfSet, case .array(let values)? = data, values.count == 1 { return values[0] }
      return data
    default: return nil
    }
  }
}

extension Ref {
  fileprivate func find(_ key: String) -> Value? {
    guard isResolved else { return nil }
    switch key {
    case "id": return .string(idText)
    case "collection", "class": return collectionRef.map { .ref($0) }
    case "database": return entity?.database.map { .ref(.entity($0)) }
    default: return nil
    }
  }
}

extension SetValue {
  fileprivate func find(_ key: String) -> Value? {
    switch key {
    case "@set": return .object(definition)
    case "match", "terms", "union", "intersection", "difference", "distinct", "join", "with": return definition[key]
    default: return nil
    }
  }
}

/// A path as `Select` takes it: names and positions.
enum SelectionPath {
  static func steps(_ value: Value) -> [PathStep] {
    guard case .array(let elements) = value else { return [] }
    return elements.map { element in
      switch element {
      case .string(let key): .field(key)
      case .integer(let index): .index(Int(index))
      default: .index(-1)
      }
    }
  }

  static func text(_ path: [PathStep]) -> String {
    path.map { step in
      switch step {
      case .field(let key): key
      case .index(let index): String(index)
      }
    }.joined(separator: ",")
  }
}

/// `Select` and `SelectAll`.
final class SelectNode: Node {
  let key: String
  let path: Node
  /// The path where it is constant.
  let constantPath: [PathStep]?
  let from: Node
  let fallback: Node?
  let all: Node?
  /// True for the forms that always collect.
  let collects: Bool
  /// True for lambdas of older versions of the language, which always evaluated the default.
  let evaluatesDefault: Bool
  /// The `Get` that is selected from, where a stored field can be read without the rest of the document.
  private let get: GetNode?

  init(
    _ key: String, path: Node, from: Node, fallback: Node?, all: Node?, collects: Bool, evaluatesDefault: Bool
  ) {
    self.key = key
    self.path = path
    self.from = from
    self.fallback = fallback
    self.all = all
    self.collects = collects
    self.evaluatesDefault = evaluatesDefault
    if let literal = path as? LiteralNode, SelectNode.isPath(literal.value) {
      constantPath = SelectionPath.steps(
        { if case .array = literal.value { literal.value } else { .array([literal.value]) } }())
    } else {
      constantPath = nil
    }
    if let path = constantPath, path.count > 1, case .field(let key) = path[0], !["ref", "ts", "class"].contains(key),
      all == nil, !collects, !evaluatesDefault
    {
      get = from as? GetNode
    } else {
      get = nil
    }
    super.init()
    adopt(path, .key(key))
    adopt(from, .key("from"))
    if let fallback { adopt(fallback, .key("default")) }
    if let all { adopt(all, .key("all")) }
  }

  private static func isPath(_ value: Value) -> Bool {
    switch value {
    case .string, .integer: true
    case .array(let elements):
      elements.allSatisfy {
        switch $0 {
        case .string, .integer: true
        default: false
        }
      }
    default: false
    }
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    if let get, let constantPath, let selection = try get.select(constantPath, evaluation) {
      switch selection {
      case .found(let value): return value
      case .missing: return try miss(constantPath, evaluation)
      case .other(let value):
        let document = try get.evaluate(source: value, evaluation)
        if let found = document.walk(constantPath[...]) { return found }
        return try miss(constantPath, evaluation)
      }
    }
    let isCollecting: Bool
    let source: Value
    do throws(Failure) {
      (isCollecting, source) = try evaluateSource(evaluation)
    } catch {
      if constantPath == nil { _ = try evaluatePath(evaluation) }
      throw error
    }
    let steps: [PathStep]
    if let constantPath { steps = constantPath } else { steps = try evaluatePath(evaluation) }
    if evaluatesDefault, let fallback { _ = try fallback.evaluate(evaluation) }
    let found = source.walk(steps[...], all: isCollecting)
    if isCollecting {
      guard let found else { return .array([]) }
      if case .array = found { return found }
      return .array([found])
    }
    if let found { return found }
    return try miss(steps, evaluation)
  }

  /// The default, or the error of a path that finds nothing.
  private func miss(_ steps: [PathStep], _ evaluation: Evaluation) throws(Failure) -> Value {
    if let fallback { return try fallback.evaluate(evaluation) }
    throw failure(.valueNotFound, "Value not found at path [\(SelectionPath.text(steps))].", at: "from")
  }

  private func evaluateSource(_ evaluation: Evaluation) throws(Failure) -> (Bool, Value) {
    let isCollecting = try evaluateAll(evaluation)
    let source = try from.evaluate(evaluation)
    if case .ref(let ref) = source, !ref.isResolved { throw undefined(ref, at: "from") }
    return (isCollecting, source)
  }

  private func evaluateAll(_ evaluation: Evaluation) throws(Failure) -> Bool {
    guard let all else { return collects }
    let value = try all.evaluate(evaluation)
    guard case .boolean(let boolean) = value else { throw mismatch("Boolean", value, at: "all") }
    return boolean
  }

  private func evaluatePath(_ evaluation: Evaluation) throws(Failure) -> [PathStep] {
    SelectionPath.steps(try cast(try path.evaluate(evaluation), .path, at: key))
  }
}

extension Compiler {
  func compileSelect(_ members: Expr.Members, _ key: String) throws(Failure) -> Node {
    SelectNode(
      key, path: try compileArgument(members, key), from: try compileArgument(members, "from"),
      fallback: try compileOptional(members, "default"), all: try compileOptional(members, "all"),
      collects: key != "select", evaluatesDefault: version.hasPrefix("2."))
  }

  func compileMerge(_ members: Expr.Members) throws(Failure) -> Node {
    let node = MergeNode(
      left: try compileArgument(members, "merge"), right: try compileArgument(members, "with"))
    if members["lambda"] != nil { node.lambda = try inlineLambda(members, "lambda", in: node) }
    return node
  }
}

/// `Merge`: combines objects, field by field; a lambda may decide each field.
final class MergeNode: Node {
  let left: Node
  let right: Node
  fileprivate(set) var lambda: InlineLambda?

  init(left: Node, right: Node) {
    self.left = left
    self.right = right
    super.init()
    adopt(left, .key("merge"))
    adopt(right, .key("with"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let rightValue: Value
    do {
      rightValue = try right.evaluate(evaluation)
    } catch {
      _ = try left.evaluate(evaluation)
      throw error
    }
    let leftValue = try left.evaluate(evaluation)
    var errors: [QueryError] = []
    var objects: [Object] = []
    var result = Object()
    if let object = leftValue.mergeable {
      result = object
    } else {
      errors += mergeError(leftValue, "merge", nil).errors
    }
    if case .array(let elements) = rightValue {
      for (i, element) in elements.enumerated() {
        if let object = element.mergeable {
          objects.append(object)
        } else {
          errors += mergeError(element, "with", i).errors
        }
      }
    } else if let object = rightValue.mergeable {
      objects = [object]
    } else {
      errors += mergeError(rightValue, "with", nil).errors
    }
    if !errors.isEmpty { throw Failure(errors) }
    var merged = KeyedFields(result)
    for object in objects {
      for field in object.fields {
        var value = field.value
        if let lambda {
          value = try lambda.apply(.array([.string(field.key), merged[field.key] ?? .null, field.value]), evaluation)
        }
        merged[field.key] = value.isNull ? nil : value
      }
    }
    return .object(merged.object)
  }

  private func mergeError(_ value: Value, _ key: String, _ index: Int?) -> Failure {
    mismatch("Object", value, at: key, index: index)
  }
}

extension Value {
  /// The fields of an object or document, as `Merge` combines them.
  fileprivate var mergeable: Object? {
    switch self {
    case .object(let object): object
    case .document(let document): document.visibleObject
    default: nil
    }
  }
}

extension Builtins {
  /// Functions that ask what a value contains.
  static let containment: [String: Builtin] = [
    "contains": .binary { path, value, _ in .boolean(value?.walk(SelectionPath.steps(path)[...]) != nil) },
    "contains_path": .binary { path, value, _ in .boolean(value?.walk(SelectionPath.steps(path)[...]) != nil) },
    "contains_field": .binary { name, value, call throws(Failure) in
      guard case .string(let key) = name, let value else { return .boolean(false) }
      if case .array = value { throw call.node.mismatch("Object", value, at: "in") }
      return .boolean(value.walk([.field(key)]) != nil)
    },
    "contains_value": .binary { wanted, value, call throws(Failure) in
      .boolean(try contains(wanted, value ?? .null, call))
    },
  ]

  private static func contains(_ wanted: Value, _ value: Value, _ call: Call) throws(Failure) -> Bool {
    try EngineLimits.check(wanted)
    let candidates: [Value]
    switch value {
    case .array(let elements): candidates = elements
    case .object(let object): candidates = object.fields.map(\.value)
    case .document(let document):
      candidates =
        document.visibleObject.fields.map(\.value) + (document.ref.collectionRef.map { [.ref($0)] } ?? [])
    case .event(let event): candidates = event.visibleObject.fields.map(\.value)
    case .sourced(let element): candidates = element.visibleObject.fields.map(\.value)
    case .page(let page): candidates = [.array(page.data)] + [page.before, page.after].compactMap { $0 }
    case .ref(let ref) where ref.isResolved:
      if case .entity(let entity) = ref, entity.isNativeCollection {
        return try SetReading.contains(.reference(ref), wanted, call)
      }
      candidates =
        [.string(ref.idText)] + (ref.collectionRef.map { [.ref($0)] } ?? [])
        + (ref.entity?.database.map { [.ref(.entity($0))] } ?? [])
    case .set(let set): return try SetReading.contains(set, wanted, call)
    case .lambda, .cursor: return false
    default:
      throw call.node.failure(
        .invalidArgument, "Object, Array, Page, Set, or Ref expected, Scalar provided.", at: "in")
    }
    try EngineLimits.check(.array(candidates))
    return candidates.contains { $0.isIdentical(to: wanted) }
  }
}
