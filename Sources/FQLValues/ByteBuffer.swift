#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes that grow at the end, in memory that is used again and again.
public struct ByteBuffer: ~Copyable {
  @usableFromInline
  var base: UnsafeMutableRawPointer
  @usableFromInline
  var capacity: Int
  @usableFromInline
  var used = 0

  public init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// Number of bytes.
  @inlinable
  public var count: Int { @inline(__always) get { used } }

  /// The bytes; valid until the next change.
  @inlinable
  public var bytes: UnsafeRawBufferPointer {
    @inline(__always) get { UnsafeRawBufferPointer(start: base, count: used) }
  }

  /// Writes a number, little-endian, over the bytes at a place.
  @inlinable
  public mutating func store(_ value: UInt32, at place: Int) {
    precondition(place >= 0 && place + 4 <= used)
    base.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt32.self)
  }

  /// Writes a byte over the one at a place.
  @inlinable
  public mutating func store(_ byte: UInt8, at place: Int) {
    precondition(place >= 0 && place < used)
    base.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
  }

  /// Keeps the first `count` bytes only, to write others behind them.
  @inlinable
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= used)
    used = count
  }

  @inlinable
  public mutating func removeAll() { used = 0 }

  /// Makes room for `additional` bytes at the end, counts them in and returns where they are: the caller fills them.
  @inlinable
  @inline(__always)
  public mutating func extend(_ additional: Int) -> UnsafeMutableRawPointer {
    let end = used + additional
    if end > capacity { grow(end) }
    let place = base + used
    used = end
    return place
  }

  @inline(never)
  @usableFromInline
  mutating func grow(_ wanted: Int) {
    let larger = max(wanted, capacity * 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    memory.copyMemory(from: base, byteCount: used)
    base.deallocate()
    base = memory
    capacity = larger
  }

  /// Appends bytes as they are.
  @inlinable
  @inline(__always)
  public mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    extend(bytes.count).copyMemory(from: start, byteCount: bytes.count)
  }

  /// Appends a byte.
  @inlinable
  @inline(__always)
  public mutating func appendByte(_ byte: UInt8) {
    extend(1).storeBytes(of: byte, as: UInt8.self)
  }
}
