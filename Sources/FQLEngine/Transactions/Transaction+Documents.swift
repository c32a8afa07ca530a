import FQLStorage
import FQLValues

extension Transaction {
  // MARK: Reading

  /// The version of a document that is in force at a time: nil for the present, with this transaction's own writes.
  func version(_ id: DocumentID, at time: Int64?) throws(Failure) -> VersionRecord? {
    counts.documentsRead += 1
    ledger?.add(id, \.documentsRead)
    if let time { try checkFloor(id, time) }
    guard let record = try DocumentReader.version(pointCursor, id, at: snapshotTime(time)),
      record.isVisible(at: time ?? self.time)
    else { return nil }
    return record
  }

  /// The time up to which versions count when reads are as of `time`: a past time, or everything there is.
  ///
  /// An explicit read at the snapshot's own time does not see this transaction's writes, which carry that time.
  func snapshotTime(_ time: Int64?) -> Int64? {
    guard let time else { return nil }
    return time >= self.time ? self.time - 1 : time
  }

  /// A read before a collection's history begins is refused.
  func checkFloor(_ id: DocumentID, _ at: Int64) throws(Failure) {
    guard id.collection >= Numbers.firstCollection, let definition = collection(id.collection) else { return }
    try checkFloor(definition, at)
  }

  func checkFloor(_ definition: CollectionDefinition, _ at: Int64) throws(Failure) {
    guard let floor = definition.floor(at: time), at < floor else { return }
    throw Failure(
      QueryError(
        .badRequest,
        "Requested timestamp \(Time(microseconds: at).text) less than minimum allowed timestamp \(Time(microseconds: floor).text)."
      ))
  }

  /// A document as a value.
  func document(_ id: DocumentID, _ record: VersionRecord) -> Document {
    record.bytes.withUnsafeBytes { document(id, ts: record.ts, $0) }
  }

  /// The same of a version as it is stored.
  func document(_ id: DocumentID, ts: Int64, _ value: UnsafeRawBufferPointer, isNew: Bool = false) -> Document {
    let view = view(scope: id.scope)
    let isPending = ts == time && canWrite
    return Document(
      ref: ref(id, view), ts: isPending ? nil : ts,
      body: .encoded(StoredFields.make(value, names: view, pendingTime: canWrite ? time : nil)), isNew: isNew)
  }

  /// The document that is in force at a time, as `version` finds it, as a value.
  func document(_ id: DocumentID, at time: Int64?) throws(Failure) -> Document? {
    guard time == nil, ledger == nil else { return try version(id, at: time).map { document(id, $0) } }
    counts.documentsRead += 1
    guard try DocumentReader.seek(pointCursor, id, at: nil), VersionRecord.isVisible(pointCursor, at: self.time) else {
      return nil
    }
    let ts = KeyBytes.time(inverted: KeyBytes.read64(pointCursor.key, KeyBytes.documentPrefix))
    return document(id, ts: ts, pointCursor.value)
  }

  func ref(_ id: DocumentID) -> Ref { ref(id, view(scope: id.scope)) }

  private func ref(_ id: DocumentID, _ view: SchemaView) -> Ref {
    if id.collection < Numbers.firstCollection,
      let native = NativeKind(rawValue: UInt8(truncatingIfNeeded: id.collection))
    {
      if native.isNamed { return .entity(view.entity(native, number: id.id)) }
      return .document(view.nativeCollection(native), id: id.id)
    }
    return .document(collection(id.collection, in: view), id: id.id)
  }

  // MARK: Writing

  /// Writes a version of a document at the transaction's time, or with nil fields a deletion, and its index entries.
  ///
  /// `previous` is what was in force before. Several writes of one document leave one version.
  func write(_ id: DocumentID, _ fields: Object?, previous: VersionRecord?) throws(Failure) {
    if let fields {
      // It stays where it is: nothing else is written until this is.
      let version = StoredVersion(ts: time, fields: fields, transactionTime: time, in: &memory.buffer)
      return try write(id, version, previous: previous)
    }
    let isRewrite = try noteVersion(id)
    try updateIndexes(id, from: previous, to: nil, isRewrite: isRewrite)
    try writeDeletion(id, isRewrite: isRewrite)
  }

  /// Notes that a version of a document is written; answers whether one was before.
  private func noteVersion(_ id: DocumentID) throws(Failure) -> Bool {
    _ = try requireWriter()
    counts.documentsWritten += 1
    ledger?.add(id, \.documentsWritten)
    return noteWrite(id)
  }

  /// The same with the version at hand. `changes`, if given, is all that tells it from the previous one.
  func write(
    _ id: DocumentID, _ version: StoredVersion, previous: VersionRecord?, changes: StoredChanges? = nil
  ) throws(Failure) {
    let isRewrite = try noteVersion(id)
    let writer = try requireWriter()
    try Transaction.checkSize(version.value.count)
    try updateIndexes(id, from: previous, to: version, changes: changes, isRewrite: isRewrite)
    do throws(StoreError) {
      if isRewrite { try writer.delete(KeyBytes.version(id, time: time, isLive: false)) }
      var key: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
      try withUnsafeMutableBytes(of: &key) { raw throws(StoreError) in
        KeyBytes.write(id, time: time, isLive: true, to: raw)
        try writer.put(UnsafeRawBufferPointer(rebasing: raw[..<KeyBytes.documentVersion]), version.value)
      }
    } catch {
      throw Failure(error)
    }
  }

  private func writeDeletion(_ id: DocumentID, isRewrite: Bool) throws(Failure) {
    let writer = try requireWriter()
    if isRewrite {
      try stored { () throws(StoreError) in try writer.delete(KeyBytes.version(id, time: time, isLive: true)) }
    }
    // A document that was made and deleted by one transaction leaves nothing.
    if try DocumentReader.version(pointCursor, id, at: time - 1) != nil {
      try stored { () throws(StoreError) in try writer.put(KeyBytes.version(id, time: time, isLive: false), []) }
    }
  }

  private static let maximumVersionBytes = 8_388_608

  /// Refuses a version of a document that has too many bytes.
  static func checkSize(_ count: Int) throws(Failure) {
    if count <= maximumVersionBytes { return }
    throw Failure(
      QueryError(.badRequest, "Version bytes (\(count)) exceeds threshold (\(maximumVersionBytes))"))
  }

  /// Removes the entries that only the old version has and adds those that only the new one has.
  private func updateIndexes(
    _ id: DocumentID, from old: VersionRecord?, to new: StoredVersion?, changes: StoredChanges? = nil, isRewrite: Bool
  ) throws(Failure) {
    let definitions = indexes(over: id.collection)
    if definitions.isEmpty { return }
    let writer = try requireWriter()
    let memory = memory
    for i in definitions.indices {
      let definition = definitions[i]
      if let changes, old?.ttl == new?.ttl, let plan = definition.plan, !plan.isTouched(by: changes) { continue }
      switch entries(of: definition, id, old, new, mayBeSame: changes == nil, view, memory) {
      case .same: break
      case .different:
        if memory.oldKey.count > 0 {
          try setEntry(writer, definition, &memory.oldKey, isAdded: false, ttl: nil, isRewrite: isRewrite)
        }
        if memory.newKey.count > 0 {
          try setEntry(writer, definition, &memory.newKey, isAdded: true, ttl: new?.ttl, isRewrite: isRewrite)
        }
      case .many:
        try updateEntries(definition, id, from: old, to: new.map { VersionRecord($0) }, isRewrite: isRewrite)
      }
    }
  }

  private enum EntryChange {
    case same
    /// The keys of the entries are in the session's buffers; that of one that is to stay is not.
    case different
    /// There may be more than one entry, or it has to be checked.
    case many
  }

  /// What happens to the entries of a document in an index. `mayBeSame`: whether it is worth to look first if anything does.
  private func entries(
    of definition: IndexDefinition, _ id: DocumentID, _ old: VersionRecord?, _ new: StoredVersion?, mayBeSame: Bool,
    _ view: SchemaView, _ memory: FrameMemory
  ) -> EntryChange {
    guard let plan = definition.plan else { return .many }
    guard let old else {
      if definition.isUnique { return .many }
      memory.oldKey.removeAll()
      return plan.writeEntry(id, new, view, to: &memory.newKey) ? .different : .many
    }
    return old.withStored { old in
      let hasTTLChanged = old.ttl != new?.ttl
      if mayBeSame, !hasTTLChanged, let new, plan.hasSameFields(old, new, view) { return .same }
      guard !definition.isUnique, plan.writeEntry(id, old, view, to: &memory.oldKey),
        plan.writeEntry(id, new, view, to: &memory.newKey)
      else { return .many }
      if memory.oldKey.bytes.isSame(as: memory.newKey.bytes) {
        if !hasTTLChanged { return .same }
        memory.oldKey.removeAll()
      }
      return .different
    }
  }

  /// The same for one index, whatever entries there are.
  private func updateEntries(
    _ definition: IndexDefinition, _ id: DocumentID, from old: VersionRecord?, to new: VersionRecord?, isRewrite: Bool
  ) throws(Failure) {
    guard let entries = IndexEntries(self, definition, collection: id.collection) else { return }
    let before = if let old { try entries.groups(id, old) } else { [[UInt8]]() }
    let after = if let new { try entries.groups(id, new) } else { [[UInt8]]() }
    if definition.isUnique, !after.isEmpty { try checkUnique(definition, id, after) }
    let hasTTLChanged = old?.ttl != new?.ttl
    let isPresent = GroupLookup(after)
    let wasPresent = GroupLookup(before)
    for group in before where !isPresent.contains(group) {
      try setEntry(definition, group, isAdded: false, ttl: nil, isRewrite: isRewrite)
    }
    for group in after where hasTTLChanged || !wasPresent.contains(group) {
      try setEntry(definition, group, isAdded: true, ttl: new?.ttl, isRewrite: isRewrite)
    }
  }

  private func setEntry(
    _ definition: IndexDefinition, _ group: [UInt8], isAdded: Bool, ttl: Int64?, isRewrite: Bool
  ) throws(Failure) {
    memory.newKey.removeAll()
    group.withUnsafeBytes { memory.newKey.appendRaw($0) }
    try setEntry(requireWriter(), definition, &memory.newKey, isAdded: isAdded, ttl: ttl, isRewrite: isRewrite)
  }

  /// Notes that an entry was added or removed at the transaction's time; of several changes the net one stays.
  ///
  /// `key` is the entry's group, which becomes the whole key.
  private func setEntry(
    _ writer: any StoreWriter, _ definition: IndexDefinition, _ key: inout ByteBuffer, isAdded: Bool, ttl: Int64?,
    isRewrite: Bool
  ) throws(Failure) {
    ledger?.add(definition, \.entriesWritten)
    guard key.count <= Transaction.maximumKeyBytes else { return }
    let end = key.extend(KeyBytes.entrySuffix)
    end.storeBytes(of: KeyBytes.inverted(time).bigEndian, as: UInt64.self)
    let kind = end + 8
    counts.entriesWritten += 1
    do throws(StoreError) {
      if isRewrite {
        kind.storeBytes(of: isAdded ? 0 : 1, as: UInt8.self)
        if try writer.delete(key.bytes), ttl == nil || !isAdded { return }
      }
      kind.storeBytes(of: isAdded ? 1 : 0, as: UInt8.self)
      guard let ttl else { return try writer.put(key.bytes, UnsafeRawBufferPointer(start: nil, count: 0)) }
      var value = UInt64(bitPattern: ttl).bigEndian
      try withUnsafeMutableBytes(of: &value) { value throws(StoreError) in
        try writer.put(key.bytes, UnsafeRawBufferPointer(value))
      }
    } catch {
      throw Failure(error)
    }
  }

  private static let maximumKeyBytes = 60_000

  /// No other document may have an equal entry.
  private func checkUnique(_ definition: IndexDefinition, _ id: DocumentID, _ groups: [[UInt8]]) throws(Failure) {
    for group in groups {
      let prefix = Array(group.dropLast(IndexKeys.refLength))
      let holder = try EntryScan.firstHolder(reader, prefix: prefix, time: time) { other in other != id }
      if holder != nil { throw Failure(QueryError(.instanceNotUnique, "document is not unique.")) }
    }
  }

  // MARK: History

  /// Changes old versions of a document by `change` and brings the index entries of its whole history up to date.
  func rewriteHistory(
    _ id: DocumentID, _ change: (any StoreWriter) throws(StoreError) -> Void
  ) throws(Failure) {
    let writer = try requireWriter()
    let definitions = indexes(over: id.collection)
    for definition in definitions {
      for key in try entryKeys(definition, id, try DocumentReader.versions(reader, id)) {
        try stored { () throws(StoreError) in try writer.delete(key.key) }
      }
    }
    try stored { () throws(StoreError) in try change(writer) }
    for definition in definitions {
      for entry in try entryKeys(definition, id, try DocumentReader.versions(reader, id)) {
        try stored { () throws(StoreError) in try writer.put(entry.key, entry.value) }
      }
    }
    counts.documentsWritten += 1
    ledger?.add(id, \.documentsWritten)
    _ = noteWrite(id)
  }

  /// The index entries of a document's whole history, as they are in the store.
  func entryKeys(
    _ definition: IndexDefinition, _ id: DocumentID, _ versions: [VersionRecord]
  ) throws(Failure) -> [(key: [UInt8], value: [UInt8])] {
    guard let entries = IndexEntries(self, definition, collection: id.collection) else { return [] }
    var keys: [(key: [UInt8], value: [UInt8])] = []
    var current: [[UInt8]] = []
    var isCurrent = GroupLookup([])
    var ttl: Int64?
    for version in versions {
      let next = version.isLive ? try entries.groups(id, version) : []
      let isNext = GroupLookup(next)
      let hasTTLChanged = ttl != version.ttl
      for group in current where !isNext.contains(group) {
        keys.append((Transaction.entryKey(group, version.ts, isAdded: false), []))
      }
      for group in next where hasTTLChanged || !isCurrent.contains(group) {
        var value: [UInt8] = []
        if let ttl = version.ttl { KeyBytes.append64(UInt64(bitPattern: ttl), to: &value) }
        keys.append((Transaction.entryKey(group, version.ts, isAdded: true), value))
      }
      current = next
      isCurrent = isNext
      ttl = version.ttl
    }
    return keys.filter { $0.key.count <= Transaction.maximumKeyBytes + KeyBytes.entrySuffix }
  }

  static func entryKey(_ group: [UInt8], _ time: Int64, isAdded: Bool) -> [UInt8] {
    var key = group
    KeyBytes.append64(KeyBytes.inverted(time), to: &key)
    key.append(isAdded ? 1 : 0)
    return key
  }

  /// Adds the entries of the documents that exist already to a new index.
  func buildIndex(_ definition: IndexDefinition) throws(Failure) {
    let writer = try requireWriter()
    var collections: Set<Int64> = []
    for source in definition.sources {
      collections.formUnion(source.collections ?? Array(view.schema.collections.keys) + Array(pendingCollections.keys))
    }
    for collection in collections.sorted() {
      var ids: [Int64] = []
      try eachDocument(collection) { ids.append($0) }
      for id in ids {
        let id = DocumentID(scope: scope, collection: collection, id: id)
        for entry in try entryKeys(definition, id, try DocumentReader.versions(reader, id)) {
          counts.entriesWritten += 1
          ledger?.add(definition, \.entriesWritten)
          try stored { () throws(StoreError) in try writer.put(entry.key, entry.value) }
        }
      }
    }
  }

  /// Calls `body` with the id of each document that has any version.
  func eachDocument(_ collection: Int64, _ body: (Int64) -> Void) throws(Failure) {
    try eachDocument(collection, from: 0) { id in
      body(id)
      return true
    }
  }

  /// Calls `body` with the id of each document that has any version, from an id on, until it answers false.
  func eachDocument(_ collection: Int64, from start: Int64, _ body: (Int64) -> Bool) throws(Failure) {
    let prefix = KeyBytes.collection(scope: scope, collection: collection)
    let cursor = reader.cursor()
    try stored { () throws(StoreError) in
      var found = try cursor.seek(KeyBytes.document(DocumentID(scope: scope, collection: collection, id: start)))
      while found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        let id = Int64(bitPattern: KeyBytes.read64(cursor.key, prefix.count))
        guard body(id), id != -1 else { return }  // Negative ids come last.
        found = try cursor.seek(KeyBytes.document(DocumentID(scope: scope, collection: collection, id: id &+ 1)))
      }
    }
  }

  /// Removes every key with a beginning.
  func removeAll(prefix: [UInt8]) throws(Failure) {
    let writer = try requireWriter()
    let cursor = reader.cursor()
    try stored { () throws(StoreError) in
      while try cursor.seek(prefix), DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        try writer.delete([UInt8](cursor.key))
      }
    }
  }

  // MARK: Numbers

  /// The next internal number of a native kind.
  func nextNumber(_ native: NativeKind) throws(Failure) -> Int64 {
    let writer = try requireWriter()
    let key = Meta.counterKey(native, scope: scope)
    let first =
      switch native {
      case .indexes: Numbers.firstIndex
      case .collections: Numbers.firstCollection
      default: Int64(1)
      }
    return try stored { () throws(StoreError) in
      let number = try Meta.number(writer, key).map { Int64($0) } ?? first
      try Meta.put(writer, key, UInt64(number + 1))
      return number
    }
  }
}

/// Whether an entry is among others: few are searched one by one, many by hash.
private struct GroupLookup {
  private let list: [[UInt8]]
  private let set: Set<[UInt8]>?

  init(_ groups: [[UInt8]]) {
    list = groups
    set = groups.count > 16 ? Set(groups) : nil
  }

  func contains(_ group: [UInt8]) -> Bool { set?.contains(group) ?? list.contains(group) }
}
