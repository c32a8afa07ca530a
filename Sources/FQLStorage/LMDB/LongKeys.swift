import CLMDB

/// Keys that are longer than LMDB's, in pieces, in their exact order.
///
/// LMDB takes keys of up to 511 bytes. A key of up to 510 bytes is stored as it is in the table `entries`. A longer one is cut after 510
/// bytes; the piece and a zero byte (511 bytes, as no other stored key is) are a *marker*, whose value is the number of a *group*. The
/// rest of the key goes on in the table `long`, after the group's number (8 bytes, big-endian), under the same rule: up to 510 bytes
/// with the number, or another marker of the next 502 bytes. All keys with the same first 510 bytes are in one group, in order; the
/// marker sorts after the key that is just the piece, and before all that is greater. So the order of the whole is that of the keys.
///
/// The metadata entry `long` holds the next group's number and the number of groups (8 bytes each, big-endian). A group goes when
/// it is empty.
struct LongKeys {
  /// The longest stored key that is not a marker.
  static let plainBytes = 510
  static let markerBytes = 511
  static let groupBytes = 8

  private let transaction: OpaquePointer
  private let tables: LMDBStore.Tables
  private let path: String

  init(_ transaction: OpaquePointer, _ tables: LMDBStore.Tables, _ path: String) {
    self.transaction = transaction
    self.tables = tables
    self.path = path
  }

  /// How much of a key a marker takes: at the top, or within a group.
  static func pieceBytes(isTop: Bool) -> Int { isTop ? plainBytes : plainBytes - groupBytes }

  /// A stored key: of a piece of a key at the top, or within a group.
  static func stored(_ group: UInt64?, _ piece: UnsafeRawBufferPointer, isMarker: Bool) -> [UInt8] {
    var stored: [UInt8] = []
    stored.reserveCapacity(markerBytes)
    if let group { appendBigEndian(group, to: &stored) }
    stored.append(contentsOf: piece)
    if isMarker { stored.append(0) }
    return stored
  }

  static func appendBigEndian(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }

  static func bigEndian(_ bytes: UnsafeRawPointer) -> UInt64 { UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }

  // MARK: Entries

  func get(_ key: UnsafeRawBufferPointer) throws(StoreError) -> UnsafeRawBufferPointer? {
    guard let place = try place(of: key, creating: false) else { return nil }
    return try lookUp(tables.long, place.last)
  }

  func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(StoreError) {
    guard let place = try place(of: key, creating: true) else { return }
    try store(tables.long, place.last, value)
  }

  func delete(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    guard let place = try place(of: key, creating: false) else { return false }
    guard try remove(tables.long, place.last) else { return false }
    // Groups that have become empty, innermost first.
    var index = place.markers.count - 1
    while index >= 0 {
      if try !isEmpty(place.groups[index]) { break }
      _ = try remove(index == 0 ? tables.entries : tables.long, place.markers[index])
      try count(groups: -1)
      index -= 1
    }
    return true
  }

  /// The number of groups, and so of markers.
  func groupCount() throws(StoreError) -> Int { Int(truncatingIfNeeded: try counters().groups) }

  // MARK: Places

  /// Where a long key is stored.
  private struct Place {
    /// The markers on the way, outermost first, and their groups.
    var markers: [[UInt8]] = []
    var groups: [UInt64] = []
    /// The stored key of the last piece.
    var last: [UInt8] = []
  }

  private func place(of key: UnsafeRawBufferPointer, creating: Bool) throws(StoreError) -> Place? {
    var place = Place()
    var rest = key
    var group: UInt64?
    while true {
      let isTop = group == nil
      let size = LongKeys.pieceBytes(isTop: isTop)
      if rest.count <= size { break }
      let marker = LongKeys.stored(group, UnsafeRawBufferPointer(rebasing: rest[..<size]), isMarker: true)
      let table = isTop ? tables.entries : tables.long
      if let found = try lookUp(table, marker) {
        group = try LongKeys.groupNumber(found, path)
      } else if creating {
        let number = try count(groups: 1)
        var value: [UInt8] = []
        LongKeys.appendBigEndian(number, to: &value)
        let held = HeldBytes(value)
        try store(table, marker, held.bytes)
        group = number
      } else {
        return nil
      }
      place.markers.append(marker)
      place.groups.append(group ?? 0)
      rest = UnsafeRawBufferPointer(rebasing: rest[size...])
    }
    place.last = LongKeys.stored(group, rest, isMarker: false)
    return place
  }

  /// The number in a marker's value.
  static func groupNumber(_ value: UnsafeRawBufferPointer, _ path: String) throws(StoreError) -> UInt64 {
    guard value.count == groupBytes, let start = value.baseAddress else {
      throw .corrupted(path, "a long key is broken")
    }
    return bigEndian(start)
  }

  /// Whether no entry is in a group.
  private func isEmpty(_ group: UInt64) throws(StoreError) -> Bool {
    var cursor: OpaquePointer?
    var status = mdb_cursor_open(transaction, tables.long, &cursor)
    guard status == 0, let cursor else { throw StoreError(lmdb: status, path: path) }
    defer { mdb_cursor_close(cursor) }
    var number = group.bigEndian
    var found: UInt64?
    withUnsafeMutableBytes(of: &number) { bytes in
      var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
      var value = MDB_val()
      status = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
      if status == 0, key.mv_size > LongKeys.groupBytes, let start = key.mv_data { found = LongKeys.bigEndian(start) }
    }
    if status != 0 && status != MDB_NOTFOUND { throw StoreError(lmdb: status, path: path) }
    return found != group
  }

  // MARK: Counting

  private func counters() throws(StoreError) -> (next: UInt64, groups: UInt64) {
    guard let bytes = try Metadata(transaction, tables.meta, path).get("long") else { return (1, 0) }
    guard bytes.count == 16 else { throw .corrupted(path, "the count of long keys is broken") }
    let number = { (range: Range<Int>) in bytes[range].reduce(0 as UInt64) { $0 << 8 | UInt64($1) } }
    return (number(0..<8), number(8..<16))
  }

  /// Counts a group more or less; returns the number for a new one.
  @discardableResult
  private func count(groups difference: Int) throws(StoreError) -> UInt64 {
    let old = try counters()
    var bytes: [UInt8] = []
    LongKeys.appendBigEndian(old.next &+ (difference > 0 ? 1 : 0), to: &bytes)
    LongKeys.appendBigEndian(old.groups &+ UInt64(bitPattern: Int64(difference)), to: &bytes)
    try Metadata(transaction, tables.meta, path).set("long", bytes)
    return old.next
  }

  // MARK: LMDB

  private func lookUp(_ table: MDB_dbi, _ stored: [UInt8]) throws(StoreError) -> UnsafeRawBufferPointer? {
    let held = HeldBytes(stored)
    var key = MDB_val(mv_size: stored.count, mv_data: UnsafeMutableRawPointer(mutating: held.bytes.baseAddress))
    var value = MDB_val()
    let status = mdb_get(transaction, table, &key, &value)
    if status == MDB_NOTFOUND { return nil }
    if status != 0 { throw StoreError(lmdb: status, path: path) }
    return UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
  }

  private func store(_ table: MDB_dbi, _ stored: [UInt8], _ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    let held = HeldBytes(stored)
    var key = MDB_val(mv_size: stored.count, mv_data: UnsafeMutableRawPointer(mutating: held.bytes.baseAddress))
    var value = MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    let status = mdb_put(transaction, table, &key, &value, 0)
    if status != 0 { throw StoreError(lmdb: status, path: path) }
  }

  private func remove(_ table: MDB_dbi, _ stored: [UInt8]) throws(StoreError) -> Bool {
    let held = HeldBytes(stored)
    var key = MDB_val(mv_size: stored.count, mv_data: UnsafeMutableRawPointer(mutating: held.bytes.baseAddress))
    let status = mdb_del(transaction, table, &key, nil)
    if status == MDB_NOTFOUND { return false }
    if status != 0 { throw StoreError(lmdb: status, path: path) }
    return true
  }
}
