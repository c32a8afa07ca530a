import FQLStorage
import FQLSyntax
import FQLValues

/// One query: a snapshot of the store, one time, and its own writes, which it sees and which become visible all at once.
package final class Transaction {
  let database: Database
  /// The number of the database that the query runs in.
  package private(set) var scope = Numbers.rootScope
  /// The time of the snapshot and, if it writes, of the commit: microseconds.
  package private(set) var time: Int64
  let reader: any StoreReader
  private let writer: (any StoreWriter)?
  /// The schema of the query's own database.
  package private(set) var view: SchemaView
  /// The views of other databases that were looked into.
  private var views: [Int64: SchemaView] = [:]
  /// The definitions that this transaction wrote: used for its own writes, not for names.
  var pendingCollections: [Int64: CollectionDefinition] = [:]
  var pendingIndexes: [Int64: IndexDefinition?] = [:]
  /// Documents written so far: the first one, which is mostly the only one, and the others.
  private var firstWritten: DocumentID?
  private var otherWritten: Set<DocumentID> = []
  private(set) var schemaChanged = false
  private var storedSchemaVersion: UInt64?
  let interrupt: InterruptFlag
  /// Where the variables of what runs are.
  let memory: FrameMemory
  /// How many predicates of roles are being evaluated, one in another.
  var predicateDepth = 0
  /// Whether one of those that are being evaluated led too far.
  var predicatesAreExhausted = false
  /// How many predicates were evaluated inside of others.
  var innerPredicates = 0
  /// Documents and index entries read, and written.
  package var counts = TransactionCounts()
  /// The same by collection and index, for a query that is explained.
  let ledger: Ledger?
  let pointCursor: any StoreCursor
  /// Counts the queries that this transaction was used for.
  private(set) var serial = 0
  /// Compiled bodies of functions and predicates that came from the store.
  private var programs: [ObjectIdentifier: (program: LambdaProgram, lambda: LambdaValue)] = [:]

  init(
    _ database: Database, writing: Bool, interrupt: InterruptFlag, memory: FrameMemory, ledger: Ledger? = nil
  ) throws(Failure) {
    self.database = database
    self.ledger = ledger
    self.memory = memory
    self.interrupt = interrupt
    if writing {
      let writer = try stored { () throws(StoreError) in try database.store.write() }
      self.writer = writer
      reader = writer
    } else {
      writer = nil
      reader = try stored { () throws(StoreError) in try database.store.read() }
    }
    pointCursor = reader.cursor()
    let (now, version, schema) = try Transaction.begin(database, reader)
    time = now
    storedSchemaVersion = version
    view = SchemaView(schema, database: nil)
  }

  /// The time of a query that begins with a reader, the version of the schema if it is kept in the store, and the schema of the root
  /// database.
  private static func begin(
    _ database: Database, _ reader: any StoreReader
  ) throws(Failure) -> (time: Int64, version: UInt64?, Schema) {
    let (now, version, known) = try database.begin(reader)
    if let known { return (now, version, known) }
    let schema = try database.schema(scope: Numbers.rootScope, version: version) { () throws(Failure) in
      try loadSchema(Numbers.rootScope, reader, at: now)
    }
    return (now, version, schema)
  }

  /// Whether another query can begin with this transaction: the store can do that, and nothing was left that must be forgotten first.
  var canRestart: Bool {
    reader.canReopen && ledger == nil && scope == Numbers.rootScope && !schemaChanged && !view.hasAdditions
      && views.isEmpty
      && programs.isEmpty
      && pendingNames.isEmpty && pendingCollections.isEmpty && pendingIndexes.isEmpty && otherWritten.isEmpty
  }

  /// Begins another query, once this one has ended and nobody knows of it any more: that is cheaper than a new transaction.
  func restart() throws(Failure) {
    let reader = reader
    try stored { () throws(StoreError) in try reader.reopen() }
    let (now, version, schema) = try Transaction.begin(database, reader)
    serial &+= 1
    time = now
    storedSchemaVersion = version
    if view.schema !== schema { view = SchemaView(schema, database: nil) }
    counts = TransactionCounts()
    firstWritten = nil
    predicateDepth = 0
    predicatesAreExhausted = false
    innerPredicates = 0
  }

  /// Goes on in another database, whose things are seen without a scope from then on.
  func enter(_ scope: Int64) throws(Failure) {
    containsOnlyDatabases = view.schema.databases[scope]?.isContainer ?? false
    isProtectedDatabase = view.schema.databases[scope]?.isProtected ?? false
    view = SchemaView(try schema(of: scope), database: nil)
    self.scope = scope
    views = [:]
  }

  func schema(of scope: Int64) throws(Failure) -> Schema {
    let reader = reader
    let now = time
    return try database.schema(scope: scope, version: storedSchemaVersion) { () throws(Failure) in
      try Transaction.loadSchema(scope, reader, at: now)
    }
  }

  /// Notes that a document is being written; answers whether it was before.
  func noteWrite(_ id: DocumentID) -> Bool {
    guard let firstWritten else {
      firstWritten = id
      return false
    }
    if firstWritten == id { return true }
    return !otherWritten.insert(id).inserted
  }

  var isInterrupted: Bool { interrupt.isSet }

  var canWrite: Bool { writer != nil }

  func requireWriter() throws(Failure) -> any StoreWriter {
    guard let writer else {
      throw Failure(QueryError(.internalError, "A write in a transaction that only reads."))
    }
    return writer
  }

  /// Makes everything written visible at once.
  func commit() throws(Failure) {
    guard let writer else { return reader.end() }
    guard writer.hasChanges else { return writer.abort() }
    try stored { () throws(StoreError) in
      if database.isShared { try Meta.put(writer, Meta.timeKey, UInt64(bitPattern: time)) }
      if schemaChanged {
        let version = database.changeSchema(from: storedSchemaVersion)
        if database.isShared { try Meta.put(writer, Meta.schemaKey, version) }
      }
      try writer.commit()
    }
  }

  /// Forgets everything written.
  func abort() {
    if let writer { writer.abort() } else { reader.end() }
  }

  func schemaDidChange() { schemaChanged = true }

  // MARK: Names

  /// The view of a database's schema, seen from the query's own.
  package func view(scope: Int64) -> SchemaView {
    scope == self.scope ? view : views[scope] ?? view
  }

  /// The view of the database that an entity lives in or, for a database, stands for.
  func view(of database: Entity) throws(Failure) -> SchemaView {
    if let found = views[database.number] { return found }
    let made = SchemaView(try schema(of: database.number), database: database)
    views[database.number] = made
    return made
  }

  /// The thing of that kind with that name in the query's database or in one below it; unresolved where there is none.
  func lookUp(_ native: NativeKind, _ name: String, in database: Entity?) -> Entity {
    let unresolved = { Entity(.named(native), name: name, number: -1, database: database, isResolved: false) }
    guard let database else {
      if native == .databases, let live = pendingDatabase(name, in: view) { return live ?? unresolved() }
      return view.entity(native, named: name) ?? unresolved()
    }
    guard database.isResolved, let view = try? view(of: database) else { return unresolved() }
    return view.entity(native, named: name) ?? unresolved()
  }

  func nativeCollection(_ native: NativeKind, in database: Entity?) -> Entity {
    guard let database else { return view.nativeCollection(native) }
    guard database.isResolved, let view = try? view(of: database) else {
      return Entity(
        .native(native), name: native.id, number: native.collectionNumber, database: database, isResolved: false)
    }
    return view.nativeCollection(native)
  }

  /// Names that this transaction gave (to the thing of that number) or took away.
  ///
  /// Lookups do not see them, but for databases, whose names are looked up in the live state.
  var pendingNames: [NativeKind: [String: Int64?]] = [:]

  private func pendingDatabase(_ name: String, in view: SchemaView) -> Entity?? {
    pendingNames[.databases]?[name].map { number in number.map { view.entity(.databases, number: $0) } }
  }

  /// Makes a thing that this transaction wrote known by its number.
  func noteEntity(_ native: NativeKind, number: Int64, fields: Object) {
    guard case .string(let name)? = fields["name"] else { return }
    if !isKnownUniquelyReferenced(&view) { view = view.copy }
    view.add(Entity(.named(native), name: name, number: number, scope: scope))
    lastCollection = nil
  }

  /// Whether the query's database is a container.
  func isContainer() throws(Failure) -> Bool { containsOnlyDatabases }
  private var containsOnlyDatabases = false
  private(set) var isProtectedDatabase = false

  /// The collection with that number, native or not. Elements of a page are mostly of one collection.
  func collection(_ number: Int64, in view: SchemaView) -> Entity {
    if let lastCollection, lastCollection.number == number, lastCollection.view === view {
      return lastCollection.entity
    }
    let found = view.collection(number: number)
    lastCollection = (view, number, found)
    return found
  }
  private var lastCollection: (view: SchemaView, number: Int64, entity: Entity)?

  // MARK: Definitions

  func collection(_ number: Int64) -> CollectionDefinition? {
    pendingCollections[number] ?? view.schema.collections[number]
  }

  /// The definition of an index, in the query's database or in one below it.
  func index(_ entity: Entity) -> IndexDefinition? {
    if entity.scope == scope, let pending = pendingIndexes[entity.number] { return pending }
    return view(scope: entity.scope).schema.indexes[entity.number]
  }

  /// The indexes whose entries a document of the collection has, this transaction's own changes included.
  func indexes(over collection: Int64) -> [IndexDefinition] {
    let committed = view.schema.indexes(over: collection)
    if pendingIndexes.isEmpty {
      if !committed.isEmpty || collection < Numbers.firstCollection || view.schema.collections[collection] != nil {
        return committed
      }
      return view.schema.indexes.values.filter { $0.covers(collection) }.sorted { $0.entity.number < $1.entity.number }
    }
    var all = view.schema.indexes.values.filter { pendingIndexes[$0.entity.number] == nil && $0.covers(collection) }
    for case let pending? in pendingIndexes.values where pending.covers(collection) { all.append(pending) }
    return all.sorted { $0.entity.number < $1.entity.number }
  }

  /// The code of a lambda value, compiled once a transaction.
  func program(of lambda: LambdaValue, _ access: Access) throws(Failure) -> LambdaProgram {
    if let program = lambda.code as? LambdaProgram { return program }
    if let known = programs[ObjectIdentifier(lambda)] { return known.program }
    let program = try Compiler.program(of: lambda, self, access)
    programs[ObjectIdentifier(lambda)] = (program, lambda)
    return program
  }

  /// The value of an index's binding for a document; nil where it fails.
  func evaluateBinding(_ lambda: LambdaValue, _ argument: Value) -> Value? {
    let evaluation = Evaluation(transaction: self, access: .admin)
    evaluation.limit = EffectLimit(allowed: .pure, place: "index bindings")
    return try? evaluation.apply(lambda, argument, at: Node(), nil)
  }

  private static func loadSchema(
    _ scope: Int64, _ reader: any StoreReader, at time: Int64
  ) throws(Failure) -> Schema {
    // Names of the things that definitions refer to are not needed to read them, only their numbers.
    let blank = SchemaView(try Schema(scope: scope) { _ in [] }, database: nil)
    return try Schema(scope: scope) { native throws(Failure) in
      var documents: [(Int64, Object)] = []
      try DocumentReader.eachLive(
        reader, scope: scope, collection: native.collectionNumber, time: time
      ) { id, record in
        let fields = StoredFields.make(record, names: blank, pendingTime: nil).object
        documents.append((id, fields))
      }
      return documents
    }
  }
}

/// How much a transaction read and wrote.
public struct TransactionCounts: Sendable {
  public var documentsRead = 0
  public var entriesRead = 0
  public var documentsWritten = 0
  public var entriesWritten = 0
}

/// Asks a running query to stop; may be set from a signal handler.
public final class InterruptFlag: @unchecked Sendable {
  // Sendable: one word, written and read whole.
  private let flag = UnsafeMutablePointer<Bool>.allocate(capacity: 1)

  public init() { flag.initialize(to: false) }

  deinit { flag.deallocate() }

  public var isSet: Bool { flag.pointee }
  public func set() { flag.pointee = true }
  public func clear() { flag.pointee = false }
}
