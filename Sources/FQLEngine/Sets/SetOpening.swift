import FQLSyntax
import FQLValues

/// What a principal may see of a set.
enum SetVisibility {
  case denied
  /// Elements whose documents may be read.
  case filtered
  case everything
}

extension Evaluation {
  /// What the principal may see of a set.
  func visibility(of set: SetValue) -> SetVisibility {
    if isAdmin { return .everything }
    switch set {
    case .match(let index, let terms):
      let argument = Value.array(terms)
      if may(.unrestrictedRead, index, argument) || isPublicIndex(index) { return .everything }
      return may(.read, index, argument) ? .filtered : .denied
    case .documents(let collection):
      return may(.unrestrictedRead, collection, .null) ? .everything : .filtered
    case .reference(.entity(let entity)) where entity.isNativeCollection:
      // Built-in roles that may see nothing of a native collection may not list it either.
      switch access.rights {
      case .server, .serverReadOnly, .predicate: return may(.read, entity, .null) ? .filtered : .denied
      default: break
      }
      let collections = transaction.view(scope: entity.scope).nativeCollection(.collections)
      return may(.read, collections, .ref(.entity(entity))) ? .filtered : .denied
    case .singleton(let ref), .reference(let ref):
      guard let id = ref.documentID else { return .denied }
      let collection = transaction.view(scope: id.scope).collection(number: id.collection)
      return may(.historyRead, collection, .ref(ref)) ? .everything : .denied
    case .union(let sets), .intersection(let sets):
      let visible = sets.map { visibility(of: $0) }
      if visible.allSatisfy({ $0 == .denied }) { return .denied }
      return visible.contains(.filtered) ? .filtered : .everything
    case .difference(let sets):
      let visible = sets.map { visibility(of: $0) }
      guard let first = visible.first, first != .denied else { return .denied }
      return visible.contains(.filtered) ? .filtered : .everything
    case .distinct(let set), .reverse(let set), .events(let set), .filter(let set, _), .range(let set, _, _),
      .join(let set, _), .joinIndex(let set, _):
      return visibility(of: set)
    case .verbatim: return .denied
    }
  }

  /// Whether a predicate of a filtered set is true for an element.
  func test(_ lambda: LambdaValue, _ element: Value, at node: Node) throws(Failure) -> Bool {
    let outer = readTime
    defer { readTime = outer }
    let program = try transaction.program(of: lambda, access)
    let home = program.home ?? node
    let result = try program.apply(element, captured: lambda.captured, self, at: home, "filter")
    guard case .boolean(let isKept) = result else { throw home.mismatch("Boolean", result, at: "filter") }
    return isKept
  }

  /// Opens a cursor over a set at a read time.
  func open(_ set: SetValue, at time: Int64?, isBackward: Bool, node: Node) throws(Failure) -> ElementCursor {
    switch set {
    case .match(let index, let terms):
      guard let definition = transaction.index(index) else { return ElementCursor(isBackward: isBackward) }
      for source in definition.sources {
        for number in source.collections ?? [] {
          if let time, let collection = transaction.collection(number) { try transaction.checkFloor(collection, time) }
        }
      }
      return MatchCursor(set, transaction, definition, terms: terms, at: time, isBackward: isBackward)
    case .documents(let collection):
      if let time, let definition = transaction.collection(collection.number), collection.scope == transaction.scope {
        try transaction.checkFloor(definition, time)
      }
      return DocumentsCursor(set, transaction, collection, at: time, isBackward: isBackward)
    case .reference(.entity(let entity)) where entity.isNativeCollection:
      return DocumentsCursor(set, transaction, entity, at: time, isBackward: isBackward)
    case .singleton(let ref), .reference(let ref):
      guard let id = ref.documentID else { return ElementCursor(isBackward: isBackward) }
      let exists = try transaction.version(id, at: time) != nil
      return SingletonCursor(set, ref, id, exists: exists, isBackward: isBackward)
    case .union(let sets):
      let readable = readable(sets)
      if readable.count == 1 { return try open(readable[0], at: time, isBackward: isBackward, node: node) }
      return UnionCursor(try openAll(readable, time, isBackward, node), isBackward: isBackward)
    case .intersection(let sets):
      let readable = readable(sets)
      if readable.count == 1 { return try open(readable[0], at: time, isBackward: isBackward, node: node) }
      return IntersectionCursor(try openAll(readable, time, isBackward, node), isBackward: isBackward)
    case .difference(let sets):
      guard let first = sets.first else { return ElementCursor(isBackward: isBackward) }
      let others = readable(Array(sets.dropFirst()))
      return DifferenceCursor(
        try open(first, at: time, isBackward: isBackward, node: node),
        minus: try openAll(others, time, isBackward, node), isBackward: isBackward)
    case .distinct(let set):
      return DistinctCursor(try open(set, at: time, isBackward: isBackward, node: node))
    case .reverse(let inner):
      return ReverseCursor(set, try open(inner, at: time, isBackward: !isBackward, node: node))
    case .range(let inner, let from, let to):
      let source = try open(inner, at: time, isBackward: isBackward, node: node)
      let encoder = PositionEncoder(inner, transaction)
      return RangeCursor(source, from: encoder.encode(from), to: encoder.encode(to))
    case .filter(let inner, let lambda):
      return FilterCursor(try openReadable(inner, time, isBackward, node), lambda, self, at: node)
    case .join(let source, let lambda):
      return MergeCursor(try joined(source, lambda, time, isBackward, node), isBackward: isBackward)
    case .joinIndex(let source, let index):
      var targets: [ElementCursor] = []
      let elements = try openReadable(source, time, false, node)
      while try elements.next() {
        let element = try elements.element()
        let terms = element.values.isEmpty ? [.ref(element.ref)] : element.values
        targets.append(try openReadable(.match(index, terms: terms), time, isBackward, node))
      }
      return MergeCursor(targets, isBackward: isBackward)
    case .events, .verbatim:
      throw node.failure(.invalidArgument, "Set does not support events history.")
    }
  }

  private func readable(_ sets: [SetValue]) -> [SetValue] {
    isAdmin ? sets : sets.filter { visibility(of: $0) != .denied }
  }

  /// A cursor over those elements of a set that the principal may see: what is handed to a query's own lambda, or found
  /// through one.
  private func openReadable(
    _ set: SetValue, _ time: Int64?, _ isBackward: Bool, _ node: Node
  ) throws(Failure) -> ElementCursor {
    switch visibility(of: set) {
    case .denied: return ElementCursor(isBackward: isBackward)
    case .everything: return try open(set, at: time, isBackward: isBackward, node: node)
    case .filtered: return ReadableCursor(try open(set, at: time, isBackward: isBackward, node: node), self)
    }
  }

  private func openAll(
    _ sets: [SetValue], _ time: Int64?, _ isBackward: Bool, _ node: Node
  ) throws(Failure) -> [ElementCursor] {
    var cursors: [ElementCursor] = []
    for set in sets { cursors.append(try open(set, at: time, isBackward: isBackward, node: node)) }
    return cursors
  }

  /// A cursor over the set that a lambda makes of each element.
  private func joined(
    _ source: SetValue, _ lambda: LambdaValue, _ time: Int64?, _ isBackward: Bool, _ node: Node
  ) throws(Failure) -> [ElementCursor] {
    var targets: [ElementCursor] = []
    let elements = try openReadable(source, time, false, node)
    while try elements.next() {
      let target = try target(of: lambda, try elements.element().visible, at: node)
      targets.append(try openReadable(target, time, isBackward, node))
    }
    return targets
  }

  /// The set that a join's lambda makes of an element.
  func target(of lambda: LambdaValue, _ element: Value, at node: Node) throws(Failure) -> SetValue {
    let program = try transaction.program(of: lambda, access)
    let home = program.home ?? node
    let result = try program.apply(element, captured: lambda.captured, self, at: home, "with")
    switch result {
    case .set(let set): return set
    case .ref(let ref) where ref.isResolved: return .reference(ref)
    case .ref(let ref): throw home.undefined(ref, at: "with")
    default: throw home.mismatch("Ref or Set", result, at: "with")
    }
  }
}

extension Value {
  /// Whether an integer and a double of this value are at the same place of an index: their keys differ in the last byte.
  fileprivate var isNumberOfTwoTypes: Bool {
    switch self {
    case .integer(let integer): integer.magnitude <= 1 << 53
    case .double: true
    default: false
    }
  }
}

/// Encodes a position of a set: values in their directions, then the reference.
struct PositionEncoder {
  private let reversed: [Bool]?
  private let isReverse: Bool
  private let time: Int64

  init(_ set: SetValue, _ transaction: Transaction) {
    reversed = SetShape(set, transaction).reversed
    isReverse = PositionEncoder.runsBackward(set)
    time = transaction.time
  }

  /// Whether the set's tie-break by reference is the opposite one.
  private static func runsBackward(_ set: SetValue) -> Bool {
    switch set {
    case .reverse(let inner): !runsBackward(inner)
    case .distinct(let inner), .filter(let inner, _), .range(let inner, _, _), .events(let inner): runsBackward(inner)
    case .union(let sets), .intersection(let sets), .difference(let sets): sets.first.map { runsBackward($0) } ?? false
    default: false
    }
  }

  /// The bytes of a position; fewer components than the set has are a beginning, further ones are ignored.
  ///
  /// A number at the end of a beginning stands for the integer and the double of its value, unless it is to be `exact`.
  func encode(_ components: [Value], exact: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    let valueCount = reversed.map { $0.count - 1 } ?? max(components.count - 1, 0)
    for (i, component) in components.enumerated() {
      if i > valueCount { break }
      let isReversed = i == valueCount ? isReverse : reversed?[i] ?? false
      if isReversed {
        IndexKeys.appendReversed(component, to: &bytes, time: time)
      } else {
        IndexKeys.append(component, to: &bytes, time: time)
      }
      if !exact, i == components.count - 1, i < valueCount, component.isNumberOfTwoTypes { bytes.removeLast() }
    }
    return bytes
  }
}
