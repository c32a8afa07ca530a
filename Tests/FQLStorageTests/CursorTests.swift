import Testing

@testable import FQLStorage

/// Cursors: both ways, at the ends, and through writes.
@Suite struct CursorTests {
  private func filled(_ kind: StoreKind) throws -> TestStore {
    let test = try TestStore(kind)
    try test.write { for key in stride(from: 10, through: 90, by: 10) { try $0.put([UInt8(key)], [UInt8(key / 10)]) } }
    return test
  }

  @Test(arguments: StoreKind.allCases)
  func `seeks go to the first not less and to the last less`(kind: StoreKind) throws {
    let test = try filled(kind)
    let cursor = try test.store.read().cursor()
    for key in 0...100 {
      let above = (key + 9) / 10 * 10
      #expect(try cursor.seek([UInt8(key)]) == (above <= 90))
      if above <= 90 { #expect(cursor.key.first == UInt8(max(above, 10))) }
      let below = (key - 1) / 10 * 10
      #expect(try cursor.seek(before: [UInt8(key)]) == (key > 10))
      if key > 10 { #expect(cursor.key.first == UInt8(min(below, 90))) }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `beyond an end a step back returns`(kind: StoreKind) throws {
    let test = try filled(kind)
    let cursor = try test.store.read().cursor()
    #expect(try cursor.next())
    #expect(cursor.key.first == 10)
    #expect(try !cursor.previous())
    #expect(cursor.key.isEmpty && cursor.value.isEmpty)
    #expect(try !cursor.previous())
    #expect(try cursor.next())
    #expect(cursor.key.first == 10)
    #expect(try cursor.last())
    #expect(try !cursor.next())
    #expect(try !cursor.next())
    #expect(try cursor.previous())
    #expect(cursor.key.first == 90)
    #expect(try !cursor.seek([91]))
    #expect(try cursor.previous())
    #expect(cursor.key.first == 90)
    #expect(try !cursor.seek(before: [10]))
    #expect(try cursor.next())
    #expect(cursor.key.first == 10)
  }

  @Test(arguments: StoreKind.allCases)
  func `a writer's cursor goes on from its key after writes`(kind: StoreKind) throws {
    let test = try filled(kind)
    let writer = try test.store.write()
    let cursor = writer.cursor()
    #expect(try cursor.seek([50]))
    try writer.delete([50])
    #expect(try cursor.next())
    #expect(cursor.key.first == 60)
    try writer.put([59], [0])
    try writer.put([61], [0])
    #expect(try cursor.previous())
    #expect(cursor.key.first == 59)
    try writer.put([59], Shape.filled(5000, 3))
    #expect(try cursor.next())
    #expect(cursor.key.first == 60)
    #expect(try cursor.next())
    #expect(cursor.key.first == 61)
    // Delete everything under it.
    var left = 0
    #expect(try cursor.first())
    repeat {
      try writer.delete([UInt8](cursor.key))
      left += 1
    } while try cursor.next()
    #expect(left == 10)
    #expect(try entries(writer) == [])
    writer.abort()
    #expect(try test.contents().count == 9)
  }

  @Test(arguments: StoreKind.allCases)
  func `a cursor may write where it stands, one way and the other`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    try test.write { for index in 0..<500 { try $0.put(Shape.number(index * 2, 3), Shape.filled(30, 1)) } }
    let writer = try test.store.write()
    let cursor = writer.cursor()
    var seen = 0
    while try cursor.next() {
      seen += 1
      // A longer value here, and a new entry right before.
      let key = [UInt8](cursor.key)
      try writer.put(key, Shape.filled(200, 2))
      if key.last != 0 { try writer.put(key.dropLast() + [(key.last ?? 1) - 1], [3]) }
    }
    #expect(seen == 500)
    while try cursor.previous() {
      seen -= 1
      try writer.delete([UInt8](cursor.key))
    }
    #expect(seen < 0)
    try writer.commit()
    #expect(try test.contents() == [])
    test.check()
  }

  @Test(arguments: StoreKind.allCases)
  func `many cursors share a reader`(kind: StoreKind) throws {
    let test = try filled(kind)
    let reader = try test.store.read()
    let cursors = (0..<20).map { _ in reader.cursor() }
    for (index, cursor) in cursors.enumerated() { #expect(try cursor.seek([UInt8(index * 4)])) }
    for (index, cursor) in cursors.enumerated() {
      #expect(cursor.key.first == UInt8(max(10, (index * 4 + 9) / 10 * 10)))
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `long keys are in order among short ones`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    // Around every length at which LMDBStore cuts, with bytes before and after the one that it appends.
    var keys: [[UInt8]] = []
    for count in [509, 510, 511, 512, 1011, 1012, 1013, 1514, 2000] {
      let base = Shape.filled(count - 1, 5)
      for tail in [[], [0], [0, 0], [1], [4], [5], [6], [255], [0, 255]] as [[UInt8]] { keys.append(base + tail) }
    }
    keys.sort(by: isLess)
    keys = keys.enumerated().filter { $0.offset == 0 || keys[$0.offset - 1] != $0.element }.map(\.element)
    var numbers = SeededNumbers(8)
    let writer = try test.store.write()
    for key in keys.shuffled(using: &numbers) { try writer.put(key, Shape.number(key.count, 2)) }
    #expect(try entries(writer).map(\.key) == keys)
    #expect(try entriesBackwards(writer).map(\.key) == keys.reversed())
    let cursor = writer.cursor()
    for (index, key) in keys.enumerated() {
      #expect(try cursor.seek(key))
      #expect([UInt8](cursor.key) == key)
      #expect(try cursor.next() == (index + 1 < keys.count))
      #expect(try cursor.seek(before: key) == (index > 0))
      if index > 0 { #expect([UInt8](cursor.key) == keys[index - 1]) }
      #expect(try cursor.next())
      #expect([UInt8](cursor.key) == key)
    }
    try writer.commit()
    #expect(try test.store.statistics().entries == keys.count)
    try test.write { writer throws in
      for key in keys.shuffled(using: &numbers) { #expect(try writer.delete(key)) }
    }
    #expect(try test.store.statistics().entries == 0)
    #expect(try test.contents() == [])
    test.check()
  }
}
