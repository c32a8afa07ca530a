import FQLValues

/// Limits that keep a small query from filling the memory. Fauna's own were lower, and part of its hosting.
enum EngineLimits {
  /// The most elements that a function may put into one array.
  static let arrayElements = 10_000_000
  /// The most values that an answer may consist of, counted as they are printed: what is shared counts wherever it stands.
  /// What is compared or stored is held to it too.
  static let values = 20_000_000
  /// The most sets that a set may be made of.
  static let setParts = 1_000_000
  /// The most entries that one version of a document may have in one index.
  static let indexEntries = 100_000
  /// How deep arrays, objects and sets may stand one in another where they are compared, stored, read or answered.
  static let nesting = 4000

  /// The error of something too large, in the words of Fauna's own width limit.
  static func exceeded(_ count: Int, of limit: Int) -> Failure {
    Failure(QueryError(.badRequest, "Query exceeds max width. Max: \(limit), current: \(count)."))
  }

  /// Refuses a value that is too large or too deep to be walked through. What is stored, or about to be, was looked at before.
  @inline(__always)
  static func check(_ value: Value) throws(Failure) {
    switch value {
    case .null, .boolean, .integer, .double, .string, .time, .date, .ref, .document: return
    default:
      var measure = Measure(values)
      try measure.check(value)
    }
  }

  /// Refuses an object that is too large or too deep; answers whether it can be stored as it is: nothing but plain data and
  /// good references in it.
  static func checkIsPlain(_ object: Object) throws(Failure) -> Bool {
    var measure = Measure(values)
    try measure.check(.object(object))
    return measure.isPlain
  }

  /// Refuses a set of too many parts.
  static func check(_ set: SetValue) throws(Failure) {
    switch set {
    case .match, .documents, .singleton, .reference, .verbatim: return
    default:
      var measure = Measure(setParts)
      try measure.check(.set(set))
    }
  }
}

/// Counts what a value consists of, up to a limit.
private struct Measure {
  private enum Excess: Error { case width, depth }

  private let limit: Int
  /// What may still come.
  private var rest: Int
  private var depth = 0
  /// Whether everything so far can be stored as it is.
  private(set) var isPlain = true

  init(_ limit: Int) {
    self.limit = limit
    rest = limit
  }

  mutating func check(_ value: Value) throws(Failure) {
    do {
      try take(value)
    } catch {
      switch error {
      case .width: throw EngineLimits.exceeded(limit + 1, of: limit)
      case .depth:
        throw Failure(
          QueryError(
            .badRequest, "Query exceeds max depth. Max: \(EngineLimits.nesting), current: \(EngineLimits.nesting + 1).")
        )
      }
    }
  }

  private mutating func enter(_ count: Int) throws(Excess) {
    rest -= count
    if rest < 0 { throw .width }
    depth += 1
    if depth > EngineLimits.nesting { throw .depth }
  }

  private mutating func take(_ value: Value) throws(Excess) {
    switch value {
    case .array(let elements): return try take(elements)
    case .object(let object): return try take(object)
    case .ref: return isPlain = false
    default: isPlain = isPlain && value.isScalar
    }
    switch value {
    case .action: isPlain = false
    case .cursor(.array(let elements)): try take(elements)
    case .document(let document): if case .object(let object) = document.body { try take(object) }
    case .page(let page): try take(page.data)
    case .event(let event), .cursor(.event(let event)): if let data = event.data { try take(data) }
    case .sourced(let element): try take(element.value)
    case .lambda(let lambda): try take(Object(lambda.captured))
    case .set(let set): try take(set)
    default: break
    }
  }

  private mutating func take(_ elements: [Value]) throws(Excess) {
    try enter(elements.count)
    for i in elements.indices where !elements[i].isLeaf { try take(elements[i]) }
    depth -= 1
  }

  private mutating func take(_ object: Object) throws(Excess) {
    try enter(object.count)
    for i in object.fields.indices where !object.fields[i].value.isLeaf { try take(object.fields[i].value) }
    depth -= 1
  }

  private mutating func take(_ set: SetValue) throws(Excess) {
    try enter(1)
    switch set {
    case .match(_, let terms): try take(terms)
    case .union(let sets), .intersection(let sets), .difference(let sets):
      for set in sets { try take(set) }
    case .distinct(let set), .reverse(let set), .events(let set), .joinIndex(let set, _): try take(set)
    case .range(let set, let from, let to):
      try take(set)
      try take(from)
      try take(to)
    case .filter(let set, let lambda), .join(let set, let lambda):
      try take(set)
      try take(Object(lambda.captured))
    case .documents, .singleton, .reference, .verbatim: break
    }
    depth -= 1
  }
}

extension Value {
  /// True for plain scalars, which are all that most values consist of, and for references that lead somewhere in the database.
  fileprivate var isLeaf: Bool {
    switch self {
    case .null, .boolean, .integer, .double, .string, .bytes, .uuid, .time, .date, .transactionTime: true
    case .ref(.document(let entity, _)), .ref(.entity(let entity)): entity.isResolved && entity.database == nil
    default: false
    }
  }
}
