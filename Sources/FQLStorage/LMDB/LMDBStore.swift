import CLMDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A store in one file, through LMDB: memory-mapped, safe against crashes, one writer and many readers across processes.
///
/// Beside FILE lies `FILE-lock`, which holds no data. The file's layout is described in docs/storage.md. A process that forks must
/// not use in the child what the parent opened.
package final class LMDBStore: OrderedStore, @unchecked Sendable {  // mutable state is under `lock`; LMDB does the rest
  /// What a commit survives.
  package enum Durability: Sendable {
    /// Everything: `commit()` returns when the disk has it.
    case full
    /// The end of the process, however it comes; but not that of the system, which may leave the file damaged. What is committed is
    /// on disk after `close()`.
    case relaxed
  }

  /// How to open a file.
  package struct Options: Sendable {
    package var durability = Durability.full
    /// Open for reading only, even if the file could be written. The file must exist.
    package var isReadOnly = false
    /// The address space to ask for at first, in bytes. Less is taken if the system refuses. The file grows only as it is filled.
    package var mapBytes = 1 << 40
    /// A test's plan of failures.
    package var faults: FaultPlan?

    package init() {}
  }

  let path: String
  let environment: OpaquePointer
  let tables: Tables
  package let isReadOnly: Bool
  let faults: FaultPlan?

  private let identity: OpenFiles.Identity
  private let lock = Lock()
  /// Read transactions at rest, which are cheap to renew.
  private var idleReaders: [OpaquePointer] = []
  private static let idleReaderLimit = 16
  private var openTransactions = 0
  private var writerThread: pthread_t?
  /// The thread that is between `holdCommits` and `settle`.
  private var holdingThread: pthread_t?
  /// The transaction that holds its commits, once there are any.
  private var held: OpaquePointer?
  /// Whether a writer is open, which is not so while commits are only held.
  private var isWriting = false
  private var isClosed = false
  private var isFreed = false

  /// LMDB's numbers of our three tables.
  struct Tables: Sendable {
    /// Keys of up to 510 bytes and their values, and where longer ones go on.
    var entries: MDB_dbi = 0
    /// The rest of longer keys.
    var long: MDB_dbi = 0
    /// The format, and what is counted.
    var meta: MDB_dbi = 0
  }

  /// Opens a file, or makes it.
  package init(path: String, options: Options = Options()) throws(StoreError) {
    let opened = try OpenedFile(path: path, options: options)
    self.path = path
    environment = opened.environment
    tables = opened.tables
    isReadOnly = opened.isReadOnly
    identity = opened.identity
    faults = options.faults
  }

  deinit {
    close()
  }

  package var description: String { path }

  // MARK: Transactions

  package func read() throws(StoreError) -> any StoreReader { LMDBReader(self, try beginReading()) }

  package func write() throws(StoreError) -> any StoreWriter { LMDBWriter(self, try beginWriting()) }

  /// A read transaction of the newest commit.
  func beginReading() throws(StoreError) -> OpaquePointer {
    lock.lock()
    defer { lock.unlock() }
    if isClosed { throw .closed }
    if held != nil, LMDBStore.isCurrent(writerThread) { throw .writerOpen }
    var transaction: OpaquePointer
    if let idle = idleReaders.popLast() {
      transaction = idle
      if mdb_txn_renew(idle) != 0 {
        mdb_txn_abort(idle)
        transaction = try begin(UInt32(MDB_RDONLY), isLocked: true)
      }
    } else {
      transaction = try begin(UInt32(MDB_RDONLY), isLocked: true)
    }
    openTransactions += 1
    return transaction
  }

  /// The one write transaction.
  func beginWriting() throws(StoreError) -> OpaquePointer {
    lock.lock()
    let isOurs = LMDBStore.isCurrent(writerThread)
    if isOurs || isClosed || isReadOnly {
      defer { lock.unlock() }
      if isClosed { throw .closed }
      if isReadOnly { throw .readOnly(path) }
      guard let held, !isWriting else { throw .writerOpen }
      // A part of what holds the others, which can be aborted without them.
      var part: OpaquePointer?
      let status = mdb_txn_begin(environment, held, 0, &part)
      guard status == 0, let part else { throw StoreError(lmdb: status, path: path) }
      isWriting = true
      return part
    }
    openTransactions += 1
    lock.unlock()
    let transaction: OpaquePointer
    do throws(StoreError) {
      // LMDB's own lock, which other processes know of: not under ours.
      transaction = try begin(0, isLocked: false)
    } catch {
      transactionEnded()
      throw error
    }
    lock.lock()
    writerThread = pthread_self()
    isWriting = true
    lock.unlock()
    return transaction
  }

  /// Makes the changes of a write transaction, or holds them.
  func commit(_ transaction: OpaquePointer) throws(StoreError) {
    lock.lock()
    if held == nil, LMDBStore.isCurrent(holdingThread) {
      held = transaction
      isWriting = false
      lock.unlock()
      return
    }
    lock.unlock()
    let status = mdb_txn_commit(transaction)
    writerEnded()
    if status != 0 { throw StoreError(lmdb: status, path: path) }
  }

  func abort(_ transaction: OpaquePointer) {
    mdb_txn_abort(transaction)
    writerEnded()
  }

  package func holdCommits() {
    lock.lock()
    if holdingThread == nil { holdingThread = pthread_self() }
    lock.unlock()
  }

  package func settle() throws(StoreError) {
    lock.lock()
    guard LMDBStore.isCurrent(holdingThread) else { return lock.unlock() }
    holdingThread = nil
    let transaction = held
    held = nil
    lock.unlock()
    guard let transaction else { return }
    var status: Int32 = 0
    do throws(StoreError) {
      if let faults { try faults.step() }
      status = mdb_txn_commit(transaction)
    } catch {
      mdb_txn_abort(transaction)
      writerEnded()
      throw error
    }
    writerEnded()
    if status != 0 { throw StoreError(lmdb: status, path: path) }
  }

  private static func isCurrent(_ thread: pthread_t?) -> Bool {
    thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  private func begin(_ flags: UInt32, isLocked: Bool) throws(StoreError) -> OpaquePointer {
    var transaction: OpaquePointer?
    var status = mdb_txn_begin(environment, nil, flags, &transaction)
    if status == MDB_READERS_FULL {
      var dead: Int32 = 0
      mdb_reader_check(environment, &dead)
      if dead > 0 { status = mdb_txn_begin(environment, nil, flags, &transaction) }
    }
    if status == MDB_MAP_RESIZED {
      if !isLocked { lock.lock() }
      status = adoptMapSize(writersOwn: flags == 0 ? 1 : 0)
      if !isLocked { lock.unlock() }
      if status == 0 { status = mdb_txn_begin(environment, nil, flags, &transaction) }
    }
    guard status == 0, let transaction else {
      if status == MDB_MAP_RESIZED { throw .system(path, "another process has enlarged the file; try again later") }
      throw StoreError(lmdb: status, path: path)
    }
    return transaction
  }

  /// Takes as much address space as another process, which has made the file larger, if nothing uses ours. Under the lock.
  private func adoptMapSize(writersOwn: Int) -> Int32 {
    guard openTransactions == writersOwn else { return MDB_MAP_RESIZED }
    for idle in idleReaders { mdb_txn_abort(idle) }
    idleReaders.removeAll()
    return mdb_env_set_mapsize(environment, 0)
  }

  /// A reader has ended: keeps its transaction for the next.
  func readerEnded(_ transaction: OpaquePointer) {
    lock.lock()
    if !isClosed && idleReaders.count < LMDBStore.idleReaderLimit {
      mdb_txn_reset(transaction)
      idleReaders.append(transaction)
    } else {
      mdb_txn_abort(transaction)
    }
    lock.unlock()
    transactionEnded()
  }

  /// The writer has ended, and LMDB's transaction with it.
  private func writerEnded() {
    lock.lock()
    isWriting = false
    let isPart = held != nil
    if !isPart { writerThread = nil }
    lock.unlock()
    if !isPart { transactionEnded() }
  }

  private func transactionEnded() {
    lock.lock()
    openTransactions -= 1
    let isLast = takeEnd()
    lock.unlock()
    if isLast { free() }
  }

  /// Whether it is now the time to free everything. Under the lock.
  private func takeEnd() -> Bool {
    guard isClosed, openTransactions == 0, !isFreed else { return false }
    isFreed = true
    return true
  }

  package func close() {
    // Who cares for what was held has settled it before.
    try? settle()
    lock.lock()
    if !isClosed {
      isClosed = true
      for idle in idleReaders { mdb_txn_abort(idle) }
      idleReaders.removeAll()
      if !isReadOnly { mdb_env_sync(environment, 1) }
    }
    let isLast = takeEnd()
    lock.unlock()
    if isLast { free() }
  }

  private func free() {
    mdb_env_close(environment)
    OpenFiles.leave(identity)
  }

  // MARK: Size and copies

  package func statistics() throws(StoreError) -> StoreStatistics {
    let transaction = try begin(UInt32(MDB_RDONLY), isLocked: false)
    defer { mdb_txn_abort(transaction) }
    var entries = MDB_stat()
    var long = MDB_stat()
    mdb_stat(transaction, tables.entries, &entries)
    mdb_stat(transaction, tables.long, &long)
    let groups = try LongKeys(transaction, tables, path).groupCount()
    var file = stat()
    var descriptor: Int32 = -1
    mdb_env_get_fd(environment, &descriptor)
    fstat(descriptor, &file)
    return StoreStatistics(
      entries: entries.ms_entries + long.ms_entries - groups, bytes: Int(file.st_size))
  }

  package func copy(to target: String) throws(StoreError) {
    lock.lock()
    let error = isClosed ? StoreError.closed : nil
    let isWriting = LMDBStore.isCurrent(writerThread)
    lock.unlock()
    if let error { throw error }
    let descriptor = openFile(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(creating: target, errno) }
    // A plain copy waits for the writer for a moment, which this thread must not do while it is the writer.
    var status = mdb_env_copyfd2(environment, descriptor, isWriting ? UInt32(MDB_CP_COMPACT) : 0)
    if status == 0 && fsync(descriptor) != 0 && errno != EINVAL { status = errno }
    if closeFile(descriptor) != 0 && status == 0 { status = errno }
    if status != 0 {
      unlink(target)
      throw StoreError(lmdb: status, path: target)
    }
  }

  /// Writes all entries of a reader to a new file.
  static func writeCopy(of reader: any StoreReader, to target: String) throws(StoreError) {
    let descriptor = openFile(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(creating: target, errno) }
    closeFile(descriptor)
    defer { unlink(target + "-lock") }
    do throws(StoreError) {
      let store = try LMDBStore(path: target)
      defer { store.close() }
      let writer = try store.write()
      let cursor = reader.cursor()
      while try cursor.next() { try writer.put(cursor.key, cursor.value) }
      try writer.commit()
    } catch {
      unlink(target)
      throw error
    }
  }
}
