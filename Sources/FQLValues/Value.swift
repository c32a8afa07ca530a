/// A value of the language: what a query computes, stores and answers.
///
/// The cases and their type names are those of the language's core description; `Value` is 24 bytes wide, and scalars,
/// short strings and references to documents need no heap object.
public enum Value: Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case uuid(UUIDValue)
  case time(Time)
  case date(CalendarDate)
  /// What an event did; it compares and prints as a string, but is not one to a cast.
  case action(EventAction)
  /// The time of the running transaction, unknown until it commits; it is printed as that integer (microseconds).
  case transactionTime
  case ref(Ref)
  case array([Value])
  case object(Object)
  case document(Document)
  case page(Page)
  case event(Event)
  /// An element of a page that was read with `sources: true`.
  case sourced(SourcedElement)
  /// The value of a page's `before` or `after`.
  case cursor(Cursor)
  case set(SetValue)
  case lambda(LambdaValue)
}

extension Value {
  /// The name that error texts use for the type of this value.
  public var typeName: String {
    switch self {
    case .null: "Null"
    case .boolean: "Boolean"
    case .integer: "Integer"
    case .double: "Double"
    case .string: "String"
    case .bytes: "Bytes"
    case .uuid: "UUID"
    case .time: "Time"
    case .date: "Date"
    case .action: "Action"
    case .transactionTime: "Unresolved Transaction Time"
    case .ref(let ref): ref.typeName
    case .array: "Array"
    case .object, .document, .event, .sourced: "Object"
    case .page: "Page"
    case .cursor(.array): "Array"
    case .cursor(.event): "Object"
    case .set: "Set"
    case .lambda: "Lambda"
    }
  }

  /// True for scalars: everything but arrays, objects, documents, pages, events, cursors, sets and lambdas.
  @inlinable public var isScalar: Bool {
    switch self {
    case .array, .object, .document, .page, .event, .sourced, .cursor, .set, .lambda: false
    default: true
    }
  }

  @inlinable public var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

/// Sixteen bytes of a UUID, big-endian.
public struct UUIDValue: Sendable, Hashable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// What an event says happened: to a document (`create`, `update`, `delete`) or to a set (`add`, `remove`).
public enum EventAction: UInt8, Sendable {
  case create, update, delete, add, remove

  public var name: String {
    switch self {
    case .create: "create"
    case .update: "update"
    case .delete: "delete"
    case .add: "add"
    case .remove: "remove"
    }
  }

  public init?(name: String) {
    switch name {
    case "create": self = .create
    case "update": self = .update
    case "delete": self = .delete
    case "add": self = .add
    case "remove": self = .remove
    default: return nil
    }
  }
}
