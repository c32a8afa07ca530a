import FQLSyntax
import FQLValues
import Testing

@testable import FQLEngine

/// Queries as text, for tests.
struct Queries {
  let session: Session

  init(_ database: Database) {
    session = Session(database)
  }

  static func inMemory(seed: UInt64 = 1) throws -> Queries {
    Queries(try Database.inMemory(options: .init(seed: seed)))
  }

  /// The response to the last query of a text.
  func respond(_ text: String, secret: String? = nil) throws -> Response {
    session.secret = secret
    var last: Response?
    for statement in try Script(parsing: text).statements { last = session.run(statement.expr) }
    return try #require(last)
  }

  /// The value of the last query of a text; all must succeed.
  @discardableResult
  func value(_ text: String, secret: String? = nil) throws -> Value {
    session.secret = secret
    var last = Value.null
    for statement in try Script(parsing: text).statements {
      let response = session.run(statement.expr)
      switch response.result {
      case .value(let value): last = value
      case .errors(let errors): Issue.record("\(text.prefix(300)): \(errors.map(\.description))")
      }
    }
    return last
  }

  /// The value as the literal text.
  func text(_ query: String, secret: String? = nil) throws -> String {
    var printer = LiteralPrinter(.literal)
    return printer.text(try value(query, secret: secret))
  }

  /// The code of the first error, or nil where the query succeeds.
  func errorCode(_ text: String, secret: String? = nil) throws -> String? {
    try respond(text, secret: secret).errors?.first?.code.rawValue
  }
}

/// SplitMix64: random numbers that can be repeated.
struct Repeatable: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
