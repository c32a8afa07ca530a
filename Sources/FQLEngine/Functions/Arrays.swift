import FQLSyntax
import FQLValues

extension Builtins {
  /// Functions over arrays and pages, some of them over sets.
  static let arrays: [String: Builtin] = [
    "take": .binary { number, collection, call throws(Failure) in try take(number, collection ?? .null, call) },
    "drop": .binary { number, collection, call throws(Failure) in try drop(number, collection ?? .null, call) },
    "prepend": .binary { elements, collection, _ throws(Failure) in
      try joined(elements.asArray, (collection ?? .null).asArray)
    },
    "append": .binary { elements, collection, _ throws(Failure) in
      try joined((collection ?? .null).asArray, elements.asArray)
    },
    "is_empty": .unary { collection, call throws(Failure) in .boolean(try isEmpty(collection, call)) },
    "is_nonempty": .unary { collection, call throws(Failure) in .boolean(!(try isEmpty(collection, call))) },
    "reverse": .unary { collection, _ in
      switch collection {
      case .array(let elements): .array(elements.reversed())
      case .page(let page): .page(page.with(data: page.data.reversed()))
      case .set(.reverse(let set)): .set(set)
      case .set(let set): .set(.reverse(set))
      default: collection
      }
    },
    "distinct": .unary { collection, _ throws(Failure) in
      try EngineLimits.check(collection)
      return switch collection {
      case .array(let elements): .array(Multiset.distinct(elements))
      case .page(let page): .page(page.with(data: Multiset.distinct(page.data)))
      case .set(let set): .set(.distinct(set))
      default: collection
      }
    },
    "first": .unary { collection, call throws(Failure) in try end(collection, call, "first") },
    "last": .unary { collection, call throws(Failure) in try end(collection, call, "last") },
  ]

  private static func joined(_ a: [Value], _ b: [Value]) throws(Failure) -> Value {
    let count = a.count + b.count
    if count > EngineLimits.arrayElements { throw EngineLimits.exceeded(count, of: EngineLimits.arrayElements) }
    return .array(a + b)
  }

  /// Only the low 32 bits of a count matter, as a signed number.
  private static func count(_ number: Value) -> Int { Int(Int32(truncatingIfNeeded: number.asInteger)) }

  private static func take(_ number: Value, _ collection: Value, _ call: Call) throws(Failure) -> Value {
    let n = count(number)
    switch collection {
    case .array(let elements): return .array(Array(elements.prefix(max(n, 0))))
    case .page(let page):
      if n < 0 { return .page(Page(data: [], before: page.before, after: page.before, cursors: .values([]))) }
      return .page(
        Page(
          data: Array(page.data.prefix(n)), before: page.before,
          after: n < page.cursors.count ? page.cursors[n] : page.after, cursors: page.cursors.prefix(n)))
    default: throw call.node.mismatch("Array or Page", collection, at: "collection")
    }
  }

  private static func drop(_ number: Value, _ collection: Value, _ call: Call) throws(Failure) -> Value {
    let n = count(number)
    switch collection {
    case .array(let elements): return .array(Array(elements.dropFirst(max(n, 0))))
    case .page(let page):
      if n < 0 { return collection }
      let rest = page.cursors.dropFirst(n)
      return .page(
        Page(
          data: Array(page.data.dropFirst(n)), before: rest.count > 0 ? rest[0] : page.after, after: page.after,
          cursors: rest))
    default: throw call.node.mismatch("Array or Page", collection, at: "collection")
    }
  }

  private static func isEmpty(_ collection: Value, _ call: Call) throws(Failure) -> Bool {
    switch collection {
    case .array(let elements): return elements.isEmpty
    case .page(let page): return page.data.isEmpty
    case .set(let set): return !(try SetReading.exists(set, call.evaluation, at: call.node, "exists"))
    default: return false
    }
  }

  private static func end(_ collection: Value, _ call: Call, _ key: String) throws(Failure) -> Value {
    switch collection {
    case .array(let elements):
      if let element = key == "first" ? elements.first : elements.last { return element }
      throw call.failure("Non-empty array expected.", at: key)
    case .set(let set):
      let wanted = key == "first" ? set : .reverse(set)
      if let element = try SetReading.first(wanted, call.evaluation, at: call.node, key) { return element }
      throw call.failure("Non-empty set expected.", at: key)
    default: return .null
    }
  }
}

/// Arrays as multisets: exact equality, and the order of first occurrence.
enum Multiset {
  /// A value and how it hashes: by its bytes as an index term, which equal values share.
  private struct Key: Hashable {
    let value: Value
    let hash: Int

    init(_ value: Value) {
      self.value = value
      var hasher = Hasher()
      Key.feed(value, &hasher)
      hash = hasher.finalize()
    }

    /// Feeds what equal values have in common; objects regardless of the order of their fields.
    private static func feed(_ value: Value, _ hasher: inout Hasher) {
      switch value {
      case .integer(let integer): hasher.combine(integer)
      case .double(let double): hasher.combine(double.bitPattern)
      case .string(let string): hasher.combine(string)
      case .boolean(let boolean): hasher.combine(boolean)
      case .array(let elements):
        hasher.combine(elements.count)
        for element in elements.prefix(8) { feed(element, &hasher) }
      case .object(let object): hasher.combine(object.count)
      case .ref(.document(_, let id)): hasher.combine(id)
      case .time(let time): hasher.combine(time)
      case .date(let date): hasher.combine(date)
      default: break
      }
    }

    static func == (a: Key, b: Key) -> Bool { a.value.isIdentical(to: b.value) }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
  }

  static func distinct(_ elements: [Value]) -> [Value] {
    var seen: Set<Key> = []
    return elements.filter { seen.insert(Key($0)).inserted }
  }

  private static func counts(_ elements: [Value]) -> [Key: Int] {
    var counts: [Key: Int] = [:]
    for element in elements { counts[Key(element), default: 0] += 1 }
    return counts
  }

  /// Each value as often as in the operand that has it most often, at the place of its first occurrence.
  static func union(_ a: [Value], _ b: [Value]) -> [Value] {
    let left = counts(a)
    let right = counts(b)
    var emitted: Set<Key> = []
    var result: [Value] = []
    for element in a + b {
      let key = Key(element)
      if emitted.insert(key).inserted {
        result += Array(repeating: element, count: max(left[key] ?? 0, right[key] ?? 0))
      }
    }
    return result
  }

  static func intersection(_ a: [Value], _ b: [Value]) -> [Value] {
    var rest = counts(b)
    return a.filter { element in
      let key = Key(element)
      guard let count = rest[key], count > 0 else { return false }
      rest[key] = count - 1
      return true
    }
  }

  static func difference(_ a: [Value], _ b: [Value]) -> [Value] {
    var rest = counts(b)
    return a.filter { element in
      let key = Key(element)
      guard let count = rest[key], count > 0 else { return true }
      rest[key] = count - 1
      return false
    }
  }
}
