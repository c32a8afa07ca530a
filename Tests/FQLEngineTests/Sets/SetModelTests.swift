import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Random set expressions against arrays: the same elements in the same order, whatever the size of the pages and their direction.
@Suite("Sets against a model") struct SetModelTests {
  /// A set as text, and its elements as the model has them: values in order, equal ones side by side.
  private struct Case {
    var text: String
    var elements: [Int]
  }

  /// SplitMix64, so that a failure can be repeated.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  private static let documents = 60
  private static let tags = 6

  private func run(_ session: Session, _ text: String) throws -> Value {
    var last = Value.null
    for statement in try Script(parsing: text).statements {
      let response = session.run(statement.expr)
      switch response.result {
      case .value(let value): last = value
      case .errors(let errors):
        Issue.record("\(text.prefix(300)): \(errors)")
        return .null
      }
    }
    return last
  }

  /// A database of documents with some tags and a value each, and what they are.
  private func makeDatabase(_ rng: inout Generator) throws -> (Session, tags: [Set<Int>], values: [Int]) {
    let session = Session(try Database.inMemory(options: .init(seed: 1)))
    _ = try run(
      session,
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "refs", source: Collection("c"), terms: [{field: ["data", "tags"]}]})
      CreateIndex({name: "values", source: Collection("c"), terms: [{field: ["data", "tags"]}],
        values: [{field: ["data", "value"]}]})
      """)
    var tags: [Set<Int>] = []
    var values: [Int] = []
    for id in 0..<SetModelTests.documents {
      let mine = Set(
        (0..<Int.random(in: 0...3, using: &rng)).map { _ in Int.random(in: 0..<SetModelTests.tags, using: &rng) })
      let value = Int.random(in: 0..<12, using: &rng)
      tags.append(mine)
      values.append(value)
      let list = mine.sorted().map(String.init).joined(separator: ", ")
      _ = try run(session, "Create(Ref(Collection(\"c\"), \"\(id)\"), {data: {tags: [\(list)], value: \(value)}})")
    }
    // Some are changed and some deleted, so that entries have a history.
    for id in 0..<SetModelTests.documents where Int.random(in: 0..<4, using: &rng) == 0 {
      if Bool.random(using: &rng) {
        tags[id] = [id % SetModelTests.tags]
        _ = try run(session, "Update(Ref(Collection(\"c\"), \"\(id)\"), {data: {tags: [\(id % SetModelTests.tags)]}})")
      } else {
        tags[id] = []
        values[id] = -1
        _ = try run(session, "Delete(Ref(Collection(\"c\"), \"\(id)\"))")
      }
    }
    return (session, tags, values)
  }

  private func counts(_ elements: [Int]) -> [Int: Int] {
    Dictionary(elements.map { ($0, 1) }, uniquingKeysWith: +)
  }

  private func combine(_ a: Case, _ b: Case, _ name: String, _ count: (Int, Int) -> Int) -> Case {
    let x = counts(a.elements)
    let y = counts(b.elements)
    var elements: [Int] = []
    for value in Set(a.elements + b.elements).sorted() {
      elements += Array(repeating: value, count: count(x[value] ?? 0, y[value] ?? 0))
    }
    return Case(text: "\(name)(\(a.text), \(b.text))", elements: elements)
  }

  private func random(
    _ rng: inout Generator, _ depth: Int, isRefs: Bool, _ tags: [Set<Int>], _ values: [Int]
  ) -> Case {
    let live = values.indices.filter { values[$0] >= 0 }
    if depth == 0 || Int.random(in: 0..<4, using: &rng) == 0 {
      let tag = Int.random(in: 0..<SetModelTests.tags, using: &rng)
      let tagged = live.filter { tags[$0].contains(tag) }
      if !isRefs {
        return Case(text: "Match(Index(\"values\"), \(tag))", elements: tagged.map { values[$0] }.sorted())
      }
      switch Int.random(in: 0..<6, using: &rng) {
      case 0: return Case(text: "Documents(Collection(\"c\"))", elements: live)
      case 1:
        let id = Int.random(in: 0..<SetModelTests.documents, using: &rng)
        return Case(text: "Singleton(Ref(Collection(\"c\"), \"\(id)\"))", elements: live.contains(id) ? [id] : [])
      default: return Case(text: "Match(Index(\"refs\"), \(tag))", elements: tagged)
      }
    }
    let a = random(&rng, depth - 1, isRefs: isRefs, tags, values)
    switch Int.random(in: 0..<6, using: &rng) {
    case 0:
      let bounds = [0, 1].map { _ in Int.random(in: 0..<(isRefs ? SetModelTests.documents : 12), using: &rng) }.sorted()
      let ends = bounds.map { isRefs ? "Ref(Collection(\"c\"), \"\($0)\")" : String($0) }
      return Case(
        text: "Range(\(a.text), \(ends[0]), \(ends[1]))",
        elements: a.elements.filter { $0 >= bounds[0] && $0 <= bounds[1] })
    case 1:
      return Case(
        text: "Distinct(\(a.text))",
        elements: isRefs
          ? a.elements : a.elements.enumerated().filter { $0 == 0 || a.elements[$0 - 1] != $1 }.map(\.element))
    case 2:
      let predicate = isRefs ? "x => LT(ToInteger(Select(\"id\", x)), 30)" : "x => LT(x, 6)"
      return Case(text: "Filter(\(a.text), \(predicate))", elements: a.elements.filter { $0 < (isRefs ? 30 : 6) })
    default:
      let b = random(&rng, depth - 1, isRefs: isRefs, tags, values)
      switch Int.random(in: 0..<3, using: &rng) {
      case 0: return combine(a, b, "Union", max)
      case 1: return combine(a, b, "Intersection", min)
      default: return combine(a, b, "Difference") { $1 > 0 ? 0 : $0 }
      }
    }
  }

  /// All elements of a set, page by page.
  private func read(_ session: Session, _ text: String, size: Int, isBackward: Bool) throws -> [Int] {
    var elements: [Int] = []
    var cursor: Value? = isBackward ? .null : nil
    var pages = 0
    while true {
      pages += 1
      guard pages < 1000 else {
        Issue.record("no end to the pages of \(text)")
        return elements
      }
      let option = cursor.map { (isBackward ? ", before: " : ", after: ") + fql($0) } ?? ""
      guard case .page(let page) = try run(session, "Paginate(\(text), {size: \(size)\(option)})") else {
        return elements
      }
      let numbers = page.data.map { value -> Int in
        switch value {
        case .ref(.document(_, let id)): Int(id)
        case .integer(let integer): Int(integer)
        default: -1
        }
      }
      elements = isBackward ? numbers + elements : elements + numbers
      guard let next = isBackward ? page.before : page.after else { return elements }
      cursor = next
    }
  }

  private func fql(_ value: Value) -> String {
    switch value {
    case .cursor(.array(let components)): "[" + components.map { fql($0) }.joined(separator: ", ") + "]"
    default:
      {
        var printer = LiteralPrinter(.literal)
        return printer.text(value)
      }()
    }
  }

  @Test("pages of any size, in both directions, give the elements of the model", arguments: 0..<12)
  func pages(seed: Int) throws {
    var rng = Generator(state: UInt64(seed) &* 7919 &+ 1)
    let (session, tags, values) = try makeDatabase(&rng)
    for _ in 0..<25 {
      let isRefs = Bool.random(using: &rng)
      let wanted = random(&rng, 3, isRefs: isRefs, tags, values)
      let size = Int.random(in: 1...9, using: &rng)
      #expect(try read(session, wanted.text, size: size, isBackward: false) == wanted.elements, "\(wanted.text)")
      #expect(try read(session, wanted.text, size: size, isBackward: true) == wanted.elements, "before: \(wanted.text)")
      #expect(
        try read(session, "Reverse(\(wanted.text))", size: size, isBackward: false) == wanted.elements.reversed(),
        "Reverse(\(wanted.text))")
      #expect(try run(session, "Count(\(wanted.text))").isIdentical(to: .integer(Int64(wanted.elements.count))))
    }
  }

  @Test("a page of an intersection reads what the page needs, not the sets")
  func readsOfPages() throws {
    let session = Session(try Database.inMemory(options: .init(seed: 1)))
    _ = try run(
      session,
      """
      CreateCollection({name: "c"})
      CreateIndex({name: "a", source: Collection("c"), terms: [{field: ["data", "a"]}]})
      CreateIndex({name: "b", source: Collection("c"), terms: [{field: ["data", "b"]}]})
      """)
    let ids = (1...20_000).map(String.init).joined(separator: ",")
    _ = try run(session, "Foreach([\(ids)], i => Create(Ref(Collection(\"c\"), i), {data: {a: 1, b: 1}}))")
    let set = "Intersection(Match(Index(\"a\"), 1), Match(Index(\"b\"), 1))"
    for start in [1, 10_000, 19_000] {
      let text = "Paginate(\(set), {size: 64, after: Ref(Collection(\"c\"), \"\(start)\")})"
      let statement = try Script(parsing: text).statements[0]
      let response = session.run(statement.expr)
      #expect(response.errors == nil)
      #expect(response.counts.entriesRead <= 2 * 64 + 8, "\(response.counts.entriesRead) entries for a page of 64")
    }
  }
}
