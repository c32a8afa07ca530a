/// A B+tree of `Page`s that one writer changes while readers look at older states of it.
///
/// A page (or block) is changed in place unless a reader may see it: when its epoch is not above `sharedLimit`, it is copied first, and
/// the path to it. So without readers nothing is copied. Used under the store's lock.
final class PageTree {
  /// A page of the path from the root, and the slot that was taken in it.
  struct Step {
    var page: UnsafeMutableRawPointer
    var index: Int
  }

  /// More levels than a tree can have: every inner page has four children or more when it is split.
  static let maximumHeight = 32

  let pool: PagePool
  var root: UnsafeMutableRawPointer?
  /// Number of levels.
  var height = 0
  /// Number of entries.
  var count = 0

  /// The number that new pages carry.
  var epoch: UInt64 = 1
  /// Pages up to this epoch may be seen by a reader.
  var sharedLimit: UInt64 = 0
  /// Whether what this tree makes must be remembered in `created`, so that it can be thrown away.
  var tracksCreated = false
  /// Pages and blocks made since tracking began (blocks with their lowest bit set).
  var created: [UInt] = []
  /// Those of `created` that are no longer in the tree: pages, to be used again first; blocks.
  var idlePages: [UnsafeMutableRawPointer] = []
  var idleBlocks: [UInt] = []
  /// Pages and blocks that are no longer in the tree, but that a reader may see.
  var retired: [UInt] = []

  /// The path of the last descent, leaf first.
  let path: UnsafeMutablePointer<Step>
  /// Whether `path` is one of the tree as it is.
  var isPathValid = false

  /// A page to build in.
  let scratch: UnsafeMutableRawPointer
  /// Room for two whole keys, and for two separators on their way up.
  private let keyMemory: UnsafeMutableRawPointer
  private static let keyStride = StoreLimits.keyBytes + 64

  init(pool: PagePool) {
    self.pool = pool
    path = .allocate(capacity: PageTree.maximumHeight + 1)
    scratch = .allocate(byteCount: Page.size, alignment: 64)
    keyMemory = .allocate(byteCount: PageTree.keyStride * 4, alignment: 16)
  }

  deinit {
    path.deallocate()
    scratch.deallocate()
    keyMemory.deallocate()
  }

  /// Room for a whole key, 0 to 3.
  func keyRoom(_ index: Int) -> UnsafeMutableRawPointer { keyMemory + PageTree.keyStride * index }

  // MARK: Pages and blocks

  /// A page to fill. Room for it was reserved.
  func makePage() -> Page {
    if tracksCreated {
      if let idle = idlePages.popLast() { return Page(idle) }
      let page = pool.take()
      created.append(UInt(bitPattern: page))
      return Page(page)
    }
    return Page(pool.take())
  }

  func makeBlock(_ bytes: UnsafeRawPointer, _ count: Int) throws(StoreError) -> Block {
    guard let block = Block(copying: bytes, count: count, epoch: epoch) else { throw .outOfMemory }
    pool.blockBytes += count + Block.headerBytes
    if tracksCreated { created.append(UInt(bitPattern: block.base) | 1) }
    return block
  }

  /// Lets go of a page that is no longer in the tree.
  func release(_ page: Page) {
    if page.epoch <= sharedLimit {
      retired.append(UInt(bitPattern: page.base))
    } else if tracksCreated {
      idlePages.append(page.base)
    } else {
      pool.put(page.base)
    }
  }

  /// Lets go of a block that is no longer in the tree.
  func release(_ block: Block) {
    let word = UInt(bitPattern: block.base) | 1
    if block.epoch <= sharedLimit {
      retired.append(word)
    } else if tracksCreated {
      idleBlocks.append(word)
    } else {
      PageTree.free(word, pool)
    }
  }

  /// Gives a page or block back that nothing refers to any more.
  static func free(_ word: UInt, _ pool: PagePool) {
    guard let pointer = UnsafeMutableRawPointer(bitPattern: word & ~1) else { return }
    if word & 1 == 0 {
      pool.put(pointer)
    } else {
      pool.blockBytes -= Block(pointer).count + Block.headerBytes
      Block(pointer).free()
    }
  }

  // MARK: Finding

  /// Goes down to the leaf of a key, and remembers the path.
  @inline(__always)
  func descend(_ root: UnsafeMutableRawPointer, _ key: UnsafeRawPointer, _ keyCount: Int) -> Position {
    var page = Page(root)
    var level = height - 1
    while level > 0 {
      let index = page.position(key, keyCount, from: 1).childIndex
      path[level] = Step(page: page.base, index: index)
      page = Page(page.child(index))
      level -= 1
    }
    let position = page.position(key, keyCount, from: 0)
    path[0] = Step(page: page.base, index: position.index)
    isPathValid = true
    return position
  }

  /// The position of a key right after the last one of the leaf that was used last, or within it: the fast way for keys that come
  /// in order. Nil where the key may belong elsewhere.
  @inline(__always)
  private func nearby(_ key: UnsafeRawPointer, _ keyCount: Int) -> Position? {
    guard isPathValid else { return nil }
    let page = Page(path[0].page)
    let count = page.count
    guard page.epoch > sharedLimit, count > 0 else { return nil }
    let order = page.compareKey(key, keyCount, count - 1)
    if order > 0 {
      var level = 1
      while level < height {
        let parent = Page(path[level].page)
        let next = path[level].index + 1
        if next < parent.count {
          if parent.compareKey(key, keyCount, next) >= 0 { return nil }
          break
        }
        level += 1
      }
      return Position(count, false)
    }
    if order == 0 { return Position(count - 1, true) }
    if page.compareKey(key, keyCount, 0) < 0 { return nil }
    return page.position(key, keyCount, from: 0)
  }

  /// Copies the pages of the path that a reader may see.
  func makePathWritable() {
    if Page(path[0].page).epoch > sharedLimit { return }
    copySharedPath()
  }

  private func copySharedPath() {
    var level = height - 1
    while level >= 0 {
      let old = Page(path[level].page)
      if old.epoch <= sharedLimit {
        let page = makePage()
        page.base.copyMemory(from: old.base, byteCount: Page.size)
        page.epoch = epoch
        path[level].page = page.base
        if level == height - 1 {
          root = page.base
        } else {
          Page(path[level + 1].page).setChild(path[level + 1].index, page.base)
        }
        release(old)
      }
      level -= 1
    }
  }

  // MARK: Changing

  /// Adds or replaces an entry. Remembers in `undo`, if given, what was there.
  func put(
    _ key: UnsafeRawPointer, _ keyCount: Int, _ value: UnsafeRawPointer, _ valueCount: Int, undo: UndoLog?
  ) throws(StoreError) {
    // A copied path, a split at each level, and a root.
    try pool.reserve(2 * height + 2)
    let hasLongKey = keyCount > Page.longestKey
    let inlineCell = Page.slotBytes + 2 + (hasLongKey ? 8 : keyCount) + valueCount
    let valueBlock = inlineCell > Page.largestCell ? try makeBlock(value, valueCount) : nil

    guard let root else {
      let page = makePage()
      page.format(level: 0, epoch: epoch, prefix: nil, prefixCount: 0)
      self.root = page.base
      height = 1
      path[0] = Step(page: page.base, index: 0)
      let keyBlock = hasLongKey ? try makeBlock(key, keyCount) : nil
      try undo?.append(key, keyCount, nil)
      page.insert(
        0,
        NewCell(
          key: key, keyCount: keyCount, keyBlock: keyBlock, value: value, valueCount: valueCount,
          valueBlock: valueBlock))
      count = 1
      isPathValid = true
      return
    }
    let position = nearby(key, keyCount) ?? descend(root, key, keyCount)
    path[0].index = position.index

    if position.isFound {
      try undo?.append(key, keyCount, Page(path[0].page).value(position.index))
      makePathWritable()
      replace(position.index, key, keyCount, value, valueCount, valueBlock)
    } else {
      let keyBlock = hasLongKey ? try makeBlock(key, keyCount) : nil
      try undo?.append(key, keyCount, nil)
      makePathWritable()
      count += 1
      insert(
        0, position.index,
        NewCell(
          key: key, keyCount: keyCount, keyBlock: keyBlock, value: value, valueCount: valueCount,
          valueBlock: valueBlock))
    }
  }

  /// Replaces the value of an entry of the leaf that the path leads to.
  private func replace(
    _ index: Int, _ key: UnsafeRawPointer, _ keyCount: Int, _ value: UnsafeRawPointer, _ valueCount: Int,
    _ valueBlock: Block?
  ) {
    let page = Page(path[0].page)
    let oldBlock = page.valueBlock(index)
    let old = page.value(index)
    if oldBlock == nil, valueBlock == nil, valueCount <= old.count, let start = old.baseAddress {
      UnsafeMutableRawPointer(mutating: start).copyMemory(from: value, byteCount: valueCount)
      if valueCount < old.count {
        page.cell(index).storeBytes(of: UInt16(truncatingIfNeeded: valueCount), as: UInt16.self)
        page.garbage += old.count - valueCount
      }
      return
    }
    let keyBlock = page.keyBlock(index)
    page.remove(index)
    if let oldBlock { release(oldBlock) }
    insert(
      0, index,
      NewCell(
        key: key, keyCount: keyCount, keyBlock: keyBlock, value: value, valueCount: valueCount, valueBlock: valueBlock)
    )
  }
}
