import FQLEngine
import FQLSyntax
import FQLValues

extension Shell {
  /// What the session's principal is answered to a query of our own.
  func ask(_ query: Expr) throws(MetaCommand.Problem) -> Value {
    let response = evaluate(query)
    switch response.result {
    case .value(let value): return value
    case .errors(let errors):
      lastErrors = response
      throw MetaCommand.Problem(errors)
    }
  }

  func ask(_ text: String) throws(MetaCommand.Problem) -> Value {
    try ask(try tree(of: text))
  }

  /// The tree of a query of our own.
  func tree(of text: String) throws(MetaCommand.Problem) -> Expr {
    do throws(Diagnostic) {
      return try Script(parsing: text).statements.first?.expr ?? Expr(.literal(.null))
    } catch {
      throw MetaCommand.Problem(message: error.text)
    }
  }

  /// The elements of a set, page by page, each as what `element` makes of it: the body of a lambda over `x`.
  func each(
    in set: String, as element: String? = nil, pageSize: Int = 1000,
    _ body: (Value) throws(MetaCommand.Problem) -> Void
  ) throws(MetaCommand.Problem) {
    var after: String?
    repeat {
      var options = "size: \(pageSize)"
      if let after { options += ", after: \(after)" }
      var query = "Paginate(\(set), {\(options)})"
      if let element { query = "Map(\(query), Lambda(\"x\", \(element)))" }
      let page = try ask(query)
      for value in page["data"]?.elements ?? [] { try body(value) }
      after = page["after"].map { FQLText.of($0) }
    } while after != nil
  }

  /// All elements of a set.
  func elements(of set: String, as element: String? = nil) throws(MetaCommand.Problem) -> [Value] {
    var values: [Value] = []
    try each(in: set, as: element) { values.append($0) }
    return values
  }

  /// The names of the things of a kind, in order.
  func names(of native: NativeKind) throws(MetaCommand.Problem) -> [String] {
    try elements(of: native.collectionConstructor + "()").compactMap(\.entityName).sorted()
  }
}

extension MetaCommand.Problem {
  /// A query of ours that failed.
  init(_ errors: [QueryError]) {
    self.init(message: errors.map { "\($0.code.rawValue): \($0.description)" }.joined(separator: "; "))
  }
}

extension Value {
  /// A field, of what looks like an object.
  subscript(key: String) -> Value? {
    guard case .object(let fields) = shape else { return nil }
    return fields.first { $0.key == key }?.value
  }

  /// The elements, of what looks like an array.
  var elements: [Value]? {
    if case .array(let elements) = shape { elements } else { nil }
  }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var isTrue: Bool {
    if case .boolean(true) = self { true } else { false }
  }

  /// The name of what a reference refers to.
  var entityName: String? {
    if case .ref(.entity(let entity)) = self { entity.name } else { nil }
  }

  /// The id of the document that a reference refers to.
  var documentID: String? {
    switch self {
    case .ref(.document(_, let id)): String(id)
    case .ref(.foreign(let ref)): ref.id
    default: nil
    }
  }
}
