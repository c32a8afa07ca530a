/// The bytes of stored values: a tag and its content, with the length in front of arrays and objects so that a reader can step
/// over what it does not want. `docs/storage.md` has the table.
public enum ValueCodec {
  /// What is longer than so many bytes can be stored nowhere, and is not encoded to its end: whoever encodes must look at the length.
  public static let longest = 1 << 24

  // They are computed so that they are constants in other modules too, which is what makes a `switch` over them fast.
  public enum Tag {
    @inlinable public static var null: UInt8 { 0 }
    @inlinable public static var isFalse: UInt8 { 1 }
    @inlinable public static var isTrue: UInt8 { 2 }
    @inlinable public static var integer: UInt8 { 3 }
    @inlinable public static var double: UInt8 { 4 }
    @inlinable public static var string: UInt8 { 5 }
    @inlinable public static var bytes: UInt8 { 6 }
    @inlinable public static var uuid: UInt8 { 7 }
    @inlinable public static var time: UInt8 { 8 }
    @inlinable public static var date: UInt8 { 9 }
    @inlinable public static var namedRef: UInt8 { 10 }
    @inlinable public static var nativeRef: UInt8 { 11 }
    @inlinable public static var documentRef: UInt8 { 12 }
    @inlinable public static var array: UInt8 { 13 }
    @inlinable public static var object: UInt8 { 14 }
    @inlinable public static var lambda: UInt8 { 15 }
    @inlinable public static var transactionTime: UInt8 { 16 }
    @inlinable public static var wideObject: UInt8 { 17 }
  }
}

extension ByteBuffer {
  /// Whether there is so much that it is stored nowhere: then nothing more is appended. (A small query can make one long text part of a
  /// value a million times.)
  private var isTooLong: Bool { count > ValueCodec.longest }

  /// Appends a stored value, or a part of one that is longer than `ValueCodec.longest`, and refused for that. Only what a document can hold is passed: writes turn everything else into that before.
  public mutating func append(stored value: Value, transactionTime: Int64) {
    switch value {
    case .null: appendByte(ValueCodec.Tag.null)
    case .boolean(let boolean): appendByte(boolean ? ValueCodec.Tag.isTrue : ValueCodec.Tag.isFalse)
    case .integer(let integer): append(tag: ValueCodec.Tag.integer, signed: integer)
    case .double(let double):
      appendByte(ValueCodec.Tag.double)
      append(fixed: double.bitPattern)
    case .string(let string): append(tag: ValueCodec.Tag.string, string)
    case .bytes(let content):
      appendByte(ValueCodec.Tag.bytes)
      append(varint: UInt64(content.count))
      content.withUnsafeBytes { appendRaw($0) }
    case .uuid(let uuid):
      appendByte(ValueCodec.Tag.uuid)
      append(fixed: uuid.high)
      append(fixed: uuid.low)
    case .time(let time):
      appendByte(ValueCodec.Tag.time)
      append(signed: time.seconds)
      append(varint: UInt64(time.nanoseconds))
    case .date(let date):
      appendByte(ValueCodec.Tag.date)
      append(signed: date.day)
    case .action(let action): append(stored: .string(action.name), transactionTime: transactionTime)
    case .transactionTime:
      appendByte(ValueCodec.Tag.transactionTime)
      append(signed: transactionTime)
    case .ref(.entity(let entity)):
      switch entity.kind {
      case .native(let native):
        appendByte(ValueCodec.Tag.nativeRef)
        appendByte(native.rawValue)
      case .named(let native):
        appendByte(ValueCodec.Tag.namedRef)
        appendByte(native.rawValue)
        append(signed: entity.number)
      }
    case .ref(.document(let collection, let id)):
      appendByte(ValueCodec.Tag.documentRef)
      append(signed: collection.number)
      append(signed: id)
    case .array(let elements):
      appendByte(ValueCodec.Tag.array)
      let start = appendSize()
      append(varint: UInt64(elements.count))
      elements.withUnsafeBufferPointer { elements in
        for i in elements.indices where !isTooLong { append(stored: elements[i], transactionTime: transactionTime) }
      }
      setSize(at: start)
    case .object(let object):
      let isWide = object.count >= FieldTable.minimumCount
      appendByte(isWide ? ValueCodec.Tag.wideObject : ValueCodec.Tag.object)
      let start = appendSize()
      if isWide {
        append(wide: object, transactionTime: transactionTime)
      } else {
        append(storedFields: object, transactionTime: transactionTime)
      }
      setSize(at: start)
    case .lambda(let lambda):
      appendByte(ValueCodec.Tag.lambda)
      var output = OutputBuffer()
      output.append(wire: .lambda(lambda))
      append(varint: UInt64(output.count))
      output.withBytes { appendRaw(UnsafeRawBufferPointer($0)) }
    case .ref(.foreign), .document, .page, .event, .sourced, .cursor, .set:
      appendByte(ValueCodec.Tag.null)
    }
  }

  /// Appends the number of fields, then each key and value.
  public mutating func append(storedFields object: Object, transactionTime: Int64) {
    append(varint: UInt64(object.count))
    object.fields.withUnsafeBufferPointer { fields in
      for i in fields.indices where !isTooLong {
        append(tag: nil, fields[i].key)
        append(stored: fields[i].value, transactionTime: transactionTime)
      }
    }
  }

  /// Appends the number of fields, their table, and each key and value.
  private mutating func append(wide object: Object, transactionTime: Int64) {
    append(varint: UInt64(object.count))
    let table = appendFieldTable(count: object.count)
    var entries: [UInt64] = []
    entries.reserveCapacity(object.count)
    for field in object.fields where !isTooLong {
      let hash = field.key.withBytes { FieldTable.hash(UnsafeRawBufferPointer($0)) }
      entries.append(UInt64(hash) << 32 | UInt64(count))
      append(tag: nil, field.key)
      append(stored: field.value, transactionTime: transactionTime)
    }
    setFieldTable(at: table, entries)
  }

  /// Appends room for the length of what follows; answers where that begins.
  @inlinable public mutating func appendSize() -> Int {
    extend(4).storeBytes(of: 0, as: UInt32.self)
    return count
  }

  @inlinable public mutating func setSize(at start: Int) {
    store(UInt32(count - start), at: start - 4)
  }

  @inlinable public mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      appendByte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    appendByte(UInt8(rest))
  }

  public mutating func append(signed value: Int64) {
    append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Appends an integer behind its tag. The room for both is taken at once.
  @inlinable @inline(__always)
  public mutating func append(tag: UInt8, signed value: Int64) {
    let start = extend(11)
    start.storeBytes(of: tag, as: UInt8.self)
    var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
    var place = start + 1
    while rest >= 0x80 {
      place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      place += 1
      rest >>= 7
    }
    place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    truncate(to: count - 11 + (place - start) + 1)
  }

  public mutating func append(fixed value: UInt64) {
    extend(8).storeBytes(of: value.littleEndian, as: UInt64.self)
  }

  /// Appends a text behind its length, and a tag before that.
  @inline(__always)
  mutating func append(tag: UInt8?, _ text: String) {
    text.withBytes { append(tag: tag, utf8: $0) }
  }

  /// The same of a text that is at hand in UTF-8.
  @inlinable public mutating func append(tag: UInt8?, utf8: UnsafeBufferPointer<UInt8>) {
    guard utf8.count < 0x80, let source = utf8.baseAddress else { return append(tag: tag, longText: utf8) }
    let tagCount = tag == nil ? 0 : 1
    let start = extend(tagCount + 1 + utf8.count)
    if let tag { start.storeBytes(of: tag, as: UInt8.self) }
    start.storeBytes(of: UInt8(truncatingIfNeeded: utf8.count), toByteOffset: tagCount, as: UInt8.self)
    (start + tagCount + 1).copyMemory(from: source, byteCount: utf8.count)
  }

  @inline(never) @usableFromInline
  mutating func append(tag: UInt8?, longText utf8: UnsafeBufferPointer<UInt8>) {
    if let tag { appendByte(tag) }
    append(varint: UInt64(utf8.count))
    appendRaw(UnsafeRawBufferPointer(utf8))
  }
}

/// The table of a wide object's fields, by which one of them is found without going through all.
///
/// It stands between the number of fields and the first of them: for each field, in the order of the hashes of their names, where it begins,
/// counted from the first (u32, little-endian).
public enum FieldTable {
  /// From so many fields on an object has a table.
  @inlinable public static var minimumCount: Int { 32 }

  /// FNV-1a. It is part of the format.
  @inline(__always)
  public static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in name { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return hash
  }

  /// The bytes that the table of so many fields takes; nil for more than bytes can hold.
  public static func size(count: UInt64) -> Int? { count < 1 << 32 ? Int(count) * 4 : nil }
}

extension ByteBuffer {
  /// Appends the room for a table; answers where it begins.
  fileprivate mutating func appendFieldTable(count: Int) -> Int {
    let start = self.count
    extend(count * 4).initializeMemory(as: UInt8.self, repeating: 0, count: count * 4)
    return start
  }

  /// Fills a table in. Each entry has the hash of a field's name above the place where the field begins.
  fileprivate mutating func setFieldTable(at start: Int, _ entries: [UInt64]) {
    let first = UInt64(start + entries.count * 4)
    for (i, entry) in entries.sorted().enumerated() {
      store(UInt32(truncatingIfNeeded: (entry & 0xFFFF_FFFF) - first), at: start + i * 4)
    }
  }
}
