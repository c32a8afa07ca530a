import FQLSyntax
import FQLValues

extension Builtins {
  /// Folds over arrays, pages and sets. Of a page the result is a page with one element.
  static let folds: [String: Builtin] = [
    "count": fold("count") { elements, call throws(Failure) in
      var count: Int64 = 0
      try elements.each { _ in count += 1 }
      return .integer(count)
    },
    "sum": fold("sum") { elements, call throws(Failure) in
      var sum = Value.integer(0)
      try elements.each { element throws(Failure) in
        sum = Arithmetic.add(sum, try call.node.cast(element, .number, at: "sum"))
      }
      return sum
    },
    "mean": fold("mean") { elements, call throws(Failure) in
      var sum = Value.integer(0)
      var count = 0
      try elements.each { element throws(Failure) in
        sum = Arithmetic.add(sum, try call.node.cast(element, .number, at: "mean"))
        count += 1
      }
      if count == 0 { throw call.failure("Non-empty array expected.", at: "mean") }
      return .double(sum.asDouble / Double(count))
    },
    "any": fold("any") { elements, call throws(Failure) in .boolean(try booleans(elements, call, "any", decides: true))
    },
    "all": fold("all") { elements, call throws(Failure) in
      .boolean(!(try booleans(elements, call, "all", decides: false)))
    },
    "max": fold("max", unwraps: true) { elements, call throws(Failure) in try extreme(elements, call, "max", sign: 1) },
    "min": fold("min", unwraps: true) { elements, call throws(Failure) in try extreme(elements, call, "min", sign: -1)
    },
  ]

  /// What a fold runs over.
  private struct Elements {
    let iterable: Iterable
    let call: Call
    let key: String

    func each(_ body: (Value) throws(Failure) -> Void) throws(Failure) {
      switch iterable {
      case .array(let elements): for element in elements { try body(element) }
      case .page(let page): for element in page.data { try body(element) }
      case .set(let set): try SetReading.each(set, call.evaluation, at: call.node, key, body)
      }
    }
  }

  private static func fold(
    _ key: String, unwraps: Bool = false, _ body: @escaping @Sendable (Elements, Call) throws(Failure) -> Value
  ) -> Builtin {
    .unary { value, call throws(Failure) in
      var iterable = try call.node.iterable(value, at: key)
      if key == "count" {
        switch iterable {
        case .array(let elements): return .integer(Int64(elements.count))
        case .page(let page): return .page(page.with(data: [.integer(Int64(page.data.count))]))
        case .set(let set): return .integer(try SetReading.count(set, call.evaluation, at: call.node, key))
        }
      }
      while unwraps, case .array(let elements) = iterable, elements.count == 1, let inner = unwrapped(elements[0]) {
        iterable = inner
      }
      let result = try body(Elements(iterable: iterable, call: call, key: key), call)
      if case .page(let page) = iterable { return .page(page.with(data: [result])) }
      return result
    }
  }

  private static func unwrapped(_ value: Value) -> Iterable? {
    switch value {
    case .array(let elements): .array(elements)
    case .page(let page): .page(page)
    case .set(let set): .set(set)
    case .ref(.entity(let entity)) where entity.isNativeCollection && entity.isResolved:
      .set(.reference(.entity(entity)))
    default: nil
    }
  }

  /// Whether any element is the deciding one; every element is looked at.
  private static func booleans(
    _ elements: Elements, _ call: Call, _ key: String, decides: Bool
  ) throws(Failure) -> Bool {
    var found = false
    try elements.each { element throws(Failure) in
      guard case .boolean(let boolean) = element else { throw call.node.mismatch("Boolean", element, at: key) }
      if boolean == decides { found = true }
    }
    return found
  }

  /// The greatest or least element; of equal ones the last.
  private static func extreme(
    _ elements: Elements, _ call: Call, _ key: String, sign: Int
  ) throws(Failure) -> Value {
    var best: Value?
    var errors: [QueryError] = []
    try elements.each { element throws(Failure) in
      if case .ref(let ref) = element, !ref.isResolved {
        errors += call.node.undefined(ref, at: key).errors
        return
      }
      try EngineLimits.check(element)
      if let current = best, element.compare(current, sortingKeys: true) * sign < 0 { return }
      best = element
    }
    if !errors.isEmpty { throw Failure(errors) }
    guard let best else { throw call.failure("Non-empty array expected.", at: key) }
    return best
  }
}
