extension Value {
  /// The value that a piece of wire JSON shows: a saved response or an export, read back to be printed.
  ///
  /// Tagged values become what their tag says. What a store of ours could not hold is kept as it stands: references of an unknown
  /// kind as `.foreign`, sets as `.verbatim`, unknown tags as objects.
  public init(displaying expr: Expr) {
    switch expr.kind {
    case .literal(let value): self = value
    case .array(let elements): self = .array(elements.map { Value(displaying: $0) })
    case .object(let members):
      self =
        WireDecoder.tagged(members)
        ?? .object(
          Object(members.keys.indices.map { .init(members.keys[$0], Value(displaying: members.values[$0])) }))
    }
  }
}

/// What the tags of wire JSON stand for.
enum WireDecoder {
  /// The value of an object whose only key is a tag; nil where it is an ordinary object.
  static func tagged(_ members: Expr.Members) -> Value? {
    guard members.keys.count == 1, members.keys[0].utf8.first == UInt8(ascii: "@") else { return nil }
    let content = members.values[0]
    switch members.keys[0] {
    case "@ref": return ref(content).map { .ref($0) }
    case "@ts": return content.text.flatMap { Time(parsing: $0) }.map { .time($0) }
    case "@date": return content.text.flatMap { CalendarDate(parsing: $0) }.map { .date($0) }
    case "@bytes": return content.text.flatMap { Base64.decode($0) }.map { .bytes($0) }
    case "@uuid": return content.text.flatMap { UUIDValue(parsing: $0) }.map { .uuid($0) }
    case "@obj":
      guard case .object(let inner) = content.kind else { return nil }
      return .object(Object(inner.keys.indices.map { .init(inner.keys[$0], Value(displaying: inner.values[$0])) }))
    case "@set":
      guard case .object = content.kind else { return nil }
      return .set(.verbatim(content))
    case "@query": return lambda(content).map { .lambda($0) }
    default: return nil
    }
  }

  static func lambda(_ content: Expr) -> LambdaValue? {
    guard case .object(let members) = content.kind, let pattern = members["lambda"].flatMap(pattern),
      let body = members["expr"]
    else { return nil }
    return LambdaValue(version: members["api_version"]?.text ?? "2.12", pattern: pattern, body: body)
  }

  private static func pattern(_ expr: Expr) -> LambdaValue.Pattern? {
    switch expr.kind {
    case .literal(.string(let name)): return .name(name)
    case .literal(.array(let values)):
      var names: [String] = []
      for value in values {
        guard case .string(let name) = value else { return nil }
        names.append(name)
      }
      return .names(names)
    default: return nil
    }
  }

  // MARK: References

  static func ref(_ content: Expr) -> Ref? {
    switch content.kind {
    case .literal(.string(let path)): return ref(path: path)
    case .object(let members):
      for key in members.keys where !["id", "collection", "class", "database"].contains(key) { return nil }
      guard let id = members["id"]?.idText else { return nil }
      var database: Entity?
      if let wire = members["database"], !wire.isNull {
        guard case .entity(let entity)? = wrapped(wire) else { return nil }
        database = entity
      }
      guard let wire = members["collection"] ?? members["class"], !wire.isNull else {
        guard let native = NativeKind(id: id) else { return .foreign(ForeignRef(id: id, collection: nil)) }
        return .entity(Entity(.native(native), name: native.id, number: 0, database: database))
      }
      return wrapped(wire).map { ref(id: id, in: $0, database: database) }
    default: return nil
    }
  }

  /// The content of `{"@ref": ...}`.
  private static func wrapped(_ expr: Expr) -> Ref? {
    guard case .object(let members) = expr.kind, members.keys == ["@ref"] else { return nil }
    return ref(members.values[0])
  }

  private static func ref(id: String, in collection: Ref, database: Entity?) -> Ref {
    guard case .entity(let entity) = collection else { return .foreign(ForeignRef(id: id, collection: collection)) }
    if case .native(let native) = entity.kind, native.isNamed {
      return .entity(Entity(.named(native), name: id, number: 0, database: database ?? entity.database))
    }
    if entity.holdsDocuments, let number = Int64(id), String(number) == id { return .document(entity, id: number) }
    return .foreign(ForeignRef(id: id, collection: collection))
  }

  /// The reference that a path such as `collections/c/1` names.
  private static func ref(path: String) -> Ref? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...3).contains(parts.count), let native = NativeKind(id: parts[0]) else { return nil }
    let root = Ref.entity(Entity(.native(native), name: native.id, number: 0))
    var result = root
    for part in parts.dropFirst() { result = ref(id: part, in: result, database: nil) }
    return result
  }
}

extension Expr {
  /// The text of a string.
  package var text: String? {
    if case .literal(.string(let text)) = kind { text } else { nil }
  }

  package var isNull: Bool {
    if case .literal(.null) = kind { true } else { false }
  }

  fileprivate var idText: String? {
    switch kind {
    case .literal(.string(let text)): text
    case .literal(.integer(let number)): String(number)
    default: nil
    }
  }
}
