// The one total order over all values, which comparisons, `Max`, `Min`, indexes and cursors share:
// numbers < bytes < strings < arrays < objects < references < times < dates < lambdas < pending times < UUIDs < false < true < null.

extension Value {
  /// The place of the value's type in the order.
  private var rank: Int {
    switch self {
    case .integer, .double: 1
    case .bytes: 2
    case .string, .action: 3
    case .array, .cursor(.array): 4
    case .object, .document, .page, .event, .sourced, .set, .cursor(.event): 5
    case .ref: 6
    case .time: 7
    case .date: 8
    case .lambda: 9
    case .transactionTime: 10
    case .uuid: 11
    case .boolean(false): 12
    case .boolean(true): 13
    case .null: 14
    }
  }

  /// Negative, zero or positive as `self` comes before `other`, with it, or after it.
  ///
  /// Comparisons take the fields of objects as they are stored; `Max`, `Min` and indexes sort them by key first.
  public func compare(_ other: Value, sortingKeys: Bool = false) -> Int {
    switch (self, other) {
    case (.integer(let a), .integer(let b)): return order(a, b)
    case (.integer(let a), .double(let b)): return orderDoubles(Double(a), b)
    case (.double(let a), .integer(let b)): return orderDoubles(a, Double(b))
    case (.double(let a), .double(let b)): return orderDoubles(a, b)
    case (.string(let a), .string(let b)): return compareStrings(a, b)
    case (.bytes(let a), .bytes(let b)): return orderBytes(a, b)
    case (.array(let a), .array(let b)): return orderLists(a, b, sortingKeys)
    case (.time(let a), .time(let b)): return a < b ? -1 : a == b ? 0 : 1
    case (.date(let a), .date(let b)): return order(a.day, b.day)
    case (.uuid(let a), .uuid(let b)): return a.high == b.high ? order(a.low, b.low) : order(a.high, b.high)
    case (.ref(let a), .ref(let b)): return a.compare(b)
    default: break
    }
    let ranks = (rank, other.rank)
    if ranks.0 != ranks.1 { return order(ranks.0, ranks.1) }
    switch ranks.0 {
    case 3: return compareStrings(text, other.text)
    case 4: return orderLists(listed, other.listed, sortingKeys)
    case 5: return orderLists(flattened(sortingKeys), other.flattened(sortingKeys), sortingKeys)
    case 9: return orderBytes(wireBytes, other.wireBytes)
    default: return 0
    }
  }

  private var text: String {
    switch self {
    case .string(let string): string
    case .action(let action): action.name
    default: ""
    }
  }

  private var listed: [Value] {
    switch self {
    case .array(let elements), .cursor(.array(let elements)): elements
    default: []
    }
  }

  /// An object as the sequence of its keys and values.
  private func flattened(_ sortingKeys: Bool) -> [Value] {
    var fields: [Object.Field] =
      switch self {
      case .object(let object): object.fields
      case .document(let document): document.visibleObject.fields
      case .event(let event), .cursor(.event(let event)): event.visibleObject.fields
      case .sourced(let element): element.visibleObject.fields
      case .page(let page): page.visibleObject.fields
      case .set(let set): set.definition.fields
      default: []
      }
    if sortingKeys { fields.sort { compareStrings($0.key, $1.key) < 0 } }
    var list: [Value] = []
    list.reserveCapacity(2 * fields.count)
    for field in fields {
      list.append(.string(field.key))
      list.append(field.value)
    }
    return list
  }

  private var wireBytes: [UInt8] {
    var output = OutputBuffer()
    output.append(wire: self)
    return output.withBytes { Array($0) }
  }
}

private func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }

/// Doubles as numbers, -0.0 before 0.0, and not-a-number after all others.
private func orderDoubles(_ a: Double, _ b: Double) -> Int {
  if a < b { return -1 }
  if a > b { return 1 }
  if a.isNaN || b.isNaN { return order(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) }
  return order(a.sign == .minus ? 0 : 1, b.sign == .minus ? 0 : 1)
}

private func orderBytes(_ a: [UInt8], _ b: [UInt8]) -> Int {
  for (x, y) in zip(a, b) where x != y { return x < y ? -1 : 1 }
  return order(a.count, b.count)
}

private func orderLists(_ a: [Value], _ b: [Value], _ sortingKeys: Bool) -> Int {
  for (x, y) in zip(a, b) {
    let result = x.compare(y, sortingKeys: sortingKeys)
    if result != 0 { return result }
  }
  return order(a.count, b.count)
}

extension Ref {
  /// By id as an unsigned number, then by collection; the database does not count.
  public func compare(_ other: Ref) -> Int {
    let a = orderKey
    let b = other.orderKey
    return a.id == b.id ? order(a.collection, b.collection) : order(a.id, b.id)
  }

  private var orderKey: (id: UInt64, collection: Int64) {
    switch self {
    case .document(let collection, let id):
      if case .native(let native) = collection.kind {
        (UInt64(bitPattern: id), Int64(native.rawValue))
      } else {
        (UInt64(bitPattern: id), collection.number)
      }
    case .entity(let entity):
      switch entity.kind {
      case .native(let native): (UInt64(native.rawValue), Int64(NativeKind.collections.rawValue))
      case .named(let native): (UInt64(bitPattern: entity.number), Int64(native.rawValue))
      }
    case .foreign: (0, 0)
    }
  }
}

extension SetValue {
  /// What the set is made of, as the object in its wire form.
  public var definition: Object {
    func nested(_ set: SetValue) -> Value {
      if case .reference(let ref) = set { .ref(ref) } else { .set(set) }
    }
    func list(_ sets: [SetValue]) -> Value { sets.count == 1 ? nested(sets[0]) : .array(sets.map(nested)) }
    switch self {
    case .match(let index, let terms):
      var object = Object([.init("match", .ref(.entity(index)))])
      if !terms.isEmpty { object.fields.append(.init("terms", terms.count == 1 ? terms[0] : .array(terms))) }
      return object
    case .documents(let collection): return ["documents": .ref(.entity(collection))]
    case .singleton(let ref): return ["singleton": .ref(ref)]
    case .reference(let ref): return ["ref": .ref(ref)]
    case .events(let set): return ["events": nested(set)]
    case .union(let sets): return ["union": list(sets)]
    case .intersection(let sets): return ["intersection": list(sets)]
    case .difference(let sets): return ["difference": list(sets)]
    case .distinct(let set): return ["distinct": nested(set)]
    case .reverse(let set): return ["reverse": nested(set)]
    case .range(let set, let from, let to):
      return ["range": nested(set), "from": .array(from), "to": .array(to)]
    case .filter(let set, let lambda): return ["filter": .lambda(lambda), "collection": nested(set)]
    case .join(let set, let lambda): return ["join": nested(set), "with": .lambda(lambda)]
    case .joinIndex(let set, let index): return ["join": nested(set), "with": .ref(.entity(index))]
    case .verbatim: return [:]
    }
  }
}
