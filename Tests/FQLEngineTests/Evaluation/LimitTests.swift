import FQLValues
import Testing

@testable import FQLEngine

/// Values and sets that small queries make too large or too deep: each ends in an error, and the session goes on.
@Suite("Limits") struct LimitTests {
  private static let numbers = "[" + (1...1000).map(String.init).joined(separator: ",") + "]"
  /// Five thousand arrays one in another.
  private static let deep = """
    Reduce((a, x) => Reduce((b, y) => [b], a, Var("n")), [], Take(5, Var("n")))
    """

  private func fails(_ query: String) throws {
    let queries = try Queries.inMemory()
    try queries.value("CreateCollection({name: \"c\"})")
    #expect(try queries.errorCode("Let({n: \(LimitTests.numbers)}, \(query))") == "bad request", "\(query)")
    #expect(try queries.text("Add(1, 1)") == "2")
  }

  @Test("depth", arguments: ["Var(\"z\")", "Equals(Var(\"z\"), Var(\"z\"))", "LT(Var(\"z\"), Var(\"z\"))"])
  func depth(query: String) throws { try fails("Let({z: \(LimitTests.deep)}, \(query))") }

  @Test("depth of what is stored")
  func storedDepth() throws { try fails("Create(Collection(\"c\"), {data: {z: \(LimitTests.deep)}})") }

  /// One text of a megabyte, five thousand times.
  private static let long = """
    Let({t: Reduce((a, x) => Concat([a, a]), "abcdefgh", Take(17, Var("n")))},
      Map(Var("n"), x => Map([1, 2, 3, 4, 5], y => Var("t"))))
    """

  @Test(
    "length of what is stored",
    arguments: [
      "Create(Collection(\"c\"), {data: {z: LONG}})", "Create(Collection(\"c\"), {data: {z: [{y: LONG, x: null}]}})",
      "Do(Create(Ref(Collection(\"c\"), 1), {}), Update(Ref(Collection(\"c\"), 1), {data: {z: LONG}}))",
      "Create(Collection(\"c\"), {data: ToObject(Map(Var(\"n\"), x => [ToString(x), LONG]))})",
      "Insert(Ref(Collection(\"c\"), 1), Time(\"2020-01-01T00:00:00Z\"), \"create\", {data: {z: LONG}})",
    ])
  func storedLength(query: String) throws {
    try fails(query.replacing("LONG", with: "Var(\"l\")").wrapped(in: LimitTests.long))
  }

  /// Eighteen million of them are too long to be stored, but nothing of them is.
  @Test("nulls that are left out do not count")
  func leftOutNulls() throws {
    let queries = try Queries.inMemory()
    try queries.value("CreateCollection({name: \"c\"})")
    let fields = (0..<18).map { _ in "Var(\"n\")" }.joined(separator: ", ")
    let created =
      "Let({n: Reduce((a, x) => Append(a, a), [null], Take(20, \(LimitTests.numbers)))}, "
      + "Create(Collection(\"c\"), {data: {a: [\(fields)], z: 1}}))"
    #expect(try queries.text("Select([\"data\", \"z\"], \(created))") == "1")
  }

  @Test("sets of sets of sets", arguments: ["Union(a, a)", "Intersection(a, a)", "Difference(a, a)"])
  func sets(query: String) throws {
    let query = query.replacing("a", with: "Var(\"a\")")
    try fails("Paginate(Reduce(Lambda([\"a\", \"x\"], \(query)), Documents(Collection(\"c\")), Var(\"n\")))")
  }

  @Test("wide objects are merged, compared, patched and told apart by key")
  func wideObjects() throws {
    let queries = try Queries.inMemory()
    let fields = (0..<20_000).map { "k\($0): \($0)" }
    let forward = "{" + fields.joined(separator: ", ") + "}"
    let backward = "{" + fields.reversed().joined(separator: ", ") + "}"
    #expect(try queries.text("Equals(\(forward), \(backward))") == "true")
    #expect(try queries.text("Count(ToArray(Merge(\(forward), \(backward))))") == "20000")
    try queries.value("CreateCollection({name: \"c\"})")
    try queries.value("Create(Ref(Collection(\"c\"), 1), {data: \(forward)})")
    let update = "Update(Ref(Collection(\"c\"), 1), {data: \(backward)})"
    #expect(try queries.text("Select([\"data\", \"k19999\"], \(update))") == "19999")
    let last = "Select([\"data\", 1, \"data\"], Paginate(Events(Ref(Collection(\"c\"), 1))), \"none\")"
    #expect(try queries.text(last) == "null")
  }
}

extension String {
  /// The query with a value as the variable `l`.
  fileprivate func wrapped(in value: String) -> String { "Let({l: \(value)}, \(self))" }
}
