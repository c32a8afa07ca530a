import FQLStorage
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads stored values from a range of bytes, checking every length: broken bytes read as nulls, never beyond the end.
struct ValueReader {
  let bytes: UnsafeRawBufferPointer
  /// How many bytes there are: a buffer has to look whether it is one before it can tell.
  let end: Int
  var position: Int
  /// Turns the numbers of references into things with names; nil where there are none.
  let names: SchemaView?
  /// The running transaction's time, whose own values are not known yet; nil outside of it.
  let pendingTime: Int64?

  init(bytes: UnsafeRawBufferPointer, position: Int, names: SchemaView?, pendingTime: Int64?) {
    self.bytes = bytes
    end = bytes.count
    self.position = position
    self.names = names
    self.pendingTime = pendingTime
  }

  var isAtEnd: Bool { position >= end }

  @inline(__always)
  mutating func byte() -> UInt8 {
    guard position < end else { return 0 }
    defer { position += 1 }
    return bytes[position]
  }

  @inline(__always)
  mutating func varint() -> UInt64 {
    if position < end, bytes[position] < 0x80 {
      defer { position += 1 }
      return UInt64(bytes[position])
    }
    return longVarint()
  }

  @inline(never)
  private mutating func longVarint() -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    return result
  }

  mutating func signed() -> Int64 {
    let raw = varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  private mutating func fixed() -> UInt64 {
    guard position + 8 <= end else {
      position = end
      return 0
    }
    defer { position += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  mutating func size() -> Int {
    guard position + 4 <= end else {
      position = end
      return 0
    }
    defer { position += 4 }
    return Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
  }

  /// The next `count` bytes.
  @inline(__always)
  mutating func slice(_ count: Int) -> UnsafeRawBufferPointer {
    let start = position
    let rest = end &- start
    let length = count >= 0 && count <= rest ? count : rest
    position = start &+ length
    return UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + start }, count: length)
  }

  mutating func text() -> String {
    String(decoding: slice(Int(truncatingIfNeeded: varint())), as: UTF8.self)
  }

  mutating func value() -> Value {
    switch byte() {
    case ValueCodec.Tag.isFalse: return .boolean(false)
    case ValueCodec.Tag.isTrue: return .boolean(true)
    case ValueCodec.Tag.integer: return .integer(signed())
    case ValueCodec.Tag.double: return .double(Double(bitPattern: fixed()))
    case ValueCodec.Tag.string: return .string(text())
    case ValueCodec.Tag.bytes: return .bytes([UInt8](slice(Int(truncatingIfNeeded: varint()))))
    case ValueCodec.Tag.uuid: return .uuid(UUIDValue(high: fixed(), low: fixed()))
    case ValueCodec.Tag.time:
      return .time(Time(seconds: signed(), nanoseconds: Int32(truncatingIfNeeded: varint())))
    case ValueCodec.Tag.date: return .date(CalendarDate(day: signed()))
    case ValueCodec.Tag.namedRef:
      let native = NativeKind(rawValue: byte()) ?? .collections
      let number = signed()
      return names.map { .ref(.entity($0.entity(native, number: number))) } ?? .null
    case ValueCodec.Tag.nativeRef:
      let native = NativeKind(rawValue: byte()) ?? .collections
      return names.map { .ref(.entity($0.nativeCollection(native))) } ?? .null
    case ValueCodec.Tag.documentRef:
      let collection = signed()
      let id = signed()
      return names.map { .ref(.document($0.collection(number: collection), id: id)) } ?? .null
    case ValueCodec.Tag.array:
      _ = size()
      let count = varint()
      var elements: [Value] = []
      for _ in 0..<min(count, UInt64(end)) {
        if isAtEnd { break }
        elements.append(value())
      }
      return .array(elements)
    case ValueCodec.Tag.object:
      _ = size()
      return .object(object(varint()))
    case ValueCodec.Tag.wideObject:
      _ = size()
      return .object(object(skipFieldTable()))
    case ValueCodec.Tag.lambda:
      let content = slice(Int(truncatingIfNeeded: varint()))
      return names.flatMap { StoredLambda.read(content, $0) } ?? .null
    case ValueCodec.Tag.transactionTime:
      let time = signed()
      return time == pendingTime ? .transactionTime : .integer(time)
    default: return .null
    }
  }

  /// The object of the fields that stand here behind their number.
  mutating func object() -> Object { object(varint()) }

  private mutating func object(_ count: UInt64) -> Object {
    var object = Object()
    object.fields.reserveCapacity(Int(min(count, 64)))
    for _ in 0..<count {
      if isAtEnd { break }
      let key = text()
      object.fields.append(.init(key, value()))
    }
    return object
  }

  /// Steps over a value.
  @inline(__always)
  mutating func skip() {
    guard position < end else { return }
    switch bytes[position] {
    case ValueCodec.Tag.string:
      position &+= 1
      let count = varint()
      position &+= Int(truncatingIfNeeded: min(count, UInt64(truncatingIfNeeded: end)))
    case ValueCodec.Tag.integer:
      position &+= 1
      _ = varint()
    default: skipOther()
    }
  }

  @inline(never)
  private mutating func skipOther() {
    switch byte() {
    case ValueCodec.Tag.date, ValueCodec.Tag.transactionTime: _ = varint()
    case ValueCodec.Tag.double: position += 8
    case ValueCodec.Tag.bytes, ValueCodec.Tag.lambda:
      let count = varint()
      position += Int(min(count, UInt64(end)))
    case ValueCodec.Tag.uuid: position += 16
    case ValueCodec.Tag.time, ValueCodec.Tag.documentRef:
      _ = varint()
      _ = varint()
    case ValueCodec.Tag.namedRef:
      position += 1
      _ = varint()
    case ValueCodec.Tag.nativeRef: position += 1
    case ValueCodec.Tag.array, ValueCodec.Tag.object, ValueCodec.Tag.wideObject:
      let count = size()
      position += count
    default: break
    }
  }

  /// Steps over a value; its bytes.
  mutating func takeValue() -> UnsafeRawBufferPointer {
    let start = position
    skip()
    position = min(position, end)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  /// Goes to the value of a field of the fields that stand here; false where there is none.
  mutating func enterField(_ key: String) -> Bool {
    var key = key
    return key.withUTF8 { wanted in
      let count = varint()
      for _ in 0..<count {
        if isAtEnd { return false }
        let name = slice(Int(truncatingIfNeeded: varint()))
        if name.isSame(as: UnsafeRawBufferPointer(wanted)) { return true }
        skip()
      }
      return false
    }
  }

  /// Goes to the value at a path of names below the fields that stand here; false where there is none.
  ///
  /// The names are given as they are stored: each behind its length, which is less than 128.
  mutating func enter(names: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress, let wanted = names.baseAddress else { return false }
    var place = 0
    var isWide = false
    while true {
      let length = 1 + Int(names[place])
      if isWide {
        guard enterField(ofWide: UnsafeRawBufferPointer(start: wanted + place + 1, count: length - 1)) else {
          return false
        }
      } else {
        var rest = varint()
        while true {
          guard rest > 0, position + length <= end else { return false }
          if memcmp(start + position, wanted + place, length) == 0 { break }
          _ = slice(Int(truncatingIfNeeded: varint()))
          skip()
          rest -= 1
        }
        position += length
      }
      place += length
      if place == names.count { return true }
      guard position < end else { return false }
      isWide = bytes[position] == ValueCodec.Tag.wideObject
      guard isWide || bytes[position] == ValueCodec.Tag.object else { return false }
      position += 5
    }
  }

  /// Goes to the value at a path below the fields that stand here; false where there is none.
  mutating func enter(_ path: ArraySlice<PathStep>) -> Bool {
    guard case .field(let key)? = path.first, enterField(key) else { return false }
    for step in path.dropFirst() {
      guard position < end else { return false }
      switch (bytes[position], step) {
      case (ValueCodec.Tag.object, .field(let key)):
        position += 5
        guard enterField(key) else { return false }
      case (ValueCodec.Tag.wideObject, .field(let key)):
        position += 5
        guard key.withBytes({ enterField(ofWide: UnsafeRawBufferPointer($0)) }) else { return false }
      case (ValueCodec.Tag.array, .index(let index)):
        position += 5
        let count = varint()
        guard index >= 0, UInt64(index) < count else { return false }
        for _ in 0..<index { skip() }
      default: return false
      }
    }
    return true
  }
}

/// The fields of a stored document, decoded when they are asked for. Their bytes lie behind what else is known of them.
final class StoredFields: ManagedBuffer<StoredFields.Header, UInt8>, EncodedFields {
  struct Header {
    let names: SchemaView
    let pendingTime: Int64?
    let count: Int
  }

  /// `value` is a version as it is stored: its header, and the fields.
  static func make(_ value: UnsafeRawBufferPointer, names: SchemaView, pendingTime: Int64?) -> StoredFields {
    let start = min(VersionRecord.start(of: value), value.count)
    let count = value.count - start
    let header = Header(names: names, pendingTime: pendingTime, count: count)
    let fields = unsafeDowncast(create(minimumCapacity: count) { _ in header }, to: StoredFields.self)
    if let base = value.baseAddress {
      fields.withUnsafeMutablePointerToElements {
        UnsafeMutableRawPointer($0).copyMemory(from: base + start, byteCount: count)
      }
    }
    return fields
  }

  static func make(_ record: VersionRecord, names: SchemaView, pendingTime: Int64?) -> StoredFields {
    record.bytes.withUnsafeBytes { make($0, names: names, pendingTime: pendingTime) }
  }

  func read<R>(_ body: (inout ValueReader) -> R) -> R {
    withUnsafeMutablePointers { header, bytes in
      var reader = ValueReader(
        bytes: UnsafeRawBufferPointer(start: bytes, count: header.pointee.count), position: 0,
        names: header.pointee.names, pendingTime: header.pointee.pendingTime)
      return body(&reader)
    }
  }

  var object: Object { read { $0.object() } }

  func field(_ key: String) -> Value? { read { $0.enterField(key) ? $0.value() : nil } }

  func value(at path: [PathStep]) -> Value? { read { $0.enter(path[...]) ? $0.value() : nil } }
}
