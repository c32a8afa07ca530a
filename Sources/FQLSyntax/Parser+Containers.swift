import FQLValues

extension Parser {
  mutating func array() throws(Diagnostic) -> Parsed {
    let start = token.start
    let base = values.count
    let spanBase = spans.count
    var expressions: [Expr]? = keepsPlaces ? [] : nil
    try open(.leftBracket)
    while token.kind != .rightBracket {
      let elementStart = token.start
      let element = try expression()
      let span = Span(elementStart, previousEnd)
      if expressions == nil {
        switch element {
        case .constant(let value):
          values.push(value)
          spans.push(span)
        case .undefined:
          values.push(.null)
          spans.push(span)
        case .expr(let expr):
          let before = zip(values.popArray(from: base), spans.popArray(from: spanBase))
          expressions = before.map { Expr(.literal($0), span: $1) } + [expr]
        }
      } else {
        expressions?.append(element.expr(span))
      }
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBracket)
    if let expressions { return .expr(Expr(.array(expressions), span: Span(start, previousEnd))) }
    spans.truncate(to: spanBase)
    return .constant(.array(values.popArray(from: base)))
  }

  mutating func object() throws(Diagnostic) -> Parsed {
    let start = token.start
    let base = fields.count
    let spanBase = spans.count
    var slow: FieldList? = keepsPlaces ? FieldList() : nil
    var names: Set<String> = []
    var hasIndexKey = false
    try open(.leftBrace)
    while token.kind != .rightBrace {
      let mark = keyMark()
      let (key, value, span) = try field()
      if let first = key.utf8.first, first < 58, first > 47 { hasIndexKey = true }
      if case .constant(let constant) = value, slow == nil {
        if let place = earlierField(named: key, mark, from: base, &names) {
          fields[place].value = constant
          spans[spanBase + place - base] = span
        } else {
          fields.push(Object.Field(key, constant))
          keyMarks.push(mark)
          spans.push(span)
        }
      } else {
        if slow == nil {
          slow = FieldList(fields.popArray(from: base), spans.popArray(from: spanBase))
          keyMarks.truncate(to: base)
        }
        slow?.set(key, value, span)
      }
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBrace)
    if let slow { return slow.finish(span: Span(start, previousEnd), keepsPlaces: keepsPlaces) }
    spans.truncate(to: spanBase)
    keyMarks.truncate(to: base)
    var list = fields.popArray(from: base)
    if hasIndexKey {
      let order = JavaScriptKey.order(list.map(\.key))
      list = order.map { list[$0] }
    }
    return .constant(.object(Object(list)))
  }

  /// The place of an earlier field with that name.
  private func earlierField(named key: String, _ mark: UInt64, from base: Int, _ names: inout Set<String>) -> Int? {
    let count = fields.count - base
    if count < 32 {
      for place in base..<fields.count where keyMarks[place] == mark || mark == 0 || keyMarks[place] == 0 {
        if fields[place].key == key { return place }
      }
      return nil
    }
    if names.isEmpty {
      for place in base..<fields.count { names.insert(fields[place].key) }
    }
    guard !names.insert(key).inserted else { return nil }
    for place in base..<fields.count where fields[place].key == key { return place }
    return nil
  }

  /// A number that differs for most keys that differ, from the letters of the key under the cursor; 0 where it says nothing, because
  /// there is more than one way to write that key.
  @inline(__always)
  private func keyMark() -> UInt64 {
    guard token.kind == .name || (token.kind == .string && !token.hasEscapes) else { return 0 }
    let quotes = token.kind == .string ? 1 : 0
    var mark: UInt64 = 0
    for place in (token.start + quotes)..<(token.end - quotes) { mark = mark &* 31 &+ UInt64(lexer.bytes[place]) }
    return mark
  }

  /// `key: value`, or a parameter's name alone.
  mutating func field() throws(Diagnostic) -> (key: String, value: Parsed, span: Span) {
    let keyToken = token
    let key = try fieldKey()
    var start = keyToken.start
    let value: Parsed
    if keyToken.kind == .name, token.kind == .comma || token.kind == .rightBrace {
      value = try variable(keyToken)
    } else {
      try expect(.colon)
      start = token.start
      value = try expression()
    }
    return (key, value, Span(start, previousEnd))
  }

  private mutating func fieldKey() throws(Diagnostic) -> String {
    let key: String
    switch token.kind {
    case .name: key = lexer.text(token)
    case .string: key = try lexer.stringValue(token)
    case .integer, .double, .radixInteger: key = numberKey(token)
    default: throw unexpected()
    }
    advance()
    return key
  }

  /// A number as JavaScript makes a key of it.
  private func numberKey(_ token: Token) -> String {
    switch numberValue(token, isNegative: false) {
    case .integer(let number)? where number <= 1 << 53: String(number)
    case .integer(let number)?: Double(number).javaScriptText
    case .double(let number)?: number.javaScriptText
    default: lexer.text(token)
    }
  }
}

/// The fields of an object some of which are to be evaluated.
struct FieldList {
  private(set) var keys: [String] = []
  private var values: [Expr] = []
  /// The places of fields whose value is `undefined`.
  private var undefined: [Int] = []
  private var hasIndexKey = false
  /// The places of keys, where there are many.
  private var places: [String: Int] = [:]

  init() {}

  init(_ fields: [Object.Field], _ spans: [Span]) {
    for (field, span) in zip(fields, spans) { set(field.key, .constant(field.value), span) }
  }

  /// Adds a field; of a repeated key the last value counts, at the first place.
  mutating func set(_ key: String, _ value: Parser.Parsed, _ span: Span) {
    let place = place(of: key)
    if place == keys.count {
      keys.append(key)
      values.append(value.expr(span))
      if let first = key.utf8.first, first < 58, first > 47 { hasIndexKey = true }
      if keys.count > 16 { places[key] = place }
    } else {
      values[place] = value.expr(span)
      undefined.removeAll { $0 == place }
    }
    if value.isUndefined { undefined.append(place) }
  }

  private mutating func place(of key: String) -> Int {
    if keys.count < 16 { return keys.firstIndex(of: key) ?? keys.count }
    if places.isEmpty {
      for (place, key) in keys.enumerated() { places[key] = place }
    }
    return places[key] ?? keys.count
  }

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

  /// The object; where nothing of it is to be evaluated, it is data, unless places are kept.
  func finish(span: Span, keepsPlaces: Bool) -> Parser.Parsed {
    let members = members()
    var constants: [Object.Field] = []
    for (place, value) in members.values.enumerated() {
      guard case .literal(let constant) = value.kind else { break }
      constants.append(.init(members.keys[place], constant))
    }
    if constants.count == members.keys.count, !keepsPlaces { return .constant(.object(Object(constants))) }
    return .expr(
      Expr(
        .object(
          Expr.Members(keys: Expr.objectKey, values: [Expr(.object(members), span: span)], function: FormNumbers.object)
        ),
        span: span))
  }
}

extension Expr {
  /// Shared by all object literals.
  fileprivate static let objectKey = ["object"]
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
