import Testing

@testable import FQLStorage

/// What only `MemoryStore` promises: how it uses its pages.
@Suite struct MemoryStoreTests {
  private func fill(_ store: MemoryStore, _ indices: some Sequence<Int>) throws {
    let writer = try store.write()
    for index in indices { try writer.put(Shape.filled(30, 1) + Shape.number(index, 4), Shape.filled(200, 2)) }
    try writer.commit()
  }

  @Test func `without readers nothing is copied`() throws {
    let store = MemoryStore()
    try fill(store, 0..<3000)
    let used = store.pool.usedCount
    for round in 0..<50 {
      try fill(store, [round * 60])
      #expect(store.retiredWords.isEmpty)
    }
    #expect(store.pool.usedCount == used)
    let bytes = try store.statistics().bytes
    for _ in 0..<3 {
      let writer = try store.write()
      try writer.put(Shape.filled(30, 1) + Shape.number(1, 4), Shape.filled(100, 2))
      writer.abort()
    }
    #expect(try store.statistics().bytes == bytes)
    #expect(store.checkInvariants() == nil)
  }

  @Test func `insertion in order fills pages, up, down, and in the middle`() throws {
    for order in 0..<3 {
      let store = MemoryStore()
      if order == 2 { try fill(store, [0, 1 << 30]) }
      let range = 1000..<4000
      if order == 1 { try fill(store, range.reversed()) } else { try fill(store, range) }
      let perEntry = Double(store.pool.usedCount * Page.size) / 3000
      #expect(perEntry < 250, "order \(order)")
      #expect(store.checkInvariants() == nil)
    }
  }

  @Test func `a held snapshot keeps its pages, and its end gives them back`() throws {
    let store = MemoryStore()
    try fill(store, 0..<2000)
    let reader = try store.read()
    let used = store.pool.usedCount
    try fill(store, 0..<2000)
    #expect(store.pool.usedCount > used + used / 2)
    // A second rewriting copies nothing: nobody sees the pages between.
    let afterwards = store.pool.usedCount
    try fill(store, 0..<2000)
    #expect(store.pool.usedCount == afterwards)
    reader.end()
    #expect(store.pool.usedCount == used)
    #expect(store.checkInvariants() == nil)
  }

  @Test func `deleting everything gives all pages back`() throws {
    let store = MemoryStore()
    try fill(store, 0..<2000)
    let writer = try store.write()
    for index in 0..<2000 { try writer.delete(Shape.filled(30, 1) + Shape.number(index * 7 % 2000, 4)) }
    try writer.commit()
    #expect(store.pool.usedCount == 0)
    #expect(store.pool.blockBytes == 0)
    #expect(store.checkInvariants() == nil)
  }

  @Test func `pages that shrink are merged`() throws {
    let store = MemoryStore()
    try fill(store, 0..<4000)
    let used = store.pool.usedCount
    let writer = try store.write()
    for index in 0..<4000 where index % 10 != 0 { try writer.delete(Shape.filled(30, 1) + Shape.number(index, 4)) }
    try writer.commit()
    #expect(store.pool.usedCount < used / 3)
    #expect(store.checkInvariants() == nil)
  }

  @Test func `a reader opened during a write costs the others nothing`() throws {
    let store = MemoryStore()
    try fill(store, 0..<500)
    let old = try store.read()
    try fill(store, 500..<600)
    for commits in [true, false] {
      let writer = try store.write()
      for index in 0..<300 { try writer.put(Shape.filled(30, 1) + Shape.number(index * 2, 4), [9]) }
      let during = try store.read()
      #expect(store.checkInvariants() == nil)
      for index in 0..<300 { try writer.delete(Shape.filled(30, 1) + Shape.number(index, 4)) }
      #expect(store.checkInvariants() == nil)
      let duringLater = try store.read()
      #expect(try entries(during).count == 600)
      #expect(try entries(old).count == 500)
      if commits { writer.abort() } else { try writer.commit() }
      #expect(store.checkInvariants() == nil)
      #expect(try entries(during).allSatisfy { $0.value.count == 200 })
      #expect(try entries(duringLater).count == 600)
      #expect(try entries(old).count == 500)
      during.end()
      duringLater.end()
      #expect(store.checkInvariants() == nil)
    }
    old.end()
    #expect(store.retiredWords.isEmpty)
    #expect(store.checkInvariants() == nil)
  }
}
