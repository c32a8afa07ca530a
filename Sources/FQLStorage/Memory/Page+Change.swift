/// A cell that is to be put into a page.
struct NewCell {
  /// The whole key.
  var key: UnsafeRawPointer
  var keyCount: Int
  /// The block that holds the key, where it is too long for a page.
  var keyBlock: Block?
  /// The child; nil for a leaf's cell.
  var child: UnsafeMutableRawPointer?
  /// A leaf's value, if it is short enough for a page.
  var value: UnsafeRawPointer
  var valueCount: Int
  /// The block that holds a leaf's value.
  var valueBlock: Block?

  /// A cell of an inner page.
  init(key: UnsafeRawPointer, keyCount: Int, keyBlock: Block?, child: UnsafeMutableRawPointer) {
    self.key = key
    self.keyCount = keyCount
    self.keyBlock = keyBlock
    self.child = child
    value = key
    valueCount = 0
  }

  /// A cell of a leaf.
  init(
    key: UnsafeRawPointer, keyCount: Int, keyBlock: Block?, value: UnsafeRawPointer, valueCount: Int,
    valueBlock: Block?
  ) {
    self.key = key
    self.keyCount = keyCount
    self.keyBlock = keyBlock
    self.value = value
    self.valueCount = valueCount
    self.valueBlock = valueBlock
  }

  /// Bytes of the cell, without its slot, in a page with a prefix of this length.
  @inline(__always)
  func cellSize(_ prefixCount: Int) -> Int {
    let keyBytes = keyBlock == nil ? keyCount - prefixCount : 8
    if child != nil { return 8 + keyBytes }
    return 2 + keyBytes + (valueBlock == nil ? valueCount : 8)
  }
}

extension Page {
  /// Puts a cell in at a slot. There is room, and its key has the prefix.
  @inline(__always)
  func insert(_ index: Int, _ new: NewCell) {
    let count = self.count
    let slots = self.slots
    if index < count {
      (slots + Page.slotBytes * (index + 1)).copyMemory(
        from: slots + Page.slotBytes * index, byteCount: Page.slotBytes * (count - index))
    }
    let last = lastInsert
    let run = self.run
    if count > 0 && index == last + 1 {
      self.run = max(run, 0) + 1
    } else if count > 0 && index == last {
      self.run = min(run, 0) - 1
    } else {
      self.run = 0
    }
    lastInsert = index
    self.count = count + 1
    write(index, new)
  }

  /// Writes a cell and its slot.
  @inline(__always)
  private func write(_ index: Int, _ new: NewCell) {
    let prefixCount = self.prefixCount
    let size = new.cellSize(prefixCount)
    let offset = heapStart - size
    heapStart = offset
    var target = base + offset
    let suffix = new.key + prefixCount
    let suffixCount = new.keyCount - prefixCount
    let head = Page.head(suffix, suffixCount)
    if let child = new.child {
      target.storeBytes(of: child, as: UnsafeMutableRawPointer.self)
      target += 8
    } else {
      let field = new.valueBlock == nil ? new.valueCount : Page.inBlock
      target.storeBytes(of: UInt16(truncatingIfNeeded: field), as: UInt16.self)
      target += 2
    }
    if let block = new.keyBlock {
      target.storeBytes(of: block.base, as: UnsafeMutableRawPointer.self)
      target += 8
      setSlot(index, head: head, offset: offset, keyCount: Page.inBlock)
    } else {
      target.copyMemory(from: suffix, byteCount: suffixCount)
      target += suffixCount
      setSlot(index, head: head, offset: offset, keyCount: suffixCount)
    }
    guard new.child == nil else { return }
    if let block = new.valueBlock {
      target.storeBytes(of: block.base, as: UnsafeMutableRawPointer.self)
    } else {
      target.copyMemory(from: new.value, byteCount: new.valueCount)
    }
  }

  /// Appends a cell. There is room, and its key has the prefix.
  func append(_ new: NewCell) {
    count += 1
    write(count - 1, new)
  }

  /// Appends an inner page's first cell: a child without a key.
  func appendFirst(child: UnsafeMutableRawPointer) {
    let offset = heapStart - 8
    heapStart = offset
    (base + offset).storeBytes(of: child, as: UnsafeMutableRawPointer.self)
    setSlot(count, head: 0, offset: offset, keyCount: 0)
    count += 1
  }

  /// Appends cells of another page of the same level, whose keys have this page's prefix.
  ///
  /// An inner page's first slot has no key, and must come to be the first again.
  func append(from source: Page, _ range: Range<Int>) {
    let mine = prefixCount
    let theirs = source.prefixCount
    let isLeaf = self.isLeaf
    let keyOffset = self.keyOffset
    var heap = heapStart
    var slotIndex = count
    for index in range {
      let field = source.keyField(index)
      let cell = UnsafeRawPointer(source.cell(index))
      let size = source.cellSize(index)
      if field == Page.inBlock {
        heap -= size
        (base + heap).copyMemory(from: cell, byteCount: size)
        let block = Block((cell + keyOffset).loadUnaligned(as: UnsafeMutableRawPointer.self))
        setSlot(slotIndex, head: Page.head(block.bytes + mine, block.count - mine), offset: heap, keyCount: field)
      } else if !isLeaf && index == 0 {
        heap -= 8
        (base + heap).copyMemory(from: cell, byteCount: 8)
        setSlot(slotIndex, head: 0, offset: heap, keyCount: 0)
      } else if mine == theirs {
        heap -= size
        (base + heap).copyMemory(from: cell, byteCount: size)
        setSlot(slotIndex, head: source.head(index), offset: heap, keyCount: field)
      } else {
        let suffixCount = field + theirs - mine
        heap -= size + (theirs - mine)
        let target = base + heap
        target.copyMemory(from: cell, byteCount: keyOffset)
        let key = target + keyOffset
        if mine > theirs {
          // A longer prefix: key and value move up together.
          key.copyMemory(from: cell + (keyOffset + mine - theirs), byteCount: size - keyOffset - (mine - theirs))
        } else {
          key.copyMemory(from: source.prefix + mine, byteCount: theirs - mine)
          (key + (theirs - mine)).copyMemory(from: cell + keyOffset, byteCount: size - keyOffset)
        }
        setSlot(
          slotIndex, head: Page.head(UnsafeRawPointer(key), suffixCount), offset: heap, keyCount: suffixCount)
      }
      slotIndex += 1
    }
    heapStart = heap
    count = slotIndex
  }

  /// Takes a slot out; its cell becomes garbage.
  func remove(_ index: Int) {
    let count = self.count
    garbage += cellSize(index)
    let slots = self.slots
    (slots + Page.slotBytes * index).copyMemory(
      from: slots + Page.slotBytes * (index + 1), byteCount: Page.slotBytes * (count - index - 1))
    self.count = count - 1
    run = 0
    if count == 1 {
      heapStart = Page.size
      garbage = 0
    }
  }

  /// Takes the key away from an inner page's new first slot.
  func clearFirstKey() {
    let field = keyField(0)
    garbage += field == Page.inBlock ? 8 : field
    setSlot(0, head: 0, offset: Int(slot(0) >> 16 & 0xFFFF), keyCount: 0)
  }

  /// Bytes that slots in a range, their cells and the prefix would take with a prefix of another length.
  func size(_ range: Range<Int>, prefixCount: Int) -> Int {
    let difference = self.prefixCount - prefixCount
    let isLeaf = self.isLeaf
    var total = Page.padded(prefixCount)
    for index in range {
      total += Page.slotBytes + cellSize(index)
      if keyField(index) != Page.inBlock && (isLeaf || index != 0) { total += difference }
    }
    return total
  }
}
