import FQLValues

extension PaginateNode {
  /// The events of one page, in order, and what surrounds them.
  private struct EventPage {
    var events: [Event]
    /// The sets that each event came from.
    var sources: [[Value]]
    /// The event whose position leads to the next page in the direction of the reading; nil at the end.
    var following: Event?
  }

  /// A page of the history of a set or of a document.
  func pageOfEvents(
    _ set: SetValue, _ given: Position?, _ arguments: Arguments, _ evaluation: Evaluation, _ visibility: SetVisibility
  ) throws(Failure) -> Value {
    var position: EventPosition?
    if let given {
      position = try EventPosition(given.value, evaluation.transaction) { description, steps in
        Failure(self.error(.invalidArgument, description, given.steps + steps))
      }
    }
    let isBackward = given?.isBefore ?? false
    let size = max(arguments.size, 0)
    let page: EventPage
    if case .events(.reference(let ref)) = set, let id = ref.documentID {
      page = try documentPage(set, id, ref, position, isBackward: isBackward, size: size, evaluation)
    } else {
      page = try historyPage(set, position, isBackward: isBackward, size: size, evaluation, visibility)
    }
    let echoed = position?.echoed
    var next: Value? = page.following.map { .cursor(.event($0.asCursor)) }
    if arguments.size == 0 { next = echoed }
    if arguments.size < 0 { next = nil }
    let before = isBackward ? next : echoed
    let after = isBackward ? echoed : next
    if !arguments.sources {
      let data = page.events.map { Value.event($0) }
      return .page(Page(data: data, before: before, after: after, cursors: .events(page.events)))
    }
    var data: [Value] = []
    var cursors: [Value] = []
    for (event, sources) in zip(page.events, page.sources) {
      data.append(.sourced(SourcedElement(value: .event(event), sources: sources)))
      cursors.append(.sourced(SourcedElement(value: .cursor(.event(event.asCursor)), sources: sources)))
    }
    return .page(Page(data: data, before: before, after: after, cursors: .values(cursors)))
  }

  private func documentPage(
    _ set: SetValue, _ id: DocumentID, _ ref: Ref, _ position: EventPosition?, isBackward: Bool, size: Int,
    _ evaluation: Evaluation
  ) throws(Failure) -> EventPage {
    var events = try DocumentEvents(id, ref, evaluation).events(
      from: position, isBackward: isBackward, count: size + 1)
    var following: Event?
    if events.count > size {
      let further = events.removeLast()
      // Backward the first event of the page is the position that the page before it ends at.
      following = isBackward ? events.last : further
    }
    if isBackward { events.reverse() }
    return EventPage(events: events, sources: events.map { _ in [.set(set)] }, following: size > 0 ? following : nil)
  }

  private func historyPage(
    _ set: SetValue, _ position: EventPosition?, isBackward: Bool, size: Int, _ evaluation: Evaluation,
    _ visibility: SetVisibility
  ) throws(Failure) -> EventPage {
    var history = try evaluation.history(of: set, node: self)
    if visibility == .filtered { history = evaluation.readable(history) }
    let count = history.events.count
    let split = position.map { history.place(of: $0, isBefore: isBackward) } ?? (isBackward ? count : 0)
    let range = isBackward ? max(0, split - size)..<split : split..<min(count, split + size)
    var following: Event?
    if size > 0, isBackward, range.lowerBound > 0 { following = history.events[range.lowerBound] }
    if size > 0, !isBackward, range.upperBound < count { following = history.events[range.upperBound] }
    let sources = history.sources.isEmpty ? range.map { _ in [] } : Array(history.sources[range])
    return EventPage(events: Array(history.events[range]), sources: sources, following: following)
  }
}
