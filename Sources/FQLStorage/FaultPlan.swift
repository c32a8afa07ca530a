/// A test's plan of failures: the n-th write of a store fails.
///
/// Stores ask it before each put, each delete and each step of a commit. Without a plan (always, but for tests) that costs one
/// comparison with nil.
package final class FaultPlan: @unchecked Sendable {  // used by tests, under the writer's exclusion
  /// Number of writes that still succeed; nil: all do.
  package var remaining: Int?
  /// Number of writes asked for so far.
  package private(set) var count = 0

  package init(failAfter remaining: Int? = nil) {
    self.remaining = remaining
  }

  /// Throws `StoreError.injected` where the plan says so.
  func step() throws(StoreError) {
    count += 1
    guard let left = remaining else { return }
    if left == 0 { throw .injected }
    remaining = left - 1
  }
}
