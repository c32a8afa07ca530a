import FQLValues

/// A collection, as its document defines it.
package final class CollectionDefinition: Sendable {
  package let entity: Entity
  /// Days for which old versions are kept; nil for ever.
  let historyDays: Int64?
  /// Days after a write at which a document without a `ttl` expires.
  let ttlDays: Int64?
  let permissions: Permissions

  init(_ entity: Entity, _ fields: Object) {
    self.entity = entity
    if case .integer(let days)? = fields["history_days"] { historyDays = days } else { historyDays = nil }
    if case .integer(let days)? = fields["ttl_days"] { ttlDays = days } else { ttlDays = nil }
    permissions = Permissions(fields["permissions"])
  }

  /// The earliest time that may be read at `time`; nil where history is kept for ever.
  func floor(at time: Int64) -> Int64? {
    guard let historyDays else { return nil }
    let kept = historyDays.multipliedReportingOverflow(by: 86_400_000_000)
    if kept.overflow { return nil }
    let floor = time.subtractingReportingOverflow(kept.partialValue)
    return floor.overflow ? nil : floor.partialValue - 900_000_000
  }
}

/// An index, as its document defines it.
package final class IndexDefinition: Sendable {
  /// A term or a value of an index.
  struct Field: Sendable {
    enum Content: Sendable {
      case path([PathStep])
      case binding(String)
    }

    let content: Content
    let isReversed: Bool
    let isCasefolded: Bool
    /// Whether arrays give an entry for each of their elements.
    let expandsArrays: Bool
    /// True for the version's own time.
    var isTS: Bool {
      if case .path(let path) = content { path == [.field("ts")] } else { false }
    }
  }

  struct Source: Sendable {
    /// The numbers of the collections; nil for every user collection.
    let collections: [Int64]?
    let bindings: [String: LambdaValue]
  }

  package let entity: Entity
  let sources: [Source]
  let terms: [Field]
  let values: [Field]
  let isUnique: Bool
  let isSerialized: Bool
  let isActive: Bool
  /// How many entries of the same document may differ, as shown; it has no effect here.
  let partitions: Int64
  let permissions: Permissions
  /// How entries are made where all fields are simple.
  let plan: EntryPlan?

  init(_ entity: Entity, _ fields: Object) {
    self.entity = entity
    sources = IndexDefinition.sources(fields["source"])
    terms = IndexDefinition.fields(fields["terms"])
    values = IndexDefinition.fields(fields["values"])
    if case .boolean(true)? = fields["unique"] { isUnique = true } else { isUnique = false }
    if case .boolean(false)? = fields["serialized"] { isSerialized = false } else { isSerialized = true }
    if case .boolean(true)? = fields["active"] { isActive = true } else { isActive = false }
    if case .integer(let count)? = fields["partitions"] { partitions = count } else { partitions = 1 }
    permissions = Permissions(fields["permissions"])
    plan = EntryPlan(number: entity.number, scope: entity.scope, terms: terms, values: values)
  }

  /// An index of our own over a native collection, by the document that its documents belong to.
  init(internal number: Int64, over native: NativeKind, scope: Int64) {
    entity = Entity(.named(.indexes), name: nil, number: number, scope: scope)
    sources = [Source(collections: [native.collectionNumber], bindings: [:])]
    terms = [
      Field(content: .path([.field("instance")]), isReversed: false, isCasefolded: false, expandsArrays: false)
    ]
    values = []
    isUnique = native == .credentials
    isSerialized = true
    isActive = true
    partitions = 1
    permissions = Permissions(nil)
    plan = EntryPlan(number: number, scope: scope, terms: terms, values: values)
  }

  /// The bindings for documents of a collection; nil where the collection is no source.
  func bindings(for collection: Int64) -> [String: LambdaValue]? {
    for source in sources where source.collections?.contains(collection) ?? (collection >= Numbers.firstCollection) {
      return source.bindings
    }
    return nil
  }

  /// Whether a collection's documents are indexed.
  func covers(_ collection: Int64) -> Bool { bindings(for: collection) != nil }

  private static func list(_ value: Value?) -> [Value] {
    switch value {
    case nil, .null?: []
    case .array(let values)?: values
    case let value?: [value]
    }
  }

  private static func sources(_ value: Value?) -> [Source] {
    var sources: [Source] = []
    for element in list(value) {
      guard case .object(let object) = element else {
        sources.append(Source(collections: collections(element), bindings: [:]))
        continue
      }
      var bindings: [String: LambdaValue] = [:]
      if case .object(let fields)? = object["fields"] {
        for field in fields.fields {
          if case .lambda(let lambda) = field.value { bindings[field.key] = lambda }
        }
      }
      for collection in list(object["collection"] ?? object["class"]) {
        sources.append(Source(collections: collections(collection), bindings: bindings))
      }
    }
    return sources
  }

  private static func collections(_ value: Value) -> [Int64]? {
    if case .ref(.entity(let entity)) = value { [entity.collectionNumber] } else { nil }
  }

  private static func fields(_ value: Value?) -> [Field] {
    list(value).compactMap { element in
      guard case .object(let object) = element else { return nil }
      let content: Field.Content
      if case .string(let name)? = object["binding"] {
        content = .binding(name)
      } else {
        content = .path(
          list(object["field"]).compactMap { step in
            switch step {
            case .string(let key): .field(key)
            case .integer(let index): .index(Int(index))
            default: nil
            }
          })
      }
      return Field(
        content: content, isReversed: object["reverse"].isTrue, isCasefolded: object["transform"] != nil,
        expandsArrays: !object["mva"].isFalse)
    }
  }
}

/// A user function, as its document defines it.
package final class FunctionDefinition: Sendable {
  package let entity: Entity
  let body: LambdaValue?
  /// The role that it runs with; nil for the caller's rights.
  let role: Value?
  let permissions: Permissions

  init(_ entity: Entity, _ fields: Object) {
    self.entity = entity
    if case .lambda(let lambda)? = fields["body"] { body = lambda } else { body = nil }
    role = fields["role"]
    permissions = Permissions(fields["permissions"])
  }
}

/// A database, as its document defines it.
package struct DatabaseDefinition: Sendable {
  package let entity: Entity
  let isContainer: Bool
  let isProtected: Bool
  let isDisabled: Bool

  init(_ entity: Entity, _ fields: Object) {
    self.entity = entity
    isContainer = fields["container"].isTrue
    isProtected = fields["protected"].isTrue
    isDisabled = fields["disabled"].isTrue
  }
}

/// A thing whose document is looked at when it is needed: a role or an access provider.
package struct NamedDefinition: Sendable {
  package let entity: Entity
  let fields: Object
}

extension Value? {
  var isTrue: Bool {
    if case .boolean(true)? = self { true } else { false }
  }

  var isFalse: Bool {
    if case .boolean(false)? = self { true } else { false }
  }
}

/// The internal numbers of things.
enum Numbers {
  /// Below it are native collections.
  static let firstCollection: Int64 = 1024
  static let lastCollection: Int64 = 32767
  static let firstIndex: Int64 = 32768
  /// Indexes of our own, by which credentials and tokens of a document are found.
  static let credentialsByInstance: Int64 = 16
  static let tokensByInstance: Int64 = 17
  static let rootScope: Int64 = 0
}

extension NativeKind {
  /// The number of the native collection.
  var collectionNumber: Int64 { Int64(rawValue) }
}

extension Entity {
  /// The number of the collection that documents of this thing are in: its own for a collection.
  var collectionNumber: Int64 {
    switch kind {
    case .native(let native): native.collectionNumber
    case .named: number
    }
  }
}
