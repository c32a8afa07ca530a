import Foundation

extension JSON {
  /// What a case calls the type of a value.
  var kind: String {
    switch self {
    case .null: return "null"
    case .boolean: return "bool"
    case .integer: return "int"
    case .double: return "double"
    case .string: return "string"
    case .array: return "array"
    case .object(let members):
      let tags: Set = ["@ref", "@ts", "@date", "@bytes", "@set", "@query", "@uuid"]
      if members.count == 1, tags.contains(members[0].key) { return String(members[0].key.dropFirst()) }
      return "object"
    }
  }

  /// Where and how a value is not what this asks for; nil where it is.
  func mismatch(_ got: JSON, at place: String = "$") -> String? {
    if case .object(let members) = self, members.count == 1, members[0].key.hasPrefix("$") {
      if let (_, answer) = matcher(members[0].key, members[0].value, got, place) { return answer }
    }
    guard kind == got.kind else { return "\(place): expected \(short), got \(got.short)" }
    switch (self, got) {
    case (.object(let wanted), .object(let members)):
      for (key, _) in wanted where got[key] == nil { return "\(place).\(key): missing; got \(got.short)" }
      for (key, value) in members where self[key] == nil { return "\(place).\(key): unexpected \(value.short)" }
      for (key, value) in wanted {
        if let got = got[key], let found = value.mismatch(got, at: "\(place).\(key)") { return found }
      }
      return nil
    case (.array(let wanted), .array(let elements)):
      guard wanted.count == elements.count else {
        return "\(place): expected \(wanted.count) elements, got \(elements.count): \(got.short)"
      }
      for (number, (value, got)) in zip(wanted, elements).enumerated() {
        if let found = value.mismatch(got, at: "\(place)[\(number)]") { return found }
      }
      return nil
    case (.null, .null): return nil
    case (.boolean(let a), .boolean(let b)) where a == b: return nil
    case (.integer(let a), .integer(let b)) where a == b: return nil
    case (.double(let a), .double(let b)) where a == b: return nil
    case (.string(let a), .string(let b)) where a.utf8.elementsEqual(b.utf8): return nil
    default: return "\(place): expected \(short), got \(got.short)"
    }
  }

  /// The answer of a matcher such as `{"$any": true}`, in a tuple; nil where the object is none.
  private func matcher(_ name: String, _ argument: JSON, _ got: JSON, _ place: String) -> (Void, String?)? {
    switch name {
    case "$any": return ((), nil)
    case "$type":
      return (
        (), got.kind == argument.string ? nil : "\(place): expected a \(argument.string ?? "?"), got \(got.short)"
      )
    case "$subset":
      guard case .object = got, case .object(let wanted) = argument else {
        return ((), "\(place): expected an object, got \(got.short)")
      }
      for (key, value) in wanted {
        guard let member = got[key] else { return ((), "\(place).\(key): missing; got \(got.short)") }
        if let found = value.mismatch(member, at: "\(place).\(key)") { return ((), found) }
      }
      return ((), nil)
    case "$unordered":
      guard let wanted = argument.array, var rest = got.array, rest.count == wanted.count else {
        return ((), "\(place): expected \(argument.array?.count ?? 0) elements in any order, got \(got.short)")
      }
      for value in wanted {
        guard let hit = rest.firstIndex(where: { value.mismatch($0) == nil }) else {
          return ((), "\(place): no element matches \(value.short) in \(got.short)")
        }
        rest.remove(at: hit)
      }
      return ((), nil)
    case "$approx":
      if let wanted = argument.number, let number = got.number,
        wanted == number || abs(wanted - number) <= max(1e-9 * max(abs(wanted), abs(number)), 1e-12)
      {
        return ((), nil)
      }
      return ((), "\(place): expected about \(argument), got \(got.short)")
    case "$regex":
      let pattern = argument.string ?? ""
      if let text = got.string, text.range(of: pattern, options: .regularExpression) != nil { return ((), nil) }
      return ((), "\(place): expected /\(pattern)/, got \(got.short)")
    default: return nil
    }
  }

  private var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .double(let double): double
    default: nil
    }
  }

  /// Where and how an error is not what this asks for; what is not asked for is not looked at.
  func errorMismatch(_ got: JSON, at place: String = "error") -> String? {
    for key in ["code", "position", "description"] {
      guard let wanted = self[key] else { continue }
      if let found = wanted.mismatch(got[key] ?? .null, at: "\(place).\(key)") { return found }
    }
    for key in ["failures", "cause"] {
      guard let wanted = self[key]?.array else { continue }
      let have = got[key]?.array ?? []
      guard have.count == wanted.count else {
        return "\(place).\(key): expected \(JSON.array(wanted).short), got \(JSON.array(have).short)"
      }
      for (number, (value, got)) in zip(wanted, have).enumerated() {
        let place = "\(place).\(key)[\(number)]"
        let found =
          key == "cause"
          ? value.errorMismatch(got, at: place) : JSON.object([("$subset", value)]).mismatch(got, at: place)
        if let found { return found }
      }
    }
    return nil
  }

  /// This with `${NAME}` replaced in every string, keys included.
  func substituting(_ saved: [String: JSON]) -> JSON {
    switch self {
    case .string(let string): .string(JSON.substitute(string, saved))
    case .array(let array): .array(array.map { $0.substituting(saved) })
    case .object(let members):
      .object(members.map { (JSON.substitute($0.key, saved), $0.value.substituting(saved)) })
    default: self
    }
  }

  private static func substitute(_ text: String, _ saved: [String: JSON]) -> String {
    guard text.contains("${") else { return text }
    var text = text
    for (name, value) in saved {
      text = text.replacingOccurrences(of: "${\(name)}", with: value.string ?? value.description)
    }
    return text
  }
}
