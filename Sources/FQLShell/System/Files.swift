/// Files by their paths.
enum Files {
  /// Opens a file to be read.
  static func open(_ path: String) throws(SystemError) -> Descriptor {
    let number = systemOpen(path, O_RDONLY | O_CLOEXEC, 0)
    guard number >= 0 else { throw .last }
    if isDirectory(number) {
      close(number)
      throw SystemError(code: EISDIR)
    }
    return Descriptor(number: number)
  }

  static func read(_ path: String) throws(SystemError) -> [UInt8] {
    let file = try open(path)
    defer { file.close() }
    return try file.readAll()
  }

  private static func isDirectory(_ number: Int32) -> Bool {
    var info = stat()
    return fstat(number, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }
}

/// `open` with its third argument, which Swift sees as variadic.
func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }

/// Variables of the environment.
enum Environment {
  static subscript(name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The variable, unless it is empty.
  static func nonEmpty(_ name: String) -> String? {
    self[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
