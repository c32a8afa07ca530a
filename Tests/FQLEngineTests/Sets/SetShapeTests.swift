import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Sets of tuples in every mixture of directions against lists: pages, cursors that are no elements, and the opposite order.
@Suite("Sets of tuples against a model") struct SetShapeTests {
  /// A value as it is written, and where it stands in the order.
  private struct Item: Equatable {
    let text: String
    let order: Double
  }

  private static let items = [
    Item(text: "0", order: 0), Item(text: "1", order: 1), Item(text: "2.5", order: 2.5),
    Item(text: "3", order: 3), Item(text: "\"x\"", order: 10), Item(text: "\"y\"", order: 11),
    Item(text: "Date(\"2020-01-01\")", order: 1000),
    Item(text: "true", order: 1001), Item(text: "null", order: 1002),
  ]

  private static func ref(_ id: Int) -> Item {
    Item(text: "Ref(Collection(\"c\"), \"\(id)\")", order: 100 + Double(id))
  }

  /// The values that an element covers, its reference standing for them where there are none.
  private typealias Element = [Item]

  /// The sets that can be combined with each other: those whose values run the same ways.
  private enum Family: String, CaseIterable {
    case refs, up, down, upUp, downDown, downUp, upRef

    /// True for each value in descending order.
    var directions: [Bool] {
      switch self {
      case .refs, .up: [false]
      case .down: [true]
      case .upUp, .upRef: [false, false]
      case .downDown: [true, true]
      case .downUp: [true, false]
      }
    }

    var opposite: Family? {
      switch self {
      case .up: .down
      case .down: .up
      case .upUp: .downDown
      case .downDown: .upUp
      default: nil
      }
    }

    var fields: [String] {
      switch self {
      case .refs: []
      case .up, .down: ["a"]
      case .upUp, .downDown, .downUp: ["a", "b"]
      case .upRef: ["a", "ref"]
      }
    }
  }

  private struct Expression {
    var text: String
    var elements: [Element]
  }

  /// The documents of a database, and random sets of them.
  private struct Model {
    var rng: Repeatable
    var documents: [Int: (tags: Set<Int>, a: Item, b: Item)] = [:]

    mutating func item() -> Item { SetShapeTests.items[Int.random(in: 0..<SetShapeTests.items.count, using: &rng)] }
    mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &rng) }

    /// The statement that writes a document with new contents, or deletes it.
    mutating func change() -> String {
      let id = number(40)
      if documents[id] != nil, number(4) == 0 {
        documents[id] = nil
        return "Delete(Ref(Collection(\"c\"), \"\(id)\"))"
      }
      let isNew = documents[id] == nil
      let tags = Set((0..<number(4)).map { _ in number(4) })
      documents[id] = (tags, item(), item())
      let list = tags.sorted().map(String.init).joined(separator: ",")
      let data = "{data: {t: [\(list)], a: \(documents[id]?.a.text ?? ""), b: \(documents[id]?.b.text ?? "")}}"
      return "\(isNew ? "Create" : "Replace")(Ref(Collection(\"c\"), \"\(id)\"), \(data))"
    }

    func compare(_ a: ArraySlice<Item>, _ b: ArraySlice<Item>, _ family: Family) -> Int {
      for (i, (x, y)) in zip(a, b).enumerated() where x != y {
        return (x.order < y.order) == family.directions[i] ? 1 : -1
      }
      return 0
    }

    func sorted(_ elements: [Element], _ family: Family) -> [Element] {
      elements.sorted { compare($0[...], $1[...], family) < 0 }
    }

    private func element(_ id: Int, _ family: Family) -> Element? {
      guard let document = documents[id] else { return nil }
      if family == .refs { return [SetShapeTests.ref(id)] }
      let values = family.fields.map { $0 == "a" ? document.a : $0 == "b" ? document.b : SetShapeTests.ref(id) }
      return values.allSatisfy { $0.text == "null" } ? nil : values
    }

    mutating func expression(_ family: Family, depth: Int) -> Expression {
      let choice = number(depth == 0 ? 2 : 12)
      if choice < 2 {
        let tag = number(4)
        let ids = documents.keys.filter { documents[$0]?.tags.contains(tag) ?? false }
        return Expression(
          text: "Match(Index(\"\(family.rawValue)\"), \(tag))",
          elements: sorted(ids.compactMap { element($0, family) }, family))
      }
      if choice == 2, let opposite = family.opposite {
        let inner = expression(opposite, depth: depth - 1)
        return Expression(text: "Reverse(\(inner.text))", elements: inner.elements.reversed())
      }
      if choice == 3, family == .refs || family == .up || family == .down { return join(family, depth) }
      let inner = expression(family, depth: depth - 1)
      switch choice {
      case 4:
        let from = position(family)
        let to = position(family)
        return Expression(
          text: "Range(\(inner.text), \(text(from)), \(text(to)))",
          elements: inner.elements.filter {
            compare($0[...], from[...], family) >= 0 && compare($0[...], to[...], family) <= 0
          })
      case 5:
        return Expression(
          text: "Distinct(\(inner.text))",
          elements: inner.elements.enumerated().filter { $0 == 0 || inner.elements[$0 - 1] != $1 }.map(\.element))
      case 6:
        let wanted = family == .refs ? SetShapeTests.ref(number(40)) : item()
        return Expression(
          text: "Filter(\(inner.text), x => Not(Equals(If(IsArray(x), Select(0, x), x), \(wanted.text))))",
          elements: inner.elements.filter { $0[0] != wanted })
      default: return combination(inner, expression(family, depth: depth - 1), family)
      }
    }

    /// The sets of the documents whose `a` equals an element, in one order and each element once.
    private mutating func join(_ family: Family, _ depth: Int) -> Expression {
      let source = expression(.up, depth: depth - 1)
      let values = Set(source.elements.map { $0[0].text })
      var elements: [Element] = []
      for id in documents.keys where values.contains(documents[id]?.a.text ?? "") {
        guard let document = documents[id] else { continue }
        let element = family == .refs ? [SetShapeTests.ref(id)] : [document.b]
        if element[0].text != "null", !elements.contains(element) { elements.append(element) }
      }
      let index = "by_a_\(family.rawValue)"
      let target = number(2) == 0 ? "Index(\"\(index)\")" : "x => Match(Index(\"\(index)\"), x)"
      return Expression(text: "Join(\(source.text), \(target))", elements: sorted(elements, family))
    }

    private mutating func combination(_ a: Expression, _ b: Expression, _ family: Family) -> Expression {
      func count(_ element: Element, _ list: [Element]) -> Int { list.count { $0 == element } }
      var different: [Element] = []
      for element in a.elements + b.elements where !different.contains(element) { different.append(element) }
      let name = ["Union", "Intersection", "Difference"][number(3)]
      var elements: [Element] = []
      for element in different {
        let (x, y) = (count(element, a.elements), count(element, b.elements))
        let times = name == "Union" ? max(x, y) : name == "Intersection" ? min(x, y) : y > 0 ? 0 : x
        elements += Array(repeating: element, count: times)
      }
      return Expression(text: "\(name)(\(a.text), \(b.text))", elements: sorted(elements, family))
    }

    /// A position that need not be an element: one value or all of them.
    mutating func position(_ family: Family) -> [Item] {
      if family == .refs { return [SetShapeTests.ref(number(40))] }
      let first = item()
      if family.fields.count == 1 || number(2) == 0 { return [first] }
      return [first, family == .upRef ? SetShapeTests.ref(number(40)) : item()]
    }

    func text(_ items: [Item]) -> String { "[" + items.map(\.text).joined(separator: ", ") + "]" }
  }

  private func text(_ value: Value) -> String {
    switch value {
    case .array(let elements), .cursor(.array(let elements)):
      "[" + elements.map { text($0) }.joined(separator: ", ") + "]"
    case .ref(.document(_, let id)): SetShapeTests.ref(Int(id)).text
    case .date: "Date(\"2020-01-01\")"
    case .null: "null"
    case .boolean(let boolean): String(boolean)
    case .integer(let integer): String(integer)
    case .double(let double): String(double)
    case .string(let string): "\"\(string)\""
    default: "?"
    }
  }

  private func shown(_ elements: [Element]) -> [String] {
    elements.map { $0.count == 1 ? $0[0].text : "[" + $0.map(\.text).joined(separator: ", ") + "]" }
  }

  private func page(_ world: World, _ set: String, _ options: String) throws -> Page {
    guard case .page(let page) = try world.value("Paginate(\(set), {\(options)})") else {
      return Page(data: [], before: nil, after: nil, cursors: .values([]))
    }
    return page
  }

  /// All elements of a set, page by page; backward from behind the last one.
  private func pages(_ world: World, _ set: String, size: Int, _ family: Family, isBackward: Bool) throws -> [String] {
    let end = family.directions[0] ? "-1" : family.directions.count == 2 ? "[null, null]" : "null"
    var cursor = isBackward ? "before: \(end)" : "sources: false"
    var all: [String] = []
    for _ in 0..<500 {
      let page = try page(world, set, "size: \(size), \(cursor)")
      let data = page.data.map { text($0) }
      all = isBackward ? data + all : all + data
      guard let next = isBackward ? page.before : page.after else { return all }
      cursor = (isBackward ? "before: " : "after: ") + text(next)
    }
    Issue.record("no end to the pages of \(set)")
    return all
  }

  private func makeWorld(_ model: inout Model) throws -> World {
    let world = try World()
    var schema = "CreateCollection({name: \"c\", history_days: null})\n"
    for family in Family.allCases {
      let values = zip(family.fields, family.directions).map { field, isDescending in
        let path = field == "ref" ? "[\"ref\"]" : "[\"data\", \"\(field)\"]"
        return "{field: \(path)\(isDescending ? ", reverse: true" : "")}"
      }.joined(separator: ", ")
      schema += """
        CreateIndex({name: "\(family.rawValue)", source: Collection("c"), terms: [{field: ["data", "t"]}], values: [\(values)]})

        """
    }
    for family in [Family.refs, .up, .down] {
      let reverse = family == .down ? ", reverse: true" : ""
      let values = family == .refs ? "" : "{field: [\"data\", \"b\"]\(reverse)}"
      schema += """
        CreateIndex({name: "by_a_\(family.rawValue)", source: Collection("c"), terms: [{field: ["data", "a"]}], values: [\(values)]})

        """
    }
    try world.value(schema)
    for _ in 0..<90 { try world.value(model.change()) }
    return world
  }

  @Test("pages, cursors and the opposite order are those of the model", arguments: 0..<10)
  func pages(seed: Int) throws {
    var model = Model(rng: Repeatable(state: UInt64(seed) &* 104_729 &+ 3))
    let world = try makeWorld(&model)
    for _ in 0..<25 {
      let family = Family.allCases[model.number(Family.allCases.count)]
      let set = model.expression(family, depth: 3)
      let wanted = shown(set.elements)
      let size = [1, 2, 3, 7, 64][model.number(5)]
      let isUndeclared = set.text.contains("Join(") && set.text.contains("x => Match")
      #expect(try pages(world, set.text, size: size, family, isBackward: false) == wanted, "\(set.text)")
      #expect(
        try page(world, "Reverse(\(set.text))", "size: 1000").data.map { text($0) } == wanted.reversed(),
        "Reverse(\(set.text))")
      #expect(try text(world.value("Count(\(set.text))")) == String(wanted.count), "Count(\(set.text))")
      if isUndeclared { continue }
      #expect(try pages(world, set.text, size: size, family, isBackward: true) == wanted, "backward: \(set.text)")
      for _ in 0..<2 {
        let position = model.position(family)
        let split = set.elements.firstIndex { model.compare($0[...], position[...], family) >= 0 } ?? wanted.count
        let cursor = model.text(position)
        #expect(
          try page(world, set.text, "size: 1000, after: \(cursor)").data.map { text($0) } == Array(wanted[split...]),
          "after \(cursor): \(set.text)")
        #expect(
          try page(world, set.text, "size: 1000, before: \(cursor)").data.map { text($0) } == Array(wanted[..<split]),
          "before \(cursor): \(set.text)")
      }
    }
  }

  @Test("a set read as of a time has what it had then", arguments: 0..<4)
  func past(seed: Int) throws {
    var model = Model(rng: Repeatable(state: UInt64(seed) &* 7727 &+ 5))
    let world = try makeWorld(&model)
    var wanted: [(time: Int64, family: Family, text: String, elements: [String])] = []
    for _ in 0..<40 {
      let family = Family.allCases[model.number(Family.allCases.count)]
      let set = model.expression(family, depth: 2)
      wanted.append((try world.run("null").time, family, set.text, shown(set.elements)))
      for _ in 0..<5 { try world.value(model.change()) }
    }
    for (time, family, set, elements) in wanted {
      let all = try page(world, set, "size: 1000, ts: \(time)").data.map { text($0) }
      #expect(all == elements, "at \(time): \(set)")
      let reversed = try page(world, "Reverse(\(set))", "size: 1000, ts: \(time)").data.map { text($0) }
      #expect(reversed == elements.reversed(), "at \(time): Reverse(\(set)) \(family)")
    }
  }
}
