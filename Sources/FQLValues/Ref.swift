/// The kinds of things that have a native collection of their own.
public enum NativeKind: UInt8, Sendable, CaseIterable {
  // The order is that of the internal collection numbers, which decides the order of references with equal ids.
  case databases, collections, keys, tokens, indexes, credentials, functions, roles, accessProviders

  /// The id of the native collection on the wire.
  public var id: String {
    switch self {
    case .databases: "databases"
    case .collections: "collections"
    case .keys: "keys"
    case .tokens: "tokens"
    case .indexes: "indexes"
    case .credentials: "credentials"
    case .functions: "functions"
    case .roles: "roles"
    case .accessProviders: "access_providers"
    }
  }

  /// The native collection of that wire id; `classes` is the old name of `collections`.
  public init?(id: String) {
    if id == "classes" {
      self = .collections
    } else if let kind = NativeKind.allCases.first(where: { $0.id == id }) {
      self = kind
    } else {
      return nil
    }
  }

  /// True where the things of this kind have names (`Collection("c")`) rather than numeric ids (`Ref(Keys(), "1")`).
  public var isNamed: Bool {
    switch self {
    case .keys, .tokens, .credentials: false
    default: true
    }
  }

  /// The word for one of them in ``Ref refers to undefined collection 'c'``.
  public var singular: String {
    switch self {
    case .databases: "database"
    case .collections: "collection"
    case .keys: "key"
    case .tokens: "token"
    case .indexes: "index"
    case .credentials: "credentials"
    case .functions: "function"
    case .roles: "role"
    case .accessProviders: "access_provider"
    }
  }

  /// The function of the text language that refers to one by name (`Collection`) or to them all (`Tokens`).
  public var constructor: String { constructorText.description }

  var constructorText: StaticString {
    switch self {
    case .databases: "Database"
    case .collections: "Collection"
    case .keys: "Keys"
    case .tokens: "Tokens"
    case .indexes: "Index"
    case .credentials: "Credentials"
    case .functions: "Function"
    case .roles: "Role"
    case .accessProviders: "AccessProvider"
    }
  }

  /// The function of the text language for the native collection itself (`Collections`).
  public var collectionConstructor: String { collectionConstructorText.description }

  var collectionConstructorText: StaticString {
    switch self {
    case .databases: "Databases"
    case .collections: "Collections"
    case .keys: "Keys"
    case .tokens: "Tokens"
    case .indexes: "Indexes"
    case .credentials: "Credentials"
    case .functions: "Functions"
    case .roles: "Roles"
    case .accessProviders: "AccessProviders"
    }
  }
}

/// Something that references point at or into: a native collection, or a named thing (a collection, index, database,
/// function, role or access provider).
///
/// One object stands for the thing within a transaction; names of renamed things are looked up when it is made.
public final class Entity: Sendable {
  public enum Kind: Sendable, Equatable {
    /// The native collection of that kind: `Collections()`, `Tokens()`.
    case native(NativeKind)
    /// A thing with a name that lives in that native collection: `Collection("c")` is `.named(.collections)`.
    case named(NativeKind)
  }

  public let kind: Kind
  /// The name; nil where the thing has none any more, so that a reference to it cannot be rendered.
  public let name: String?
  /// The internal number, which decides the order: native collections first, then in order of creation.
  public let number: Int64
  /// The database it lives in where that is not the request's.
  public let database: Entity?
  /// The internal number of the database it lives in.
  public let scope: Int64
  /// False for a name that matches nothing: a legal value that fails where a reference is needed.
  public let isResolved: Bool

  public init(
    _ kind: Kind, name: String?, number: Int64, scope: Int64 = 0, database: Entity? = nil, isResolved: Bool = true
  ) {
    self.kind = kind
    self.name = name
    self.number = number
    self.scope = scope
    self.database = database
    self.isResolved = isResolved
  }

  /// The kind of native collection that this thing is or lives in.
  public var native: NativeKind {
    switch kind {
    case .native(let native), .named(let native): native
    }
  }

  public var isNativeCollection: Bool {
    if case .native = kind { true } else { false }
  }

  /// True for a collection that documents with numeric ids live in: a user collection, keys, tokens or credentials.
  public var holdsDocuments: Bool {
    switch kind {
    case .native(let native): !native.isNamed
    case .named(let native): native == .collections
    }
  }

  /// True where a reference to it, or into it, can be written out.
  public var isRenderable: Bool {
    name != nil && (database?.isRenderable ?? true)
  }
}

/// A reference.
public enum Ref: Sendable {
  /// A reference to a named thing or to a native collection.
  case entity(Entity)
  /// A reference to a document: of a user collection, or a key, token or credentials document.
  case document(Entity, id: Int64)
  /// A document reference whose id is not a number. Only `fql print` makes it, from JSON of some other origin.
  case foreign(ForeignRef)

  public var isResolved: Bool {
    switch self {
    case .entity(let entity), .document(let entity, _): entity.isResolved
    case .foreign: false
    }
  }

  /// The name that error texts use for the type of this reference.
  public var typeName: String {
    switch self {
    case .entity(let entity):
      switch entity.kind {
      case .native: "Collection Ref"
      case .named(.collections): "Collection Ref"
      case .named(.indexes): "Index Ref"
      case .named(.databases): "Database Ref"
      case .named(.functions): "User Function Ref"
      case .named(.roles): entity.isResolved ? "Ref" : "Role Ref"
      case .named(.accessProviders): entity.isResolved ? "Ref" : "Access Provider Ref"
      case .named: "Ref"
      }
    case .document(let collection, _):
      collection.kind == .native(.keys) && collection.isResolved ? "Key Ref" : "Ref"
    case .foreign: "Ref"
    }
  }
}

/// A reference from outside that no store of ours could hold, kept for printing only.
public final class ForeignRef: Sendable {
  public let id: String
  public let collection: Ref?

  public init(id: String, collection: Ref?) {
    self.id = id
    self.collection = collection
  }
}
