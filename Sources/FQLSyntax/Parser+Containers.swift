import FQLValues

extension Parser {
  mutating func array() throws(Diagnostic) -> Outcome {
    let start = token.start
    let base = nodes.count
    var isData = !keepsPlaces
    try open(.leftBracket)
    while token.kind != .rightBracket {
      if try expression() == .tree { isData = false }
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBracket)
    return finishArray(from: start, base, isData)
  }

  // The functions on the way down are kept apart from those that make the tree: their frames add up.

  @inline(never)
  private mutating func finishArray(from start: Int, _ base: Int, _ isData: Bool) -> Outcome {
    if !isData { return push(Expr(.array(nodes.popArray(from: base)), span: Span(start, previousEnd))) }
    push(.array(nodes.popArray(from: base) { $0.literal ?? .null }), from: start)
    return .data
  }

  mutating func object() throws(Diagnostic) -> Outcome {
    let start = token.start
    let base = nodes.count
    let traits = try fields()
    return finishObject(from: start, base, traits)
  }

  /// The tree of an object, or where nothing of it is to be evaluated, and places are not kept, the value.
  @inline(never)
  private mutating func finishObject(from start: Int, _ base: Int, _ traits: FieldTraits) -> Outcome {
    if traits.isData, !traits.hasIndexKey {
      push(
        .object(Object(nodes.popArray(from: base, with: &keys) { Object.Field($1.text, $0.literal ?? .null) })),
        from: start)
      return .data
    }
    let span = Span(start, previousEnd)
    let members = popFields(from: base, traits).members()
    if !keepsPlaces {
      var data: [Object.Field] = []
      for (key, value) in zip(members.keys, members.values) {
        guard let value = value.literal else { break }
        data.append(Object.Field(key, value))
      }
      if data.count == members.keys.count {
        push(.object(Object(data)), from: start)
        return .data
      }
    }
    let outer = Expr.Members(
      keys: FormKeys.object, values: [Expr(.object(members), span: span)], function: FormNumbers.object)
    return push(Expr(.object(outer), span: span))
  }

  /// Takes fields from the stacks.
  mutating func popFields(from base: Int, _ traits: FieldTraits) -> FieldList {
    FieldList(
      keys: keys.popArray(from: keys.count - (nodes.count - base)) { $0.text }, values: nodes.popArray(from: base),
      undefined: traits.undefined, hasIndexKey: traits.hasIndexKey)
  }

  /// The fields of the object under the cursor: keys and values are on their stacks. Of a repeated key the last value counts, at the
  /// first place.
  mutating func fields() throws(Diagnostic) -> FieldTraits {
    let base = nodes.count
    let keyBase = keys.count
    var traits = FieldTraits(isData: !keepsPlaces)
    try open(.leftBrace)
    while token.kind != .rightBrace {
      let keyToken = token
      let key = try fieldKey()
      let outcome: Outcome
      // Mostly the colon stands right behind the key, and need not become a token.
      let hasColon = lexer.skip(UInt8(ascii: ":"))
      advance(from: hasColon ? lexer.place : token.end)
      if !hasColon, keyToken.kind == .name, token.kind == .comma || token.kind == .rightBrace {
        outcome = try variable(keyToken)
      } else {
        if !hasColon { try expect(.colon) }
        outcome = try expression()
      }
      addField(key, outcome, from: base, keyBase, &traits)
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBrace)
    return traits
  }

  /// Gives the value on top of the stack its key.
  @inline(__always)
  private mutating func addField(
    _ key: ParsedKey, _ outcome: Outcome, from base: Int, _ keyBase: Int, _ traits: inout FieldTraits
  ) {
    if key.isIndexLike { traits.hasIndexKey = true }
    if outcome != .data { traits.isData = false }
    if let place = earlierField(named: key, from: keyBase, &traits) {
      nodes[base + place] = nodes.pop()
      traits.undefined.removeAll { $0 == place }
      if outcome == .undefined { traits.undefined.append(place) }
    } else {
      if outcome == .undefined { traits.undefined.append(keys.count - keyBase) }
      keys.push(key)
    }
  }

  /// The place of an earlier field with that name.
  @inline(__always)
  private mutating func earlierField(named key: ParsedKey, from base: Int, _ traits: inout FieldTraits) -> Int? {
    if keys.count &- base < 32 {
      let bit: UInt64 = 1 &<< UInt64(WordMark.slot(key.mark, of: 64))
      if traits.bits & bit == 0 {
        traits.bits |= bit
        return nil
      }
    } else if isNewName(key, from: base, &traits) {
      return nil
    }
    return place(of: key, from: base)
  }

  @inline(never)
  private mutating func place(of key: ParsedKey, from base: Int) -> Int? {
    for place in base..<keys.count where keys[place].mark == key.mark && keys[place].text.isSame(as: key.text) {
      return place - base
    }
    return nil
  }

  /// True where a wide object surely has no field of that name.
  @inline(never)
  private mutating func isNewName(_ key: ParsedKey, from base: Int, _ traits: inout FieldTraits) -> Bool {
    if traits.marks.isEmpty {
      for place in base..<keys.count { traits.marks.insert(keys[place].mark) }
    }
    return traits.marks.insert(key.mark).inserted
  }

  /// The key under the cursor, which stays there.
  @inline(__always)
  private mutating func fieldKey() throws(Diagnostic) -> ParsedKey {
    let quotes: Int
    switch token.kind {
    case .name: quotes = 0
    case .string where !token.hasEscapes: quotes = 1
    default: return try otherKey()
    }
    return keyCache.key(in: lexer.bytes, from: token.start &+ quotes, to: token.end &- quotes)
  }

  /// A key that must be worked out.
  @inline(never)
  private mutating func otherKey() throws(Diagnostic) -> ParsedKey {
    switch token.kind {
    case .string: ParsedKey(try lexer.stringValue(token))
    case .integer, .double, .radixInteger: ParsedKey(numberKey(token))
    default: throw unexpected()
    }
  }

  /// A number as JavaScript makes a key of it.
  @inline(never)
  private mutating func numberKey(_ token: Token) -> String {
    if token.kind == .double { return double(token, isNegative: false).javaScriptText }
    guard let number = integer(token, isNegative: false) else { return lexer.text(token) }
    return number <= 1 << 53 ? String(number) : Double(number).javaScriptText
  }
}

/// A key of an object, with its mark: keys that are equal have equal marks.
struct ParsedKey {
  let mark: UInt64
  let text: String

  init(mark: UInt64, text: String) {
    self.mark = mark
    self.text = text
  }

  init(_ text: String) {
    self.init(mark: WordMark.of(text), text: text)
  }

  /// True where it begins with a digit, and may be an index of an array.
  @inline(__always)
  var isIndexLike: Bool { (48...57).contains(mark & 0xFF) }
}

/// The words that were met last: equal keys share one text, and most of the time it need not be made.
struct WordCache {
  private var keys = [ParsedKey](repeating: ParsedKey(""), count: 64)

  /// The key that stands in a text.
  @inline(__always)
  mutating func key(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> ParsedKey {
    let mark = WordMark.of(bytes, from: start, to: end)
    let slot = WordMark.slot(mark, of: 64)
    if keys[slot].mark == mark, keys[slot].text.isWord(in: bytes, from: start, to: end) { return keys[slot] }
    let key = ParsedKey(
      mark: mark, text: String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self))
    keys[slot] = key
    return key
  }
}

/// What is to be known of an object's fields while they are read.
struct FieldTraits {
  /// False where a value is to be evaluated, or places are kept.
  var isData: Bool
  var hasIndexKey = false
  /// The places of fields whose value is `undefined`.
  var undefined: [Int] = []
  /// A bit for each of the first keys, found by its mark: a key whose bit is not set is new.
  var bits: UInt64 = 0
  /// The marks of all keys, where there are many.
  var marks: Set<UInt64> = []
}

/// The fields of an object some of which are to be evaluated.
struct FieldList {
  var keys: [String]
  var values: [Expr]
  /// The places of fields whose value is `undefined`.
  var undefined: [Int]
  var hasIndexKey: Bool

  /// The fields in JavaScript's order; nil stands for `undefined`.
  func ordered() -> [(key: String, value: Expr?)] {
    let order = hasIndexKey ? JavaScriptKey.order(keys) : Array(keys.indices)
    return order.map { (keys[$0], undefined.contains($0) ? nil : values[$0]) }
  }

  /// The fields as wire members: undefined ones are left out.
  func members() -> Expr.Members {
    if !hasIndexKey, undefined.isEmpty { return Expr.Members(keys: keys, values: values) }
    let fields = ordered().compactMap { field in field.value.map { (field.key, $0) } }
    return Expr.Members(keys: fields.map(\.0), values: fields.map(\.1))
  }
}

extension JavaScriptKey {
  /// The places of keys in the order of a JavaScript object: array indices first, ascending, then the others as they come.
  static func order(_ keys: [String]) -> [Int] {
    var indexed: [(UInt32, Int)] = []
    var others: [Int] = []
    for (place, key) in keys.enumerated() {
      if let index = index(key) { indexed.append((index, place)) } else { others.append(place) }
    }
    if indexed.isEmpty { return others }
    indexed.sort { $0.0 < $1.0 }
    return indexed.map(\.1) + others
  }
}
