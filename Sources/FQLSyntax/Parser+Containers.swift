import FQLValues

extension Parser {
  mutating func array() throws(Diagnostic) -> Parsed {
    let start = token.start
    let base = values.count
    let spanBase = spans.count
    var expressions: [Expr]?
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
    var slow: FieldList?
    var names: Set<String> = []
    var hasIndexKey = false
    try open(.leftBrace)
    while token.kind != .rightBrace {
      let (key, value, span) = try field()
      if let first = key.utf8.first, first < 58, first > 47 { hasIndexKey = true }
      if case .constant(let constant) = value, slow == nil {
        if let place = earlierField(named: key, from: base, &names) {
          fields[place].value = constant
          spans[spanBase + place - base] = span
        } else {
          fields.push(Object.Field(key, constant))
          spans.push(span)
        }
      } else {
        if slow == nil { slow = FieldList(fields.popArray(from: base), spans.popArray(from: spanBase)) }
        slow?.set(key, value, span)
      }
      guard token.kind == .comma else { break }
      advance()
    }
    try close(.rightBrace)
    if let slow { return slow.finish(span: Span(start, previousEnd)) }
    spans.truncate(to: spanBase)
    var list = fields.popArray(from: base)
    if hasIndexKey {
      let order = JavaScriptKey.order(list.map(\.key))
      list = order.map { list[$0] }
    }
    return .constant(.object(Object(list)))
  }

  /// The place of an earlier field with that name.
  private func earlierField(named key: String, from base: Int, _ names: inout Set<String>) -> Int? {
    let count = fields.count - base
    if count < 12 {
      for place in base..<fields.count where fields[place].key == key { return place }
      return nil
    }
    if names.isEmpty {
      for place in base..<fields.count { names.insert(fields[place].key) }
    }
    guard !names.insert(key).inserted else { return nil }
    for place in base..<fields.count where fields[place].key == key { return place }
    return nil
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
  private(set) var values: [Parser.Parsed] = []
  private var spans: [Span] = []
  private var places: [String: Int] = [:]

  init() {}

  init(_ fields: [Object.Field], _ spans: [Span]) {
    for (field, span) in zip(fields, spans) { set(field.key, .constant(field.value), span) }
  }

  /// Adds a field; of a repeated key the last value counts, at the first place.
  mutating func set(_ key: String, _ value: Parser.Parsed, _ span: Span) {
    if let place = places[key] {
      values[place] = value
      spans[place] = span
    } else {
      places[key] = keys.count
      keys.append(key)
      values.append(value)
      spans.append(span)
    }
  }

  /// The fields in JavaScript's order, the undefined ones too.
  func ordered() -> [(key: String, value: Parser.Parsed, span: Span)] {
    JavaScriptKey.order(keys).map { (keys[$0], values[$0], spans[$0]) }
  }

  /// The object: undefined fields are left out, and data stays data.
  func finish(span: Span) -> Parser.Parsed {
    let fields = ordered().filter { !$0.value.isUndefined }
    var constants: [Object.Field] = []
    for field in fields {
      guard case .constant(let value) = field.value else { break }
      constants.append(.init(field.key, value))
    }
    if constants.count == fields.count { return .constant(.object(Object(constants))) }
    let members = Expr.Members(keys: fields.map(\.key), values: fields.map { $0.value.expr($0.span) })
    return .expr(Expr.object([("object", Expr(.object(members), span: span))], function: FormNumbers.object, span: span))
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
