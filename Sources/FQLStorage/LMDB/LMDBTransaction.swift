import CLMDB

/// A snapshot of an `LMDBStore`: a read transaction of LMDB.
class LMDBReader: StoreReader {
  final let store: LMDBStore
  /// LMDB's transaction; nil after the end.
  final var transaction: OpaquePointer?
  /// Counts changes of what cursors see: a cursor that finds it changed looks for its key again.
  final var changes = 0
  /// Counts the times that it was opened: a cursor that finds it changed stands nowhere, and on nothing of LMDB's.
  private(set) final var opening = 0
  final var reads = 0
  /// Whether cursors must expect changes, and LMDB closes them at the end.
  final let isWriter: Bool

  init(_ store: LMDBStore, _ transaction: OpaquePointer, isWriter: Bool = false) {
    self.store = store
    self.transaction = transaction
    self.isWriter = isWriter
  }

  deinit { end() }

  final func get(_ key: UnsafeRawBufferPointer) throws(StoreError) -> UnsafeRawBufferPointer? {
    guard let transaction else { throw .ended }
    if key.count > LongKeys.plainBytes {
      let value = try LongKeys(transaction, store.tables, store.path).get(key)
      if value != nil { reads &+= 1 }
      return value
    }
    if key.isEmpty { return nil }
    var sought = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
    var value = MDB_val()
    let status = mdb_get(transaction, store.tables.entries, &sought, &value)
    if status == MDB_NOTFOUND { return nil }
    if status != 0 { throw StoreError(lmdb: status, path: store.path) }
    reads &+= 1
    return UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
  }

  final func cursor() -> any StoreCursor { LMDBCursor(self) }

  final var canReopen: Bool { true }

  final var commit: UInt64? {
    guard !isWriter, let transaction else { return nil }
    return UInt64(mdb_txn_id(transaction))
  }

  final func reopen() throws(StoreError) {
    precondition(transaction == nil)
    transaction = try isWriter ? store.beginWriting() : store.beginReading()
    opening &+= 1
    changes &+= 1
    didReopen()
  }

  /// Forgets what was noted before it was opened again.
  func didReopen() {}

  func end() {
    guard let ending = transaction else { return }
    transaction = nil
    changes &+= 1
    store.readerEnded(ending)
  }
}

/// The writer of an `LMDBStore`.
final class LMDBWriter: LMDBReader, StoreWriter {
  private(set) var hasChanges = false
  /// The error after which nothing but an abort is possible.
  private var failure: StoreError?

  init(_ store: LMDBStore, _ transaction: OpaquePointer) {
    super.init(store, transaction, isWriter: true)
  }

  deinit { abort() }

  func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(StoreError) {
    guard let transaction else { throw .ended }
    try StoreLimits.check(keyCount: key.count, valueCount: value.count)
    do throws(StoreError) {
      if let failure { throw failure }
      if let faults = store.faults { try faults.step() }
      hasChanges = true
      changes &+= 1
      if key.count > LongKeys.plainBytes {
        try LongKeys(transaction, store.tables, store.path).put(key, value)
        return
      }
      var stored = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
      var bytes = MDB_val(mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
      let status = mdb_put(transaction, store.tables.entries, &stored, &bytes, 0)
      if status != 0 { throw StoreError(lmdb: status, path: store.path) }
    } catch {
      failure = error
      throw error
    }
  }

  func delete(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    guard let transaction else { throw .ended }
    try StoreLimits.check(keyCount: key.count)
    do throws(StoreError) {
      if let failure { throw failure }
      if let faults = store.faults { try faults.step() }
      changes &+= 1
      if key.count > LongKeys.plainBytes {
        guard try LongKeys(transaction, store.tables, store.path).delete(key) else { return false }
        hasChanges = true
        return true
      }
      var stored = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
      let status = mdb_del(transaction, store.tables.entries, &stored, nil)
      if status == MDB_NOTFOUND { return false }
      if status != 0 { throw StoreError(lmdb: status, path: store.path) }
      hasChanges = true
      return true
    } catch {
      failure = error
      throw error
    }
  }

  func commit() throws(StoreError) {
    guard let ending = transaction else { throw .ended }
    guard hasChanges || failure != nil else { return abort() }
    if failure == nil, let faults = store.faults {
      do throws(StoreError) { try faults.step() } catch { failure = error }
    }
    if let failure {
      abort()
      throw failure
    }
    transaction = nil
    changes &+= 1
    try store.commit(ending)
  }

  func abort() {
    guard let ending = transaction else { return }
    transaction = nil
    changes &+= 1
    store.abort(ending)
  }

  override func end() { abort() }

  override func didReopen() {
    hasChanges = false
    failure = nil
  }
}
