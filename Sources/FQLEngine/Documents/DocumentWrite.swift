import FQLSyntax
import FQLValues

/// A write of one document while it is being checked: what was there, what is given, and what comes of it.
final class DocumentWrite {
  enum Verb: Equatable { case create, update, replace, insert }

  let evaluation: Evaluation
  /// The form that writes, and the key under which a creation's errors are reported.
  let node: Node
  let key: String
  let verb: Verb
  /// Where the document is or will be.
  let id: DocumentID
  /// The fields that are there; nil where there is no document.
  let old: Object?
  /// The fields that are given, those that this kind of document does not know left out.
  private(set) var params: Object
  /// Everything that is given.
  let given: Object
  /// The fields that will be there.
  var fields = Object()
  /// Fields that only the answer shows, before all others.
  var leading = Object()
  /// Fields that only the answer shows: a secret.
  var shown = Object()
  /// Fields that the answer does not show.
  var hidden: Set<String> = []
  private(set) var failures: [QueryError.FieldFailure] = []

  init(
    _ evaluation: Evaluation, _ node: Node, key: String, verb: Verb, id: DocumentID, old: Object?, given: Object
  ) {
    self.evaluation = evaluation
    self.node = node
    self.key = key
    self.verb = verb
    self.id = id
    self.old = old
    self.given = given
    params = given
  }

  var transaction: Transaction { evaluation.transaction }

  /// Merges what is given into what is there: into defaults for a new document, into what a replacement keeps.
  func merge(known: [String], defaults: Object = Object(), kept: [String] = []) {
    if !given.fields.allSatisfy({ known.contains($0.key) }) {
      params = Object(given.fields.filter { known.contains($0.key) })
    }
    let base: Object =
      switch verb {
      case .create, .insert: defaults
      case .update: old ?? Object()
      case .replace: Object((old ?? Object()).fields.filter { kept.contains($0.key) })
      }
    fields = Patch.apply(params, to: base)
    // An empty object is not stored at the top.
    if fields.fields.contains(where: { $0.value.isEmptyObject }) { fields.fields.removeAll { $0.value.isEmptyObject } }
  }

  // MARK: Failures

  func fail(_ field: [String], _ code: String, _ description: String) {
    let failure = QueryError.FieldFailure(field, code, description)
    if !failures.contains(failure) { failures.append(failure) }
  }

  func fail(_ field: String, _ code: String, _ description: String) { fail([field], code, description) }

  func require(_ field: String) {
    if fields[field] == nil { fail(field, "value required", "Required value not found.") }
  }

  func failType(_ field: [String], _ value: Value, expected: String) {
    fail(field, "invalid type", "Invalid type \(value.storedTypeName), expected type \(expected).")
  }

  /// Throws everything that was found wrong.
  func check() throws(Failure) {
    if failures.isEmpty { return }
    throw Failure(
      QueryError(
        .validationFailed, "document data is not valid.", position: errorPosition, failures: failures))
  }

  /// Where an error of this write is reported: a creation's at its key, a change's at the form.
  var errorPosition: [QueryError.Step] {
    verb == .create ? node.position + [.key(key)] : node.position
  }

  func failure(_ code: ErrorCode, _ description: String) -> Failure {
    Failure(QueryError(code, description, position: errorPosition))
  }

  // MARK: Types

  func expectObject(_ field: String) {
    guard let value = params[field], !value.isNull else { return }
    if case .object = value { return }
    failType([field], value, expected: "Map")
  }

  func expectTime(_ field: String) {
    guard let value = params[field], !value.isNull else { return }
    if case .time = value { return }
    failType([field], value, expected: "Timestamp")
  }

  func expectBoolean(_ field: String) {
    guard let value = params[field], !value.isNull else { return }
    if case .boolean = value { return }
    failType([field], value, expected: "Boolean")
  }

  func expectInteger(_ field: String) {
    guard let value = params[field], !value.isNull else { return }
    if case .integer = value { return }
    failType([field], value, expected: "Long")
  }

  func expectString(_ field: String, required: Bool = false) {
    guard let value = fields[field] else {
      if required { require(field) }
      return
    }
    if case .string = value { return }
    failType([field], value, expected: "String")
  }

  /// The rules of names.
  func expectName() {
    guard let value = fields["name"] else { return require("name") }
    guard case .string(let name) = value else { return failType(["name"], value, expected: "Name") }
    if name == "_" {
      fail("name", "reserved name", "Invalid name _. Reserved names: _.")
    } else if !Names.isValid(name) {
      fail(
        "name", "invalid characters",
        "The name \(name) uses invalid characters. Valid characters must match: [;@+$\\-_.!~%\\w]+")
    }
  }

  /// References inside of schema documents must lead somewhere; array positions are no part of their field.
  func expectReadableReferences() throws(Failure) {
    try visitReferences(.object(params), [])
  }

  private func visitReferences(_ value: Value, _ path: [String]) throws(Failure) {
    switch value {
    case .ref(let ref):
      guard let id = ref.documentID else { return }
      // In this order: whoever may not read it does not learn whether it exists.
      if !evaluation.mayRead(id) {
        fail(path, "invalid reference", "Cannot read reference.")
      } else if try transaction.version(id, at: nil) == nil {
        fail(path, "invalid reference", "Reference was not found.")
      }
    case .array(let elements):
      for element in elements { try visitReferences(element, path) }
    case .object(let object):
      for field in object.fields { try visitReferences(field.value, path + [field.key]) }
    default: break
    }
  }

  /// No other thing of the kind may have the name: for a new one it exists already, for an old one it is not unique.
  func expectUniqueName(_ native: NativeKind) throws(Failure) {
    guard case .string(let name)? = fields["name"] else { return }
    if case .string(let before)? = old?["name"], before == name { return }
    guard try transaction.isTaken(native, name, by: id.id) else { return }
    if verb == .create {
      throw failure(.instanceAlreadyExists, "\(DocumentNoun.of(native)) already exists.")
    }
    throw failure(.instanceNotUnique, "document is not unique.")
  }
}

extension Value {
  fileprivate var isEmptyObject: Bool {
    if case .object(let object) = self { object.isEmpty } else { false }
  }

  /// The name of a stored type in validation failures.
  var storedTypeName: String {
    switch self {
    case .integer: "Long"
    case .double: "Double"
    case .boolean: "Boolean"
    case .null: "Null"
    case .string, .action: "String"
    case .bytes: "Bytes"
    case .ref: "Ref"
    case .time: "Time"
    case .date: "Date"
    case .lambda: "Query"
    case .uuid: "UUID"
    case .array, .cursor(.array): "Array"
    case .transactionTime: "TransactionTime"
    case .set(.reference): "Ref"
    case .object, .document, .page, .event, .sourced, .set, .cursor(.event): "Map"
    }
  }
}

extension Transaction {
  /// Whether another thing of the kind has the name now, this transaction's own changes included.
  func isTaken(_ native: NativeKind, _ name: String, by id: Int64) throws(Failure) -> Bool {
    if let pending = pendingNames[native]?[name] {
      if let pending { return pending != id }
      return false
    }
    guard let entity = view.schema.entity(native, named: name) else { return false }
    return entity.number != id
  }

  /// Notes a name that this transaction gave or took away.
  func noteName(_ native: NativeKind, old: Object?, new: Object?, id: Int64) {
    schemaDidChange()
    if case .string(let name)? = old?["name"] { pendingNames[native, default: [:]][name] = .some(nil) }
    if case .string(let name)? = new?["name"] { pendingNames[native, default: [:]][name] = .some(id) }
  }
}
