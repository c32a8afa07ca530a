import FQLStorage
import Foundation
import Testing

@testable import FQLEngine

/// The conformance suite, in process: `CONFORMANCE_ONLY=sets/join swift test --filter Conformance` runs the cases whose id has that.
@Suite(.serialized) struct ConformanceTests {
  @Test(arguments: ["core", "scalars", "collections", "writes", "sets", "auth"])
  func `every case of an area is answered as it should in memory`(_ area: String) throws {
    let cases = try Case.all(of: area)
    report(
      area,
      Workers.map(cases) { test in
        do {
          let database = try Database(store: MemoryStore(), isShared: false)
          defer { database.close() }
          return test.run(on: database)
        } catch {
          return "\(error)"
        }
      }, cases)
  }

  @Test(arguments: ["writes", "sets", "auth"])
  func `every case of an area that writes is answered as it should in a file`(_ area: String) throws {
    let cases = try Case.all(of: area)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fql-conformance-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    report(
      area,
      Workers.map(cases) { test in
        do {
          var options = LMDBStore.Options()
          options.durability = .relaxed
          let path = folder.appendingPathComponent("\(UUID()).db").path
          let database = try Database(store: try LMDBStore(path: path, options: options), isShared: true)
          defer {
            database.close()
            for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
          }
          return test.run(on: database)
        } catch {
          return "\(error)"
        }
      }, cases)
  }

  private func report(_ area: String, _ problems: [String?], _ cases: [Case]) {
    var failed = 0
    for case (let problem?, let test) in zip(problems, cases) {
      failed += 1
      Issue.record("\(test.id), \(problem)")
    }
    print("\(area): \(cases.count - failed) of \(cases.count) cases")
  }
}

/// Threads with stacks as deep as the program's.
enum Workers {
  /// The results of a function over all elements, computed on as many threads as there are cores.
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @escaping @Sendable (Element) -> Result
  ) -> [Result] {
    let state = State<Result>(elements.count)
    let group = DispatchGroup()
    for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
      group.enter()
      let thread = Thread {
        while let place = state.take() { state.put(transform(elements[place]), at: place) }
        group.leave()
      }
      thread.stackSize = 1 << 29
      thread.start()
    }
    group.wait()
    return state.results.compactMap { $0 }
  }

  /// The place of the next element, and the results so far.
  private final class State<Result: Sendable>: @unchecked Sendable {  // everything is under `lock`
    private let lock = NSLock()
    private var next = 0
    private(set) var results: [Result?]

    init(_ count: Int) {
      results = Array(repeating: nil, count: count)
    }

    func take() -> Int? {
      lock.withLock {
        guard next < results.count else { return nil }
        next += 1
        return next - 1
      }
    }

    func put(_ result: Result, at place: Int) {
      lock.withLock { results[place] = result }
    }
  }
}
