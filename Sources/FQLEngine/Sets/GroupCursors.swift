import FQLValues

/// A cursor over several sets in one order, which looks at *groups*: the elements of all of them that have one key.
///
/// Of a group the elements of one operand are shown. Where keys are unique, or only one operand has a group, nothing is
/// looked at twice. Otherwise the operands' elements of the group are counted to choose between them, and the chosen
/// one goes back to the beginning of it; so a position inside of a group means the same from both sides.
class GroupCursor: SetCursor {
  final let operands: [SetCursor]
  private let wantsSources: Bool
  private var isStarted = false
  /// The operand that shows its elements.
  private var shown = 0
  /// How the group is being shown.
  private enum Showing {
    /// One operand has it: element by element.
    case single
    /// One element of it.
    case one
    /// All that the operand has of it.
    case chosen
  }
  private var showing = Showing.single
  private let group = HeldKey()
  private var sources: [SetValue] = []

  init(_ operands: [SetCursor], isUnique: Bool, wantsSources: Bool, isBackward: Bool) {
    self.operands = operands
    self.wantsSources = wantsSources
    super.init(isBackward: isBackward, isUnique: isUnique, shape: CursorShape(operands.map(\.shape)))
  }

  /// Goes on to the next group that is shown: the first operand that stands in it, and how many do; nil at the end.
  func align() throws(Failure) -> (first: Int, count: Int)? { nil }

  /// The operand that shows its one element where one element is all that is shown of a group.
  func unique(_ first: Int) -> Int { first }

  /// Whether the operand that leaves the group last is the one that shows its elements; otherwise the first to leave.
  final var showsMost: Bool { self is UnionCursor }

  /// Whether an operand stands in the group that is held.
  final func isInGroup(_ i: Int) -> Bool { group.matches(operands[i]) }

  final override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      for operand in operands { _ = try operand.next() }
      return try settle()
    }
    guard leaf != nil else { return false }
    switch showing {
    case .single:
      _ = try operands[shown].next()
    case .one:
      for i in operands.indices where isInGroup(i) { _ = try operands[i].leave(group) }
    case .chosen:
      if try operands[shown].next(), isInGroup(shown) { return show() }
    }
    return try settle()
  }

  final override func seek(_ position: SetPosition) throws(Failure) -> Bool {
    isStarted = true
    guard position.ref != nil else {
      for operand in operands { _ = try operand.seek(position) }
      return try settle()
    }
    // The group is looked at from its beginning, as if it had been come to.
    var beginning = position
    beginning.ref = nil
    beginning.isWhole = true
    beginning.isAfter = isBackward
    for operand in operands { _ = try operand.seek(beginning) }
    guard try settle() else { return false }
    guard let leaf, leaf.equals(position) else { return true }
    if showing == .one { return precedes(position) ? try next() : true }
    if showing == .single { group.hold(leaf.elementKey) }
    if try operands[shown].seek(position), isInGroup(shown) { return show() }
    return try settle()
  }

  final override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    isStarted = true
    for operand in operands { _ = try operand.seek(key, beyond: beyond) }
    return try settle()
  }

  final override func advance(to key: ElementKey) throws(Failure) -> Bool {
    guard isStarted else { return try seek(key, beyond: false) }
    guard let current = leaf?.elementKey else { return false }
    if current.order(key) >= 0 { return true }
    for operand in operands { _ = try operand.advance(to: key) }
    return try settle()
  }

  /// Shows the next group.
  private func settle() throws(Failure) -> Bool {
    while let (first, count) = try align() {
      sources = []
      if count == 1 {
        showing = .single
        shown = first
        return show()
      }
      guard let leaf = operands[first].leaf else { return false }
      group.hold(leaf.elementKey)
      if wantsSources {
        for i in operands.indices where isInGroup(i) { operands[i].addSources(&sources) }
      }
      if isUnique {
        showing = .one
        shown = unique(first)
        return show()
      }
      showing = .chosen
      shown = try choose(first)
      guard let key = group.key else { return false }
      if try operands[shown].seek(key, beyond: false), isInGroup(shown) { return show() }
    }
    leaf = nil
    return false
  }

  /// Steps through the group in all operands at once until the first one, or the last one, has left it.
  private func choose(_ first: Int) throws(Failure) -> Int {
    var inside = operands.indices.filter { isInGroup($0) }
    while true {
      var rest: [Int] = []
      for i in inside where try operands[i].next() && isInGroup(i) { rest.append(i) }
      if showsMost {
        if rest.isEmpty { return inside.first ?? first }
      } else if rest.count < inside.count {
        return inside.first { !rest.contains($0) } ?? first
      }
      inside = rest
    }
  }

  private func show() -> Bool {
    leaf = operands[shown].leaf
    return leaf != nil
  }

  final override func addSources(_ result: inout [SetValue]) {
    if sources.isEmpty { operands[shown].addSources(&result) } else { result += sources }
  }
}

/// The elements of any operand; equal ones as often as in the operand that has them most often.
final class UnionCursor: GroupCursor {
  init(_ operands: [SetCursor], wantsSources: Bool, isBackward: Bool) {
    super.init(
      operands, isUnique: operands.allSatisfy(\.isUnique), wantsSources: wantsSources, isBackward: isBackward)
  }

  override func align() throws(Failure) -> (first: Int, count: Int)? {
    var best: ElementKey?
    var first = 0
    var count = 0
    for i in operands.indices {
      guard let key = operands[i].leaf?.elementKey else { continue }
      let order = best.map { key.order($0) } ?? -1
      if order < 0 {
        best = key
        first = i
        count = 1
      } else if order == 0 {
        count += 1
      }
    }
    return best == nil ? nil : (first, count)
  }
}

/// The elements that every operand has, as often as in the one that has them least often. It leaps from operand to operand.
final class IntersectionCursor: GroupCursor {
  private let uniqueOperand: Int?

  init(_ operands: [SetCursor], wantsSources: Bool, isBackward: Bool) {
    uniqueOperand = operands.firstIndex(where: \.isUnique)
    super.init(operands, isUnique: uniqueOperand != nil, wantsSources: wantsSources, isBackward: isBackward)
  }

  override func align() throws(Failure) -> (first: Int, count: Int)? {
    guard var farthest = operands[0].leaf?.elementKey else { return nil }
    var aligned = 1
    var i = 0
    // Until as many operands in a row as there are stand at the same key.
    while aligned < operands.count {
      i = i + 1 == operands.count ? 0 : i + 1
      guard try operands[i].advance(to: farthest), let key = operands[i].leaf?.elementKey else { return nil }
      if key.order(farthest) == 0 {
        aligned += 1
      } else {
        aligned = 1
        farthest = key
      }
    }
    return (0, operands.count)
  }

  override func unique(_ first: Int) -> Int { uniqueOperand ?? first }
}

extension LeafCursor {
  /// Whether the current element's values are those of a position.
  final func equals(_ position: SetPosition) -> Bool {
    guard keyCount == position.values.count else { return false }
    let mask: UInt8 = isFlipped ? 0xff : 0
    for i in 0..<keyCount where keyBytes.load(fromByteOffset: i, as: UInt8.self) ^ mask != position.values[i] {
      return false
    }
    return true
  }
}
