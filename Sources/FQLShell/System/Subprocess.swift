import CLibedit

/// Runs another program.
enum Subprocess {
  /// Runs a command of the system's shell with the terminal, and waits for it; its exit status, -1 where it could not
  /// be started.
  ///
  /// `arguments` are `$1` and so on. `input` is what it reads, instead of the terminal.
  static func run(_ command: String, arguments: [String] = [], input: String? = nil) -> Int32 {
    var ends: (Int32, Int32) = (-1, -1)
    if input != nil {
      let isOpen = withUnsafeMutableBytes(of: &ends) { bytes in
        bytes.bindMemory(to: Int32.self).baseAddress.map { pipe($0) == 0 } ?? false
      }
      guard isOpen else { return -1 }
      _ = fcntl(ends.1, F_SETFD, FD_CLOEXEC)
    }
    guard let process = start(["/bin/sh", "-c", command, "sh"] + arguments, input: input == nil ? nil : ends.0) else {
      return -1
    }
    if let input {
      close(ends.0)
      // Who stops reading ends this output only: SIGPIPE is ignored.
      try? Descriptor(number: ends.1).write(input)
      close(ends.1)
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  private static func start(_ words: [String], input: Int32?) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
      posix_spawn_file_actions_addclose(&actions, input)
    }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE, SIGQUIT, SIGWINCH] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var process = pid_t()
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return posix_spawn(&process, "/bin/sh", &actions, &attributes, pointers, fql_environment()) == 0 ? process : nil
  }
}
