/// The database files that this process has open.
///
/// LMDB must not open a file twice in one process: closing either would drop the locks of both.
enum OpenFiles {
  /// A file, by whatever path.
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var number: UInt64
  }

  private static let shared = Files()

  /// Enters a file; returns whether it was not there.
  static func enter(_ identity: Identity) -> Bool {
    shared.lock.lock()
    defer { shared.lock.unlock() }
    return shared.open.insert(identity).inserted
  }

  /// Takes a file out.
  static func leave(_ identity: Identity) {
    shared.lock.lock()
    defer { shared.lock.unlock() }
    shared.open.remove(identity)
  }

  private final class Files: @unchecked Sendable {  // `open` is used under `lock`
    let lock = Lock()
    var open = Set<Identity>()
  }
}
