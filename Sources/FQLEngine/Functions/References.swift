import FQLSyntax
import FQLValues

extension Builtins {
  /// Functions that make references.
  static let references: [String: Builtin] = {
    var table: [String: Builtin] = [
      "ref": .binary { collection, id, call throws(Failure) in try documentRef(collection, id ?? .null, call) }
    ]
    let named: [(String, NativeKind)] = [
      ("database", .databases), ("index", .indexes), ("collection", .collections), ("class", .collections),
      ("function", .functions), ("role", .roles), ("access_provider", .accessProviders),
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

  private static func nativeCollection(_ native: NativeKind) -> Builtin {
    .unary { scope, call throws(Failure) in
      .ref(.entity(call.evaluation.transaction.nativeCollection(native, in: scope.databaseEntity)))
    }
  }

  /// `Ref(collection, id)`: both arguments are checked, and the errors of both are reported.
  private static func documentRef(_ target: Value, _ number: Value, _ call: Call) throws(Failure) -> Value {
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

extension Value {
  /// The database that a checked scope argument names.
  var databaseEntity: Entity? {
    if case .ref(.entity(let entity)) = self { entity } else { nil }
  }
}
