import FQLStorage
import FQLSyntax
import FQLValues

// Changes of stored documents, from bytes to bytes: what stays is copied, what is new is copied, and nothing is decoded.

/// What is given for the fields of a document, as it would be stored. It does not hold the bytes.
struct StoredChanges {
  let bytes: UnsafeRawBufferPointer
  /// Where the number of fields stands.
  let start: Int
  /// Where the number of the fields of `data` stands, if `data` is all that is given, and an object.
  let dataStart: Int?
  /// Whether there is a null in it, which takes away.
  let hasNull: Bool
  /// Whether two fields of one object may have the same name.
  let mayRepeatNames: Bool

  init(_ bytes: UnsafeRawBufferPointer, from start: Int, hasNull: Bool, mayRepeatNames: Bool) {
    self.bytes = bytes
    self.start = start
    self.hasNull = hasNull
    self.mayRepeatNames = mayRepeatNames
    // One field, the length of its name, and the name; then the object, and its size.
    let beginning: StaticString = "\u{1}\u{4}data\u{E}"
    let expected = UnsafeRawBufferPointer(start: beginning.utf8Start, count: beginning.utf8CodeUnitCount)
    let end = start + expected.count
    let isData =
      end + 4 < bytes.count && UnsafeRawBufferPointer(rebasing: bytes[start..<end]).isSame(as: expected)
    dataStart = isData ? end + 4 : nil
  }
}

extension ValueReader {
  /// Goes to the value of the field of that name among so many that stand here; its place, or nil where there is none.
  @inline(__always)
  fileprivate mutating func enter(_ name: UnsafeRawBufferPointer, among count: Int) -> Int? {
    for place in 0..<count {
      if isAtEnd { return nil }
      if slice(Int(truncatingIfNeeded: varint())).isSame(as: name) { return isAtEnd ? nil : place }
      skip()
    }
    return nil
  }

  /// Whether two of so many fields that stand here have the same name.
  fileprivate func hasRepeatedNames(_ count: Int) -> Bool {
    var reader = self
    for place in 0..<count {
      let name = reader.slice(Int(truncatingIfNeeded: reader.varint()))
      reader.skip()
      var others = self
      if others.enter(name, among: place) != nil { return true }
    }
    return false
  }

  /// The tag of the value that stands here.
  @inline(__always)
  fileprivate var tag: UInt8 { isAtEnd ? ValueCodec.Tag.null : bytes[position] }

  fileprivate var isAtEmptyObject: Bool {
    tag == ValueCodec.Tag.object && position + 5 < end && bytes[position + 5] == 0
  }
}

/// Makes the fields of a document from those that were there and those that are given, as `Patch.apply` does with values.
struct StoredPatch {
  /// Stands before the number of the old fields.
  private var old: ValueReader
  private var changes: ValueReader
  private let hasNull: Bool
  private let mayRepeatNames: Bool

  init(_ changes: StoredChanges, to old: ValueReader) {
    self.old = old
    self.changes = ValueReader(
      bytes: changes.bytes, position: changes.start, names: old.names, pendingTime: old.pendingTime)
    hasNull = changes.hasNull
    mayRepeatNames = changes.mayRepeatNames
  }

  /// Appends the fields behind their number, which it answers; nil where that is not so simple: then what was appended is to be dropped.
  ///
  /// `dropsEmptyObjects`: fields that are empty objects then are left out.
  mutating func write(to out: inout ByteBuffer, dropsEmptyObjects: Bool = false) -> Int? {
    let oldFields = old.varint()
    let newFields = changes.varint()
    // Neither becomes wide, and the number of fields is one byte.
    guard oldFields < FieldTable.minimumCount, newFields < FieldTable.minimumCount,
      oldFields + newFields < FieldTable.minimumCount
    else { return nil }
    let newCount = Int(newFields)
    if mayRepeatNames, newCount > 1, changes.hasRepeatedNames(newCount) { return nil }
    let firstChange = changes.position
    let start = out.count
    out.appendByte(0)
    var fieldCount = 0
    var met: UInt32 = 0
    for _ in 0..<oldFields {
      if old.isAtEnd { return nil }
      let fieldStart = old.position
      let name = old.slice(Int(truncatingIfNeeded: old.varint()))
      let valueStart = old.position
      changes.position = firstChange
      guard let place = changes.enter(name, among: newCount) else {
        old.skip()
        guard old.position <= old.end else { return nil }
        out.appendRaw(UnsafeRawBufferPointer(rebasing: old.bytes[fieldStart..<old.position]))
        fieldCount += 1
        continue
      }
      met |= 1 << UInt32(place)
      let newStart = out.count
      out.appendRaw(UnsafeRawBufferPointer(rebasing: old.bytes[fieldStart..<valueStart]))
      switch (changes.tag, old.tag) {
      case (ValueCodec.Tag.null, _):
        old.skip()
        out.truncate(to: newStart)
      case (ValueCodec.Tag.object, ValueCodec.Tag.object):
        old.position += 5
        changes.position += 5
        guard old.position <= old.end, let innerCount = writeObject(to: &out) else { return nil }
        if dropsEmptyObjects, innerCount == 0 { out.truncate(to: newStart) } else { fieldCount += 1 }
      case (ValueCodec.Tag.object, ValueCodec.Tag.wideObject), (ValueCodec.Tag.wideObject, ValueCodec.Tag.object),
        (ValueCodec.Tag.wideObject, ValueCodec.Tag.wideObject):
        return nil
      default:
        old.skip()
        if writeChange(to: &out, dropsEmptyObjects) { fieldCount += 1 } else { out.truncate(to: newStart) }
      }
    }
    changes.position = firstChange
    for place in 0..<newCount {
      let fieldStart = changes.position
      _ = changes.slice(Int(truncatingIfNeeded: changes.varint()))
      if met >> UInt32(place) & 1 != 0 || changes.tag == ValueCodec.Tag.null {
        changes.skip()
        continue
      }
      let newStart = out.count
      out.appendRaw(UnsafeRawBufferPointer(rebasing: changes.bytes[fieldStart..<changes.position]))
      if writeChange(to: &out, dropsEmptyObjects) { fieldCount += 1 } else { out.truncate(to: newStart) }
    }
    out.store(UInt8(fieldCount), at: start)
    return fieldCount
  }

  /// The same with the tag and the size of an object.
  private mutating func writeObject(to out: inout ByteBuffer) -> Int? {
    out.appendByte(ValueCodec.Tag.object)
    let start = out.appendSize()
    let count = write(to: &out)
    out.setSize(at: start)
    return count
  }

  /// Appends a new value without its nulls; false where it is to be left out.
  @inline(__always)
  private mutating func writeChange(to out: inout ByteBuffer, _ dropsEmptyObjects: Bool) -> Bool {
    if hasNull { return writeCleaned(to: &out, dropsEmptyObjects) }
    if dropsEmptyObjects, changes.isAtEmptyObject {
      changes.skip()
      return false
    }
    out.appendRaw(changes.takeValue())
    return true
  }

  private mutating func writeCleaned(to out: inout ByteBuffer, _ dropsEmptyObjects: Bool) -> Bool {
    let value = Patch.clean(changes.value())
    if dropsEmptyObjects, case .object(let object) = value, object.isEmpty { return false }
    out.append(stored: value, transactionTime: changes.pendingTime ?? 0)
    return true
  }
}

extension Transaction {
  /// Applies a change to the fields of a document of a user collection, or to none for a new document, that does not concern when it
  /// expires; the document. Nil, with nothing done, where there is more to it than to copy bytes.
  func write(_ id: DocumentID, changes: Object, previous: VersionRecord?) throws(Failure) -> Document? {
    memory.changes.removeAll()
    memory.changes.append(storedFields: changes, transactionTime: time)
    // Not encoded to its end; it may be shorter without its nulls.
    if memory.changes.count > ValueCodec.longest { return nil }
    let changes = StoredChanges(
      memory.changes.bytes, from: 0, hasNull: Patch.hasNull(.object(changes)), mayRepeatNames: true)
    return try write(id, changes: changes, previous: previous)
  }

  /// The same with the change at hand as it is stored.
  func write(_ id: DocumentID, changes: StoredChanges, previous: VersionRecord?) throws(Failure) -> Document? {
    let isDone: Bool
    if let previous {
      isDone = previous.withStored { change($0.value, from: $0.start, ttl: $0.ttl, changes) }
    } else {
      isDone = withUnsafeBytes(of: UInt8(0)) { change($0, from: 0, ttl: nil, changes) }
    }
    guard isDone else { return nil }
    let version = StoredVersion(ts: time, ttl: previous?.ttl, value: memory.buffer.bytes)
    try write(id, version, previous: previous, changes: previous == nil ? nil : changes)
    return document(id, ts: time, version.value, isNew: previous == nil)
  }

  /// Makes a version in the session's buffer.
  private func change(_ old: UnsafeRawBufferPointer, from start: Int, ttl: Int64?, _ changes: StoredChanges) -> Bool {
    memory.buffer.appendHeader(ttl: ttl)
    var patch = StoredPatch(changes, to: ValueReader(bytes: old, position: start, names: view, pendingTime: time))
    return patch.write(to: &memory.buffer, dropsEmptyObjects: true) != nil
  }
}

extension Evaluation {
  /// Writes a document where what is given are its data and nothing else, and there is nothing else to check or to do; nil, with nothing
  /// done, where there is. That the write is allowed is known.
  func writeData(_ id: DocumentID, _ given: GivenParams, previous: VersionRecord?) throws(Failure) -> Document? {
    guard isAdmin, readTime == nil, id.collection >= Numbers.firstCollection,
      transaction.collection(id.collection)?.ttlDays == nil
    else { return nil }
    switch given {
    case .stored(let literal):
      let changes = literal.changes
      guard changes.dataStart != nil else { return nil }
      return try withExtendedLifetime(literal) { () throws(Failure) in
        try transaction.write(id, changes: changes, previous: previous)
      }
    case .object(let params):
      guard params.count == 1, params.fields[0].key == "data", case .object = params.fields[0].value else { return nil }
      return try transaction.write(id, changes: params, previous: previous)
    }
  }
}

/// The parameters of a write.
enum GivenParams {
  case object(Object)
  /// They stand in the query as a literal, and are at hand as they are stored.
  case stored(StoredLiteral)

  var object: Object {
    switch self {
    case .object(let object): object
    case .stored(let literal): literal.object
    }
  }
}

/// An object that stands in a query as a literal, as it is stored.
struct StoredLiteral {
  /// Holds the bytes.
  private let repetition: Repetition
  /// Behind the tag and the size.
  private let start: Int
  private let end: Int

  /// The object that stands at the reader's position, which is stepped over; nil where there is something else.
  init?(_ repetition: Repetition, _ reader: inout ValueReader) {
    guard reader.tag == ValueCodec.Tag.object else { return nil }
    self.repetition = repetition
    start = reader.position + 5
    reader.skip()
    end = min(reader.position, reader.end)
  }

  private var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: repetition.literals[..<end]) }

  /// The object as changes of a document's fields; valid for as long as this lives.
  var changes: StoredChanges {
    StoredChanges(bytes, from: start, hasNull: repetition.form.hasNull, mayRepeatNames: false)
  }

  var object: Object {
    var reader = ValueReader(bytes: bytes, position: start, names: nil, pendingTime: nil)
    return reader.object()
  }
}
