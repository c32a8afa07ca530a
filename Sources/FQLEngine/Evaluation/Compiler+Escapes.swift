import FQLSyntax
import FQLValues

// Tagged values: `@ref`, `@ts` and the like. References are resolved here, before anything runs.

extension Compiler {
  /// The tag that a key is, where it is one.
  static func escapeTag(_ key: String) -> String? {
    switch key {
    case "@obj", "@ref", "@set", "@ts", "@date", "@query", "@bytes", "@uuid": key
    default: nil
    }
  }

  /// The node of a tagged value; nil where the key is no tag.
  func compileEscape(_ key: String, _ content: Expr) throws(Failure) -> Node? {
    guard let tag = Compiler.escapeTag(key) else { return nil }
    if tag == "@obj" {
      guard content.plainMembers != nil else { throw error("Invalid object.") }
      return try compile(content, at: .key("@obj"))
    }
    return LiteralNode(try escape(tag, content, at: []))
  }

  /// The value of a tagged value that stands `steps` below the current position; the tag itself is no step.
  func escape(_ tag: String, _ content: Expr, at steps: [QueryError.Step]) throws(Failure) -> Value {
    switch tag {
    case "@obj":
      guard let members = content.plainMembers else { throw error("Invalid object.", steps) }
      return .object(try quotedObject(members, at: steps))
    case "@ts":
      if let text = content.string, let time = Time(parsing: text) { return .time(time) }
      throw error("Invalid time.", steps)
    case "@date":
      if let text = content.string, let date = CalendarDate(parsing: text) { return .date(date) }
      throw error("Invalid date.", steps)
    case "@bytes":
      if let text = content.string, let bytes = Base64.decode(text) { return .bytes(bytes) }
      throw error("Invalid bytes.", steps)
    case "@uuid":
      if let text = content.string, let uuid = UUIDValue(parsing: text) { return .uuid(uuid) }
      throw error("Invalid UUID.", steps)
    case "@query":
      return .lambda(try queryLiteral(content, at: steps))
    case "@set":
      return .set(try setLiteral(content, at: steps))
    default:
      return .ref(try refLiteral(content, at: steps))
    }
  }

  /// An expression as data: nothing below is a form, tagged values are expanded.
  func quoted(_ expr: Expr, at steps: [QueryError.Step]) throws(Failure) -> Value {
    switch expr.kind {
    case .literal(let value):
      return value
    case .array(let elements):
      var values: [Value] = []
      for (i, element) in elements.enumerated() { values.append(try quoted(element, at: steps + [.index(i)])) }
      return .array(values)
    case .object(let members):
      if members.keys.count == 1, let tag = Compiler.escapeTag(members.keys[0]) {
        return try escape(tag, members.values[0], at: steps)
      }
      return .object(try quotedObject(members, at: steps))
    }
  }

  private func quotedObject(_ members: Expr.Members, at steps: [QueryError.Step]) throws(Failure) -> Object {
    var object = Object()
    for i in members.keys.indices {
      object.fields.append(
        .init(members.keys[i], try quoted(members.values[i], at: steps + [.key(members.keys[i])])))
    }
    return object
  }

  private static let versions: Set<String> = ["2.0", "2.1", "2.7", "2.12", "3", "4", "5", "UNSTABLE"]

  private func queryLiteral(_ content: Expr, at steps: [QueryError.Step]) throws(Failure) -> LambdaValue {
    guard let members = content.members, let pattern = members["lambda"], let body = members["expr"],
      members.keys.count == (members["api_version"] == nil ? 2 : 3)
    else { throw error("Invalid lambda.", steps) }
    var version = "2.12"
    if let given = members["api_version"] {
      guard let text = given.string, Compiler.versions.contains(text) else { throw error("Invalid lambda.", steps) }
      version = text
    }
    let inner = Compiler(transaction: transaction, access: access)
    inner.version = version
    inner.path = path + steps
    let template = try inner.closure(pattern: pattern, body: body, at: [], in: nil, place: .key("expr"))
    if !inner.unbound.isEmpty { throw error("Invalid lambda.", steps) }
    return LambdaValue(
      version: version, pattern: template.pattern, body: template.body, code: template.program)
  }

  // MARK: References

  private func refLiteral(_ content: Expr, at steps: [QueryError.Step]) throws(Failure) -> Ref {
    if let text = content.string { return try refPath(text, at: steps) }
    guard let members = content.members else { throw error("Invalid ref.", steps) }
    let known: Set<String> = ["id", "collection", "class", "database"]
    guard let idExpr = members["id"], members.keys.allSatisfy({ known.contains($0) }) else {
      throw error("Ref expected, Object provided.", steps)
    }
    var collection: Ref?
    if let expr = members["collection"] ?? members["class"] {
      collection = try nestedRef(expr, at: steps + [.key("class")])
    }
    var database: Entity?
    if let expr = members["database"] {
      let ref = try nestedRef(expr, at: steps + [.key("database")])
      guard case .entity(let entity) = ref, entity.kind == .named(.databases) else {
        throw error("Database Ref expected, \(ref.typeName) provided.", steps + [.key("database")])
      }
      database = entity
    }
    let id = try quoted(idExpr, at: steps + [.key("id")])
    let idSteps = steps + [.key("id")]
    guard let collection else {
      switch id {
      case .string(let name):
        guard let native = NativeKind(id: name) else {
          throw error("Valid native collection name expected, '\(name)' provided.", idSteps)
        }
        return .entity(transaction.nativeCollection(native, in: database))
      case .integer: throw error("String expected, Number provided.", idSteps)
      default: throw error("String or Integer expected, \(id.typeName) provided.", idSteps)
      }
    }
    guard case .entity(let entity) = collection,
      entity.isNativeCollection || entity.kind == .named(.collections)
    else { throw error("Collection Ref expected, \(collection.typeName) provided.", steps + [.key("class")]) }
    if case .native(let native) = entity.kind, native.isNamed {
      guard case .string(let name) = id else {
        if case .integer = id { throw error("String expected, Number provided.", idSteps) }
        throw error("String or Integer expected, \(id.typeName) provided.", idSteps)
      }
      return .entity(transaction.lookUp(native, name, in: database ?? entity.database))
    }
    if database != nil { throw error("Null expected, Database Ref provided.", steps + [.key("database")]) }
    switch id {
    case .integer(let number): return .document(entity, id: number)
    case .string("self"):
      guard let ref = access.selfReference(in: entity, transaction) else { throw error("Invalid ref.", steps) }
      return ref
    case .string(let text):
      switch DocumentNumber(text) {
      case .number(let number): return .document(entity, id: number)
      case .tooLarge: throw error("The id provided is too large: '\(text)'", idSteps)
      case .notANumber:
        throw error("Number or numeric String expected, non-numeric '\(text)' provided.", idSteps)
      }
    default: throw error("String or Integer expected, \(id.typeName) provided.", idSteps)
    }
  }

  private func nestedRef(_ expr: Expr, at steps: [QueryError.Step]) throws(Failure) -> Ref {
    guard let members = expr.members, members.keys.count == 1, members.keys[0] == "@ref" else {
      throw error("Ref expected, \(expr.jsonTypeName) provided.", steps)
    }
    return try refLiteral(members.values[0], at: steps)
  }

  /// A reference from a path: `collections/c/1`, `tokens/self`.
  private func refPath(_ text: String, at steps: [QueryError.Step]) throws(Failure) -> Ref {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let native = NativeKind(id: parts[0]) else { throw error("Invalid ref.", steps) }
    let collection = transaction.nativeCollection(native, in: nil)
    if parts.count == 1 { return .entity(collection) }
    var entity = collection
    var rest = parts.dropFirst()
    if native.isNamed {
      let name = rest.removeFirst()
      guard Names.isPathName(name) else { throw error("Invalid ref.", steps) }
      entity = transaction.lookUp(native, name, in: nil)
      if rest.isEmpty { return .entity(entity) }
      guard native == .collections else { throw error("Invalid ref.", steps) }
    }
    guard rest.count == 1, let id = rest.first else { throw error("Invalid ref.", steps) }
    if id == "self" {
      guard let ref = access.selfReference(in: entity, transaction) else { throw error("Invalid ref.", steps) }
      return ref
    }
    guard !id.isEmpty, id.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int64(id) else {
      throw error("Invalid ref.", steps)
    }
    return .document(entity, id: number)
  }
}

/// The id of a document as text: digits with an optional sign, leading zeros allowed.
enum DocumentNumber {
  case number(Int64)
  case tooLarge
  case notANumber

  init(_ text: String) {
    if let number = Int64(text) {
      self = .number(number)
    } else if text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) {
      self = .tooLarge
    } else {
      self = .notANumber
    }
  }
}
