import CLMDB

/// A cursor over an `LMDBStore`: one of LMDB's over `entries`, and, within long keys (see `LongKeys`), one over `long`.
final class LMDBCursor: StoreCursor {
  private enum State {
    case nowhere
    case onEntry
    case beforeFirst
    case afterLast
  }

  /// A group that the cursor is in.
  private struct Level {
    var group: UInt64
    /// How much of the key lies before the group.
    var keyBytes: Int
    /// The stored key of its marker.
    var marker: [UInt8]
  }

  private let reader: LMDBReader
  private var entries: OpaquePointer?
  private var long: OpaquePointer?
  private var state = State.nowhere
  /// The groups on the way to the entry, outermost first.
  private var levels: [Level] = []
  /// The stored key and value that LMDB's cursor stands on. In memory of their own: to lend a property to C, Swift would check
  /// for overlapping accesses, at half the cost of a step.
  private let stored = UnsafeMutablePointer<MDB_val>.allocate(capacity: 2)
  /// The reader's count of changes when the cursor last moved.
  private var seen = 0
  /// The opening of the reader that LMDB's cursors belong to.
  private var opening = 0
  /// The key, where LMDB has it not in one piece, or may take it away.
  private var ownKey: [UInt8] = []
  private let ownMemory = KeyMemory()
  private var keyStart: UnsafeRawPointer?
  private var keyCount = 0

  init(_ reader: LMDBReader) {
    self.reader = reader
    stored.initialize(repeating: MDB_val(), count: 2)
    seen = reader.changes
    opening = reader.opening
  }

  deinit {
    // LMDB closes the cursors of a writer when that ends.
    if !reader.isWriter || (reader.transaction != nil && opening == reader.opening) {
      if let entries { mdb_cursor_close(entries) }
      if let long { mdb_cursor_close(long) }
    }
    stored.deallocate()
  }

  private var storedKey: MDB_val { stored[0] }

  var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: keyStart, count: keyCount) }

  var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: stored[1].mv_data, count: stored[1].mv_size)
  }

  // MARK: Steps

  func first() throws(StoreError) -> Bool {
    try start()
    guard try move(MDB_FIRST) else { return leave(.afterLast) }
    return try arriveForwards()
  }

  func last() throws(StoreError) -> Bool {
    try start()
    guard try move(MDB_LAST) else { return leave(.beforeFirst) }
    return try arriveBackwards()
  }

  func next() throws(StoreError) -> Bool {
    switch state {
    case .nowhere, .beforeFirst: return try first()
    case .afterLast:
      try start()
      return leave(.afterLast)
    case .onEntry:
      if seen != reader.changes {
        if try !isOpen() { return try first() }
        let after = HeldBytes([UInt8](key) + [0])
        return try seek(after.bytes)
      }
      return try stepForwards()
    }
  }

  func previous() throws(StoreError) -> Bool {
    switch state {
    case .nowhere, .afterLast: return try last()
    case .beforeFirst:
      try start()
      return leave(.beforeFirst)
    case .onEntry:
      if seen != reader.changes {
        if try !isOpen() { return try last() }
        let held = HeldBytes([UInt8](key))
        return try seek(before: held.bytes)
      }
      return try stepBackwards()
    }
  }

  func seek(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    if key.isEmpty { return try first() }
    try start()
    var rest = key
    while true {
      let found = try findPlace(&rest)
      if found.isGroup { continue }
      if found.isEnd { return try leaveGroupForwards() }
      return try arriveForwards()
    }
  }

  func seek(before key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    try start()
    if key.isEmpty { return leave(.beforeFirst) }
    var rest = key
    while true {
      let found = try findPlace(&rest)
      if found.isGroup { continue }
      if found.isAtEndOfTable {
        guard try move(MDB_LAST) else { return try leaveGroupBackwards() }
        return try isInGroup ? arriveBackwards() : leaveGroupBackwards()
      }
      return try stepBackwards()
    }
  }

  // MARK: Within and between groups

  /// What `findPlace` came to.
  private struct Place {
    /// The group that holds the key: look in there.
    var isGroup = false
    /// No stored key that is not less is in the group (or, at the top, in the table).
    var isEnd = false
    /// None is in the table.
    var isAtEndOfTable = false
  }

  /// Goes to the first stored key in the group that is not less than what is left of a key. Where that is the marker of its group,
  /// enters it, and leaves in `rest` what comes within.
  private func findPlace(_ rest: inout UnsafeRawBufferPointer) throws(StoreError) -> Place {
    let size = LongKeys.pieceBytes(isTop: levels.isEmpty)
    let isLong = rest.count > size
    let piece = isLong ? UnsafeRawBufferPointer(rebasing: rest[..<size]) : rest
    if levels.isEmpty && !isLong {
      guard try move(MDB_SET_RANGE, piece) else { return Place(isEnd: true, isAtEndOfTable: true) }
      return Place()
    }
    let sought = LongKeys.stored(levels.last?.group, piece, isMarker: isLong)
    let held = HeldBytes(sought)
    guard try move(MDB_SET_RANGE, held.bytes) else { return Place(isEnd: true, isAtEndOfTable: true) }
    if isLong && isStored(sought) {
      try enterGroup(sought)
      rest = UnsafeRawBufferPointer(rebasing: rest[size...])
      return Place(isGroup: true)
    }
    return Place(isEnd: !isInGroup)
  }

  /// Whether LMDB's cursor stands within the innermost group.
  private var isInGroup: Bool {
    guard let level = levels.last else { return true }
    guard storedKey.mv_size > LongKeys.groupBytes, let start = storedKey.mv_data else { return false }
    return LongKeys.bigEndian(start) == level.group
  }

  private var isOnMarker: Bool { storedKey.mv_size == LongKeys.markerBytes }

  private func isStored(_ key: [UInt8]) -> Bool {
    key.elementsEqual(UnsafeRawBufferPointer(start: storedKey.mv_data, count: storedKey.mv_size))
  }

  /// Enters the group of the marker that LMDB's cursor stands on, but goes to none of its entries yet.
  private func enterGroup(_ marker: [UInt8]) throws(StoreError) {
    let group = try LongKeys.groupNumber(value, reader.store.path)
    // The key so far: what lay before, and the marker without group number and zero byte.
    let before = levels.last?.keyBytes ?? 0
    let piece = marker[(levels.isEmpty ? 0 : LongKeys.groupBytes)..<marker.count - 1]
    ownKey.removeSubrange(before...)
    ownKey.append(contentsOf: piece)
    levels.append(Level(group: group, keyBytes: ownKey.count, marker: marker))
  }

  private func markerHere() -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: storedKey.mv_data, count: storedKey.mv_size))
  }

  /// From a stored key in the group to its entry: the first of its group, if it is a marker.
  private func arriveForwards() throws(StoreError) -> Bool {
    while isOnMarker {
      let marker = markerHere()
      try enterGroup(marker)
      let start = LongKeys.stored(levels.last?.group, UnsafeRawBufferPointer(start: nil, count: 0), isMarker: false)
      let held = HeldBytes(start)
      guard try move(MDB_SET_RANGE, held.bytes), isInGroup else { return try leaveGroupForwards() }
    }
    return arrive()
  }

  private func arriveBackwards() throws(StoreError) -> Bool {
    while isOnMarker {
      let marker = markerHere()
      try enterGroup(marker)
      // The last of the group comes before the first of the next.
      let end = LongKeys.stored(
        (levels.last?.group ?? 0) &+ 1, UnsafeRawBufferPointer(start: nil, count: 0), isMarker: false)
      let held = HeldBytes(end)
      let isFound = try move(MDB_SET_RANGE, held.bytes) ? move(MDB_PREV) : move(MDB_LAST)
      guard isFound, isInGroup else { return try leaveGroupBackwards() }
    }
    return arrive()
  }

  private func stepForwards() throws(StoreError) -> Bool {
    guard try move(MDB_NEXT), isInGroup else { return try leaveGroupForwards() }
    return try arriveForwards()
  }

  private func stepBackwards() throws(StoreError) -> Bool {
    guard try move(MDB_PREV), isInGroup else { return try leaveGroupBackwards() }
    return try arriveBackwards()
  }

  private func leaveGroupForwards() throws(StoreError) -> Bool {
    guard let level = levels.popLast() else { return leave(.afterLast) }
    try standOnMarker(level)
    return try stepForwards()
  }

  private func leaveGroupBackwards() throws(StoreError) -> Bool {
    guard let level = levels.popLast() else { return leave(.beforeFirst) }
    try standOnMarker(level)
    return try stepBackwards()
  }

  /// Goes back to the marker of a group that was left. (At the top LMDB's cursor still stands there.)
  private func standOnMarker(_ level: Level) throws(StoreError) {
    if levels.isEmpty { return }
    let held = HeldBytes(level.marker)
    guard try move(MDB_SET_RANGE, held.bytes) else {
      throw .corrupted(reader.store.path, "a long key is broken")
    }
  }

  // MARK: LMDB

  /// Whether the reader is open still, or again: then what the cursor stands on is gone, and the answer is false.
  private func isOpen() throws(StoreError) -> Bool {
    if reader.transaction == nil { throw .ended }
    return opening == reader.opening
  }

  private func start() throws(StoreError) {
    guard let transaction = reader.transaction else { throw .ended }
    seen = reader.changes
    if !levels.isEmpty { levels.removeAll(keepingCapacity: true) }
    if opening != reader.opening { try join(transaction) }
    if entries == nil { entries = try open(transaction, reader.store.tables.entries) }
  }

  /// Goes over to the transaction that the reader was opened with again.
  private func join(_ transaction: OpaquePointer) throws(StoreError) {
    if reader.isWriter {
      // They were closed with the transaction before.
      entries = nil
      long = nil
    } else {
      for cursor in [entries, long] {
        guard let cursor else { continue }
        let status = mdb_cursor_renew(transaction, cursor)
        if status != 0 { throw StoreError(lmdb: status, path: reader.store.path) }
      }
    }
    opening = reader.opening
  }

  private func open(_ transaction: OpaquePointer, _ table: MDB_dbi) throws(StoreError) -> OpaquePointer {
    var cursor: OpaquePointer?
    let status = mdb_cursor_open(transaction, table, &cursor)
    guard status == 0, let cursor else { throw StoreError(lmdb: status, path: reader.store.path) }
    return cursor
  }

  /// Moves LMDB's cursor at this level; returns whether it stands on something.
  private func move(_ operation: MDB_cursor_op) throws(StoreError) -> Bool {
    guard let transaction = reader.transaction else { throw .ended }
    let cursor: OpaquePointer?
    if levels.isEmpty {
      cursor = entries
    } else {
      if long == nil { long = try open(transaction, reader.store.tables.long) }
      cursor = long
    }
    let status = mdb_cursor_get(cursor, stored, stored + 1, operation)
    if status == 0 { return true }
    if status == MDB_NOTFOUND { return false }
    throw StoreError(lmdb: status, path: reader.store.path)
  }

  private func move(_ operation: MDB_cursor_op, _ target: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    stored[0] = MDB_val(mv_size: target.count, mv_data: UnsafeMutableRawPointer(mutating: target.baseAddress))
    return try move(operation)
  }

  /// Takes the key of the entry that LMDB's cursor stands on.
  private func arrive() -> Bool {
    state = .onEntry
    reader.reads &+= 1
    if let level = levels.last {
      let piece = UnsafeRawBufferPointer(start: storedKey.mv_data, count: storedKey.mv_size)[LongKeys.groupBytes...]
      ownKey.removeSubrange(level.keyBytes...)
      ownKey.append(contentsOf: piece)
      ownMemory.copy(ownKey)
      keyStart = ownMemory.start
      keyCount = ownKey.count
    } else if reader.isWriter {
      // A write may take LMDB's copy away, and the next step needs the key.
      ownMemory.copy(storedKey.mv_data, storedKey.mv_size)
      keyStart = ownMemory.start
      keyCount = storedKey.mv_size
    } else {
      keyStart = UnsafeRawPointer(storedKey.mv_data)
      keyCount = storedKey.mv_size
    }
    return true
  }

  private func leave(_ state: State) -> Bool {
    self.state = state
    keyStart = nil
    keyCount = 0
    stored[1] = MDB_val()
    return false
  }
}

/// Memory that a cursor keeps its key in, at a place that does not move under a pointer to it.
private final class KeyMemory {
  private var memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 8)
  private var capacity = 128

  deinit { memory.deallocate() }

  var start: UnsafeRawPointer { UnsafeRawPointer(memory) }

  func copy(_ bytes: UnsafeRawPointer?, _ count: Int) {
    guard let bytes else { return }
    if count > capacity {
      memory.deallocate()
      capacity = max(count, capacity * 2)
      memory = .allocate(byteCount: capacity, alignment: 8)
    }
    memory.copyMemory(from: bytes, byteCount: count)
  }

  func copy(_ bytes: [UInt8]) {
    let held = HeldBytes(bytes)
    copy(held.bytes.baseAddress, bytes.count)
  }
}
