import FQLValues

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
