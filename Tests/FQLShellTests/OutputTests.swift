import FQLEngine
import FQLSyntax
import FQLValues
import Testing

@testable import FQLShell

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is put on tapes and printed by another thread comes out as if it had been printed at once.
@Suite struct OutputTests {
  /// Runs queries and hands on what each answers.
  private func answers(_ queries: [String], _ body: (Value, _ time: Int64) -> Void) throws {
    let database = try Database.inMemory(options: .init(now: Time(seconds: 1_600_000_000, nanoseconds: 0), seed: 1))
    let session = Session(database)
    for query in queries {
      for statement in try Script(parsing: query).statements {
        let response = session.run(statement.expr)
        guard case .value(let value) = response.result else {
          Issue.record("\(query): \(response.result)")
          continue
        }
        body(value, response.time)
      }
    }
  }

  private static let setting = [
    "CreateCollection({name: \"a\"})", "CreateCollection({name: \"b_b\"})",
    "CreateIndex({name: \"all\", source: Collection(\"a\"), values: [{field: [\"data\", \"n\"]}]})",
  ]

  /// Documents of every kind of field, and answers that are none in between.
  private static func queries(_ count: Int) -> [String] {
    var queries: [String] = []
    for n in 1...count {
      queries.append(
        """
        Create(Ref(Collection("a"), "\(n)"), {data: {n: \(n), name: "name \(n)", "\(n % 7 == 0 ? "1" : "x")": [1, [2, {a: "b"}], {}, []],
        to: Ref(Collection("b_b"), "\(n)"), at: Now(), on: Date("2020-01-0\(n % 9 + 1)"), long: "\(String(repeating: "ä", count: n % 90))",
        empty: {}, half: \(n).5, some: true, none: null, key: Collection("a")}})
        """)
      if n % 3 == 0 { queries.append("Get(Ref(Collection(\"a\"), \"\(n / 3)\"))") }
      if n % 50 == 0 { queries.append("Update(Ref(Collection(\"a\"), \"\(n)\"), {data: {n: \(n + 1)}})") }
      if n % 97 == 0 { queries.append("Paginate(Match(Index(\"all\")), {size: 2})") }
      if n % 1000 == 0 { queries.append("Range(0, \(n))".replacing("Range", with: "Add")) }
    }
    return queries
  }

  private func file() throws -> (Descriptor, path: String) {
    var path = Array("/tmp/fql-output-XXXXXX".utf8CString)
    let number = mkstemp(&path)
    try #require(number >= 0)
    return (Descriptor(number: number), String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
  }

  @Test func `documents come out in their order, and as they are printed otherwise`() throws {
    let (descriptor, path) = try file()
    defer { unlink(path) }
    let output = Output(descriptor, name: path)
    let printer = ValuePrinter()
    var expected = OutputBuffer()
    var late = 0
    try answers(OutputTests.setting + OutputTests.queries(3000)) { value, time in
      printer.print(value, as: .literal, depth: nil, commitTime: time, to: &expected)
      if case .document(let document) = value, output.write(document, commitTime: time) {
        late += 1
      } else {
        output.write { printer.print(value, as: .literal, depth: nil, commitTime: time, to: &$0) }
      }
    }
    output.flush()
    #expect(output.failure == nil)
    // All but those whose keys JavaScript puts into another order.
    #expect(late > 3000)
    #expect(try Files.read(path) == expected.bytes)
    descriptor.close()
  }

  @Test func `what is in the query's own transaction shows its time`() throws {
    let (descriptor, path) = try file()
    defer { unlink(path) }
    let output = Output(descriptor, name: path)
    var time: Int64 = 0
    try answers(OutputTests.setting + ["Create(Collection(\"a\"), {data: {seen: Now()}})"]) { value, now in
      time = now
      if case .document(let document) = value, case .encoded = document.body {
        #expect(output.write(document, commitTime: now))
      }
    }
    output.flush()
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    #expect(text.contains("ts: \(time),"))
    descriptor.close()
  }

  @Test func `a failure to write what another thread printed is known after the flush`() throws {
    let (closed, path) = try file()
    unlink(path)
    closed.close()
    let output = Output(Descriptor(number: open("/dev/null", O_RDONLY)), name: path)
    try answers(OutputTests.setting + OutputTests.queries(500)) { value, time in
      if case .document(let document) = value { _ = output.write(document, commitTime: time) }
    }
    output.flush()
    #expect(output.failure?.code == EBADF)
  }
}
