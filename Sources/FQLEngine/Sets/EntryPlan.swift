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
  /// A term or a value.
  struct Component: Sendable {
    /// Where among `names` those of its path are; empty for the reference.
    var names: Range<Int32>
  }

  enum Outcome {
    /// The key of the entry, up to the reference, was written.
    case entry
    /// The document has no entry.
    case none
    /// The document has something else than a scalar at one of the paths; what was written is to be dropped.
    case notSimple
  }

  private let prefix: [UInt8]
  private let terms: [Component]
  private let values: [Component]
  /// The names of all paths, each behind its length.
  private let names: [UInt8]
  /// The names of the fields of `data` that the paths lead to or through, each behind its length; nil where one leads elsewhere.
  private let fieldsOfData: [UInt8]?

  private static let special: Set<String> = ["ref", "ts", "class", "collection"]

  /// The plan of an index; nil where its fields are not that simple.
  init?(number: Int64, scope: Int64, terms: [IndexDefinition.Field], values: [IndexDefinition.Field]) {
    prefix = KeyBytes.index(scope: scope, index: number)
    var names: [UInt8] = []
    let indexed = terms + values
    guard let terms = EntryPlan.components(terms, &names), let values = EntryPlan.components(values, &names) else {
      return nil
    }
    self.terms = terms
    self.values = values
    self.names = names
    fieldsOfData = EntryPlan.fieldsOfData(in: indexed)
  }

  private static func fieldsOfData(in fields: [IndexDefinition.Field]) -> [UInt8]? {
    var names: [UInt8] = []
    for field in fields {
      guard case .path(let path) = field.content else { return nil }
      if path == [.field("ref")] { continue }
      guard path.count > 1, path[0] == .field("data"), add([path[1]], &names) else { return nil }
    }
    return names
  }

  private static func components(_ fields: [IndexDefinition.Field], _ names: inout [UInt8]) -> [Component]? {
    var components: [Component] = []
    for field in fields {
      guard case .path(let path) = field.content, !field.isCasefolded, !field.isReversed, field.expandsArrays,
        case .field(let first)? = path.first
      else { return nil }
      let start = Int32(names.count)
      if path != [.field("ref")] {
        guard !special.contains(first), add(path, &names) else { return nil }
      }
      components.append(Component(names: start..<Int32(names.count)))
    }
    return components
  }

  /// Adds the names of a path as documents store them; false where a step is a position, or a name is long.
  private static func add(_ path: [PathStep], _ names: inout [UInt8]) -> Bool {
    for step in path {
      guard case .field(let name) = step, name.utf8.count < 128 else { return false }
      names.append(UInt8(name.utf8.count))
      names += name.utf8
    }
    return true
  }

  /// Whether a change of a document's fields may change what is at one of the paths.
  func isTouched(by changes: StoredChanges) -> Bool {
    guard let fieldsOfData, let start = changes.dataStart else { return true }
    var reader = ValueReader(bytes: changes.bytes, position: start, names: nil, pendingTime: nil)
    return fieldsOfData.withUnsafeBytes { fields in
      for _ in 0..<reader.varint() {
        if reader.isAtEnd { break }
        let name = reader.slice(Int(truncatingIfNeeded: reader.varint()))
        var place = 0
        while place < fields.count {
          let length = Int(fields[place])
          if UnsafeRawBufferPointer(rebasing: fields[place + 1..<place + 1 + length]).isSame(as: name) { return true }
          place += 1 + length
        }
        reader.skip()
      }
      return false
    }
  }

  /// Whether two versions of a document have the same at all paths, so that they have the same entry, or none.
  func hasSameFields(_ a: StoredVersion, _ b: StoredVersion, _ names: SchemaView) -> Bool {
    var first = ValueReader(bytes: a.value, position: a.start, names: names, pendingTime: nil)
    var second = ValueReader(bytes: b.value, position: b.start, names: names, pendingTime: nil)
    return self.names.withUnsafeBytes { all in
      for component in [terms, values].joined() where !component.names.isEmpty {
        let path = component.path(in: all)
        first.position = a.start
        second.position = b.start
        guard first.enter(names: path), second.enter(names: path),
          first.takeValue().isSame(as: second.takeValue())
        else { return false }
      }
      return true
    }
  }

  /// Makes the key of the entry of a version, up to the reference, and nothing where there is none; false where that is not so simple.
  @inline(__always)
  func writeEntry(_ id: DocumentID, _ version: StoredVersion?, _ names: SchemaView, to key: inout ByteBuffer) -> Bool {
    key.removeAll()
    guard let version else { return true }
    switch write(id, version, names, to: &key) {
    case .entry: return true
    case .none:
      key.removeAll()
      return true
    case .notSimple: return false
    }
  }

  /// Writes the key of the entry that a version of a document has, up to the reference.
  func write(_ id: DocumentID, _ version: StoredVersion, _ names: SchemaView, to key: inout ByteBuffer) -> Outcome {
    key.removeAll()
    prefix.withUnsafeBytes { key.appendRaw($0) }
    var reader = ValueReader(bytes: version.value, position: version.start, names: names, pendingTime: nil)
    var outcome = write(terms, isTerm: true, id, version.start, &reader, to: &key)
    guard outcome == .entry else { return outcome }
    // Ends the terms, so that a lookup with fewer of them finds nothing.
    key.appendByte(IndexKeys.Tag.end)
    outcome = write(values, isTerm: false, id, version.start, &reader, to: &key)
    if outcome == .entry { IndexKeys.write(id, to: key.extend(IndexKeys.refLength)) }
    return outcome
  }

  /// Writes terms or values; there is no entry where they are all null.
  @inline(__always)
  private func write(
    _ components: [Component], isTerm: Bool, _ id: DocumentID, _ start: Int, _ reader: inout ValueReader,
    to key: inout ByteBuffer
  ) -> Outcome {
    names.withUnsafeBytes { all in
      var hasValue = components.isEmpty
      for component in components {
        if component.names.isEmpty {
          IndexKeys.write(id, to: key.extend(IndexKeys.refLength))
          hasValue = true
          continue
        }
        reader.position = start
        guard reader.enter(names: component.path(in: all)),
          let isNull = reader.writeScalar(to: &key, isTerm: isTerm)
        else { return .notSimple }
        if !isNull { hasValue = true }
      }
      return hasValue ? .entry : .none
    }
  }
}

extension EntryPlan.Component {
  @inline(__always)
  fileprivate func path(in names: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: names[Int(self.names.lowerBound)..<Int(self.names.upperBound)])
  }
}

extension ValueReader {
  /// Writes the scalar that stands here as a component of an index key; answers whether it is null, or nil where it is
  /// no simple scalar.
  fileprivate mutating func writeScalar(to key: inout ByteBuffer, isTerm: Bool) -> Bool? {
    guard position < end else { return nil }
    switch bytes[position] {
    case ValueCodec.Tag.integer:
      position += 1
      let start = key.count
      let count = IndexKeys.write(integer: signed(), to: key.extend(IndexKeys.longestInteger))
      key.truncate(to: start + count)
      return false
    case ValueCodec.Tag.string where isTerm:
      let start = position
      position += 1
      let text = slice(Int(truncatingIfNeeded: varint()))
      // Zeros are escaped.
      if let base = text.baseAddress, memchr(base, 0, text.count) != nil {
        position = start
        return writeOther(to: &key, isTerm: true)
      }
      key.appendByte(IndexKeys.Tag.string)
      key.appendRaw(text)
      key.extend(2).storeBytes(of: 0, as: UInt16.self)
      return false
    case ValueCodec.Tag.string, ValueCodec.Tag.null, ValueCodec.Tag.isFalse, ValueCodec.Tag.isTrue,
      ValueCodec.Tag.double, ValueCodec.Tag.time, ValueCodec.Tag.date, ValueCodec.Tag.documentRef:
      return writeOther(to: &key, isTerm: isTerm)
    default: return nil
    }
  }

  @inline(never)
  private mutating func writeOther(to key: inout ByteBuffer, isTerm: Bool) -> Bool {
    let value = value()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    if isTerm {
      IndexKeys.appendTerm(value, to: &bytes, time: 0)
    } else {
      IndexKeys.append(value, to: &bytes, time: 0)
    }
    bytes.withUnsafeBytes { key.appendRaw($0) }
    return value.isNull
  }
}
