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

  /// Opens a cursor over a set at the read time, from the beginning or from the end.
  func open(
    _ set: SetValue, isBackward: Bool, wantsSources: Bool = false, node: Node
  ) throws(Failure) -> SetCursor {
    let opener = SetOpener(
      evaluation: self, node: node, isBackward: isBackward, wantsSources: wantsSources)
    return try opener.open(set, isFlipped: false, shownAs: nil)
  }

  fileprivate func readable(_ sets: [SetValue]) -> [SetValue] {
    isAdmin ? sets : sets.filter { visibility(of: $0) != .denied }
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

/// Makes cursors of set descriptions.
private struct SetOpener {
  let evaluation: Evaluation
  /// The form that reads.
  let node: Node
  let isBackward: Bool
  let wantsSources: Bool

  private func orientation(_ isFlipped: Bool) -> Orientation {
    Orientation(isBackward: isBackward, isFlipped: isFlipped)
  }

  private var transaction: Transaction { evaluation.transaction }
  private var time: Int64? { evaluation.readTime }

  /// A cursor over a set that `Reverse` turned round, or not, and whose elements are shown as coming from `shownAs`, if given.
  func open(_ set: SetValue, isFlipped: Bool, shownAs source: SetValue?) throws(Failure) -> SetCursor {
    switch set {
    case .match, .documents, .singleton, .reference: return try openLeaf(set, isFlipped, source ?? set)
    case .union(let sets):
      let operands = try openAll(evaluation.readable(sets), isFlipped, source)
      if operands.count == 1 { return operands[0] }
      return UnionCursor(operands, wantsSources: wantsSources, isBackward: isBackward)
    case .intersection(let sets):
      let operands = try openAll(evaluation.readable(sets), isFlipped, source)
      if operands.count < 2 { return operands.first ?? nothing }
      return IntersectionCursor(operands, wantsSources: wantsSources, isBackward: isBackward)
    case .difference(let sets):
      guard let first = sets.first else { return nothing }
      return DifferenceCursor(
        try open(first, isFlipped: isFlipped, shownAs: source),
        minus: try openAll(evaluation.readable(Array(sets.dropFirst())), isFlipped, source))
    case .distinct(let inner): return DistinctCursor(try open(inner, isFlipped: isFlipped, shownAs: source))
    case .reverse(let inner): return try open(inner, isFlipped: !isFlipped, shownAs: source ?? set)
    case .range(let inner, let from, let to):
      let cursor = try open(inner, isFlipped: isFlipped, shownAs: source)
      let first = bound(from, of: inner, cursor, isAfter: isFlipped)
      let last = bound(to, of: inner, cursor, isAfter: !isFlipped)
      return RangeCursor(cursor, from: isFlipped ? last : first, to: isFlipped ? first : last)
    case .filter(let inner, let lambda):
      return FilterCursor(try openReadable(inner, isFlipped, source), lambda, evaluation, at: node)
    case .join(let inner, let lambda):
      return try openJoin(inner, isFlipped, source) { element throws(Failure) in
        try self.evaluation.target(of: lambda, element.visible, at: self.node)
      }
    case .joinIndex(let inner, let index):
      return try openJoin(inner, isFlipped, source) { element in
        .match(index, terms: element.values.isEmpty ? [.ref(element.ref)] : element.values)
      }
    case .events, .verbatim: throw node.failure(.invalidArgument, "Set does not support events history.")
    }
  }

  private var nothing: SetCursor { SetCursor(isBackward: isBackward, isUnique: true, shape: .references) }

  private func openAll(
    _ sets: [SetValue], _ isFlipped: Bool, _ source: SetValue?
  ) throws(Failure) -> [SetCursor] {
    var cursors: [SetCursor] = []
    cursors.reserveCapacity(sets.count)
    for set in sets { cursors.append(try open(set, isFlipped: isFlipped, shownAs: source)) }
    return cursors
  }

  /// A cursor over those elements of a set that the principal may see: what is handed to a query's own lambda, or found
  /// through one.
  private func openReadable(_ set: SetValue, _ isFlipped: Bool, _ source: SetValue?) throws(Failure) -> SetCursor {
    switch evaluation.visibility(of: set) {
    case .denied: return nothing
    case .everything: return try open(set, isFlipped: isFlipped, shownAs: source)
    case .filtered: return ReadableCursor(try open(set, isFlipped: isFlipped, shownAs: source), evaluation)
    }
  }

  private func openLeaf(_ set: SetValue, _ isFlipped: Bool, _ source: SetValue) throws(Failure) -> SetCursor {
    switch set {
    case .match(let index, let terms):
      guard let definition = transaction.index(index) else { return nothing }
      if let time {
        for number in definition.sources.flatMap({ $0.collections ?? [] }) {
          if let collection = transaction.collection(number) { try transaction.checkFloor(collection, time) }
        }
      }
      return RecordCursor(
        definition, terms: terms, source: source, transaction, at: time, orientation(isFlipped))
    case .documents(let collection),
      .reference(.entity(let collection)) where collection.isNativeCollection:
      if let time, collection.scope == transaction.scope, let definition = transaction.collection(collection.number) {
        try transaction.checkFloor(definition, time)
      }
      return RecordCursor(collection, source: source, transaction, at: time, orientation(isFlipped))
    case .singleton(let ref), .reference(let ref):
      guard let id = ref.documentID else { return nothing }
      let exists = try transaction.version(id, at: time) != nil
      return SingletonCursor(ref, exists: exists, source: source, orientation(isFlipped))
    default: return nothing
    }
  }

  /// An end of a range in the order of the outermost set; nil where it is open.
  private func bound(
    _ components: [Value], of set: SetValue, _ cursor: SetCursor, isAfter: Bool
  ) -> SetPosition? {
    if components.isEmpty { return nil }
    let declared = SetShape(set, transaction).reversed?.count
    return SetPosition(
      components, count: declared ?? cursor.shape.width + 1, directions: cursor.shape.directions, isAfter: isAfter,
      time: transaction.time)
  }

  /// A cursor over the sets that are made of each element of a source; those of equal elements are one.
  private func openJoin(
    _ source: SetValue, _ isFlipped: Bool, _ shownAs: SetValue?, _ target: (SetElement) throws(Failure) -> SetValue
  ) throws(Failure) -> SetCursor {
    let forward = SetOpener(
      evaluation: evaluation, node: node, isBackward: false, wantsSources: false)
    let elements = DistinctCursor(try forward.openReadable(source, false, nil))
    var targets: [SetCursor] = []
    while try elements.next(), let leaf = elements.leaf {
      targets.append(try openReadable(try target(leaf.element()), isFlipped, shownAs))
    }
    return JoinCursor(targets, wantsSources: wantsSources, isBackward: isBackward)
  }
}
