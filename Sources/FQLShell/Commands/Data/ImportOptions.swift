import FQLValues

/// What `.import` was told.
struct ImportOptions {
  /// What a column's text becomes.
  enum Conversion: String {
    case date, number, bool
  }

  var path = ""
  var collection = ""
  /// The field that holds the ids.
  var idField: String?
  var conversions: [String: Conversion] = [:]
  var maximumErrors = 20

  init(_ command: MetaCommand) throws(MetaCommand.Problem) {
    func usage(_ message: String) -> MetaCommand.Problem {
      MetaCommand.Problem(message: "\(command.name): \(message)", status: ExitStatus.syntax)
    }
    var names: [String] = []
    var words = try command.arguments()[...]
    while let word = words.popFirst() {
      guard word.hasPrefix("--") else {
        names.append(word)
        continue
      }
      guard let value = words.popFirst() else { throw usage("\(word) needs an argument") }
      switch word {
      case "--id": idField = value
      case "--type":
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[parts.count - 2].isEmpty,
          let conversion = Conversion(rawValue: String(parts[parts.count - 1]))
        else { throw usage("--type \(value): not FIELD::date, FIELD::number or FIELD::bool") }
        conversions[parts.dropLast(2).joined(separator: ":")] = conversion
      case "--max-errors":
        guard let number = Int(value), number > 0 else { throw usage("--max-errors \(value): not a number from 1 up") }
        maximumErrors = number
      default: throw usage("unknown option \(word)")
      }
    }
    guard let path = names.first else { throw usage("no file was named") }
    guard names.count <= 2 else { throw usage("too many arguments") }
    self.path = path
    let file = path.split(separator: "/").last.map(String.init) ?? path
    collection = names.count > 1 ? names[1] : file.firstIndex(of: ".").map { String(file[..<$0]) } ?? file
  }

  /// What a field's value becomes.
  func convert(_ value: Expr, of field: String) throws(RowProblem) -> Expr {
    guard let conversion = conversions[field] else { return value }
    let text: String
    switch value.kind {
    case .literal(.string(let string)): text = string
    case .literal(.integer), .literal(.double), .literal(.boolean), .literal(.null): return value
    default: return value
    }
    if text.isEmpty { return Expr(.literal(.null)) }
    switch conversion {
    case .number:
      if let number = Int64(text) { return Expr(.literal(.integer(number))) }
      if let number = Double(text), number.isFinite { return Expr(.literal(.double(number))) }
      throw RowProblem(message: "\(field): '\(text)' is not a number")
    case .bool:
      switch text.lowercased() {
      case "true", "t", "yes", "y", "1": return Expr(.literal(.boolean(true)))
      case "false", "f", "no", "n", "0": return Expr(.literal(.boolean(false)))
      default: throw RowProblem(message: "\(field): '\(text)' is not true or false")
      }
    case .date:
      let trimmed = text.replacingFirst(" ", with: "T")
      if let date = CalendarDate(parsing: text) { return Expr.object([("@date", Expr(.literal(.string(date.text))))]) }
      if let time = Time(parsing: trimmed) ?? Time(parsing: trimmed + "Z") {
        return Expr.object([("@ts", Expr(.literal(.string(time.text))))])
      }
      throw RowProblem(message: "\(field): '\(text)' is not a date such as 2020-01-31, nor a time")
    }
  }
}

extension String {
  fileprivate func replacingFirst(_ character: Character, with other: Character) -> String {
    guard let place = firstIndex(of: character) else { return self }
    return String(self[..<place]) + String(other) + self[index(after: place)...]
  }
}
