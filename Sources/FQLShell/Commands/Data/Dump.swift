import FQLValues

extension Shell {
  private static let documentsInOneTransaction = 100

  /// `.dump [FILE]`: a script that rebuilds the database.
  func dump(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let path = try command.arguments().first, path != "-" else { return try dump(to: output) }
    try writeFile(path) { (target) throws(MetaCommand.Problem) in try dump(to: target) }
  }

  private func dump(to target: Output) throws(MetaCommand.Problem) {
    target.line("// Rebuilds a database: fql FILE, or .read FILE.")
    try dumpDatabase(to: target)
  }

  /// One database, and those below it.
  private func dumpDatabase(to target: Output) throws(MetaCommand.Problem) {
    let writer = DefinitionWriter(shell: self)
    try noteWhatIsMissing(target)
    let collections = try writer.documents(of: .collections)
    for document in collections { write(DefinitionWriter.creation(of: document, .collections), to: target) }
    let functions = try writer.documents(of: .functions)
    for document in functions {
      write(DefinitionWriter.creation(of: document, .functions, without: ["role"]), to: target)
    }
    // A role that names an index waits for it.
    let roles = try writer.documents(of: .roles).map { DefinitionWriter.creation(of: $0, .roles) }
    for role in roles where !role.contains("Index(") { write(role, to: target) }
    for collection in collections { try dumpDocuments(of: collection["name"]?.text ?? "", to: target) }
    for document in try writer.documents(of: .indexes) {
      write(DefinitionWriter.creation(of: document, .indexes), to: target)
    }
    for role in roles where role.contains("Index(") { write(role, to: target) }
    for document in try writer.documents(of: .accessProviders) {
      write(DefinitionWriter.creation(of: document, .accessProviders), to: target)
    }
    for document in functions {
      guard let role = document["role"], let name = document["name"]?.text else { continue }
      write("Update(Function(\(FQLText.quoted(name))), {role: \(FQLText.of(role))})", to: target)
    }
    try dumpChildren(to: target)
  }

  private func write(_ statement: String, to target: Output) {
    let text = DefinitionWriter.laidOut(statement)
    target.write { $0.append(text) }
  }

  /// What a script cannot bring back.
  private func noteWhatIsMissing(_ target: Output) throws(MetaCommand.Problem) {
    var parts: [String] = []
    for native in [NativeKind.keys, .tokens, .credentials] {
      let count = try elements(of: native.collectionConstructor + "()").count
      if count > 0 { parts.append("\(native.id) (\(count))") }
    }
    let secrets = parts.isEmpty ? "keys, tokens and credentials (there are none)" : parts.joined(separator: ", ")
    target.line("// Not in this script: earlier versions of documents, \(secrets).")
  }

  private func dumpDocuments(of collection: String, to target: Output) throws(MetaCommand.Problem) {
    var waiting: [String] = []
    func flush() {
      guard !waiting.isEmpty else { return }
      target.line("Do(\n  \(waiting.joined(separator: ",\n  "))\n)")
      waiting.removeAll(keepingCapacity: true)
    }
    let name = FQLText.quoted(collection)
    try each(in: "Documents(Collection(\(name)))", as: "Get(Var(\"x\"))") { (document) throws(MetaCommand.Problem) in
      guard case .object(let fields) = document.shape, let id = document["ref"]?.documentID else { return }
      let params = Value.object(Object(fields.filter { $0.key != "ref" && $0.key != "ts" }))
      waiting.append("Create(Ref(Collection(\(name)), \(FQLText.quoted(id))), \(FQLText.of(params)))")
      if waiting.count == Shell.documentsInOneTransaction { flush() }
    }
    flush()
  }

  private func dumpChildren(to target: Output) throws(MetaCommand.Problem) {
    let children = try DefinitionWriter(shell: self).documents(of: .databases)
    for child in children {
      write(DefinitionWriter.creation(of: child, .databases), to: target)
      guard let name = child["name"]?.text else { continue }
      guard session.secret == nil else {
        target.line("// Not in this script: what is in the database \(FQLText.quoted(name)).")
        continue
      }
      target.line(".use \(name)")
      session.path.append(name)
      defer { session.path.removeLast() }
      try dumpDatabase(to: target)
      target.line(".use ..")
    }
  }
}
