import FQLValues

/// The elements of the first set that no other one has.
final class DifferenceCursor: SetCursor {
  private let first: SetCursor
  private let others: [SetCursor]
  /// Whether the others have been sought since the first one was.
  private var isSought: [Bool]
  private let group = HeldKey()

  init(_ first: SetCursor, minus others: [SetCursor]) {
    self.first = first
    self.others = others
    isSought = others.map { _ in false }
    super.init(isBackward: first.isBackward, isUnique: first.isUnique, shape: first.shape)
  }

  override func next() throws(Failure) -> Bool { try settle(try first.next()) }

  override func seek(_ position: SetPosition) throws(Failure) -> Bool {
    for i in isSought.indices { isSought[i] = false }
    return try settle(try first.seek(position))
  }

  override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    for i in isSought.indices { isSought[i] = false }
    return try settle(try first.seek(key, beyond: beyond))
  }

  override func advance(to key: ElementKey) throws(Failure) -> Bool {
    guard let current = leaf?.elementKey else { return false }
    if current.order(key) >= 0 { return true }
    return try settle(try first.advance(to: key))
  }

  private func settle(_ found: Bool) throws(Failure) -> Bool {
    var found = found
    while found, let key = first.leaf?.elementKey {
      if try !isTaken(key) {
        leaf = first.leaf
        return true
      }
      group.hold(key)
      found = try first.leave(group)
    }
    leaf = nil
    return false
  }

  /// Whether another set has an element with this key.
  private func isTaken(_ key: ElementKey) throws(Failure) -> Bool {
    for i in others.indices {
      let isThere = isSought[i] ? try others[i].advance(to: key) : try others[i].seek(key, beyond: false)
      isSought[i] = true
      if isThere, let theirs = others[i].leaf?.elementKey, theirs.order(key) == 0 { return true }
    }
    return false
  }

  override func addSources(_ sources: inout [SetValue]) { first.addSources(&sources) }
}

/// Equal elements as one: the first that is met.
final class DistinctCursor: SetCursor {
  private let source: SetCursor
  private let group = HeldKey()

  init(_ source: SetCursor) {
    self.source = source
    super.init(isBackward: source.isBackward, isUnique: true, shape: source.shape)
  }

  private func show(_ found: Bool) -> Bool {
    leaf = found ? source.leaf : nil
    return found
  }

  override func next() throws(Failure) -> Bool {
    guard !source.isUnique, let key = leaf?.elementKey else { return show(try source.next()) }
    group.hold(key)
    return show(try source.leave(group))
  }

  override func seek(_ position: SetPosition) throws(Failure) -> Bool {
    show(try source.seek(source.isUnique ? position : position.outsideOfGroup(isBackward: isBackward)))
  }

  override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    show(try source.seek(key, beyond: beyond))
  }

  override func advance(to key: ElementKey) throws(Failure) -> Bool { show(try source.advance(to: key)) }

  override func addSources(_ sources: inout [SetValue]) { source.addSources(&sources) }
}

extension SetPosition {
  /// The position for a cursor that shows one element of a group: from behind a group is left out whole, since the
  /// element that the position names stands for all of it.
  func outsideOfGroup(isBackward: Bool) -> SetPosition {
    guard isBackward, ref != nil, !isAfter else { return self }
    var position = self
    position.ref = nil
    return position
  }
}

/// The elements between two positions.
final class RangeCursor: SetCursor {
  private let source: SetCursor
  /// Where it begins and where it ends on its way; nil where it is open.
  private let beginning: SetPosition?
  private let end: SetPosition?
  private var isStarted = false

  /// Of the positions `lower` comes first in set order.
  init(_ source: SetCursor, from lower: SetPosition?, to upper: SetPosition?) {
    self.source = source
    beginning = source.isBackward ? upper : lower
    end = source.isBackward ? lower : upper
    super.init(isBackward: source.isBackward, isUnique: source.isUnique, shape: source.shape)
  }

  private func show(_ found: Bool) throws(Failure) -> Bool {
    var found = found
    if found, let beginning, source.precedes(beginning) { found = try source.seek(beginning) }
    if found, let end, !source.precedes(end) { found = false }
    leaf = found ? source.leaf : nil
    return found
  }

  override func next() throws(Failure) -> Bool {
    if !isStarted, let beginning { return try seek(beginning) }
    if isStarted, leaf == nil { return false }
    isStarted = true
    return try show(try source.next())
  }

  override func seek(_ position: SetPosition) throws(Failure) -> Bool {
    isStarted = true
    return try show(try source.seek(position))
  }

  override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    isStarted = true
    return try show(try source.seek(key, beyond: beyond))
  }

  override func addSources(_ sources: inout [SetValue]) { source.addSources(&sources) }
}

/// Some of the elements of a set.
class SieveCursor: SetCursor {
  private let source: SetCursor

  init(_ source: SetCursor) {
    self.source = source
    super.init(isBackward: source.isBackward, isUnique: source.isUnique, shape: source.shape)
  }

  /// Whether an element stays.
  func keeps(_ leaf: LeafCursor) throws(Failure) -> Bool { true }

  private func settle(_ found: Bool) throws(Failure) -> Bool {
    var found = found
    while found, let candidate = source.leaf {
      if try keeps(candidate) {
        leaf = candidate
        return true
      }
      found = try source.next()
    }
    leaf = nil
    return false
  }

  final override func next() throws(Failure) -> Bool { try settle(try source.next()) }

  final override func seek(_ position: SetPosition) throws(Failure) -> Bool { try settle(try source.seek(position)) }

  final override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    try settle(try source.seek(key, beyond: beyond))
  }

  final override func advance(to key: ElementKey) throws(Failure) -> Bool {
    guard let current = leaf?.elementKey else { return false }
    if current.order(key) >= 0 { return true }
    return try settle(try source.advance(to: key))
  }

  final override func addSources(_ sources: inout [SetValue]) { source.addSources(&sources) }
}

/// The elements for which a lambda is true.
final class FilterCursor: SieveCursor {
  private let lambda: LambdaValue
  private let evaluation: Evaluation
  private let node: Node

  init(_ source: SetCursor, _ lambda: LambdaValue, _ evaluation: Evaluation, at node: Node) {
    self.lambda = lambda
    self.evaluation = evaluation
    self.node = node
    super.init(source)
  }

  override func keeps(_ leaf: LeafCursor) throws(Failure) -> Bool {
    try evaluation.test(lambda, leaf.visible(), at: node)
  }
}

/// The elements whose documents the principal may read.
final class ReadableCursor: SieveCursor {
  private let evaluation: Evaluation

  init(_ source: SetCursor, _ evaluation: Evaluation) {
    self.evaluation = evaluation
    super.init(source)
  }

  override func keeps(_ leaf: LeafCursor) throws(Failure) -> Bool { evaluation.mayRead(leaf.documentID) }
}
