import FQLStorage

/// The table of a wide object's fields, by which one of them is found without going through all.
///
/// It stands between the number of fields and the first of them: for each field, in the order of the hashes of their names, where it begins,
/// counted from the first (u32, little-endian).
enum FieldTable {
  /// From so many fields on an object has a table.
  static let minimumCount = 32

  /// FNV-1a. It is part of the format.
  @inline(__always)
  static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return hash
  }

  /// The bytes that the table of so many fields takes; nil for more than bytes can hold.
  static func size(count: UInt64) -> Int? { count < 1 << 32 ? Int(count) * 4 : nil }
}

extension ByteBuffer {
  /// Appends the room for a table; answers where it begins.
  mutating func appendFieldTable(count: Int) -> Int {
    let start = self.count
    extend(count * 4).initializeMemory(as: UInt8.self, repeating: 0, count: count * 4)
    return start
  }

  /// Fills a table in. Each entry has the hash of a field's name above the place where the field begins.
  mutating func setFieldTable(at start: Int, _ entries: [UInt64]) {
    let first = UInt64(start + entries.count * 4)
    for (i, entry) in entries.sorted().enumerated() {
      store(UInt32(truncatingIfNeeded: (entry & 0xFFFF_FFFF) - first), at: start + i * 4)
    }
  }
}

extension ValueReader {
  /// Goes to the value of a field of the wide object whose number of fields stands here; false where there is none.
  mutating func enterField(ofWide name: UnsafeRawBufferPointer) -> Bool {
    let count = varint()
    guard let size = FieldTable.size(count: count), size <= end - position else { return false }
    let table = position
    let first = table + size
    let hash = FieldTable.hash(name)
    var low = 0
    var high = Int(count)
    while low < high {
      let middle = (low + high) >> 1
      if FieldTable.hash(goToField(middle, table, first)) < hash { low = middle + 1 } else { high = middle }
    }
    // Of several fields with one name the first counts.
    while low < Int(count) {
      let found = goToField(low, table, first)
      if found.isSame(as: name) { return true }
      if FieldTable.hash(found) != hash { return false }
      low += 1
    }
    return false
  }

  /// The name of a field by its number in a table, behind which the position is then.
  private mutating func goToField(_ number: Int, _ table: Int, _ first: Int) -> UnsafeRawBufferPointer {
    let offset = bytes.loadUnaligned(fromByteOffset: table + number * 4, as: UInt32.self)
    position = min(first + Int(UInt32(littleEndian: offset)), end)
    return slice(Int(truncatingIfNeeded: varint()))
  }

  /// Steps over the table of a wide object whose number of fields stands here; the number.
  mutating func skipFieldTable() -> UInt64 {
    let count = varint()
    let rest = end - position
    position += min(FieldTable.size(count: count) ?? rest, rest)
    return count
  }
}
