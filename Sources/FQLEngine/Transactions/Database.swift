import FQLStorage
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A database: a store, its clock and its source of ids and secrets.
///
/// Every query is one transaction on it, run through a `Session`.
public final class Database: @unchecked Sendable {
  // Sendable: what changes is guarded by `lock`.

  /// What is to be the same in every run: the clock and the source of ids and secrets.
  public struct Options: Sendable {
    /// A fixed time from which the clock counts one microsecond a transaction; nil for the real clock.
    public var now: Time?
    /// The seed of ids and secrets; nil for secure random ones.
    public var seed: UInt64?
    /// Keys of access providers by their `jwks_uri`, as JSON Web Key Sets, since nothing is fetched.
    public var keySets: [String: String]

    public init(now: Time? = nil, seed: UInt64? = nil, keySets: [String: String] = [:]) {
      self.now = now
      self.seed = seed
      self.keySets = keySets
    }

    /// Whether a text is a JSON Web Key Set: an object with the array `keys`.
    public static func isKeySet(_ text: String) -> Bool {
      if case .array? = JSONObject.read(text)?["keys"] { true } else { false }
    }
  }

  package let store: any OrderedStore
  /// Set where another process may write to the same store.
  let isShared: Bool
  private let options: Options
  private let lock = Lock()
  private var lastTime: Int64
  private var lastID: Int64 = 0
  private var generator: RandomSource
  private var schemas: [Int64: (version: UInt64, schema: Schema)] = [:]
  /// That of the root database, which every query begins with.
  private var rootSchema: (version: UInt64, schema: Schema)?
  private var schemaVersion: UInt64 = 0
  /// What the store said of itself when it was read last, and the number of the commit that it was read in.
  private var knownState: (commit: UInt64, state: StoredState)?
  private var upkeepState = Upkeep()

  private struct StoredState {
    var time: Int64?
    var schemaVersion: UInt64
  }

  /// Opens a database over a store.
  package init(store: any OrderedStore, isShared: Bool, options: Options = Options()) throws(StoreError) {
    self.store = store
    self.isShared = isShared
    self.options = options
    generator = RandomSource(seed: options.seed)
    lastTime = options.now.map { $0.microseconds - 1 } ?? 0
    let reader = try store.read()
    defer { reader.end() }
    if let stored = try Meta.time(reader) { lastTime = max(lastTime, stored) }
  }

  /// What a query begins with: its time, later than that of every earlier one, in microseconds; the version of the schema, if the store
  /// keeps it; and the schema of the root database, unless it has yet to be read.
  func begin(_ reader: any StoreReader) throws(Failure) -> (time: Int64, version: UInt64?, schema: Schema?) {
    let state = isShared ? try storedState(reader) : nil
    lock.lock()
    defer { lock.unlock() }
    let clock = options.now == nil ? Database.clock() : 0
    lastTime = max(clock, lastTime + 1, (state?.time ?? Int64.min) + 1)
    let isCurrent = rootSchema.map { $0.version == state?.schemaVersion ?? schemaVersion } ?? false
    return (lastTime, state?.schemaVersion, isCurrent ? rootSchema?.schema : nil)
  }

  /// What the store says of itself as a reader sees it.
  private func storedState(_ reader: any StoreReader) throws(Failure) -> StoredState {
    let commit = reader.commit
    if let commit {
      lock.lock()
      let known = knownState
      lock.unlock()
      if let known, known.commit == commit { return known.state }
    }
    let state = try stored { () throws(StoreError) in
      StoredState(time: try Meta.time(reader), schemaVersion: try Meta.number(reader, Meta.schemaKey) ?? 0)
    }
    if let commit {
      lock.lock()
      knownState = (commit, state)
      lock.unlock()
    }
    return state
  }

  private static func clock() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
  }

  /// A fresh id: milliseconds since 2012-05-05T21:54:10Z, a sequence, and bits that tell processes apart.
  func newID(at time: Int64) -> Int64 {
    lock.lock()
    defer { lock.unlock() }
    let base = ((time / 1000 - 1_336_258_850_000) << 20) | (isShared ? generator.workerBits : 0)
    lastID = base > lastID ? base : lastID + (1 << 10)
    return lastID
  }

  /// Bytes that nobody can guess, unless a seed was given.
  func randomBytes(_ count: Int) -> [UInt8] {
    lock.lock()
    defer { lock.unlock() }
    return generator.bytes(count)
  }

  /// The schema of a database as a reader sees it.
  func schema(
    scope: Int64, version: UInt64?, load: () throws(Failure) -> Schema
  ) throws(Failure) -> Schema {
    lock.lock()
    let current = version ?? schemaVersion
    let cached = scope == Numbers.rootScope ? rootSchema : schemas[scope]
    if let cached, cached.version == current {
      lock.unlock()
      return cached.schema
    }
    lock.unlock()
    let schema = try load()
    lock.lock()
    if scope == Numbers.rootScope { rootSchema = (current, schema) } else { schemas[scope] = (current, schema) }
    lock.unlock()
    return schema
  }

  /// Notes that the schema has changed; returns its new version.
  func changeSchema(from stored: UInt64?) -> UInt64 {
    lock.lock()
    defer { lock.unlock() }
    schemaVersion = max(schemaVersion, stored ?? 0) + 1
    return schemaVersion
  }

  /// Notes a commit; answers whether it is time to remove what nobody sees.
  func noteCommit(at time: Int64) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    return upkeepState.noteCommit(at: time)
  }

  /// Goes on with removing what nobody sees.
  func stepUpkeep(_ transaction: Transaction, _ limit: Int) throws(Failure) -> Int {
    lock.lock()
    var state = upkeepState
    lock.unlock()
    let removed = try state.step(transaction, limit: limit)
    lock.lock()
    upkeepState = state
    lock.unlock()
    return removed
  }

  /// The keys that stand for what would be fetched from an address.
  func keys(_ uri: String) -> String? { options.keySets[uri] }

  /// From now on the writes of this thread's queries are not on disk yet when they are answered, and nobody else sees them, until
  /// `settle()`: then they are written all at once, which takes as long as one. To read, settle first.
  public func holdCommits() { store.holdCommits() }

  /// Puts on disk what was held. When it throws, all of it is lost, as if none of the queries had been run.
  public func settle() throws(DatabaseError) {
    do throws(StoreError) {
      try store.settle()
    } catch {
      throw DatabaseError(description: error.description)
    }
  }

  public func close() { store.close() }
}

/// Values of the store as a whole.
enum Meta {
  static let timeKey: [UInt8] = [KeySpace.meta, 0x01]
  static let schemaKey: [UInt8] = [KeySpace.meta, 0x02]

  /// The key of a counter of numbers that were given out.
  static func counterKey(_ native: NativeKind, scope: Int64) -> [UInt8] {
    var key: [UInt8] = [KeySpace.meta, 0x03, native.rawValue]
    // Numbers of databases are the scopes of keys: they are unique in the whole store.
    KeyBytes.append32(native == .databases ? 0 : scope, to: &key)
    return key
  }

  /// The key of the number of the database that a database is in.
  static func parentKey(_ scope: Int64) -> [UInt8] {
    var key: [UInt8] = [KeySpace.meta, 0x04]
    KeyBytes.append32(scope, to: &key)
    return key
  }

  static func number(_ reader: any StoreReader, _ key: [UInt8]) throws(StoreError) -> UInt64? {
    let value: [UInt8]? = try reader.get(key)
    return value?.withUnsafeBytes { KeyBytes.read64($0, 0) }
  }

  static func time(_ reader: any StoreReader) throws(StoreError) -> Int64? {
    try number(reader, timeKey).map { Int64(bitPattern: $0) }
  }

  static func put(_ writer: any StoreWriter, _ key: [UInt8], _ number: UInt64) throws(StoreError) {
    var value: [UInt8] = []
    KeyBytes.append64(number, to: &value)
    try writer.put(key, value)
  }
}

/// A source of random bytes: the system's, or a reproducible one.
struct RandomSource {
  private var state: UInt64?
  private(set) lazy var workerBits: Int64 = Int64(next() & 1023)

  init(seed: UInt64?) {
    state = seed
  }

  private mutating func next() -> UInt64 {
    guard let current = state else {
      var system = SystemRandomNumberGenerator()
      return system.next()
    }
    // SplitMix64.
    let advanced = current &+ 0x9e37_79b9_7f4a_7c15
    state = advanced
    var z = advanced
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count { withUnsafeBytes(of: next().littleEndian) { bytes.append(contentsOf: $0) } }
    return Array(bytes.prefix(count))
  }
}

extension Failure {
  /// What a store's failure is to a query.
  init(_ error: StoreError) {
    self.init(QueryError(.internalError, error.description))
  }
}

/// Runs a step of the store; its failure ends the query.
@inline(__always)
@discardableResult
func stored<R>(_ step: () throws(StoreError) -> R) throws(Failure) -> R {
  do {
    return try step()
  } catch {
    throw Failure(error)
  }
}
