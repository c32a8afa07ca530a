/// A failure of the operating system, by its number.
struct SystemError: Error, Sendable, Equatable {
  var code: Int32

  /// The failure that the last call of the C library left.
  static var last: SystemError { SystemError(code: errno) }

  /// The system's words for it: `No such file or directory`.
  var text: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}

/// The exit statuses of the program, after BSD's `sysexits.h`.
enum ExitStatus {
  static let success: Int32 = 0
  /// A query, or a row of an import, failed.
  static let queryFailed: Int32 = 1
  static let usage: Int32 = 2
  /// A text that is not in the language.
  static let syntax: Int32 = 65
  static let noInput: Int32 = 66
  static let inputOutput: Int32 = 74
}
