import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Random writes against a dictionary, on both stores: what was written is found again, as it was at any time.
@Suite("Documents against a model") struct DocumentModelTests {
  enum Kind: String, CaseIterable { case memory, file }

  private func database(_ kind: Kind, _ path: String) throws -> Database {
    switch kind {
    case .memory: try Database.inMemory(options: .init(seed: 1))
    case .file:
      try Database(
        store: try LMDBStore(
          path: path,
          options: {
            var options = LMDBStore.Options(); options.durability = .relaxed; return options
          }()), isShared: true, options: .init(seed: 1))
    }
  }

  @Test("thousands of random writes read back as the model has them, now and as of then", arguments: Kind.allCases)
  func randomWrites(kind: Kind) throws {
    let path = "/tmp/fql-model-\(getpid()).db"
    defer {
      unlink(path)
      unlink(path + "-lock")
    }
    let database = try database(kind, path)
    defer { database.close() }
    let queries = Queries(database)
    try queries.value(
      """
      CreateCollection({name: "c", history_days: 36500})
      CreateIndex({name: "by_x", source: Collection("c"), terms: [{field: ["data", "x"]}]})
      """)
    var rng = Repeatable(state: 42)
    var model: [Int: [String: Int]] = [:]
    var past: [(ts: Int64, state: [Int: [String: Int]])] = []
    for step in 0..<2500 {
      let id = Int.random(in: 0..<25, using: &rng)
      let x = Int.random(in: 0..<4, using: &rng)
      let y = Int.random(in: 0..<100, using: &rng)
      let ref = "Ref(Collection(\"c\"), \"\(id)\")"
      let query: String
      var next = model[id]
      switch Int.random(in: 0..<5, using: &rng) {
      case 0, 1:
        query = "Create(\(ref), {data: {x: \(x), y: \(y)}})"
        next = model[id] == nil ? ["x": x, "y": y] : model[id]
      case 2:
        query = "Update(\(ref), {data: {y: \(y), x: \(y % 5 == 0 ? "null" : String(x))}})"
        if next != nil {
          next?["y"] = y
          next?["x"] = y % 5 == 0 ? nil : x
        }
      case 3:
        query = "Replace(\(ref), {data: {x: \(x)}})"
        if next != nil { next = ["x": x] }
      default:
        query = "Delete(\(ref))"
        next = nil
      }
      let isCreate = query.hasPrefix("Create")
      let response = try queries.respond(query)
      let shouldFail = isCreate ? model[id] != nil : model[id] == nil
      #expect((response.errors != nil) == shouldFail, "step \(step): \(query)")
      if !shouldFail { model[id] = next }
      if step % 50 == 0 { past.append((response.time, model)) }
      if step % 25 == 0 {
        try check(queries, model, "now, step \(step)", at: nil)
        if let then = past.randomElement(using: &rng) {
          try check(queries, then.state, "as of \(then.ts), step \(step)", at: then.ts)
        }
      }
    }
  }

  private func check(_ queries: Queries, _ model: [Int: [String: Int]], _ what: String, at ts: Int64?) throws {
    func at(_ query: String) -> String { ts.map { "At(\($0), \(query))" } ?? query }
    let listed = try queries.text(
      at("Map(Select(\"data\", Paginate(Documents(Collection(\"c\")))), x => Select(\"id\", x))"))
    let wanted = model.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
    #expect(
      listed.filter { $0 != "\n" && $0 != " " } == (wanted.isEmpty ? "[]" : "[\(wanted)]").filter { $0 != " " },
      "\(what)")
    for x in 0..<4 {
      let count = model.values.count { $0["x"] == x }
      #expect(
        try queries.value(at("Count(Match(Index(\"by_x\"), \(x)))")).isIdentical(to: .integer(Int64(count))),
        "\(what), x = \(x)")
    }
    guard let (id, data) = model.randomElement() else { return }
    let found = try queries.value(at("Select([\"data\", \"y\"], Get(Ref(Collection(\"c\"), \"\(id)\")), null)"))
    #expect(found.isIdentical(to: data["y"].map { .integer(Int64($0)) } ?? .null), "\(what), document \(id)")
  }
}
