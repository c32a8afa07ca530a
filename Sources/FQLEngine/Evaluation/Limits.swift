import FQLValues

/// Limits that keep a small query from filling the memory. Fauna's own were lower, and part of its hosting.
enum EngineLimits {
  /// The most elements that a function may put into one array.
  static let arrayElements = 10_000_000
  /// The most values that an answer may consist of, counted as they are printed: what is shared counts wherever it stands.
  static let answerValues = 20_000_000

  /// The error of something too large, in the words of Fauna's own width limit.
  static func exceeded(_ count: Int, of limit: Int) -> Failure {
    Failure(QueryError(.badRequest, "Query exceeds max width. Max: \(limit), current: \(count)."))
  }
}

extension Value {
  /// Whether the value consists of more than `limit` values; stops counting there.
  func exceeds(_ limit: Int) -> Bool {
    var rest = limit
    return !take(&rest)
  }

  /// Takes the number of values from what is left; false where it does not suffice.
  private func take(_ rest: inout Int) -> Bool {
    let elements: [Value]
    switch self {
    case .array(let list), .cursor(.array(let list)): elements = list
    case .page(let page): elements = page.data
    case .object(let object): return Value.take(object, &rest)
    case .document(let document):
      guard case .object(let object) = document.body else { return true }
      return Value.take(object, &rest)
    case .event(let event): return event.data?.take(&rest) ?? true
    case .sourced(let element): return element.value.take(&rest)
    default: return true
    }
    rest -= elements.count
    if rest < 0 { return false }
    for element in elements where !element.take(&rest) { return false }
    return true
  }

  private static func take(_ object: Object, _ rest: inout Int) -> Bool {
    rest -= object.count
    if rest < 0 { return false }
    for field in object.fields where !field.value.take(&rest) { return false }
    return true
  }
}
