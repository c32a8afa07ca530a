#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The check of everything that must hold of a `MemoryStore`, for tests.
extension MemoryStore {
  /// Looks through all pages; returns what is wrong, or nil. May be called at any time, but not during a `put`.
  package func checkInvariants() -> String? {
    lock.lock()
    defer { lock.unlock() }
    let check = InvariantCheck()
    if let wrong = check.tree(tree.root, tree.height, tree.count) { return "tree: \(wrong)" }
    var accounts = check.words
    if mode == .clean || mode == .copying {
      let second = InvariantCheck()
      if let wrong = second.tree(committed.root, committed.height, committed.count) { return "snapshot: \(wrong)" }
      accounts.formUnion(second.words)
    }
    for word in idleWords {
      if !accounts.insert(word).inserted { return "a free or retired page is in the tree, or twice in a list" }
    }
    var waiting = Set<UInt>()
    for word in retiredWords {
      if !waiting.insert(word).inserted { return "a page was retired twice" }
      accounts.insert(word)
    }
    let pages = accounts.count { $0 & 1 == 0 }
    if pages != pool.usedCount { return "\(pages) pages are accounted for, \(pool.usedCount) are in use" }
    return nil
  }
}

/// A walk through one tree.
private final class InvariantCheck {
  var words = Set<UInt>()
  private var entries = 0

  func tree(_ root: UnsafeMutableRawPointer?, _ height: Int, _ count: Int) -> String? {
    guard let root else { return height == 0 && count == 0 ? nil : "no root, but height or entries" }
    if let wrong = page(Page(root), height - 1, nil, nil) { return wrong }
    return entries == count ? nil : "\(entries) entries, counted as \(count)"
  }

  private func page(_ page: Page, _ level: Int, _ low: [UInt8]?, _ high: [UInt8]?) -> String? {
    if !words.insert(UInt(bitPattern: page.base)).inserted { return "a page is twice in the tree" }
    if page.level != level { return "level \(page.level) instead of \(level)" }
    if page.count == 0 { return "an empty page" }
    if page.contiguous < 0 { return "slots overlap the heap" }
    var heap = 0
    var previous = low
    for index in 0..<page.count {
      heap += page.cellSize(index)
      let isFirstOfInner = level > 0 && index == 0
      let key = isFirstOfInner ? low : self.key(page, index)
      if let key, !isFirstOfInner {
        if let previous, compare(previous, key) > 0 || (index > 0 && previous == key) { return "keys out of order" }
        if let high, compare(key, high) >= 0 { return "a key not below its separator" }
        if let wrong = slot(page, index, key) { return wrong }
        previous = key
      }
      if isFirstOfInner && page.keyField(0) != 0 { return "an inner page's first key is not empty" }
      if let block = page.keyBlock(index), !words.insert(UInt(bitPattern: block.base) | 1).inserted {
        return "a block is twice in the tree"
      }
      if level == 0 {
        entries += 1
        if let block = page.valueBlock(index), !words.insert(UInt(bitPattern: block.base) | 1).inserted {
          return "a block is twice in the tree"
        }
      } else {
        let next = index + 1 < page.count ? self.key(page, index + 1) : high
        if let wrong = self.page(Page(page.child(index)), level - 1, key, next) { return wrong }
      }
    }
    if Page.size - page.heapStart != heap + page.garbage { return "heap bytes are miscounted" }
    return nil
  }

  private func slot(_ page: Page, _ index: Int, _ key: [UInt8]) -> String? {
    key.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return "an empty key" }
      if !page.hasPrefix(start, key.count) { return "a key without the prefix" }
      if (key.count > Page.longestKey) != (page.keyBlock(index) != nil) { return "a key in the wrong place" }
      if page.head(index) != Page.head(start + page.prefixCount, key.count - page.prefixCount) {
        return "a wrong head"
      }
      if page.position(start, key.count, from: page.isLeaf ? 0 : 1).index != index { return "a key is not found" }
      return nil
    }
  }

  private func key(_ page: Page, _ index: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: page.keyCount(index)) { buffer, count in
      if let base = buffer.baseAddress { count = page.copyKey(index, to: UnsafeMutableRawPointer(base)) }
    }
  }

  private func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        guard let one = left.baseAddress, let other = right.baseAddress else { return left.count - right.count }
        return Page.compare(one, left.count, other, right.count)
      }
    }
  }
}
