import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// What reading a set costs, and what it must not do.
@Suite("Reading sets") struct SetReadingTests {
  private func reads(_ world: World, _ text: String) throws -> Int {
    let response = try world.run(text)
    #expect(response.errors == nil)
    return response.counts.entriesRead
  }

  private func makeWorld(_ count: Int) throws -> World {
    let world = try World()
    try world.value(
      """
      CreateCollection({name: "c", history_days: null})
      CreateIndex({name: "even", source: Collection("c"), terms: [{field: ["data", "even"]}]})
      CreateIndex({name: "low", source: Collection("c"), terms: [{field: ["data", "low"]}]})
      CreateIndex({name: "n", source: Collection("c"), values: [{field: ["data", "n"]}]})
      """)
    let ids = (1...count).map(String.init).joined(separator: ",")
    try world.value(
      """
      Foreach([\(ids)], i => Create(Ref(Collection("c"), i), {data: {
        n: i, even: Equals(Modulo(i, 2), 0), low: LTE(i, \(count / 2))}}))
      """)
    return world
  }

  @Test("a page costs the page, wherever it is and from either side")
  func pageCosts() throws {
    let world = try makeWorld(4000)
    let sets = [
      "Documents(Collection(\"c\"))", "Match(Index(\"n\"))", "Reverse(Match(Index(\"n\")))",
      "Intersection(Match(Index(\"even\"), true), Match(Index(\"low\"), false))",
      "Difference(Documents(Collection(\"c\")), Match(Index(\"even\"), true))",
      "Union(Match(Index(\"even\"), true), Match(Index(\"low\"), false))",
      "Distinct(Match(Index(\"n\")))",
    ]
    for set in sets {
      for option in ["", ", before: null", ", after: Ref(Collection(\"c\"), \"3000\")"] {
        let isOfValues = set.contains("\"n\"")
        let cursor = isOfValues && option.contains("Ref") ? ", after: 3000" : option
        let cost = try reads(world, "Paginate(\(set), {size: 16\(cursor)})")
        // Of what a difference looks at it passes over half.
        #expect(cost <= 6 * 17, "\(cost) reads: \(set)\(cursor)")
      }
    }
  }

  @Test("a first element costs a read of each set")
  func existsCosts() throws {
    let world = try makeWorld(1000)
    #expect(try reads(world, "Exists(Match(Index(\"n\")))") <= 2)
    #expect(try reads(world, "IsEmpty(Union(Match(Index(\"n\")), Range(Match(Index(\"n\")), 500, 600)))") <= 3)
    #expect(try reads(world, "Get(Reverse(Match(Index(\"n\"))))") <= 2)
  }

  @Test("Reduce does not run over what its lambda writes")
  func reduceOverOwnWrites() throws {
    let world = try makeWorld(3)
    let text = "Reduce((sum, r) => Do(Create(Collection(\"c\"), {}), Add(sum, 1)), 0, Documents(Collection(\"c\")))"
    #expect(try world.value(text).isIdentical(to: .integer(3)))
    #expect(try world.value("Count(Documents(Collection(\"c\")))").isIdentical(to: .integer(6)))
  }

  @Test("a number in a cursor or a bound stands for every equal one")
  func equalNumbers() throws {
    let world = try makeWorld(5)
    for text in ["Range(Match(Index(\"n\")), 2.0, 4.0)", "Range(Match(Index(\"n\")), 2, 4)"] {
      #expect(try world.value("Count(\(text))").isIdentical(to: .integer(3)), "\(text)")
    }
    let page = try world.value("Select([\"data\", 0], Paginate(Match(Index(\"n\")), {after: 4.0}))")
    #expect(page.isIdentical(to: .integer(4)))
  }

  @Test("tuples of different length in one set end, and page alike from both sides")
  func mixedLengths() throws {
    let world = try makeWorld(20)
    try world.value(
      "CreateIndex({name: \"pair\", source: Collection(\"c\"), values: [{field: [\"data\", \"n\"]}, {field: [\"data\", \"even\"]}]})"
    )
    let short = "Match(Index(\"n\"))"
    let long = "Match(Index(\"pair\"))"
    for set in ["Union(\(short), \(long))", "Reverse(Union(\(long), \(short)))"] {
      guard case .page(let whole) = try world.value("Paginate(\(set), {size: 100})") else { return }
      #expect(whole.data.count == 40)
      var all: [Value] = []
      var query = "Paginate(\(set), {size: 3})"
      for _ in 0..<50 {
        guard case .page(let page) = try world.value(query) else { return }
        all += page.data
        guard case .cursor(.array(let cursor))? = page.after else { break }
        let components = cursor.map { value in
          switch value {
          case .integer(let n): String(n)
          case .boolean(let b): String(b)
          case .ref(.document(_, let id)): "Ref(Collection(\"c\"), \"\(id)\")"
          default: "null"
          }
        }
        query = "Paginate(\(set), {size: 3, after: [\(components.joined(separator: ", "))]})"
      }
      #expect(Value.array(all).isIdentical(to: .array(whole.data)), "\(set)")
    }
    #expect(
      try world.value("Count(Difference(\(long), \(short), Intersection(\(short), \(long))))").isIdentical(
        to: .integer(20)))
  }

  @Test("a page of a document's history costs the page")
  func documentHistory() throws {
    let world = try makeWorld(1)
    for i in 0..<200 { try world.value("Update(Ref(Collection(\"c\"), 1), {data: {i: \(i)}})") }
    let events = "Events(Ref(Collection(\"c\"), \"1\"))"
    #expect(try reads(world, "Paginate(\(events), {size: 5})") <= 7)
    #expect(try reads(world, "Paginate(\(events), {size: 5, before: null})") <= 7)
    guard case .page(let newest) = try world.value("Paginate(\(events), {size: 2, before: null})"),
      case .event(let last)? = newest.data.last, case .object(let change)? = last.data
    else {
      Issue.record("no events")
      return
    }
    #expect(Value.object(change).isIdentical(to: .object(["i": .integer(199)])))
    // Forward and backward, page by page, all of it.
    for isBackward in [false, true] {
      var count = 0
      var cursor: Value? = isBackward ? .null : nil
      while true {
        let position = cursor.map { (isBackward ? ", before: " : ", after: ") + text($0) } ?? ""
        guard case .page(let page) = try world.value("Paginate(\(events), {size: 7\(position)})") else { return }
        count += page.data.count
        guard let next = isBackward ? page.before : page.after else { break }
        cursor = next
      }
      #expect(count == 201)
    }
  }

  private func text(_ cursor: Value) -> String {
    guard case .cursor(.event(let event)) = cursor, let ts = event.ts else { return "null" }
    return "{ts: \(ts), action: \"\(event.action.name)\", document: Ref(Collection(\"c\"), \"1\")}"
  }

  @Test("an event cursor without a document is shown as null, a bare time as an event")
  func echoedEventCursors() throws {
    let world = try makeWorld(1)
    let events = "Events(Documents(Collection(\"c\")))"
    guard case .page(let nameless) = try world.value("Paginate(\(events), {before: {ts: 5}})"),
      case .page(let bare) = try world.value("Paginate(\(events), {before: 5})")
    else { return }
    #expect(nameless.after?.isNull == true)
    guard case .cursor(.event(let event))? = bare.after else {
      Issue.record("no event")
      return
    }
    #expect(event.ts == 5 && event.action == .add)
  }
}
