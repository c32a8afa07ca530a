/// Putting cells into pages: compaction, prefixes, splits.
extension PageTree {
  /// Puts a cell into the page of the path at a level, splitting it where it is full.
  @inline(__always)
  func insert(_ level: Int, _ index: Int, _ new: NewCell) {
    let page = Page(path[level].page)
    if page.hasPrefix(new.key, new.keyCount),
      Page.slotBytes + new.cellSize(page.prefixCount) <= page.contiguous
    {
      page.insert(index, new)
      return
    }
    insertSlowly(level, index, new)
  }

  @inline(never)
  private func insertSlowly(_ level: Int, _ index: Int, _ new: NewCell) {
    let page = Page(path[level].page)
    let first = level == 0 ? 0 : 1
    let count = page.count
    let prefixCount = page.prefixCount
    let hasPrefix = page.hasPrefix(new.key, new.keyCount)
    if hasPrefix && Page.slotBytes + new.cellSize(prefixCount) <= page.contiguous + page.garbage {
      rebuild(page, prefixCount: prefixCount)
      page.insert(index, new)
      return
    }
    var shared = 0
    if count > first {
      shared =
        hasPrefix
        ? sharedPrefix(page, first, count - 1, with: new)
        : Page.common(new.key, new.keyCount, page.prefix, prefixCount)
    }
    if shared != prefixCount {
      let size = page.size(0..<count, prefixCount: shared) + Page.slotBytes + new.cellSize(shared)
      if size <= Page.capacity {
        rebuild(page, prefixCount: shared)
        page.insert(index, new)
        return
      }
    }
    split(level, index, new, hasPrefix: hasPrefix)
  }

  /// The length of the prefix that all keys between two slots of a page share, and a new cell's key with them.
  private func sharedPrefix(_ page: Page, _ first: Int, _ last: Int, with new: NewCell) -> Int {
    let limit = Page.longestPrefix
    let left = keyRoom(0)
    let right = keyRoom(1)
    let leftCount = page.copyKey(first, to: left, limit: limit)
    let rightCount = page.copyKey(last, to: right, limit: limit)
    let shared = Page.common(left, leftCount, right, rightCount)
    return Page.common(left, shared, new.key, min(new.keyCount, limit))
  }

  /// Lays a page out anew, without garbage, with a prefix of another length that all its keys share.
  func rebuild(_ page: Page, prefixCount: Int) {
    let target = Page(scratch)
    let first = page.isLeaf ? 0 : 1
    let start = keyRoom(0)
    if page.count > first { page.copyKey(first, to: start, limit: prefixCount) }
    target.format(
      level: page.level, epoch: page.epoch, prefix: start, prefixCount: page.count > first ? prefixCount : 0)
    target.append(from: page, 0..<page.count)
    target.lastInsert = page.lastInsert
    target.run = page.run
    page.base.copyMemory(from: scratch, byteCount: Page.size)
  }

  /// Splits the page of the path at a level, with a cell that does not fit in, and tells its parent.
  private func split(_ level: Int, _ index: Int, _ new: NewCell, hasPrefix: Bool) {
    isPathValid = false
    let page = Page(path[level].page)
    let right = makePage()
    let middle = splitPoint(page, index, new, hasPrefix: hasPrefix)
    let separator: NewCell
    if level == 0 {
      separator = leafSeparator(page, index, new, middle, right: right)
    } else {
      separator = innerSeparator(page, index, new, middle, right: right)
    }
    fill(right, from: page, index, new, middle..<page.count + 1)
    if middle != page.count || middle > index {
      let left = Page(scratch)
      fill(left, from: page, index, new, 0..<middle)
      left.epoch = page.epoch
      page.base.copyMemory(from: scratch, byteCount: Page.size)
    }

    if level + 1 == height {
      precondition(height < PageTree.maximumHeight)
      let top = makePage()
      top.format(level: level + 1, epoch: epoch, prefix: nil, prefixCount: 0)
      top.appendFirst(child: page.base)
      root = top.base
      path[height] = Step(page: top.base, index: 0)
      height += 1
    }
    insert(level + 1, path[level + 1].index + 1, separator)
  }

  /// Fills an empty page with a range of the cells of another, counted as if the new one were among them at `index`.
  private func fill(_ target: Page, from page: Page, _ index: Int, _ new: NewCell, _ range: Range<Int>) {
    let level = page.level
    let isInner = level > 0
    // The first cell of an inner page has no key, be it the old first one or the first of a right half.
    let firstKey = range.lowerBound + (isInner ? 1 : 0)
    var prefixCount = 0
    let left = keyRoom(0)
    if firstKey < range.upperBound {
      let right = keyRoom(1)
      let limit = Page.longestPrefix
      let leftCount = copyKey(page, index, new, firstKey, to: left, limit: limit)
      let rightCount = copyKey(page, index, new, range.upperBound - 1, to: right, limit: limit)
      prefixCount = Page.common(left, leftCount, right, rightCount)
      if size(page, index, new, range, prefixCount) > Page.capacity { prefixCount = min(prefixCount, page.prefixCount) }
    }
    target.format(level: level, epoch: epoch, prefix: left, prefixCount: prefixCount)
    var next = range.lowerBound
    if isInner && next > 0 {
      target.appendFirst(child: child(page, index, new, next))
      next += 1
    }
    if next <= index {
      let end = min(index, range.upperBound)
      if next < end { target.append(from: page, next..<end) }
      next = end
      if next == index && next < range.upperBound {
        target.append(new)
        target.lastInsert = target.count - 1
        target.run = page.run > 0 || index == page.count ? max(page.run, 0) + 1 : min(page.run, 0)
        next += 1
      }
    }
    if next < range.upperBound { target.append(from: page, next - 1..<range.upperBound - 1) }
  }

  private func copyKey(
    _ page: Page, _ index: Int, _ new: NewCell, _ position: Int, to target: UnsafeMutableRawPointer, limit: Int
  ) -> Int {
    if position != index { return page.copyKey(position < index ? position : position - 1, to: target, limit: limit) }
    let count = min(new.keyCount, limit)
    target.copyMemory(from: new.key, byteCount: count)
    return count
  }

  private func child(_ page: Page, _ index: Int, _ new: NewCell, _ position: Int) -> UnsafeMutableRawPointer {
    if position == index, let child = new.child { return child }
    return page.child(position < index ? position : position - 1)
  }

  /// Bytes that a range of cells would take in a page with a prefix of this length.
  private func size(_ page: Page, _ index: Int, _ new: NewCell, _ range: Range<Int>, _ prefixCount: Int) -> Int {
    let before = range.clamped(to: 0..<index)
    var total = page.size(before, prefixCount: prefixCount)
    if range.contains(index) { total += Page.slotBytes + new.cellSize(prefixCount) }
    let after = range.clamped(to: index + 1..<max(index + 1, range.upperBound))
    if !after.isEmpty {
      total +=
        page.size(after.lowerBound - 1..<after.upperBound - 1, prefixCount: prefixCount) - Page.padded(prefixCount)
    }
    return total
  }

  /// How many cells stay in the left page, counted with the new one among them.
  ///
  /// Where insertions come in order, the new page gets what lies after (before) the new cell, so that pages are left full.
  private func splitPoint(_ page: Page, _ index: Int, _ new: NewCell, hasPrefix: Bool) -> Int {
    let count = page.count
    let first = page.isLeaf ? 0 : 1
    let prefixCount = page.prefixCount
    // A key outside the prefix is less or greater than all: it goes alone, and the others keep their prefix.
    if !hasPrefix { return index == first ? 1 : count }
    let newSize = Page.slotBytes + new.cellSize(prefixCount)
    let last = page.lastInsert
    let isAscending = index == last + 1 && (page.run >= 2 || index == count)
    if isAscending && index > first {
      let rest = page.size(index..<count, prefixCount: prefixCount)
      if rest + newSize <= Page.capacity { return index }
    }
    if page.isLeaf && index == last && page.run <= -2 {
      let rest = page.size(0..<index, prefixCount: prefixCount)
      if rest + newSize <= Page.capacity { return index + 1 }
    }
    let half = (page.size(0..<count, prefixCount: prefixCount) - Page.padded(prefixCount) + newSize) / 2
    var size = 0
    for position in 0..<count {
      if position == index {
        size += newSize
      } else {
        size += Page.slotBytes + page.cellSize(position < index ? position : position - 1)
      }
      if size >= half { return max(position + 1, 1) }
    }
    return count
  }

  /// The cell that tells the parent of a leaf's right half: the shortest key that is greater than all of the left.
  private func leafSeparator(_ page: Page, _ index: Int, _ new: NewCell, _ middle: Int, right: Page) -> NewCell {
    let left = keyRoom(0)
    let separator = keyRoom(2)
    let leftCount = copyKey(page, index, new, middle - 1, to: left, limit: .max)
    let rightCount = copyKey(page, index, new, middle, to: separator, limit: .max)
    let count = min(Page.common(left, leftCount, separator, rightCount) + 1, rightCount)
    var block: Block?
    if count > Page.longestKey { block = makeSeparatorBlock(separator, count) }
    return NewCell(key: separator, keyCount: count, keyBlock: block, child: right.base)
  }

  /// The cell that tells the parent of an inner page's right half: the key that stood at its front moves up.
  private func innerSeparator(_ page: Page, _ index: Int, _ new: NewCell, _ middle: Int, right: Page) -> NewCell {
    if middle == index {
      return NewCell(key: new.key, keyCount: new.keyCount, keyBlock: new.keyBlock, child: right.base)
    }
    let slot = middle < index ? middle : middle - 1
    // The key that came from below is in one of two rooms: take the other.
    let room = new.key == UnsafeRawPointer(keyRoom(2)) ? keyRoom(3) : keyRoom(2)
    let count = page.copyKey(slot, to: room)
    return NewCell(key: room, keyCount: count, keyBlock: page.keyBlock(slot), child: right.base)
  }

  /// A block for a separator. Unlike that of an entry it cannot be refused, since the page has been split by then.
  private func makeSeparatorBlock(_ bytes: UnsafeRawPointer, _ count: Int) -> Block {
    // Separators above 512 bytes come of keys above 512 bytes only, whose block was just allocated.
    guard let block = try? makeBlock(bytes, count) else { preconditionFailure("out of memory") }
    return block
  }
}
