import FQLStorage
import FQLValues

/// Reads the history of one document where it is wanted: a page of it costs the page, however many versions there are.
struct DocumentEvents {
  private let evaluation: Evaluation
  private let id: DocumentID
  private let ref: Ref
  private let cursor: any StoreCursor
  /// The beginning of the keys of the versions, of which the newest is the first.
  private let prefix: [UInt8]
  /// The key of the oldest version that is kept and of the newest that is seen.
  private var oldest: [UInt8]
  private let newest: [UInt8]

  private var transaction: Transaction { evaluation.transaction }

  init(_ id: DocumentID, _ ref: Ref, _ evaluation: Evaluation) throws(Failure) {
    self.evaluation = evaluation
    self.id = id
    self.ref = ref
    let reader = evaluation.transaction.reader
    cursor = reader.cursor()
    prefix = KeyBytes.document(id)
    oldest = prefix + Array(repeating: UInt8.max, count: KeyBytes.entrySuffix)
    newest = DocumentEvents.key(prefix, evaluation.readTime ?? Int64.max, kind: 0)
    try limitToRetention()
  }

  private static func key(_ prefix: [UInt8], _ time: Int64, kind: UInt8) -> [UInt8] {
    var key = prefix
    KeyBytes.append64(KeyBytes.inverted(time), to: &key)
    key.append(kind)
    return key
  }

  /// Of what is older than the collection keeps, only the version that was in force at that time is shown.
  private mutating func limitToRetention() throws(Failure) {
    guard id.collection >= Numbers.firstCollection,
      let floor = transaction.collection(id.collection)?.floor(at: transaction.time)
    else { return }
    let start = DocumentEvents.key(prefix, floor, kind: 0)
    let found = try stored { [cursor] () throws(StoreError) in try cursor.seek(start) }
    guard found, isInside() else { return }
    let record = VersionRecord(key: cursor.key, value: cursor.value)
    oldest = record.isLive ? [UInt8](cursor.key) : DocumentEvents.key(prefix, record.ts + 1, kind: UInt8.max)
  }

  private func isInside() -> Bool { DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) }

  /// Up to `count` events on one side of a position, the nearest first: the later ones, or backward the earlier ones.
  func events(from position: EventPosition?, isBackward: Bool, count: Int) throws(Failure) -> [Event] {
    // The first key of the versions that lie before the position.
    var cut = isBackward ? newest : oldest + [0]
    if let position {
      let isAfterLive = !position.isAtBeginningOfTime && (position.action == .delete || position.action == .remove)
      let wanted = DocumentEvents.key(prefix, position.ts, kind: isAfterLive ? 1 : 2)
      cut = isBackward ? DocumentEvents.later(cut, wanted) : DocumentEvents.earlier(cut, wanted)
    }
    return try isBackward ? earlierEvents(cut, count) : laterEvents(cut, count)
  }

  private static func later(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] { a.lexicographicallyPrecedes(b) ? b : a }
  private static func earlier(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] { a.lexicographicallyPrecedes(b) ? a : b }

  /// The version that the cursor stands on, if it is one that is shown.
  private func version() -> VersionRecord? {
    guard isInside(), !oldest.lexicographicallyPrecedes(cursor.key), !cursor.key.lexicographicallyPrecedes(newest)
    else { return nil }
    transaction.counts.entriesRead += 1
    transaction.ledger?.add(id, \.entriesRead)
    return VersionRecord(key: cursor.key, value: cursor.value)
  }

  private func laterEvents(_ cut: [UInt8], _ count: Int) throws(Failure) -> [Event] {
    let cursor = cursor
    var before: VersionRecord?
    if try stored({ () throws(StoreError) in try cursor.seek(cut) }) { before = version() }
    var events: [Event] = []
    var found = try stored { () throws(StoreError) in try cursor.seek(before: cut) }
    while found, events.count < count, let next = version() {
      events.append(event(of: next, after: before))
      before = next
      found = try stored { () throws(StoreError) in try cursor.previous() }
    }
    return events
  }

  private func earlierEvents(_ cut: [UInt8], _ count: Int) throws(Failure) -> [Event] {
    let cursor = cursor
    var events: [Event] = []
    var found = try stored { () throws(StoreError) in try cursor.seek(cut) }
    var current = found ? version() : nil
    while let shown = current, events.count < count {
      found = try stored { () throws(StoreError) in try cursor.next() }
      let before = found ? version() : nil
      events.append(event(of: shown, after: before))
      current = before
    }
    return events
  }

  /// What a version did to the one before it.
  private func event(of version: VersionRecord, after before: VersionRecord?) -> Event {
    let ts = version.ts == transaction.time && transaction.canWrite ? nil : version.ts
    if !version.isLive { return Event(ts: ts, action: .delete, document: ref, data: .null) }
    let data = transaction.document(id, version).field("data")
    guard let before, before.isLive else { return Event(ts: ts, action: .create, document: ref, data: data ?? .null) }
    return Event(
      ts: ts, action: .update, document: ref,
      data: DataChange.between(transaction.document(id, before).field("data"), data))
  }
}
