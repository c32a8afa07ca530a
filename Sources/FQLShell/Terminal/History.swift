/// What was typed, in this session and earlier ones, kept in a file of our own.
///
/// One entry a line, `\` as `\\` and a line end as `\n`. Entries are added by one write to the end of the file before
/// they run, so that parallel sessions do not lose each other's.
final class History: EntryHistory {
  private static let limit = 10_000
  /// Entries of the file at the start, then those of this session, unmasked.
  private(set) var entries: [String] = []
  /// The number of the first one.
  private(set) var first = 1
  private let path: String?

  /// The file, by `$FQL_HISTORY` or the state directory; empty or nowhere: no file.
  init() {
    path = History.filePath
    guard let path else { return }
    load(path)
  }

  private static var filePath: String? {
    if let named = Environment["FQL_HISTORY"] { return named.isEmpty ? nil : named }
    let base = Environment.nonEmpty("XDG_STATE_HOME") ?? Environment.nonEmpty("HOME").map { $0 + "/.local/state" }
    return base.map { $0 + "/fql/history" }
  }

  // MARK: Entries

  func entry(back steps: Int) -> String? {
    steps >= 1 && steps <= entries.count ? entries[entries.count - steps] : nil
  }

  func shortForm(back steps: Int) -> String { ".edit \(first + entries.count - steps)" }

  /// The entry of a number.
  func entry(number: Int) -> String? {
    entries.indices.contains(number - first) ? entries[number - first] : nil
  }

  /// Keeps an entry, unless it repeats the one before or begins with a blank.
  func add(_ entry: String) {
    guard let start = entry.unicodeScalars.first, !start.isBlank, entry != entries.last else { return }
    let masked = SecretMask.mask(entry)
    let isRepeat = masked == entries.last.flatMap { SecretMask.mask($0) } && masked != entry
    entries.append(entry)
    if entries.count > History.limit {
      entries.removeFirst()
      first += 1
    }
    guard let path, let masked, !isRepeat else { return }
    append(History.encode(masked) + "\n", to: path)
  }

  // MARK: The file

  private static func encode(_ entry: String) -> String {
    var line = ""
    for scalar in entry.unicodeScalars {
      switch scalar {
      case "\\": line += "\\\\"
      case "\n": line += "\\n"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  private static func decode(_ line: Substring) -> String {
    var entry = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if isEscaped {
        entry.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        entry.append(scalar)
      }
    }
    return String(entry)
  }

  private func load(_ path: String) {
    guard let bytes = try? Files.read(path) else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)
    if lines.count > History.limit { trim(path) }
    entries = lines.suffix(History.limit).map { History.decode($0) }
  }

  private func append(_ line: String, to path: String) {
    makeDirectory(of: path)
    let number = systemOpen(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    guard number >= 0 else { return }
    let file = Descriptor(number: number)
    defer { file.close() }
    // A file that others could read is closed to them; what a link leads to is left alone.
    var info = stat()
    var link = stat()
    if fstat(number, &info) == 0, lstat(path, &link) == 0, link.st_mode & S_IFMT == S_IFREG,
      info.st_mode & S_IFMT == S_IFREG, info.st_mode & 0o077 != 0
    {
      fchmod(number, 0o600)
    }
    try? file.write(line)
  }

  private func makeDirectory(of path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    var directory = ""
    for part in path[..<slash].split(separator: "/", omittingEmptySubsequences: false) {
      directory += part + "/"
      if directory != "/" { mkdir(String(directory.dropLast()), 0o700) }
    }
  }

  /// Keeps the newest entries, by renaming a copy, under a lock; only of a regular file.
  private func trim(_ path: String) {
    var info = stat()
    guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return }
    let number = systemOpen(path, O_RDWR | O_CLOEXEC, 0)
    guard number >= 0 else { return }
    defer { close(number) }
    guard flock(number, LOCK_EX | LOCK_NB) == 0, let bytes = try? Files.read(path) else { return }
    let lines = bytes.split(separator: 0x0A).suffix(History.limit)
    let kept = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n") + "\n"
    try? Files.write(kept, to: path, mode: 0o600)
  }
}
