import FQLStorage
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the one entry of a document is made where each term and value of an index is one scalar at a path: from the stored bytes,
/// without a value in between.
final class EntryPlan: Sendable {
  enum Component: Sendable {
    case ref
    /// A path of names, each behind its length.
    case path([UInt8])
  }

  enum Outcome {
    /// The key of the entry, up to the reference, was appended.
    case entry
    /// The document has no entry.
    case none
    /// The document has something else than a scalar at one of the paths; what was appended is to be dropped.
    case notSimple
  }

  private let prefix: [UInt8]
  private let terms: [Component]
  private let values: [Component]
  /// All paths.
  private let paths: [[UInt8]]

  private static let special: Set<String> = ["ref", "ts", "class", "collection"]

  /// The plan of an index; nil where its fields are not that simple.
  init?(number: Int64, scope: Int64, terms: [IndexDefinition.Field], values: [IndexDefinition.Field]) {
    prefix = KeyBytes.index(scope: scope, index: number)
    guard let terms = EntryPlan.components(terms), let values = EntryPlan.components(values) else { return nil }
    self.terms = terms
    self.values = values
    paths = (terms + values).compactMap { if case .path(let path) = $0 { path } else { nil } }
  }

  private static func components(_ fields: [IndexDefinition.Field]) -> [Component]? {
    var components: [Component] = []
    for field in fields {
      guard case .path(let path) = field.content, !field.isCasefolded, !field.isReversed, field.expandsArrays,
        case .field(let first)? = path.first
      else { return nil }
      if path == [.field("ref")] {
        components.append(.ref)
      } else if !special.contains(first), let names = names(path) {
        components.append(.path(names))
      } else {
        return nil
      }
    }
    return components
  }

  /// The names of a path as documents store them; nil where a step is a position, or a name is long.
  private static func names(_ path: [PathStep]) -> [UInt8]? {
    var names: [UInt8] = []
    for step in path {
      guard case .field(let name) = step, name.utf8.count < 128 else { return nil }
      names.append(UInt8(name.utf8.count))
      names += name.utf8
    }
    return names
  }

  /// Whether two versions of a document have the same at all paths, so that they have the same entry, or none.
  func hasSameFields(_ a: VersionRecord, _ b: VersionRecord, _ names: SchemaView) -> Bool {
    a.bytes.withUnsafeBytes { first in
      b.bytes.withUnsafeBytes { second in
        var first = ValueReader(bytes: first, position: a.start, names: names, pendingTime: nil)
        var second = ValueReader(bytes: second, position: b.start, names: names, pendingTime: nil)
        for path in paths {
          first.position = a.start
          second.position = b.start
          let isSame = path.withUnsafeBytes { path in
            first.enter(names: path) && second.enter(names: path) && first.takeValue().isSame(as: second.takeValue())
          }
          if !isSame { return false }
        }
        return true
      }
    }
  }

  /// Appends the key of the entry of a version, if it has one; false where that is not so simple.
  @inline(__always)
  func appendEntry(_ id: DocumentID, _ record: VersionRecord?, _ names: SchemaView, to key: inout [UInt8]) -> Bool {
    guard let record else { return true }
    switch append(id, record, names, to: &key) {
    case .entry: return true
    case .none:
      key.removeAll(keepingCapacity: true)
      return true
    case .notSimple: return false
    }
  }

  /// Appends the key of the entry that a version of a document has.
  func append(_ id: DocumentID, _ record: VersionRecord, _ names: SchemaView, to key: inout [UInt8]) -> Outcome {
    key.append(contentsOf: prefix)
    let outcome = record.bytes.withUnsafeBytes { raw -> Outcome in
      var reader = ValueReader(bytes: raw, position: record.start, names: names, pendingTime: nil)
      let outcome = EntryPlan.append(terms, isTerm: true, id, record.start, &reader, to: &key)
      guard outcome == .entry else { return outcome }
      // Ends the terms, so that a lookup with fewer of them finds nothing.
      key.append(IndexKeys.Tag.end)
      return EntryPlan.append(values, isTerm: false, id, record.start, &reader, to: &key)
    }
    if outcome == .entry { IndexKeys.append(id, to: &key) }
    return outcome
  }

  /// Appends terms or values; there is no entry where they are all null.
  private static func append(
    _ components: [Component], isTerm: Bool, _ id: DocumentID, _ start: Int, _ reader: inout ValueReader,
    to key: inout [UInt8]
  ) -> Outcome {
    var hasValue = components.isEmpty
    for component in components {
      switch component {
      case .ref:
        IndexKeys.append(id, to: &key)
        hasValue = true
      case .path(let path):
        reader.position = start
        guard path.withUnsafeBytes({ reader.enter(names: $0) }),
          let isNull = reader.appendScalar(to: &key, isTerm: isTerm)
        else { return .notSimple }
        if !isNull { hasValue = true }
      }
    }
    return hasValue ? .entry : .none
  }
}

extension ValueReader {
  /// Appends the scalar that stands here as a component of an index key; answers whether it is null, or nil where it is
  /// no simple scalar.
  fileprivate mutating func appendScalar(to key: inout [UInt8], isTerm: Bool) -> Bool? {
    guard position < bytes.count else { return nil }
    switch bytes[position] {
    case ValueCodec.Tag.integer:
      position += 1
      IndexKeys.append(integer: signed(), to: &key)
      return false
    case ValueCodec.Tag.string:
      position += 1
      let text = slice(Int(truncatingIfNeeded: varint()))
      IndexKeys.append(text: text, to: &key, isTerm: isTerm)
      return false
    case ValueCodec.Tag.null, ValueCodec.Tag.isFalse, ValueCodec.Tag.isTrue, ValueCodec.Tag.double,
      ValueCodec.Tag.time, ValueCodec.Tag.date, ValueCodec.Tag.documentRef:
      let value = value()
      if isTerm { IndexKeys.appendTerm(value, to: &key, time: 0) } else { IndexKeys.append(value, to: &key, time: 0) }
      return value.isNull
    default: return nil
    }
  }
}
