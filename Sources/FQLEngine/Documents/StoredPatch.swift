import FQLStorage
import FQLValues

// Changes of stored documents, from bytes to bytes: what stays is copied, and neither decoded nor encoded.

extension ByteBuffer {
  /// Appends what becomes of the fields that stand at the reader's position when a change is applied to them, as `Patch.apply` would do
  /// it. Answers how many there are then; nil where that is not so simple: then what was appended is to be dropped.
  ///
  /// `dropsEmptyObjects`: fields that are empty objects then are left out.
  mutating func append(
    fieldsOf old: inout ValueReader, changedBy changes: Object, dropsEmptyObjects: Bool = false, transactionTime: Int64
  ) -> Int? {
    let oldCount = old.varint()
    // Neither becomes wide, and the number of fields is one byte.
    guard oldCount < FieldTable.minimumCount, Int(oldCount) + changes.count < FieldTable.minimumCount,
      !changes.hasRepeatedKeys
    else { return nil }
    let start = count
    appendByte(0)
    var fieldCount = 0
    var met: UInt32 = 0
    for _ in 0..<oldCount {
      if old.isAtEnd { return nil }
      let fieldStart = old.position
      let name = old.slice(Int(truncatingIfNeeded: old.varint()))
      let key = UnsafeRawBufferPointer(rebasing: old.bytes[fieldStart..<old.position])
      guard let place = changes.place(of: name) else {
        old.skip()
        guard old.position <= old.end else { return nil }
        appendRaw(UnsafeRawBufferPointer(rebasing: old.bytes[fieldStart..<old.position]))
        fieldCount += 1
        continue
      }
      met |= 1 << UInt32(place)
      let newStart = count
      appendRaw(key)
      switch changes.fields[place].value {
      case .null:
        old.skip()
        truncate(to: newStart)
      case .object(let inner) where !old.isAtEnd && old.bytes[old.position] == ValueCodec.Tag.object:
        old.position += 5
        guard old.position <= old.end,
          let innerCount = appendObject(of: &old, changedBy: inner, transactionTime: transactionTime)
        else { return nil }
        if dropsEmptyObjects, innerCount == 0 { truncate(to: newStart) } else { fieldCount += 1 }
      case .object where !old.isAtEnd && old.bytes[old.position] == ValueCodec.Tag.wideObject: return nil
      case let value:
        old.skip()
        if append(changed: value, dropsEmptyObjects, transactionTime) {
          fieldCount += 1
        } else {
          truncate(to: newStart)
        }
      }
    }
    for (place, field) in changes.fields.enumerated() where met >> UInt32(place) & 1 == 0 && !field.value.isNull {
      let newStart = count
      append(tag: nil, field.key)
      if append(changed: field.value, dropsEmptyObjects, transactionTime) {
        fieldCount += 1
      } else {
        truncate(to: newStart)
      }
    }
    store(UInt8(fieldCount), at: start)
    return fieldCount
  }

  /// The same with the tag and the size of an object.
  private mutating func appendObject(
    of old: inout ValueReader, changedBy changes: Object, transactionTime: Int64
  ) -> Int? {
    appendByte(ValueCodec.Tag.object)
    let start = appendSize()
    let count = append(fieldsOf: &old, changedBy: changes, transactionTime: transactionTime)
    setSize(at: start)
    return count
  }

  /// Appends a new value without its nulls; false where it is to be left out.
  private mutating func append(changed value: Value, _ dropsEmptyObjects: Bool, _ transactionTime: Int64) -> Bool {
    let value = Patch.clean(value)
    if dropsEmptyObjects, case .object(let object) = value, object.isEmpty { return false }
    append(stored: value, transactionTime: transactionTime)
    return true
  }
}

extension Object {
  /// The place of the field of that name, in UTF-8.
  @inline(__always)
  func place(of name: UnsafeRawBufferPointer) -> Int? {
    for place in fields.indices
    where fields[place].key.withBytes({ UnsafeRawBufferPointer($0).isSame(as: name) }) { return place }
    return nil
  }

  fileprivate var hasRepeatedKeys: Bool {
    for i in fields.indices.dropFirst() {
      for j in 0..<i where fields[i].key.isSame(as: fields[j].key) { return true }
    }
    return false
  }
}

extension Transaction {
  /// Applies a change to the fields of a document of a user collection, or to none for a new document, that does not concern when it
  /// expires; the document. Nil, with nothing done, where there is more to it than to copy bytes.
  func write(
    _ id: DocumentID, changes: Object, previous: VersionRecord?, isNew: Bool = false
  ) throws(Failure) -> Document? {
    let isDone: Bool
    if let previous {
      isDone = previous.withStored { change($0.value, from: $0.start, ttl: $0.ttl, changes) }
    } else {
      isDone = withUnsafeBytes(of: UInt8(0)) { change($0, from: 0, ttl: nil, changes) }
    }
    guard isDone else { return nil }
    let version = StoredVersion(ts: time, ttl: previous?.ttl, value: memory.buffer.bytes)
    try write(id, version, previous: previous, changes: previous == nil ? nil : changes)
    return document(id, ts: time, version.value, isNew: isNew)
  }

  /// Makes a version in the session's buffer.
  private func change(_ old: UnsafeRawBufferPointer, from start: Int, ttl: Int64?, _ changes: Object) -> Bool {
    memory.buffer.appendHeader(ttl: ttl)
    var reader = ValueReader(bytes: old, position: start, names: view, pendingTime: nil)
    return memory.buffer.append(
      fieldsOf: &reader, changedBy: changes, dropsEmptyObjects: true, transactionTime: time) != nil
  }
}

extension Evaluation {
  /// Whether a write that is allowed gives or changes the data of a document and nothing else, and there is nothing else to check or
  /// to do.
  func concernsDataOnly(_ params: Object, _ id: DocumentID) -> Bool {
    guard params.count == 1, params.fields[0].key == "data", case .object = params.fields[0].value else { return false }
    return isAdmin && readTime == nil && id.collection >= Numbers.firstCollection
      && transaction.collection(id.collection)?.ttlDays == nil
  }
}
