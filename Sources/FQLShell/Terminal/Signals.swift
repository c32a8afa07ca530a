import FQLEngine

/// Signals while a person sits at the terminal.
///
/// The handler writes the signal's number into a pipe, which wakes whoever waits for a key, and asks a running query to
/// stop.
enum Signals {
  /// What the handler needs, in plain memory.
  private struct State {
    var readEnd: Int32 = -1
    var writeEnd: Int32 = -1
    /// The flag of the running query; unmanaged, since a handler must not count references to what may be going away.
    var query: UnsafeMutableRawPointer?
    /// When the query was asked to stop, in seconds; 0 where it was not.
    var askedAt: Int = 0
  }

  // Written by the one thread that receives signals, and by its handlers.
  nonisolated(unsafe) private static let state: UnsafeMutablePointer<State> = {
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    state.initialize(to: State())
    return state
  }()

  /// How long a query may take to notice before a second Ctrl-C ends the program, in seconds.
  private static let patience = 2

  static var readEnd: Int32 { state.pointee.readEnd }

  /// Begins to handle signals.
  static func install() {
    var ends: (Int32, Int32) = (-1, -1)
    withUnsafeMutableBytes(of: &ends) { bytes in
      if let base = bytes.bindMemory(to: Int32.self).baseAddress { _ = pipe(base) }
    }
    state.pointee.readEnd = ends.0
    state.pointee.writeEnd = ends.1
    for end in [ends.0, ends.1] {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    // Whoever started us may have held signals back, which is nothing that a person at a terminal should notice.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT] {
      if number != SIGCONT { handle(number) }
      sigaddset(&mask, number)
    }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    signal(SIGPIPE, SIG_IGN)
    signal(SIGQUIT, SIG_IGN)
  }

  static func handle(_ number: Int32) {
    var action = sigaction()
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = received
    #else
      action.__sigaction_handler.sa_handler = received
    #endif
    sigaction(number, &action, nil)
  }

  private static let received: @convention(c) (Int32) -> Void = { number in
    let code = errno
    var byte = UInt8(truncatingIfNeeded: number)
    let state = Signals.state
    if let query = state.pointee.query {
      switch number {
      case SIGINT:
        let now = time(nil)
        if state.pointee.askedAt != 0, now - state.pointee.askedAt >= Signals.patience { _exit(130) }
        if state.pointee.askedAt == 0 { state.pointee.askedAt = now }
        Unmanaged<InterruptFlag>.fromOpaque(query).takeUnretainedValue().set()
      case SIGTERM, SIGHUP:
        // Nothing was committed, and the terminal is as it was found.
        signal(number, SIG_DFL)
        raise(number)
      case SIGTSTP:
        signal(SIGTSTP, SIG_DFL)
        raise(SIGTSTP)
      default: _ = write(state.pointee.writeEnd, &byte, 1)
      }
    } else {
      _ = write(state.pointee.writeEnd, &byte, 1)
    }
    errno = code
  }

  /// Runs something that a Ctrl-C asks to stop.
  static func interruptible<R>(_ flag: InterruptFlag, _ body: () -> R) -> R {
    state.pointee.askedAt = 0
    state.pointee.query = Unmanaged.passUnretained(flag).toOpaque()
    defer {
      state.pointee.query = nil
      handle(SIGTSTP)
    }
    return withExtendedLifetime(flag) { body() }
  }

  /// The signals that came since this was asked last.
  static func take() -> [Int32] {
    var numbers: [Int32] = []
    var byte: UInt8 = 0
    while read(readEnd, &byte, 1) == 1 { numbers.append(Int32(byte)) }
    return numbers
  }

  /// Dies of a signal.
  static func die(of number: Int32) -> Never {
    signal(number, SIG_DFL)
    raise(number)
    exit(128 + number)
  }

  /// Stops until somebody continues the process.
  static func stop() {
    signal(SIGTSTP, SIG_DFL)
    raise(SIGTSTP)
    handle(SIGTSTP)
  }
}
