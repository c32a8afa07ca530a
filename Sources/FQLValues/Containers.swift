/// One version of a document: an object with `ref`, `ts` and the stored fields.
public final class Document: Sendable {
  /// Where the fields are: decoded, or still in the bytes of the store.
  ///
  /// `@unchecked`: encoded fields do not change.
  public enum Body: @unchecked Sendable {
    case object(Object)
    case encoded(any EncodedFields)
  }

  public let ref: Ref
  /// Microseconds; nil while the transaction that wrote it has not committed.
  public let ts: Int64?
  /// True for the answer of a create function of the running query.
  public let isNew: Bool
  public let body: Body

  public init(ref: Ref, ts: Int64?, body: Body, isNew: Bool = false) {
    self.ref = ref
    self.ts = ts
    self.body = body
    self.isNew = isNew
  }

  /// The stored fields in order, without `ref` and `ts`.
  public var fields: Object {
    switch body {
    case .object(let object): object
    case .encoded(let encoded): encoded.object
    }
  }

  /// One stored field; cheaper than `fields` while the document is still encoded.
  public func field(_ key: String) -> Value? {
    switch body {
    case .object(let object): object[key]
    case .encoded(let encoded): encoded.field(key)
    }
  }

  public var tsValue: Value {
    if let ts { .integer(ts) } else { .transactionTime }
  }

  /// The document as a plain object: `ref`, `ts`, then the stored fields.
  public var visibleObject: Object {
    Object([.init("ref", .ref(ref)), .init("ts", tsValue)] + fields.fields)
  }
}

/// Stored fields that are decoded when they are asked for. They never change, and may be read by several threads.
public protocol EncodedFields: AnyObject {
  var object: Object { get }
  func field(_ key: String) -> Value?
  /// The value at a path of field names and array positions, decoding no more than that; nil where there is none.
  func value(at path: [PathStep]) -> Value?
  /// False where a key is an array index, which JavaScript moves to the front.
  var areInJavaScriptOrder: Bool { get }
  /// Prints the fields, one after another, into an object that was opened for them.
  func print(to printer: inout LiteralPrinter)
  /// What reads the bytes of fields like these.
  var encoding: any FieldEncoding { get }
  /// The bytes, for as long as the function runs.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

/// What turns the bytes of encoded fields into text.
public protocol FieldEncoding: AnyObject, Sendable {
  /// Prints the fields of a document of a transaction that has ended.
  func print(_ fields: UnsafeRawBufferPointer, to printer: inout LiteralPrinter)
}

/// A step into a value: a field's name or an array's position.
public enum PathStep: Sendable, Hashable {
  case field(String)
  case index(Int)
}

/// One element of a set: the values that the index covers, and the reference of the document that was indexed.
public struct SetElement: Sendable {
  public var values: [Value]
  public var ref: Ref

  public init(values: [Value], ref: Ref) {
    self.values = values
    self.ref = ref
  }

  /// What a query sees: the reference where no values are covered, one value bare, several as an array.
  public var visible: Value {
    switch values.count {
    case 0: .ref(ref)
    case 1: values[0]
    default: .array(values)
    }
  }

  /// The position of the element: its values, then its reference.
  public var cursor: Cursor { .array(values + [.ref(ref)]) }
}

/// A page: elements, the positions before and after it, and the hidden list of each element's own position.
public final class Page: Sendable {
  /// The position of each element as it was read; made into cursors only when one is asked for.
  public enum CursorList: Sendable {
    case elements([SetElement])
    case events([Event])
    case values([Value])

    public var count: Int {
      switch self {
      case .elements(let list): list.count
      case .events(let list): list.count
      case .values(let list): list.count
      }
    }

    /// The position of element `i`.
    public subscript(i: Int) -> Value {
      switch self {
      case .elements(let list): .cursor(list[i].cursor)
      case .events(let list): .cursor(.event(list[i].asCursor))
      case .values(let list): list[i]
      }
    }
  }

  public let data: [Value]
  /// A cursor as a rule; on a page read with sources a pair of value and sources.
  public let before: Value?
  public let after: Value?
  public let cursors: CursorList

  public init(data: [Value], before: Value?, after: Value?, cursors: CursorList) {
    self.data = data
    self.before = before
    self.after = after
    self.cursors = cursors
  }

  /// The same page with other elements.
  public func with(data: [Value]) -> Page {
    Page(data: data, before: before, after: after, cursors: cursors)
  }
}

/// The value of a page's `before` or `after`.
public enum Cursor: Sendable {
  case array([Value])
  case event(Event)
}

/// A change of a document or of a set.
public final class Event: Sendable {
  /// Microseconds; nil while the transaction that made it has not committed.
  public let ts: Int64?
  public let action: EventAction
  /// Nil only in an echoed cursor that named no document.
  public let document: Ref?
  /// Of a document: its data or the change of it, nil where the event does not show any. Of a set: the covered values.
  public let data: Value?
  /// True where `data` holds the covered values of a set, which a query sees bare when there is one.
  public let isOfSet: Bool

  public init(ts: Int64?, action: EventAction, document: Ref?, data: Value?, isOfSet: Bool = false) {
    self.ts = ts
    self.action = action
    self.document = document
    self.data = data
    self.isOfSet = isOfSet
  }

  /// The event as a page shows it for a position: without the data of a document.
  public var asCursor: Event {
    isOfSet || data == nil ? self : Event(ts: ts, action: action, document: document, data: nil)
  }

  public var tsValue: Value {
    if let ts { .integer(ts) } else { .transactionTime }
  }

  /// The members in the order in which they are shown.
  public var visibleObject: Object {
    var object = Object([.init("ts", tsValue), .init("action", .action(action))])
    if let document { object.fields.append(.init("document", .ref(document))) }
    if let data { object.fields.append(.init("data", data)) }
    return object
  }
}

/// An element of a page read with `sources: true`: the element and the sets that it came from.
public final class SourcedElement: Sendable {
  public let value: Value
  public let sources: [Value]

  public init(value: Value, sources: [Value]) {
    self.value = value
    self.sources = sources
  }

  public var visibleObject: Object {
    Object([.init("value", value), .init("sources", .array(sources))])
  }
}
