import FQLStorage
import FQLValues

/// The history of a set or of a document: its events, the oldest first.
///
/// A page of a document's history reads that document's versions; the history of a set is gathered and sorted whole, since
/// its entries are kept in the order of values and not of time.
struct SetHistory {
  enum Kind { case document, singleton, set }

  var kind: Kind
  var events: [Event]
  /// The sets that each event came from.
  var sources: [[Value]] = []

  func keeping(_ condition: (Event) -> Bool) -> SetHistory {
    let places = events.indices.filter { condition(events[$0]) }
    return SetHistory(
      kind: kind, events: places.map { events[$0] }, sources: sources.isEmpty ? [] : places.map { sources[$0] })
  }

  /// The number of events before a position.
  func place(of position: EventPosition, isBefore: Bool) -> Int {
    if kind != .set {
      // Within one document a bare time, or one without a document, is the beginning of that time for `before`.
      return events.firstIndex { !position.isAfter($0, kind: kind, isBefore: isBefore) } ?? events.count
    }
    var i = events.firstIndex { position.compareByAction($0) <= 0 } ?? events.count
    // Then what stands on the wrong side by the order of references.
    if isBefore {
      while i > 0, position.compareByReference(events[i - 1]) <= 0 { i -= 1 }
    } else {
      while i < events.count, position.compareByReference(events[i]) > 0 { i += 1 }
    }
    return i
  }
}

/// A position in a history.
struct EventPosition {
  enum Document {
    case lowest, highest
    case ref(Ref)
  }

  let ts: Int64
  let action: EventAction
  let document: Document
  let values: [Value]
  /// True where the time alone was given.
  let isBare: Bool
  /// The position as a page shows it: as an event, or as null where members were given but no document.
  let echoed: Value

  /// Reads a position: a time, or the members of an event.
  init(
    _ value: Value, _ transaction: Transaction, _ failure: (String, [QueryError.Step]) -> Failure
  ) throws(Failure) {
    var bare: Int64?
    switch value {
    case .integer(let ts): bare = ts
    case .time(let time): bare = time.instant
    case .date(let date): bare = Time(startOf: date).instant
    case .null: bare = Int64.max
    case .transactionTime: bare = transaction.time
    default: break
    }
    if let bare {
      self.init(bare: bare)
      return
    }
    let object: Object
    switch value {
    case .object(let given): object = given
    case .cursor(.event(let event)), .event(let event): object = event.visibleObject
    default: throw failure("Object, Integer, Time, or Date expected, \(value.typeName) provided.", [])
    }
    try self.init(members: object, transaction, failure)
  }

  private init(bare time: Int64) {
    ts = time
    action = .add
    document = .lowest
    values = []
    isBare = true
    echoed = .cursor(.event(Event(ts: time, action: .add, document: nil, data: nil)))
  }

  private init(
    members object: Object, _ transaction: Transaction, _ failure: (String, [QueryError.Step]) -> Failure
  ) throws(Failure) {
    let keys = object.fields.map(\.key)
    let documentKey = ["document", "instance", "resource"].first { keys.contains($0) }
    let dataKey = documentKey == "resource" ? "values" : "data"
    let known = ["ts", "action", documentKey ?? "document", dataKey]
    let isPrefix = (1...4).contains { count in Set(known.prefix(count)) == Set(keys) && count == keys.count }
    guard isPrefix else {
      throw failure("Cannot create event cursor with keys \(keys.joined(separator: ", "))", [])
    }
    var errors: [QueryError] = []
    var time: Int64 = 0
    switch object["ts"] ?? .null {
    case .integer(let given): time = given
    case .transactionTime: time = transaction.time
    case let other: errors += failure("Integer expected, \(other.typeName) provided.", [.key("ts")]).errors
    }
    var what = EventAction.add
    if let given = object["action"] {
      if let known = EventPosition.action(given) {
        what = known
      } else {
        errors +=
          failure(
            "String 'create', 'update', or 'delete' expected, \(given.typeName) provided.", [.key("action")]
          ).errors
      }
    }
    var place = Document.highest
    var ref: Ref?
    if let documentKey {
      switch object[documentKey] ?? .null {
      case .ref(let given) where given.isResolved:
        place = .ref(given)
        ref = given
      case .null: place = .highest
      case let other: errors += failure("Ref expected, \(other.typeName) provided.", [.key(documentKey)]).errors
      }
    }
    if !errors.isEmpty { throw Failure(errors) }
    var covered: [Value] = []
    let data = object[dataKey]
    switch data {
    case .array(let elements)?: covered = elements
    case nil, .null?: break
    case let other?: covered = [other]
    }
    ts = time
    action = what
    document = place
    values = covered
    isBare = false
    // It is echoed as an event of a set, whose names `create` and `delete` are old ones for; an update is one of a document.
    let shown: EventAction =
      switch what {
      case .create: .add
      case .delete: .remove
      default: what
      }
    let values = what == .update || covered.isEmpty ? nil : Value.array(covered)
    let event = Event(ts: time, action: shown, document: ref, data: values, isOfSet: true)
    echoed = ref == nil ? .null : .cursor(.event(event))
  }

  private static func action(_ value: Value) -> EventAction? {
    switch value {
    case .action(let action): action
    case .string(let name): EventAction(name: name)
    default: nil
    }
  }

  /// Removals come before additions.
  private static func rank(_ action: EventAction) -> Int { action == .remove || action == .delete ? 0 : 1 }

  private func compareDocument(_ event: Event) -> Int {
    switch document {
    case .lowest: return -1
    case .highest: return 1
    case .ref(let ref): return event.document.map { ref.compare($0) } ?? 0
    }
  }

  private func compareValues(_ event: Event) -> Int {
    guard case .array(let theirs)? = event.data, event.isOfSet else { return 0 }
    return Value.array(values).compare(.array(theirs))
  }

  private func compareTime(_ event: Event) -> Int {
    let other = event.ts ?? Int64.max
    return ts < other ? -1 : ts == other ? 0 : 1
  }

  /// By time, removals first, then document and values: the order in which set events are listed.
  func compareByAction(_ event: Event) -> Int {
    let time = compareTime(event)
    if time != 0 { return time }
    let rank = EventPosition.rank(action) - EventPosition.rank(event.action)
    if rank != 0 { return rank }
    let document = compareDocument(event)
    return document != 0 ? document : compareValues(event)
  }

  /// By time, document, removals first, then values.
  func compareByReference(_ event: Event) -> Int {
    let time = compareTime(event)
    if time != 0 { return time }
    let document = compareDocument(event)
    if document != 0 { return document }
    let rank = EventPosition.rank(action) - EventPosition.rank(event.action)
    return rank != 0 ? rank : compareValues(event)
  }

  /// True where a document's events of that time all lie behind the position.
  var isAtBeginningOfTime: Bool {
    if isBare { return true }
    if case .highest = document { return true }
    return false
  }

  /// Whether an event of a single document lies before the position.
  func isAfter(_ event: Event, kind: SetHistory.Kind, isBefore: Bool) -> Bool {
    let time = compareTime(event)
    if time != 0 { return time > 0 }
    if isBare { return false }
    if case .highest = document { return kind == .singleton && !isBefore }
    // At one time a deletion comes after a live version.
    return EventPosition.rank(event.action) == 1 && EventPosition.rank(action) == 0
  }
}

/// The change from one version's data to the next.
enum DataChange {
  /// Changed or new fields, removed ones as null, nested objects reduced to their changes; null where nothing changed.
  static func between(_ old: Value?, _ new: Value?) -> Value {
    guard case .object(let after)? = new else { return old == nil ? .null : removed(old) }
    guard case .object(let before)? = old else { return .object(after) }
    let change = difference(before, after)
    return change.isEmpty ? .null : .object(change)
  }

  private static func removed(_ old: Value?) -> Value {
    guard case .object(let object)? = old else { return .null }
    return object.isEmpty ? .null : .object(Object(object.fields.map { .init($0.key, .null) }))
  }

  private static func difference(_ old: Object, _ new: Object) -> Object {
    var change = Object()
    let present = KeyedFields(new)
    for field in old.fields {
      guard let value = present[field.key] else {
        change.fields.append(.init(field.key, .null))
        continue
      }
      if value.isIdentical(to: field.value) { continue }
      if case .object(let a) = field.value, case .object(let b) = value {
        change.fields.append(.init(field.key, .object(difference(a, b))))
      } else {
        change.fields.append(.init(field.key, value))
      }
    }
    let before = KeyedFields(old)
    for field in new.fields where before[field.key] == nil { change.fields.append(field) }
    return change
  }
}
