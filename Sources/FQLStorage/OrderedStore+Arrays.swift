/// Conveniences over arrays of bytes.

extension StoreReader {
  /// A copy of the value of the entry with this key, or nil.
  package func get(_ key: [UInt8]) throws(StoreError) -> [UInt8]? {
    try key.withUnsafeBufferPointer { key throws(StoreError) in
      try get(UnsafeRawBufferPointer(key)).map { [UInt8]($0) }
    }
  }
}

extension StoreWriter {
  /// Adds an entry, or replaces the value of the entry with this key.
  package func put(_ key: [UInt8], _ value: [UInt8]) throws(StoreError) {
    try key.withUnsafeBufferPointer { key throws(StoreError) in
      try value.withUnsafeBufferPointer { value throws(StoreError) in
        try put(UnsafeRawBufferPointer(key), UnsafeRawBufferPointer(value))
      }
    }
  }

  /// Removes the entry with this key; returns whether there was one.
  @discardableResult
  package func delete(_ key: [UInt8]) throws(StoreError) -> Bool {
    try key.withUnsafeBufferPointer { key throws(StoreError) in try delete(UnsafeRawBufferPointer(key)) }
  }
}

extension StoreCursor {
  /// Goes to the first entry whose key is equal to or greater than `key`.
  package func seek(_ key: [UInt8]) throws(StoreError) -> Bool {
    try key.withUnsafeBufferPointer { key throws(StoreError) in try seek(UnsafeRawBufferPointer(key)) }
  }

  /// Goes to the last entry whose key is less than `key`.
  package func seek(before key: [UInt8]) throws(StoreError) -> Bool {
    try key.withUnsafeBufferPointer { key throws(StoreError) in try seek(before: UnsafeRawBufferPointer(key)) }
  }
}

/// A copy of some bytes that stays where it is while this is alive.
///
/// `withUnsafeBytes` would do, but that it cannot pass a typed error on.
struct HeldBytes: ~Copyable {
  private let storage: UnsafeMutableRawBufferPointer

  init(_ source: [UInt8]) {
    storage = .allocate(byteCount: max(source.count, 1), alignment: 1)
    storage.copyBytes(from: source)
    count = source.count
  }

  private let count: Int

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[0..<count]) }

  deinit { storage.deallocate() }
}
