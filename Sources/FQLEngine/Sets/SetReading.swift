import FQLValues

/// Reading sets whole: folds, the first element, whether there is one.
enum SetReading {
  private static func check(
    _ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String
  ) throws(Failure) -> SetVisibility {
    try evaluation.checkReadable(node)
    let visibility = evaluation.visibility(of: set)
    if visibility == .denied { throw evaluation.denied(node, key) }
    return visibility
  }

  /// Calls `body` with each element that the principal may see; of a historical set with each event.
  static func each(
    _ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String,
    _ body: (Value) throws(Failure) -> Void
  ) throws(Failure) {
    let visibility = try check(set, evaluation, at: node, key)
    if set.isHistorical {
      for event in try evaluation.events(of: set, visibility, at: node) { try body(.event(event)) }
      return
    }
    let cursor = try evaluation.open(set, isBackward: false, node: node)
    while try cursor.next(), let leaf = cursor.leaf {
      if visibility == .filtered, !evaluation.mayRead(leaf.documentID) { continue }
      try body(leaf.visible())
    }
  }

  static func count(
    _ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String
  ) throws(Failure) -> Int64 {
    let visibility = try check(set, evaluation, at: node, key)
    if set.isHistorical { return Int64(try evaluation.events(of: set, visibility, at: node).count) }
    let cursor = try evaluation.open(set, isBackward: false, node: node)
    var count: Int64 = 0
    while try cursor.next(), let leaf = cursor.leaf {
      if visibility == .filtered, !evaluation.mayRead(leaf.documentID) { continue }
      count += 1
    }
    return count
  }

  /// Whether there is a first element whose document exists and may be read.
  static func exists(
    _ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String
  ) throws(Failure) -> Bool {
    _ = try check(set, evaluation, at: node, key)
    let id: DocumentID?
    if set.isHistorical {
      id = try evaluation.history(of: set, node: node).events.first?.document?.documentID
    } else {
      let cursor = try evaluation.open(set, isBackward: false, node: node)
      id = try cursor.next() ? cursor.leaf?.documentID : nil
    }
    guard let id, evaluation.mayRead(id) else { return false }
    return try evaluation.transaction.version(id, at: evaluation.readTime) != nil
  }

  /// The first element, whoever may read its document.
  static func firstElement(
    _ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String
  ) throws(Failure) -> SetElement? {
    _ = try check(set, evaluation, at: node, key)
    if set.isHistorical {
      return try evaluation.history(of: set, node: node).events.first?.document.map { SetElement(values: [], ref: $0) }
    }
    let cursor = try evaluation.open(set, isBackward: false, node: node)
    return try cursor.next() ? cursor.leaf?.element() : nil
  }

  /// The first element as a query sees it.
  static func first(
    _ set: SetValue, _ evaluation: Evaluation, at node: Node, _ key: String
  ) throws(Failure) -> Value? {
    var found: Value?
    if case .reverse(let inner) = set, inner.isHistorical {
      try each(inner, evaluation, at: node, key) { found = $0 }
      return found
    }
    let visibility = try check(set, evaluation, at: node, key)
    if set.isHistorical { return try evaluation.events(of: set, visibility, at: node).first.map { .event($0) } }
    let cursor = try evaluation.open(set, isBackward: false, node: node)
    while try cursor.next(), let leaf = cursor.leaf {
      if visibility == .filtered, !evaluation.mayRead(leaf.documentID) { continue }
      return leaf.visible()
    }
    return nil
  }

  /// Whether a set has an element: looked for where it would be.
  static func contains(_ set: SetValue, _ wanted: Value, _ call: Call) throws(Failure) -> Bool {
    let evaluation = call.evaluation
    let visibility = try check(set, evaluation, at: call.node, "in")
    if set.isHistorical {
      return try evaluation.events(of: set, visibility, at: call.node).contains {
        Value.event($0).isIdentical(to: wanted)
      }
    }
    let position: [Value]
    if case .array(let elements) = wanted { position = elements } else { position = [wanted] }
    let cursor = try evaluation.open(set, isBackward: false, node: call.node)
    var found = try cursor.seek(evaluation.position(position, of: set, cursor))
    while found, let leaf = cursor.leaf {
      if visibility != .filtered || evaluation.mayRead(leaf.documentID) {
        return leaf.visible().isIdentical(to: wanted)
      }
      found = try cursor.next()
    }
    return false
  }
}

extension Evaluation {
  /// The position that a page's cursor names in a set.
  func position(_ components: [Value], of set: SetValue, _ cursor: SetCursor) -> SetPosition {
    // A join by lambda declares no components; one of references has the reference only.
    var count = SetShape(set, transaction).reversed?.count ?? (cursor.shape.width == 0 ? 1 : nil)
    if let declared = count, components.count > 1, components.count < declared, case .ref? = components.last,
      cursor.shape.contains(width: components.count - 1)
    {
      // Where shorter elements are among longer ones, their own positions end with a reference.
      count = components.count
    }
    return SetPosition(
      components, count: count, directions: cursor.shape.directions, isAfter: false, time: transaction.time)
  }
}
