import CLMDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension StoreError {
  /// The error for a status that LMDB, or the system through it, returned for a file.
  init(lmdb status: Int32, path: String) {
    switch status {
    case MDB_INVALID, MDB_VERSION_MISMATCH: self = .notADatabase(path)
    case MDB_CORRUPTED: self = .corrupted(path, "a page is of a wrong type")
    case MDB_PAGE_NOTFOUND: self = .corrupted(path, "a page is missing")
    case MDB_PANIC: self = .corrupted(path, "a write failed in the middle; open it again")
    case MDB_INCOMPATIBLE: self = .foreignDatabase(path)
    case MDB_MAP_FULL, ENOSPC, EDQUOT, EFBIG: self = .full(path)
    case MDB_READERS_FULL: self = .tooManyReaders(path)
    case ENOMEM: self = .outOfMemory
    case EACCES, EPERM: self = .permissionDenied(path)
    case EROFS: self = .readOnly(path)
    case EISDIR: self = .isDirectory(path)
    case EEXIST: self = .fileExists(path)
    default: self = .system(path, String(cString: mdb_strerror(status)))
    }
  }
}
