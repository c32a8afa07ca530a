/// What Tab does.
struct Completion {
  /// How many scalars before the cursor go.
  var deletes = 0
  var insertion = ""
  /// What is printed above the text.
  var lines: [String] = []

  var isNothing: Bool { insertion.isEmpty && lines.isEmpty }

  /// A word that may become one of several: their common beginning, or a list of them.
  ///
  /// `finish` gives what a word becomes where it is the only one.
  init(of word: String, among candidates: [String], columns: Int, finish: (String) -> String = { $0 }) {
    let lower = word.lowercased()
    let matching = candidates.filter { $0.lowercased().hasPrefix(lower) }
    guard let first = matching.first else { return }
    deletes = word.unicodeScalars.count
    if matching.count == 1 {
      insertion = finish(first)
      return
    }
    var common = Array(first.unicodeScalars)
    for candidate in matching.dropFirst() {
      var count = 0
      for (a, b) in zip(common, candidate.unicodeScalars) {
        guard String(a).lowercased() == String(b).lowercased() else { break }
        count += 1
      }
      common.removeLast(common.count - count)
    }
    if common.count > deletes {
      insertion = String(String.UnicodeScalarView(common))
      return
    }
    deletes = 0
    lines =
      matching.count > 100 ? ["\(matching.count) possibilities"] : Completion.columns(matching.sorted(), width: columns)
  }

  init(lines: [String] = []) {
    self.lines = lines
  }

  /// Names in columns, top to bottom.
  private static func columns(_ names: [String], width: Int) -> [String] {
    let cell = (names.map(\.unicodeScalars.count).max() ?? 0) + 2
    let count = max(1, width / cell)
    let rows = (names.count + count - 1) / count
    return (0..<rows).map { row in
      var line = ""
      for place in stride(from: row, to: names.count, by: rows) {
        line += names[place] + String(repeating: " ", count: cell - names[place].unicodeScalars.count)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
