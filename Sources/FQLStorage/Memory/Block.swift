#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A piece of memory of its own, for a key or a value that is too long for a page.
///
/// 16 bytes of header (epoch, length), then the bytes. A block never changes; a cell holds its address, and copies of a page share
/// it. It is released when its cell goes, under the same rule as pages (`PageTree.release`).
struct Block {
  static let headerBytes = 16

  let base: UnsafeMutableRawPointer

  @inline(__always)
  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  /// A block with a copy of the bytes; nil without memory.
  init?(copying bytes: UnsafeRawPointer, count: Int, epoch: UInt64) {
    guard let base = malloc(Block.headerBytes + count) else { return nil }
    self.base = base
    base.storeBytes(of: epoch, as: UInt64.self)
    base.storeBytes(of: count, toByteOffset: 8, as: Int.self)
    (base + Block.headerBytes).copyMemory(from: bytes, byteCount: count)
  }

  /// The number of the transaction that made it.
  var epoch: UInt64 { base.load(as: UInt64.self) }
  var count: Int { base.load(fromByteOffset: 8, as: Int.self) }
  var bytes: UnsafeRawPointer { UnsafeRawPointer(base + Block.headerBytes) }

  func free() {
    #if canImport(Glibc)
      Glibc.free(base)
    #elseif canImport(Musl)
      Musl.free(base)
    #else
      Darwin.free(base)
    #endif
  }
}
