import Testing

@testable import FQLStorage

/// Failures at each write of a transaction leave the store as it was.
@Suite struct FaultTests {
  @Test(arguments: StoreKind.allCases, [false, true])
  func `after a failure at any write the store is as before`(kind: StoreKind, hasReader: Bool) throws {
    let test = try TestStore(kind)
    try test.write { for index in 0..<40 { try $0.put(Shape.number(index, 2), Shape.filled(200, 1)) } }
    let before = try test.contents()
    // 20 puts, 10 deletes, 1 commit.
    let steps = 31
    for failAt in 0...steps {
      let reader = hasReader ? try test.store.read() : nil
      test.faults.remaining = failAt
      let writer = try test.store.write()
      var failure: StoreError?
      do {
        for index in 0..<20 { try writer.put(Shape.number(index * 5, 2), Shape.filled(300, 2)) }
        for index in 0..<10 { try writer.delete(Shape.number(index * 5, 2)) }
        try writer.commit()
      } catch {
        failure = error
        test.faults.remaining = nil
        // Nothing but the end is left, unless it was the commit that failed.
        if failAt < steps - 1 {
          #expect(throws: StoreError.injected) { try writer.put([1], [1]) }
          #expect(throws: StoreError.injected) { try writer.commit() }
        }
      }
      test.faults.remaining = nil
      test.check()
      if failAt < steps {
        #expect(failure == .injected)
        #expect(try test.contents() == before)
      } else {
        #expect(failure == nil)
        #expect(try test.contents() != before)
      }
      reader?.end()
      test.check()
    }
  }

  @Test func `a full map is said, and the store goes on`() throws {
    let directory = TestDirectory()
    var options = LMDBStore.Options()
    options.mapBytes = 1 << 20
    let path = directory.file("small.db")
    let store = try LMDBStore(path: path, options: options)
    defer { store.close() }
    var writer = try store.write()
    try writer.put([1], [1])
    try writer.commit()
    writer = try store.write()
    #expect(throws: StoreError.full(path)) {
      for index in 0..<2000 { try writer.put(Shape.number(index, 4), Shape.filled(1000, 1)) }
    }
    #expect(throws: StoreError.full(path)) { try writer.commit() }
    let reader = try store.read()
    #expect(try entries(reader) == [Entry(key: [1], value: [1])])
    reader.end()
    writer = try store.write()
    try writer.put([2], [2])
    try writer.commit()
    #expect(try store.statistics().entries == 2)
  }
}
