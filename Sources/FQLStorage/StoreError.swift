/// What can go wrong in a store. `description` is a sentence for the person at the terminal.
package enum StoreError: Error, Equatable, Sendable {
  /// The file is not an LMDB file.
  case notADatabase(String)
  /// The file is an LMDB file, but not one of ours.
  case foreignDatabase(String)
  /// The file was written by a newer version: path, its format version, ours.
  case newerFormat(String, found: Int, supported: Int)
  /// Written to a store that can only be read.
  case readOnly(String)
  /// The path names a directory.
  case isDirectory(String)
  /// The directory that the file should be in does not exist.
  case missingDirectory(String)
  /// The file does not exist, and was to be opened for reading only.
  case missingFile(String)
  /// Not allowed to open the file.
  case permissionDenied(String)
  /// This process has the file open already.
  case alreadyOpen(String)
  /// Too many readers are open, in all processes together.
  case tooManyReaders(String)
  /// No room left on the device, or in the address space.
  case full(String)
  /// The file is damaged: path, what was found.
  case corrupted(String, String)
  /// A copy was to overwrite a file.
  case fileExists(String)
  /// A key of a length that no key may have.
  case keySize(Int)
  /// A value that is too long.
  case valueSize(Int)
  /// Used after its end.
  case ended
  /// This thread has a writer open already.
  case writerOpen
  /// Used after `close()`.
  case closed
  /// No memory left.
  case outOfMemory
  /// Bytes that are not what an encoder writes: what was found.
  case malformed(String)
  /// A failure that a test asked for (see `FaultPlan`).
  case injected
  /// Any other failure of the system: path, the system's words.
  case system(String, String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notADatabase(let path): "\(path) is not a database file"
    case .foreignDatabase(let path): "\(path) is a database of another program"
    case .newerFormat(let path, let found, let supported):
      "\(path) was written by a newer version of fql (format \(found); this version reads up to \(supported))"
    case .readOnly(let path): "\(path) is open for reading only"
    case .isDirectory(let path): "\(path) is a directory"
    case .missingDirectory(let path): "the directory of \(path) does not exist"
    case .missingFile(let path): "\(path) does not exist"
    case .permissionDenied(let path): "permission denied: \(path)"
    case .alreadyOpen(let path): "\(path) is already open in this process"
    case .tooManyReaders(let path): "too many readers have \(path) open"
    case .full(let path): "no space left for \(path)"
    case .corrupted(let path, let found): "\(path) is damaged: \(found)"
    case .fileExists(let path): "\(path) already exists"
    case .keySize(let count):
      count == 0 ? "a key is empty" : "a key of \(count) bytes is too long (the limit is \(StoreLimits.keyBytes))"
    case .valueSize(let count): "a value of \(count) bytes is too long (the limit is \(StoreLimits.valueBytes))"
    case .ended: "the transaction has ended"
    case .writerOpen: "this thread is already writing"
    case .closed: "the store is closed"
    case .outOfMemory: "out of memory"
    case .malformed(let found): "malformed data: \(found)"
    case .injected: "a failure injected by a test"
    case .system(let path, let message): "\(path): \(message)"
    }
  }
}
