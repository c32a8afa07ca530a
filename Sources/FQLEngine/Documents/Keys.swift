import FQLValues

/// Where a document is: the database, the collection and the id.
package struct DocumentID: Hashable, Sendable {
  package var scope: Int64
  package var collection: Int64
  package var id: Int64

  package init(scope: Int64, collection: Int64, id: Int64) {
    self.scope = scope
    self.collection = collection
    self.id = id
  }
}

extension Ref {
  /// The document that a resolved reference points at; nil for a native collection, which has no document.
  var documentID: DocumentID? {
    switch self {
    case .document(let collection, let id):
      DocumentID(scope: collection.scope, collection: collection.collectionNumber, id: id)
    case .entity(let entity):
      switch entity.kind {
      case .named(let native):
        DocumentID(scope: entity.scope, collection: native.collectionNumber, id: entity.number)
      case .native: nil
      }
    case .foreign: nil
    }
  }
}

/// The spaces of keys in the store: the first byte of each key.
enum KeySpace {
  /// Counters and versions of the whole store.
  static let meta: UInt8 = 0x01
  /// `[space][scope 4][collection 4][id 8][inverted time 8][0 deletion, 1 live]` -> version.
  static let documents: UInt8 = 0x10
  /// `[space][scope 4][index 4][terms][values][reference][inverted time 8][0 removed, 1 added]` -> ttl, if any.
  static let indexes: UInt8 = 0x20
  /// `[space][keys][id 8][scope 4]` -> the same scope: the databases that hold a key with that id.
  /// `[space][databases][global id 8]` -> scope of the database, whose tokens carry its global id.
  static let secrets: UInt8 = 0x40
}

/// Bytes of keys, in the order of what they stand for.
enum KeyBytes {
  /// The length of a document's key without time and kind.
  static let documentPrefix = 17
  /// The length of a document version's key.
  static let documentVersion = 26
  /// The length of what follows an index entry's group: time and action.
  static let entrySuffix = 9

  @inline(__always)
  static func append32(_ value: Int64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { bytes.append(contentsOf: $0) }
  }

  @inline(__always)
  static func append64(_ value: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  static func read32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
    guard offset + 4 <= bytes.count else { return 0 }
    return Int64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  static func read64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    guard offset + 8 <= bytes.count else { return 0 }
    return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A time that sorts the newest first.
  static func inverted(_ time: Int64) -> UInt64 { ~(UInt64(bitPattern: time) ^ (1 << 63)) }

  static func time(inverted: UInt64) -> Int64 { Int64(bitPattern: ~inverted ^ (1 << 63)) }

  /// The beginning of the keys of a collection's documents.
  static func collection(scope: Int64, collection: Int64) -> [UInt8] {
    var bytes: [UInt8] = [KeySpace.documents]
    append32(scope, to: &bytes)
    append32(collection, to: &bytes)
    return bytes
  }

  /// The beginning of the keys of a document's versions.
  static func document(_ id: DocumentID) -> [UInt8] {
    withUnsafeTemporaryAllocation(byteCount: documentPrefix, alignment: 8) { raw in
      write(id, to: raw)
      return array(raw)
    }
  }

  /// The bytes as an array, made in the way that the standard library is quick at.
  @inline(__always)
  private static func array(_ raw: UnsafeMutableRawBufferPointer) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(documentVersion)
    bytes.append(contentsOf: raw)
    return bytes
  }

  static func version(_ id: DocumentID, time: Int64, isLive: Bool) -> [UInt8] {
    withUnsafeTemporaryAllocation(byteCount: documentVersion, alignment: 8) { raw in
      write(id, time: time, isLive: isLive, to: raw)
      return array(raw)
    }
  }

  /// Writes the key of a document's version.
  @inline(__always)
  static func write(_ id: DocumentID, time: Int64, isLive: Bool, to raw: UnsafeMutableRawBufferPointer) {
    write(id, to: raw)
    raw.storeBytes(of: inverted(time).bigEndian, toByteOffset: documentPrefix, as: UInt64.self)
    raw[documentVersion - 1] = isLive ? 1 : 0
  }

  /// Writes the beginning of the keys of a document's versions.
  @inline(__always)
  static func write(_ id: DocumentID, to raw: UnsafeMutableRawBufferPointer) {
    raw[0] = KeySpace.documents
    raw.storeBytes(of: UInt32(truncatingIfNeeded: id.scope).bigEndian, toByteOffset: 1, as: UInt32.self)
    raw.storeBytes(of: UInt32(truncatingIfNeeded: id.collection).bigEndian, toByteOffset: 5, as: UInt32.self)
    raw.storeBytes(of: UInt64(bitPattern: id.id).bigEndian, toByteOffset: 9, as: UInt64.self)
  }

  /// The beginning of the keys of an index's entries.
  static func index(scope: Int64, index: Int64) -> [UInt8] {
    var bytes: [UInt8] = [KeySpace.indexes]
    append32(scope, to: &bytes)
    append32(index, to: &bytes)
    return bytes
  }

  /// The smallest key that is greater than every key with this beginning; nil where there is none.
  static func after(prefix: [UInt8]) -> [UInt8]? {
    var bytes = prefix
    while let last = bytes.last {
      if last < 0xff {
        bytes[bytes.count - 1] = last + 1
        return bytes
      }
      bytes.removeLast()
    }
    return nil
  }
}
