import FQLValues

/// Many sets in one order, equal elements once: the targets of a join.
final class JoinCursor: SetCursor {
  private let targets: [SetCursor]
  private let wantsSources: Bool
  /// A heap of the places in `targets` of those that stand on an element, the first on the way at the top.
  private var heap: [Int] = []
  private var isStarted = false
  private let group = HeldKey()

  init(_ targets: [SetCursor], wantsSources: Bool, isBackward: Bool) {
    self.targets = targets
    self.wantsSources = wantsSources
    super.init(isBackward: isBackward, isUnique: true, shape: CursorShape(targets.map(\.shape)))
  }

  override func next() throws(Failure) -> Bool {
    if !isStarted {
      isStarted = true
      for i in targets.indices where try targets[i].next() { push(i) }
      return show()
    }
    guard let key = leaf?.elementKey else { return false }
    group.hold(key)
    while let top = heap.first, group.matches(targets[top]) {
      if try targets[top].leave(group) { siftDown(0) } else { removeTop() }
    }
    return show()
  }

  override func seek(_ position: SetPosition) throws(Failure) -> Bool {
    isStarted = true
    heap.removeAll(keepingCapacity: true)
    let position = position.outsideOfGroup(isBackward: isBackward)
    for i in targets.indices where try targets[i].seek(position) { push(i) }
    return show()
  }

  override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    isStarted = true
    heap.removeAll(keepingCapacity: true)
    for i in targets.indices where try targets[i].seek(key, beyond: beyond) { push(i) }
    return show()
  }

  override func advance(to key: ElementKey) throws(Failure) -> Bool {
    guard isStarted else { return try seek(key, beyond: false) }
    while let top = heap.first, let current = targets[top].leaf?.elementKey, current.order(key) < 0 {
      if try targets[top].advance(to: key) { siftDown(0) } else { removeTop() }
    }
    return show()
  }

  private func show() -> Bool {
    leaf = heap.first.flatMap { targets[$0].leaf }
    return leaf != nil
  }

  override func addSources(_ sources: inout [SetValue]) {
    guard let key = leaf?.elementKey else { return }
    for i in heap {
      if let theirs = targets[i].leaf?.elementKey, theirs.order(key) == 0 { targets[i].addSources(&sources) }
    }
  }

  // MARK: Heap

  /// Of targets that stand at one key the first one comes first.
  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    guard let x = targets[a].leaf?.elementKey, let y = targets[b].leaf?.elementKey else { return false }
    let order = x.order(y)
    return order != 0 ? order < 0 : a < b
  }

  private func push(_ target: Int) {
    heap.append(target)
    var i = heap.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      if !isBefore(heap[i], heap[parent]) { break }
      heap.swapAt(i, parent)
      i = parent
    }
  }

  private func removeTop() {
    let last = heap.removeLast()
    if heap.isEmpty { return }
    heap[0] = last
    siftDown(0)
  }

  private func siftDown(_ start: Int) {
    var i = start
    while true {
      var smallest = i
      for child in [2 * i + 1, 2 * i + 2] where child < heap.count && isBefore(heap[child], heap[smallest]) {
        smallest = child
      }
      if smallest == i { return }
      heap.swapAt(i, smallest)
      i = smallest
    }
  }
}
