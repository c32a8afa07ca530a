#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A store in memory, gone when it is: a B+tree of pages (`Page`, `PageTree`).
///
/// The writer changes pages in place, and copies only those that an open reader may see. Without a reader of the newest commit, what
/// the writer changes is kept in an undo log, for `abort()`. A reader that is opened while the writer is at that gets the newest
/// commit made for it out of the undo log, by copying pages (`separateSnapshot`).
package final class MemoryStore: OrderedStore, @unchecked Sendable {  // all mutable state is under `lock`
  /// A state of the tree that was committed.
  struct Snapshot {
    var root: UnsafeMutableRawPointer?
    var height = 0
    var count = 0
    /// Readers of it can see pages with epochs up to this one.
    var version: UInt64 = 0
  }

  let lock = Lock()
  let pool = PagePool()
  let tree: PageTree
  let undo = UndoLog()
  var committed = Snapshot()

  /// Versions that are being read, oldest first, with the number of their readers.
  private var readers: [(version: UInt64, count: Int)] = []
  /// Pages and blocks that only readers of a version before `version` can see, in order of version.
  private var retired: [(version: UInt64, word: UInt)] = []

  private var writerThread: pthread_t?
  /// How the writer's changes are kept apart from the newest commit.
  private(set) var mode = Mode.clean
  /// Once the newest commit was separated from the writer's state: what only the one has, and only the other (older readers may
  /// see the latter).
  private var snapshotOnly: [UInt] = []
  private var writerOnly: [UInt] = []
  /// Set when memory ran out in the middle of an abort: the tree is not to be trusted.
  private var isBroken = false
  private var isClosed = false

  /// A test's plan of failures.
  package let faults: FaultPlan?

  enum Mode {
    /// Nothing was changed.
    case clean
    /// The newest commit is being changed in place, and `undo` knows what was there.
    case inPlace
    /// The newest commit is whole, and the writer works on copies of its pages.
    case copying
  }

  package init(faults: FaultPlan? = nil) {
    self.faults = faults
    tree = PageTree(pool: pool)
  }

  deinit {
    // Pages go with the pool; blocks must be found.
    if pool.blockBytes > 0 { freeAllBlocks() }
  }

  package var isReadOnly: Bool { false }
  package var description: String { "memory" }

  package func statistics() throws(StoreError) -> StoreStatistics {
    lock.lock()
    defer { lock.unlock() }
    return StoreStatistics(entries: committed.count, bytes: pool.totalCount * Page.size + pool.blockBytes)
  }

  /// Nothing is waited for in memory.
  package func holdCommits() {}
  package func settle() {}

  package func close() {
    lock.lock()
    isClosed = true
    lock.unlock()
  }

  // MARK: Readers

  package func read() throws(StoreError) -> any StoreReader { MemoryReader(self, try beginReading()) }

  /// Notes a reader of the newest commit.
  func beginReading() throws(StoreError) -> Snapshot {
    lock.lock()
    defer { lock.unlock() }
    if isClosed { throw .closed }
    if isBroken { throw .outOfMemory }
    if mode == .inPlace { try separateSnapshot() }
    let version = committed.version
    if let last = readers.last, last.version == version {
      readers[readers.count - 1].count += 1
    } else {
      readers.append((version, 1))
    }
    return committed
  }

  /// A reader of a version has ended.
  func readerEnded(_ version: UInt64) {
    lock.lock()
    if let index = readers.firstIndex(where: { $0.version == version }) {
      readers[index].count -= 1
      if readers[index].count == 0 { readers.remove(at: index) }
    }
    if !retired.isEmpty { freeRetired() }
    lock.unlock()
  }

  /// Frees what no reader can see any more.
  private func freeRetired() {
    let oldest = readers.first?.version ?? .max
    var end = 0
    while end < retired.count, retired[end].version <= oldest {
      PageTree.free(retired[end].word, pool)
      end += 1
    }
    if end > 0 { retired.removeFirst(end) }
  }

  /// Makes the newest commit whole again, beside the writer's state, out of the undo log; the writer goes on in copies.
  private func separateSnapshot() throws(StoreError) {
    let snapshot = PageTree(pool: pool)
    snapshot.root = tree.root
    snapshot.height = tree.height
    snapshot.count = tree.count
    snapshot.sharedLimit = tree.epoch
    snapshot.epoch = tree.epoch + 1
    snapshot.tracksCreated = true
    do throws(StoreError) {
      try undo.replay(on: snapshot)
    } catch {
      for word in snapshot.created { PageTree.free(word, pool) }
      throw error
    }
    undo.clear()
    // What was copied before is for older readers only: neither state has it.
    retire(tree.retired, before: snapshot.epoch)
    tree.retired.removeAll()
    // The snapshot does not have what it replaced, and the writer does not have what the snapshot made instead.
    writerOnly = snapshot.retired
    tree.tracksCreated = true
    var idle = Set<UInt>()
    for page in snapshot.idlePages { idle.insert(UInt(bitPattern: page)) }
    for word in snapshot.idleBlocks { idle.insert(word) }
    for word in snapshot.created where !idle.contains(word) { snapshotOnly.append(word) }
    for word in idle { PageTree.free(word, pool) }
    committed = Snapshot(
      root: snapshot.root, height: snapshot.height, count: snapshot.count, version: snapshot.epoch)
    tree.sharedLimit = snapshot.epoch
    tree.epoch = snapshot.epoch + 1
    mode = .copying
  }

  private func retire(_ words: [UInt], before version: UInt64) {
    if words.isEmpty { return }
    for word in words { retired.append((version, word)) }
    freeRetired()
  }

  // MARK: The writer

  package func write() throws(StoreError) -> any StoreWriter { MemoryWriter(self, try beginWriting()) }

  /// Waits for the writer's place.
  func beginWriting() throws(StoreError) -> Snapshot {
    lock.lock()
    defer { lock.unlock() }
    while let owner = writerThread {
      if pthread_equal(owner, pthread_self()) != 0 { throw .writerOpen }
      lock.wait()
    }
    if isClosed { throw .closed }
    if isBroken { throw .outOfMemory }
    writerThread = pthread_self()
    return committed
  }

  /// Decides, at the writer's first change, whether pages can be changed in place. Under the lock.
  @inline(__always)
  func willChange() -> UndoLog? {
    if mode == .clean {
      tree.epoch = committed.version + 1
      tree.sharedLimit = readers.last?.version ?? 0
      mode = tree.sharedLimit == committed.version && committed.version > 0 ? .copying : .inPlace
      tree.tracksCreated = mode == .copying
    }
    return mode == .inPlace ? undo : nil
  }

  /// Adds an entry to the writer's state, or replaces one; the root and the height of that.
  @inline(__always)
  func put(
    _ key: UnsafeRawPointer, _ keyCount: Int, _ value: UnsafeRawPointer, _ valueCount: Int
  ) throws(StoreError) -> (UnsafeMutableRawPointer?, Int) {
    lock.lock()
    defer { lock.unlock() }
    try tree.put(key, keyCount, value, valueCount, undo: willChange())
    return (tree.root, tree.height)
  }

  func commitWriter() {
    lock.lock()
    defer { lock.unlock() }
    if mode != .clean { publish() }
    writerEnded()
  }

  func abortWriter() {
    lock.lock()
    defer { lock.unlock() }
    switch mode {
    case .clean: break
    case .inPlace:
      // The content becomes what it was; pages may be divided otherwise than before.
      do throws(StoreError) { try undo.replay(on: tree) } catch { isBroken = true }
      publish()
    case .copying:
      for word in tree.created { PageTree.free(word, pool) }
      retire(writerOnly, before: committed.version)
      writerOnly.removeAll()
      tree.created.removeAll()
      tree.idlePages.removeAll()
      tree.idleBlocks.removeAll()
      tree.retired.removeAll()
      tree.root = committed.root
      tree.height = committed.height
      tree.count = committed.count
      tree.isPathValid = false
      // Part of the newest commit now.
      snapshotOnly.removeAll()
    }
    writerEnded()
  }

  /// Makes the tree's state the newest commit.
  private func publish() {
    committed = Snapshot(root: tree.root, height: tree.height, count: tree.count, version: tree.epoch)
    undo.clear()
    if mode == .copying {
      for page in tree.idlePages { pool.put(page) }
      for word in tree.idleBlocks { PageTree.free(word, pool) }
      tree.idlePages.removeAll(keepingCapacity: true)
      tree.idleBlocks.removeAll()
      tree.created.removeAll(keepingCapacity: tree.created.count < 10_000)
      retire(snapshotOnly, before: tree.epoch)
      snapshotOnly.removeAll()
      writerOnly.removeAll()
    }
    if !tree.retired.isEmpty {
      retire(tree.retired, before: tree.epoch)
      tree.retired.removeAll(keepingCapacity: true)
    }
  }

  private func writerEnded() {
    mode = .clean
    tree.tracksCreated = false
    writerThread = nil
    lock.wake()
  }

  // MARK: Copies and the end

  package func copy(to path: String) throws(StoreError) {
    let reader = try read()
    defer { reader.end() }
    try LMDBStore.writeCopy(of: reader, to: path)
  }

  /// For the invariant check: what was put aside within a transaction, and what waits for readers.
  var idleWords: [UInt] { tree.idlePages.map { UInt(bitPattern: $0) } + tree.idleBlocks }
  var retiredWords: [UInt] { retired.map(\.word) + tree.retired }

  private func freeAllBlocks() {
    for item in retired where item.word & 1 == 1 { PageTree.free(item.word, pool) }
    var pages: [UnsafeMutableRawPointer] = []
    if let root = committed.root { pages.append(root) }
    while let base = pages.popLast() {
      let page = Page(base)
      for index in 0..<page.count {
        page.keyBlock(index)?.free()
        if page.isLeaf { page.valueBlock(index)?.free() } else { pages.append(page.child(index)) }
      }
    }
  }
}
