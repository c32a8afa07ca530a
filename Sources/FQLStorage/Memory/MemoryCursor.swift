/// A cursor over a `MemoryStore`: a path of pages, and a copy of the key it stands on.
final class MemoryCursor: StoreCursor {
  private enum State {
    case nowhere
    case onEntry
    case beforeFirst
    case afterLast
  }

  private let reader: MemoryReader
  /// The path to the entry, leaf first.
  private let path: UnsafeMutablePointer<PageTree.Step>
  private var state = State.nowhere
  private var leaf = Page(UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped)
  private var leafCount = 0
  private var index = 0
  /// The reader's count of changes when the path was made.
  private var seen = 0

  /// Lies behind the path, in the same memory, until a key is longer.
  private var keyMemory: UnsafeMutableRawPointer
  private var ownsKeyMemory = false
  private var keyCapacity = 128
  private var keyCount = 0
  /// Whether `keyMemory` begins with the leaf's prefix.
  private var hasLeafPrefix = false
  private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ reader: MemoryReader) {
    self.reader = reader
    let pathBytes = PageTree.maximumHeight * MemoryLayout<PageTree.Step>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: pathBytes + keyCapacity, alignment: 8)
    path = memory.bindMemory(to: PageTree.Step.self, capacity: PageTree.maximumHeight)
    keyMemory = memory + pathBytes
    seen = reader.changes
  }

  deinit {
    if ownsKeyMemory { keyMemory.deallocate() }
    UnsafeMutableRawPointer(path).deallocate()
  }

  var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: keyMemory, count: keyCount) }

  // MARK: Steps

  func next() throws(StoreError) -> Bool {
    if seen != reader.changes || state != .onEntry { return try nextFromElsewhere() }
    if index + 1 < leafCount {
      index += 1
      load()
      return true
    }
    return nextLeaf()
  }

  func previous() throws(StoreError) -> Bool {
    if seen != reader.changes || state != .onEntry { return try previousFromElsewhere() }
    if index > 0 {
      index -= 1
      load()
      return true
    }
    return previousLeaf()
  }

  func first() throws(StoreError) -> Bool {
    guard let root = try start() else { return leave(.afterLast) }
    descendToFirst(root, reader.height - 1)
    return true
  }

  func last() throws(StoreError) -> Bool {
    guard let root = try start() else { return leave(.beforeFirst) }
    descendToLast(root, reader.height - 1)
    return true
  }

  func seek(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    guard let bytes = key.baseAddress, key.count > 0 else { return try first() }
    return try seek(bytes, key.count)
  }

  func seek(before key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    guard let bytes = key.baseAddress, key.count > 0 else {
      _ = try start()
      return leave(.beforeFirst)
    }
    return try seek(before: bytes, key.count)
  }

  private func seek(_ bytes: UnsafeRawPointer, _ count: Int) throws(StoreError) -> Bool {
    guard let root = try start() else { return leave(.afterLast) }
    index = descend(root, bytes, count).index
    if index < leafCount {
      arrive()
      return true
    }
    index -= 1
    return nextLeaf()
  }

  private func seek(before bytes: UnsafeRawPointer, _ count: Int) throws(StoreError) -> Bool {
    guard let root = try start() else { return leave(.beforeFirst) }
    index = descend(root, bytes, count).index - 1
    if index >= 0 {
      arrive()
      return true
    }
    index = 0
    return previousLeaf()
  }

  // MARK: Between entries

  /// The step from where there is no entry, or after a write.
  private func nextFromElsewhere() throws(StoreError) -> Bool {
    switch state {
    case .nowhere, .beforeFirst: return try first()
    case .afterLast:
      _ = try start()
      return leave(.afterLast)
    case .onEntry:
      // The first key that is greater: the key with a zero byte after it.
      reserve(keyCount + 1)
      keyMemory.storeBytes(of: 0, toByteOffset: keyCount, as: UInt8.self)
      return try seek(keyMemory, keyCount + 1)
    }
  }

  private func previousFromElsewhere() throws(StoreError) -> Bool {
    switch state {
    case .nowhere, .afterLast: return try last()
    case .beforeFirst:
      _ = try start()
      return leave(.beforeFirst)
    case .onEntry: return try seek(before: keyMemory, keyCount)
    }
  }

  /// The root to go down from; nil where the store is empty.
  private func start() throws(StoreError) -> UnsafeMutableRawPointer? {
    if reader.isEnded { throw .ended }
    seen = reader.changes
    return reader.root
  }

  private func leave(_ state: State) -> Bool {
    self.state = state
    keyCount = 0
    value = UnsafeRawBufferPointer(start: nil, count: 0)
    return false
  }

  // MARK: Pages

  private func descend(_ root: UnsafeMutableRawPointer, _ bytes: UnsafeRawPointer, _ count: Int) -> Position {
    var page = Page(root)
    var level = reader.height - 1
    while level > 0 {
      let index = page.position(bytes, count, from: 1).childIndex
      path[level] = PageTree.Step(page: page.base, index: index)
      page = Page(page.child(index))
      level -= 1
    }
    leaf = page
    leafCount = page.count
    return page.position(bytes, count, from: 0)
  }

  private func descendToFirst(_ base: UnsafeMutableRawPointer, _ level: Int) {
    var page = Page(base)
    var level = level
    while level > 0 {
      path[level] = PageTree.Step(page: page.base, index: 0)
      page = Page(page.child(0))
      level -= 1
    }
    leaf = page
    leafCount = page.count
    index = 0
    arrive()
  }

  private func descendToLast(_ base: UnsafeMutableRawPointer, _ level: Int) {
    var page = Page(base)
    var level = level
    while level > 0 {
      let index = page.count - 1
      path[level] = PageTree.Step(page: page.base, index: index)
      page = Page(page.child(index))
      level -= 1
    }
    leaf = page
    leafCount = page.count
    index = leafCount - 1
    arrive()
  }

  private func nextLeaf() -> Bool {
    var level = 1
    while level < reader.height {
      let page = Page(path[level].page)
      let next = path[level].index + 1
      if next < page.count {
        path[level].index = next
        descendToFirst(page.child(next), level - 1)
        return true
      }
      level += 1
    }
    return leave(.afterLast)
  }

  private func previousLeaf() -> Bool {
    var level = 1
    while level < reader.height {
      let before = path[level].index - 1
      if before >= 0 {
        path[level].index = before
        descendToLast(Page(path[level].page).child(before), level - 1)
        return true
      }
      level += 1
    }
    return leave(.beforeFirst)
  }

  /// Takes the entry of a leaf that is new to the cursor.
  private func arrive() {
    state = .onEntry
    hasLeafPrefix = false
    load()
  }

  /// Takes key and value of the entry at `index` of the leaf.
  @inline(__always)
  private func load() {
    reader.reads &+= 1
    let slot = leaf.slot(index)
    let cell = UnsafeRawPointer(leaf.base + Int(slot >> 16 & 0xFFFF))
    let keyField = Int(slot & 0xFFFF)
    let valueField = Int(cell.loadUnaligned(as: UInt16.self))
    if keyField == Page.inBlock || valueField == Page.inBlock {
      loadWithBlocks()
      return
    }
    let prefixCount = leaf.prefixCount
    let count = prefixCount + keyField
    if !hasLeafPrefix || count > keyCapacity {
      reserve(count)
      keyMemory.copyMemory(from: leaf.prefix, byteCount: prefixCount)
      hasLeafPrefix = true
    }
    (keyMemory + prefixCount).copyMemory(from: cell + 2, byteCount: keyField)
    keyCount = count
    value = UnsafeRawBufferPointer(start: cell + (2 + keyField), count: valueField)
  }

  @inline(never)
  private func loadWithBlocks() {
    hasLeafPrefix = false
    let count = leaf.keyCount(index)
    reserve(count)
    leaf.copyKey(index, to: keyMemory)
    keyCount = count
    value = leaf.value(index)
  }

  /// Sees to it that a key of this length has room. Keeps the bytes of the key.
  private func reserve(_ count: Int) {
    if count <= keyCapacity { return }
    let capacity = max(count, keyCapacity * 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
    memory.copyMemory(from: keyMemory, byteCount: keyCount)
    if ownsKeyMemory { keyMemory.deallocate() }
    keyMemory = memory
    ownsKeyMemory = true
    keyCapacity = capacity
  }
}
