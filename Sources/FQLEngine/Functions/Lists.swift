import FQLSyntax
import FQLValues

// `Map`, `Foreach`, `Filter` and `Reduce`: a lambda, written out, over an array, a page or (for the last two) a set.

/// What these forms run over.
enum Iterable {
  case array([Value])
  case page(Page)
  case set(SetValue)
}

extension Node {
  /// The value as something to run over.
  func iterable(_ value: Value, at key: String) throws(Failure) -> Iterable {
    switch try cast(value, .iterable, at: key) {
    case .array(let elements): return .array(elements)
    case .page(let page): return .page(page)
    case .set(let set): return .set(set)
    case let other: throw mismatch("Array, Set, or Page", other, at: key)
    }
  }
}

/// `Map` and `Foreach`.
final class MapNode: Node {
  let collection: Node
  let discards: Bool
  fileprivate(set) var lambda: InlineLambda?

  init(collection: Node, discards: Bool) {
    self.collection = collection
    self.discards = discards
    super.init()
    adopt(collection, .key("collection"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let value = try collection.evaluate(evaluation)
    guard let lambda else { return value }
    switch try iterable(value, at: "collection") {
    case .array(let elements):
      let mapped = try apply(lambda, elements, evaluation)
      return discards ? value : .array(mapped)
    case .page(let page):
      let mapped = try apply(lambda, page.data, evaluation)
      return discards ? value : .page(page.with(data: mapped))
    case .set(let set):
      throw mismatch("Array or Page", .set(set), at: "collection")
    }
  }

  private func apply(
    _ lambda: InlineLambda, _ elements: [Value], _ evaluation: Evaluation
  ) throws(Failure) -> [Value] {
    var results: [Value] = []
    if !discards { results.reserveCapacity(elements.count) }
    for element in elements {
      let result = try lambda.apply(element, evaluation)
      if !discards { results.append(result) }
    }
    return results
  }
}

/// `Filter`: of an array or a page at once; of a set a new set, whose lambda runs when it is read.
final class FilterNode: Node {
  let collection: Node
  fileprivate(set) var lambda: InlineLambda?
  fileprivate(set) var template: ClosureTemplate?
  fileprivate var lambdaEffect = Effect.pure

  init(collection: Node) {
    self.collection = collection
    super.init()
    adopt(collection, .key("collection"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let value = try collection.evaluate(evaluation)
    guard let lambda, let template else { return value }
    switch try iterable(value, at: "collection") {
    case .array(let elements):
      let kept = try keep(lambda, elements, evaluation)
      return .array(kept.map { elements[$0] })
    case .page(let page):
      let kept = try keep(lambda, page.data, evaluation)
      return .page(
        Page(
          data: kept.map { page.data[$0] }, before: page.before, after: page.after, cursors: page.cursors.keeping(kept))
      )
    case .set(let set):
      if lambdaEffect == .write {
        throw failure(
          .invalidArgument, "Invalid lambda. Lambda in this context may not write or call a user function.",
          at: "filter")
      }
      return .set(.filter(set, template.value(evaluation)))
    }
  }

  /// The places of the elements for which the lambda is true.
  private func keep(
    _ lambda: InlineLambda, _ elements: [Value], _ evaluation: Evaluation
  ) throws(Failure) -> [Int] {
    var kept: [Int] = []
    var failures: [QueryError] = []
    var mismatches: [QueryError] = []
    for (i, element) in elements.enumerated() {
      do {
        let result = try lambda.apply(element, evaluation)
        if case .boolean(let isKept) = result {
          if isKept { kept.append(i) }
        } else {
          mismatches.append(
            error(.invalidArgument, "Boolean expected, \(result.typeName) provided.", [.index(i)]))
        }
      } catch {
        failures += error.errors
        if error.errors.contains(where: { $0.code == .interrupted }) { throw error }
      }
    }
    if !failures.isEmpty { throw Failure(failures) }
    if !mismatches.isEmpty { throw Failure(mismatches) }
    return kept
  }
}

/// `Reduce`.
final class ReduceNode: Node {
  let initial: Node
  let collection: Node
  fileprivate(set) var lambda: InlineLambda?

  init(initial: Node, collection: Node) {
    self.initial = initial
    self.collection = collection
    super.init()
    adopt(initial, .key("initial"))
    adopt(collection, .key("collection"))
  }

  override func evaluate(_ evaluation: Evaluation) throws(Failure) -> Value {
    let iterable: Iterable
    do {
      iterable = try self.iterable(try collection.evaluate(evaluation), at: "collection")
    } catch {
      _ = try initial.evaluate(evaluation)
      throw error
    }
    var accumulator = try initial.evaluate(evaluation)
    guard let lambda else { return accumulator }
    switch iterable {
    case .array(let elements):
      for element in elements { accumulator = try lambda.apply(accumulator, element, evaluation) }
      return accumulator
    case .page(let page):
      for element in page.data { accumulator = try lambda.apply(accumulator, element, evaluation) }
      return .page(page.with(data: [accumulator]))
    case .set(let set):
      if evaluation.transaction.canWrite {
        // What the lambda writes must not change what it runs over, or it might never end.
        var elements: [Value] = []
        try SetReading.each(set, evaluation, at: self, "reduce") { elements.append($0) }
        for element in elements { accumulator = try lambda.apply(accumulator, element, evaluation) }
        return accumulator
      }
      try SetReading.each(set, evaluation, at: self, "reduce") { element throws(Failure) in
        accumulator = try lambda.apply(accumulator, element, evaluation)
      }
      return accumulator
    }
  }
}

extension Compiler {
  static let listForms: [String: Handler] = [
    "map": { compiler, members throws(Failure) in try compiler.compileMap(members, "map") },
    "foreach": { compiler, members throws(Failure) in try compiler.compileMap(members, "foreach") },
    "filter": { compiler, members throws(Failure) in
      let lambda = try compiler.firstError(members, "filter") { () throws(Failure) in
        try compiler.compileArgument(members, "collection")
      }
      let node = FilterNode(collection: lambda.node)
      let outerEffect = compiler.effect
      compiler.effect = .pure
      node.lambda = try compiler.inlineLambda(members, "filter", in: node)
      node.lambdaEffect = compiler.effect
      compiler.effect = max(outerEffect, compiler.effect)
      // Sets keep the lambda: it gets a frame of its own. What nothing binds was reported above.
      let unbound = compiler.unbound
      node.template = try compiler.closure(members, "filter", in: node)
      compiler.unbound = unbound
      return node
    },
    "reduce": { compiler, members throws(Failure) in
      let parts = try compiler.firstError(members, "reduce") { () throws(Failure) in
        (
          try compiler.compileArgument(members, "initial"),
          try compiler.compileArgument(members, "collection")
        )
      }
      let node = ReduceNode(initial: parts.node.0, collection: parts.node.1)
      node.lambda = try compiler.inlineLambda(members, "reduce", in: node)
      return node
    },
  ]

  /// Compiles the other arguments of a form whose lambda comes first: the lambda's errors are reported before theirs.
  fileprivate func firstError<T>(
    _ members: Expr.Members, _ key: String, _ others: () throws(Failure) -> T
  ) throws(Failure) -> (node: T, ()) {
    let unbound = self.unbound
    do {
      return (try others(), ())
    } catch {
      self.unbound = unbound
      let probe = Node()
      _ = try inlineLambda(members, key, in: probe)
      throw error
    }
  }

  private func compileMap(_ members: Expr.Members, _ key: String) throws(Failure) -> Node {
    let parts = try firstError(members, key) { () throws(Failure) in try compileArgument(members, "collection") }
    let node = MapNode(collection: parts.node, discards: key == "foreach")
    node.lambda = try inlineLambda(members, key, in: node)
    return node
  }
}

extension Page.CursorList {
  /// The positions of the elements that are kept; surplus positions are dropped.
  func keeping(_ places: [Int]) -> Page.CursorList {
    switch self {
    case .elements(let list): .elements(places.compactMap { list.indices.contains($0) ? list[$0] : nil })
    case .events(let list): .events(places.compactMap { list.indices.contains($0) ? list[$0] : nil })
    case .values(let list): .values(places.compactMap { list.indices.contains($0) ? list[$0] : nil })
    }
  }

  /// The first `count` positions, or those behind them.
  func prefix(_ count: Int) -> Page.CursorList { keeping(Array(0..<min(count, self.count))) }
  func dropFirst(_ count: Int) -> Page.CursorList { keeping(Array(min(count, self.count)..<self.count)) }
}
