import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes by which an element is compared: its encoded values, or its encoded reference where it covers none.
///
/// A view into the memory of a cursor, valid until that cursor moves: sets are merged by comparing millions of keys, none
/// of which is worth a copy.
struct ElementKey {
  let bytes: UnsafeRawPointer
  let count: Int
  /// The cursor that the key came from, which knows how to read it.
  unowned(unsafe) let leaf: LeafCursor

  /// Negative, zero or positive as this key comes before another one, equals it, or comes after it on the cursors' way.
  ///
  /// Keys of a cursor that runs against the order of its bytes are compared as if each bit were the other one. Of two
  /// tuples, one of which begins with the other, the shorter one is first, or last where the first value is in descending order.
  @inline(__always)
  func order(_ other: ElementKey) -> Int {
    let shared = min(count, other.count)
    var result: Int
    if leaf.descends == other.leaf.descends {
      result = Int(memcmp(bytes, other.bytes, shared))
      if leaf.descends { result = -result }
    } else {
      result = opposedOrder(other, shared)
    }
    if result != 0 || count == other.count { return result }
    return (count < other.count) == leaf.meetsShorterFirst ? -1 : 1
  }

  @inline(never)
  private func opposedOrder(_ other: ElementKey, _ shared: Int) -> Int {
    let mine: UInt8 = leaf.descends ? 0xff : 0
    for i in 0..<shared {
      let a = bytes.load(fromByteOffset: i, as: UInt8.self) ^ mine
      let b = other.bytes.load(fromByteOffset: i, as: UInt8.self) ^ ~mine
      if a != b { return a < b ? -1 : 1 }
    }
    return 0
  }
}

/// A copy of a key that outlives the step of its cursor; its memory is used again.
final class HeldKey {
  private var memory: UnsafeMutableRawPointer
  private var capacity = 64
  private var count = 0
  private unowned(unsafe) var leaf: LeafCursor?

  init() {
    memory = .allocate(byteCount: capacity, alignment: 1)
  }

  deinit { memory.deallocate() }

  /// Holds another key.
  @inline(__always)
  func hold(_ key: ElementKey) {
    if key.count > capacity {
      memory.deallocate()
      capacity = key.count * 2
      memory = .allocate(byteCount: capacity, alignment: 1)
    }
    memory.copyMemory(from: key.bytes, byteCount: key.count)
    count = key.count
    leaf = key.leaf
  }

  /// The key, where one is held.
  @inline(__always)
  var key: ElementKey? {
    guard let leaf else { return nil }
    return ElementKey(bytes: UnsafeRawPointer(memory), count: count, leaf: leaf)
  }

  /// Whether a cursor's element has this key.
  @inline(__always)
  func matches(_ cursor: SetCursor) -> Bool {
    guard let key, let other = cursor.leaf?.elementKey else { return false }
    return key.order(other) == 0
  }

  func clear() { leaf = nil }
}

/// What the elements of a cursor cover.
struct CursorShape {
  /// For each covered value whether it is in descending set order; one flag where none is covered: the reference's.
  var directions: [Bool] = []
  /// How many values are covered by the longest elements.
  var width = 0
  /// The widths that there are, as bits.
  private var widths: UInt64 = 1

  static let references = CursorShape(values: [], isFlipped: false)

  init(values: [Bool], isFlipped: Bool) {
    directions = values.isEmpty ? [isFlipped] : values.map { $0 != isFlipped }
    width = values.count
    widths = 1 << UInt64(min(width, 63))
  }

  /// The shape of elements of several shapes.
  init(_ shapes: [CursorShape]) {
    guard let longest = shapes.max(by: { $0.width < $1.width }) else { return }
    self = longest
    for shape in shapes { widths |= shape.widths }
  }

  func contains(width: Int) -> Bool { width >= 0 && width < 63 && widths & (1 << UInt64(width)) != 0 }
}

/// A position among the elements of a set that runs one way: from the beginning to the end, or from the end to the beginning.
///
/// Elements are compared by bytes and decoded only when they are handed out. The cursor of a combined set hands on the
/// cursor of the one set of entries (the *leaf*) that stands on the element.
///
/// "Set order" below is the order of the outermost set, the one that is read; `Reverse` inside of it turns leaves round.
class SetCursor {
  /// The leaf that stands on the current element; nil where there is none.
  ///
  /// Unowned, since a leaf is its own; combined cursors hold their operands, and those their leaves.
  final unowned(unsafe) var leaf: LeafCursor?
  /// True where it runs from the end to the beginning, in set order.
  final let isBackward: Bool
  /// True where no two elements can be equal.
  final let isUnique: Bool
  final let shape: CursorShape

  init(isBackward: Bool, isUnique: Bool, shape: CursorShape) {
    self.isBackward = isBackward
    self.isUnique = isUnique
    self.shape = shape
  }

  /// Goes to the next element on its way, at first to the first one; false at the end.
  func next() throws(Failure) -> Bool { false }

  /// Goes to the first element on its way that is beyond a position: after it, or backward before it.
  func seek(_ position: SetPosition) throws(Failure) -> Bool { false }

  /// Goes to the first element on its way whose key is another one's or comes after it; with `beyond` only after it.
  func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool { false }

  /// Goes on until its key is another one's or comes after it, and never back.
  func advance(to key: ElementKey) throws(Failure) -> Bool {
    guard let current = leaf?.elementKey else { return false }
    if current.order(key) >= 0 { return true }
    // A step is cheaper than a search.
    guard try next(), let stepped = leaf?.elementKey else { return false }
    if stepped.order(key) >= 0 { return true }
    return try seek(key, beyond: false)
  }

  /// Adds the sets that the current element came from.
  func addSources(_ sources: inout [SetValue]) {
    if let leaf { sources.append(leaf.source) }
  }

  /// Goes on to the first element with another key than the one that it stands on, which `held` holds.
  final func leave(_ held: HeldKey) throws(Failure) -> Bool {
    for _ in 0..<8 {
      if try !next() { return false }
      if isUnique || !held.matches(self) { return true }
    }
    guard let key = held.key else { return false }
    return try seek(key, beyond: true)
  }

  /// Whether the current element comes before a position on its way.
  final func precedes(_ position: SetPosition) -> Bool {
    guard let leaf else { return false }
    return leaf.isBefore(position) != isBackward
  }
}

/// Which way a leaf runs.
struct Orientation {
  /// True from the end to the beginning.
  var isBackward: Bool
  /// True where `Reverse` turned the set round: set order is the opposite of the order of bytes.
  var isFlipped: Bool
}

/// A cursor over one set of entries, whose current element is in its own memory.
class LeafCursor: SetCursor {
  /// The set that the entries are shown as in the list of sources.
  final let source: SetValue
  /// True where `Reverse` turned it round: set order is the opposite of the order of bytes.
  final let isFlipped: Bool
  /// True where it runs against the order of bytes.
  final let descends: Bool
  /// How many values it covers, or one for the reference.
  final let componentCount: Int
  final let coversValues: Bool
  /// True where, of two tuples one of which begins with the other, the shorter one is first in set order.
  final let isShorterFirst: Bool
  /// The same on its way.
  final let meetsShorterFirst: Bool
  /// The bytes of the current element's key and of its reference.
  final var keyBytes: UnsafeRawPointer
  final var keyCount = 0
  final var refBytes: UnsafeRawPointer

  /// `fields` tells for each covered value whether its bytes are complemented.
  init(source: SetValue, fields: [Bool], _ orientation: Orientation, isUnique: Bool) {
    self.source = source
    isFlipped = orientation.isFlipped
    // As in the order of values; sets that are combined agree on the direction of their first value.
    isShorterFirst = (fields.first ?? false) == orientation.isFlipped
    meetsShorterFirst = isShorterFirst != orientation.isBackward
    descends = orientation.isBackward != orientation.isFlipped
    componentCount = max(fields.count, 1)
    coversValues = !fields.isEmpty
    keyBytes = LeafCursor.nothing
    refBytes = LeafCursor.nothing
    let isFlipped = orientation.isFlipped
    super.init(
      isBackward: orientation.isBackward, isUnique: isUnique || fields.isEmpty,
      shape: CursorShape(values: fields, isFlipped: isFlipped))
  }

  private nonisolated(unsafe) static let nothing: UnsafeRawPointer = {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: IndexKeys.refLength, alignment: 8)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: IndexKeys.refLength)
    return UnsafeRawPointer(memory)
  }()

  @inline(__always)
  final var elementKey: ElementKey { ElementKey(bytes: keyBytes, count: keyCount, leaf: self) }

  /// The document that was indexed.
  final var documentID: DocumentID {
    let raw = UnsafeRawBufferPointer(start: refBytes, count: IndexKeys.refLength)
    return DocumentID(
      scope: KeyBytes.read32(raw, 13), collection: KeyBytes.read32(raw, 9),
      id: Int64(bitPattern: KeyBytes.read64(raw, 1)))
  }

  /// The element as a page shows it. A reversed set of references shows as one with a value, the reference.
  func element() -> SetElement { SetElement(values: [], ref: .foreign(ForeignRef(id: "", collection: nil))) }

  /// The element as a query sees it, without a list of values where there is one.
  func visible() -> Value { element().visible }

  /// The number of bytes that the first `count` components of a key of this leaf take.
  func length(ofComponents count: Int, of key: ElementKey) -> Int { key.count }

  /// Whether the current element comes before a position in set order.
  final func isBefore(_ position: SetPosition) -> Bool {
    let shared = min(keyCount, position.values.count)
    let mask: UInt8 = isFlipped ? 0xff : 0
    for i in 0..<shared {
      let byte = keyBytes.load(fromByteOffset: i, as: UInt8.self) ^ mask
      if byte != position.values[i] { return byte < position.values[i] }
    }
    if keyCount < position.values.count { return isShorterFirst }
    if position.isWhole, keyCount > position.values.count { return !isShorterFirst }
    if let ref = position.ref {
      let order = ref.withUnsafeBytes { bytes -> Int in
        guard let base = bytes.baseAddress else { return 0 }
        return Int(memcmp(refBytes, base, min(bytes.count, IndexKeys.refLength)))
      }
      if order != 0 { return (order < 0) != isFlipped }
    }
    return position.isAfter
  }
}
