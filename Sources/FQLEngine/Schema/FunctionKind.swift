import FQLValues

/// User functions.
final class FunctionKind: DocumentKind, @unchecked Sendable {
  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(known: ["name", "body", "role", "data", "permissions"], kept: ["name"])
    if case .string? = write.params["body"] {
      throw write.failure(.schemaValidationFailed, "Invalid type provided for field `body`.")
    }
    write.expectObject("data")
    write.expectName()
    if let body = write.fields["body"] {
      if case .lambda = body {} else { write.failType(["body"], body, expected: "Query") }
    } else {
      write.require("body")
    }
    RoleField.check(write, required: false)
    PermissionsField.check(write, actions: ["call"])
    try write.expectReadableReferences()
    RoleField.checkNames(write)
    try write.check()
    try write.expectUniqueName(.functions)
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    write.transaction.noteName(.functions, old: write.old, new: write.fields, id: write.id.id)
    write.transaction.noteEntity(.functions, number: write.id.id, fields: write.fields)
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    evaluation.transaction.noteName(.functions, old: fields, new: nil, id: id.id)
  }
}

/// The `role` field of functions and keys: a built-in role, a role by name or reference, or an array of roles.
enum RoleField {
  static let builtIn: Set<String> = ["admin", "server", "server-readonly", "client"]

  static func check(_ write: DocumentWrite, required: Bool) {
    guard let role = write.fields["role"] else {
      if required { write.require("role") }
      return
    }
    let elements: [Value]
    if case .array(let list) = role { elements = list } else { elements = [role] }
    for element in elements {
      switch element {
      case .string(let name):
        if builtIn.contains(name), case .array = role { return write.failType(["role"], role, expected: "Role") }
      case .ref(.entity(let entity)) where entity.kind == .named(.roles): continue
      default: return write.failType(["role"], role, expected: "Role")
      }
    }
  }

  /// Roles that are given by name must exist; this is checked after all references.
  static func checkNames(_ write: DocumentWrite) {
    for case .string(let name) in IndexSource.list(write.fields["role"]) where !builtIn.contains(name) {
      if write.transaction.view.schema.entity(.roles, named: name) == nil {
        write.fail("role", "validation failure", "Role name `\(name)` does not exist.")
      }
    }
  }
}

/// Databases below the query's own.
final class DatabaseKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(
      known: ["name", "data", "container", "typechecked", "protected", "priority"], kept: ["name", "global_id"])
    write.expectObject("data")
    write.expectName()
    write.expectBoolean("container")
    write.expectBoolean("typechecked")
    write.expectBoolean("protected")
    if let priority = write.params["priority"], !priority.isNull {
      switch priority {
      case .integer(1...500): break
      default: write.failType(["priority"], priority, expected: "Priority")
      }
    }
    try write.expectReadableReferences()
    try write.check()
    try write.expectUniqueName(.databases)
    if write.fields["container"].isTrue, !(write.old?["container"].isTrue ?? true) {
      let schema = try write.transaction.schema(of: write.id.id)
      let isEmpty =
        schema.collections.isEmpty && schema.functions.isEmpty
        && schema.indexes.keys.allSatisfy { $0 < Numbers.firstIndex }
      if !isEmpty {
        write.fail(
          [], "container candidate contains data",
          "cannot make database a container while it contains collections, indexes, or user functions")
        try write.check()
      }
    }
    let globalID = write.old?["global_id"] ?? .string(GlobalID.text(write.transaction.newGlobalID()))
    write.fields["global_id"] = nil
    write.fields["global_id"] = globalID
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    if write.verb == .create {
      try write.transaction.noteParent(of: write.id.id, write.id.scope)
      if case .string(let text)? = write.fields["global_id"], let id = GlobalID.number(text) {
        try write.transaction.noteScope(ofGlobalID: id, write.id.id)
      }
    }
    write.transaction.noteName(.databases, old: write.old, new: write.fields, id: write.id.id)
    write.transaction.noteEntity(.databases, number: write.id.id, fields: write.fields)
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    let transaction = evaluation.transaction
    try transaction.removeDatabase(id.id)
    transaction.noteName(.databases, old: fields, new: nil, id: id.id)
  }
}

/// The global id of a database: 64 bits, shown as 13 characters of z-base-32.
enum GlobalID {
  private static let alphabet = Array("ybndrfg8ejkmcpqxot1uwisza345h769".utf8)

  /// Five bits a character from the top; the last one has a zero bit behind its four.
  static func text(_ id: UInt64) -> String {
    var bytes: [UInt8] = []
    for i in 0..<13 {
      let shift = 59 - 5 * i
      let group = shift >= 0 ? (id >> UInt64(shift)) & 31 : (id << UInt64(-shift)) & 31
      bytes.append(alphabet[Int(group)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The number that a text stands for.
  static func number(_ text: String) -> UInt64? {
    let characters = Array(text.utf8)
    guard characters.count == 13 else { return nil }
    var id: UInt64 = 0
    for (i, character) in characters.enumerated() {
      guard let group = alphabet.firstIndex(of: character) else { return nil }
      let shift = 59 - 5 * i
      id |= shift >= 0 ? UInt64(group) << UInt64(shift) : UInt64(group) >> UInt64(-shift)
    }
    return id
  }
}

extension Transaction {
  func newGlobalID() -> UInt64 {
    database.randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) } & (UInt64.max >> 1)
  }

  /// Removes everything in a database and in those below it.
  func removeDatabase(_ scope: Int64) throws(Failure) {
    for child in try schema(of: scope).databases.keys { try removeDatabase(child) }
    for space in [KeySpace.documents, KeySpace.indexes] {
      var prefix: [UInt8] = [space]
      KeyBytes.append32(scope, to: &prefix)
      try removeAll(prefix: prefix)
    }
  }
}
