/// An ordered store: byte keys in byte order, consistent snapshots, and one atomic commit of a batch of changes.
///
/// This is the only thing in fql that touches memory or disk. It knows nothing of FQL's values. The contract, which every
/// store keeps and `FQLStorageTests` checks for each:
///
/// * **Keys** are 1 to 64,000 bytes, compared as unsigned bytes, a shorter prefix first. **Values** are 0 bytes to 1 GiB.
/// * **A reader** sees the newest commit at the time it was opened, and nothing that happens later, however long it lives.
///   Readers never wait for the writer, nor the writer for readers. Any number may be open, on any thread; one reader (with
///   its cursors) is used by one thread at a time.
/// * **The writer** is alone: `write()` waits until no other writer is open, in this process or another. It sees its own
///   changes. It is used, committed and aborted on the thread that opened it.
/// * **A commit** is atomic: all changes or none, also if the process dies. What it survives beyond that is the store's
///   durability. When it throws, the store is as it was before the writer was opened.
/// * **Pointers** that a reader hands out stay valid until it ends; those of a writer, until its next `put` or `delete`; those of
///   a cursor, until its next step as well. Nothing that a store handed out may be passed back to `put` as it is: copy it.
package protocol OrderedStore: AnyObject, Sendable {
  /// Opens a consistent snapshot of the newest commit.
  func read() throws(StoreError) -> any StoreReader

  /// Opens the one writer; waits for other writers (threads and processes).
  ///
  /// Throws `StoreError.writerOpen` where waiting would never end, because this thread has a writer open already.
  func write() throws(StoreError) -> any StoreWriter

  /// From now on commits of this thread wait for `settle()`, where the store has something to wait for: a disk. They are atomic still,
  /// one by one, and the writers that follow on this thread see them; but nobody else does, they do not survive the end of the process,
  /// and other writers wait. To read, this thread has to settle them first (`StoreError.writerOpen`).
  ///
  /// A disk takes as long for a hundred commits at once as for one. Where another thread holds its commits already, this does nothing.
  func holdCommits()

  /// Makes the commits that were held all at once, as one, and holds none from now on. When it throws, none of them happened.
  func settle() throws(StoreError)

  /// Closes the store; readers that are still open keep their snapshot until they end.
  ///
  /// Whatever durability the store has, all commits are on disk when this returns. Idempotent.
  func close()

  /// Whether `write()` throws `StoreError.readOnly`.
  var isReadOnly: Bool { get }

  /// What the store is, in words for a person: "memory" or the path of its file.
  var description: String { get }

  /// The number of entries and bytes of the newest commit.
  func statistics() throws(StoreError) -> StoreStatistics

  /// Writes the newest commit to a new file that `LMDBStore` can open; never overwrites (`StoreError.fileExists`).
  ///
  /// The copy is a consistent snapshot, whatever is written meanwhile, and is on disk when this returns. Where it throws, no
  /// file is left behind.
  func copy(to path: String) throws(StoreError)
}

/// The size of a store.
package struct StoreStatistics: Sendable, Equatable {
  /// Number of entries.
  package var entries: Int
  /// Bytes that the store occupies, in memory or in its file, free pages included.
  package var bytes: Int

  package init(entries: Int, bytes: Int) {
    self.entries = entries
    self.bytes = bytes
  }
}

/// A snapshot: gets and cursors over one state of the store.
///
/// Ends at `end()` or when the last reference to it and to its cursors goes.
package protocol StoreReader: AnyObject {
  /// The value of the entry with this key, or nil.
  func get(_ key: UnsafeRawBufferPointer) throws(StoreError) -> UnsafeRawBufferPointer?

  /// A cursor that stands on no entry yet.
  func cursor() -> any StoreCursor

  /// Ends the snapshot. Idempotent. Every later use throws `StoreError.ended`. Ends a writer as `abort()` does.
  func end()

  /// Whether it can be opened again.
  var canReopen: Bool { get }

  /// Once it has ended: opens the newest commit (as `read()` or `write()` does) for it and its cursors, which is cheaper than to make
  /// new ones. The cursors stand on nothing that counts until they are put somewhere. Throws `StoreError.ended` where it cannot be
  /// opened again.
  func reopen() throws(StoreError)

  /// The number of the newest commit that it sees: another one, another number, whoever made it. Nil where the store does not number
  /// them, and in a writer, which sees more than that.
  var commit: UInt64? { get }

  /// Number of entries read so far: gets that found an entry, and entries that cursors came to.
  var reads: Int { get }
}

/// The writer: a reader that sees its own changes, and makes them all at once, or not at all.
///
/// After a `put` or `delete` that threw (but for a key or value of a wrong size, which changes nothing) the batch is lost: `commit()`
/// throws the same error and leaves the store as it was. A writer that is dropped without `commit()` is aborted.
package protocol StoreWriter: StoreReader {
  /// Adds an entry, or replaces the value of the entry with this key.
  func put(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(StoreError)

  /// Removes the entry with this key; returns whether there was one.
  @discardableResult
  func delete(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool

  /// Makes all changes visible to readers opened from now on, and ends the writer.
  func commit() throws(StoreError)

  /// Forgets all changes and ends the writer. Idempotent, and nothing happens after a commit.
  func abort()

  /// Whether anything was put or deleted.
  var hasChanges: Bool { get }
}

/// A position among the entries of a reader, in key order.
///
/// A cursor stands on an entry, or before the first, or after the last, or (new) nowhere. A method that returns true has put
/// it on an entry, false beyond the end in its direction. From beyond an end a step outwards stays there, and a step back
/// comes to the entry at that end; from nowhere `next()` is `first()` and `previous()` is `last()`.
///
/// A writer's cursor sees the writer's changes: after a `put` or `delete` the next step goes to the nearest entry after (before)
/// the key that the cursor stood on, whether or not that is still there.
package protocol StoreCursor: AnyObject {
  /// Goes to the first entry whose key is equal to or greater than `key`.
  func seek(_ key: UnsafeRawBufferPointer) throws(StoreError) -> Bool
  /// Goes to the last entry whose key is less than `key`.
  func seek(before key: UnsafeRawBufferPointer) throws(StoreError) -> Bool
  /// Goes to the first entry of all.
  func first() throws(StoreError) -> Bool
  /// Goes to the last entry of all.
  func last() throws(StoreError) -> Bool
  /// Goes to the next entry.
  func next() throws(StoreError) -> Bool
  /// Goes to the entry before.
  func previous() throws(StoreError) -> Bool
  /// The key of the entry it stands on; empty where there is none.
  var key: UnsafeRawBufferPointer { get }
  /// The value of the entry it stands on; empty where there is none, and meaningless after a write until the next step.
  var value: UnsafeRawBufferPointer { get }
}

/// Limits of every store.
package enum StoreLimits {
  /// The longest key, in bytes.
  package static let keyBytes = 64_000
  /// The longest value, in bytes.
  package static let valueBytes = 1 << 30

  /// Throws where an entry with such a key and value cannot be.
  @inline(__always)
  static func check(keyCount: Int, valueCount: Int = 0) throws(StoreError) {
    if keyCount == 0 || keyCount > keyBytes { throw .keySize(keyCount) }
    if valueCount > valueBytes { throw .valueSize(valueCount) }
  }
}
