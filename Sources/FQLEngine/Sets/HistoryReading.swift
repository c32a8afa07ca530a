import FQLStorage
import FQLValues

extension Evaluation {
  /// The events of a historical set, up to the read time.
  func history(of set: SetValue, node: Node) throws(Failure) -> SetHistory {
    switch set {
    case .events(.reference(let ref)):
      if case .entity(let entity) = ref, entity.isNativeCollection {
        return try setHistory(.reference(ref), node: node)
      }
      guard let id = ref.documentID else { return SetHistory(kind: .document, events: []) }
      let source: [Value] = [.set(set)]
      let events = try DocumentEvents(id, ref, self).events(from: nil, isBackward: false, count: Int.max)
      return SetHistory(kind: .document, events: events, sources: events.map { _ in source })
    case .events(let inner): return try setHistory(inner, node: node)
    case .union(let sets):
      var all: [(Event, [Value])] = []
      for set in sets {
        let history = try history(of: set, node: node)
        all += zip(history.events, history.sources)
      }
      return merged(all)
    case .intersection, .difference, .distinct:
      throw node.failure(.invalidArgument, "Set does not support events history.")
    default: throw node.failure(.invalidArgument, "Set does not support events history.")
    }
  }

  /// The events of a historical set that the principal may see.
  func events(of set: SetValue, _ visibility: SetVisibility, at node: Node) throws(Failure) -> [Event] {
    let history = try history(of: set, node: node)
    return visibility == .filtered ? readable(history).events : history.events
  }

  /// The events of documents that the principal may read.
  func readable(_ history: SetHistory) -> SetHistory {
    history.keeping { event in event.document?.documentID.map { mayRead($0) } ?? false }
  }

  /// The history of a set as a lambda of the query's, or a set found through one, may see it.
  private func readableHistory(_ set: SetValue, node: Node) throws(Failure) -> SetHistory {
    switch visibility(of: set) {
    case .denied: SetHistory(kind: .set, events: [])
    case .everything: try setHistory(set, node: node)
    case .filtered: readable(try setHistory(set, node: node))
    }
  }

  /// The time up to which events are seen.
  private var horizon: Int64 { readTime ?? Int64.max }

  private func eventTime(_ ts: Int64) -> Int64? { ts == transaction.time && transaction.canWrite ? nil : ts }

  /// The versions of a document that history shows: none before the retention floor but the one in force there.
  private func retainedVersions(_ id: DocumentID) throws(Failure) -> [VersionRecord] {
    var versions = try DocumentReader.versions(transaction.reader, id).filter { $0.ts <= horizon }
    transaction.counts.entriesRead += versions.count
    transaction.ledger?.add(id, \.entriesRead, versions.count)
    if id.collection >= Numbers.firstCollection,
      let floor = transaction.collection(id.collection)?.floor(at: transaction.time)
    {
      let kept = versions.lastIndex { $0.ts <= floor } ?? 0
      versions.removeFirst(min(kept, versions.count))
      if let first = versions.first, first.ts <= floor, !first.isLive { versions.removeFirst() }
    }
    return versions
  }

  // MARK: Sets

  private func setHistory(_ set: SetValue, node: Node) throws(Failure) -> SetHistory {
    switch set {
    case .match(let index, let terms):
      guard let definition = transaction.index(index) else { return SetHistory(kind: .set, events: []) }
      return sorted(try entryEvents(definition, terms), source: .set(.events(set)))
    case .documents(let collection):
      return sorted(try presenceEvents(collection), source: .set(.events(set)))
    case .reference(.entity(let entity)) where entity.isNativeCollection:
      return sorted(try presenceEvents(entity), source: .set(.events(set)))
    case .singleton(let ref), .reference(let ref):
      guard let id = ref.documentID else { return SetHistory(kind: .singleton, events: []) }
      let events = try transitions(id, ref)
      return SetHistory(kind: .singleton, events: events, sources: events.map { _ in [.set(.events(set))] })
    case .union(let sets):
      var all: [(Event, [Value])] = []
      for member in readableMembers(sets) {
        let history = try setHistory(member, node: node)
        all += zip(history.events, history.sources)
      }
      return merged(all)
    case .intersection(let sets):
      let members = readableMembers(sets)
      return try combined(members, node: node) { counts in counts.allSatisfy { $0 > 0 } }
    case .difference(let sets):
      let others = readableMembers(Array(sets.dropFirst()))
      return try combined(Array(sets.prefix(1)) + others, node: node) { counts in
        counts[0] > 0 && counts.dropFirst().allSatisfy { $0 == 0 }
      }
    case .distinct(let inner): return try setHistory(inner, node: node)
    case .join, .joinIndex: return try joinHistory(set, node: node)
    case .events, .range, .reverse, .filter, .verbatim:
      throw node.failure(.invalidArgument, "Set does not support events history.")
    }
  }

  private func readableMembers(_ sets: [SetValue]) -> [SetValue] {
    isAdmin ? sets : sets.filter { visibility(of: $0) != .denied }
  }

  /// Adds and removes of an index's entries with these terms.
  private func entryEvents(_ definition: IndexDefinition, _ terms: [Value]) throws(Failure) -> [Event] {
    var prefix = KeyBytes.index(scope: definition.entity.scope, index: definition.entity.number)
    for term in terms { IndexKeys.appendTerm(term, to: &prefix, time: transaction.time) }
    prefix.append(IndexKeys.Tag.end)
    var floor: Int64?
    if definition.sources.count == 1, let number = definition.sources[0].collections?.first {
      floor = transaction.collection(number)?.floor(at: transaction.time)
    }
    let cursor = transaction.reader.cursor()
    var events: [Event] = []
    var group: [UInt8] = []
    var records: [(ts: Int64, isAdded: Bool)] = []
    func flush() {
      guard !group.isEmpty else { return }
      appendEvents(of: group, prefix.count, definition, records.reversed(), floor, to: &events)
    }
    do {
      var found = try cursor.seek(prefix)
      while found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        transaction.counts.entriesRead += 1
        transaction.ledger?.add(definition, \.entriesRead)
        let key = cursor.key
        let end = key.count - KeyBytes.entrySuffix
        if end >= prefix.count + IndexKeys.refLength {
          if group.count != end || !DocumentReader.begins(key, with: group, count: group.count) {
            flush()
            group = [UInt8](UnsafeRawBufferPointer(rebasing: key[..<end]))
            records = []
          }
          let ts = KeyBytes.time(inverted: KeyBytes.read64(key, end))
          if ts <= horizon { records.append((ts, key[key.count - 1] == 1)) }
        }
        found = try cursor.next()
      }
    } catch {
      throw Failure(error)
    }
    flush()
    return events
  }

  private func appendEvents(
    of group: [UInt8], _ start: Int, _ definition: IndexDefinition,
    _ records: ReversedCollection<[(ts: Int64, isAdded: Bool)]>, _ floor: Int64?, to events: inout [Event]
  ) {
    group.withUnsafeBytes { raw in
      var reader = IndexKeyReader(bytes: raw, position: start, transaction: transaction)
      var values: [Value] = []
      for field in definition.values { values.append(field.isReversed ? reader.reversedValue() : reader.value()) }
      reader.position = raw.count - IndexKeys.refLength
      let ref = reader.ref()
      let data: Value? = values.isEmpty ? nil : .array(values)
      var isPresent = false
      let last = floor.flatMap { floor in records.last { $0.ts <= floor }?.ts } ?? Int64.min
      for record in records {
        if record.ts < last || record.isAdded == isPresent { continue }
        if record.ts <= floor ?? Int64.min, !record.isAdded { continue }
        isPresent = record.isAdded
        events.append(
          Event(
            ts: eventTime(record.ts), action: record.isAdded ? .add : .remove, document: ref, data: data, isOfSet: true)
        )
      }
    }
  }

  /// When documents of a collection came and went.
  private func presenceEvents(_ collection: Entity) throws(Failure) -> [Event] {
    let number = collection.collectionNumber
    let prefix = KeyBytes.collection(scope: collection.scope, collection: number)
    let cursor = transaction.reader.cursor()
    var ids: [Int64] = []
    try stored { () throws(StoreError) in
      var found = try cursor.seek(prefix)
      while found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        let id = Int64(bitPattern: KeyBytes.read64(cursor.key, prefix.count))
        ids.append(id)
        guard id < Int64.max else { return }
        found = try cursor.seek(
          KeyBytes.document(DocumentID(scope: collection.scope, collection: number, id: id + 1)))
      }
    }
    var events: [Event] = []
    for id in ids {
      let document = DocumentID(scope: collection.scope, collection: number, id: id)
      events += try transitions(document, transaction.ref(document))
    }
    return events
  }

  /// An add where a document came into being, a remove where it was deleted.
  private func transitions(_ id: DocumentID, _ ref: Ref) throws(Failure) -> [Event] {
    var events: [Event] = []
    var isPresent = false
    for version in try retainedVersions(id) where version.isLive != isPresent {
      isPresent = version.isLive
      events.append(
        Event(ts: eventTime(version.ts), action: isPresent ? .add : .remove, document: ref, data: nil, isOfSet: true))
    }
    return events
  }

  // MARK: Order

  private func sorted(_ events: [Event], source: Value) -> SetHistory {
    let ordered = events.sorted { Evaluation.order($0, $1) < 0 }
    return SetHistory(kind: .set, events: ordered, sources: ordered.map { _ in [source] })
  }

  /// Events in order; those equal in time, action, document and values once.
  private func merged(_ all: [(Event, [Value])]) -> SetHistory {
    var events: [Event] = []
    var sources: [[Value]] = []
    for (event, from) in all.sorted(by: { Evaluation.order($0.0, $1.0) < 0 }) {
      if let last = events.last, Evaluation.order(last, event) == 0, last.action == event.action {
        for source in from where !sources[sources.count - 1].contains(where: { $0.isIdentical(to: source) }) {
          sources[sources.count - 1].append(source)
        }
        continue
      }
      events.append(event)
      sources.append(from)
    }
    return SetHistory(kind: .set, events: events, sources: sources)
  }

  /// By time, removals first, additions to sets before creations, then document and values.
  private static func order(_ a: Event, _ b: Event) -> Int {
    let times = (a.ts ?? Int64.max, b.ts ?? Int64.max)
    if times.0 != times.1 { return times.0 < times.1 ? -1 : 1 }
    let ranks = (rank(a.action), rank(b.action))
    if ranks.0 != ranks.1 { return ranks.0 - ranks.1 }
    if let x = a.document, let y = b.document {
      let order = x.compare(y)
      if order != 0 { return order }
    }
    return (a.isOfSet ? a.data ?? .null : .null).compare(b.isOfSet ? b.data ?? .null : .null)
  }

  private static func rank(_ action: EventAction) -> Int {
    switch action {
    case .remove: 0
    case .add: 1
    case .create, .update: 2
    case .delete: 3
    }
  }

  // MARK: Combined sets

  /// The events at which elements come to satisfy a condition on the operands that have them, or cease to.
  private func combined(
    _ sets: [SetValue], node: Node, _ condition: ([Int]) -> Bool
  ) throws(Failure) -> SetHistory {
    var all: [(event: Event, operand: Int, sources: [Value])] = []
    for (i, set) in sets.enumerated() {
      let history = try setHistory(set, node: node)
      for (event, sources) in zip(history.events, history.sources) { all.append((event, i, sources)) }
    }
    all.sort { Evaluation.order($0.event, $1.event) < 0 }
    var counts: [[UInt8]: [Int]] = [:]
    var events: [Event] = []
    var sources: [[Value]] = []
    for (event, operand, from) in all {
      let key = elementKey(event)
      var mine = counts[key] ?? Array(repeating: 0, count: sets.count)
      let before = condition(mine)
      mine[operand] += event.action == .add ? 1 : -1
      counts[key] = mine
      let after = condition(mine)
      if before == after { continue }
      events.append(
        Event(ts: event.ts, action: after ? .add : .remove, document: event.document, data: event.data, isOfSet: true))
      sources.append(from)
    }
    return SetHistory(kind: .set, events: events, sources: sources)
  }

  /// What elements are compared by: their values, or their reference where there are none.
  private func elementKey(_ event: Event) -> [UInt8] {
    var key: [UInt8] = []
    if case .array(let values)? = event.data {
      for value in values { IndexKeys.append(value, to: &key, time: 0) }
    } else if let ref = event.document {
      IndexKeys.append(ref, to: &key)
    }
    return key
  }

  /// The events of the target sets that happen while the source element is present.
  private func joinHistory(_ set: SetValue, node: Node) throws(Failure) -> SetHistory {
    let source: SetValue
    switch set {
    case .join(let inner, _), .joinIndex(let inner, _): source = inner
    default: return SetHistory(kind: .set, events: [])
    }
    var open: [[UInt8]: Int64] = [:]
    var windows: [(element: Event, from: Int64, to: Int64)] = []
    var elements: [[UInt8]: Event] = [:]
    for event in try readableHistory(source, node: node).events {
      let key = elementKey(event)
      let ts = event.ts ?? transaction.time
      if event.action == .add {
        if open[key] == nil { open[key] = ts }
        elements[key] = event
      } else if let from = open.removeValue(forKey: key) {
        windows.append((event, from, ts))
      }
    }
    for (key, from) in open {
      if let element = elements[key] { windows.append((element, from, Int64.max)) }
    }
    var all: [(Event, [Value])] = []
    for window in windows {
      let element = SetElement(
        values: { if case .array(let values)? = window.element.data { values } else { [] } }(),
        ref: window.element.document ?? .foreign(ForeignRef(id: "", collection: nil)))
      let target: SetValue
      switch set {
      case .joinIndex(_, let index):
        target = .match(index, terms: element.values.isEmpty ? [.ref(element.ref)] : element.values)
      case .join(_, let lambda): target = try self.target(of: lambda, element.visible, at: node)
      default: continue
      }
      let history = try readableHistory(target, node: node)
      for (event, sources) in zip(history.events, history.sources) {
        let ts = event.ts ?? transaction.time
        if ts >= window.from, ts <= window.to { all.append((event, sources)) }
      }
    }
    return merged(all)
  }
}
