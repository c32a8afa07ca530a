extension OutputBuffer {
  /// Appends a value as wire JSON, tagged, on one line.
  ///
  /// `commitTime` stands for the time of the running transaction: the `ts` of documents that it wrote.
  public mutating func append(wire value: Value, commitTime: Int64? = nil) {
    var writer = WireWriter(commitTime: commitTime)
    writer.write(value, to: &self)
  }

  /// Appends a value as wire JSON in the names of the oldest dialect: `class` for `collection`, lambdas without their version.
  package mutating func append(oldWire value: Value, commitTime: Int64? = nil) {
    var writer = WireWriter(commitTime: commitTime, usesOldNames: true)
    writer.write(value, to: &self)
  }

  /// Appends a tree as wire JSON on one line: what a client would send.
  public mutating func append(wire expr: Expr) {
    var writer = WireWriter(commitTime: nil)
    writer.write(expr, to: &self)
  }
}

/// The writer of wire JSON, for values and for trees.
struct WireWriter {
  let commitTime: Int64?
  /// True for the oldest dialect, which says `class` for `collection`.
  let usesOldNames: Bool
  private var depth = 0

  init(commitTime: Int64?, usesOldNames: Bool = false) {
    self.commitTime = commitTime
    self.usesOldNames = usesOldNames
  }

  /// The key of a reference's collection, in quotes.
  private var collectionKey: StaticString { usesOldNames ? "\"class\":" : "\"collection\":" }

  private func id(of native: NativeKind) -> String {
    usesOldNames && native == .collections ? "classes" : native.id
  }

  // MARK: Values

  mutating func write(_ value: Value, to out: inout OutputBuffer) {
    switch value {
    case .null: out.append("null")
    case .boolean(let flag): out.append(flag ? "true" : "false")
    case .integer(let number): out.append(decimal: number)
    case .double(let number): write(number, to: &out)
    case .string(let text): out.append(json: text)
    case .bytes(let bytes):
      out.append("{\"@bytes\":\"")
      out.append(base64: bytes)
      out.append("\"}")
    case .uuid(let uuid):
      out.append("{\"@uuid\":\"")
      out.append(uuid: uuid)
      out.append("\"}")
    case .time(let time):
      out.append("{\"@ts\":\"")
      out.append(time: time)
      out.append("\"}")
    case .date(let date):
      out.append("{\"@date\":\"")
      out.append(date: date)
      out.append("\"}")
    case .action(let action): out.append(json: action.name)
    case .transactionTime: writeTime(nil, to: &out)
    case .ref(let ref):
      if ref.isRenderable { write(ref, to: &out) } else { out.append("null") }
    case .array(let elements): write(elements, to: &out)
    case .object(let object): write(object.fields, escapesTags: true, to: &out)
    case .document(let document): write(document, to: &out)
    case .page(let page): write(page, to: &out)
    case .event(let event): write(event.visibleObject.fields, escapesTags: false, to: &out)
    case .sourced(let element): write(element.visibleObject.fields, escapesTags: false, to: &out)
    case .cursor(.array(let elements)): write(elements, to: &out)
    case .cursor(.event(let event)): write(event.visibleObject.fields, escapesTags: false, to: &out)
    case .set(let set): write(set, to: &out)
    case .lambda(let lambda):
      out.append("{\"@query\":")
      write(lambda, to: &out)
      out.append(UInt8(ascii: "}"))
    }
  }

  private func write(_ number: Double, to out: inout OutputBuffer) {
    if number.isFinite {
      out.append(double: number)
    } else {
      out.append(UInt8(ascii: "\""))
      out.append(double: number)
      out.append(UInt8(ascii: "\""))
    }
  }

  private func writeTime(_ ts: Int64?, to out: inout OutputBuffer) {
    if let number = ts ?? commitTime { out.append(decimal: number) } else { out.append("null") }
  }

  private mutating func write(_ elements: [Value], to out: inout OutputBuffer) {
    guard enter(&out) else { return }
    out.append(UInt8(ascii: "["))
    var isFirst = true
    for element in elements where element.isRenderable {
      if isFirst { isFirst = false } else { out.append(UInt8(ascii: ",")) }
      out.handOnIfFull()
      write(element, to: &out)
    }
    out.append(UInt8(ascii: "]"))
    depth -= 1
  }

  private mutating func write(_ fields: [Object.Field], escapesTags: Bool, to out: inout OutputBuffer) {
    guard enter(&out) else { return }
    let isEscaped = escapesTags && fields.contains { $0.key.utf8.first == UInt8(ascii: "@") }
    if isEscaped { out.append("{\"@obj\":") }
    out.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in fields where field.value.isRenderable {
      writeKey(field.key, isFirst: &isFirst, to: &out)
      write(field.value, to: &out)
    }
    out.append(UInt8(ascii: "}"))
    if isEscaped { out.append(UInt8(ascii: "}")) }
    depth -= 1
  }

  private func writeKey(_ key: String, isFirst: inout Bool, to out: inout OutputBuffer) {
    if isFirst { isFirst = false } else { out.append(UInt8(ascii: ",")) }
    out.handOnIfFull()
    out.append(json: key)
    out.append(UInt8(ascii: ":"))
  }

  private mutating func write(_ document: Document, to out: inout OutputBuffer) {
    guard enter(&out) else { return }
    out.append(UInt8(ascii: "{"))
    if document.ref.isRenderable {
      out.append("\"ref\":")
      write(document.ref, to: &out)
      out.append(UInt8(ascii: ","))
    }
    out.append("\"ts\":")
    writeTime(document.ts, to: &out)
    var isFirst = false
    for field in document.fields.fields where field.value.isRenderable {
      writeKey(field.key, isFirst: &isFirst, to: &out)
      write(field.value, to: &out)
    }
    out.append(UInt8(ascii: "}"))
    depth -= 1
  }

  private mutating func write(_ page: Page, to out: inout OutputBuffer) {
    out.append(UInt8(ascii: "{"))
    if let before = page.before {
      out.append("\"before\":")
      write(before, to: &out)
      out.append(UInt8(ascii: ","))
    }
    if let after = page.after {
      out.append("\"after\":")
      write(after, to: &out)
      out.append(UInt8(ascii: ","))
    }
    out.append("\"data\":")
    write(page.data, to: &out)
    out.append(UInt8(ascii: "}"))
  }

  /// Counts a level; past the limit nothing but `null` is written.
  private mutating func enter(_ out: inout OutputBuffer) -> Bool {
    if depth >= Limits.printedNesting {
      out.append("null")
      return false
    }
    depth += 1
    return true
  }

  // MARK: References

  func write(_ ref: Ref, to out: inout OutputBuffer) {
    switch ref {
    case .entity(let entity): write(entity, to: &out)
    case .document(let collection, let id):
      out.append("{\"@ref\":{\"id\":\"")
      out.append(decimal: id)
      out.append("\",")
      out.append(collectionKey)
      write(collection, to: &out)
      out.append("}}")
    case .foreign(let foreign):
      out.append("{\"@ref\":{\"id\":")
      out.append(json: foreign.id)
      if let collection = foreign.collection {
        out.append(UInt8(ascii: ","))
        out.append(collectionKey)
        write(collection, to: &out)
      }
      out.append("}}")
    }
  }

  private func write(_ entity: Entity, to out: inout OutputBuffer) {
    out.append("{\"@ref\":{\"id\":")
    switch entity.kind {
    case .native(let native): out.append(json: id(of: native))
    case .named(let native):
      out.append(json: entity.name ?? "")
      out.append(UInt8(ascii: ","))
      out.append(collectionKey)
      out.append("{\"@ref\":{\"id\":\"")
      out.append(id(of: native))
      out.append("\"}}")
    }
    if let database = entity.database {
      out.append(",\"database\":")
      write(database, to: &out)
    }
    out.append("}}")
  }

  // MARK: Sets and lambdas

  private mutating func write(_ set: SetValue, to out: inout OutputBuffer) {
    guard enter(&out) else { return }
    switch set {
    case .reference(let ref): write(ref, to: &out)
    default:
      out.append("{\"@set\":")
      writeContent(set, to: &out)
      out.append(UInt8(ascii: "}"))
    }
    depth -= 1
  }

  /// What stands inside of `@set`.
  private mutating func writeContent(_ set: SetValue, to out: inout OutputBuffer) {
    switch set {
    case .match(let index, let terms):
      out.append("{\"match\":")
      write(index, to: &out)
      if !terms.isEmpty {
        out.append(",\"terms\":")
        writePosition(terms, to: &out)
      }
    case .documents(let collection):
      out.append("{\"documents\":")
      write(collection, to: &out)
    case .singleton(let ref):
      out.append("{\"singleton\":")
      write(ref, to: &out)
    case .reference(let ref):
      write(ref, to: &out)
      return
    case .events(let inner):
      out.append("{\"events\":")
      writeContent(inner, to: &out)
    case .union(let sets): writeOperands("{\"union\":", sets, to: &out)
    case .intersection(let sets): writeOperands("{\"intersection\":", sets, to: &out)
    case .difference(let sets): writeOperands("{\"difference\":", sets, to: &out)
    case .distinct(let inner):
      out.append("{\"distinct\":")
      write(inner, to: &out)
    case .reverse(let inner):
      out.append("{\"reverse\":")
      write(inner, to: &out)
    case .range(let inner, let from, let to):
      out.append("{\"range\":")
      write(inner, to: &out)
      out.append(",\"from\":")
      writePosition(from, to: &out)
      out.append(",\"to\":")
      writePosition(to, to: &out)
    case .filter(let inner, let lambda):
      out.append("{\"filter\":")
      write(lambda, to: &out)
      out.append(",\"collection\":")
      write(inner, to: &out)
    case .join(let inner, let lambda):
      out.append("{\"join\":")
      write(inner, to: &out)
      out.append(",\"with\":")
      write(lambda, to: &out)
    case .joinIndex(let inner, let index):
      out.append("{\"join\":")
      write(inner, to: &out)
      out.append(",\"with\":")
      write(index, to: &out)
    case .verbatim(let expr):
      write(expr, to: &out)
      return
    }
    out.append(UInt8(ascii: "}"))
  }

  private mutating func writePosition(_ position: [Value], to out: inout OutputBuffer) {
    var values = position
    if case .cursor? = values.last { values.removeLast() }
    if values.count == 1 { write(values[0], to: &out) } else { write(values, to: &out) }
  }

  private mutating func writeOperands(_ opening: StaticString, _ sets: [SetValue], to out: inout OutputBuffer) {
    out.append(opening)
    if sets.count == 1 {
      write(sets[0], to: &out)
      return
    }
    out.append(UInt8(ascii: "["))
    for (place, set) in sets.enumerated() {
      if place > 0 { out.append(UInt8(ascii: ",")) }
      write(set, to: &out)
    }
    out.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ lambda: LambdaValue, to out: inout OutputBuffer) {
    out.append(UInt8(ascii: "{"))
    if !usesOldNames {
      out.append("\"api_version\":")
      out.append(json: lambda.version)
      out.append(UInt8(ascii: ","))
    }
    out.append("\"lambda\":")
    write(lambda.pattern.expr, to: &out)
    out.append(",\"expr\":")
    write(lambda.renderedBody, to: &out)
    out.append(UInt8(ascii: "}"))
  }

  // MARK: Trees

  mutating func write(_ expr: Expr, to out: inout OutputBuffer) {
    switch expr.kind {
    case .literal(let value): writeLiteral(value, to: &out)
    case .array(let elements):
      guard enter(&out) else { return }
      out.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { out.append(UInt8(ascii: ",")) }
        write(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
      depth -= 1
    case .object(let members):
      guard enter(&out) else { return }
      out.append(UInt8(ascii: "{"))
      for place in members.keys.indices {
        if place > 0 { out.append(UInt8(ascii: ",")) }
        out.append(json: members.keys[place])
        out.append(UInt8(ascii: ":"))
        write(members.values[place], to: &out)
      }
      out.append(UInt8(ascii: "}"))
      depth -= 1
    }
  }

  /// Data inside of a query: as a value, but objects stand under `object`, at every level.
  private mutating func writeLiteral(_ value: Value, to out: inout OutputBuffer) {
    switch value.shape {
    case .leaf: write(value, to: &out)
    case .array(let elements):
      guard enter(&out) else { return }
      out.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { out.append(UInt8(ascii: ",")) }
        writeLiteral(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
      depth -= 1
    case .object(let fields):
      guard enter(&out) else { return }
      out.append("{\"object\":{")
      var isFirst = true
      for field in fields {
        writeKey(field.key, isFirst: &isFirst, to: &out)
        writeLiteral(field.value, to: &out)
      }
      out.append("}}")
      depth -= 1
    }
  }
}
