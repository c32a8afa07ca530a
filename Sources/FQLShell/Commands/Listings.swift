import FQLValues

extension Shell {
  /// `.collections`, `.functions`, `.roles`, `.databases`
  func listNames(of native: NativeKind) throws(MetaCommand.Problem) {
    for name in try names(of: native) { output.line(name.escapingControls()) }
  }

  /// `.indexes`: `NAME  SOURCE (TERM, ...) -> VALUE, ...`
  func listIndexes() throws(MetaCommand.Problem) {
    let indexes = try elements(of: "Indexes()", as: "Get(Var(\"x\"))").sorted {
      ($0["name"]?.text ?? "") < ($1["name"]?.text ?? "")
    }
    for index in indexes { output.line(Shell.summary(ofIndex: index).escapingControls()) }
  }

  private static func summary(ofIndex index: Value) -> String {
    var line = "\(index["name"]?.text ?? "?")  \(sources(of: index["source"] ?? .null))"
    let terms = (index["terms"]?.elements ?? []).map { part($0) }
    line += " (\(terms.joined(separator: ", ")))"
    let values = (index["values"]?.elements ?? []).map { part($0) }
    if !values.isEmpty { line += " -> " + values.joined(separator: ", ") }
    if index["unique"]?.isTrue == true { line += " unique" }
    if index["serialized"]?.isTrue == true { line += " serialized" }
    if let active = index["active"], !active.isTrue { line += " inactive" }
    return line
  }

  /// The names of an index's collections.
  private static func sources(of source: Value) -> String {
    switch source {
    case .ref: return source.entityName ?? FQLText.of(source)
    case .string(let text): return text == "_" ? "*" : text
    default:
      if let elements = source.elements { return elements.map { sources(of: $0) }.joined(separator: ", ") }
      return source["collection"].map { sources(of: $0) } ?? source["class"].map { sources(of: $0) } ?? "?"
    }
  }

  /// A term or value: its path or binding, and its modifiers.
  private static func part(_ part: Value) -> String {
    var text = "?"
    if let binding = part["binding"]?.text { text = binding + "()" }
    if let field = part["field"] {
      let steps = field.elements ?? [field]
      text = steps.map { $0.text ?? FQLText.of($0) }.joined(separator: ".")
    }
    if part["reverse"]?.isTrue == true { text += " reverse" }
    return text
  }

  /// `.keys`: `ID  ROLE  DATABASE`, never a secret.
  func listKeys() throws(MetaCommand.Problem) {
    for key in try elements(of: "Keys()", as: "Get(Var(\"x\"))") {
      var line = key["ref"]?.documentID ?? "?"
      let roles = key["role"].map { $0.elements ?? [$0] } ?? []
      line += "  " + roles.map { $0.text ?? $0.entityName ?? FQLText.of($0) }.joined(separator: ", ")
      line += "  " + (key["database"]?.entityName ?? ([place.name] + session.path).joined(separator: "/"))
      output.line(line.escapingControls())
    }
  }

  /// `.tokens`: `ID  INSTANCE`, never a secret.
  func listTokens() throws(MetaCommand.Problem) {
    for token in try elements(of: "Tokens()", as: "Get(Var(\"x\"))") {
      let instance = token["instance"].map { FQLText.of($0) } ?? "?"
      output.line("\(token["ref"]?.documentID ?? "?")  \(instance)".escapingControls())
    }
  }
}
