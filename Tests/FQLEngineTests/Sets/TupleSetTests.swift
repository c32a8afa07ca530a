import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Random sets of value tuples, in every direction of their values, against arrays: pages of any size, both ways.
@Suite("Sets of tuples against a model") struct TupleSetTests {
  /// An element: what is shown of it, and its document.
  private struct Element: Equatable {
    var values: [Int]
    var id: Int
  }

  /// A set as text, the directions of its values, and its elements in order.
  private struct Case {
    var text: String
    var elements: [Element]
  }

  /// An index over the fields `a` and `b`; nil where it covers none.
  private struct Index {
    var name: String
    var reversed: [Bool]
  }

  private static let indexes = [
    Index(name: "refs", reversed: []), Index(name: "up", reversed: [false]), Index(name: "down", reversed: [true]),
    Index(name: "mixed", reversed: [false, true]), Index(name: "falling", reversed: [true, true]),
  ]

  private struct World {
    var queries: Queries
    var rng: Repeatable
    var documents: [Int: (tags: [Int], a: [Int], b: Int)] = [:]
  }

  private func makeWorld(seed: UInt64) throws -> World {
    var world = World(queries: try Queries.inMemory(), rng: Repeatable(state: seed &* 7919 &+ 3))
    try world.queries.value("CreateCollection({name: \"c\"})")
    for index in TupleSetTests.indexes {
      let values = zip(["a", "b"], index.reversed).map { "{field: [\"data\", \"\($0)\"], reverse: \($1)}" }
      try world.queries.value(
        """
        CreateIndex({name: "\(index.name)", source: Collection("c"), terms: [{field: ["data", "tags"]}],
          values: [\(values.joined(separator: ", "))]})
        """)
    }
    for id in 0..<40 {
      let tags = (0..<4).filter { _ in Int.random(in: 0..<2, using: &world.rng) == 0 }
      let a = (0..<3).filter { _ in Int.random(in: 0..<2, using: &world.rng) == 0 }
      let b = Int.random(in: 0..<4, using: &world.rng)
      world.documents[id] = (tags, a.isEmpty ? [9] : a, b)
      let list = a.isEmpty ? "9" : "[\(a.map(String.init).joined(separator: ", "))]"
      try world.queries.value(
        """
        Create(Ref(Collection("c"), \(id)),
          {data: {tags: [\(tags.map(String.init).joined(separator: ", "))], a: \(list), b: \(b)}})
        """)
    }
    for id in [3, 17, 30] {
      world.documents[id] = nil
      try world.queries.value("Delete(Ref(Collection(\"c\"), \(id)))")
    }
    return world
  }

  private func sorted(_ elements: [Element], _ index: Index) -> [Element] {
    elements.sorted { x, y in
      for (i, isReversed) in index.reversed.enumerated() where x.values[i] != y.values[i] {
        return (x.values[i] < y.values[i]) != isReversed
      }
      return x.id < y.id
    }
  }

  private func match(_ index: Index, _ tag: Int, _ world: World) -> [Element] {
    var elements: [Element] = []
    for (id, document) in world.documents where document.tags.contains(tag) {
      switch index.reversed.count {
      case 0: elements.append(Element(values: [], id: id))
      case 1: elements += document.a.map { Element(values: [$0], id: id) }
      default: elements += document.a.map { Element(values: [$0, document.b], id: id) }
      }
    }
    return sorted(elements, index)
  }

  private func key(_ element: Element) -> [Int] { element.values.isEmpty ? [-1, element.id] : element.values }

  /// A random set; backward where `isReversed`.
  private func random(_ index: Index, _ depth: Int, _ world: inout World, isReversed: Bool = false) -> Case {
    if depth == 0 {
      let tag = Int.random(in: 0..<4, using: &world.rng)
      let elements = match(index, tag, world)
      let text = "Match(Index(\"\(index.name)\"), \(tag))"
      return isReversed
        ? Case(text: "Reverse(\(text))", elements: elements.reversed()) : Case(text: text, elements: elements)
    }
    switch Int.random(in: 0..<6, using: &world.rng) {
    case 0:
      let inner = random(index, depth - 1, &world, isReversed: !isReversed)
      return Case(text: "Reverse(\(inner.text))", elements: inner.elements.reversed())
    case 1:
      let inner = random(index, depth - 1, &world, isReversed: isReversed)
      var elements: [Element] = []
      for element in inner.elements where elements.last.map(key) != key(element) { elements.append(element) }
      return Case(text: "Distinct(\(inner.text))", elements: elements)
    case 2 where !index.reversed.isEmpty:
      let inner = random(index, depth - 1, &world, isReversed: isReversed)
      let limit = Int.random(in: 0..<4, using: &world.rng)
      let falls = index.reversed[0] != isReversed
      return Case(
        text: "Range(\(inner.text), \(falls ? "[], \(limit)" : "\(limit), []"))",
        elements: inner.elements.filter { $0.values[0] >= limit })
    case 3 where !isReversed:
      let source = match(Index(name: "mixed", reversed: [false, true]), 1, world)
      let tags = Set(source.map { $0.values[0] }).filter { $0 < 4 }
      var seen: Set<[Int]> = []
      let all = sorted(tags.flatMap { match(index, $0, world) }, index)
      return Case(
        text: "Join(Match(Index(\"mixed\"), 1), Lambda([\"x\", \"y\"], Match(Index(\"\(index.name)\"), Var(\"x\"))))",
        elements: all.filter { seen.insert(key($0)).inserted })
    default: return combined(index, depth, &world, isReversed: isReversed)
    }
  }

  private func combined(_ index: Index, _ depth: Int, _ world: inout World, isReversed: Bool) -> Case {
    let a = random(index, depth - 1, &world, isReversed: isReversed)
    let b = random(index, depth - 1, &world, isReversed: isReversed)
    let x = Dictionary(grouping: a.elements, by: key)
    let y = Dictionary(grouping: b.elements, by: key)
    let name = ["Union", "Intersection", "Difference"][Int.random(in: 0..<3, using: &world.rng)]
    var elements: [Element] = []
    for group in Set(x.keys).union(y.keys) {
      let mine = x[group] ?? []
      let theirs = y[group] ?? []
      switch name {
      case "Union": elements += theirs.count > mine.count ? theirs : mine
      case "Intersection": elements += theirs.count < mine.count ? theirs : mine
      default: elements += theirs.isEmpty ? mine : []
      }
    }
    let ordered = sorted(elements, index)
    return Case(text: "\(name)(\(a.text), \(b.text))", elements: isReversed ? ordered.reversed() : ordered)
  }

  private func shown(_ value: Value) -> [Int] {
    switch value {
    case .ref(.document(_, let id)): return [-1, Int(id)]
    case .integer(let integer): return [Int(integer)]
    case .array(let elements): return elements.flatMap(shown)
    default: return []
    }
  }

  private func fql(_ value: Value) -> String {
    var printer = LiteralPrinter(.literal)
    guard case .cursor(.array(let components)) = value else { return printer.text(value) }
    return "[" + components.map { printer.text($0) }.joined(separator: ", ") + "]"
  }

  private func read(_ queries: Queries, _ text: String, size: Int, before end: String?) throws -> [[Int]] {
    var elements: [[Int]] = []
    var cursor = end
    for _ in 0..<500 {
      let option = cursor.map { (end == nil ? ", after: " : ", before: ") + $0 } ?? ""
      guard case .page(let page) = try queries.value("Paginate(\(text), {size: \(size)\(option)})") else { return [] }
      elements = end == nil ? elements + page.data.map(shown) : page.data.map(shown) + elements
      guard let next = end == nil ? page.after : page.before else { return elements }
      cursor = fql(next)
    }
    Issue.record("no end to the pages of \(text)")
    return elements
  }

  @Test("pages of any size, in both directions, give the elements of the model", arguments: 0..<8)
  func pages(seed: Int) throws {
    var world = try makeWorld(seed: UInt64(seed))
    for _ in 0..<25 {
      let index = TupleSetTests.indexes[Int.random(in: 0..<TupleSetTests.indexes.count, using: &world.rng)]
      let set = random(index, Int.random(in: 0...3, using: &world.rng), &world)
      let wanted = set.elements.map(key)
      let size = Int.random(in: 1...7, using: &world.rng)
      let end = "[" + index.reversed.map { $0 ? "-1, " : "null, " }.joined() + "null]"
      #expect(try read(world.queries, set.text, size: size, before: nil) == wanted, "\(set.text)")
      #expect(try read(world.queries, set.text, size: size, before: end) == wanted, "before: \(set.text)")
    }
  }

  @Test("the sets that a reversed join or a reversed set of references is made of are paged through once")
  func reversedJoins() throws {
    var world = try makeWorld(seed: 99)
    _ = world.rng.next()
    for index in TupleSetTests.indexes {
      let join =
        "Join(Match(Index(\"mixed\"), 1), Lambda([\"x\", \"y\"], Match(Index(\"\(index.name)\"), Var(\"x\"))))"
      let forward = try read(world.queries, join, size: 2, before: nil)
      #expect(try read(world.queries, "Reverse(\(join))", size: 2, before: nil) == forward.reversed(), "\(index.name)")
    }
  }

  @Test("documents of negative ids are listed, counted and have events")
  func negativeIds() throws {
    let queries = try Queries.inMemory()
    try queries.value("CreateCollection({name: \"c\"})")
    try queries.value("Create(Ref(Collection(\"c\"), 9223372036854775807), {})")
    try queries.value("Create(Ref(Collection(\"c\"), -1), {})")
    for value in 0..<6 { try queries.value("Update(Ref(Collection(\"c\"), -1), {data: {x: \(value)}})") }
    #expect(try queries.value("Count(Documents(Collection(\"c\")))").isIdentical(to: .integer(2)))
    #expect(try queries.value("Count(Events(Documents(Collection(\"c\"))))").isIdentical(to: .integer(2)))
    try queries.value("CreateIndex({name: \"i\", source: Collection(\"c\")})")
    #expect(try queries.value("Count(Match(Index(\"i\")))").isIdentical(to: .integer(2)))
  }
}

/// The ends of ranges.
@Suite("Ranges") struct RangeTests {
  @Test("a reference after the values bounds the range, but is not shown on the wire")
  func exactBounds() throws {
    let queries = try Queries.inMemory()
    try queries.value(
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "i", source: Collection("c"), values: [{field: ["data", "x"]}]})
      Foreach([1, 2, 3, 4], i => Create(Ref(Collection("c"), i), {data: {x: 1}}))
      """)
    let range = "Range(Match(\"i\"), [1, Ref(Collection(\"c\"), 2)], [1, Ref(Collection(\"c\"), 3)])"
    #expect(try queries.value("Count(\(range))").isIdentical(to: .integer(2)))
    #expect(try queries.value("Equals(\(range), Range(Match(\"i\"), 1, 1))").isIdentical(to: .boolean(false)))
    let text = try queries.text(range).filter { $0 != " " && $0 != "\n" }
    #expect(text.filter { $0 != "\"" && $0 != "'" }.contains("[1,Ref(Collection(c),2)]"), "\(text)")
    var out = OutputBuffer()
    out.append(wire: try queries.value(range))
    let wire = out.string
    #expect(wire.hasSuffix("\"from\":1,\"to\":1}}"), "\(wire)")
  }
}
