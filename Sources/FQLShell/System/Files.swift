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

/// A file that is written aside and takes its name when it is complete; what is no regular file is written as it is.
struct NewFile {
  let descriptor: Descriptor
  let path: String
  /// Where it is written; nil for what is written directly.
  private let temporaryPath: String?

  init(_ path: String, mode: mode_t = 0o666) throws(SystemError) {
    self.path = path
    var info = stat()
    let exists = stat(path, &info) == 0
    if exists, info.st_mode & S_IFMT == S_IFDIR { throw SystemError(code: EISDIR) }
    if exists, info.st_mode & S_IFMT != S_IFREG {
      let number = systemOpen(path, O_WRONLY | O_CLOEXEC, 0)
      guard number >= 0 else { throw .last }
      descriptor = Descriptor(number: number)
      temporaryPath = nil
      return
    }
    // A link keeps pointing to what it points to.
    let target = Files.resolved(path)
    let temporary = "\(target).\(getpid()).tmp"
    let number = systemOpen(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard number >= 0 else { throw .last }
    if exists { fchmod(number, info.st_mode & 0o7777) }
    descriptor = Descriptor(number: number)
    temporaryPath = temporary
  }

  /// Gives the file its name.
  func commit() throws(SystemError) {
    guard let temporaryPath else { return descriptor.close() }
    let isSynced = fsync(descriptor.number) == 0
    let problem = SystemError.last
    descriptor.close()
    guard isSynced, rename(temporaryPath, Files.resolved(path)) == 0 else {
      let failure = isSynced ? SystemError.last : problem
      unlink(temporaryPath)
      throw failure
    }
  }

  /// Leaves everything as it was.
  func discard() {
    descriptor.close()
    if let temporaryPath { unlink(temporaryPath) }
  }
}

extension Files {
  /// The path behind all links; the path itself where it leads nowhere.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Writes a file as a whole.
  static func write(_ text: String, to path: String, mode: mode_t = 0o666) throws(SystemError) {
    let file = try NewFile(path, mode: mode)
    do throws(SystemError) {
      try file.descriptor.write(text)
    } catch {
      file.discard()
      throw error
    }
    try file.commit()
  }
}
