import Testing

@testable import FQLStorage

/// What `OrderedStore` promises, for every store.
@Suite struct ContractTests {
  @Test(arguments: StoreKind.allCases)
  func `a new store is empty`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    #expect(try test.contents() == [])
    #expect(try test.store.statistics().entries == 0)
    #expect(!test.store.isReadOnly)
    let reader = try test.store.read()
    let cursor = reader.cursor()
    #expect(try reader.get([1]) == nil)
    #expect(try !cursor.first())
    #expect(try !cursor.last())
    #expect(try !cursor.seek([0]))
    #expect(try !cursor.seek(before: [9]))
    #expect(cursor.key.isEmpty && cursor.value.isEmpty)
    let writer = try test.store.write()
    #expect(try !writer.delete([1]))
    #expect(!writer.hasChanges)
    try writer.commit()
  }

  @Test(arguments: StoreKind.allCases)
  func `a writer sees its changes, and others after the commit`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    let before = try test.store.read()
    let writer = try test.store.write()
    try writer.put([1], bytes("one"))
    try writer.put([2], [])
    #expect(writer.hasChanges)
    let during = try test.store.read()
    #expect(try writer.get([1]) == bytes("one"))
    #expect(try writer.get([2]) == [])
    #expect(try during.get([1]) == nil)
    try writer.commit()
    #expect(try before.get([1]) == nil)
    #expect(try during.get([1]) == nil)
    let after = try test.store.read()
    #expect(try after.get([1]) == bytes("one"))
    #expect(try after.get([2]) == [])
    #expect(try entries(before) == [])
    #expect(try entries(after).map(\.key) == [[1], [2]])
    test.check()
  }

  @Test(arguments: StoreKind.allCases)
  func `a reader and a writer that have ended begin again at the newest commit, where the store can do that`(
    kind: StoreKind
  )
    throws
  {
    let test = try TestStore(kind)
    let reader = try test.store.read()
    let cursor = reader.cursor()
    let writer = try test.store.write()
    try writer.put([1], bytes("one"))
    let writing = writer.cursor()
    #expect(try writing.first() && writing.key.elementsEqual([1]))
    try writer.commit()
    #expect(try reader.get([1]) == nil)
    reader.end()
    #expect(throws: StoreError.ended) { try cursor.next() }
    guard reader.canReopen else {
      #expect(!writer.canReopen)
      #expect(throws: StoreError.ended) { try reader.reopen() }
      return
    }
    try reader.reopen()
    #expect(try entries(reader).map(\.key) == [[1]])
    #expect(try cursor.seek([0]) && cursor.value.elementsEqual(bytes("one")))
    reader.end()
    #expect(throws: StoreError.ended) { try cursor.next() }
    #expect(throws: StoreError.ended) { try cursor.previous() }
    try reader.reopen()
    #expect(try cursor.last() && cursor.key.elementsEqual([1]))
    try writer.reopen()
    #expect(!writer.hasChanges)
    #expect(throws: StoreError.writerOpen) { try test.store.write() }
    try writer.put([2], bytes("two"))
    #expect(try writing.seek([2]) && writing.value.elementsEqual(bytes("two")))
    #expect(try reader.get([2]) == nil)
    writer.abort()
    try writer.reopen()
    #expect(try writer.get([2]) == nil)
    try writer.put([3], [])
    try writer.commit()
    #expect(try entries(reader).map(\.key) == [[1]])
    reader.end()
    test.store.close()
    #expect(throws: StoreError.closed) { try reader.reopen() }
    #expect(throws: StoreError.closed) { try writer.reopen() }
    test.check()
  }

  @Test(arguments: StoreKind.allCases)
  func `a commit has a number, where the store numbers them, which its readers know and its writer does not`(
    kind: StoreKind
  ) throws {
    let test = try TestStore(kind)
    let before = try test.store.read()
    let another = try test.store.read()
    #expect(before.commit == another.commit)
    let writer = try test.store.write()
    #expect(writer.commit == nil)
    try writer.put([1], [])
    try writer.commit()
    let after = try test.store.read()
    #expect(before.commit == another.commit)
    #expect((before.commit == nil) == (after.commit == nil))
    if let number = after.commit { #expect(before.commit != number) }
    for reader in [before, another, after] { reader.end() }
    #expect(after.commit == nil)
    test.check()
  }

  @Test(arguments: StoreKind.allCases)
  func `put replaces, shorter and longer`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    for size in [10, 10, 3, 0, 500, 2000, 100_000, 1, 8 << 20, 7] {
      let value = [UInt8](repeating: UInt8(size % 251), count: size)
      try test.write { try $0.put([7], value) }
      #expect(try test.contents() == [Entry(key: [7], value: value)])
      test.check()
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `keys order as unsigned bytes, a prefix first`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    let keys: [[UInt8]] = [
      [0], [0, 0], [0, 0, 0, 0, 0], [0, 1], [1], [1, 0], [1, 127], [1, 128], [1, 255], [127], [128], [255], [255, 255],
    ]
    try test.write { for key in keys.reversed() { try $0.put(key, key) } }
    #expect(try test.contents().map(\.key) == keys)
    test.check()
  }

  @Test(arguments: StoreKind.allCases)
  func `keys and values of a wrong size are refused, and nothing else happens`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    let longest = [UInt8](repeating: 1, count: 64_000)
    try test.write { writer in
      #expect(throws: StoreError.keySize(0)) { try writer.put([], [1]) }
      #expect(throws: StoreError.keySize(64_001)) { try writer.put(longest + [1], [1]) }
      #expect(throws: StoreError.keySize(0)) { try writer.delete([]) }
      try writer.put(longest, [2])
    }
    #expect(try test.contents() == [Entry(key: longest, value: [2])])
    let reader = try test.store.read()
    #expect(try reader.get([]) == nil)
    #expect(try reader.get(longest + [1]) == nil)
    #expect(try reader.get(longest) == [2])
  }

  @Test(arguments: StoreKind.allCases)
  func `what has ended says so`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    try test.write { try $0.put([1], [1]) }
    let reader = try test.store.read()
    let cursor = reader.cursor()
    #expect(try cursor.first())
    reader.end()
    reader.end()
    #expect(throws: StoreError.ended) { try reader.get([1]) }
    #expect(throws: StoreError.ended) { try cursor.next() }
    #expect(throws: StoreError.ended) { try cursor.previous() }
    #expect(throws: StoreError.ended) { try cursor.seek([1]) }
    let writer = try test.store.write()
    try writer.commit()
    #expect(throws: StoreError.ended) { try writer.put([1], [1]) }
    #expect(throws: StoreError.ended) { try writer.delete([1]) }
    #expect(throws: StoreError.ended) { try writer.commit() }
    writer.abort()
    test.store.close()
    test.store.close()
    #expect(throws: StoreError.closed) { try test.store.read() }
    #expect(throws: StoreError.closed) { try test.store.write() }
  }

  @Test(arguments: StoreKind.allCases)
  func `a reader outlives the store's close`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    try test.write { try $0.put([1], [1]) }
    let reader = try test.store.read()
    test.store.close()
    #expect(try reader.get([1]) == [1])
    reader.end()
  }

  @Test(arguments: StoreKind.allCases)
  func `a second writer on the same thread is an error, not a deadlock`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    let writer = try test.store.write()
    #expect(throws: StoreError.writerOpen) { try test.store.write() }
    writer.abort()
    try test.store.write().abort()
  }

  @Test(arguments: StoreKind.allCases)
  func `a dropped writer is aborted`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    try test.write { try $0.put([1], [1]) }
    do {
      let writer = try test.store.write()
      try writer.put([1], [2])
      try writer.put([2], [2])
    }
    #expect(try test.contents() == [Entry(key: [1], value: [1])])
    try test.write { try $0.put([3], [3]) }
    test.check()
  }

  @Test(arguments: StoreKind.allCases)
  func `reads are counted`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    try test.write { for key in 0..<50 as Range<UInt8> { try $0.put([key], [key]) } }
    let reader = try test.store.read()
    #expect(reader.reads == 0)
    _ = try reader.get([1])
    _ = try reader.get([99])
    #expect(reader.reads == 1)
    let cursor = reader.cursor()
    _ = try cursor.seek([10])
    for _ in 0..<5 { _ = try cursor.next() }
    _ = try cursor.seek([99])
    #expect(reader.reads == 7)
  }

  @Test(arguments: StoreKind.allCases)
  func `an abort restores exactly`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    var numbers = SeededNumbers(5)
    try test.write { writer in
      for index in 0..<600 { try writer.put(Shape.number(index * 3, 4), Shape.filled(numbers.below(900), 1)) }
      try writer.put(Shape.filled(3000, 2), Shape.filled(100_000, 3))
    }
    let before = try test.contents()
    for hasReader in [false, true] {
      let reader = hasReader ? try test.store.read() : nil
      let writer = try test.store.write()
      for entry in before where numbers.below(2) == 0 { try writer.delete(entry.key) }
      for index in 0..<900 { try writer.put(Shape.number(index * 2, 4), Shape.filled(numbers.below(2000), 4)) }
      try writer.put(Shape.filled(3000, 2), [])
      try writer.put(Shape.filled(4000, 2), Shape.filled(50_000, 3))
      writer.abort()
      test.check()
      #expect(try test.contents() == before)
      #expect(try test.store.statistics().entries == before.count)
      reader?.end()
      test.check()
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `thousands of entries, in and against the order and at random`(kind: StoreKind) throws {
    for order in 0..<3 {
      let test = try TestStore(kind)
      let count = 6000
      var indices = Array(0..<count)
      var numbers = SeededNumbers(77)
      if order == 1 { indices.reverse() }
      if order == 2 { indices.shuffle(using: &numbers) }
      // Long keys, so that the tree is several levels high.
      let prefix = Shape.filled(60, 66)
      let key = { (index: Int) in
        prefix + Shape.number(index &* 2_654_435_761, 4) + Shape.filled(100, UInt8(index & 7)) + Shape.number(index, 3)
      }
      try test.write { for index in indices { try $0.put(key(index), Shape.number(index, 4)) } }
      test.check()
      var found = try test.contents()
      #expect(found.count == count)
      #expect(zip(found, found.dropFirst()).allSatisfy { isLess($0.key, $1.key) })
      let snapshot = try test.store.read()
      for part in 0..<3 {
        try test.write { writer throws in
          for index in indices where index % 3 == part { #expect(try writer.delete(key(index))) }
        }
        test.check()
      }
      #expect(try test.contents() == [])
      #expect(try entries(snapshot) == found)
      snapshot.end()
      test.check()
      found = try test.contents()
      #expect(found == [])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a copy is a file with the same entries`(kind: StoreKind) throws {
    let test = try TestStore(kind)
    let directory = TestDirectory()
    var numbers = SeededNumbers(3)
    try test.write { writer in
      for index in 0..<200 { try writer.put(Shape.number(index, 3), Shape.filled(numbers.below(3000), 6)) }
      try writer.put(Shape.filled(2000, 9), [1])
    }
    let target = directory.file("copy.db")
    try test.store.copy(to: target)
    do {
      let copy = try LMDBStore(path: target)
      let reader = try copy.read()
      #expect(try entries(reader) == test.contents())
      reader.end()
      copy.close()
    }
    #expect(throws: StoreError.fileExists(target)) { try test.store.copy(to: target) }
    let nowhere = directory.file("none/copy.db")
    #expect(throws: StoreError.missingDirectory(nowhere)) { try test.store.copy(to: nowhere) }
    // While writing, the copy is of the newest commit.
    let writer = try test.store.write()
    try writer.put([0], [0])
    let second = directory.file("second.db")
    try test.store.copy(to: second)
    writer.abort()
    let copy = try LMDBStore(path: second)
    #expect(try copy.statistics().entries == 201)
    copy.close()
  }
}
