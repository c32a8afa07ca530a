import FQLValues

/// The functions that tell what a value is.
extension Builtins {
  static let typeChecks: [String: Builtin] = [
    "is_number": check { value in
      switch value {
      case .integer, .double: true
      default: false
      }
    },
    "is_double": check { if case .double = $0 { true } else { false } },
    "is_integer": check { if case .integer = $0 { true } else { false } },
    "is_boolean": check { if case .boolean = $0 { true } else { false } },
    "is_null": check { $0.isNull },
    "is_bytes": check { if case .bytes = $0 { true } else { false } },
    "is_timestamp": check { if case .time = $0 { true } else { false } },
    "is_date": check { if case .date = $0 { true } else { false } },
    "is_uuid": check { if case .uuid = $0 { true } else { false } },
    "is_string": check { value in
      switch value {
      case .string, .action: true
      default: false
      }
    },
    "is_array": check { value in
      switch value {
      case .array, .cursor(.array): true
      default: false
      }
    },
    "is_object": check { value in
      switch value {
      case .object, .document, .page, .event, .sourced, .cursor(.event): true
      default: false
      }
    },
    "is_ref": check { if case .ref = $0 { true } else { false } },
    "is_set": check { value in
      switch value {
      case .set: true
      case .ref(.entity(let entity)): entity.isNativeCollection && entity.isResolved
      default: false
      }
    },
    "is_doc": check { value in
      switch value {
      case .document: true
      case .ref(let ref): ref.isResolved
      default: false
      }
    },
    "is_lambda": check { if case .lambda = $0 { true } else { false } },
    "is_collection": check { $0.nativeKind == .collections },
    "is_database": check { $0.nativeKind == .databases },
    "is_index": check { $0.nativeKind == .indexes },
    "is_function": check { $0.nativeKind == .functions },
    "is_role": check { $0.nativeKind == .roles },
    "is_key": check { $0.nativeKind == .keys },
    "is_token": check { $0.nativeKind == .tokens },
    "is_credentials": check { $0.nativeKind == .credentials },
  ]

  private static func check(_ holds: @escaping @Sendable (Value) -> Bool) -> Builtin {
    .unary { value, _ in .boolean(holds(value)) }
  }
}

extension Value {
  /// What kind of thing a resolved reference, or a document, is. A native collection is a collection; documents of user collections are of no
  /// kind.
  fileprivate var nativeKind: NativeKind? {
    let ref: Ref
    switch self {
    case .ref(let value): ref = value
    case .document(let document): ref = document.ref
    default: return nil
    }
    guard ref.isResolved else { return nil }
    switch ref {
    case .entity(let entity): return entity.isNativeCollection ? .collections : entity.native
    case .document(let collection, _):
      if case .native(let kind) = collection.kind { return kind }
      return nil
    case .foreign: return nil
    }
  }
}
