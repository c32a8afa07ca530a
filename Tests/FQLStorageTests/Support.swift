import Testing

@testable import FQLStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The stores that the one suite runs over.
enum StoreKind: CaseIterable, Sendable, CustomTestStringConvertible {
  case memory
  case lmdb

  var testDescription: String { "\(self)" }
}

/// A store for one test, and what becomes of it afterwards.
final class TestStore {
  let store: any OrderedStore
  let faults: FaultPlan
  private var directory: TestDirectory?

  init(_ kind: StoreKind, faults: FaultPlan = FaultPlan()) throws {
    self.faults = faults
    switch kind {
    case .memory: store = MemoryStore(faults: faults)
    case .lmdb:
      let directory = TestDirectory()
      self.directory = directory
      var options = LMDBStore.Options()
      options.durability = .relaxed
      options.faults = faults
      store = try LMDBStore(path: directory.file("test.db"), options: options)
    }
  }

  deinit { store.close() }

  /// Fails the test if a `MemoryStore` is not as it must be.
  func check(_ location: SourceLocation = #_sourceLocation) {
    guard let memory = store as? MemoryStore else { return }
    let wrong = memory.checkInvariants()
    if wrong != nil { #expect(wrong == nil, sourceLocation: location) }
  }

  /// Commits a few changes.
  func write(_ change: (any StoreWriter) throws -> Void) throws {
    let writer = try store.write()
    try change(writer)
    try writer.commit()
  }

  /// All entries of the newest commit.
  func contents() throws -> [Entry] {
    let reader = try store.read()
    defer { reader.end() }
    return try entries(reader)
  }
}

/// A directory that goes with the test.
final class TestDirectory {
  let path: String

  init() {
    var template = Array("/tmp/fql-storage-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? "/tmp"
    }
  }

  func file(_ name: String) -> String { path + "/" + name }

  deinit {
    guard path != "/tmp", let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { unlink(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
  }
}

/// A key and its value.
struct Entry: Equatable, CustomStringConvertible {
  var key: [UInt8]
  var value: [UInt8]

  var description: String { "(\(short(key)): \(short(value)))" }
}

/// Bytes as a short text.
func short(_ bytes: [UInt8]) -> String {
  let text = bytes.prefix(12).map { String($0, radix: 16) }.joined(separator: " ")
  return bytes.count > 12 ? "\(text) ...\(bytes.count)" : text
}

/// All entries of a reader, first to last.
func entries(_ reader: any StoreReader) throws -> [Entry] {
  let cursor = reader.cursor()
  var found: [Entry] = []
  while try cursor.next() { found.append(Entry(key: [UInt8](cursor.key), value: [UInt8](cursor.value))) }
  return found
}

/// All entries of a reader, last to first.
func entriesBackwards(_ reader: any StoreReader) throws -> [Entry] {
  let cursor = reader.cursor()
  var found: [Entry] = []
  while try cursor.previous() { found.append(Entry(key: [UInt8](cursor.key), value: [UInt8](cursor.value))) }
  return found
}

/// Numbers that are random, and the same in every run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Whether the first bytes are less than the second.
func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
