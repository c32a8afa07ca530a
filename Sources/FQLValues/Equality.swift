// Equality is exact. Only at the top level of `Equals` are an integer and a double of the same value equal.

extension Value {
  /// Whether two values are the same: of one type, with the same content, objects regardless of the order of their fields.
  public func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.null, .null), (.transactionTime, .transactionTime): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern || a.isNaN && b.isNaN
    case (.string(let a), .string(let b)): a.isSame(as: b)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.uuid(let a), .uuid(let b)): a == b
    case (.time(let a), .time(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.action(let a), .action(let b)): a == b
    case (.action(let a), .string(let b)), (.string(let b), .action(let a)): a.equals(b)
    case (.ref(let a), .ref(let b)): a.isIdentical(to: b)
    case (.array(let a), .array(let b)), (.cursor(.array(let a)), .cursor(.array(let b))),
      (.array(let a), .cursor(.array(let b))), (.cursor(.array(let a)), .array(let b)):
      a.isIdentical(to: b)
    case (.object(let a), .object(let b)): a.isIdentical(to: b)
    case (.document(let a), .document(let b)):
      a.ref.isIdentical(to: b.ref) && a.ts == b.ts && a.isNew == b.isNew && a.fields.isIdentical(to: b.fields)
    case (.page(let a), .page(let b)): a.isIdentical(to: b)
    case (.event(let a), .event(let b)), (.cursor(.event(let a)), .cursor(.event(let b))):
      a.visibleObject.isIdentical(to: b.visibleObject)
    case (.sourced(let a), .sourced(let b)): a.visibleObject.isIdentical(to: b.visibleObject)
    case (.set(let a), .set(let b)): a.definition.isIdentical(to: b.definition)
    case (.set(.reference(let a)), .ref(let b)), (.ref(let b), .set(.reference(let a))): a.isIdentical(to: b)
    case (.lambda(let a), .lambda(let b)): a.isIdentical(to: b)
    default: false
    }
  }

  /// Whether `Equals` calls two values equal: numbers by value, everything else exactly.
  public func isEqual(to other: Value) -> Bool {
    switch (self, other) {
    case (.integer(let a), .double(let b)), (.double(let b), .integer(let a)):
      Double(a).bitPattern == b.bitPattern
    default: isIdentical(to: other)
    }
  }
}

extension EventAction {
  /// An action equals its own name and that of the write that makes it.
  fileprivate func equals(_ text: String) -> Bool {
    switch self {
    case .update, .add: text == name || text == "create"
    case .remove: text == name || text == "delete"
    case .create, .delete: text == name
    }
  }
}

extension [Value] {
  func isIdentical(to other: [Value]) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.isIdentical(to: $1) }
  }
}

extension Object {
  func isIdentical(to other: Object) -> Bool {
    guard count == other.count else { return false }
    var keyed: KeyedFields?
    for (i, field) in fields.enumerated() {
      if other.fields[i].key.isSame(as: field.key) {
        if !field.value.isIdentical(to: other.fields[i].value) { return false }
      } else {
        let theirs = keyed ?? KeyedFields(other)
        keyed = theirs
        guard let value = theirs[field.key], field.value.isIdentical(to: value) else { return false }
      }
    }
    return true
  }
}

extension Ref {
  /// Whether two references point at the same thing; unresolved ones are compared by name.
  public func isIdentical(to other: Ref) -> Bool {
    switch (self, other) {
    case (.entity(let a), .entity(let b)): a.isIdentical(to: b)
    case (.document(let a, let i), .document(let b, let j)): i == j && a.isIdentical(to: b)
    case (.foreign(let a), .foreign(let b)):
      a.id == b.id
        && (a.collection.map { x in b.collection.map { x.isIdentical(to: $0) } ?? false } ?? (b.collection == nil))
    default: false
    }
  }
}

extension Entity {
  public func isIdentical(to other: Entity) -> Bool {
    if self === other { return true }
    guard kind == other.kind, isResolved == other.isResolved else { return false }
    if isResolved { return number == other.number && scope == other.scope }
    guard name == other.name else { return false }
    switch (database, other.database) {
    case (nil, nil): return true
    case (let a?, let b?): return a.isIdentical(to: b)
    default: return false
    }
  }
}

extension Page {
  func isIdentical(to other: Page) -> Bool {
    guard data.isIdentical(to: other.data), cursors.count == other.cursors.count else { return false }
    for (a, b) in [(before, other.before), (after, other.after)] {
      switch (a, b) {
      case (nil, nil): continue
      case (let a?, let b?) where a.isIdentical(to: b): continue
      default: return false
      }
    }
    return (0..<cursors.count).allSatisfy { cursors[$0].isIdentical(to: other.cursors[$0]) }
  }
}

extension LambdaValue {
  /// Lambdas are equal by parameters, body and captured values; bodies that call functions only if they are one and the same.
  func isIdentical(to other: LambdaValue) -> Bool {
    if self === other { return true }
    guard version == other.version, pattern == other.pattern,
      Object(captured).isIdentical(to: Object(other.captured))
    else { return false }
    if let code, let theirs = other.code, code === theirs { return true }
    return body.isIdenticalData(to: other.body)
  }
}

extension Expr {
  /// Whether two trees of literals, variables, arrays, objects, `let` and `do` are the same.
  fileprivate func isIdenticalData(to other: Expr) -> Bool {
    switch (kind, other.kind) {
    case (.literal(let a), .literal(let b)): return a.isIdentical(to: b)
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.isIdenticalData(to: $1) }
    case (.object(let a), .object(let b)):
      guard a.keys == b.keys else { return false }
      let isPlain = a.keys == ["var"] || a.keys == ["object"] || a.keys == ["let", "in"] || a.keys == ["do"]
      guard isPlain || a.function < 0 && a.keys.allSatisfy({ !$0.isEmpty }) && Expr.isData(a) else { return false }
      return zip(a.values, b.values).allSatisfy { $0.isIdenticalMember(to: $1) }
    default: return false
    }
  }

  /// Members of `object` and `let` are plain objects, whatever their keys are.
  private func isIdenticalMember(to other: Expr) -> Bool {
    if case .object(let a) = kind, case .object(let b) = other.kind, a.function < 0, b.function < 0 {
      return a.keys == b.keys && zip(a.values, b.values).allSatisfy { $0.isIdenticalData(to: $1) }
    }
    if case .array(let a) = kind, case .array(let b) = other.kind {
      return a.count == b.count && zip(a, b).allSatisfy { $0.isIdenticalMember(to: $1) }
    }
    return isIdenticalData(to: other)
  }

  private static func isData(_ members: Members) -> Bool {
    members.keys.count == 1 && members.keys[0].utf8.first == UInt8(ascii: "@")
  }
}
