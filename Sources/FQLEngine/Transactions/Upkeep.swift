import FQLStorage
import FQLValues

/// Removes from the store what nobody can see any more: documents that have expired, and history before its retention floor.
///
/// Reads hide both at once; this gives the space back. It works in small steps, each a transaction of its own, between
/// queries: after some thousands of commits, or when a database has been open for a while.
struct Upkeep {
  /// Where the next step goes on.
  private var scope = Numbers.rootScope
  private var collection: Int64 = 0
  private var id: Int64 = 0
  private var commits = 0
  private var lastTime: Int64 = 0

  /// Commits, and microseconds, after which a step is due.
  private static let commitInterval = 10_000
  private static let timeInterval: Int64 = 60_000_000
  /// Documents that one step looks at.
  static let stepSize = 2_000

  /// Notes a commit; answers whether a step is due.
  mutating func noteCommit(at time: Int64) -> Bool {
    commits += 1
    if lastTime == 0 { lastTime = time }
    guard commits >= Upkeep.commitInterval || time - lastTime >= Upkeep.timeInterval else { return false }
    commits = 0
    lastTime = time
    return true
  }

  /// Looks at some documents, from where the last step ended; answers how many versions were removed.
  mutating func step(_ transaction: Transaction, limit: Int = Upkeep.stepSize) throws(Failure) -> Int {
    try transaction.enterAny(scope)
    var removed = 0
    var rest = limit
    let collections = try transaction.trimmableCollections().filter { $0.number >= collection }
    for target in collections {
      let start = target.number == collection ? id : 0
      var documents: [Int64] = []
      try transaction.eachDocument(target.number, from: start) { document in
        documents.append(document)
        return documents.count < rest
      }
      for document in documents {
        let place = DocumentID(scope: transaction.scope, collection: target.number, id: document)
        removed += try transaction.trim(place, floor: target.floor)
      }
      rest -= documents.count
      if rest <= 0, let last = documents.last {
        collection = target.number
        id = last < Int64.max ? last + 1 : last
        return removed
      }
    }
    // The next database, or the first one again.
    collection = 0
    id = 0
    scope = try transaction.nextScope(after: scope)
    return removed
  }
}

extension Database {
  /// Removes some of what nobody can see any more; answers how many versions were removed.
  @discardableResult
  package func upkeep(limit: Int = Upkeep.stepSize) -> Int {
    guard !store.isReadOnly else { return 0 }
    do throws(Failure) {
      let transaction = try Transaction(self, writing: true, interrupt: InterruptFlag(), memory: FrameMemory())
      do throws(Failure) {
        let removed = try stepUpkeep(transaction, limit)
        try transaction.commit()
        return removed
      } catch {
        transaction.abort()
        throw error
      }
    } catch {
      // It is tried again later; no query depends on it.
      return 0
    }
  }
}

extension Transaction {
  /// A collection whose documents may have something to remove, and the time before which history is not kept.
  struct Trimmable {
    let number: Int64
    /// Nil where all history is kept, and only expired documents go.
    let floor: Int64?
  }

  /// User collections, and the native ones that keep no history.
  fileprivate func trimmableCollections() throws(Failure) -> [Trimmable] {
    let grace = time - 900_000_000
    var all = [NativeKind.keys, .tokens, .credentials].map { Trimmable(number: $0.collectionNumber, floor: grace) }
    for definition in view.schema.collections.values {
      all.append(Trimmable(number: definition.entity.number, floor: definition.floor(at: time)))
    }
    return all.sorted { $0.number < $1.number }
  }

  /// Removes the versions of a document that are out of sight, and their index entries.
  fileprivate func trim(_ id: DocumentID, floor: Int64?) throws(Failure) -> Int {
    let versions = try DocumentReader.versions(reader, id)
    let removable = Transaction.removable(versions, floor: floor, now: time)
    if removable.isEmpty { return 0 }
    try rewriteHistory(id) { writer throws(StoreError) in
      for version in removable {
        try writer.delete(KeyBytes.version(id, time: version.ts, isLive: version.isLive))
      }
    }
    return removable.count
  }

  /// What of a document's versions, the oldest first, can no longer be seen: those before the one in force at the floor, that
  /// one too if it is a deletion, and everything of a document that expired before the floor.
  static func removable(_ versions: [VersionRecord], floor: Int64?, now: Int64) -> [VersionRecord] {
    guard let floor else { return [] }
    if let last = versions.last, last.isLive, let ttl = last.ttl, ttl <= floor, last.ts <= floor { return versions }
    guard let kept = versions.lastIndex(where: { $0.ts <= floor }) else { return [] }
    return Array(versions[..<(versions[kept].isLive ? kept : kept + 1)])
  }

  /// Goes on in a database that may be gone by now: then in the root.
  fileprivate func enterAny(_ target: Int64) throws(Failure) {
    guard target != Numbers.rootScope else { return }
    try? enter(scope: target)
  }

  /// The database after another one in the order of numbers; the root after the last.
  fileprivate func nextScope(after scope: Int64) throws(Failure) -> Int64 {
    let cursor = reader.cursor()
    var key = Meta.parentKey(scope)
    key.append(0)
    let wanted = key
    let found = try stored { () throws(StoreError) in try cursor.seek(wanted) }
    let prefix = Array(Meta.parentKey(0).prefix(2))
    guard found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) else { return Numbers.rootScope }
    return KeyBytes.read32(cursor.key, prefix.count)
  }
}
