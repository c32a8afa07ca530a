import FQLStorage
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One stored version of a document.
struct VersionRecord: Sendable {
  var ts: Int64
  var isLive: Bool
  /// Microseconds at which the document expires; nil where it does not.
  var ttl: Int64?
  /// The value as it is stored: a header, and the encoded fields.
  var bytes: [UInt8]

  /// Where the fields begin in a value as it is stored.
  @inline(__always)
  static func start(of value: UnsafeRawBufferPointer) -> Int { value.isEmpty || value[0] & 1 == 0 ? 1 : 9 }

  /// Calls a function with the version as it lies in memory.
  @inline(__always)
  func withStored<R>(_ body: (StoredVersion) -> R) -> R {
    bytes.withUnsafeBytes { body(StoredVersion(ts: ts, ttl: ttl, value: $0)) }
  }

  /// Whether a reader at `time` sees a live document in the version that a cursor stands on.
  @inline(__always)
  static func isVisible(_ cursor: any StoreCursor, at time: Int64) -> Bool {
    let key = cursor.key
    guard key.count == KeyBytes.documentVersion, key[KeyBytes.documentVersion - 1] == 1 else { return false }
    let value = cursor.value
    guard !value.isEmpty, value[0] & 1 != 0 else { return true }
    return Int64(bitPattern: KeyBytes.read64(value, 1)) > time
  }

  /// Whether a reader at `time` sees a document here.
  func isVisible(at time: Int64) -> Bool {
    guard isLive else { return false }
    if let ttl { return ttl > time }
    return true
  }

  /// Reads a version from its key and value.
  init(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    ts = KeyBytes.time(inverted: KeyBytes.read64(key, KeyBytes.documentPrefix))
    isLive = key.count == KeyBytes.documentVersion && key[KeyBytes.documentVersion - 1] == 1
    ttl = !value.isEmpty && value[0] & 1 != 0 ? Int64(bitPattern: KeyBytes.read64(value, 1)) : nil
    bytes = [UInt8](value)
  }

  /// A live version that lies in memory.
  init(_ stored: StoredVersion) {
    ts = stored.ts
    ttl = stored.ttl
    isLive = true
    bytes = [UInt8](stored.value)
  }
}

/// A live version of a document as it is stored, where it lies.
struct StoredVersion {
  let ts: Int64
  let ttl: Int64?
  /// A header, and the encoded fields.
  let value: UnsafeRawBufferPointer

  /// Where the fields begin.
  var start: Int { ttl == nil ? 1 : 9 }

  init(ts: Int64, ttl: Int64?, value: UnsafeRawBufferPointer) {
    self.ts = ts
    self.ttl = ttl
    self.value = value
  }

  /// A version with these fields, which is written to `buffer` and lies there.
  init(ts: Int64, fields: Object, transactionTime: Int64, in buffer: inout ByteBuffer) {
    var ttl: Int64?
    if case .time(let time)? = fields["ttl"] { ttl = time.instant }
    buffer.appendHeader(ttl: ttl)
    buffer.append(storedFields: fields, transactionTime: transactionTime)
    self.init(ts: ts, ttl: ttl, value: buffer.bytes)
  }
}

extension ByteBuffer {
  /// Begins a version, in place of what there was.
  mutating func appendHeader(ttl: Int64?) {
    removeAll()
    appendByte(ttl == nil ? 0 : 1)
    if let ttl { extend(8).storeBytes(of: UInt64(bitPattern: ttl).bigEndian, as: UInt64.self) }
  }
}

/// Reads versions of documents from the store.
enum DocumentReader {
  /// The newest version at or before `time`; with nil the newest of all.
  static func version(
    _ cursor: any StoreCursor, _ id: DocumentID, at time: Int64?
  ) throws(Failure) -> VersionRecord? {
    guard try seek(cursor, id, at: time) else { return nil }
    return VersionRecord(key: cursor.key, value: cursor.value)
  }

  /// Goes to the newest version at or before `time`; false where there is none.
  static func seek(_ cursor: any StoreCursor, _ id: DocumentID, at time: Int64?) throws(Failure) -> Bool {
    var key: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    do throws(StoreError) {
      return try withUnsafeMutableBytes(of: &key) { raw throws(StoreError) -> Bool in
        KeyBytes.write(id, to: raw)
        var count = KeyBytes.documentPrefix
        if let time {
          raw.storeBytes(of: KeyBytes.inverted(time).bigEndian, toByteOffset: count, as: UInt64.self)
          count += 8
        }
        let wanted = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(raw)[..<count])
        guard try cursor.seek(wanted) else { return false }
        let found = cursor.key
        guard found.count >= KeyBytes.documentPrefix, let a = found.baseAddress, let b = wanted.baseAddress else {
          return false
        }
        return memcmp(a, b, KeyBytes.documentPrefix) == 0
      }
    } catch {
      throw Failure(error)
    }
  }

  /// Every version of a document, the oldest first; of a deletion and a live version at one time the deletion last.
  static func versions(_ reader: any StoreReader, _ id: DocumentID) throws(Failure) -> [VersionRecord] {
    let prefix = KeyBytes.document(id)
    let cursor = reader.cursor()
    var versions: [VersionRecord] = []
    try stored { () throws(StoreError) in
      var found = try cursor.seek(prefix)
      while found, begins(cursor.key, with: prefix, count: prefix.count) {
        versions.append(VersionRecord(key: cursor.key, value: cursor.value))
        found = try cursor.next()
      }
    }
    return versions.reversed()
  }

  /// Calls `body` with each document of a collection that is visible at `time`, by id.
  static func eachLive(
    _ reader: any StoreReader, scope: Int64, collection: Int64, time: Int64,
    _ body: (Int64, VersionRecord) throws(Failure) -> Void
  ) throws(Failure) {
    let prefix = KeyBytes.collection(scope: scope, collection: collection)
    let cursor = reader.cursor()
    var found = try stored { () throws(StoreError) in try cursor.seek(prefix) }
    while found, begins(cursor.key, with: prefix, count: prefix.count) {
      let id = Int64(bitPattern: KeyBytes.read64(cursor.key, prefix.count))
      let record = VersionRecord(key: cursor.key, value: cursor.value)
      if record.ts > time {
        let key = KeyBytes.version(
          DocumentID(scope: scope, collection: collection, id: id), time: time, isLive: false)
        found = try stored { () throws(StoreError) in try cursor.seek(key) }
        continue
      }
      if record.isVisible(at: time) { try body(id, record) }
      found = try stored { () throws(StoreError) in try cursor.next() }
      if found, KeyBytes.read64(cursor.key, prefix.count) == UInt64(bitPattern: id) {
        guard id != -1 else { return }  // Negative ids come last.
        let next = KeyBytes.document(DocumentID(scope: scope, collection: collection, id: id &+ 1))
        found = try stored { () throws(StoreError) in try cursor.seek(next) }
      }
    }
  }

  static func begins(_ key: UnsafeRawBufferPointer, with prefix: [UInt8], count: Int) -> Bool {
    guard key.count >= count else { return false }
    return prefix.withUnsafeBytes { wanted in
      guard let a = key.baseAddress, let b = wanted.baseAddress else { return count == 0 }
      return memcmp(a, b, count) == 0
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are the same.
  @inline(__always)
  func isSame(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let a = baseAddress, let b = other.baseAddress else { return true }
    return memcmp(a, b, count) == 0
  }
}
