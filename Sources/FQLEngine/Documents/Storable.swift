import FQLValues

// What a document can hold: sets, pages, documents and events become plain objects and arrays when they are written.

extension Value {
  /// Whether the value is stored as it is.
  fileprivate var isStorable: Bool {
    switch self {
    case .array(let elements): elements.allSatisfy { $0.isStorable }
    case .object(let object): object.fields.allSatisfy { $0.value.isStorable }
    case .cursor, .document, .page, .event, .sourced, .action, .set: false
    case .lambda(let lambda): lambda.captured.isEmpty
    default: true
    }
  }

  /// The value as a document stores it.
  var storable: Value {
    if isStorable { return self }
    return converted
  }

  private var converted: Value {
    switch self {
    case .array(let elements), .cursor(.array(let elements)): .array(elements.map(\.storable))
    case .object(let object): .object(object.storable)
    case .document(let document): .object(document.storable)
    case .page(let page): .object(Object(page.visibleObject.fields.reversed()).storable)
    case .event(let event), .cursor(.event(let event)): .object(event.visibleObject.storable)
    case .sourced(let element): .object(element.visibleObject.storable)
    case .action(let action): .string(action.name)
    case .set(.reference(let ref)): .ref(ref)
    case .set(let set): .object(Object([.init("@set", .object(set.definition.storable))]))
    case .lambda(let lambda): .lambda(lambda.storable)
    default: self
    }
  }
}

extension Value {
  /// Whether a set that has no stored form is anywhere in the value.
  var holdsUnstorableSet: Bool {
    switch self {
    case .array(let elements): elements.contains { $0.holdsUnstorableSet }
    case .object(let object): object.fields.contains { $0.value.holdsUnstorableSet }
    case .set(let set): set.isUnstorable
    default: false
    }
  }
}

extension SetValue {
  fileprivate var isUnstorable: Bool {
    switch self {
    case .singleton, .range, .reverse: true
    case .union(let sets), .intersection(let sets), .difference(let sets): sets.contains { $0.isUnstorable }
    case .distinct(let set), .events(let set), .filter(let set, _), .join(let set, _), .joinIndex(let set, _):
      set.isUnstorable
    case .match, .documents, .reference, .verbatim: false
    }
  }
}

extension LambdaValue {
  /// The lambda with the variables that it closes over bound in its body.
  fileprivate var storable: LambdaValue {
    captured.isEmpty ? self : LambdaValue(version: version, pattern: pattern, body: renderedBody, code: nil)
  }
}

extension Object {
  var storable: Object {
    if fields.allSatisfy({ $0.value.isStorable }) { return self }
    return Object(fields.map { .init($0.key, $0.value.storable) })
  }
}

extension Document {
  fileprivate var storable: Object {
    var object = Object([.init("ref", .ref(ref))])
    if let collection = ref.collectionRef {
      object.fields.append(.init("class", .ref(collection)))
      object.fields.append(.init("collection", .ref(collection)))
    }
    object.fields.append(.init("ts", tsValue))
    object.fields += fields.storable.fields
    return object
  }
}

/// Merging of what is given into what is there.
enum Patch {
  /// Old fields in order, then new ones: null removes, objects merge, everything else replaces.
  static func apply(_ diff: Object, to old: Object) -> Object {
    if old.isEmpty, diff.count == 1 { return clean(diff) }
    let given = KeyedFields(diff)
    var kept = Object()
    kept.fields.reserveCapacity(old.count + diff.count)
    for field in old.fields {
      guard let place = given.place(of: field.key) else {
        kept.fields.append(field)
        continue
      }
      switch (field.value, diff.fields[place].value) {
      case (_, .null): continue
      case (.object(let a), .object(let b)): kept.fields.append(.init(field.key, .object(apply(b, to: a))))
      case (_, let given): kept.fields.append(.init(field.key, clean(given)))
      }
    }
    let before = KeyedFields(old)
    var result = KeyedFields(kept)
    for field in diff.fields where !field.value.isNull && before.place(of: field.key) == nil {
      result[field.key] = clean(field.value)
    }
    return result.object
  }

  /// Without nulls: of objects at every depth, and of arrays.
  static func clean(_ value: Value) -> Value {
    hasNull(value) ? cleaned(value) : value
  }

  private static func clean(_ object: Object) -> Object {
    object.fields.contains { hasNull($0.value) } ? cleaned(object) : object
  }

  static func hasNull(_ value: Value) -> Bool {
    switch value {
    case .null: true
    case .array(let elements): elements.contains { $0.isNull || !$0.isScalar && hasNull($0) }
    case .object(let object): object.fields.contains { $0.value.isNull || !$0.value.isScalar && hasNull($0.value) }
    default: false
    }
  }

  private static func cleaned(_ value: Value) -> Value {
    switch value {
    case .array(let elements): .array(elements.filter { !$0.isNull }.map(cleaned))
    case .object(let object): .object(cleaned(object))
    default: value
    }
  }

  private static func cleaned(_ object: Object) -> Object {
    Object(object.fields.filter { !$0.value.isNull }.map { .init($0.key, cleaned($0.value)) })
  }
}

/// References that may not be written: names that match nothing, and those of another database.
enum BadReferences {
  static func failures(_ value: Value, at path: [String]) -> [QueryError.FieldFailure] {
    var failures: [QueryError.FieldFailure] = []
    collect(value, path, &failures)
    return failures
  }

  private static func collect(_ value: Value, _ path: [String], _ failures: inout [QueryError.FieldFailure]) {
    switch value {
    case .ref(let ref):
      if !ref.isResolved {
        failures.append(.init(path, "invalid reference", "Cannot read reference."))
      } else if ref.entity?.database != nil {
        failures.append(.init(path, "invalid reference", "Reference cannot be scoped."))
      }
    case .array(let elements):
      for (i, element) in elements.enumerated() { collect(element, path + [String(i)], &failures) }
    case .object(let object):
      for field in object.fields { collect(field.value, path + [field.key], &failures) }
    default: break
    }
  }

  /// Whether anything in the value may not be written; cheap where nothing is.
  static func arePresent(_ value: Value) -> Bool {
    switch value {
    case .ref(let ref): !ref.isResolved || ref.entity?.database != nil
    case .array(let elements): elements.contains { arePresent($0) }
    case .object(let object): object.fields.contains { arePresent($0.value) }
    default: false
    }
  }
}
