import FQLValues

extension Shell {
  /// `.export COLLECTION FILE`
  func exportFile(_ command: MetaCommand) throws(MetaCommand.Problem) {
    let arguments = try command.arguments()
    guard arguments.count == 2 else {
      throw MetaCommand.Problem(message: ".export: a collection and a file are needed", status: ExitStatus.syntax)
    }
    let path = arguments[1]
    let name = path.lowercased()
    let body: (Output) throws(MetaCommand.Problem) -> Void
    let documents = "Documents(Collection(\(FQLText.quoted(arguments[0]))))"
    if name.hasSuffix(".csv") {
      body = { (target) throws(MetaCommand.Problem) in try self.exportTable(documents, ",", to: target) }
    } else if name.hasSuffix(".tsv") {
      body = { (target) throws(MetaCommand.Problem) in try self.exportTable(documents, "\t", to: target) }
    } else if name.hasSuffix(".json") {
      body = { (target) throws(MetaCommand.Problem) in try self.exportTrees(documents, isArray: true, to: target) }
    } else if name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl") {
      body = { (target) throws(MetaCommand.Problem) in try self.exportTrees(documents, isArray: false, to: target) }
    } else {
      throw MetaCommand.Problem(
        message: "\(path): neither .csv, .tsv, .json nor .ndjson", status: ExitStatus.syntax)
    }
    try writeFile(path, body)
  }

  /// Writes a file aside, which takes its name when it is complete.
  func writeFile(_ path: String, _ body: (Output) throws(MetaCommand.Problem) -> Void) throws(MetaCommand.Problem) {
    func failed(_ error: SystemError) -> MetaCommand.Problem {
      MetaCommand.Problem(message: "\(path): \(error.text)", status: ExitStatus.inputOutput)
    }
    let file: NewFile
    do throws(SystemError) {
      file = try NewFile(path)
    } catch {
      throw failed(error)
    }
    let target = Output(file.descriptor, name: path)
    do throws(MetaCommand.Problem) {
      try body(target)
    } catch {
      file.discard()
      throw error
    }
    target.flush()
    if let failure = target.failure {
      file.discard()
      throw failed(failure)
    }
    do throws(SystemError) {
      try file.commit()
    } catch {
      throw failed(error)
    }
  }

  /// Documents in tagged JSON, one a line.
  private func exportTrees(_ documents: String, isArray: Bool, to target: Output) throws(MetaCommand.Problem) {
    var isFirst = true
    if isArray { target.write { $0.append("[") } }
    try each(in: documents, as: "Get(Var(\"x\"))") { (document) throws(MetaCommand.Problem) in
      target.write { out in
        if isArray { out.append(isFirst ? "\n" : ",\n") }
        out.append(wire: document)
        if !isArray { out.append("\n") }
      }
      isFirst = false
    }
    if isArray { target.write { $0.append("\n]\n") } }
  }

  /// Documents as rows: their ids and the fields of their data.
  private func exportTable(_ documents: String, _ separator: Character, to target: Output) throws(MetaCommand.Problem) {
    var columns: [String] = []
    var known: Set<String> = []
    try each(in: documents, as: "Get(Var(\"x\"))") { (document) throws(MetaCommand.Problem) in
      guard case .object(let fields)? = document["data"]?.shape else { return }
      for field in fields where known.insert(field.key).inserted { columns.append(field.key) }
    }
    let id = known.contains("id") ? "_id" : "id"
    target.line(([id] + columns).map { Shell.cell($0, separator) }.joined(separator: String(separator)))
    try each(in: documents, as: "Get(Var(\"x\"))") { (document) throws(MetaCommand.Problem) in
      var cells = [document["ref"]?.documentID ?? ""]
      for column in columns { cells.append(Shell.cellText(document["data"]?[column])) }
      target.line(cells.map { Shell.cell($0, separator) }.joined(separator: String(separator)))
    }
  }

  private static func cellText(_ value: Value?) -> String {
    switch value {
    case nil, .null?: return ""
    case .string(let text)?: return text
    case .time(let time)?: return time.text
    case .date(let date)?: return date.text
    case let value?:
      var out = OutputBuffer()
      out.append(wire: value)
      return out.string
    }
  }

  /// A cell, in quotes where it must be.
  private static func cell(_ text: String, _ separator: Character) -> String {
    guard text.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
