/// Taking entries out: pages that become empty are freed, pages that become small are merged with a neighbour.
extension PageTree {
  /// Removes an entry; returns whether there was one. Remembers in `undo`, if given, what was there.
  func delete(_ key: UnsafeRawPointer, _ keyCount: Int, undo: UndoLog?) throws(StoreError) -> Bool {
    guard let root else { return false }
    // A copied path, and a merged page at each level.
    try pool.reserve(2 * height + 2)
    let position = descend(root, key, keyCount)
    guard position.isFound else { return false }
    let index = position.index
    try undo?.append(key, keyCount, Page(path[0].page).value(index))
    makePathWritable()
    let page = Page(path[0].page)
    if let block = page.keyBlock(index) { release(block) }
    if let block = page.valueBlock(index) { release(block) }
    page.remove(index)
    count -= 1
    shrink(0)
    return true
  }

  /// Frees or merges the page of the path at a level, if it has become empty or small.
  private func shrink(_ level: Int) {
    let page = Page(path[level].page)
    if page.count == 0 {
      isPathValid = false
      release(page)
      if level + 1 == height {
        root = nil
        height = 0
      } else {
        removeChild(level + 1)
      }
    } else if level + 1 == height {
      dropLonelyRoot()
    } else if page.used < Page.capacity / 4 {
      merge(level)
    }
  }

  /// Removes the child that the path takes at a level, and its key.
  private func removeChild(_ level: Int) {
    let page = Page(path[level].page)
    let index = path[level].index
    if let block = page.keyBlock(index) { release(block) }
    page.remove(index)
    if index == 0 && page.count > 0 {
      if let block = page.keyBlock(0) { release(block) }
      page.clearFirstKey()
    }
    shrink(level)
  }

  /// Makes the only child of a root the root.
  private func dropLonelyRoot() {
    while height > 1, let root, Page(root).count == 1 {
      isPathValid = false
      let child = Page(root).child(0)
      release(Page(root))
      self.root = child
      height -= 1
    }
  }

  /// Merges the page of the path at a level with its right or left neighbour under the same parent, if they fit in one.
  private func merge(_ level: Int) {
    let parent = Page(path[level + 1].page)
    let index = path[level + 1].index
    if index + 1 < parent.count, merge(level, parent, index) { return }
    if index > 0 { _ = merge(level, parent, index - 1) }
  }

  /// Merges two neighbours under a parent, the left at `index`, into the left; returns whether they fit.
  private func merge(_ level: Int, _ parent: Page, _ index: Int) -> Bool {
    let left = Page(parent.child(index))
    let right = Page(parent.child(index + 1))
    let separatorBlock = parent.keyBlock(index + 1)
    let separator = keyRoom(2)
    let separatorCount = parent.copyKey(index + 1, to: separator)

    // What all keys share: the first and the last tell.
    let first = level == 0 ? 0 : 1
    let low = keyRoom(0)
    let high = keyRoom(1)
    let limit = Page.longestPrefix
    var prefixCount = 0
    if left.count > first && right.count > first {
      let lowCount = left.copyKey(first, to: low, limit: limit)
      let highCount = right.copyKey(right.count - 1, to: high, limit: limit)
      prefixCount = Page.common(low, lowCount, high, highCount)
    }
    var size = left.size(0..<left.count, prefixCount: prefixCount)
    size += right.size(0..<right.count, prefixCount: prefixCount) - Page.padded(prefixCount)
    if level > 0 { size += separatorBlock == nil ? separatorCount - prefixCount : 8 }
    guard size <= Page.capacity * 3 / 4 else { return false }

    isPathValid = false
    let target = Page(scratch)
    target.format(level: level, epoch: epoch, prefix: low, prefixCount: prefixCount)
    target.append(from: left, 0..<left.count)
    if level == 0 {
      target.append(from: right, 0..<right.count)
      if let separatorBlock { release(separatorBlock) }
    } else {
      target.append(
        NewCell(key: separator, keyCount: separatorCount, keyBlock: separatorBlock, child: right.child(0)))
      target.append(from: right, 1..<right.count)
    }
    if left.epoch > sharedLimit {
      target.epoch = left.epoch
      left.base.copyMemory(from: scratch, byteCount: Page.size)
    } else {
      let page = makePage()
      page.base.copyMemory(from: scratch, byteCount: Page.size)
      parent.setChild(index, page.base)
      release(left)
    }
    release(right)
    parent.remove(index + 1)
    shrink(level + 1)
    return true
  }
}
