import FQLValues

/// The code of an error, as clients see it.
public enum ErrorCode: String, Sendable {
  case invalidExpression = "invalid expression"
  case invalidArgument = "invalid argument"
  case invalidRef = "invalid ref"
  case valueNotFound = "value not found"
  case instanceNotFound = "instance not found"
  case instanceAlreadyExists = "instance already exists"
  case instanceNotUnique = "instance not unique"
  case validationFailed = "validation failed"
  case transactionAborted = "transaction aborted"
  case callError = "call error"
  case stackOverflow = "stack overflow"
  case invalidWriteTime = "invalid write time"
  case permissionDenied = "permission denied"
  case authenticationFailed = "authentication failed"
  case missingIdentity = "missing identity"
  case invalidToken = "invalid token"
  case invalidObjectInContainer = "invalid object in container"
  case moveDatabaseError = "move database error"
  case schemaValidationFailed = "schema validation failed"
  case featureNotAvailable = "feature not available"
  case badRequest = "bad request"
  case unauthorized = "unauthorized"
  case internalError = "internal server error"
  /// The query was interrupted; never seen on the wire of the original.
  case interrupted = "interrupted"
}

/// One error of a query.
public struct QueryError: Sendable {
  /// A step of a position: a wire key or a place in a list.
  public enum Step: Sendable, Hashable {
    case key(String)
    case index(Int)
  }

  /// One reason why a write is not valid.
  public struct FieldFailure: Sendable, Equatable {
    /// The path inside the parameters.
    public var field: [String]
    public var code: String
    public var description: String

    public init(_ field: [String], _ code: String, _ description: String) {
      self.field = field
      self.code = code
      self.description = description
    }
  }

  public var code: ErrorCode
  public var description: String
  /// The path of wire keys and list places from the root of the query, or of the function's body.
  public var position: [Step]
  public var failures: [FieldFailure]
  /// The errors inside a user function.
  public var cause: [QueryError]
  /// Where in the text it happened.
  public var span: Span

  public init(
    _ code: ErrorCode, _ description: String, position: [Step] = [], failures: [FieldFailure] = [],
    cause: [QueryError] = [], span: Span = .none
  ) {
    self.code = code
    self.description = description
    self.position = position
    self.failures = failures
    self.cause = cause
    self.span = span
  }
}

/// What a failing evaluation throws: one error, or all those of a list.
package struct Failure: Error {
  package var errors: [QueryError]

  package init(_ errors: [QueryError]) {
    self.errors = errors
  }

  package init(_ error: QueryError) {
    errors = [error]
  }

  /// The error that ends the request as such, whatever else has failed: nothing is reported beside it.
  var requestError: QueryError? { errors.first { $0.code == .badRequest } }
}
