import FQLSyntax
import FQLValues

// Arguments are cast to the kind that the function table names. There are no coercions but three: an integer is a time
// where a time is wanted, a native collection is the set of its members, and one value is a list of one.

extension Node {
  /// The error of a value of the wrong type.
  final func mismatch(_ expected: String, _ value: Value, at key: String? = nil, index: Int? = nil) -> Failure {
    failure(.invalidArgument, "\(expected) expected, \(value.typeName) provided.", at: key, index: index)
  }

  /// The value as the kind of argument that stands at `key`.
  final func cast(
    _ value: Value, _ kind: ArgumentKind, at key: String? = nil, index: Int? = nil
  ) throws(Failure) -> Value {
    switch kind {
    case .any, .lazy, .literal, .lambda, .cursor:
      return value
    case .scalar:
      if value.isScalar { return value }
      throw mismatch("Scalar", value, at: key, index: index)
    case .string:
      if case .string = value { return value }
      throw mismatch("String", value, at: key, index: index)
    case .number:
      switch value {
      case .integer, .double: return value
      default: throw mismatch("Number", value, at: key, index: index)
      }
    case .integer:
      if case .integer = value { return value }
      throw mismatch("Integer", value, at: key, index: index)
    case .boolean:
      if case .boolean = value { return value }
      throw mismatch("Boolean", value, at: key, index: index)
    case .null:
      if case .null = value { return value }
      throw mismatch("Null", value, at: key, index: index)
    case .object:
      if case .object = value { return value }
      throw mismatch("Object", value, at: key, index: index)
    case .array:
      if case .array = value { return value }
      throw mismatch("Array", value, at: key, index: index)
    case .time:
      switch value {
      case .time: return value
      case .integer(let microseconds): return .time(Time(microseconds: microseconds))
      default: throw mismatch("Time", value, at: key, index: index)
      }
    case .temporal:
      switch value {
      case .time, .date: return value
      default: throw mismatch("Temporal", value, at: key, index: index)
      }
    case .timeUnit:
      if case .string(let name) = value, TimeUnit(parsing: name) != nil { return value }
      throw mismatch("Time Unit", value, at: key, index: index)
    case .regex:
      guard case .string(let pattern) = value else { throw mismatch("String", value, at: key, index: index) }
      if RegularExpression.compile(pattern) != nil { return value }
      throw failure(
        .invalidArgument, "Search pattern /\(pattern)/ is not a valid regular expression.", at: key, index: index)
    case .normalizer:
      if case .string(let name) = value, Normalizer(rawValue: name) != nil { return value }
      throw failure(
        .invalidArgument,
        "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD' expected, \(value.typeName) provided.", at: key,
        index: index)
    case .action:
      switch value {
      case .action(let action) where action.isOfDocument: return value
      case .string(let name):
        if let action = EventAction(name: name), action.isOfDocument { return .action(action) }
      default: break
      }
      throw failure(
        .invalidArgument, "String 'create', 'update', or 'delete' expected, \(value.typeName) provided.", at: key,
        index: index)
    case .path:
      return try castElements(value, at: key) { value, index throws(Failure) in
        switch value {
        case .string, .integer: return value
        default: throw self.mismatch("String or Integer", value, at: key, index: index)
        }
      }
    default:
      return try castReference(value, kind, at: key, index: index)
    }
  }

  /// The value as one of the kinds that take references or sets.
  private func castReference(
    _ value: Value, _ kind: ArgumentKind, at key: String?, index: Int?
  ) throws(Failure) -> Value {
    if case .set(let set) = value { try EngineLimits.check(set) }
    switch (kind, value) {
    case (.anyRefOrSet, .ref), (.anyRefOrSet, .set):
      return value
    case (.identifier, .string), (.function, .string), (.index, .string), (.nullableDatabase, .null):
      return value
    case (.indexTerm, .ref(let ref)):
      if ref.isResolved { return value }
      throw mismatch("Any", value, at: key, index: index)
    case (.indexTerm, _):
      return value
    case (_, .ref(let ref)) where !ref.isResolved:
      throw undefined(ref, at: key, index: index)
    case (.ref, .ref), (.refOrSet, .ref), (.refOrSet, .set), (.identifier, .ref), (.set, .set),
      (.setOrArray, .set), (.setOrArray, .array), (.iterable, .set), (.iterable, .array), (.iterable, .page):
      return value
    case (.set, .ref(let ref)), (.setOrArray, .ref(let ref)), (.iterable, .ref(let ref)):
      if case .entity(let entity) = ref, entity.isNativeCollection { return .set(.reference(ref)) }
    case (.collection, .ref(.entity(let entity))), (.database, .ref(.entity(let entity))),
      (.nullableDatabase, .ref(.entity(let entity))), (.function, .ref(.entity(let entity))),
      (.index, .ref(.entity(let entity))):
      let wanted: NativeKind =
        switch kind {
        case .collection: .collections
        case .function: .functions
        case .index: .indexes
        default: .databases
        }
      if entity.kind == .named(wanted) || kind == .collection && entity.isNativeCollection { return value }
    default: break
    }
    let expected =
      switch kind {
      case .ref: "Ref"
      case .set: isDocumentOrNamed(value) ? "Set" : "Ref or Set"
      case .refOrSet, .anyRefOrSet: "Ref or Set"
      case .setOrArray:
        if case .page = value { "Set or Array" } else { "Array, Set, or Page" }
      case .iterable: "Array, Set, or Page"
      case .collection: "Collection Ref"
      case .database: "Database Ref"
      case .nullableDatabase: "Database Ref or Null"
      default: "Identifier"
      }
    throw mismatch(expected, value, at: key, index: index)
  }

  private func isDocumentOrNamed(_ value: Value) -> Bool {
    if case .ref = value { true } else { false }
  }

  /// One value or an array of them as an array, each element cast; the errors of all that fail are reported.
  final func castElements(
    _ value: Value, at key: String?, _ castElement: (Value, Int?) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard case .array(let elements) = value else { return .array([try castElement(value, nil)]) }
    var errors: [QueryError] = []
    var result: [Value] = []
    result.reserveCapacity(elements.count)
    for (i, element) in elements.enumerated() {
      do {
        result.append(try castElement(element, i))
      } catch {
        errors += error.errors
      }
    }
    if !errors.isEmpty { throw Failure(errors) }
    return .array(result)
  }

  /// The value as an argument that takes one value or several, as the function table says.
  final func cast(
    _ value: Value, _ kind: ArgumentKind, _ multiplicity: FunctionTable.Key.Multiplicity, at key: String
  ) throws(Failure) -> Value {
    if multiplicity == .one { return try cast(value, kind, at: key) }
    if case .array(let elements) = value {
      if elements.isEmpty, multiplicity == .oneOrMore {
        throw failure(.invalidArgument, "Non-empty array expected.", at: key)
      }
      if kind == .any { return value }
    }
    return try castElements(value, at: key) { element, index throws(Failure) in
      try self.cast(element, kind, at: key, index: index)
    }
  }

  /// The error of a name that matches nothing where a reference or set is needed.
  final func undefined(_ ref: Ref, at key: String? = nil, index: Int? = nil) -> Failure {
    var steps: [QueryError.Step] = []
    if let key { steps.append(.key(key)) }
    if let index { steps.append(.index(index)) }
    guard let entity = ref.undefinedEntity else {
      return Failure(error(.invalidRef, "Ref refers to an undefined document", steps))
    }
    if !(ref.entity === entity) { steps.append(.key("scope")) }
    return Failure(
      error(.invalidRef, "Ref refers to undefined \(entity.native.singular) '\(entity.name ?? "")'", steps))
  }
}

extension EventAction {
  /// True for what happens to a document; false for what happens to a set.
  var isOfDocument: Bool {
    switch self {
    case .create, .update, .delete: true
    case .add, .remove: false
    }
  }
}

extension Ref {
  /// The thing that it points at or into.
  package var entity: Entity? {
    switch self {
    case .entity(let entity), .document(let entity, _): entity
    case .foreign: nil
    }
  }

  /// What makes an unresolved reference unresolved: its database where that does not exist, otherwise the thing itself.
  var undefinedEntity: Entity? {
    var entity = entity
    var found = entity
    while let database = entity?.database {
      if !database.isResolved { found = database }
      entity = database
    }
    return found
  }
}
