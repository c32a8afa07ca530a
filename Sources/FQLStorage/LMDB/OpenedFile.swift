import CLMDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Closes a file descriptor. (Within a store, `close` is the store's.)
@discardableResult
func closeFile(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// Opens a file, or makes it; its descriptor, or -1.
func openFile(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o644) }

extension StoreError {
  /// The error for a file that could not be made.
  init(creating path: String, _ code: Int32) {
    self = code == ENOENT ? .missingDirectory(path) : StoreError(lmdb: code, path: path)
  }
}

/// A database file that was looked at, opened, and found to be ours.
struct OpenedFile {
  /// What the metadata entry begins with.
  static let magic: [UInt8] = Array("fql".utf8)
  /// The version of the format that we write, and the newest that we read.
  static let formatVersion = 2
  /// The longest key that LMDB must take.
  static let lmdbKeyBytes = 511

  let environment: OpaquePointer
  let tables: LMDBStore.Tables
  let isReadOnly: Bool
  let identity: OpenFiles.Identity

  init(path: String, options: LMDBStore.Options) throws(StoreError) {
    let found = try OpenedFile.inspect(path, options)
    guard OpenFiles.enter(found.identity) else { throw .alreadyOpen(path) }
    var environment: OpaquePointer?
    do throws(StoreError) {
      environment = try OpenedFile.open(path, options, isReadOnly: found.isReadOnly)
      guard let environment else { throw .outOfMemory }
      try OpenedFile.checkLength(environment, path)
      tables = try OpenedFile.openTables(environment, path, isReadOnly: found.isReadOnly)
      self.environment = environment
    } catch {
      if let environment { mdb_env_close(environment) }
      OpenFiles.leave(found.identity)
      if found.isNew {
        unlink(path)
        unlink(path + "-lock")
      }
      throw error
    }
    isReadOnly = found.isReadOnly
    identity = found.identity
  }

  // MARK: Before LMDB

  /// What a path leads to.
  private struct Inspection {
    var identity: OpenFiles.Identity
    var isReadOnly: Bool
    var isNew: Bool
  }

  /// Looks at the file before LMDB does, so that nothing is written beside files that are not ours. Makes it if there is none.
  private static func inspect(_ path: String, _ options: LMDBStore.Options) throws(StoreError) -> Inspection {
    var file = stat()
    var isNew = false
    if stat(path, &file) != 0 {
      guard errno == ENOENT || errno == ENOTDIR else { throw StoreError(lmdb: errno, path: path) }
      if options.isReadOnly { throw .missingFile(path) }
      let descriptor = openFile(path, O_RDWR | O_CREAT | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw errno == ENOTDIR ? .missingDirectory(path) : StoreError(creating: path, errno)
      }
      fstat(descriptor, &file)
      closeFile(descriptor)
      isNew = true
    }
    if file.st_mode & S_IFMT == S_IFDIR { throw .isDirectory(path) }
    if file.st_mode & S_IFMT != S_IFREG { throw .notADatabase(path) }
    let identity = OpenFiles.Identity(
      device: UInt64(truncatingIfNeeded: file.st_dev), number: UInt64(truncatingIfNeeded: file.st_ino))
    if file.st_size > 0 { try checkHeader(path) }
    let isReadOnly = options.isReadOnly || access(path, W_OK) != 0
    return Inspection(identity: identity, isReadOnly: isReadOnly, isNew: isNew)
  }

  /// Checks that the file begins as LMDB's files do.
  private static func checkHeader(_ path: String) throws(StoreError) {
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError(lmdb: errno, path: path) }
    defer { closeFile(descriptor) }
    var header: (UInt64, UInt64, UInt32, UInt32) = (0, 0, 0, 0)
    let count = withUnsafeMutableBytes(of: &header) { pread(descriptor, $0.baseAddress, 24, 0) }
    // LMDB's magic number comes after a page header of 16 bytes.
    guard count == 24, header.2 == 0xBEEF_C0DE else { throw .notADatabase(path) }
  }

  // MARK: LMDB

  private static func open(
    _ path: String, _ options: LMDBStore.Options, isReadOnly: Bool
  ) throws(StoreError) -> OpaquePointer {
    // Read transactions are not bound to threads (NOTLS); big files are not read ahead of random reads (NORDAHEAD).
    var flags = UInt32(MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD)
    if isReadOnly { flags |= UInt32(MDB_RDONLY) }
    if options.durability == .relaxed { flags |= UInt32(MDB_NOSYNC) }
    var mapBytes = options.mapBytes
    while true {
      var created: OpaquePointer?
      guard mdb_env_create(&created) == 0, let environment = created else { throw .outOfMemory }
      mdb_env_set_maxdbs(environment, 8)
      mdb_env_set_maxreaders(environment, 1022)
      mdb_env_set_mapsize(environment, mapBytes)
      let status = mdb_env_open(environment, path, flags, 0o644)
      if status == 0 {
        guard Int(mdb_env_get_maxkeysize(environment)) >= lmdbKeyBytes else {
          mdb_env_close(environment)
          throw .system(path, "this LMDB library was built for keys that are too short")
        }
        var dead: Int32 = 0
        mdb_reader_check(environment, &dead)
        return environment
      }
      mdb_env_close(environment)
      if status == ENOMEM && mapBytes > 64 << 20 {
        mapBytes /= 2  // A limit on address space (`ulimit -v`).
      } else if isReadOnly && (status == EACCES || status == EROFS) && flags & UInt32(MDB_NOLOCK) == 0 {
        flags |= UInt32(MDB_NOLOCK)  // No lock file can be made: read without.
      } else {
        throw StoreError(lmdb: status, path: path)
      }
    }
  }

  /// Checks that the file is not shorter than the pages that it says are in use. To read beyond its end would kill the process.
  private static func checkLength(_ environment: OpaquePointer, _ path: String) throws(StoreError) {
    var statistics = MDB_stat()
    mdb_env_stat(environment, &statistics)
    var descriptor: Int32 = -1
    mdb_env_get_fd(environment, &descriptor)
    let pageBytes = Int(statistics.ms_psize)
    var newest: (transaction: UInt64, root: UInt64) = (0, .max)
    for page in 0..<2 {
      // A meta page: header 16, magic 4, version 4, address 8, map size 8, two tables of 48 (root last), last page 8, transaction 8.
      var meta = [UInt64](repeating: 0, count: 19)
      let count = meta.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, 152, off_t(page * pageBytes)) }
      guard count == 152 else { throw .corrupted(path, "it is too short") }
      if meta[18] >= newest.transaction { newest = (meta[18], meta[16]) }
    }
    var file = stat()
    fstat(descriptor, &file)
    if newest.root != .max, (Int(truncatingIfNeeded: newest.root) + 1) * pageBytes > Int(file.st_size) {
      throw .corrupted(path, "it was cut off")
    }
  }

  private static func openTables(
    _ environment: OpaquePointer, _ path: String, isReadOnly: Bool
  ) throws(StoreError) -> LMDBStore.Tables {
    var begun: OpaquePointer?
    let status = mdb_txn_begin(environment, nil, isReadOnly ? UInt32(MDB_RDONLY) : 0, &begun)
    guard status == 0, let transaction = begun else { throw StoreError(lmdb: status, path: path) }
    var tables = LMDBStore.Tables()
    do throws(StoreError) {
      let isNew = try checkFormat(environment, transaction, path, isReadOnly: isReadOnly, &tables)
      let create = isNew ? UInt32(MDB_CREATE) : 0
      for (name, table) in [("entries", \LMDBStore.Tables.entries), ("long", \.long)] {
        let status = mdb_dbi_open(transaction, name, create, &tables[keyPath: table])
        if status == MDB_NOTFOUND { throw .corrupted(path, "a table is missing") }
        if status != 0 { throw StoreError(lmdb: status, path: path) }
      }
      try checkPages(environment, transaction, tables, path)
    } catch {
      mdb_txn_abort(transaction)
      throw error
    }
    let end = mdb_txn_commit(transaction)
    guard end == 0 else { throw StoreError(lmdb: end, path: path) }
    return tables
  }

  /// Opens the metadata and checks the format, or writes it to an empty file; returns whether it did.
  private static func checkFormat(
    _ environment: OpaquePointer, _ transaction: OpaquePointer, _ path: String, isReadOnly: Bool,
    _ tables: inout LMDBStore.Tables
  ) throws(StoreError) -> Bool {
    let status = mdb_dbi_open(transaction, "fql", 0, &tables.meta)
    if status == MDB_NOTFOUND {
      var main: MDB_dbi = 0
      var statistics = MDB_stat()
      mdb_dbi_open(transaction, nil, 0, &main)
      mdb_stat(transaction, main, &statistics)
      guard statistics.ms_entries == 0, !isReadOnly else { throw .foreignDatabase(path) }
      let created = mdb_dbi_open(transaction, "fql", UInt32(MDB_CREATE), &tables.meta)
      if created != 0 { throw StoreError(lmdb: created, path: path) }
      try writeFormat(Metadata(transaction, tables.meta, path))
      return true
    }
    if status != 0 { throw StoreError(lmdb: status, path: path) }
    guard let format = try Metadata(transaction, tables.meta, path).get("format"), format.count == 7,
      Array(format.prefix(3)) == magic
    else { throw .foreignDatabase(path) }
    let version = format.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    if version > formatVersion { throw .newerFormat(path, found: version, supported: formatVersion) }
    // Older versions of fql must not read what this one may write.
    if version < formatVersion, !isReadOnly { try writeFormat(Metadata(transaction, tables.meta, path)) }
    return false
  }

  private static func writeFormat(_ metadata: Metadata) throws(StoreError) {
    let version = UInt32(formatVersion)
    try metadata.set("format", magic + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: version >> $0) })
  }

  /// Checks that the file has as many pages as its tables use.
  private static func checkPages(
    _ environment: OpaquePointer, _ transaction: OpaquePointer, _ tables: LMDBStore.Tables, _ path: String
  ) throws(StoreError) {
    var pages = 2
    var pageBytes = 4096
    for table in [tables.entries, tables.long, tables.meta] {
      var statistics = MDB_stat()
      mdb_stat(transaction, table, &statistics)
      pages += statistics.ms_branch_pages + statistics.ms_leaf_pages + statistics.ms_overflow_pages
      pageBytes = Int(statistics.ms_psize)
    }
    var descriptor: Int32 = -1
    mdb_env_get_fd(environment, &descriptor)
    var file = stat()
    fstat(descriptor, &file)
    // A file that has just been made has none of its pages yet.
    if file.st_size > 2 * pageBytes && pages * pageBytes > Int(file.st_size) {
      throw .corrupted(path, "it was cut off")
    }
  }
}

/// The few entries that a file keeps about itself.
struct Metadata {
  private let transaction: OpaquePointer
  private let table: MDB_dbi
  private let path: String

  init(_ transaction: OpaquePointer, _ table: MDB_dbi, _ path: String) {
    self.transaction = transaction
    self.table = table
    self.path = path
  }

  func get(_ name: StaticString) throws(StoreError) -> [UInt8]? {
    var key = MDB_val(mv_size: name.utf8CodeUnitCount, mv_data: UnsafeMutableRawPointer(mutating: name.utf8Start))
    var value = MDB_val()
    let status = mdb_get(transaction, table, &key, &value)
    if status == MDB_NOTFOUND { return nil }
    if status != 0 { throw StoreError(lmdb: status, path: path) }
    return [UInt8](UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
  }

  func set(_ name: StaticString, _ bytes: [UInt8]) throws(StoreError) {
    var key = MDB_val(mv_size: name.utf8CodeUnitCount, mv_data: UnsafeMutableRawPointer(mutating: name.utf8Start))
    let held = HeldBytes(bytes)
    var value = MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: held.bytes.baseAddress))
    let status = mdb_put(transaction, table, &key, &value, 0)
    if status != 0 { throw StoreError(lmdb: status, path: path) }
  }
}
