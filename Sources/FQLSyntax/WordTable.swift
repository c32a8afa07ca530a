#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Words and their numbers, found by their letters where they stand in a text.
struct WordTable: Sendable {
  private let words: [String]
  private let marks: [UInt64]
  /// By slot, the number of a word or -1; what finds its slot taken is in the next one that is free.
  private let slots: [Int16]

  /// The words' numbers are their places; empty ones are not found. Of equal words the last one is.
  init(_ words: [String]) {
    self.words = words
    marks = words.map { WordMark.of($0) }
    var count = 16
    while count < words.count * 4 { count *= 2 }
    var slots = [Int16](repeating: -1, count: count)
    for (number, word) in words.enumerated().reversed() where !word.isEmpty {
      var slot = WordMark.slot(marks[number], of: count)
      while slots[slot] >= 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = Int16(number)
    }
    self.slots = slots
  }

  func number(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
    guard start < end else { return nil }
    let mark = WordMark.of(bytes, from: start, to: end)
    var slot = WordMark.slot(mark, of: slots.count)
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if marks[number] == mark, words[number].isWord(in: bytes, from: start, to: end) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  subscript(word: String) -> Int? {
    var word = word
    return word.withUTF8 { number(in: $0, from: 0, to: $0.count) }
  }
}

extension String {
  /// True where this word, whose mark is that of the bytes in a range, is what stands there.
  @inline(__always)
  func isWord(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Bool {
    // Marks of short words tell them apart.
    utf8.count == end - start && (end - start <= 8 || isLongWord(in: UnsafeBufferPointer(rebasing: bytes[start..<end])))
  }

  @inline(never)
  private func isLongWord(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let isSame = utf8.withContiguousStorageIfAvailable { own in
      guard let a = own.baseAddress, let b = bytes.baseAddress, own.count == bytes.count else { return false }
      return memcmp(a, b, own.count) == 0
    }
    return isSame ?? utf8.elementsEqual(bytes)
  }
}
