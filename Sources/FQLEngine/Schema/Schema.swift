import FQLStorage
import FQLValues

/// The schema of one database as it was when a transaction began: everything that has a name.
package final class Schema: Sendable {
  /// The database's number.
  let scope: Int64
  let collections: [Int64: CollectionDefinition]
  let indexes: [Int64: IndexDefinition]
  let functions: [Int64: FunctionDefinition]
  let roles: [Int64: NamedDefinition]
  let databases: [Int64: DatabaseDefinition]
  let accessProviders: [Int64: NamedDefinition]
  /// The native collections, by number.
  let natives: [Entity]
  private let indexesByCollection: [Int64: [IndexDefinition]]
  /// By the raw value of the kind; empty where nothing has a name, since making the types of these tables takes a good part of the
  /// program's start.
  private let names: [[String: Entity]]
  private let entities: [[Int64: Entity]]

  /// Reads the documents of the native collections that have names.
  init(scope: Int64, documents: (NativeKind) throws(Failure) -> [(number: Int64, fields: Object)]) throws(Failure) {
    self.scope = scope
    var names: [NativeKind: [String: Entity]] = [:]
    var entities: [NativeKind: [Int64: Entity]] = [:]
    var all: [NativeKind: [(Entity, Object)]] = [:]
    for native in NativeKind.allCases where native.isNamed {
      for document in try documents(native) {
        guard case .string(let name)? = document.fields["name"] else { continue }
        let entity = Entity(.named(native), name: name, number: document.number, scope: scope)
        names[native, default: [:]][name] = entity
        entities[native, default: [:]][document.number] = entity
        all[native, default: []].append((entity, document.fields))
      }
    }
    self.names = names.isEmpty ? [] : NativeKind.allCases.map { names[$0] ?? [:] }
    self.entities = entities.isEmpty ? [] : NativeKind.allCases.map { entities[$0] ?? [:] }
    collections = Schema.table(all[.collections]) { CollectionDefinition($0, $1) }
    var indexes = Schema.table(all[.indexes]) { IndexDefinition($0, $1) }
    indexes[Numbers.credentialsByInstance] = IndexDefinition(
      internal: Numbers.credentialsByInstance, over: .credentials, scope: scope)
    indexes[Numbers.tokensByInstance] = IndexDefinition(internal: Numbers.tokensByInstance, over: .tokens, scope: scope)
    self.indexes = indexes
    natives = NativeKind.allCases.map { Entity(.native($0), name: $0.id, number: $0.collectionNumber, scope: scope) }
    let sorted = indexes.values.sorted { $0.entity.number < $1.entity.number }
    var byCollection: [Int64: [IndexDefinition]] = [:]
    for number in natives.map(\.number) + collections.keys {
      byCollection[number] = sorted.filter { $0.covers(number) }
    }
    indexesByCollection = byCollection
    functions = Schema.table(all[.functions]) { FunctionDefinition($0, $1) }
    roles = Schema.table(all[.roles]) { NamedDefinition(entity: $0, fields: $1) }
    databases = Schema.table(all[.databases]) { DatabaseDefinition($0, $1) }
    accessProviders = Schema.table(all[.accessProviders]) { NamedDefinition(entity: $0, fields: $1) }
  }

  private static func table<T>(_ list: [(Entity, Object)]?, _ make: (Entity, Object) -> T) -> [Int64: T] {
    var table: [Int64: T] = [:]
    for (entity, fields) in list ?? [] { table[entity.number] = make(entity, fields) }
    return table
  }

  /// The thing of that kind with that name.
  func entity(_ native: NativeKind, named name: String) -> Entity? {
    names.isEmpty ? nil : names[Int(native.rawValue)][name]
  }

  /// The thing of that kind with that number.
  func entity(_ native: NativeKind, number: Int64) -> Entity? {
    entities.isEmpty ? nil : entities[Int(native.rawValue)][number]
  }

  /// The names of all things of a kind.
  package func names(of native: NativeKind) -> [String] {
    names.isEmpty ? [] : names[Int(native.rawValue)].keys.sorted()
  }

  /// The indexes that a collection is a source of, by number.
  func indexes(over collection: Int64) -> [IndexDefinition] { indexesByCollection[collection] ?? [] }
}

/// A database's schema as seen from the database of a request: things of another database carry that database.
package final class SchemaView: @unchecked Sendable {
  // Sendable: a transaction adds only to one that nobody else has; what it makes when it is asked is made under `lock`.
  let schema: Schema
  /// The database where it is not the request's own.
  let database: Entity?
  /// The things of another database, once they were asked for.
  private var scoped: [NativeKind: [Int64: Entity]] = [:]
  private var natives: [Entity?] = []
  private let lock: Lock?
  /// Things that the transaction made itself: not found by name, but shown by it.
  private var added: [NativeKind: [Int64: Entity]] = [:]

  init(_ schema: Schema, database: Entity?) {
    self.schema = schema
    self.database = database
    lock = database == nil ? nil : Lock()
  }

  var hasAdditions: Bool { !added.isEmpty }

  /// Another one to add to: answers that hold this one show names as they were.
  var copy: SchemaView {
    let copy = SchemaView(schema, database: database)
    copy.added = added
    return copy
  }

  func add(_ entity: Entity) {
    added[entity.native, default: [:]][entity.number] = entity
  }

  func entity(_ native: NativeKind, named name: String) -> Entity? {
    guard let entity = schema.entity(native, named: name) else { return nil }
    return seen(entity)
  }

  /// The thing with that number; one without a name where it is gone.
  func entity(_ native: NativeKind, number: Int64) -> Entity {
    if !added.isEmpty, let entity = added[native]?[number] { return entity }
    if let entity = schema.entity(native, number: number) { return seen(entity) }
    return Entity(.named(native), name: nil, number: number, scope: schema.scope, database: database)
  }

  private func seen(_ entity: Entity) -> Entity {
    guard let database, let lock else { return entity }
    lock.lock()
    defer { lock.unlock() }
    if let made = scoped[entity.native]?[entity.number] { return made }
    let made = Entity(
      entity.kind, name: entity.name, number: entity.number, scope: entity.scope, database: database)
    scoped[entity.native, default: [:]][entity.number] = made
    return made
  }

  /// The collection with that number, native or not.
  func collection(number: Int64) -> Entity {
    if number < Numbers.firstCollection, let native = NativeKind(rawValue: UInt8(truncatingIfNeeded: number)) {
      return nativeCollection(native)
    }
    return entity(.collections, number: number)
  }

  func nativeCollection(_ native: NativeKind) -> Entity {
    let i = Int(native.rawValue)
    guard let database, let lock else { return schema.natives[i] }
    lock.lock()
    defer { lock.unlock() }
    if natives.isEmpty { natives = Array(repeating: nil, count: NativeKind.allCases.count) }
    if let made = natives[i] { return made }
    let made = Entity(
      .native(native), name: native.id, number: native.collectionNumber, scope: schema.scope, database: database)
    natives[i] = made
    return made
  }
}
