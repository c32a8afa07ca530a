import FQLValues

/// Indexes.
final class IndexKind: DocumentKind, @unchecked Sendable {
  override func prepare(_ write: DocumentWrite) throws(Failure) {
    let known = [
      "active", "serialized", "name", "source", "terms", "values", "unique", "partitions", "data", "permissions",
    ]
    write.merge(
      known: known, defaults: ["active": .boolean(false), "serialized": .boolean(true)], kept: ["name", "unique"])
    checkPartitionBounds(write)
    if write.verb == .replace {
      if write.fields["source"] == nil { write.require("source") }
      write.fail("active", "value required", "Required value not found.")
    }
    IndexSource.checkRules(write)
    write.expectObject("data")
    write.expectName()
    IndexSource.normalize(write)
    IndexField.normalize(write, "terms", typeName: "Term")
    IndexField.normalize(write, "values", typeName: "Value")
    if let active = write.params["active"], active.isNull { write.require("active") }
    write.expectBoolean("active")
    if let partitions = write.params["partitions"], !partitions.isNull {
      if case .integer = partitions {} else { write.failType(["partitions"], partitions, expected: "Long") }
    }
    write.expectBoolean("unique")
    write.expectBoolean("serialized")
    try IndexSource.checkBindings(write)
    PermissionsField.check(write, actions: ["read"])
    try write.expectReadableReferences()
    try write.check()
    try write.expectUniqueName(.indexes)
    if let old = write.old { try checkUnchanged(write, old) } else { complete(write) }
    if write.old != nil, try write.transaction.isProtected(), write.verb != .update {
      throw write.forbidden("Cannot cause deletion of backing index")
    }
  }

  private func checkPartitionBounds(_ write: DocumentWrite) {
    if case .integer(let count)? = write.params["partitions"], !(1...8).contains(count) {
      write.fail("partitions", "bounds error", "Value \(count) is not in expected range 1 to 8.")
    }
  }

  /// The fields of a new index that follow from the others.
  private func complete(_ write: DocumentWrite) {
    let given = write.fields["partitions"]
    write.fields["partitions"] = nil
    write.fields["partitions"] = given ?? .integer(IndexKind.defaultPartitions(write.fields["terms"]))
    // Indexes are built when they are made, so that they are active from the next transaction on at the latest.
    write.fields["active"] = .boolean(true)
    if IndexSource.hasNativeSource(write.fields["source"]) {
      write.hidden = ["active", "serialized"]
      let serialized = write.fields["serialized"] ?? .boolean(true)
      write.leading = ["active": .boolean(false), "serialized": serialized]
    }
  }

  /// Eight without terms, or where the only term is the collection; otherwise one.
  private static func defaultPartitions(_ terms: Value?) -> Int64 {
    let list: [Value]
    switch terms {
    case nil, .null?: list = []
    case .array(let elements)?: list = elements
    case let term?: list = [term]
    }
    if list.isEmpty { return 8 }
    guard list.count == 1, case .object(let term) = list[0] else { return 1 }
    switch term["field"] {
    case .string("class")?: return 8
    case .array(let path)? where path.count == 1:
      if case .string("class") = path[0] { return 8 }
      return 1
    default: return 1
    }
  }

  private func checkUnchanged(_ write: DocumentWrite, _ old: Object) throws(Failure) {
    let changed = ["source", "terms", "values"].filter { key in
      switch (old[key], write.fields[key]) {
      case (nil, nil): false
      case (let a?, let b?): !a.isIdentical(to: b)
      default: true
      }
    }
    if !changed.isEmpty {
      write.fail(
        [], "invalid index",
        "Index sources, terms, and values may not be updated (\(changed.joined(separator: ", "))).")
    }
    let before = IndexKind.effectivePartitions(old)
    let after = IndexKind.effectivePartitions(write.fields)
    if before != after {
      write.fail([], "invalid index", "Index partition count may not be updated (\(before) -> \(after)).")
    }
    write.fields["active"] = .boolean(true)
    try write.check()
  }

  /// A unique index has one partition, whatever it shows.
  private static func effectivePartitions(_ fields: Object) -> Int64 {
    if fields["unique"].isTrue { return 1 }
    if case .integer(let count)? = fields["partitions"] { return count }
    return defaultPartitions(fields["terms"])
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    let transaction = write.transaction
    transaction.noteName(.indexes, old: write.old, new: write.fields, id: write.id.id)
    if write.verb == .create {
      transaction.noteEntity(.indexes, number: write.id.id, fields: write.fields)
    } else {
      transaction.renameEntity(.indexes, number: write.id.id, fields: write.fields)
    }
    let definition = IndexDefinition(transaction.view.entity(.indexes, number: write.id.id), write.fields)
    transaction.pendingIndexes[write.id.id] = .some(definition)
    if write.verb == .create { try transaction.buildIndex(definition) }
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    let transaction = evaluation.transaction
    if try transaction.isProtected() {
      throw DocumentWrite.forbidden("Cannot cause deletion of backing index", node.position)
    }
    try transaction.removeAll(prefix: KeyBytes.index(scope: id.scope, index: id.id))
    transaction.noteName(.indexes, old: fields, new: nil, id: id.id)
    transaction.pendingIndexes[id.id] = .some(nil)
  }
}

/// The `source` of an index: collections, the wildcard `_`, and bindings.
enum IndexSource {
  static func list(_ value: Value?) -> [Value] {
    switch value {
    case nil, .null?: []
    case .array(let elements)?: elements
    case let element?: [element]
    }
  }

  /// The collections of one source: references and wildcards.
  private static func collections(_ source: Value) -> [Value] {
    guard case .object(let object) = source else { return [source] }
    return list(object["collection"] ?? object["class"])
  }

  static func hasNativeSource(_ value: Value?) -> Bool {
    list(value).flatMap(collections).contains {
      if case .ref(.entity(let entity)) = $0 { entity.isNativeCollection } else { false }
    }
  }

  private static func isWildcard(_ value: Value) -> Bool {
    if case .string("_") = value { true } else { false }
  }

  /// What may not stand together: missing, databases, the same collection twice, a wildcard beside collections.
  static func checkRules(_ write: DocumentWrite) {
    guard let source = write.fields["source"] else { return write.require("source") }
    let sources = list(source)
    let all = sources.flatMap(collections)
    var seen: [Int64] = []
    for case .ref(.entity(let entity)) in all {
      if entity.kind == .native(.databases) {
        write.fail("source", "invalid reference", "Cannot read reference.")
      }
      guard entity.isNativeCollection || entity.kind == .named(.collections) else { continue }
      if seen.contains(entity.collectionNumber) {
        write.fail("source", "multiple bindings", "A collection ref may only match one binding.")
      }
      seen.append(entity.collectionNumber)
    }
    let wildcards = all.count { isWildcard($0) }
    let hasBindings = sources.contains { element in
      if case .object(let object) = element, case .object(let fields)? = object["fields"] {
        !fields.isEmpty
      } else {
        false
      }
    }
    if wildcards > 1 { write.fail("source", "multiple wildcards", "Too many wildcards.") }
    if wildcards > 0, !seen.isEmpty, !hasBindings {
      write.fail(
        "source", "mixed wildcards", "Cannot mix collection refs and wildcards without providing bindings.")
    }
  }

  /// The sources as they are stored; what has another type is reported.
  static func normalize(_ write: DocumentWrite) {
    guard let source = write.fields["source"] else { return }
    if case .array(let elements) = source {
      write.fields["source"] = .array(elements.map { normalized($0, write) })
    } else {
      write.fields["source"] = normalized(source, write)
    }
  }

  private static func isCollection(_ value: Value) -> Bool {
    switch value {
    case .ref(.entity(let entity)): entity.isNativeCollection || entity.kind == .named(.collections)
    default: isWildcard(value)
    }
  }

  private static func normalized(_ value: Value, _ write: DocumentWrite) -> Value {
    guard case .object(let object) = value else {
      if !isCollection(value) { write.failType(["source"], value, expected: "SourceClass") }
      return value
    }
    var result = Object()
    if let collection = object["collection"], list(collection).allSatisfy(isCollection), !list(collection).isEmpty {
      result["collection"] = collection
    } else if let collection = object["class"], object["collection"] == nil {
      if let wrong = list(collection).first(where: { !isCollection($0) }) {
        write.failType(["class"], wrong, expected: "Class Ref")
      }
      result["collection"] = collection
    } else {
      write.fail("class", "value required", "Required value not found.")
    }
    if let fields = object["fields"] {
      if case .object(let bindings) = fields {
        for binding in bindings.fields {
          if case .lambda = binding.value { continue }
          write.failType(["fields", binding.key], binding.value, expected: "Query")
        }
      } else {
        write.failType(["fields"], fields, expected: "Map")
      }
      result["fields"] = fields
    }
    return .object(result)
  }

  /// Bindings must be pure, and used by a term or a value.
  static func checkBindings(_ write: DocumentWrite) throws(Failure) {
    var used: Set<String> = []
    for key in ["terms", "values"] {
      for case .object(let field) in list(write.fields[key]) {
        if case .string(let name)? = field["binding"] { used.insert(name) }
      }
    }
    for (i, source) in list(write.fields["source"]).enumerated() {
      guard case .object(let object) = source, case .object(let bindings)? = object["fields"] else { continue }
      for (j, binding) in bindings.fields.enumerated() {
        guard case .lambda(let lambda) = binding.value else { continue }
        let field = ["source", String(i), "fields", String(j), binding.key]
        let program = try write.transaction.program(of: lambda, write.evaluation.access)
        if program.effect > .pure {
          write.fail(field, "invalid binding", "Field binding must be a pure unary function.")
        }
        if !used.contains(binding.key) {
          write.fail(field, "unused binding", "Source binding is not used as a term or value.")
        }
      }
    }
  }
}

/// A term or value of an index.
enum IndexField {
  static func normalize(_ write: DocumentWrite, _ key: String, typeName: String) {
    guard let value = write.fields[key] else { return }
    if case .array(let elements) = value {
      write.fields[key] = .array(elements.map { normalized($0, write, key) })
    } else {
      write.fields[key] = normalized(value, write, key)
    }
  }

  private static func normalized(_ value: Value, _ write: DocumentWrite, _ key: String) -> Value {
    guard case .object(let object) = value else {
      write.failType([key], value, expected: "Term")
      return value
    }
    var result = Object()
    let hasBinding = object["binding"] != nil
    for field in object.fields {
      switch field.key {
      case "binding":
        if case .string = field.value {} else { write.failType(["binding"], field.value, expected: "String") }
        result.fields.append(field)
      case "field" where !hasBinding:
        checkPath(field.value, write)
        result.fields.append(field)
      case "reverse", "mva":
        if case .boolean = field.value {} else { write.failType([field.key], field.value, expected: "Boolean") }
        result.fields.append(field)
      case "transform":
        switch field.value {
        case .string("casefold"): break
        case .string(let name):
          write.fail("transform", "invalid value", "Invalid value `\(name)` at `transform`")
        default: write.failType(["transform"], field.value, expected: "String")
        }
        result.fields.append(field)
      default: continue
      }
    }
    if object["field"] == nil, !hasBinding {
      write.fail("field", "value required", "Must provide one of the following: field, binding")
    }
    return .object(result)
  }

  private static func checkPath(_ value: Value, _ write: DocumentWrite) {
    for element in IndexSource.list(value) {
      switch element {
      case .string, .integer: continue
      default: return write.failType(["field"], element, expected: "Long or String")
      }
    }
  }
}
