import FQLValues

/// A cursor over other cursors: it hands on the element of the one that represents the current group.
class CombinedCursor: ElementCursor {
  final var representative: ElementCursor?

  final func present(_ cursor: ElementCursor) -> Bool {
    representative = cursor
    full = cursor.full
    groupLength = cursor.groupLength
    return true
  }

  override func element() throws(Failure) -> SetElement {
    guard let representative else { return SetElement(values: [], ref: .foreign(ForeignRef(id: "", collection: nil))) }
    return try representative.element()
  }

  override func documentID() -> DocumentID {
    representative?.documentID() ?? DocumentID(scope: 0, collection: 0, id: 0)
  }

  override func addSources(_ sources: inout [SetValue]) { representative?.addSources(&sources) }
}

/// A cursor over operands whose groups are compared: what is shown of a group are the elements of one of them.
///
/// A group of references has one element in each operand. A group of values may have several (of documents with equal
/// values); it is gathered whole, so that a position within it means the same from both sides.
class GroupedCursor: CombinedCursor {
  /// An element of the current group.
  private struct Member {
    let full: [UInt8]
    let groupLength: Int
    let element: SetElement
    let id: DocumentID
  }

  final let operands: [ElementCursor]
  /// Which operands stand on an element.
  final var isLive: [Bool]
  /// Which operands stand in the group that was shown; kept for its memory.
  private var isEqual: [Bool]
  private var isStarted = false
  private var members: [Member] = []
  private var place = 0
  private var sources: [SetValue] = []

  init(_ operands: [ElementCursor], isBackward: Bool) {
    self.operands = operands
    isLive = operands.map { _ in false }
    isEqual = isLive
    super.init(isBackward: isBackward)
  }

  /// Goes on to the next group that is shown; answers an operand that stands in it.
  func align() throws(Failure) -> ElementCursor? { nil }

  /// The operand whose elements are shown, by how many each has.
  func choose(_ counts: [Int]) -> Int { 0 }

  override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      for i in operands.indices { isLive[i] = try operands[i].next() }
      return try showGroup()
    }
    if place + 1 < members.count {
      place += 1
      return presentMember()
    }
    if members.isEmpty {
      // The operands still stand in the group of one element that was shown.
      guard let shown = representative else { return false }
      for i in operands.indices { isEqual[i] = isLive[i] && operands[i].order(shown) == 0 }
      for i in operands.indices where isEqual[i] { isLive[i] = try operands[i].next() }
    }
    return try showGroup()
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    isStarted = true
    for i in operands.indices { isLive[i] = try operands[i].seek(key) }
    // A position within a group is one among the elements that are shown of it: the group is gathered from its beginning.
    guard let inside = operands.indices.first(where: { isLive[$0] && isInside(key, operands[$0]) }) else {
      return try showGroup()
    }
    let group = Array(operands[inside].group)
    let beginning = isBackward ? KeyBytes.after(prefix: group) ?? ElementCursor.beyondAll : group
    for i in operands.indices { isLive[i] = try operands[i].seek(beginning) }
    var found = try showGroup()
    while found, self.group.elementsEqual(group), !isBeyond(key) { found = try next() }
    return found
  }

  private func isInside(_ key: [UInt8], _ operand: ElementCursor) -> Bool {
    key.count > operand.groupLength && key.starts(with: operand.group) && operand.full.count > operand.groupLength
  }

  private func isBeyond(_ key: [UInt8]) -> Bool {
    let order = compareBytes(full, full.count, key, key.count)
    return isBackward ? order < 0 : order >= 0
  }

  private func showGroup() throws(Failure) -> Bool {
    members = []
    place = 0
    sources = []
    guard let first = try align() else {
      representative = nil
      return false
    }
    if first.groupLength == first.full.count { return present(first) }
    let group = Array(first.group)
    var gathered: [[Member]] = []
    for i in operands.indices {
      var mine: [Member] = []
      while isLive[i], operands[i].group.elementsEqual(group) {
        let operand = operands[i]
        mine.append(
          Member(
            full: operand.full, groupLength: operand.groupLength, element: try operand.element(),
            id: operand.documentID()))
        if mine.count == 1 { operand.addSources(&sources) }
        isLive[i] = try operand.next()
      }
      gathered.append(mine)
    }
    members = gathered[choose(gathered.map(\.count))]
    representative = nil
    return members.isEmpty ? try showGroup() : presentMember()
  }

  private func presentMember() -> Bool {
    full = members[place].full
    groupLength = members[place].groupLength
    return true
  }

  override func element() throws(Failure) -> SetElement {
    members.isEmpty ? try super.element() : members[place].element
  }

  override func documentID() -> DocumentID { members.isEmpty ? super.documentID() : members[place].id }

  override func addSources(_ result: inout [SetValue]) {
    if !members.isEmpty {
      result += sources
      return
    }
    guard let shown = representative else { return }
    for i in operands.indices where isLive[i] && operands[i].order(shown) == 0 { operands[i].addSources(&result) }
  }
}

/// The elements of any operand; equal ones as often as in the operand that has them most often.
final class UnionCursor: GroupedCursor {
  override func align() throws(Failure) -> ElementCursor? {
    var best: ElementCursor?
    for i in operands.indices where isLive[i] {
      if let current = best, operands[i].order(current) >= 0 { continue }
      best = operands[i]
    }
    return best
  }

  override func choose(_ counts: [Int]) -> Int { counts.indices.max { counts[$0] < counts[$1] } ?? 0 }
}

/// The elements that every operand has, as often as in the one that has them least often. It leaps from operand to operand.
final class IntersectionCursor: GroupedCursor {
  override func align() throws(Failure) -> ElementCursor? {
    while isLive.allSatisfy({ $0 }) {
      var farthest = operands[0]
      var isAligned = true
      for operand in operands.dropFirst() {
        let order = operand.order(farthest)
        if order != 0 { isAligned = false }
        if order > 0 { farthest = operand }
      }
      if isAligned { return operands[0] }
      for i in operands.indices where operands[i].order(farthest) < 0 {
        isLive[i] = try operands[i].seekGroup(of: farthest)
        if !isLive[i] { return nil }
      }
    }
    return nil
  }

  override func choose(_ counts: [Int]) -> Int { counts.indices.min { counts[$0] < counts[$1] } ?? 0 }
}

/// The elements of the first operand that no other one has.
final class DifferenceCursor: CombinedCursor {
  private let first: ElementCursor
  private let others: [ElementCursor]
  private var isLive: [Bool]
  private var isStarted = false

  init(_ first: ElementCursor, minus others: [ElementCursor], isBackward: Bool) {
    self.first = first
    self.others = others
    isLive = others.map { _ in true }
    super.init(isBackward: isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    isStarted = false
    for i in others.indices { isLive[i] = true }
    return try settle(try first.seek(key))
  }

  override func next() throws(Failure) -> Bool { try settle(try first.next()) }

  private func settle(_ found: Bool) throws(Failure) -> Bool {
    var found = found
    while found {
      var isTaken = false
      for i in others.indices where isLive[i] {
        if !isStarted || others[i].order(first) < 0 { isLive[i] = try others[i].seekGroup(of: first) }
        if isLive[i], others[i].order(first) == 0 { isTaken = true }
      }
      isStarted = true
      if !isTaken { return present(first) }
      found = try first.skipGroup()
    }
    return false
  }
}

/// A cursor that shows one element of a group: the first one in the set's order, from whichever side it comes.
class FirstOfGroupCursor: CombinedCursor {
  private var shown: SetElement?
  private var shownID = DocumentID(scope: 0, collection: 0, id: 0)
  private var shownSources: [SetValue] = []

  /// Shows what stands here, and forgets it when the cursor goes on.
  final func hold(_ cursor: ElementCursor) throws(Failure) {
    shown = try cursor.element()
    shownID = cursor.documentID()
    shownSources = []
    cursor.addSources(&shownSources)
    full = cursor.full
    groupLength = cursor.groupLength
  }

  override func element() throws(Failure) -> SetElement {
    guard let shown else { return try super.element() }
    return shown
  }

  override func documentID() -> DocumentID { shown == nil ? super.documentID() : shownID }

  override func addSources(_ sources: inout [SetValue]) { sources += shownSources }
}

/// Adjacent equal elements as one.
final class DistinctCursor: FirstOfGroupCursor {
  private let source: ElementCursor
  /// True inside of a `Reverse`, where "before" a position means forward beyond it.
  private let isReversed: Bool
  private var isStarted = false
  private var isLive = false

  init(_ source: ElementCursor, isReversed: Bool) {
    self.source = source
    self.isReversed = isReversed
    super.init(isBackward: source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    isStarted = true
    isLive = try source.seek(key)
    // What is left of a group whose first element lies before the position is not another element.
    if isReversed, !isBackward, isLive, key.count > source.groupLength, key.starts(with: source.group) {
      let group = Array(source.group)
      isLive = try source.seek(group)
      let isFound = try showGroup()
      if !isFound || compareBytes(full, full.count, key, key.count) >= 0 { return isFound }
    }
    return try showGroup()
  }

  override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      isLive = try source.next()
    }
    return try showGroup()
  }

  private func showGroup() throws(Failure) -> Bool {
    guard isLive else { return false }
    try hold(source)
    let group = Array(source.group)
    while isLive, source.group.elementsEqual(group) {
      if isBackward { try hold(source) }
      isLive = try source.next()
    }
    return true
  }
}

/// The opposite order: the source run the other way, its keys complemented.
final class ReverseCursor: ElementCursor {
  private let set: SetValue
  private let source: ElementCursor
  /// True where the source has no values: each reference then stands for itself and as its own value.
  private let isOfRefs: Bool

  init(_ set: SetValue, _ source: ElementCursor, isOfRefs: Bool) {
    self.set = set
    self.source = source
    self.isOfRefs = isOfRefs
    super.init(isBackward: !source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    let target = key.map { ~$0 }
    if isOfRefs, target.count > IndexKeys.refLength {
      let ref = Array(target.prefix(IndexKeys.refLength))
      let rest = target.dropFirst(IndexKeys.refLength)
      let isReached = ref.starts(with: rest) || ref.lexicographicallyPrecedes(rest)
      return present(try source.seek(isReached ? KeyBytes.after(prefix: ref) ?? ElementCursor.beyondAll : ref))
    }
    // Everything that begins with the key counts as at it.
    if target.isEmpty { return present(try isBackward ? false : source.seekEnd()) }
    if key == ElementCursor.beyondAll { return present(try source.seekEnd()) }
    guard let after = KeyBytes.after(prefix: target) else { return present(try source.seek(target)) }
    return present(try source.seek(after))
  }

  override func next() throws(Failure) -> Bool { present(try source.next()) }

  private func present(_ found: Bool) -> Bool {
    guard found else { return false }
    full.removeAll(keepingCapacity: true)
    for byte in source.full { full.append(~byte) }
    if isOfRefs {
      // A set of references becomes one with a value: the reference, and the reference again.
      full += full
    }
    groupLength = source.groupLength
    return true
  }

  override func element() throws(Failure) -> SetElement {
    let element = try source.element()
    return element.values.isEmpty ? SetElement(values: [.ref(element.ref)], ref: element.ref) : element
  }

  override func documentID() -> DocumentID { source.documentID() }

  override func addSources(_ sources: inout [SetValue]) { sources.append(set) }
}

/// The elements between two keys: those that begin with a bound are inside.
final class RangeCursor: CombinedCursor {
  private let source: ElementCursor
  private let lower: [UInt8]
  /// The first key beyond the range; nil where it is open.
  private let upper: [UInt8]?

  init(_ source: ElementCursor, from lower: [UInt8], to upper: [UInt8]) {
    self.source = source
    self.lower = lower
    self.upper = upper.isEmpty ? nil : KeyBytes.after(prefix: upper)
    super.init(isBackward: source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    var target = key
    if isBackward {
      if let upper, compareBytes(upper, upper.count, target, target.count) < 0 { target = upper }
    } else if compareBytes(target, target.count, lower, lower.count) < 0 {
      target = lower
    }
    return check(try source.seek(target))
  }

  override func next() throws(Failure) -> Bool {
    if representative == nil { return try seekEnd() }
    return check(try source.next())
  }

  private func check(_ found: Bool) -> Bool {
    guard found else { return false }
    if isBackward {
      if compareBytes(source.full, source.full.count, lower, lower.count) < 0 { return false }
    } else if let upper, compareBytes(source.full, source.full.count, upper, upper.count) >= 0 {
      return false
    }
    return present(source)
  }
}

/// The elements whose documents the principal may read.
final class ReadableCursor: CombinedCursor {
  private let source: ElementCursor
  private let evaluation: Evaluation

  init(_ source: ElementCursor, _ evaluation: Evaluation) {
    self.source = source
    self.evaluation = evaluation
    super.init(isBackward: source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool { try settle(try source.seek(key)) }

  override func next() throws(Failure) -> Bool { try settle(try source.next()) }

  private func settle(_ found: Bool) throws(Failure) -> Bool {
    var found = found
    while found {
      if evaluation.mayRead(source.documentID()) { return present(source) }
      found = try source.next()
    }
    return false
  }
}

/// The elements for which a lambda is true.
final class FilterCursor: CombinedCursor {
  private let source: ElementCursor
  private let lambda: LambdaValue
  private let evaluation: Evaluation
  private let node: Node

  init(_ source: ElementCursor, _ lambda: LambdaValue, _ evaluation: Evaluation, at node: Node) {
    self.source = source
    self.lambda = lambda
    self.evaluation = evaluation
    self.node = node
    super.init(isBackward: source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool { try settle(try source.seek(key)) }

  override func next() throws(Failure) -> Bool { try settle(try source.next()) }

  private func settle(_ found: Bool) throws(Failure) -> Bool {
    var found = found
    while found {
      if try evaluation.test(lambda, try source.element().visible, at: node) { return present(source) }
      found = try source.next()
    }
    return false
  }
}

/// Many sets in one order, equal elements once.
final class MergeCursor: FirstOfGroupCursor {
  private var operands: [ElementCursor]
  /// A heap of those that stand on an element, the first in order at the top.
  private var heap: [ElementCursor] = []
  private var isStarted = false

  init(_ operands: [ElementCursor], isBackward: Bool) {
    self.operands = operands
    super.init(isBackward: isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    isStarted = true
    heap.removeAll(keepingCapacity: true)
    for operand in operands where try operand.seek(key) { push(operand) }
    return try showGroup()
  }

  override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      for operand in operands where try operand.next() { push(operand) }
    }
    return try showGroup()
  }

  private func showGroup() throws(Failure) -> Bool {
    guard let first = heap.first else { return false }
    try hold(first)
    let group = Array(first.group)
    while let top = heap.first, top.group.elementsEqual(group) {
      if compareBytes(top.full, top.full.count, full, full.count) < 0 { try hold(top) }
      if try top.next() { siftDown() } else { removeTop() }
    }
    return true
  }

  private func push(_ cursor: ElementCursor) {
    heap.append(cursor)
    var i = heap.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if heap[i].order(heap[parent]) >= 0 { break }
      heap.swapAt(i, parent)
      i = parent
    }
  }

  private func removeTop() {
    let last = heap.removeLast()
    if heap.isEmpty { return }
    heap[0] = last
    siftDown()
  }

  private func siftDown() {
    var i = 0
    while true {
      var smallest = i
      for child in [2 * i + 1, 2 * i + 2] where child < heap.count && heap[child].order(heap[smallest]) < 0 {
        smallest = child
      }
      if smallest == i { return }
      heap.swapAt(i, smallest)
      i = smallest
    }
  }
}
