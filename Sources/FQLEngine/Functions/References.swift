import FQLSyntax
import FQLValues

extension Builtins {
  /// Functions that make references.
  static let references: [String: Builtin] = {
    var table: [String: Builtin] = [
      "ref": .binary { collection, id, call throws(Failure) in try documentRef(collection, id ?? .null, call) }
    ]
    for (key, native) in named {
      table[key] = .binary { name, scope, call throws(Failure) in
        guard case .string(let text) = name else { return .null }
        return .ref(.entity(call.evaluation.transaction.lookUp(native, text, in: scope?.databaseEntity)))
      }
    }
    for native in NativeKind.allCases {
      table[native.id] = nativeCollection(native)
    }
    table["classes"] = nativeCollection(.collections)
    return table
  }()

  /// Functions that refer to a thing by its name.
  fileprivate static let named: [String: NativeKind] = [
    "database": .databases, "index": .indexes, "collection": .collections, "class": .collections,
    "function": .functions, "role": .roles, "access_provider": .accessProviders,
  ]

  private static func nativeCollection(_ native: NativeKind) -> Builtin {
    .unary { scope, call throws(Failure) in
      .ref(.entity(call.evaluation.transaction.nativeCollection(native, in: scope.databaseEntity)))
    }
  }

  /// `Ref(collection, id)`: both arguments are checked, and the errors of both are reported.
  @inline(__always)
  fileprivate static func documentRef(_ target: Value, _ number: Value, _ call: Call) throws(Failure) -> Value {
    if case .ref(.entity(let collection)) = target, case .named(.collections) = collection.kind {
      switch number {
      case .integer(let id): return .ref(.document(collection, id: id))
      case .string(let text):
        if case .number(let id) = DocumentNumber(text) { return .ref(.document(collection, id: id)) }
      default: break
      }
    }
    return try checkedRef(target, number, call)
  }

  @inline(never)
  private static func checkedRef(_ target: Value, _ number: Value, _ call: Call) throws(Failure) -> Value {
    var errors: [QueryError] = []
    var collection: Entity?
    if case .ref(.entity(let entity)) = target, entity.isNativeCollection || entity.kind == .named(.collections) {
      if case .native(let native) = entity.kind, native.isNamed {
        errors +=
          call.failure(.invalidArgument, "Regular Class Ref expected, Schema Class Ref provided.", at: "ref").errors
      } else {
        collection = entity
      }
    } else {
      errors += call.node.mismatch("Collection Ref", target, at: "ref").errors
    }
    var id: Int64 = 0
    switch number {
    case .integer(let number): id = number
    case .string(let text):
      switch DocumentNumber(text) {
      case .number(let number): id = number
      case .tooLarge:
        errors += call.failure(.invalidArgument, "The id provided is too large: '\(text)'", at: "id").errors
      case .notANumber:
        errors +=
          call.failure(
            .invalidArgument, "Number or numeric String expected, non-numeric '\(text)' provided.", at: "id"
          ).errors
      }
    default: errors += call.node.mismatch("String or Number", number, at: "id").errors
    }
    guard errors.isEmpty, let collection else { throw Failure(errors) }
    return .ref(.document(collection, id: id))
  }
}

/// `Ref` of a collection and an id. Neither argument is cast.
final class DocumentReferenceNode: BuiltinNode {
  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    guard let target = arguments[0] else { return try super.evaluate(evaluation) }
    var id = Value.null
    do throws(Failure) {
      if let number = arguments[1] { id = try number.evaluate(evaluation) }
    } catch {
      _ = try target.evaluate(evaluation)
      throw error
    }
    return try Builtins.documentRef(try target.evaluate(evaluation), id, Call(node: self, evaluation: evaluation))
  }
}

/// `Collection` and its like, of a name. What a written name stood for is remembered until the schema changes.
final class NamedReferenceNode: BuiltinNode {
  /// The name, if it is written out, and nothing says where the thing is.
  private let name: LiteralNode?
  private var known: (schema: Schema, name: String, entity: Entity)?

  override init(_ keys: [FunctionTable.Key], _ arguments: [Node?], _ implementation: Builtin) {
    name = arguments.dropFirst().contains { $0 != nil } ? nil : arguments[0] as? LiteralNode
    super.init(keys, arguments, implementation)
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    guard let literal = name, case .string(let name) = literal.value else { return try super.evaluate(evaluation) }
    let schema = evaluation.transaction.view.schema
    if let known, known.schema === schema, known.name.isSame(as: name) { return .ref(.entity(known.entity)) }
    let value = try super.evaluate(evaluation)
    // A name of a database may be one of this transaction.
    if case .ref(.entity(let entity)) = value, entity.isResolved, entity.native != .databases {
      known = (schema, name, entity)
    }
    return value
  }
}

extension BuiltinNode {
  /// The call of a function, by the name that it has on the wire.
  static func call(
    _ name: String, _ keys: [FunctionTable.Key], _ arguments: [Node?], _ implementation: Builtin
  ) -> BuiltinNode {
    if name == "ref" { return DocumentReferenceNode(keys, arguments, implementation) }
    if Builtins.named[name] != nil { return NamedReferenceNode(keys, arguments, implementation) }
    return BuiltinNode(keys, arguments, implementation)
  }
}

extension Value {
  /// The database that a checked scope argument names.
  var databaseEntity: Entity? {
    if case .ref(.entity(let entity)) = self { entity } else { nil }
  }
}
