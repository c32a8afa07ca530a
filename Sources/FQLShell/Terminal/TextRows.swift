import FQLValues

/// How many rows of the terminal text takes.
enum TextRows {
  static func count(_ text: String, promptWidth: Int, columns: Int) -> Int {
    var rows = 1
    var column = promptWidth
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        rows += 1
        column = 0
        continue
      }
      let width = scalar == "\t" ? 8 - column % 8 : scalar.isControl ? 2 : DisplayWidth.of(scalar)
      column += width
      if column >= columns {
        rows += 1
        column = column == columns ? 0 : width
      }
    }
    return rows
  }
}
