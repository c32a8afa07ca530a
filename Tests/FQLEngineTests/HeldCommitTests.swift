import FQLStorage
import FQLValues
import Foundation
import Testing

@testable import FQLEngine

/// Queries whose commits wait for `Database.settle()` answer as they do otherwise.
@Suite struct HeldCommitTests {
  private let faults = FaultPlan()
  private let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent("fql-held-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private func open(_ name: String, isHeld: Bool) throws -> Queries {
    var options = LMDBStore.Options()
    options.durability = .relaxed
    options.faults = faults
    let store = try LMDBStore(path: directory.appendingPathComponent(name).path, options: options)
    let database = try Database(
      store: store, isShared: true, options: .init(now: Time(seconds: 1_600_000_000, nanoseconds: 0), seed: 1))
    if isHeld { database.holdCommits() }
    return Queries(database)
  }

  private static let queries = [
    #"CreateCollection({name: "c"})"#,
    #"CreateIndex({name: "by_n", source: Collection("c"), terms: [{field: ["data", "n"]}], unique: true})"#,
    #"Create(Ref(Collection("c"), "1"), {data: {n: 1}})"#,
    #"Create(Ref(Collection("c"), "1"), {data: {n: 2}})"#,
    #"Create(Collection("c"), {data: {n: 2}})"#,
    #"Create(Collection("c"), {data: {n: 2}})"#,
    #"Do(Create(Ref(Collection("c"), "3"), {data: {n: 3}}), Abort("no"))"#,
    #"Create(Ref(Collection("c"), "4"), {data: {n: 3, l: Select("data", Get(Ref(Collection("c"), "1")))}})"#,
    #"Do(Update(Ref(Collection("c"), "1"), {data: {n: 5}}), Update(Ref(Collection("c"), "4"), {data: {n: 5}}))"#,
    #"Do(CreateCollection({name: "d"}), Abort("no"))"#,
    #"Do(CreateCollection({name: "d"}), Create(Ref(Collection("c"), "6"), {data: {n: 6}}))"#,
    #"Create(Ref(Collection("d"), "1"), {data: {c: Paginate(Match(Index("by_n"), 6))}})"#,
    #"Do(Delete(Ref(Collection("c"), "6")), Create(Ref(Collection("c"), "7"), {data: {n: 6}}))"#,
    #"CreateKey({role: "server"})"#,
    #"Logout(true)"#,
  ]
  private static let question =
    #"[Map(Paginate(Documents(Collection("c")), {events: true}), x => Select("document", x)), Paginate(Documents(Collection("d")))]"#

  @Test func `answers, errors and what is there in the end are the same`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let plain = try open("plain.db", isHeld: false)
    let held = try open("held.db", isHeld: true)
    for query in HeldCommitTests.queries {
      #expect(try held.text(of: query) == plain.text(of: query))
    }
    try held.session.database.settle()
    #expect(try held.text(of: HeldCommitTests.question) == plain.text(of: HeldCommitTests.question))
  }

  @Test func `what cannot be settled has not happened, to the schema either`() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    let queries = try open("failing.db", isHeld: false)
    try queries.value(#"CreateCollection({name: "c"})"#)
    let database = queries.session.database
    database.holdCommits()
    try queries.value(#"CreateCollection({name: "d"})"#)
    try queries.value(#"Create(Ref(Collection("d"), "1"), {})"#)
    try queries.value(#"Create(Ref(Collection("c"), "1"), {})"#)
    faults.remaining = 0
    #expect(throws: DatabaseError.self) { try database.settle() }
    faults.remaining = nil
    #expect(
      try queries.text(of: #"[Exists(Collection("d")), Exists(Ref(Collection("c"), "1"))]"#) == "[ false, false ]")
    try queries.value(#"CreateCollection({name: "d"})"#)
    try queries.value(#"Create(Ref(Collection("d"), "2"), {})"#)
    #expect(try queries.text(of: #"Count(Documents(Collection("d")))"#) == "1")
  }
}

extension Queries {
  /// The answer to a query, or its errors, as text.
  fileprivate func text(of query: String) throws -> String {
    let response = try respond(query)
    var printer = LiteralPrinter()
    printer.options.commitTime = response.time
    switch response.result {
    case .value(let value): return printer.text(value)
    case .errors(let errors): return errors.map(\.description).joined(separator: "\n")
    }
  }
}
