import CLMDB
import Testing

@testable import FQLStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What only `LMDBStore` promises: its file, and what it says of files that it cannot use.
@Suite struct LMDBStoreTests {
  private let directory = TestDirectory()

  private func writeFile(_ path: String, _ bytes: [UInt8]) {
    let descriptor = openFile(path, O_WRONLY | O_CREAT | O_TRUNC)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    closeFile(descriptor)
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private func filled(_ name: String, entries count: Int = 500) throws -> String {
    let path = directory.file(name)
    let store = try LMDBStore(path: path)
    let writer = try store.write()
    for index in 0..<count { try writer.put(Shape.number(index, 4), Shape.filled(100, 1)) }
    try writer.commit()
    store.close()
    return path
  }

  @Test(arguments: [LMDBStore.Durability.full, .relaxed])
  func `what is committed is there when it is opened again`(durability: LMDBStore.Durability) throws {
    var options = LMDBStore.Options()
    options.durability = durability
    let path = directory.file("again.db")
    for round in 0..<4 as Range<UInt8> {
      let store = try LMDBStore(path: path, options: options)
      #expect(try store.statistics().entries == Int(round))
      let writer = try store.write()
      try writer.put([round + 1], [round])
      try writer.commit()
      let lost = try store.write()
      try lost.put([99], [99])
      lost.abort()
      store.close()
    }
    #expect(try LMDBStore(path: path).description == path)
  }

  @Test func `a file that is no database is refused, and left alone`() throws {
    let path = directory.file("notes.txt")
    for text in ["hello", String(repeating: "a line of text\n", count: 1000)] {
      writeFile(path, bytes(text))
      #expect(throws: StoreError.notADatabase(path)) { try LMDBStore(path: path) }
      #expect(!exists(path + "-lock"))
      var file = stat()
      stat(path, &file)
      #expect(Int(file.st_size) == text.utf8.count)
    }
    #expect(StoreError.notADatabase(path).description == "\(path) is not a database file")
  }

  @Test func `a database of another program is refused`() throws {
    let path = directory.file("foreign.db")
    var environment: OpaquePointer?
    mdb_env_create(&environment)
    mdb_env_open(environment, path, UInt32(MDB_NOSUBDIR), 0o644)
    var transaction: OpaquePointer?
    mdb_txn_begin(environment, nil, 0, &transaction)
    var table: MDB_dbi = 0
    mdb_dbi_open(transaction, nil, 0, &table)
    var bytes: [UInt8] = [1, 2, 3]
    bytes.withUnsafeMutableBytes {
      var key = MDB_val(mv_size: 3, mv_data: $0.baseAddress)
      var value = key
      mdb_put(transaction, table, &key, &value, 0)
    }
    mdb_txn_commit(transaction)
    mdb_env_close(environment)
    #expect(throws: StoreError.foreignDatabase(path)) { try LMDBStore(path: path) }
    #expect(StoreError.foreignDatabase(path).description == "\(path) is a database of another program")
  }

  @Test func `a newer format is refused`() throws {
    let path = try filled("newer.db")
    do {
      let store = try LMDBStore(path: path)
      var transaction: OpaquePointer?
      mdb_txn_begin(store.environment, nil, 0, &transaction)
      if let transaction {
        try Metadata(transaction, store.tables.meta, path).set("format", OpenedFile.magic + [0, 0, 0, 7])
      }
      mdb_txn_commit(transaction)
      store.close()
    }
    let expected = StoreError.newerFormat(path, found: 7, supported: 2)
    #expect(throws: expected) { try LMDBStore(path: path) }
    #expect(
      expected.description
        == "\(path) was written by a newer version of fql (format 7; this version reads up to 2)")
  }

  @Test func `a file of the first format becomes one of this format when it is opened for writing`() throws {
    let path = try filled("first.db")
    func format(_ store: LMDBStore, _ number: UInt8? = nil) throws -> [UInt8]? {
      var transaction: OpaquePointer?
      mdb_txn_begin(store.environment, nil, number == nil ? UInt32(MDB_RDONLY) : 0, &transaction)
      let metadata = Metadata(try #require(transaction), store.tables.meta, path)
      if let number { try metadata.set("format", OpenedFile.magic + [0, 0, 0, number]) }
      let format = try metadata.get("format")
      mdb_txn_commit(transaction)
      return format
    }
    var options = LMDBStore.Options()
    for (isReadOnly, expected) in [(false, UInt8(2)), (true, 1), (true, 1), (false, 2)] {
      options.isReadOnly = isReadOnly
      let store = try LMDBStore(path: path, options: options)
      #expect(try format(store) == OpenedFile.magic + [0, 0, 0, expected])
      #expect(try !entries(store.read()).isEmpty)
      if !isReadOnly { _ = try format(store, 1) }
      store.close()
    }
  }

  @Test func `directories, missing directories and files are told apart`() throws {
    let path = directory.path
    #expect(throws: StoreError.isDirectory(path)) { try LMDBStore(path: path) }
    let nowhere = directory.file("none/x.db")
    #expect(throws: StoreError.missingDirectory(nowhere)) { try LMDBStore(path: nowhere) }
    var options = LMDBStore.Options()
    options.isReadOnly = true
    let missing = directory.file("missing.db")
    #expect(throws: StoreError.missingFile(missing)) { try LMDBStore(path: missing, options: options) }
    #expect(!exists(missing))
    #expect(throws: StoreError.notADatabase("/dev/null")) { try LMDBStore(path: "/dev/null") }
    let inFile = try filled("file.db") + "/x.db"
    #expect(throws: StoreError.missingDirectory(inFile)) { try LMDBStore(path: inFile) }
  }

  @Test func `a file opened for reading only can be read, and says so when written to`() throws {
    let path = try filled("readonly.db", entries: 10)
    var options = LMDBStore.Options()
    options.isReadOnly = true
    let store = try LMDBStore(path: path, options: options)
    #expect(store.isReadOnly)
    let reader = try store.read()
    #expect(try entries(reader).count == 10)
    reader.end()
    #expect(throws: StoreError.readOnly(path)) { try store.write() }
    #expect(StoreError.readOnly(path).description == "\(path) is open for reading only")
    store.close()
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everything"))
  func `a file that cannot be written is opened for reading only`() throws {
    let path = try filled("protected.db", entries: 10)
    chmod(path, 0o444)
    #expect(try LMDBStore(path: path).isReadOnly)
    chmod(path, 0)
    #expect(throws: StoreError.permissionDenied(path)) { try LMDBStore(path: path) }
  }

  @Test func `a file is opened once in a process, by whatever path`() throws {
    let path = try filled("once.db")
    let link = directory.file("link.db")
    symlink(path, link)
    let store = try LMDBStore(path: path)
    #expect(throws: StoreError.alreadyOpen(link)) { try LMDBStore(path: link) }
    #expect(try store.statistics().entries == 500)
    store.close()
    try LMDBStore(path: link).close()
  }

  @Test func `a file that was cut off is refused`() throws {
    let path = try filled("short.db", entries: 3000)
    var file = stat()
    stat(path, &file)
    for size in [Int(file.st_size) / 2, 3 * 4096, 4096, 4000, 100] {
      truncate(path, off_t(size))
      let error = #expect(throws: StoreError.self) { try LMDBStore(path: path) }
      let isSaid =
        switch error {
        case .corrupted, .notADatabase: true
        default: false
        }
      #expect(isSaid, "\(size): \(error.map(\.description) ?? "")")
    }
  }

  @Test func `too many readers is said`() throws {
    let path = try filled("readers.db")
    let store = try LMDBStore(path: path)
    var readers: [any StoreReader] = []
    #expect(throws: StoreError.tooManyReaders(path)) { for _ in 0..<2000 { readers.append(try store.read()) } }
    #expect(readers.count >= 1000)
    readers.removeLast().end()
    readers.append(try store.read())
    readers.removeAll()
    store.close()
  }

  @Test func `less address space is taken where the system refuses`() throws {
    var options = LMDBStore.Options()
    options.mapBytes = 1 << 60
    let path = directory.file("huge.db")
    let store = try LMDBStore(path: path, options: options)
    let writer = try store.write()
    try writer.put([1], [1])
    try writer.commit()
    store.close()
    var file = stat()
    stat(path, &file)
    #expect(file.st_size < 1 << 20)
  }

  @Test func `one open file serves a process started meanwhile`() throws {
    let path = try filled("shared.db")
    let store = try LMDBStore(path: path)
    let reader = try store.read()
    // A program of LMDB's own, where there is one, reads beside us.
    guard access("/usr/bin/mdb_stat", X_OK) == 0 else { return }
    var child: pid_t = 0
    let words: [String] = ["/usr/bin/mdb_stat", "-n", "-a", path]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    #expect(posix_spawn(&child, "/usr/bin/mdb_stat", &actions, nil, arguments, environ) == 0)
    posix_spawn_file_actions_destroy(&actions)
    var status: Int32 = -1
    waitpid(child, &status, 0)
    #expect(status == 0)
    #expect(try entries(reader).count == 500)
    reader.end()
    store.close()
  }
}
