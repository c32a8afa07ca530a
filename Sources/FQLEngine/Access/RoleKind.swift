import FQLValues

/// Roles: what those who have them may do, and who has them.
final class RoleKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  private static let arities: [String: Int] = [
    "read": 1, "write": 2, "create": 1, "create_with_id": 2, "delete": 1, "history_read": 1, "history_write": 4,
    "unrestricted_read": 1, "call": 1,
  ]

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(known: ["name", "privileges", "membership", "data"], kept: ["name"])
    write.expectObject("data")
    write.expectName()
    var texts: [([String], Value, String)] = []
    normalizeMembership(write, &texts)
    normalizePrivileges(write, &texts)
    checkArities(write)
    for (field, value, expected) in texts { write.failType(field, value, expected: expected) }
    try write.expectReadableReferences()
    try checkMemberships(write)
    try write.check()
    try write.expectUniqueName(.roles)
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    write.transaction.noteName(.roles, old: write.old, new: write.fields, id: write.id.id)
    write.transaction.noteEntity(.roles, number: write.id.id, fields: write.fields)
  }

  override func willDelete(
    _ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node
  ) throws(Failure) {
    evaluation.transaction.noteName(.roles, old: fields, new: nil, id: id.id)
  }

  private func normalizePrivileges(_ write: DocumentWrite, _ texts: inout [([String], Value, String)]) {
    guard let value = write.fields["privileges"] else { return }
    if case .array(let elements) = value {
      var privileges: [Value] = []
      for element in elements { privileges.append(privilege(element, write, &texts)) }
      write.fields["privileges"] = .array(privileges)
    } else {
      write.fields["privileges"] = privilege(value, write, &texts)
    }
  }

  /// A privilege without what it does not know; what has the wrong type is reported, texts at the end.
  private func privilege(
    _ value: Value, _ write: DocumentWrite, _ texts: inout [([String], Value, String)]
  ) -> Value {
    guard case .object(let object) = value else {
      write.failType(["privileges"], value, expected: "Privilege")
      return value
    }
    var result = Object()
    for field in object.fields {
      switch (field.key, field.value) {
      case ("resource", .ref): result.fields.append(field)
      case ("resource", .string): texts.append((["privileges", "resource"], field.value, "Ref"))
      case ("resource", _): write.failType(["resource"], field.value, expected: "Ref")
      case ("actions", .object(let actions)):
        var known = Object()
        for action in actions.fields where RoleKind.arities[action.key] != nil {
          switch action.value {
          case .boolean, .lambda: known.fields.append(action)
          case .string: texts.append((["privileges", "actions", action.key], action.value, "Query"))
          default: write.failType(["actions", action.key], action.value, expected: "RoleAction")
          }
        }
        result.fields.append(.init("actions", .object(known)))
      case ("actions", _): write.failType(["actions"], field.value, expected: "RoleAction Map")
      default: continue
      }
    }
    return .object(result)
  }

  private func normalizeMembership(_ write: DocumentWrite, _ texts: inout [([String], Value, String)]) {
    guard let value = write.fields["membership"] else { return }
    if case .array(let elements) = value {
      var memberships: [Value] = []
      for element in elements { memberships.append(membership(element, write, &texts)) }
      write.fields["membership"] = .array(memberships)
    } else {
      write.fields["membership"] = membership(value, write, &texts)
    }
  }

  private func membership(
    _ value: Value, _ write: DocumentWrite, _ texts: inout [([String], Value, String)]
  ) -> Value {
    guard case .object(let object) = value else {
      write.failType(["membership"], value, expected: "Membership")
      return value
    }
    var result = Object()
    for field in object.fields {
      switch (field.key, field.value) {
      case ("resource", .ref(.entity(let entity)))
      where entity.kind == .named(.collections) || entity.isNativeCollection:
        result.fields.append(field)
      case ("resource", .string): texts.append((["membership", "resource"], field.value, "Ref"))
      case ("resource", _): write.failType(["resource"], field.value, expected: "Class Ref")
      case ("predicate", .lambda): result.fields.append(field)
      case ("predicate", .string): texts.append((["membership", "predicate"], field.value, "Query"))
      case ("predicate", _): write.failType(["predicate"], field.value, expected: "Query")
      default: continue
      }
    }
    return .object(result)
  }

  /// The number of parameters is checked only where there is one privilege, or one membership, and no array.
  private func checkArities(_ write: DocumentWrite) {
    if case .object(let privilege)? = write.fields["privileges"], case .object(let actions)? = privilege["actions"] {
      for action in actions.fields {
        guard case .lambda(let lambda) = action.value, let expected = RoleKind.arities[action.key] else { continue }
        checkArity(write, lambda, expected, ["privileges", "actions", action.key])
      }
    }
    if case .object(let membership)? = write.fields["membership"], case .lambda(let lambda)? = membership["predicate"] {
      checkArity(write, lambda, 1, ["membership", "predicate"])
    }
  }

  private func checkArity(_ write: DocumentWrite, _ lambda: LambdaValue, _ expected: Int, _ field: [String]) {
    let count: Int
    switch lambda.pattern {
    case .name("_"): return
    case .name: count = 1
    case .names(let names): count = names.count
    }
    if count != expected {
      write.fail(field, "invalid arity", "Found lambda with arity \(count) expected \(expected)")
    }
  }

  private static let maximumMemberships = 64

  /// At most that many roles may name one collection in their memberships.
  private func checkMemberships(_ write: DocumentWrite) throws(Failure) {
    for case .object(let membership) in IndexSource.list(write.fields["membership"]) {
      guard case .ref(.entity(let collection))? = membership["resource"] else { continue }
      var count = 1
      for (number, role) in write.transaction.view.schema.roles where number != write.id.id {
        let isNamed = IndexSource.list(role.fields["membership"]).contains { other in
          guard case .object(let other) = other, case .ref(.entity(let entity))? = other["resource"] else {
            return false
          }
          return entity.isIdentical(to: collection)
        }
        if isNamed { count += 1 }
      }
      if count > RoleKind.maximumMemberships {
        let field = write.errorPosition.map { step in
          switch step {
          case .key(let key): key
          case .index(let index): String(index)
          }
        }
        write.fail(
          field, "resources exceeded",
          "Maximum number of roles per membership class exceeded. Maximum allowed: \(RoleKind.maximumMemberships).")
      }
    }
  }
}
