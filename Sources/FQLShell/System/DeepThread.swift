#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A thread with a stack that no value fills, since evaluating, printing and freeing deep values recurses. Its memory is only reserved.
struct DeepThread {
  private let thread: pthread_t

  private final class Start {
    let body: () -> Void
    /// The signals that the thread does not take.
    let mask: sigset_t

    init(_ body: @escaping () -> Void, _ mask: sigset_t) {
      self.body = body
      self.mask = mask
    }
  }

  /// Starts a thread; nil where the system has none with so large a stack.
  ///
  /// `takesSignals`: signals go to it, and no more to the thread that calls; otherwise they never do.
  init?(stackBytes: Int, takesSignals: Bool, _ body: @escaping () -> Void) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, stackBytes) == 0 else { return nil }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let start = Unmanaged.passRetained(Start(body, takesSignals ? before : all))
    let status = pthread_create(
      &thread, &attributes,
      { start in
        #if canImport(Darwin)
          let pointer: UnsafeMutableRawPointer? = start
        #else
          let pointer = start
        #endif
        guard let pointer else { return nil }
        let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
        var mask = start.mask
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        start.body()
        return nil
      }, start.toOpaque())
    if status != 0 { start.release() }
    if status != 0 || !takesSignals { pthread_sigmask(SIG_SETMASK, &before, nil) }
    #if canImport(Darwin)
      guard status == 0, let thread else { return nil }
    #else
      guard status == 0 else { return nil }
    #endif
    self.thread = thread
  }

  /// Waits for its end.
  func join() { pthread_join(thread, nil) }

  /// Leaves it to itself.
  func detach() { pthread_detach(thread) }
}
