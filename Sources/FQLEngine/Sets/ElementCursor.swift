import FQLStorage
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A position among the elements of a set, running one way in the set's order.
///
/// Elements are compared by bytes: the *full key* of an element is its encoded values (each in its direction) and its encoded
/// reference; the first part, or the reference where no values are covered, is its *group*, by which algebra compares.
/// Values are decoded only when an element is handed out.
class ElementCursor {
  /// True where it runs from the end to the beginning.
  final let isBackward: Bool
  /// The full key of the element that it stands on.
  final var full: [UInt8] = []
  /// The length of the group at the beginning of the full key.
  final var groupLength = 0

  init(isBackward: Bool) {
    self.isBackward = isBackward
  }

  /// Goes to the next element in its direction, at first to the first one; false at the end.
  func next() throws(Failure) -> Bool { false }

  /// Goes to the first element in its direction that is beyond a key: at or after it, or backward before it.
  func seek(_ key: [UInt8]) throws(Failure) -> Bool { false }

  /// The element that it stands on.
  func element() throws(Failure) -> SetElement {
    SetElement(values: [], ref: .foreign(ForeignRef(id: "", collection: nil)))
  }

  /// The document of the element that it stands on.
  func documentID() -> DocumentID { DocumentID(scope: 0, collection: 0, id: 0) }

  /// Adds the sets that the element came from.
  func addSources(_ sources: inout [SetValue]) {}

  // MARK: Groups

  final var group: ArraySlice<UInt8> { full[..<groupLength] }

  /// Whether the element comes before another one's group in this cursor's direction (negative), is in it (zero), or after it.
  final func order(_ other: ElementCursor) -> Int {
    let result = compareBytes(full, groupLength, other.full, other.groupLength)
    return isBackward ? -result : result
  }

  /// Goes to the first element at or beyond the beginning of a group, in its direction.
  final func seekGroup(of other: ElementCursor) throws(Failure) -> Bool {
    let target = Array(other.group)
    if !isBackward { return try seek(target) }
    guard let after = KeyBytes.after(prefix: target) else { return try seekEnd() }
    return try seek(after)
  }

  /// Goes to the first element beyond the group that it stands in.
  final func skipGroup() throws(Failure) -> Bool {
    let target = Array(group)
    if isBackward { return try seek(target) }
    guard let after = KeyBytes.after(prefix: target) else { return false }
    return try seek(after)
  }

  /// Goes to the first element in its direction.
  final func seekEnd() throws(Failure) -> Bool {
    try seek(isBackward ? ElementCursor.beyondAll : [])
  }

  /// A key after all others.
  static let beyondAll: [UInt8] = Array(repeating: 0xff, count: 8)
}

/// Compares the beginnings of two byte strings.
@inline(__always)
func compareBytes(_ a: [UInt8], _ aCount: Int, _ b: [UInt8], _ bCount: Int) -> Int {
  let count = min(aCount, bCount)
  let result = a.withUnsafeBytes { a in
    b.withUnsafeBytes { b -> Int in
      guard count > 0, let a = a.baseAddress, let b = b.baseAddress else { return 0 }
      return Int(memcmp(a, b, count))
    }
  }
  return result != 0 ? result : aCount - bCount
}

/// The entries of an index with given terms.
final class MatchCursor: ElementCursor {
  private let set: SetValue
  private let transaction: Transaction
  private let definition: IndexDefinition
  private let records: any StoreCursor
  /// The beginning of every record's key.
  private let prefix: [UInt8]
  /// Records up to this time count; nil for all.
  private let snapshot: Int64?
  /// Entries that expire until then are not there.
  private let time: Int64
  /// The whole key of the entry's newest record, without time and action.
  private var entry: [UInt8] = []
  /// Where `records` stands: nowhere, on a record that has not been looked at, or beyond the end.
  private enum State { case start, ready, ended }
  private var state = State.start

  init(
    _ set: SetValue, _ transaction: Transaction, _ definition: IndexDefinition, terms: [Value], at time: Int64?,
    isBackward: Bool
  ) {
    self.set = set
    self.transaction = transaction
    self.definition = definition
    records = transaction.reader.cursor()
    snapshot = transaction.snapshotTime(time)
    self.time = time ?? transaction.time
    var prefix = KeyBytes.index(scope: definition.entity.scope, index: definition.entity.number)
    for term in terms { IndexKeys.appendTerm(term, to: &prefix, time: transaction.time) }
    prefix.append(IndexKeys.Tag.end)
    self.prefix = prefix
    super.init(isBackward: isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    let target = prefix + key
    let found = try stored { [records, isBackward] () throws(StoreError) in
      isBackward ? try records.seek(before: target) : try records.seek(target)
    }
    state = found ? .ready : .ended
    return try next()
  }

  override func next() throws(Failure) -> Bool {
    if state == .start { return try seekEnd() }
    do {
      return try isBackward ? previousEntry() : nextEntry()
    } catch {
      throw Failure(error)
    }
  }

  private func isInside() -> Bool {
    records.key.count >= prefix.count + IndexKeys.refLength + KeyBytes.entrySuffix
      && DocumentReader.begins(records.key, with: prefix, count: prefix.count)
  }

  /// Whether the record that the cursor stands on belongs to the entry.
  private func isSameEntry() -> Bool {
    records.key.count == entry.count + KeyBytes.entrySuffix
      && DocumentReader.begins(records.key, with: entry, count: entry.count)
  }

  private func noteEntry() {
    transaction.counts.entriesRead += 1
    transaction.ledger?.add(definition, \.entriesRead)
    let key = records.key
    let end = key.count - KeyBytes.entrySuffix
    entry.removeAll(keepingCapacity: true)
    entry.append(contentsOf: UnsafeRawBufferPointer(rebasing: key[..<end]))
  }

  /// Whether the record that the cursor stands on makes its entry present.
  private func isPresent() -> Bool {
    let key = records.key
    guard key[key.count - 1] == 1 else { return false }
    let value = records.value
    return value.count < 8 || Int64(bitPattern: KeyBytes.read64(value, 0)) > time
  }

  private func isVisible() -> Bool {
    guard let snapshot else { return true }
    return KeyBytes.time(inverted: KeyBytes.read64(records.key, records.key.count - KeyBytes.entrySuffix)) <= snapshot
  }

  private func nextEntry() throws(StoreError) -> Bool {
    while state == .ready {
      guard isInside() else {
        state = .ended
        return false
      }
      noteEntry()
      var isDecided = false
      var isFound = false
      // The newest record comes first: the first that counts decides, the others are stepped over.
      repeat {
        if !isDecided, isVisible() {
          isDecided = true
          isFound = isPresent()
        }
        if try !records.next() {
          state = .ended
          break
        }
      } while isSameEntry()
      if isFound {
        setKey()
        return true
      }
    }
    return false
  }

  private func previousEntry() throws(StoreError) -> Bool {
    while state == .ready {
      guard isInside() else {
        state = .ended
        return false
      }
      noteEntry()
      var isFound = false
      // The oldest record comes first here: the last one that counts decides.
      repeat {
        if isVisible() { isFound = isPresent() }
        if try !records.previous() {
          state = .ended
          break
        }
      } while isSameEntry()
      if isFound {
        setKey()
        return true
      }
    }
    return false
  }

  private func setKey() {
    full.removeAll(keepingCapacity: true)
    full.append(contentsOf: entry[prefix.count...])
    let values = full.count - IndexKeys.refLength
    groupLength = values == 0 ? full.count : values
  }

  override func element() throws(Failure) -> SetElement {
    full.withUnsafeBytes { raw in
      var reader = IndexKeyReader(bytes: raw, position: 0, transaction: transaction)
      var values: [Value] = []
      values.reserveCapacity(definition.values.count)
      for field in definition.values {
        values.append(field.isReversed ? reader.reversedValue() : reader.value())
      }
      reader.position = raw.count - IndexKeys.refLength
      return SetElement(values: values, ref: reader.ref())
    }
  }

  override func documentID() -> DocumentID { DocumentID(encodedRef: full, at: full.count - IndexKeys.refLength) }

  override func addSources(_ sources: inout [SetValue]) { sources.append(set) }
}

extension DocumentID {
  /// Reads back an encoded reference.
  init(encodedRef bytes: [UInt8], at offset: Int) {
    self = bytes.withUnsafeBytes { raw in
      DocumentID(
        scope: KeyBytes.read32(raw, offset + 13), collection: KeyBytes.read32(raw, offset + 9),
        id: Int64(bitPattern: KeyBytes.read64(raw, offset + 1)))
    }
  }
}

extension IndexKeyReader {
  /// The next value, of descending order: its bytes are complemented.
  mutating func reversedValue() -> Value {
    let rest = bytes[position...].map { ~$0 }
    return rest.withUnsafeBytes { raw in
      var reader = IndexKeyReader(bytes: raw, position: 0, transaction: transaction)
      let value = reader.value()
      position += reader.position
      return value
    }
  }
}

/// The documents of a collection, by id.
final class DocumentsCursor: ElementCursor {
  private let set: SetValue
  private let transaction: Transaction
  private let scope: Int64
  private let collection: Int64
  private let versions: any StoreCursor
  private let prefix: [UInt8]
  private let snapshot: Int64?
  private let time: Int64
  private let isNamed: UInt8
  private let handle: Entity
  private var id: Int64 = 0
  private enum State { case start, ready, ended }
  private var state = State.start

  init(_ set: SetValue, _ transaction: Transaction, _ collection: Entity, at time: Int64?, isBackward: Bool) {
    self.set = set
    self.transaction = transaction
    scope = collection.scope
    self.collection = collection.collectionNumber
    handle = collection
    versions = transaction.reader.cursor()
    prefix = KeyBytes.collection(scope: scope, collection: self.collection)
    snapshot = transaction.snapshotTime(time)
    self.time = time ?? transaction.time
    if case .native(let native) = collection.kind, native.isNamed { isNamed = 1 } else { isNamed = 0 }
    super.init(isBackward: isBackward)
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    // Ids come behind the tag of references; whatever sorts before or after all references is the beginning or the end.
    var target = prefix
    var isBehind = false
    if let tag = key.first {
      if tag > IndexKeys.Tag.ref {
        isBehind = true
      } else if tag == IndexKeys.Tag.ref {
        target += key.dropFirst().prefix(8)
      }
    }
    // A key that goes on behind the id leads past the documents that come before it by collection.
    if key.count > 9, key.first == IndexKeys.Tag.ref {
      var own: [UInt8] = []
      IndexKeys.appendRef(
        id: Int64(bitPattern: key.withUnsafeBytes { KeyBytes.read64($0, 1) }), collection: collection, scope: scope,
        kind: isNamed, to: &own)
      if compareBytes(own, own.count, key, key.count) < 0, let after = KeyBytes.after(prefix: target) { target = after }
    }
    if isBehind, let after = KeyBytes.after(prefix: prefix) { target = after }
    let wanted = target
    let found = try stored { [versions, isBackward] () throws(StoreError) in
      isBackward ? try versions.seek(before: wanted) : try versions.seek(wanted)
    }
    state = found ? .ready : .ended
    return try next()
  }

  override func next() throws(Failure) -> Bool {
    if state == .start { return try seekEnd() }
    do {
      while state == .ready {
        guard DocumentReader.begins(versions.key, with: prefix, count: prefix.count) else {
          state = .ended
          return false
        }
        if try step() {
          setKey()
          return true
        }
      }
      return false
    } catch {
      throw Failure(error)
    }
  }

  private var currentID: Int64 { Int64(bitPattern: KeyBytes.read64(versions.key, prefix.count)) }

  private func isSameDocument() -> Bool {
    DocumentReader.begins(versions.key, with: prefix, count: prefix.count) && currentID == id
  }

  /// Whether the version that the cursor stands on makes its document visible.
  private func isPresent() -> Bool {
    guard versions.key[versions.key.count - 1] == 1 else { return false }
    let value = versions.value
    guard !value.isEmpty, value[0] & 1 != 0 else { return true }
    return Int64(bitPattern: KeyBytes.read64(value, 1)) > time
  }

  private func isVisible() -> Bool {
    guard let snapshot else { return true }
    return KeyBytes.time(inverted: KeyBytes.read64(versions.key, KeyBytes.documentPrefix)) <= snapshot
  }

  /// Looks at one document and goes on to the next; many versions are stepped over by seeking.
  private func step() throws(StoreError) -> Bool {
    transaction.counts.entriesRead += 1
    id = currentID
    let document = DocumentID(scope: scope, collection: collection, id: id)
    transaction.ledger?.add(document, \.entriesRead)
    var isFound = false
    if isBackward {
      // The oldest version comes first.
      if isVisible() { isFound = isPresent() }
      guard try versions.previous() else {
        state = .ended
        return isFound
      }
      guard isSameDocument() else { return isFound }
      var key = KeyBytes.document(document)
      if let snapshot { KeyBytes.append64(KeyBytes.inverted(snapshot), to: &key) }
      isFound = try versions.seek(key) && isSameDocument() && isPresent()
      if try !versions.seek(before: KeyBytes.document(document)) { state = .ended }
      return isFound
    }
    var steps = 0
    var isDecided = false
    repeat {
      if !isDecided, isVisible() {
        isDecided = true
        isFound = isPresent()
      }
      steps += 1
      if steps > 4 {
        if !isDecided, let snapshot {
          var key = KeyBytes.document(document)
          KeyBytes.append64(KeyBytes.inverted(snapshot), to: &key)
          isFound = try versions.seek(key) && isSameDocument() && isPresent()
        }
        guard id != -1,  // Negative ids come last.
          try versions.seek(KeyBytes.document(DocumentID(scope: scope, collection: collection, id: id &+ 1)))
        else {
          state = .ended
          return isFound
        }
        return isFound
      }
      if try !versions.next() {
        state = .ended
        break
      }
    } while isSameDocument()
    return isFound
  }

  private func setKey() {
    full.removeAll(keepingCapacity: true)
    IndexKeys.appendRef(id: id, collection: collection, scope: scope, kind: isNamed, to: &full)
    groupLength = full.count
  }

  override func element() throws(Failure) -> SetElement {
    if isNamed == 0 { return SetElement(values: [], ref: .document(handle, id: id)) }
    return SetElement(values: [], ref: transaction.ref(documentID()))
  }

  override func documentID() -> DocumentID { DocumentID(scope: scope, collection: collection, id: id) }

  override func addSources(_ sources: inout [SetValue]) { sources.append(set) }
}

/// One document, where it exists.
final class SingletonCursor: ElementCursor {
  private let set: SetValue
  private let ref: Ref
  private let id: DocumentID
  private let exists: Bool
  private var isDone = false

  init(_ set: SetValue, _ ref: Ref, _ id: DocumentID, exists: Bool, isBackward: Bool) {
    self.set = set
    self.ref = ref
    self.id = id
    self.exists = exists
    super.init(isBackward: isBackward)
    IndexKeys.append(ref, to: &full)
    groupLength = full.count
  }

  override func next() throws(Failure) -> Bool {
    defer { isDone = true }
    return exists && !isDone
  }

  override func seek(_ key: [UInt8]) throws(Failure) -> Bool {
    let result = compareBytes(full, full.count, key, key.count)
    isDone = true
    return exists && (isBackward ? result < 0 : result >= 0)
  }

  override func element() throws(Failure) -> SetElement { SetElement(values: [], ref: ref) }

  override func documentID() -> DocumentID { id }

  override func addSources(_ sources: inout [SetValue]) { sources.append(set) }
}
