import FQLSyntax
import FQLValues

/// Writes values and trees as FQL that makes them again.
enum FQLText {
  /// A value as an expression that evaluates to it.
  static func of(_ value: Value) -> String {
    switch value {
    case .string(let text): return quoted(text)
    case .action(let action): return quoted(action.name)
    case .double(let number): return double(number)
    case .integer(let number): return String(number)
    case .boolean(let flag): return flag ? "true" : "false"
    case .null: return "null"
    case .lambda(let lambda): return "Query(\(of(lambda)))"
    case .ref, .set, .time, .date, .bytes, .uuid, .transactionTime:
      var out = OutputBuffer()
      out.append(wire: value)
      guard let tree = try? WireReader.read(out.string) else { return "null" }
      return of(tree)
    case .array, .object, .document, .page, .event, .sourced, .cursor: break
    }
    switch value.shape {
    case .array(let elements): return "[" + elements.map(of).joined(separator: ", ") + "]"
    case .object(let fields):
      return "{" + fields.map { "\(key($0.key)): \(of($0.value))" }.joined(separator: ", ") + "}"
    case .leaf: return "null"
    }
  }

  private static func double(_ number: Double) -> String {
    if number.isNaN { return "ToDouble(\"NaN\")" }
    if number.isInfinite { return number < 0 ? "ToDouble(\"-Infinity\")" : "ToDouble(\"Infinity\")" }
    // The shortest digits that read back, with a point or an exponent.
    return "\(number)"
  }

  static func quoted(_ text: String) -> String {
    var out = OutputBuffer()
    out.append(json: text)
    return out.string
  }

  static func of(_ lambda: LambdaValue) -> String {
    let pattern =
      switch lambda.pattern {
      case .name(let name): quoted(name)
      case .names(let names): "[" + names.map(quoted).joined(separator: ", ") + "]"
      }
    return "Lambda(\(pattern), \(of(lambda.body)))"
  }

  /// A tree as text that is parsed to the same tree.
  static func of(_ tree: Expr) -> String {
    switch tree.kind {
    case .literal(let value): return of(value)
    case .array(let elements): return "[" + elements.map(of).joined(separator: ", ") + "]"
    case .object(let members): return call(members)
    }
  }

  private static func call(_ members: Expr.Members) -> String {
    if members.keys.count == 1 {
      let inner = members.values[0]
      switch members.keys[0] {
      case "object": if case .object(let fields) = inner.kind { return object(fields) } else { return of(inner) }
      case "@obj": if case .object(let fields) = inner.kind { return object(fields) }
      case "@ref": if let text = reference(inner) { return text }
      case "@ts": return "Time(\(of(inner)))"
      case "@date": return "Date(\(of(inner)))"
      case "@bytes": return "Bytes(\(of(inner)))"
      case "@set": return of(inner)
      case "@query":
        if case .object(let lambda) = inner.kind { return "Query(\(call(without(lambda, "api_version"))))" }
      default: break
      }
    }
    if members["lambda"] != nil, let pattern = members["lambda"], let body = members["expr"], members.keys.count <= 3 {
      return "Lambda(\(of(pattern)), \(of(body)))"
    }
    if members["let"] != nil, let bindings = members["let"], let body = members["in"] {
      return "Let(\(list(bindings)), \(of(body)))"
    }
    let number = members.function >= 0 ? members.function : FunctionTable.number(forKeys: members.keys) ?? -1
    guard number >= 0, !FunctionTable.entries[number].name.isEmpty else { return object(members) }
    return call(FunctionTable.entries[number], members)
  }

  private static func without(_ members: Expr.Members, _ key: String) -> Expr.Members {
    let kept = members.keys.indices.filter { members.keys[$0] != key }
    return Expr.Members(keys: kept.map { members.keys[$0] }, values: kept.map { members.values[$0] })
  }

  private static func object(_ members: Expr.Members) -> String {
    "{" + zip(members.keys, members.values).map { "\(key($0)): \(of($1))" }.joined(separator: ", ") + "}"
  }

  /// The bindings of `Let`: their objects are no forms.
  private static func list(_ bindings: Expr) -> String {
    switch bindings.kind {
    case .array(let elements): return "[" + elements.map { list($0) }.joined(separator: ", ") + "]"
    case .object(let members): return object(members)
    case .literal(let value): return of(value)
    }
  }

  private static func reference(_ tree: Expr) -> String? {
    guard case .object(let members) = tree.kind else { return "Ref(\(of(tree)))" }
    guard let id = members["id"], case .literal(.string(let name)) = id.kind else { return nil }
    let database = members["database"].flatMap { nested($0) }
    guard let collection = members["collection"] ?? members["class"] else {
      return NativeKind(id: name).map { "\($0.collectionConstructor)(\(database ?? ""))" }
    }
    guard case .object(let wrapper) = collection.kind, wrapper.keys == ["@ref"],
      case .object(let owner) = wrapper.values[0].kind
    else { return nil }
    if owner["collection"] == nil, case .literal(.string(let native))? = owner["id"]?.kind,
      let kind = NativeKind(id: native), kind.isNamed
    {
      let scope = database ?? owner["database"].flatMap { nested($0) }
      return "\(kind.constructor)(\(quoted(name))\(scope.map { ", " + $0 } ?? ""))"
    }
    return reference(wrapper.values[0]).map { "Ref(\($0), \(quoted(name)))" }
  }

  private static func nested(_ wrapped: Expr) -> String? {
    guard case .object(let members) = wrapped.kind, members.keys == ["@ref"] else { return nil }
    return reference(members.values[0])
  }

  /// The elements of an array, each as text.
  private static func elements(of tree: Expr) -> [String]? {
    switch tree.kind {
    case .array(let elements): elements.map(of)
    case .literal(.array(let elements)): elements.map(of)
    default: nil
    }
  }

  /// A key of an object: bare where it is a name.
  private static func key(_ key: String) -> String {
    guard let first = key.utf8.first, !(48...57).contains(first) else { return quoted(key) }
    let isName = key.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 95
    }
    return isName ? key : quoted(key)
  }

  /// A call by the function table's rules.
  private static func call(_ entry: FunctionTable.Entry, _ members: Expr.Members) -> String {
    var arguments: [String] = []
    for place in entry.parameters.indices {
      guard let key = entry.keys.first(where: { $0.parameter == place }) else { continue }
      let isRest = entry.variadic != .none && place == entry.parameters.count - 1
      guard let value = members[key.name] else {
        if !isRest { arguments.append("undefined") }
        continue
      }
      if isRest, let elements = elements(of: value), elements.count != 1 || entry.variadic == .array,
        arguments.count + elements.count >= entry.minimum
      {
        arguments += elements
      } else {
        arguments.append(of(value))
      }
    }
    while arguments.last == "undefined" { arguments.removeLast() }
    if arguments == ["null"], entry.minimum == 0 { arguments = [] }
    // What is left of the keys are the options.
    let known = Set(entry.keys.filter { $0.parameter != nil }.map(\.name))
    let options = members.keys.indices.filter { !known.contains(members.keys[$0]) }
    if !options.isEmpty, !entry.options.isEmpty {
      arguments.append(
        "{" + options.map { "\(key(members.keys[$0])): \(of(members.values[$0]))" }.joined(separator: ", ") + "}")
    }
    return "\(entry.name)(\(arguments.joined(separator: ", ")))"
  }
}
