import FQLStorage

/// A thread that does one thing at a time while its owner does another. It is made when it is needed first; where none can be had, the
/// owner does everything.
final class Worker {
  private let shared = Shared()
  /// Nil until one is needed.
  private var hasThread: Bool?
  /// Whether something was begun that has not been waited for.
  private var isWaitedFor = false

  deinit { shared.end() }

  /// Whether it is at something. For the owner only, like all of this.
  var isBusy: Bool { isWaitedFor && shared.isBusy }

  /// Begins something. What it uses is not to be touched until `wait()` has returned.
  func start(_ job: @escaping () -> Void) {
    wait()
    if hasThread == nil {
      let thread = DeepThread(stackBytes: 1 << 30, takesSignals: false) { [shared] in shared.run() }
      thread?.detach()
      hasThread = thread != nil
    }
    if hasThread == true {
      isWaitedFor = true
      shared.begin(job)
    } else {
      job()
    }
  }

  /// Waits until what was begun is done.
  @inline(__always)
  func wait() {
    if isWaitedFor { waitForJob() }
  }

  @inline(never)
  private func waitForJob() {
    shared.waitUntilIdle()
    isWaitedFor = false
  }

  /// What the two threads share, under a lock.
  private final class Shared: @unchecked Sendable {
    private let lock = Lock()
    private var job: (() -> Void)?
    private var isOver = false

    var isBusy: Bool {
      lock.lock()
      defer { lock.unlock() }
      return job != nil
    }

    func begin(_ job: @escaping () -> Void) {
      lock.lock()
      self.job = job
      lock.wake()
      lock.unlock()
    }

    func waitUntilIdle() {
      lock.lock()
      while job != nil { lock.wait() }
      lock.unlock()
    }

    /// Lets the thread end, once it has done what was begun.
    func end() {
      lock.lock()
      isOver = true
      lock.wake()
      lock.unlock()
    }

    /// Does what there is to do, until it is over.
    func run() {
      lock.lock()
      while true {
        while job == nil && !isOver { lock.wait() }
        guard let job else { break }
        lock.unlock()
        job()
        lock.lock()
        self.job = nil
        lock.wake()
      }
      lock.unlock()
    }
  }
}
