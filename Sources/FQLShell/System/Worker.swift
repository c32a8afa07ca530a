#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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
    private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
    private let changed: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)
    private var job: (() -> Void)?
    private var isOver = false

    init() {
      mutex.initialize(to: pthread_mutex_t())
      changed.initialize(to: pthread_cond_t())
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(changed, nil)
    }

    deinit {
      pthread_cond_destroy(changed)
      pthread_mutex_destroy(mutex)
      changed.deallocate()
      mutex.deallocate()
    }

    var isBusy: Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return job != nil
    }

    func begin(_ job: @escaping () -> Void) {
      pthread_mutex_lock(mutex)
      self.job = job
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }

    func waitUntilIdle() {
      pthread_mutex_lock(mutex)
      while job != nil { pthread_cond_wait(changed, mutex) }
      pthread_mutex_unlock(mutex)
    }

    /// Lets the thread end, once it has done what was begun.
    func end() {
      pthread_mutex_lock(mutex)
      isOver = true
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }

    /// Does what there is to do, until it is over.
    func run() {
      pthread_mutex_lock(mutex)
      while true {
        while job == nil && !isOver { pthread_cond_wait(changed, mutex) }
        guard let job else { break }
        pthread_mutex_unlock(mutex)
        job()
        pthread_mutex_lock(mutex)
        self.job = nil
        pthread_cond_broadcast(changed)
      }
      pthread_mutex_unlock(mutex)
    }
  }
}
