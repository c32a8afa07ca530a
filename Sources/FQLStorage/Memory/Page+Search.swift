#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a key is in a page, or would be.
struct Position {
  /// The first slot whose key is not less.
  var index: Int
  /// Whether that slot's key is equal.
  var isFound: Bool

  @inline(__always)
  init(_ index: Int, _ isFound: Bool) {
    self.index = index
    self.isFound = isFound
  }

  /// The slot of an inner page whose child holds the key.
  var childIndex: Int { @inline(__always) get { isFound ? index : index - 1 } }
}

extension Page {
  /// The position of a key among the slots from `first` on (1 for inner pages, whose first key counts as less than all).
  func position(_ key: UnsafeRawPointer, _ keyCount: Int, from first: Int) -> Position {
    let count = self.count
    let prefixCount = self.prefixCount
    if prefixCount != 0 {
      let order = memcmp(key, prefix, min(prefixCount, keyCount))
      if order < 0 || (order == 0 && keyCount < prefixCount) { return Position(first, false) }
      if order > 0 { return Position(count, false) }
    }
    let suffix = key + prefixCount
    let suffixCount = keyCount - prefixCount
    let head = Page.head(suffix, suffixCount)
    let slots = UnsafeRawPointer(base + (Page.headerBytes + Page.padded(prefixCount) + 4))
    var low = first
    var length = count - first
    while length > 0 {
      let half = length >> 1
      // The upper half of a slot is its head (little-endian machines).
      let slotHead = slots.load(fromByteOffset: Page.slotBytes * (low + half), as: UInt32.self)
      let isLess = slotHead < head
      low = isLess ? low + half + 1 : low
      length = isLess ? length - half - 1 : half
    }
    guard low < count, self.head(low) == head else { return Position(low, false) }
    if low + 1 == count || self.head(low + 1) != head {
      let order = compare(suffix, suffixCount, low)
      return order > 0 ? Position(low + 1, false) : Position(low, order == 0)
    }
    return positionAmongEqualHeads(suffix, suffixCount, from: low)
  }

  /// The position of a key without the prefix among several slots with its head, the first of which is at `first`.
  @inline(never)
  private func positionAmongEqualHeads(
    _ suffix: UnsafeRawPointer, _ suffixCount: Int, from first: Int
  ) -> Position {
    let head = self.head(first)
    var low = first
    var high = count
    // The eight bytes behind the head decide mostly.
    let hasMore = suffixCount >= 12
    let next = hasMore ? UInt64(bigEndian: suffix.loadUnaligned(fromByteOffset: 4, as: UInt64.self)) : 0
    while low < high {
      let middle = (low + high) >> 1
      let slot = self.slot(middle)
      if UInt32(truncatingIfNeeded: slot >> 32) != head {
        high = middle
        continue
      }
      let slotCount = Int(slot & 0xFFFF)
      let order: Int
      if hasMore, slotCount >= 12, slotCount != Page.inBlock {
        let key = UnsafeRawPointer(base + (Int(slot >> 16 & 0xFFFF) + keyOffset))
        let other = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
        order =
          next == other
          ? Page.compare(suffix + 12, suffixCount - 12, key + 12, slotCount - 12) : next < other ? -1 : 1
      } else {
        order = compare(suffix, suffixCount, middle)
      }
      if order == 0 { return Position(middle, true) }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return Position(low, false)
  }

  /// Compares a key without the prefix with that of a slot with the same head.
  @inline(__always)
  private func compare(_ suffix: UnsafeRawPointer, _ suffixCount: Int, _ index: Int) -> Int {
    let slotCount = keyField(index)
    if slotCount == Page.inBlock {
      let block = Block((cell(index) + keyOffset).loadUnaligned(as: UnsafeMutableRawPointer.self))
      return Page.compare(suffix, suffixCount, block.bytes + prefixCount, block.count - prefixCount)
    }
    // Equal heads, and one that is no longer than its head: it is a prefix of the other.
    if slotCount <= 4 || suffixCount <= 4 { return suffixCount - slotCount }
    return Page.compare(suffix + 4, suffixCount - 4, UnsafeRawPointer(cell(index) + (keyOffset + 4)), slotCount - 4)
  }

  /// Compares any key with that of a slot.
  func compareKey(_ key: UnsafeRawPointer, _ keyCount: Int, _ index: Int) -> Int {
    if let block = keyBlock(index) { return Page.compare(key, keyCount, block.bytes, block.count) }
    let prefixCount = self.prefixCount
    if prefixCount != 0 {
      let order = memcmp(key, prefix, min(prefixCount, keyCount))
      if order != 0 { return Int(order) }
      if keyCount < prefixCount { return -1 }
    }
    return Page.compare(
      key + prefixCount, keyCount - prefixCount, UnsafeRawPointer(cell(index) + keyOffset), keyField(index))
  }

  /// Negative, zero or positive as the first bytes are less, equal or greater.
  @inline(__always)
  static func compare(
    _ left: UnsafeRawPointer, _ leftCount: Int, _ right: UnsafeRawPointer, _ rightCount: Int
  ) -> Int {
    let order = memcmp(left, right, min(leftCount, rightCount))
    return order != 0 ? Int(order) : leftCount - rightCount
  }

  /// Whether a key begins with the page's prefix.
  @inline(__always)
  func hasPrefix(_ key: UnsafeRawPointer, _ keyCount: Int) -> Bool {
    let prefixCount = self.prefixCount
    return prefixCount == 0 || (keyCount >= prefixCount && memcmp(key, prefix, prefixCount) == 0)
  }

  /// How many first bytes two keys share.
  static func common(
    _ left: UnsafeRawPointer, _ leftCount: Int, _ right: UnsafeRawPointer, _ rightCount: Int
  ) -> Int {
    let limit = min(leftCount, rightCount)
    var index = 0
    while index + 8 <= limit {
      let difference =
        left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        ^ right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if difference != 0 { return index + UInt64(littleEndian: difference).trailingZeroBitCount / 8 }
      index += 8
    }
    while index < limit,
      left.load(fromByteOffset: index, as: UInt8.self) == right.load(fromByteOffset: index, as: UInt8.self)
    { index += 1 }
    return index
  }
}
