import Testing

@testable import FQLStorage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Readers on other threads while a writer writes.
@Suite struct ThreadTests {
  /// Every commit adds the same number to all counters; a reader must find them equal, at every time.
  @Test(arguments: StoreKind.allCases)
  func `readers on other threads see whole commits`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    let counters = 60
    try test.write { for index in 0..<counters { try $0.put(Shape.number(index, 2), Shape.number(0, 8)) } }
    let store = test.store
    let isDone = Flag()
    let readers = try (0..<3).map { _ in
      try Thread {
        var rounds = 0
        var newest = 0
        while !isDone.isSet || rounds < 5 {
          let reader = try store.read()
          let values = Set(try entries(reader).map { ThreadTests.counter($0.value) })
          #expect(values.count == 1)
          #expect((values.first ?? -1) >= newest)
          newest = values.first ?? 0
          reader.end()
          rounds += 1
        }
      }
    }
    let writers = try (0..<2).map { _ in
      try Thread {
        for round in 0..<150 {
          let writer = try store.write()
          for index in 0..<counters {
            let key = Shape.number(index, 2)
            let old = ThreadTests.counter(try writer.get(key) ?? [])
            // The length changes too, so that pages split and shrink.
            try writer.put(key, Shape.number(old + 1, 8) + Shape.filled(round % 7 * 40, 1))
          }
          if round % 5 == 0 { writer.abort() } else { try writer.commit() }
        }
      }
    }
    for writer in writers { writer.join() }
    isDone.set()
    for reader in readers { reader.join() }
    let reader = try test.store.read()
    #expect(ThreadTests.counter(try reader.get(Shape.number(0, 2)) ?? []) == 2 * 120)
    reader.end()
    test.check()
  }

  private static func counter(_ value: [UInt8]) -> Int { value.prefix(8).reduce(0) { $0 << 8 | Int($1) } }
}

/// A thread of the system's. (Swift's tasks share too few threads to wait for each other in them.)
final class Thread {
  private let thread: pthread_t

  private final class Work {
    let body: @Sendable () throws -> Void
    init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }
  }

  init(_ body: @escaping @Sendable () throws -> Void) throws {
    #if canImport(Darwin)
      var started: pthread_t?
    #else
      var started = pthread_t()
    #endif
    let context = Unmanaged.passRetained(Work(body)).toOpaque()
    let status = pthread_create(
      &started, nil,
      { argument in
        #if canImport(Darwin)
          let pointer: UnsafeMutableRawPointer? = argument
        #else
          let pointer = argument
        #endif
        guard let pointer else { return nil }
        let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
        do { try work.body() } catch { Issue.record(error) }
        return nil
      }, context)
    #if canImport(Darwin)
      guard status == 0, let started else { throw StoreError.outOfMemory }
    #else
      guard status == 0 else { throw StoreError.outOfMemory }
    #endif
    thread = started
  }

  func join() { pthread_join(thread, nil) }
}

/// A flag for several threads.
private final class Flag: @unchecked Sendable {  // `value` is used under `lock`
  private let lock = Lock()
  private var value = false

  var isSet: Bool {
    lock.lock()
    defer { lock.unlock() }
    return value
  }

  func set() {
    lock.lock()
    value = true
    lock.unlock()
  }
}
