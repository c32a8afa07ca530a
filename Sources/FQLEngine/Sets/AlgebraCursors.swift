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

/// The elements of any operand; equal ones as often as in the operand that has them most often.
final class UnionCursor: CombinedCursor {
  private var operands: [ElementCursor]
  /// Those that stand on an element.
  private var isLive: [Bool]
  private var isStarted = false

  init(_ operands: [ElementCursor], isBackward: Bool) {
    self.operands = operands
    isLive = operands.map { _ in false }
    super.init(isBackward: isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    isStarted = true
    for i in operands.indices { isLive[i] = try operands[i].seek(key) }
    return choose()
  }

  override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      for i in operands.indices { isLive[i] = try operands[i].next() }
      return choose()
    }
    // Every operand that stands on an equal element goes on with the one that was shown.
    guard let shown = representative else { return false }
    let equal = operands.indices.filter { isLive[$0] && operands[$0].order(shown) == 0 }
    for i in equal { isLive[i] = try operands[i].next() }
    return choose()
  }

  private func choose() -> Bool {
    var best: Int?
    for i in operands.indices where isLive[i] {
      if let current = best, operands[i].order(operands[current]) >= 0 { continue }
      best = i
    }
    guard let best else {
      representative = nil
      return false
    }
    return present(operands[best])
  }

  override func addSources(_ sources: inout [SetValue]) {
    guard let shown = representative else { return }
    for i in operands.indices where isLive[i] && operands[i].order(shown) == 0 { operands[i].addSources(&sources) }
  }
}

/// The elements that every operand has, as often as in the one that has them least often. It leaps from operand to operand.
final class IntersectionCursor: CombinedCursor {
  private let operands: [ElementCursor]
  private var isStarted = false

  init(_ operands: [ElementCursor], isBackward: Bool) {
    self.operands = operands
    super.init(isBackward: isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    isStarted = true
    for operand in operands where try !operand.seek(key) { return false }
    return try align()
  }

  override func next() throws(Failure) -> Bool {
    let isFirst = !isStarted
    isStarted = true
    for operand in operands where try !operand.next() { return false }
    _ = isFirst
    return try align()
  }

  /// Goes on until all operands stand in one group.
  private func align() throws(Failure) -> Bool {
    while true {
      var farthest = operands[0]
      var isAligned = true
      for operand in operands.dropFirst() {
        let order = operand.order(farthest)
        if order != 0 { isAligned = false }
        if order > 0 { farthest = operand }
      }
      if isAligned { return present(operands[0]) }
      for operand in operands where operand !== farthest && operand.order(farthest) < 0 {
        if try !operand.seekGroup(of: farthest) { return false }
      }
    }
  }

  override func addSources(_ sources: inout [SetValue]) {
    for operand in operands { operand.addSources(&sources) }
  }
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

/// Adjacent equal elements as one: the first that is met.
final class DistinctCursor: CombinedCursor {
  private let source: ElementCursor

  init(_ source: ElementCursor) {
    self.source = source
    super.init(isBackward: source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    guard try source.seek(key) else { return false }
    return present(source)
  }

  override func next() throws(Failure) -> Bool {
    guard representative != nil else {
      guard try source.next() else { return false }
      return present(source)
    }
    let shown = Array(group)
    while try source.next() {
      if !source.group.elementsEqual(shown) { return present(source) }
    }
    return false
  }
}

/// The opposite order: the source run the other way, its keys complemented.
final class ReverseCursor: ElementCursor {
  private let set: SetValue
  private let source: ElementCursor

  init(_ set: SetValue, _ source: ElementCursor) {
    self.set = set
    self.source = source
    super.init(isBackward: !source.isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    var target = key.map { ~$0 }
    if source.groupLength == source.full.count, target.count > IndexKeys.refLength, target.first == IndexKeys.Tag.ref {
      target = Array(target.prefix(IndexKeys.refLength))
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
    if source.groupLength == source.full.count {
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
final class MergeCursor: CombinedCursor {
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
    return choose()
  }

  override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      for operand in operands where try operand.next() { push(operand) }
      return choose()
    }
    guard representative != nil else { return false }
    let shown = Array(group)
    while let top = heap.first, top.group.elementsEqual(shown) {
      if try top.next() { siftDown() } else { removeTop() }
    }
    return choose()
  }

  private func choose() -> Bool {
    guard let top = heap.first else {
      representative = nil
      return false
    }
    return present(top)
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
