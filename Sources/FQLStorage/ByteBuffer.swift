#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes that grow at the end, in memory that is used again and again.
package struct ByteBuffer: ~Copyable {
  @usableFromInline
  package var base: UnsafeMutableRawPointer
  @usableFromInline
  package var capacity: Int
  /// Number of bytes.
  @usableFromInline
  package var count = 0

  package init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// The bytes; valid until the next change.
  @inlinable
  package var bytes: UnsafeRawBufferPointer {
    @inline(__always) get { UnsafeRawBufferPointer(start: base, count: count) }
  }

  /// Writes a number, little-endian, over the bytes at a place.
  @inlinable
  package mutating func store(_ value: UInt32, at place: Int) {
    precondition(place >= 0 && place + 4 <= count)
    base.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt32.self)
  }

  /// Writes a byte over the one at a place.
  @inlinable
  package mutating func store(_ byte: UInt8, at place: Int) {
    precondition(place >= 0 && place < count)
    base.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
  }

  /// Keeps the first `count` bytes only, to write others behind them.
  package mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count)
    self.count = count
  }

  package mutating func removeAll() { count = 0 }

  /// Makes room for `additional` bytes at the end, counts them in and returns where they are: the caller fills them.
  @inlinable
  @inline(__always)
  package mutating func extend(_ additional: Int) -> UnsafeMutableRawPointer {
    let end = count + additional
    if end > capacity { grow(end) }
    let place = base + count
    count = end
    return place
  }

  @inline(never)
  @usableFromInline
  package mutating func grow(_ wanted: Int) {
    let larger = max(wanted, capacity * 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    memory.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = memory
    capacity = larger
  }

  /// Appends bytes as they are.
  @inlinable
  @inline(__always)
  package mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    extend(bytes.count).copyMemory(from: start, byteCount: bytes.count)
  }

  /// Appends a byte.
  @inlinable
  @inline(__always)
  package mutating func appendByte(_ byte: UInt8) {
    extend(1).storeBytes(of: byte, as: UInt8.self)
  }
}
