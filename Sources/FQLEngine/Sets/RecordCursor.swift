import FQLStorage
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The entries of an index with given terms, or the documents of a collection: what of them is there at the read time.
///
/// The store holds *records*: of an entry its additions and removals, of a document its versions, the newest first. All
/// records of one thing have one key but for the nine bytes of time and kind at its end. The newest record that is not
/// later than the read time decides whether the thing is there.
final class RecordCursor: LeafCursor {
  private let transaction: Transaction
  /// The index; nil for the documents of a collection.
  private let definition: IndexDefinition?
  /// For each covered value whether its order is the opposite one.
  private let reversed: [Bool]
  /// The collection of documents.
  private let collection: Entity?
  private let records: any StoreCursor
  private let prefixCount: Int
  /// The shortest key that can be one of a record.
  private let minimumCount: Int
  /// The latest time of records that count.
  private let limit: Int64
  /// What expires until then is not there.
  private let time: Int64
  private var isStarted = false
  /// Of a cursor that descends: whether `records` stands on a record that has not been looked at.
  private var isAhead = false
  /// How many things were looked at.
  private var touched = 0
  /// Documents that a list does not show: disabled databases.
  private let hidden: Set<Int64>
  private var lastCollection: (number: Int64, scope: Int64, entity: Entity)?

  /// The prefix and, behind it, the rest of the key of the current thing, without time and kind.
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private var count = 0
  /// The encoded reference of a document.
  private let reference: UnsafeMutableRawPointer?

  /// The entries of an index.
  init(
    _ definition: IndexDefinition, terms: [Value], source: SetValue, _ transaction: Transaction, at time: Int64?,
    _ orientation: Orientation
  ) {
    self.definition = definition
    reversed = definition.values.map(\.isReversed)
    collection = nil
    hidden = []
    var prefix = KeyBytes.index(scope: definition.entity.scope, index: definition.entity.number)
    for term in terms { IndexKeys.appendTerm(term, to: &prefix, time: transaction.time) }
    prefix.append(IndexKeys.Tag.end)
    self.transaction = transaction
    records = transaction.reader.cursor()
    prefixCount = prefix.count
    minimumCount = prefix.count + IndexKeys.refLength + KeyBytes.entrySuffix
    limit = transaction.snapshotTime(time) ?? Int64.max
    self.time = time ?? transaction.time
    capacity = prefix.count + 128
    memory = .allocate(byteCount: capacity, alignment: 8)
    memory.copyMemory(from: prefix, byteCount: prefix.count)
    reference = nil
    let coversReference = definition.values.contains { $0.content.isReference }
    super.init(
      source: source, fields: reversed, orientation, isUnique: coversReference)
  }

  /// The documents of a collection.
  init(
    _ collection: Entity, source: SetValue, _ transaction: Transaction, at time: Int64?, _ orientation: Orientation
  ) {
    definition = nil
    reversed = []
    self.collection = collection
    hidden = RecordCursor.hidden(in: collection, transaction)
    let number = collection.collectionNumber
    let prefix = KeyBytes.collection(scope: collection.scope, collection: number)
    self.transaction = transaction
    records = transaction.reader.cursor()
    prefixCount = prefix.count
    minimumCount = KeyBytes.documentVersion
    limit = transaction.snapshotTime(time) ?? Int64.max
    self.time = time ?? transaction.time
    capacity = 64
    memory = .allocate(byteCount: capacity, alignment: 8)
    memory.copyMemory(from: prefix, byteCount: prefix.count)
    var encoded: [UInt8] = []
    IndexKeys.append(DocumentID(scope: collection.scope, collection: number, id: 0), to: &encoded)
    let reference = UnsafeMutableRawPointer.allocate(byteCount: encoded.count, alignment: 8)
    reference.copyMemory(from: encoded, byteCount: encoded.count)
    self.reference = reference
    super.init(source: source, fields: [], orientation, isUnique: true)
    keyBytes = UnsafeRawPointer(reference)
    refBytes = keyBytes
    keyCount = encoded.count
  }

  private static func hidden(in collection: Entity, _ transaction: Transaction) -> Set<Int64> {
    guard collection.kind == .native(.databases) else { return [] }
    let databases = transaction.view(scope: collection.scope).schema.databases.values
    return Set(databases.filter(\.isDisabled).map(\.entity.number))
  }

  deinit {
    memory.deallocate()
    reference?.deallocate()
    transaction.counts.entriesRead += touched
    guard let ledger = transaction.ledger else { return }
    if let definition {
      ledger.add(definition, \.entriesRead, touched)
    } else if let collection {
      ledger.add(
        DocumentID(scope: collection.scope, collection: collection.collectionNumber, id: 0), \.entriesRead, touched)
    }
  }

  // MARK: Steps

  override func next() throws(Failure) -> Bool {
    if !isStarted { return try search(Place(bytes: [], isAfter: descends)) }
    if touched & 1023 == 1023, transaction.isInterrupted {
      throw Failure(QueryError(.interrupted, "interrupted; nothing was committed"))
    }
    guard leaf != nil else { return false }
    do {
      return try descends ? settleDescending() : settleAscending(try skipRecords())
    } catch {
      throw Failure(error)
    }
  }

  override func seek(_ position: SetPosition) throws(Failure) -> Bool { try search(place(of: position)) }

  override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    try search(place(of: key, beyond: beyond))
  }

  private func search(_ place: Place) throws(Failure) -> Bool {
    isStarted = true
    let key = definition == nil ? documentKey(place) : storeKey(place)
    do {
      if descends {
        isAhead = try records.seek(before: key)
        return try settleDescending()
      }
      return try settleAscending(try records.seek(key))
    } catch {
      throw Failure(error)
    }
  }

  private var prefix: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: memory, count: prefixCount)) }

  private func storeKey(_ place: Place) -> [UInt8] {
    let key = prefix + place.bytes
    return place.isAfter ? KeyBytes.after(prefix: key) ?? key : key
  }

  /// The place as a key of versions, which have the bare id where a key of elements has an encoded reference.
  private func documentKey(_ place: Place) -> [UInt8] {
    guard let reference, let tag = place.bytes.first, tag == IndexKeys.Tag.ref, place.bytes.count >= 9 else {
      let isBeyond = place.bytes.first.map { $0 > IndexKeys.Tag.ref } ?? place.isAfter
      return isBeyond ? KeyBytes.after(prefix: prefix) ?? prefix : prefix
    }
    let key = prefix + place.bytes[1..<9]
    // The rest of the reference tells collections apart.
    let rest = place.bytes[9...]
    let own = UnsafeRawBufferPointer(start: reference + 9, count: IndexKeys.refLength - 9)
    var isBeyond = place.isAfter
    for (a, b) in zip(own, rest) where a != b {
      isBeyond = a < b
      break
    }
    return isBeyond ? KeyBytes.after(prefix: key) ?? key : key
  }

  /// Whether the record is one of this cursor's.
  @inline(__always)
  private func isInside() -> Bool {
    let key = records.key
    guard key.count >= minimumCount, let base = key.baseAddress else { return false }
    return memcmp(base, memory, prefixCount) == 0
  }

  /// Whether the record belongs to the current thing.
  @inline(__always)
  private func isSame() -> Bool {
    let key = records.key
    guard key.count == count + KeyBytes.entrySuffix, let base = key.baseAddress else { return false }
    return memcmp(base, memory, count) == 0
  }

  /// Whether the record is not later than the read time.
  @inline(__always)
  private func isInTime() -> Bool {
    limit == Int64.max || KeyBytes.time(inverted: KeyBytes.read64(records.key, count)) <= limit
  }

  /// Whether the record puts the thing there.
  @inline(__always)
  private func isPresent() -> Bool {
    let key = records.key
    guard key[key.count - 1] == 1 else { return false }
    if !hidden.isEmpty, hidden.contains(documentID.id) { return false }
    let value = records.value
    if definition != nil { return value.count < 8 || Int64(bitPattern: KeyBytes.read64(value, 0)) > time }
    guard value.count >= 9, value[0] & 1 != 0 else { return true }
    return Int64(bitPattern: KeyBytes.read64(value, 1)) > time
  }

  /// Takes the key of the thing that the record belongs to.
  @inline(__always)
  private func take() {
    touched &+= 1
    let key = records.key
    guard let base = key.baseAddress else { return }
    count = key.count - KeyBytes.entrySuffix
    if count > capacity { grow() }
    (memory + prefixCount).copyMemory(from: base + prefixCount, byteCount: count - prefixCount)
    if let reference {
      (reference + 1).copyMemory(from: memory + prefixCount, byteCount: 8)
    } else {
      keyBytes = UnsafeRawPointer(memory + prefixCount)
      refBytes = UnsafeRawPointer(memory + (count - IndexKeys.refLength))
      keyCount = coversValues ? count - prefixCount - IndexKeys.refLength : IndexKeys.refLength
    }
  }

  @inline(never)
  private func grow() {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: count * 2, alignment: 8)
    larger.copyMemory(from: memory, byteCount: prefixCount)
    memory.deallocate()
    memory = larger
    capacity = count * 2
  }

  /// Steps over the other records of the current thing; many are leapt over.
  @inline(__always)
  private func skipRecords() throws(StoreError) -> Bool {
    var steps = 0
    repeat {
      if steps == 8 { return try records.seek(key(suffix: UInt64.max, 0xff)) }
      if try !records.next() { return false }
      steps += 1
    } while isSame()
    return true
  }

  private func settleAscending(_ found: Bool) throws(StoreError) -> Bool {
    var found = found
    while found, isInside() {
      take()
      if !isInTime() {
        found = try records.seek(key(suffix: KeyBytes.inverted(limit), 0))
        guard found, isSame() else { continue }
      }
      if isPresent() {
        leaf = self
        return true
      }
      found = try skipRecords()
    }
    leaf = nil
    return false
  }

  private func settleDescending() throws(StoreError) -> Bool {
    while isAhead, isInside() {
      take()
      var isFound = false
      var steps = 0
      // The oldest record comes first: the last one that counts decides.
      repeat {
        if !isInTime() {
          isAhead = try records.seek(before: key())
          break
        }
        isFound = isPresent()
        steps += 1
        if steps == 8 {
          if try records.seek(key(suffix: KeyBytes.inverted(limit), 0)), isSame() { isFound = isPresent() }
          isAhead = try records.seek(before: key())
          break
        }
        isAhead = try records.previous()
      } while isAhead && isSame()
      if isFound {
        leaf = self
        return true
      }
    }
    leaf = nil
    return false
  }

  /// The key of the current thing.
  private func key() -> [UInt8] { [UInt8](UnsafeRawBufferPointer(start: memory, count: count)) }

  private func key(suffix time: UInt64, _ kind: UInt8) -> [UInt8] {
    var key = key()
    KeyBytes.append64(time, to: &key)
    key.append(kind)
    return key
  }

  // MARK: Elements

  override func element() -> SetElement {
    let ref = self.ref()
    guard coversValues else { return SetElement(values: isFlipped ? [.ref(ref)] : [], ref: ref) }
    var reader = IndexKeyReader(
      bytes: UnsafeRawBufferPointer(start: keyBytes, count: keyCount), position: 0, transaction: transaction)
    // An array of a known number is made in a fraction of the time of one that grows.
    let values =
      switch reversed.count {
      case 1: [component(0, &reader, ref)]
      case 2: [component(0, &reader, ref), component(1, &reader, ref)]
      case 3: [component(0, &reader, ref), component(1, &reader, ref), component(2, &reader, ref)]
      default: reversed.indices.map { component($0, &reader, ref) }
      }
    return SetElement(values: values, ref: ref)
  }

  /// A value of the element, which often covers the very reference that was read already.
  @inline(__always)
  private func component(_ i: Int, _ reader: inout IndexKeyReader, _ ref: Ref) -> Value {
    if !reversed[i], reader.position + IndexKeys.refLength <= keyCount,
      memcmp(keyBytes + reader.position, refBytes, IndexKeys.refLength) == 0
    {
      reader.position += IndexKeys.refLength
      return .ref(ref)
    }
    return component(i, &reader)
  }

  @inline(__always)
  private func component(_ i: Int, _ reader: inout IndexKeyReader) -> Value {
    reversed[i] ? reader.reversedValue() : reader.value()
  }

  override func visible() -> Value {
    guard coversValues else { return .ref(ref()) }
    guard componentCount == 1, !reversed[0] else { return element().visible }
    var reader = IndexKeyReader(
      bytes: UnsafeRawBufferPointer(start: keyBytes, count: keyCount), position: 0, transaction: transaction)
    return reader.value()
  }

  /// The reference of the document that was indexed; the collection of the last one is at hand.
  private func ref() -> Ref {
    let id = documentID
    if let last = lastCollection, last.number == id.collection, last.scope == id.scope {
      return .document(last.entity, id: id.id)
    }
    let ref = transaction.ref(id)
    if case .document(let entity, _) = ref { lastCollection = (id.collection, id.scope, entity) }
    return ref
  }

  override func length(ofComponents wanted: Int, of key: ElementKey) -> Int {
    guard coversValues else { return key.count }
    var reader = IndexKeyReader(
      bytes: UnsafeRawBufferPointer(start: key.bytes, count: key.count), position: 0, transaction: transaction)
    for i in reversed.indices.prefix(wanted) { _ = component(i, &reader) }
    return min(reader.position, key.count)
  }
}

extension IndexDefinition.Field.Content {
  /// True for the indexed document's own reference, of which no two elements have the same.
  fileprivate var isReference: Bool {
    if case .path(let path) = self { path == [.field("ref")] } else { false }
  }
}
