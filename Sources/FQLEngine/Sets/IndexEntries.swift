import FQLStorage
import FQLValues

/// The entries that a version of a document has in an index.
///
/// Each term and value gives a list of components; the entries are all combinations of them. A combination whose terms are
/// all null, or whose values are, is no entry.
struct IndexEntries {
  let transaction: Transaction
  let definition: IndexDefinition
  let bindings: [String: LambdaValue]

  init?(_ transaction: Transaction, _ definition: IndexDefinition, collection: Int64) {
    guard let bindings = definition.bindings(for: collection) else { return nil }
    self.transaction = transaction
    self.definition = definition
    self.bindings = bindings
  }

  /// The beginnings of the entries' keys, up to the reference; each once.
  func groups(_ id: DocumentID, _ record: VersionRecord) throws(Failure) -> [[UInt8]] {
    if let plan = definition.plan {
      var key = ByteBuffer()
      let outcome = record.withStored { plan.write(id, $0, transaction.view, to: &key) }
      switch outcome {
      case .entry: return [[UInt8](key.bytes)]
      case .none: return []
      case .notSimple: break
      }
    }
    guard let terms = try combinations(definition.terms, id, record, isTerm: true),
      let values = try combinations(definition.values, id, record, isTerm: false)
    else { return [] }
    try IndexEntries.check(terms.count, times: values.count)
    var groups: [[UInt8]] = []
    groups.reserveCapacity(terms.count * values.count)
    let prefix = KeyBytes.index(scope: id.scope, index: definition.entity.number)
    for term in terms {
      for value in values {
        var key = prefix
        key.reserveCapacity(prefix.count + term.count + value.count + IndexKeys.refLength + KeyBytes.entrySuffix)
        key += term
        // Ends the terms, so that a lookup with fewer of them finds nothing.
        key.append(IndexKeys.Tag.end)
        key += value
        IndexKeys.append(id, to: &key)
        groups.append(key)
      }
    }
    if groups.count > 1 {
      var seen: Set<[UInt8]> = []
      groups = groups.filter { seen.insert($0).inserted }
    }
    return groups
  }

  /// The encoded tuples of terms or of values; nil where there is none. An index without terms has one empty tuple.
  private func combinations(
    _ fields: [IndexDefinition.Field], _ id: DocumentID, _ record: VersionRecord, isTerm: Bool
  ) throws(Failure) -> [[UInt8]]? {
    if fields.isEmpty { return [[]] }
    var tuples: [(bytes: [UInt8], isNull: Bool)] = [([], true)]
    for field in fields {
      let components = self.components(field, id, record, isTerm: isTerm)
      try IndexEntries.check(tuples.count, times: components.count)
      var next: [(bytes: [UInt8], isNull: Bool)] = []
      next.reserveCapacity(tuples.count * components.count)
      for tuple in tuples {
        for component in components {
          var bytes = tuple.bytes
          if isTerm {
            IndexKeys.appendTerm(component, to: &bytes, time: record.ts)
          } else if field.isReversed {
            IndexKeys.appendReversed(component, to: &bytes, time: record.ts)
          } else {
            IndexKeys.append(component, to: &bytes, time: record.ts)
          }
          // The time of a version counts as there, although as a term it is null.
          next.append((bytes, tuple.isNull && component.isNull && !(isTerm && field.isTS)))
        }
      }
      tuples = next
    }
    let kept = tuples.filter { !$0.isNull }.map(\.bytes)
    return kept.isEmpty ? nil : kept
  }

  /// Refuses more combinations than one document may have in an index, so that a small document cannot fill the memory.
  private static func check(_ a: Int, times b: Int) throws(Failure) {
    let (count, overflows) = a.multipliedReportingOverflow(by: b)
    let limit = EngineLimits.indexEntries
    if !overflows, count <= limit { return }
    throw Failure(
      QueryError(
        .badRequest,
        "Transaction exceeded limit: got \(overflows ? Int.max : count) index entries, limit \(limit) index entries"))
  }

  /// The components of one term or value: one null where there is nothing.
  private func components(
    _ field: IndexDefinition.Field, _ id: DocumentID, _ record: VersionRecord, isTerm: Bool
  ) -> [Value] {
    var components: [Value]
    switch field.content {
    case .path(let path):
      if field.isTS {
        components = isTerm ? [.null] : [.integer(record.ts)]
      } else {
        components = values(at: path, id, record, expandsArrays: field.expandsArrays)
      }
    case .binding(let name):
      components = bindings[name].map { boundValues($0, id, record) } ?? []
    }
    if field.isCasefolded { components = components.map(\.casefolded) }
    if components.isEmpty { return [.null] }
    if components.count > 1 { components = components.distinct }
    return components
  }

  private func values(
    at path: [PathStep], _ id: DocumentID, _ record: VersionRecord, expandsArrays: Bool
  ) -> [Value] {
    let document = transaction.document(id, record)
    guard let first = path.first, case .field(let key) = first else { return [] }
    let base: Value?
    var rest = path.dropFirst()
    switch key {
    case "ref": base = .ref(document.ref)
    case "ts": base = .integer(record.ts)
    case "class", "collection":
      base = document.field(key) ?? document.ref.collectionRef.map { .ref($0) }
    default:
      if !expandsArrays, case .encoded(let encoded) = document.body { return [encoded.value(at: path) ?? .null] }
      // The whole path at once, where no array is on the way.
      if case .encoded(let encoded) = document.body, let value = encoded.value(at: path) {
        if case .array = value { return flatten(value) }
        return [value.isScalar ? value : .null]
      }
      base = document.field(key)
    }
    guard let base else { return [] }
    if !expandsArrays {
      var value = base
      while let step = rest.first {
        guard let next = value.member(step) else { return [.null] }
        value = next
        rest = rest.dropFirst()
      }
      return [value]
    }
    return expand(base, rest)
  }

  private func expand(_ value: Value, _ path: ArraySlice<PathStep>) -> [Value] {
    guard let step = path.first else { return flatten(value) }
    if case .array(let elements) = value {
      if case .index(let index) = step {
        guard elements.indices.contains(index) else { return [] }
        return expand(elements[index], path.dropFirst())
      }
      return elements.flatMap { expand($0, path) }
    }
    guard let next = value.member(step) else { return [] }
    return expand(next, path.dropFirst())
  }

  private func flatten(_ value: Value) -> [Value] {
    switch value {
    case .array(let elements): elements.flatMap { flatten($0) }
    default: [value.isScalar ? value : .null]
    }
  }

  private func boundValues(_ lambda: LambdaValue, _ id: DocumentID, _ record: VersionRecord) -> [Value] {
    guard let result = transaction.evaluateBinding(lambda, .document(transaction.document(id, record))) else {
      return []
    }
    if case .array(let elements) = result { return elements.map { $0.isScalar ? $0 : .null } }
    return result.isScalar ? [result] : []
  }
}

extension Value {
  /// What a path step finds in an object, array or reference, for index fields.
  func member(_ step: PathStep) -> Value? {
    switch (self, step) {
    case (.object(let object), .field(let key)): object[key]
    case (.array(let elements), .index(let index)): elements.indices.contains(index) ? elements[index] : nil
    case (.ref(let ref), .field("id")): .string(ref.idText)
    case (.ref(let ref), .field("collection")), (.ref(let ref), .field("class")):
      ref.collectionRef.map { .ref($0) }
    default: nil
    }
  }

  fileprivate var casefolded: Value {
    if case .string(let string) = self { .string(Normalizer.nfkcCaseFold.apply(to: string)) } else { self }
  }
}

extension [Value] {
  /// The first of each value.
  fileprivate var distinct: [Value] {
    var seen: Set<[UInt8]> = []
    return filter { value in
      var bytes: [UInt8] = []
      IndexKeys.appendTerm(value, to: &bytes, time: 0)
      return seen.insert(bytes).inserted
    }
  }
}

extension Ref {
  /// The id as text: of a named thing its name.
  var idText: String {
    switch self {
    case .document(_, let id): String(id)
    case .entity(let entity): entity.name ?? ""
    case .foreign(let foreign): foreign.id
    }
  }

  /// The collection that it points into.
  var collectionRef: Ref? {
    switch self {
    case .document(let collection, _): .entity(collection)
    case .entity(let entity):
      switch entity.kind {
      case .native:
        .entity(
          Entity(
            .native(.collections), name: NativeKind.collections.id, number: NativeKind.collections.collectionNumber,
            scope: entity.scope, database: entity.database))
      case .named(let native):
        .entity(
          Entity(
            .native(native), name: native.id, number: native.collectionNumber, scope: entity.scope,
            database: entity.database))
      }
    case .foreign(let foreign): foreign.collection
    }
  }
}
