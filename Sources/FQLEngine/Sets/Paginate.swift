import FQLSyntax
import FQLValues

/// `Paginate`: one page of the elements of a set, or of its history.
final class PaginateNode: Node {
  /// A position that a page begins or ends at.
  struct Position {
    /// The way to it from the form, for errors: `["after"]`, `["cursor", "after"]`.
    let steps: [QueryError.Step]
    let value: Value
    let isBefore: Bool
  }

  private let input: Node
  private let options: [String: Node]
  static let defaultSize = 64
  static let maximumSize = 100_000

  init(_ input: Node, options: [String: Node]) {
    self.input = input
    self.options = options
    super.init()
    adopt(input, .key("paginate"))
    for (key, node) in options { adopt(node, .key(key)) }
  }

  struct Arguments {
    var set = SetValue.union([])
    var position: Position?
    var time: Int64?
    var size = PaginateNode.defaultSize
    var events = false
    var sources = false
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    try evaluation.checkReadable(self)
    let arguments = try arguments(evaluation)
    let outer = evaluation.readTime
    defer { evaluation.readTime = outer }
    if let time = arguments.time { evaluation.readTime = time >= evaluation.transaction.time ? nil : time }
    var set = arguments.set
    if arguments.events, !set.isHistorical { set = .events(set) }
    if case .ref(let ref)? = arguments.position?.value, !ref.isResolved, let position = arguments.position {
      throw undefined(ref, steps: position.steps)
    }
    let visibility = evaluation.visibility(of: set)
    if visibility == .denied { throw evaluation.denied(self, "paginate") }
    if set.isHistorical { return try pageOfEvents(set, arguments.position, arguments, evaluation, visibility) }
    return try page(of: set, arguments, evaluation, visibility)
  }

  // MARK: Arguments

  private func arguments(_ evaluation: Evaluation) throws(Failure) -> Arguments {
    var arguments = Arguments()
    var failure: Failure?
    // From the last to the first; of several that fail the first one's errors are reported.
    for key in ["sources", "events", "size", "ts", "cursor", "before", "after"] {
      guard let node = options[key] else { continue }
      do throws(Failure) {
        let value = try node.evaluate(evaluation)
        switch key {
        case "sources", "events":
          guard case .boolean(let boolean) = value else { throw mismatch("Boolean", value, at: key) }
          if key == "events" { arguments.events = boolean } else { arguments.sources = boolean }
        case "size":
          guard case .integer(let size) = value else { throw mismatch("Integer", value, at: key) }
          arguments.size = Int(min(max(size, -1), Int64(PaginateNode.maximumSize)))
        case "ts":
          if case .time(let time) = try cast(value, .time, at: key) { arguments.time = time.instant }
        case "cursor": arguments.position = try position(value)
        default:
          arguments.position = Position(steps: [.key(key)], value: value, isBefore: key == "before")
        }
      } catch {
        failure = error
      }
    }
    do throws(Failure) {
      switch try cast(try input.evaluate(evaluation), .refOrSet, at: "paginate") {
      case .set(let set): arguments.set = set
      case .ref(let ref): arguments.set = .reference(ref)
      default: break
      }
    } catch {
      failure = error
    }
    if let failure { throw failure }
    return arguments
  }

  private func position(_ value: Value) throws(Failure) -> Position? {
    if value.isNull { return nil }
    if case .object(let object) = value, object.count == 1 {
      let key = object.fields[0].key
      if key == "after" || key == "before" {
        return Position(
          steps: [.key("cursor"), .key(key)], value: object.fields[0].value, isBefore: key == "before")
      }
    }
    throw failure(
      .invalidArgument,
      "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.", at: "cursor")
  }

  private func undefined(_ ref: Ref, steps: [QueryError.Step]) -> Failure {
    Failure(
      undefined(ref).errors.map { original in
        QueryError(original.code, original.description, position: position + steps)
      })
  }

  // MARK: Elements

  private func page(
    of set: SetValue, _ arguments: Arguments, _ evaluation: Evaluation, _ visibility: SetVisibility
  ) throws(Failure) -> Value {
    var components: [Value] = []
    if let position = arguments.position {
      try EngineLimits.check(position.value)
      components = PaginateNode.components(position.value)
      for component in components {
        if case .ref(let ref) = component, !ref.isResolved { throw undefined(ref, steps: position.steps) }
      }
    }
    let isBackward = arguments.position?.isBefore ?? false
    let cursor = try evaluation.open(set, isBackward: isBackward, wantsSources: arguments.sources, node: self)
    var found =
      arguments.position == nil
      ? try cursor.next() : try cursor.seek(evaluation.position(components, of: set, cursor))
    var elements: [SetElement] = []
    var sources: [[Value]] = []
    elements.reserveCapacity(min(max(arguments.size, 0), 1024))
    var following: Cursor?
    while found, let leaf = cursor.leaf {
      if visibility == .filtered, !evaluation.mayRead(leaf.documentID) {
        found = try cursor.next()
        continue
      }
      if elements.count >= arguments.size {
        if arguments.size > 0 { following = leaf.element().cursor }
        break
      }
      elements.append(leaf.element())
      if arguments.sources { sources.append(self.sources(cursor)) }
      if evaluation.transaction.isInterrupted {
        throw Failure(QueryError(.interrupted, "interrupted; nothing was committed"))
      }
      found = try cursor.next()
    }
    if isBackward {
      if following != nil, let first = elements.last { following = first.cursor }
      elements.reverse()
      sources.reverse()
    }
    let given: Value? = arguments.position.map { _ in .cursor(.array(components)) }
    var next: Value? = following.map { .cursor($0) }
    if arguments.size == 0 { next = given }
    var data = elements.map(\.visible)
    var positions = Page.CursorList.elements(elements)
    if arguments.sources {
      data = zip(data, sources).map { .sourced(SourcedElement(value: $0, sources: $1)) }
      positions = .values(
        zip(elements, sources).map { .sourced(SourcedElement(value: .cursor($0.cursor), sources: $1)) })
    }
    if arguments.size < 0 { next = nil }
    return .page(
      Page(
        data: data, before: isBackward ? next : given, after: isBackward ? given : next, cursors: positions))
  }

  private func sources(_ cursor: SetCursor) -> [Value] {
    var sets: [SetValue] = []
    cursor.addSources(&sets)
    var values: [Value] = []
    for set in sets {
      let value: Value
      if case .reference(let ref) = set { value = .ref(ref) } else { value = .set(set) }
      if !values.contains(where: { $0.isIdentical(to: value) }) { values.append(value) }
    }
    return values
  }

  /// A position as components: anything but an array is one.
  static func components(_ value: Value) -> [Value] {
    switch value {
    case .array(let elements), .cursor(.array(let elements)): elements
    case .sourced(let element): components(element.value)
    case .object(let object) where object.count == 2 && object["value"] != nil && object["sources"] != nil:
      components(object["value"] ?? .null)
    default: [value]
    }
  }
}

extension Compiler {
  static let paginateForm: Handler = { compiler, members throws(Failure) in
    let positions = members.keys.count { $0 == "after" || $0 == "before" || $0 == "cursor" }
    if positions > 1 { throw compiler.unknownForm(members) }
    let input = try compiler.compileArgument(members, "paginate")
    var options: [String: Node] = [:]
    for key in ["after", "before", "cursor", "ts", "size", "events", "sources"] {
      if let node = try compiler.compileOptional(members, key) { options[key] = node }
    }
    return PaginateNode(input, options: options)
  }
}
