extension OutputBuffer {
  /// Appends a tree in wire shape as the call that makes it: `Match(Index("i"), "fire")`.
  public mutating func append(expression expr: Expr) {
    var writer = ExpressionWriter()
    writer.write(expr, to: &self)
  }

  /// Appends a reference as the call that makes it: `Ref(Collection("spells"), "1")`. Names and ids are not escaped.
  public mutating func append(reference ref: Ref) {
    switch ref {
    case .entity(let entity): append(entity: entity)
    case .document(let collection, let id):
      append("Ref(")
      append(entity: collection)
      append(", \"")
      append(decimal: id)
      append("\")")
    case .foreign(let foreign):
      guard let collection = foreign.collection else {
        append(foreign.id.prefix(1).uppercased() + foreign.id.dropFirst())
        append("()")
        return
      }
      append("Ref(")
      append(reference: collection)
      append(", \"")
      append(foreign.id)
      append("\")")
    }
  }

  private mutating func append(entity: Entity) {
    switch entity.kind {
    case .native(let native):
      append(native.collectionConstructorText)
      append(UInt8(ascii: "("))
      if let database = entity.database { append(entity: database) }
    case .named(let native):
      append(native.constructorText)
      append("(\"")
      append(entity.name ?? "")
      append(UInt8(ascii: "\""))
      if let database = entity.database {
        append(", ")
        append(entity: database)
      }
    }
    append(UInt8(ascii: ")"))
  }

  /// Appends a set as the expression that describes it.
  public mutating func append(set: SetValue) {
    var writer = ExpressionWriter()
    writer.write(set, to: &self)
  }

  /// Appends `Query(Lambda("x", ...))`.
  public mutating func append(lambda: LambdaValue) {
    var writer = ExpressionWriter()
    writer.write(.lambda(lambda), to: &self)
  }
}

extension Expr {
  /// The tree as text: `Match(Index("i"), "fire")`.
  public var expressionText: String {
    var buffer = OutputBuffer()
    buffer.append(expression: self)
    return buffer.string
  }
}

/// Turns trees in wire shape into text, by the rules of the language's drivers (which know most functions by the shape of their
/// wire names, not by a table).
struct ExpressionWriter {
  private var depth = 0

  /// Functions whose main argument is written as several arguments where it is an array.
  private static let variadics: Set<String> = [
    "do", "call", "union", "intersection", "difference", "equals", "add", "bitor", "bitxor", "divide", "max", "min",
    "modulo", "multiply", "subtract", "lt", "lte", "gt", "gte", "and", "or",
  ]

  private static let names: [String: String] = [
    "containsstr": "ContainsStr", "containsstrregex": "ContainsStrRegex", "startswith": "StartsWith",
    "endswith": "EndsWith", "findstr": "FindStr", "findstrregex": "FindStrRegex", "replacestr": "ReplaceStr",
    "replacestrregex": "ReplaceStrRegex", "regexescape": "RegexEscape", "lowercase": "LowerCase",
    "uppercase": "UpperCase", "titlecase": "TitleCase", "substring": "SubString", "ltrim": "LTrim", "rtrim": "RTrim",
    "ngram": "NGram", "lt": "LT", "lte": "LTE", "gt": "GT", "gte": "GTE", "is_nonempty": "IsNonEmpty",
  ]

  /// The name in text of the function with that name on the wire.
  private static func name(_ wire: String) -> String {
    if let special = names[wire] { return special }
    var result = ""
    for part in wire.split(separator: "_") { result += part.prefix(1).uppercased() + part.dropFirst() }
    return result
  }

  mutating func write(_ expr: Expr, to out: inout OutputBuffer) {
    guard depth < Limits.printedNesting else {
      out.append("...")
      return
    }
    depth += 1
    defer { depth -= 1 }
    switch expr.kind {
    case .literal(let value): write(value, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      writeList(elements, to: &out)
      out.append(UInt8(ascii: "]"))
    case .object(let members): write(members, to: &out)
    }
  }

  private mutating func writeList(_ elements: [Expr], to out: inout OutputBuffer) {
    for (place, element) in elements.enumerated() {
      if place > 0 { out.append(", ") }
      write(element, to: &out)
    }
  }

  /// `{"a": 1, "b": 2}`, keys unescaped.
  private mutating func writeObject(
    _ keys: [String], _ values: some RandomAccessCollection<Expr>, to out: inout OutputBuffer
  ) {
    out.append(UInt8(ascii: "{"))
    for (place, (key, value)) in zip(keys, values).enumerated() {
      out.append(place > 0 ? ", \"" : "\"")
      out.append(key)
      out.append("\": ")
      write(value, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  /// An argument that is a plain object where it stands, not a call.
  private mutating func writePlain(_ expr: Expr, to out: inout OutputBuffer) {
    switch expr.kind {
    case .object(let members): writeObject(members.keys, members.values, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { out.append(", ") }
        writePlain(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    default: write(expr, to: &out)
    }
  }

  private mutating func writeCall(_ name: StaticString, _ arguments: [Expr], to out: inout OutputBuffer) {
    out.append(name)
    out.append(UInt8(ascii: "("))
    writeList(arguments, to: &out)
    out.append(UInt8(ascii: ")"))
  }

  private mutating func write(_ members: Expr.Members, to out: inout OutputBuffer) {
    let keys = members.keys
    guard let first = keys.first else {
      out.append("{}")
      return
    }
    if keys.count == 1, first.utf8.first == UInt8(ascii: "@") {
      if let value = WireDecoder.tagged(members) {
        write(value, to: &out)
      } else {
        writeObject(keys, members.values, to: &out)
      }
    } else if let index = members["match"] {
      writeMatch(index, terms: members["terms"], to: &out)
    } else if let set = members["paginate"] {
      writePaginate(set, members, to: &out)
    } else if let bindings = members["let"], let body = members["in"] {
      out.append("Let(")
      writePlain(bindings, to: &out)
      out.append(", ")
      write(body, to: &out)
      out.append(UInt8(ascii: ")"))
    } else if let object = members["object"] {
      writePlain(object, to: &out)
    } else if let left = members["merge"] {
      writeCall("Merge", [left] + [members["with"], members["lambda"]].compactMap(\.self), to: &out)
    } else if let pattern = members["lambda"] {
      writeCall("Lambda", [pattern] + [members["expr"]].compactMap(\.self), to: &out)
    } else if let lambda = members["filter"] {
      writeCall("Filter", [members["collection"], lambda].compactMap(\.self), to: &out)
    } else if let lambda = members["map"] {
      writeCall("Map", [members["collection"], lambda].compactMap(\.self), to: &out)
    } else if let lambda = members["foreach"] {
      writeCall("Foreach", [members["collection"], lambda].compactMap(\.self), to: &out)
    } else if let function = members["call"] {
      out.append("Call(")
      write(function, to: &out)
      out.append(", ")
      if let arguments = members["arguments"] { write(arguments, to: &out) } else { out.append("undefined") }
      out.append(UInt8(ascii: ")"))
    } else {
      writeGeneric(first, members, to: &out)
    }
  }

  private mutating func writeMatch(_ index: Expr, terms: Expr?, to out: inout OutputBuffer) {
    out.append("Match(")
    write(index, to: &out)
    if let terms, !terms.isEmptyArray {
      out.append(", ")
      write(terms, to: &out)
    }
    out.append(UInt8(ascii: ")"))
  }

  private mutating func writePaginate(_ set: Expr, _ members: Expr.Members, to out: inout OutputBuffer) {
    out.append("Paginate(")
    write(set, to: &out)
    let others = members.keys.indices.filter { members.keys[$0] != "paginate" }
    if !others.isEmpty {
      out.append(", ")
      writeObject(others.map { members.keys[$0] }, others.map { members.values[$0] }, to: &out)
    }
    out.append(UInt8(ascii: ")"))
  }

  private mutating func writeGeneric(_ first: String, _ members: Expr.Members, to out: inout OutputBuffer) {
    out.append(ExpressionWriter.name(first))
    out.append(UInt8(ascii: "("))
    let isVariadic = ExpressionWriter.variadics.contains(first)
    if members.keys.count > 1 || !members.values[0].isNull {
      for (place, value) in members.values.enumerated() {
        if place > 0 { out.append(", ") }
        switch value.kind {
        case .array(let elements) where isVariadic: writeList(elements, to: &out)
        case .literal(.array(let elements)) where isVariadic: writeList(elements, to: &out)
        default: write(value, to: &out)
        }
      }
    }
    out.append(UInt8(ascii: ")"))
  }

  // MARK: Values

  private mutating func writeList(_ elements: [Value], to out: inout OutputBuffer) {
    for (place, element) in elements.enumerated() {
      if place > 0 { out.append(", ") }
      write(element, to: &out)
    }
  }

  /// A value as it stands inside of an expression.
  mutating func write(_ value: Value, to out: inout OutputBuffer) {
    guard depth < Limits.printedNesting else {
      out.append("...")
      return
    }
    depth += 1
    defer { depth -= 1 }
    switch value {
    case .string(let text): out.append(json: text)
    case .double(let number) where !number.isFinite: out.append(json: number.wireText)
    case .set(let set): write(set, to: &out)
    case .lambda(let lambda):
      out.append("Query(")
      write(lambda, to: &out)
      out.append(UInt8(ascii: ")"))
    default:
      switch value.shape {
      case .leaf: out.append(scalarText: value, commitTime: nil)
      case .array(let elements):
        out.append(UInt8(ascii: "["))
        writeList(elements, to: &out)
        out.append(UInt8(ascii: "]"))
      case .object(let fields):
        writeObject(fields.map(\.key), fields.map { Expr(.literal($0.value)) }, to: &out)
      }
    }
  }

  private mutating func write(_ lambda: LambdaValue, to out: inout OutputBuffer) {
    writeCall("Lambda", [lambda.pattern.expr, lambda.renderedBody], to: &out)
  }

  // MARK: Sets

  mutating func write(_ set: SetValue, to out: inout OutputBuffer) {
    guard depth < Limits.printedNesting else {
      out.append("...")
      return
    }
    depth += 1
    defer { depth -= 1 }
    switch set {
    case .match(let index, let terms):
      out.append("Match(")
      out.append(reference: .entity(index))
      if !terms.isEmpty {
        out.append(", ")
        writePosition(terms, to: &out)
      }
    case .documents(let collection):
      out.append("Documents(")
      out.append(reference: .entity(collection))
    case .singleton(let ref):
      out.append("Singleton(")
      out.append(reference: ref)
    case .reference(let ref):
      out.append(reference: ref)
      return
    case .events(let inner): writeOperands("Events(", [inner], to: &out)
    case .union(let sets): writeOperands("Union(", sets, to: &out)
    case .intersection(let sets): writeOperands("Intersection(", sets, to: &out)
    case .difference(let sets): writeOperands("Difference(", sets, to: &out)
    case .distinct(let inner): writeOperands("Distinct(", [inner], to: &out)
    case .reverse(let inner): writeOperands("Reverse(", [inner], to: &out)
    case .range(let inner, let from, let to):
      writeOperands("Range(", [inner], to: &out)
      out.append(", ")
      writePosition(from, to: &out)
      out.append(", ")
      writePosition(to, to: &out)
    case .filter(let inner, let lambda):
      writeOperands("Filter(", [inner], to: &out)
      out.append(", ")
      write(lambda, to: &out)
    case .join(let inner, let lambda):
      writeOperands("Join(", [inner], to: &out)
      out.append(", ")
      write(lambda, to: &out)
    case .joinIndex(let inner, let index):
      writeOperands("Join(", [inner], to: &out)
      out.append(", ")
      out.append(reference: .entity(index))
    case .verbatim(let expr):
      write(expr, to: &out)
      return
    }
    out.append(UInt8(ascii: ")"))
  }

  private mutating func writeOperands(_ opening: StaticString, _ sets: [SetValue], to out: inout OutputBuffer) {
    out.append(opening)
    for (place, set) in sets.enumerated() {
      if place > 0 { out.append(", ") }
      write(set, to: &out)
    }
  }

  private mutating func writePosition(_ position: [Value], to out: inout OutputBuffer) {
    var values = position
    // The end of a range beyond its values, which wire JSON leaves out.
    if case .cursor(.array(let rest))? = values.last { values.replaceSubrange((values.count - 1)..., with: rest) }
    if values.count == 1 {
      write(values[0], to: &out)
    } else {
      write(.array(values), to: &out)
    }
  }
}

extension Expr {
  fileprivate var isEmptyArray: Bool {
    switch kind {
    case .array(let elements): elements.isEmpty
    case .literal(.array(let elements)): elements.isEmpty
    default: false
    }
  }
}
