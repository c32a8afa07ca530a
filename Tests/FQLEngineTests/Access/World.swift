import FQLStorage
import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// A database of its own for a test, and queries to it as whoever shows a secret.
struct World {
  let database: Database

  init(keySets: [String: String] = [:]) throws {
    database = try Database(
      store: MemoryStore(), isShared: false,
      options: .init(now: Time(parsing: "2024-06-01T00:00:00Z"), seed: 7, keySets: keySets))
  }

  /// Runs the statements of a text as the admin, or as whom a secret stands for; the answer of the last one.
  @discardableResult
  func run(_ text: String, as secret: String? = nil, commits: Bool = true) throws -> Response {
    let session = Session(database)
    session.secret = secret
    var last: Response?
    for statement in try Script(parsing: text).statements {
      last = commits ? session.run(statement.expr) : session.dryRun(statement.expr)
    }
    return try #require(last)
  }

  /// The value of the last statement of a text, none of which may fail.
  @discardableResult
  func value(
    _ text: String, as secret: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Value {
    let session = Session(database)
    session.secret = secret
    var last = Value.null
    for statement in try Script(parsing: text).statements {
      switch session.run(statement.expr).result {
      case .value(let value): last = value
      case .errors(let errors): Issue.record("\(text): \(errors)", sourceLocation: sourceLocation)
      }
    }
    return last
  }

  /// A field that is a string of the document that a text answers.
  func string(_ field: String, of text: String, as secret: String? = nil) throws -> String {
    guard case .string(let found)? = try value(text, as: secret).documentField(field) else {
      throw Missing(what: "\(field) in \(text)")
    }
    return found
  }

  /// The codes of the errors of a text's last statement; none where it succeeds.
  func codes(_ text: String, as secret: String? = nil) throws -> [ErrorCode] {
    try run(text, as: secret).errors?.map(\.code) ?? []
  }

  struct Missing: Error {
    var what: String
  }
}

extension Value {
  /// A field of a document or object.
  func documentField(_ key: String) -> Value? {
    switch self {
    case .document(let document): document.field(key)
    case .object(let object): object[key]
    default: nil
    }
  }

  /// Whether it is exactly `true`.
  var isTrueValue: Bool { isIdentical(to: .boolean(true)) }
}
