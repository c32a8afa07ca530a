import FQLSyntax

/// The reference of functions, from the function table.
enum Reference {
  /// A function's signature, summary and options; nil for a name that is none.
  static func text(of name: String) -> String? {
    guard let entry = FunctionTable.entry(named: name) ?? caseless(name) else { return nil }
    var lines = [entry.signature, ""]
    if entry.isDeprecated { lines.append("Deprecated.") }
    lines += wrap(entry.summary, width: 76).map { "  " + $0 }
    if !entry.options.isEmpty { lines += ["", "  options: " + entry.options.joined(separator: ", ")] }
    let effect =
      switch entry.effect {
      case .pure: "computes only"
      case .read: "reads"
      case .write: "writes"
      }
    lines += ["", "  effect: \(effect)", "  wire: \(entry.keyNames.joined(separator: ", "))"]
    if let example = FunctionTable.example(for: entry.name) { lines += [""] + text(of: example) }
    return lines.joined(separator: "\n")
  }

  /// An example as it looks at a prompt.
  private static func text(of example: FunctionExample) -> [String] {
    var lines: [String] = []
    for statement in example.statements {
      for (place, line) in statement.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        lines.append("  \(place == 0 ? ">" : "...") \(line)")
      }
    }
    return lines + example.result.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
  }

  private static func caseless(_ name: String) -> FunctionTable.Entry? {
    let wanted = name.lowercased()
    return FunctionTable.entries.first { !$0.name.isEmpty && $0.name.lowercased() == wanted }
  }

  /// What is said of a name that is no function.
  static func unknown(_ name: String) -> String {
    let suggestion = Suggestion.nearest(to: name, among: FunctionTable.entries.map(\.name))
    return "there is no function \(name)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
  }

  /// All functions by category, a line each.
  static var overview: String {
    var lines: [String] = []
    for category in FunctionTable.categories {
      if !lines.isEmpty { lines.append("") }
      lines.append(category.title)
      for entry in category.entries where !entry.name.isEmpty && !entry.isDeprecated {
        lines.append("  " + entry.signature)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Breaks a text into lines between its words.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
