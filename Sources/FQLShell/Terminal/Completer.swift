import FQLSyntax
import FQLValues

/// Finds what a text could go on with.
struct Completer {
  /// The names of a kind of things that the session may see.
  var names: (NativeKind) -> [String]
  var columns: Int

  private static let nativeKinds: [String: NativeKind] = [
    "Collection": .collections, "Class": .collections, "Index": .indexes, "Function": .functions, "Role": .roles,
    "Database": .databases,
  ]

  /// `pending` stands before the text; a text at its beginning may be a command.
  func complete(_ text: String, pending: String) -> Completion? {
    if pending.isEmpty, text.hasPrefix("."), let completion = command(text) { return completion }
    return query(pending.isEmpty ? text : pending + "\n" + text)
  }

  // MARK: Queries

  private func query(_ text: String) -> Completion? {
    let context = CursorContext(text)
    if context.isInComment { return nil }
    if let string = context.openString { return self.string(string, context) }
    if context.word.isEmpty, context.lastMark != ".", let function = context.optionsOf,
      let options = FunctionTable.entry(named: function)?.options, !options.isEmpty
    {
      return Completion(of: "", among: options, columns: columns) { $0 + ": " }
    }
    if !context.word.isEmpty { return word(context) }
    guard context.lastMark == "(" || context.lastMark == ",", let call = context.call,
      let entry = FunctionTable.entry(named: call.name)
    else { return nil }
    return Completion(lines: [entry.signature] + Reference.wrap(entry.summary, width: columns - 4).map { "  " + $0 })
  }

  /// In quotes: names of what the call around them refers to.
  private func string(_ string: (quote: Unicode.Scalar, text: String), _ context: CursorContext) -> Completion? {
    guard let call = context.call, call.argument == 0 else { return nil }
    let candidates: [String]
    if let native = Completer.nativeKinds[call.name] {
      candidates = names(native)
    } else if call.name == "Var" {
      candidates = context.variables.map(\.name)
    } else {
      return nil
    }
    return Completion(of: string.text, among: unique(candidates), columns: columns) { "\($0)\(string.quote))" }
  }

  private func word(_ context: CursorContext) -> Completion? {
    let word = context.word
    if let first = word.unicodeScalars.first, ("0"..."9").contains(first) { return nil }
    if let function = context.optionsOf, let options = FunctionTable.entry(named: function)?.options {
      return Completion(of: word, among: options, columns: columns) { $0 + ": " }
    }
    let functions = FunctionTable.entries.filter { !$0.isDeprecated && !$0.name.isEmpty }.map(\.name)
    let variables = context.lastMark == "." ? [] : context.variables
    let bare = Dictionary(variables.map { ($0.name, $0.isBare) }) { $0 || $1 }
    return Completion(of: word, among: unique(functions + variables.map(\.name)), columns: columns) { name in
      guard let isBare = bare[name] else { return name + "(" }
      return isBare ? name : "Var(\"\(name)\")"
    }
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  // MARK: Commands

  private func command(_ text: String) -> Completion? {
    guard let blank = text.firstIndex(of: " ") else {
      let all = CommandDeclaration.all.map(\.name)
      return Completion(of: text, among: all, columns: columns) { name in
        CommandDeclaration.named(name)?.arguments.isEmpty == false ? name + " " : name
      }
    }
    guard let command = CommandDeclaration.named(String(text[..<blank])) else { return nil }
    let rest = text[text.index(after: blank)...]
    if command.takesQuery { return query(String(rest)) }
    let word = String(rest.split(separator: " ", omittingEmptySubsequences: false).last ?? "")
    switch command.name {
    case ".format", ".last": return Completion(of: word, among: Format.names, columns: columns)
    case ".timing", ".echo", ".bail": return Completion(of: word, among: ["on", "off"], columns: columns)
    case ".use": return Completion(of: word, among: names(.databases), columns: columns)
    case ".help":
      let functions = FunctionTable.entries.map(\.name).filter { !$0.isEmpty }
      return Completion(of: word, among: functions + CommandDeclaration.all.map(\.name), columns: columns)
    case ".schema":
      let kinds: [NativeKind] = [.collections, .indexes, .functions, .roles]
      return Completion(of: word, among: unique(kinds.flatMap(names)), columns: columns)
    case ".export" where !rest.contains(" "):
      return Completion(of: word, among: names(.collections), columns: columns)
    default: return command.takesFile || command.name == ".export" ? file(word) : nil
    }
  }

  private func file(_ word: String) -> Completion? {
    let slash = word.lastIndex(of: "/")
    let directory = slash.map { String(word[...$0]) } ?? ""
    let name = slash.map { String(word[word.index(after: $0)...]) } ?? word
    let entries = Files.entries(of: directory.isEmpty ? "." : directory).filter {
      name.hasPrefix(".") || !$0.hasPrefix(".")
    }
    return Completion(of: name, among: entries.filter { $0.hasPrefix(name) }.sorted(), columns: columns)
  }
}

extension Files {
  /// The names in a directory; those of directories end with a slash.
  static func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while names.count < 1000, let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      names.append(entry.pointee.d_type == UInt8(DT_DIR) ? name + "/" : name)
    }
    return names
  }
}
