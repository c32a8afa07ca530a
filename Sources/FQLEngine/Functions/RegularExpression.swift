import CICU
import FQLValues
import Synchronization

/// A compiled regular expression of Java's dialect.
final class RegularExpression: Sendable {
  /// The search took too long or needed too much memory.
  struct Exhausted: Error {}

  /// The most milliseconds that one search may take.
  private static let timeLimit: Int64 = 2000

  let groupNames: [String: Int]
  let groupCount: Int
  private let handle: Synchronization.Mutex<Handle>

  /// ICU's object. It is unsafe to share, and so is only used under the lock that it is kept behind.
  private struct Handle: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private init?(uncached pattern: String) {
    guard let (translation, groupNames) = try? JavaPattern.translate(pattern) else { return nil }
    let units = Array(translation.utf16)
    guard units.count < Int(Int32.max), let handle = icu_regex_open(units, Int32(units.count)) else { return nil }
    self.groupNames = groupNames
    groupCount = Int(icu_regex_group_count(handle))
    self.handle = Synchronization.Mutex(Handle(pointer: handle))
  }

  deinit {
    handle.withLock { icu_regex_close($0.pointer) }
  }

  /// A match while it is looked at.
  struct Match {
    fileprivate let handle: OpaquePointer

    /// Where a group lies in UTF-16 units, if it took part; group 0 is the whole match.
    func range(_ group: Int) -> Range<Int>? {
      let start = icu_regex_start(handle, Int32(clamping: group))
      let end = icu_regex_end(handle, Int32(clamping: group))
      return start < 0 || end < start ? nil : Int(start)..<Int(end)
    }
  }

  /// Hands the matches in a text to `body`, one after another, until that answers false.
  func forEachMatch(in text: [UInt16], _ body: (Match) -> Bool) throws(Exhausted) {
    let isComplete = handle.withLock { locked in
      let handle = locked.pointer
      return text.withUnsafeBufferPointer { text in
        guard text.count < Int(Int32.max) else { return false }
        // An empty array may have no address, which ICU would not take.
        var nothing: UInt16 = 0
        return withUnsafePointer(to: &nothing) { nothing in
          guard icu_regex_begin(handle, text.baseAddress ?? nothing, Int32(text.count), Self.timeLimit) else {
            return false
          }
          while true {
            switch icu_regex_next(handle) {
            case ICU_MATCH_NONE: return true
            case ICU_MATCH_FOUND: if !body(Match(handle: handle)) { return true }
            default: return false
            }
          }
        }
      }
    }
    if !isComplete { throw Exhausted() }
  }
}

extension RegularExpression {
  /// Patterns that were used lately, the latest last.
  private static let cache = Synchronization.Mutex<[(pattern: String, expression: RegularExpression)]>([])
  private static let cacheLimit = 32

  /// The expression of a pattern, or nil where it is not one of Java's dialect.
  static func compile(_ pattern: String) -> RegularExpression? {
    let cached = cache.withLock { cache -> RegularExpression? in
      guard let i = cache.lastIndex(where: { $0.pattern.utf8.elementsEqual(pattern.utf8) }) else { return nil }
      if i + 1 < cache.count { cache.append(cache.remove(at: i)) }
      return cache.last?.expression
    }
    if let cached { return cached }
    guard let expression = RegularExpression(uncached: pattern) else { return nil }
    // A large pattern is not worth its memory.
    if pattern.utf8.count <= 4096 {
      cache.withLock { cache in
        if cache.count >= cacheLimit { cache.removeFirst() }
        cache.append((pattern, expression))
      }
    }
    return expression
  }

  /// What an argument that does not compile is answered.
  static func invalid(_ pattern: String) -> String {
    "Search pattern /\(pattern)/ is not a valid regular expression."
  }
}
