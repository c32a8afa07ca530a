import Testing

@testable import FQLStorage

/// Random operations on a store and on a model of it, side by side.
@Suite struct RandomOperationsTests {
  @Test(arguments: StoreKind.allCases, Shape.all)
  func `a store does what a sorted array does`(kind: StoreKind, shape: Shape) throws {
    for seed in 1...2 as ClosedRange<UInt64> {
      var run = try RandomRun(kind, shape, seed)
      try run.go(steps: 500)
    }
  }
}

/// One run of random operations.
private struct RandomRun {
  let test: TestStore
  let shape: Shape
  var numbers: SeededNumbers
  var committed = Model()
  var snapshots: [(reader: any StoreReader, model: Model)] = []
  /// Whether commits are held.
  var isHolding = false

  init(_ kind: StoreKind, _ shape: Shape, _ seed: UInt64) throws {
    test = try TestStore(kind)
    self.shape = shape
    numbers = SeededNumbers(seed)
  }

  mutating func go(steps: Int) throws {
    var left = steps
    while left > 0 {
      let count = min(left, 1 + numbers.below(60))
      try batch(count, grows: numbers.below(10) < (committed.entries.count > shape.keys / 2 ? 3 : 8))
      left -= count
    }
    for snapshot in snapshots { try compare(snapshot.reader, snapshot.model) }
    for snapshot in snapshots { snapshot.reader.end() }
    try test.store.settle()
    test.check()
    // And to nothing.
    let writer = try test.store.write()
    for entry in committed.entries {
      #expect(try writer.delete(entry.key))
      test.check()
    }
    try writer.commit()
    #expect(try test.contents() == [])
    test.check()
  }

  /// One transaction.
  private mutating func batch(_ count: Int, grows: Bool) throws {
    if numbers.below(3) == 0 { openSnapshot() }
    if numbers.below(3) == 0 {
      test.store.holdCommits()
      isHolding = true
    }
    let writer = try test.store.write()
    var model = committed
    let cursor = writer.cursor()
    var standing: [UInt8]?
    var start = numbers.below(shape.keys)
    let direction = [0, 0, 1, -1][numbers.below(4)]
    for _ in 0..<count {
      // Keys at random, or one after the other, up or down.
      start = direction == 0 ? numbers.below(shape.keys) : (start + direction + shape.keys) % shape.keys
      let key = shape.makeKey(start, &numbers)
      if grows || numbers.below(4) == 0 {
        let value = shape.makeValue(&numbers)
        try writer.put(key, value)
        model.put(key, value)
      } else {
        #expect(try writer.delete(key) == model.delete(key))
      }
      test.check()
      if numbers.below(40) == 0 { openSnapshot() }
      #expect(try writer.get(key) == model[key])
      try step(cursor, model, &standing)
    }
    try compare(writer, model)
    if numbers.below(3) == 0 {
      writer.abort()
    } else {
      try writer.commit()
      committed = model
    }
    test.check()
    if isHolding {
      if numbers.below(3) > 0 { return }
      try test.store.settle()
      isHolding = false
    }
    let reader = try test.store.read()
    try compare(reader, committed)
    #expect(try test.store.statistics().entries == committed.entries.count)
    if numbers.below(4) == 0, let oldest = snapshots.first {
      try compare(oldest.reader, oldest.model)
      oldest.reader.end()
      snapshots.removeFirst()
      test.check()
    }
  }

  private mutating func openSnapshot() {
    guard snapshots.count < 5, let reader = try? test.store.read() else { return }
    snapshots.append((reader, committed))
    test.check()
  }

  /// One step of a cursor that lives through all changes of a writer.
  private mutating func step(_ cursor: any StoreCursor, _ model: Model, _ standing: inout [UInt8]?) throws {
    let expected: Int
    let found: Bool
    let target = shape.makeKey(numbers.below(shape.keys), &numbers)
    switch numbers.below(8) {
    case 0:
      found = try cursor.seek(target)
      expected = model.rank(target)
    case 1:
      found = try cursor.seek(before: target)
      expected = model.rank(target) - 1
    case 2, 3, 4:
      guard let key = standing else { return }
      found = try cursor.next()
      expected = model.rank(key + [0])
    default:
      guard let key = standing else { return }
      found = try cursor.previous()
      expected = model.rank(key) - 1
    }
    #expect(found == model.entries.indices.contains(expected))
    guard found else {
      standing = nil
      return
    }
    standing = [UInt8](cursor.key)
    #expect(Entry(key: [UInt8](cursor.key), value: [UInt8](cursor.value)) == model.entries[expected])
  }

  private func compare(_ reader: any StoreReader, _ model: Model) throws {
    #expect(try entries(reader) == model.entries)
    #expect(try entriesBackwards(reader) == model.entries.reversed())
  }
}
