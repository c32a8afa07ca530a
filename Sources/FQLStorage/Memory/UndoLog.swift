#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What entries were before a writer changed them, newest last: key and old value, or that there was none.
///
/// Each record is key, value, and then their lengths (u32 each), so that it can be read from the end.
final class UndoLog {
  private static let absent = UInt32.max
  /// A buffer above this is given back when the log is cleared.
  private static let keptBytes = 1 << 20

  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private var count = 0

  deinit { free(base) }

  var isEmpty: Bool { count == 0 }

  @inline(__always)
  func append(_ key: UnsafeRawPointer, _ keyCount: Int, _ old: UnsafeRawBufferPointer?) throws(StoreError) {
    let valueCount = old?.count ?? 0
    let size = keyCount + valueCount + 8
    if count + size > capacity { try grow(size) }
    var target = base.unsafelyUnwrapped + count
    target.copyMemory(from: key, byteCount: keyCount)
    target += keyCount
    if let old, let start = old.baseAddress { target.copyMemory(from: start, byteCount: valueCount) }
    target += valueCount
    target.storeBytes(of: UInt32(truncatingIfNeeded: keyCount), as: UInt32.self)
    target.storeBytes(
      of: old == nil ? UndoLog.absent : UInt32(truncatingIfNeeded: valueCount), toByteOffset: 4, as: UInt32.self)
    count += size
  }

  private func grow(_ size: Int) throws(StoreError) {
    let wanted = max(capacity * 2, count + size, 4096)
    guard let memory = realloc(base, wanted) else { throw .outOfMemory }
    base = memory
    capacity = wanted
  }

  /// Forgets everything.
  @inline(__always)
  func clear() {
    count = 0
    if capacity > UndoLog.keptBytes {
      free(base)
      base = nil
      capacity = 0
    }
  }

  /// Makes a tree what it was, newest change first. The log stays as it is.
  func replay(on tree: PageTree) throws(StoreError) {
    guard let base else { return }
    var end = count
    while end > 0 {
      let keyCount = Int((base + (end - 8)).loadUnaligned(as: UInt32.self))
      let valueField = (base + (end - 4)).loadUnaligned(as: UInt32.self)
      let valueCount = valueField == UndoLog.absent ? 0 : Int(valueField)
      end -= 8 + keyCount + valueCount
      let key = UnsafeRawPointer(base + end)
      if valueField == UndoLog.absent {
        _ = try tree.delete(key, keyCount, undo: nil)
      } else {
        try tree.put(key, keyCount, key + keyCount, valueCount, undo: nil)
      }
    }
  }
}
