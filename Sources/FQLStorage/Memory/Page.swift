#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A page of the tree: sorted slots that point to cells, in raw memory.
///
/// ```
///  0  epoch        u64   the transaction that made the page
///  8  count        u16   number of slots
/// 10  level        u16   0: a leaf
/// 12  prefixCount  u16   bytes that all keys begin with, kept once
/// 14  heapStart    u16   cells lie from here to the end, in any order
/// 16  garbage      u16   bytes of the heap that belong to no cell
/// 18  lastInsert   u16   where the last cell was put in
/// 20  run          i16   length of the run of insertions each after (>0) or before (<0) the one before it
/// 24  prefix, and zero to seven bytes up to a multiple of eight
///     slots        u64 each: head u32 (high half), cell offset u16, key length u16
///     free space, then the heap
/// ```
/// Keys are stored without the prefix. A slot's head is the key's next four bytes as a big-endian number (zeros where it is
/// shorter), so that most of a search stays within the slots. A key longer than `longestKey` is in a `Block`, whole, and its slot has
/// the length `inBlock`.
///
/// A leaf's cell is: value length u16 (`inBlock`: in a block), key (or the block's address), value (or the block's address). An inner
/// page's cell is: child, key. The key of an inner page's first slot counts as less than every key, and is empty.
struct Page {
  static let size = 4096
  static let headerBytes = 24
  static let slotBytes = 8
  /// Bytes for slots, cells and prefix.
  static let capacity = size - headerBytes
  /// The longest key within a page.
  static let longestKey = size / 8
  /// The largest leaf cell with its slot; more, and the value goes to a block. Four always fit, so a split always works.
  static let largestCell = capacity / 4
  /// The longest prefix.
  static let longestPrefix = size / 16
  /// The length that says: in a block.
  static let inBlock = 0xFFFF

  let base: UnsafeMutableRawPointer

  @inline(__always)
  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  @inline(__always)
  private func field(_ offset: Int) -> Int { Int(base.load(fromByteOffset: offset, as: UInt16.self)) }

  @inline(__always)
  private func setField(_ offset: Int, _ value: Int) {
    base.storeBytes(of: UInt16(truncatingIfNeeded: value), toByteOffset: offset, as: UInt16.self)
  }

  var epoch: UInt64 {
    @inline(__always) get { base.load(as: UInt64.self) }
    @inline(__always) nonmutating set { base.storeBytes(of: newValue, as: UInt64.self) }
  }
  var count: Int {
    @inline(__always) get { field(8) }
    @inline(__always) nonmutating set { setField(8, newValue) }
  }
  var level: Int {
    @inline(__always) get { field(10) }
    @inline(__always) nonmutating set { setField(10, newValue) }
  }
  var prefixCount: Int {
    @inline(__always) get { field(12) }
    @inline(__always) nonmutating set { setField(12, newValue) }
  }
  var heapStart: Int {
    @inline(__always) get { field(14) }
    @inline(__always) nonmutating set { setField(14, newValue) }
  }
  var garbage: Int {
    @inline(__always) get { field(16) }
    @inline(__always) nonmutating set { setField(16, newValue) }
  }
  var lastInsert: Int {
    @inline(__always) get { field(18) }
    @inline(__always) nonmutating set { setField(18, newValue) }
  }
  var run: Int {
    @inline(__always) get { Int(base.load(fromByteOffset: 20, as: Int16.self)) }
    @inline(__always) nonmutating set {
      base.storeBytes(of: Int16(clamping: newValue), toByteOffset: 20, as: Int16.self)
    }
  }

  var isLeaf: Bool { @inline(__always) get { level == 0 } }
  var prefix: UnsafeRawPointer { @inline(__always) get { UnsafeRawPointer(base + Page.headerBytes) } }
  /// Where the slots are.
  var slots: UnsafeMutableRawPointer {
    @inline(__always) get { base + (Page.headerBytes + Page.padded(prefixCount)) }
  }
  /// Bytes between the slots and the heap.
  var contiguous: Int {
    @inline(__always) get { heapStart - Page.headerBytes - Page.padded(prefixCount) - Page.slotBytes * count }
  }
  /// Bytes of slots, live cells and prefix.
  var used: Int { Page.capacity - contiguous - garbage }
  /// Bytes before the key in a cell.
  var keyOffset: Int { @inline(__always) get { isLeaf ? 2 : 8 } }

  /// Bytes that a prefix takes.
  @inline(__always)
  static func padded(_ prefixCount: Int) -> Int { (prefixCount + 7) & ~7 }

  /// Makes it an empty page with a prefix.
  func format(level: Int, epoch: UInt64, prefix: UnsafeRawPointer?, prefixCount: Int) {
    self.epoch = epoch
    count = 0
    self.level = level
    self.prefixCount = prefixCount
    heapStart = Page.size
    garbage = 0
    lastInsert = 0
    run = 0
    if let prefix, prefixCount > 0 {
      (base + Page.headerBytes).copyMemory(from: prefix, byteCount: prefixCount)
    }
  }

  // MARK: Slots and cells

  @inline(__always)
  func slot(_ index: Int) -> UInt64 {
    slots.load(fromByteOffset: Page.slotBytes * index, as: UInt64.self)
  }

  @inline(__always)
  func setSlot(_ index: Int, head: UInt32, offset: Int, keyCount: Int) {
    let word = UInt64(head) << 32 | UInt64(UInt32(truncatingIfNeeded: offset << 16 | keyCount))
    slots.storeBytes(of: word, toByteOffset: Page.slotBytes * index, as: UInt64.self)
  }

  @inline(__always)
  func head(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: slot(index) >> 32) }

  @inline(__always)
  func cell(_ index: Int) -> UnsafeMutableRawPointer { base + Int(slot(index) >> 16 & 0xFFFF) }

  /// The length of a key without its prefix, or `inBlock`.
  @inline(__always)
  func keyField(_ index: Int) -> Int { Int(slot(index) & 0xFFFF) }

  @inline(__always)
  func child(_ index: Int) -> UnsafeMutableRawPointer {
    cell(index).loadUnaligned(as: UnsafeMutableRawPointer.self)
  }

  func setChild(_ index: Int, _ child: UnsafeMutableRawPointer) {
    cell(index).storeBytes(of: child, as: UnsafeMutableRawPointer.self)
  }

  /// The block that holds a key, if one does.
  func keyBlock(_ index: Int) -> Block? {
    guard keyField(index) == Page.inBlock else { return nil }
    return Block((cell(index) + keyOffset).loadUnaligned(as: UnsafeMutableRawPointer.self))
  }

  /// The value of a leaf's entry.
  @inline(__always)
  func value(_ index: Int) -> UnsafeRawBufferPointer {
    let slot = slot(index)
    let cell = UnsafeRawPointer(base + Int(slot >> 16 & 0xFFFF))
    let count = Int(cell.loadUnaligned(as: UInt16.self))
    let keyField = Int(slot & 0xFFFF)
    let start = cell + (2 + (keyField == Page.inBlock ? 8 : keyField))
    if count != Page.inBlock { return UnsafeRawBufferPointer(start: start, count: count) }
    let block = Block(start.loadUnaligned(as: UnsafeMutableRawPointer.self))
    return UnsafeRawBufferPointer(start: block.bytes, count: block.count)
  }

  /// The block that holds a leaf's value, if one does.
  func valueBlock(_ index: Int) -> Block? {
    let cell = cell(index)
    guard Int(cell.loadUnaligned(as: UInt16.self)) == Page.inBlock else { return nil }
    let keyField = keyField(index)
    let start = cell + (2 + (keyField == Page.inBlock ? 8 : keyField))
    return Block(start.loadUnaligned(as: UnsafeMutableRawPointer.self))
  }

  /// Bytes of a cell.
  func cellSize(_ index: Int) -> Int {
    let keyField = keyField(index)
    let keyBytes = keyField == Page.inBlock ? 8 : keyField
    guard isLeaf else { return 8 + keyBytes }
    let valueCount = Int(cell(index).loadUnaligned(as: UInt16.self))
    return 2 + keyBytes + (valueCount == Page.inBlock ? 8 : valueCount)
  }

  /// The length of a whole key.
  func keyCount(_ index: Int) -> Int {
    let field = keyField(index)
    if field != Page.inBlock { return prefixCount + field }
    return Block((cell(index) + keyOffset).loadUnaligned(as: UnsafeMutableRawPointer.self)).count
  }

  /// Copies a key, or its first `limit` bytes, and returns their number.
  @discardableResult
  func copyKey(_ index: Int, to target: UnsafeMutableRawPointer, limit: Int = .max) -> Int {
    if let block = keyBlock(index) {
      let count = min(block.count, limit)
      target.copyMemory(from: block.bytes, byteCount: count)
      return count
    }
    let prefixBytes = min(prefixCount, limit)
    target.copyMemory(from: prefix, byteCount: prefixBytes)
    let rest = min(keyField(index), limit - prefixBytes)
    (target + prefixBytes).copyMemory(from: cell(index) + keyOffset, byteCount: rest)
    return prefixBytes + rest
  }

  /// The first four bytes as a number that orders as they do.
  @inline(__always)
  static func head(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt32 {
    if count >= 4 { return UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)) }
    var head: UInt32 = 0
    var shift: UInt32 = 24
    for index in 0..<max(count, 0) {
      head |= UInt32(bytes.load(fromByteOffset: index, as: UInt8.self)) << shift
      shift &-= 8
    }
    return head
  }
}
