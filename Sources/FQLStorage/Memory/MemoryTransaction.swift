/// A snapshot of a `MemoryStore`.
class MemoryReader: StoreReader {
  final let store: MemoryStore
  final var root: UnsafeMutableRawPointer?
  final var height: Int
  /// Counts changes of what cursors see: a cursor that finds it changed looks for its key again.
  final var changes = 0
  final var reads = 0
  final var isEnded = false
  private var version: UInt64

  init(_ store: MemoryStore, _ snapshot: MemoryStore.Snapshot) {
    self.store = store
    root = snapshot.root
    height = snapshot.height
    version = snapshot.version
  }

  deinit { end() }

  final func get(_ key: UnsafeRawBufferPointer) throws(StoreError) -> UnsafeRawBufferPointer? {
    guard let root, let start = key.baseAddress else {
      if isEnded { throw .ended }
      return nil
    }
    var page = Page(root)
    while !page.isLeaf {
      page = Page(page.child(page.position(start, key.count, from: 1).childIndex))
    }
    let position = page.position(start, key.count, from: 0)
    guard position.isFound else { return nil }
    reads &+= 1
    return page.value(position.index)
  }

  final func cursor() -> any StoreCursor { MemoryCursor(self) }

  func end() {
    guard !isEnded else { return }
    forget()
    store.readerEnded(version)
  }

  final var canReopen: Bool { true }

  final var commit: UInt64? { nil }

  func reopen() throws(StoreError) {
    precondition(isEnded)
    see(try store.beginReading())
  }

  fileprivate final func see(_ snapshot: MemoryStore.Snapshot) {
    root = snapshot.root
    height = snapshot.height
    version = snapshot.version
    isEnded = false
  }

  /// Lets go of the pages, so that neither this nor its cursors can go astray in them.
  final func forget() {
    isEnded = true
    root = nil
    height = 0
    changes &+= 1
  }
}

/// The writer of a `MemoryStore`.
final class MemoryWriter: MemoryReader, StoreWriter {
  private(set) var hasChanges = false
  /// The error after which nothing but an abort is possible.
  private var failure: StoreError?

  deinit { abort() }

  func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(StoreError) {
    if isEnded { throw .ended }
    try StoreLimits.check(keyCount: key.count, valueCount: value.count)
    guard let keyStart = key.baseAddress else { return }
    do throws(StoreError) {
      if let failure { throw failure }
      if let faults = store.faults { try faults.step() }
      hasChanges = true
      changes &+= 1
      (root, height) = try store.put(keyStart, key.count, value.baseAddress ?? keyStart, value.count)
    } catch {
      failure = error
      throw error
    }
  }

  func delete(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    if isEnded { throw .ended }
    try StoreLimits.check(keyCount: key.count)
    guard let keyStart = key.baseAddress else { return false }
    do throws(StoreError) {
      if let failure { throw failure }
      if let faults = store.faults { try faults.step() }
      changes &+= 1
      store.lock.lock()
      defer { store.lock.unlock() }
      let tree = store.tree
      guard try tree.delete(keyStart, key.count, undo: store.willChange()) else { return false }
      hasChanges = true
      root = tree.root
      height = tree.height
      return true
    } catch {
      failure = error
      throw error
    }
  }

  func commit() throws(StoreError) {
    if isEnded { throw .ended }
    if failure == nil, hasChanges, let faults = store.faults {
      do throws(StoreError) { try faults.step() } catch { failure = error }
    }
    if let failure {
      abort()
      throw failure
    }
    forget()
    store.commitWriter()
  }

  func abort() {
    guard !isEnded else { return }
    forget()
    store.abortWriter()
  }

  override func end() { abort() }

  override func reopen() throws(StoreError) {
    precondition(isEnded)
    see(try store.beginWriting())
    hasChanges = false
    failure = nil
  }
}
