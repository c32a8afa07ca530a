import FQLSyntax
import FQLValues

/// Writes the FQL that creates what a database has.
struct DefinitionWriter {
  let shell: Shell

  /// The kinds with names, in an order in which nothing is used before it is there; what is filled in later is the
  /// roles of functions.
  static let kinds: [NativeKind] = [.collections, .functions, .roles, .accessProviders, .indexes]

  /// Fields that the database fills in by itself.
  private static func isGiven(_ field: String, of native: NativeKind) -> Bool {
    switch field {
    case "ref", "ts", "global_id", "api_version": false
    case "active", "partitions": native != .indexes
    case "audience": native != .accessProviders
    default: true
    }
  }

  /// The things of a kind as documents, by name.
  func documents(of native: NativeKind) throws(MetaCommand.Problem) -> [Value] {
    try shell.elements(of: native.collectionConstructor + "()", as: "Get(Var(\"x\"))").sorted {
      ($0["name"]?.text ?? "") < ($1["name"]?.text ?? "")
    }
  }

  /// `CreateIndex({...})`
  static func creation(of document: Value, _ native: NativeKind, without dropped: Set<String> = []) -> String {
    guard case .object(let fields) = document.shape else { return "" }
    let given = fields.filter { isGiven($0.key, of: native) && !dropped.contains($0.key) }
    // The name first, as people write it.
    let ordered = given.filter { $0.key == "name" } + given.filter { $0.key != "name" }
    return "Create\(native.constructor)(\(FQLText.of(.object(Object(ordered)))))"
  }

  /// A statement laid out as the formatter does; as it is where the formatter does not understand it.
  static func laidOut(_ statement: String) -> String {
    guard let text = try? Formatter.format(Source(name: "", text: statement)) else { return statement + "\n" }
    return text.hasSuffix("\n") ? text : text + "\n"
  }
}

extension Shell {
  /// `.schema [NAME]`
  func showSchema(_ command: MetaCommand) throws(MetaCommand.Problem) {
    let name = try command.arguments().first
    let writer = DefinitionWriter(shell: self)
    var isFound = false
    for native in DefinitionWriter.kinds {
      for document in try writer.documents(of: native) where name == nil || document["name"]?.text == name {
        isFound = true
        let text = DefinitionWriter.laidOut(DefinitionWriter.creation(of: document, native))
        output.write { $0.append(output.isTerminal ? text.escapingControls(keepsLineEnds: true) : text) }
      }
    }
    if let name, !isFound { throw MetaCommand.Problem(message: "there is nothing named \(name)") }
  }
}
