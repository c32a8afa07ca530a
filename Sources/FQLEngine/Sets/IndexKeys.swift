import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of values in index keys: their order is the order of the values.
///
/// Each value is a tag by rank and its content, and no encoding is the beginning of another, so that tuples compose and
/// the complement of the bytes is the opposite order. Values can be read back.
enum IndexKeys {
  enum Tag {
    static let number: UInt8 = 0x10
    static let bytes: UInt8 = 0x20
    static let string: UInt8 = 0x30
    static let array: UInt8 = 0x40
    static let object: UInt8 = 0x50
    static let ref: UInt8 = 0x60
    static let time: UInt8 = 0x70
    static let date: UInt8 = 0x78
    static let lambda: UInt8 = 0x80
    static let uuid: UInt8 = 0x90
    static let isFalse: UInt8 = 0xa0
    static let isTrue: UInt8 = 0xa1
    static let null: UInt8 = 0xb0
    static let end: UInt8 = 0x00
  }

  /// The length of an encoded reference.
  static let refLength = 18

  /// Appends a value of an index, in the order of values; strings by collation.
  static func append(_ value: Value, to bytes: inout [UInt8], time: Int64) {
    append(value, to: &bytes, time: time, isTerm: false)
  }

  /// Appends a value of an index whose order is the opposite one.
  static func appendReversed(_ value: Value, to bytes: inout [UInt8], time: Int64) {
    let start = bytes.count
    append(value, to: &bytes, time: time)
    for i in start..<bytes.count { bytes[i] = ~bytes[i] }
  }

  /// Appends a term of an index: equal values have equal bytes, and nothing else is asked of them.
  static func appendTerm(_ value: Value, to bytes: inout [UInt8], time: Int64) {
    append(value, to: &bytes, time: time, isTerm: true)
  }

  private static func append(_ value: Value, to bytes: inout [UInt8], time: Int64, isTerm: Bool) {
    switch value {
    case .null: bytes.append(Tag.null)
    case .boolean(let boolean): bytes.append(boolean ? Tag.isTrue : Tag.isFalse)
    case .integer(let integer): append(integer: integer, to: &bytes)
    case .transactionTime: append(integer: time, to: &bytes)
    case .double(let double):
      bytes.append(Tag.number)
      KeyBytes.append64(ordered(double), to: &bytes)
      bytes.append(1)
    case .bytes(let content):
      bytes.append(Tag.bytes)
      content.withUnsafeBytes { appendEscaped($0, to: &bytes) }
    case .string(let string): append(string, to: &bytes, isTerm: isTerm)
    case .action(let action): append(action.name, to: &bytes, isTerm: isTerm)
    case .array(let elements):
      bytes.append(Tag.array)
      for element in elements { append(element, to: &bytes, time: time, isTerm: isTerm) }
      bytes.append(Tag.end)
    case .object(let object):
      bytes.append(Tag.object)
      for field in object.fields.sorted(by: { compareStrings($0.key, $1.key) < 0 }) {
        append(field.key, to: &bytes, isTerm: isTerm)
        append(field.value, to: &bytes, time: time, isTerm: isTerm)
      }
      bytes.append(Tag.end)
    case .ref(let ref): append(ref, to: &bytes)
    case .time(let time):
      bytes.append(Tag.time)
      KeyBytes.append64(UInt64(bitPattern: time.seconds) ^ (1 << 63), to: &bytes)
      KeyBytes.append32(Int64(time.nanoseconds), to: &bytes)
    case .date(let date):
      bytes.append(Tag.date)
      KeyBytes.append64(UInt64(bitPattern: date.day) ^ (1 << 63), to: &bytes)
    case .uuid(let uuid):
      bytes.append(Tag.uuid)
      KeyBytes.append64(uuid.high, to: &bytes)
      KeyBytes.append64(uuid.low, to: &bytes)
    case .document(let document): append(.object(document.visibleObject), to: &bytes, time: time, isTerm: isTerm)
    case .lambda, .page, .event, .sourced, .cursor, .set:
      bytes.append(Tag.lambda)
      var output = OutputBuffer()
      output.append(wire: value)
      output.withBytes { appendEscaped(UnsafeRawBufferPointer($0), to: &bytes) }
    }
  }

  private static func append(integer: Int64, to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(byteCount: longestInteger, alignment: 8) { raw in
      guard let start = raw.baseAddress else { return }
      let count = write(integer: integer, to: start)
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    }
  }

  /// The most bytes that an integer takes.
  static let longestInteger = 18

  /// Writes an integer; how many bytes that were.
  @inline(__always)
  static func write(integer: Int64, to target: UnsafeMutableRawPointer) -> Int {
    target.storeBytes(of: Tag.number, as: UInt8.self)
    target.storeBytes(of: ordered(Double(integer)).bigEndian, toByteOffset: 1, as: UInt64.self)
    if integer.magnitude <= 1 << 53 {
      target.storeBytes(of: 0, toByteOffset: 9, as: UInt8.self)
      return 10
    }
    target.storeBytes(of: 2, toByteOffset: 9, as: UInt8.self)
    target.storeBytes(of: (UInt64(bitPattern: integer) ^ (1 << 63)).bigEndian, toByteOffset: 10, as: UInt64.self)
    return longestInteger
  }

  private static func append(_ string: String, to bytes: inout [UInt8], isTerm: Bool) {
    var string = string
    string.withUTF8 { text in
      bytes.append(Tag.string)
      let text = UnsafeRawBufferPointer(text)
      if isTerm { appendEscaped(text, to: &bytes) } else { appendSortKey(of: text, to: &bytes) }
    }
  }

  /// Appends a reference: by id, then by collection.
  static func append(_ ref: Ref, to bytes: inout [UInt8]) {
    switch ref {
    case .document(let collection, let id):
      appendRef(id: id, collection: collection.collectionNumber, scope: collection.scope, kind: 0, to: &bytes)
    case .entity(let entity):
      switch entity.kind {
      case .native(let native):
        let collections = NativeKind.collections.collectionNumber
        appendRef(id: native.collectionNumber, collection: collections, scope: entity.scope, kind: 2, to: &bytes)
      case .named(let native):
        appendRef(
          id: entity.number, collection: native.collectionNumber, scope: entity.scope, kind: 1, to: &bytes)
      }
    case .foreign: appendRef(id: 0, collection: 0, scope: 0, kind: 0, to: &bytes)
    }
  }

  static func append(_ id: DocumentID, to bytes: inout [UInt8]) {
    appendRef(id: id.id, collection: id.collection, scope: id.scope, kind: kind(of: id), to: &bytes)
  }

  /// Writes the `refLength` bytes of a reference to a document.
  @inline(__always)
  static func write(_ id: DocumentID, to target: UnsafeMutableRawPointer) {
    write(id: id.id, collection: id.collection, scope: id.scope, kind: kind(of: id), to: target)
  }

  @inline(__always)
  private static func kind(of id: DocumentID) -> UInt8 {
    guard id.collection < Numbers.firstCollection else { return 0 }
    return NativeKind(rawValue: UInt8(clamping: id.collection))?.isNamed ?? false ? 1 : 0
  }

  private static func appendRef(id: Int64, collection: Int64, scope: Int64, kind: UInt8, to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(byteCount: refLength, alignment: 8) { raw in
      guard let start = raw.baseAddress else { return }
      write(id: id, collection: collection, scope: scope, kind: kind, to: start)
      bytes.append(contentsOf: raw)
    }
  }

  @inline(__always)
  private static func write(
    id: Int64, collection: Int64, scope: Int64, kind: UInt8, to target: UnsafeMutableRawPointer
  ) {
    target.storeBytes(of: Tag.ref, as: UInt8.self)
    target.storeBytes(of: UInt64(bitPattern: id).bigEndian, toByteOffset: 1, as: UInt64.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: collection).bigEndian, toByteOffset: 9, as: UInt32.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: scope).bigEndian, toByteOffset: 13, as: UInt32.self)
    target.storeBytes(of: kind, toByteOffset: 17, as: UInt8.self)
  }

  private static func ordered(_ double: Double) -> UInt64 {
    let bits = double.isNaN ? Double.nan.magnitude.bitPattern : double.bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  private static func double(ordered: UInt64) -> Double {
    Double(bitPattern: ordered >> 63 == 1 ? ordered & ~(1 << 63) : ~ordered)
  }

  /// Zeros are followed by 0xff, and the end is two zeros, so that a beginning sorts before what it begins.
  private static func appendEscaped(_ content: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    if let start = content.baseAddress, memchr(start, 0, content.count) != nil {
      for byte in content {
        bytes.append(byte)
        if byte == 0 { bytes.append(0xff) }
      }
    } else {
      bytes.append(contentsOf: content)
    }
    bytes.append(0)
    bytes.append(0)
  }
}

/// Reads values back from index keys.
struct IndexKeyReader {
  let bytes: UnsafeRawBufferPointer
  var position: Int
  let transaction: Transaction

  /// The next value, of ascending order.
  mutating func value() -> Value {
    guard position < bytes.count else { return .null }
    let tag = bytes[position]
    position += 1
    switch tag {
    case IndexKeys.Tag.isFalse: return .boolean(false)
    case IndexKeys.Tag.isTrue: return .boolean(true)
    case IndexKeys.Tag.number:
      let ordered = KeyBytes.read64(bytes, position)
      position += 8
      let kind = position < bytes.count ? bytes[position] : 1
      position += 1
      let double = Double(bitPattern: ordered >> 63 == 1 ? ordered & ~(1 << 63) : ~ordered)
      switch kind {
      case 0: return .integer(Int64(exactly: double) ?? 0)
      case 2:
        defer { position += 8 }
        return .integer(Int64(bitPattern: KeyBytes.read64(bytes, position) ^ (1 << 63)))
      default: return .double(double)
      }
    case IndexKeys.Tag.bytes: return .bytes(escaped())
    case IndexKeys.Tag.string:
      let text = bytes.withMemoryRebound(to: UInt8.self) { decodeSortKey($0, at: &position) }
      return .string(text ?? "")
    case IndexKeys.Tag.array:
      var elements: [Value] = []
      while position < bytes.count, bytes[position] != IndexKeys.Tag.end { elements.append(value()) }
      position += 1
      return .array(elements)
    case IndexKeys.Tag.object:
      var object = Object()
      while position < bytes.count, bytes[position] != IndexKeys.Tag.end {
        guard case .string(let key) = value() else { break }
        object.fields.append(.init(key, value()))
      }
      position += 1
      return .object(object)
    case IndexKeys.Tag.ref:
      position -= 1
      return .ref(ref())
    case IndexKeys.Tag.time:
      defer { position += 12 }
      return .time(
        Time(
          seconds: Int64(bitPattern: KeyBytes.read64(bytes, position) ^ (1 << 63)),
          nanoseconds: Int32(truncatingIfNeeded: KeyBytes.read32(bytes, position + 8))))
    case IndexKeys.Tag.date:
      defer { position += 8 }
      return .date(CalendarDate(day: Int64(bitPattern: KeyBytes.read64(bytes, position) ^ (1 << 63))))
    case IndexKeys.Tag.uuid:
      defer { position += 16 }
      return .uuid(UUIDValue(high: KeyBytes.read64(bytes, position), low: KeyBytes.read64(bytes, position + 8)))
    case IndexKeys.Tag.lambda:
      let content = escaped()
      return content.withUnsafeBytes { StoredLambda.read($0, transaction.view) ?? .null }
    default: return .null
    }
  }

  /// The next reference.
  mutating func ref() -> Ref {
    defer { position += IndexKeys.refLength }
    guard position + IndexKeys.refLength <= bytes.count else {
      return .document(transaction.view.collection(number: 0), id: 0)
    }
    let id = Int64(bitPattern: KeyBytes.read64(bytes, position + 1))
    let collection = KeyBytes.read32(bytes, position + 9)
    let scope = KeyBytes.read32(bytes, position + 13)
    let view = transaction.view(scope: scope)
    switch bytes[position + 17] {
    case 1:
      return .entity(
        view.entity(NativeKind(rawValue: UInt8(truncatingIfNeeded: collection)) ?? .collections, number: id))
    case 2: return .entity(view.nativeCollection(NativeKind(rawValue: UInt8(truncatingIfNeeded: id)) ?? .collections))
    default: return .document(transaction.collection(collection, in: view), id: id)
    }
  }

  private mutating func escaped() -> [UInt8] {
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == 0 {
        let next = position < bytes.count ? bytes[position] : 0
        position += 1
        if next == 0 { break }
      }
      content.append(byte)
    }
    return content
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

/// Negative, zero or positive as one key comes before another one, is it, or comes after it.
func compareBytes(_ a: [UInt8], _ b: [UInt8]) -> Int {
  for (x, y) in zip(a, b) where x != y { return x < y ? -1 : 1 }
  return a.count - b.count
}
