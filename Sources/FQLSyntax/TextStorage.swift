#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes of a text, shared by all who hold a part of it.
///
/// `@unchecked`: bytes that are there neither change nor move while more than one holds them; only a `TextBuffer` adds to them.
final class TextStorage: @unchecked Sendable {
  fileprivate var base: UnsafeMutableRawPointer?
  fileprivate var capacity = 0
  fileprivate var count = 0

  fileprivate init() {}

  deinit { free(base) }

  /// Calls a function with a range of the bytes, which are there.
  @inline(__always)
  func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withExtendedLifetime(self) {
      let start = (base?.assumingMemoryBound(to: UInt8.self)).map { UnsafePointer($0 + range.lowerBound) }
      return body(UnsafeBufferPointer(start: start, count: range.count))
    }
  }

  /// Makes room for more bytes.
  fileprivate func grow(to minimum: Int) {
    capacity = max(minimum, capacity * 2, 64)
    // A large block is moved by the system, page by page, and not copied.
    guard let larger = realloc(base, capacity) else { fatalError("out of memory") }
    base = larger
  }
}

/// A text that grows at its end and is dropped from its beginning.
///
/// Who holds its storage keeps what was there then: storage that is shared is added to, but neither moved nor changed.
struct TextBuffer: Sendable {
  private(set) var storage = TextStorage()
  private(set) var count = 0

  init() {}

  init(_ bytes: some Collection<UInt8>) {
    _ = append(upTo: bytes.count) { target in
      target.copyBytes(from: bytes)
      return bytes.count
    }
  }

  /// Adds what a function writes to memory of that size; it says how much.
  mutating func append<Failure>(
    upTo size: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    makeRoom(for: size)
    let added = try fill(UnsafeMutableRawBufferPointer(start: storage.base.map { $0 + count }, count: size))
    precondition(added >= 0 && added <= size)
    count += added
    storage.count = count
    return added
  }

  private mutating func makeRoom(for size: Int) {
    // Behind the last byte that this one sees, others may have added some of their own.
    if !isKnownUniquelyReferenced(&storage), count + size > storage.capacity || storage.count != count {
      replaceStorage(from: 0, room: count + size)
    }
    if count + size > storage.capacity { storage.grow(to: count + size) }
  }

  private mutating func replaceStorage(from start: Int, room: Int) {
    let new = TextStorage()
    new.grow(to: max(room, count - start))
    if let old = storage.base, let base = new.base { base.copyMemory(from: old + start, byteCount: count - start) }
    count -= start
    new.count = count
    storage = new
  }

  /// Drops the first bytes.
  mutating func removeFirst(_ dropped: Int) {
    guard isKnownUniquelyReferenced(&storage), let base = storage.base else {
      return replaceStorage(from: dropped, room: 0)
    }
    memmove(base, base + dropped, count - dropped)
    count -= dropped
    storage.count = count
  }

  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    storage.withBytes(0..<count, body)
  }

  @inline(__always)
  subscript(place: Int) -> UInt8 {
    precondition(place >= 0 && place < count)
    return withBytes { $0[place] }
  }
}

/// Searching for a byte with what the C library has for it.
extension UnsafeBufferPointer<UInt8> {
  /// Where a byte stands first in a range.
  @inline(__always)
  func firstPlace(of byte: UInt8, in range: Range<Int>) -> Int? {
    guard let baseAddress, !range.isEmpty,
      let found = memchr(baseAddress + range.lowerBound, Int32(byte), range.count)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(baseAddress)
  }

  /// Whether the last line of a range ends with a comma, which is not part of a comment: no statement does, and most lines of long
  /// data do.
  func endsWithComma(from start: Int, to end: Int) -> Bool {
    var place = end - 1
    while place > start, self[place] <= 0x20 { place -= 1 }
    guard place > start, self[place] == UInt8(ascii: ",") else { return false }
    while place > start, self[place] != 0x0A {
      if self[place] == UInt8(ascii: "/") { return false }
      place -= 1
    }
    return true
  }

  /// Where a byte stands last in a range.
  func lastPlace(of byte: UInt8, in range: Range<Int>) -> Int? {
    // Of the many pieces of a long line it is known at once that it does not end in them.
    guard firstPlace(of: byte, in: range) != nil else { return nil }
    return range.reversed().first { self[$0] == byte }
  }
}
