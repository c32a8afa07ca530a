#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The memory of all pages of a store, with a list of the free ones.
///
/// Pages come from chunks that grow from 64 KB to 2 MB and live as long as the store: `malloc` and `free` for each page cost four
/// times as much as the rest of an insertion. Used under the store's lock. (Large pages of the system made no difference to random reads
/// of 600,000 documents, and would be there as a whole as soon as a byte of them is used.)
final class PagePool {
  private static let smallestChunk = 16
  private static let largestChunk = (2 << 20) / Page.size

  private var chunks: [UnsafeMutableRawPointer] = []
  private var nextChunk = PagePool.smallestChunk
  /// Pages of the newest chunk that were never used.
  private var fresh: UnsafeMutableRawPointer?
  private var freshCount = 0
  /// The free list, linked through the first word of each page.
  private var firstFree: UnsafeMutableRawPointer?
  private(set) var freeCount = 0
  /// Pages in all chunks.
  private(set) var totalCount = 0
  /// Bytes in blocks, kept here beside the pages.
  var blockBytes = 0

  deinit {
    for chunk in chunks { free(chunk) }
  }

  /// Pages that are handed out.
  var usedCount: Int { totalCount - freshCount - freeCount }

  /// Sees to it that `count` pages can be taken without fail.
  @inline(__always)
  func reserve(_ count: Int) throws(StoreError) {
    if freshCount + freeCount < count { try grow(count) }
  }

  private func grow(_ count: Int) throws(StoreError) {
    while freshCount > 0 { put(takeFresh()) }
    while freeCount + freshCount < count {
      while freshCount > 0 { put(takeFresh()) }
      var memory: UnsafeMutableRawPointer?
      let bytes = nextChunk * Page.size
      guard posix_memalign(&memory, 4096, bytes) == 0, let chunk = memory
      else { throw .outOfMemory }
      chunks.append(chunk)
      fresh = chunk
      freshCount = nextChunk
      totalCount += nextChunk
      nextChunk = min(nextChunk * 2, PagePool.largestChunk)
    }
  }

  private func takeFresh() -> UnsafeMutableRawPointer {
    let page = fresh.unsafelyUnwrapped
    fresh = page + Page.size
    freshCount -= 1
    return page
  }

  /// A page with any content. `reserve` came before.
  @inline(__always)
  func take() -> UnsafeMutableRawPointer {
    if let page = firstFree {
      firstFree = page.load(as: UnsafeMutableRawPointer?.self)
      freeCount -= 1
      return page
    }
    precondition(freshCount > 0)
    return takeFresh()
  }

  @inline(__always)
  func put(_ page: UnsafeMutableRawPointer) {
    page.storeBytes(of: firstFree, as: UnsafeMutableRawPointer?.self)
    firstFree = page
    freeCount += 1
  }
}
