@testable import FQLStorage

/// The store as it should be: a sorted array.
struct Model: Equatable {
  private(set) var entries: [Entry] = []

  /// The number of keys that are less.
  func rank(_ key: [UInt8]) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if isLess(entries[middle].key, key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  subscript(_ key: [UInt8]) -> [UInt8]? {
    let rank = rank(key)
    return rank < entries.count && entries[rank].key == key ? entries[rank].value : nil
  }

  mutating func put(_ key: [UInt8], _ value: [UInt8]) {
    let rank = rank(key)
    if rank < entries.count && entries[rank].key == key {
      entries[rank].value = value
    } else {
      entries.insert(Entry(key: key, value: value), at: rank)
    }
  }

  mutating func delete(_ key: [UInt8]) -> Bool {
    let rank = rank(key)
    guard rank < entries.count && entries[rank].key == key else { return false }
    entries.remove(at: rank)
    return true
  }
}

/// A kind of keys and values to try a store with.
struct Shape: Sendable, CustomStringConvertible {
  var description: String
  /// The number of different keys.
  var keys: Int
  var makeKey: @Sendable (Int, inout SeededNumbers) -> [UInt8]
  var makeValue: @Sendable (inout SeededNumbers) -> [UInt8]

  static func filled(_ count: Int, _ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: count) }

  static func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * (width - 1 - $0))) }
  }

  static let all: [Shape] = [
    Shape(description: "short keys", keys: 300) { index, _ in
      number(index, 2)
    } makeValue: { numbers in
      filled(numbers.below(40), UInt8(numbers.below(256)))
    },
    Shape(description: "keys that are prefixes of each other", keys: 200) { index, _ in
      filled(index / 4 + 1, 0) + (index % 4 == 0 ? [] : [UInt8(index % 4 - 1)])
    } makeValue: { numbers in
      filled(numbers.below(100), 7)
    },
    Shape(description: "long common prefixes", keys: 400) { index, _ in
      filled(200 + index % 3 * 50, 65) + number(index * 7919 % 400, 4) + filled(index % 30, 66)
    } makeValue: { numbers in
      filled(numbers.below(30), 1)
    },
    Shape(description: "values about the size of a page", keys: 60) { index, _ in
      number(index, 8)
    } makeValue: { numbers in
      filled(numbers.below(3) == 0 ? 900 + numbers.below(200) : numbers.below(9000), 3)
    },
    Shape(description: "long keys", keys: 120) { index, _ in
      filled([1, 505, 509, 510, 511, 512, 513, 1010, 1014, 1016, 1020, 5000][index % 12], 80)
        + number(index / 12, index % 3)
    } makeValue: { numbers in
      filled(numbers.below(600), 4)
    },
    Shape(description: "keys at random", keys: 500) { index, _ in
      var own = SeededNumbers(UInt64(index) + 99)
      return (0..<1 + own.below(20)).map { _ in UInt8(own.below(3) * 127) }
    } makeValue: { numbers in
      filled(numbers.below(300), 9)
    },
  ]
}
