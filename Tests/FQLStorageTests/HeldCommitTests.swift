import Testing

@testable import FQLStorage

/// Commits that wait for `settle()`.
@Suite struct HeldCommitTests {
  @Test(arguments: StoreKind.allCases)
  func `writers see what is held, and one that is aborted leaves the others`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    try test.write { try $0.put([1], bytes("before")) }
    test.store.holdCommits()
    try test.write { try $0.put([2], bytes("two")) }
    let second = try test.store.write()
    #expect(throws: StoreError.writerOpen) { try test.store.write() }
    #expect(try entries(second).map(\.key) == [[1], [2]])
    try second.put([3], bytes("three"))
    try second.delete([1])
    let cursor = second.cursor()
    #expect(try cursor.seek([2]) && cursor.next() && cursor.key.elementsEqual([3]))
    second.abort()
    let third = try test.store.write()
    #expect(try entries(third).map(\.key) == [[1], [2]])
    try third.put([2], bytes("changed"))
    try third.put([4], bytes("four"))
    try third.commit()
    try second.reopen()
    #expect(try entries(second).map(\.key) == [[1], [2], [4]])
    try second.put([5], [])
    try second.commit()
    try test.store.settle()
    #expect(try test.contents().map(\.key) == [[1], [2], [4], [5]])
    test.check()
    // Nothing is held any more.
    try test.write { try $0.put([6], []) }
    #expect(try test.contents().map(\.key) == [[1], [2], [4], [5], [6]])
    try test.store.settle()
  }

  @Test func `in a file, what is held is seen by nobody else, and has to be settled to be read`() throws {
    let test = try TestStore(.lmdb)
    try test.write { try $0.put([1], []) }
    let old = try test.store.read()
    test.store.holdCommits()
    // A read is possible as long as nothing is held.
    #expect(try test.contents().map(\.key) == [[1]])
    try test.write { try $0.put([2], []) }
    #expect(throws: StoreError.writerOpen) { try test.store.read() }
    #expect(try entries(old).map(\.key) == [[1]])
    let store = test.store
    try Thread {
      let reader = try store.read()
      #expect(try entries(reader).map(\.key) == [[1]])
      reader.end()
    }.join()
    try test.store.settle()
    #expect(try test.contents().map(\.key) == [[1], [2]])
    #expect(try entries(old).map(\.key) == [[1]])
    old.end()
    test.check()
  }

  @Test func `a store that is closed keeps what was held`() throws {
    let directory = TestDirectory()
    let path = directory.file("held.db")
    let store = try LMDBStore(path: path)
    store.holdCommits()
    for key in [1, 2, 3] as [UInt8] {
      let writer = try store.write()
      try writer.put([key], [])
      try writer.commit()
    }
    store.close()
    let again = try LMDBStore(path: path)
    let reader = try again.read()
    #expect(try entries(reader).map(\.key) == [[1], [2], [3]])
    reader.end()
    again.close()
  }

  @Test func `where settling fails, nothing was written`() throws {
    let test = try TestStore(.lmdb)
    try test.write { try $0.put([1], []) }
    let before = try test.contents()
    test.store.holdCommits()
    try test.write { try $0.put([2], []) }
    try test.write { try $0.put([3], []) }
    test.faults.remaining = 0
    #expect(throws: StoreError.injected) { try test.store.settle() }
    test.faults.remaining = nil
    #expect(try test.contents() == before)
    try test.write { try $0.put([4], []) }
    #expect(try test.contents().map(\.key) == [[1], [4]])
    test.check()
  }

  @Test func `a part for which there is no room is lost alone`() throws {
    let directory = TestDirectory()
    let path = directory.file("full.db")
    var options = LMDBStore.Options()
    options.mapBytes = 1 << 20
    let store = try LMDBStore(path: path, options: options)
    store.holdCommits()
    var writer = try store.write()
    try writer.put([1], [UInt8](repeating: 1, count: 100))
    try writer.commit()
    writer = try store.write()
    #expect(throws: StoreError.full(path)) {
      for number in 0..<1000 { try writer.put(Shape.number(number, 3), [UInt8](repeating: 2, count: 4000)) }
    }
    #expect(throws: StoreError.full(path)) { try writer.commit() }
    writer = try store.write()
    try writer.put([2], [])
    try writer.commit()
    try store.settle()
    let reader = try store.read()
    #expect(try entries(reader).map(\.key) == [[1], [2]])
    reader.end()
    store.close()
  }
}
