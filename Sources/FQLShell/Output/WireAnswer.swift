import FQLEngine
import FQLSyntax
import FQLValues

extension OutputBuffer {
  /// Appends a response as the server sent it: `{"resource":...}` or `{"errors":[...]}`.
  mutating func append(response: Response) {
    switch response.result {
    case .value(let value):
      append("{\"resource\":")
      append(wire: value, commitTime: response.time)
      append("}")
    case .errors(let errors): append(errors: errors)
    }
  }

  /// Appends `{"errors":[...]}`.
  mutating func append(errors: [QueryError]) {
    append("{\"errors\":")
    append(list: errors)
    append("}")
  }

  /// Appends a position as JSON: `["add",1]`.
  mutating func append(position: [QueryError.Step]) {
    append(UInt8(ascii: "["))
    for (number, step) in position.enumerated() {
      if number > 0 { append(UInt8(ascii: ",")) }
      switch step {
      case .key(let key): append(json: key)
      case .index(let index): append(decimal: Int64(index))
      }
    }
    append(UInt8(ascii: "]"))
  }

  private mutating func append(list: [QueryError]) {
    append(UInt8(ascii: "["))
    for (number, error) in list.enumerated() {
      if number > 0 { append(UInt8(ascii: ",")) }
      append("{")
      // Nothing was evaluated without a valid secret, so there is no place.
      if error.code != .unauthorized {
        append("\"position\":")
        append(position: error.position)
        append(",")
      }
      append("\"code\":")
      append(json: error.code.rawValue)
      append(",\"description\":")
      append(json: error.description)
      if !error.failures.isEmpty {
        append(",\"failures\":[")
        for (number, failure) in error.failures.enumerated() {
          if number > 0 { append(UInt8(ascii: ",")) }
          append(failure: failure)
        }
        append("]")
      }
      if !error.cause.isEmpty {
        append(",\"cause\":")
        append(list: error.cause)
      }
      append("}")
    }
    append(UInt8(ascii: "]"))
  }

  private mutating func append(failure: QueryError.FieldFailure) {
    append("{\"field\":[")
    for (number, key) in failure.field.enumerated() {
      if number > 0 { append(UInt8(ascii: ",")) }
      append(json: key)
    }
    append("],\"code\":")
    append(json: failure.code)
    append(",\"description\":")
    append(json: failure.description)
    append("}")
  }
}

extension QueryError {
  /// A text that could not be read, as an answer.
  init(_ diagnostic: Diagnostic) {
    self.init(.invalidExpression, diagnostic.text)
  }

  init(_ error: WireError) {
    self.init(
      .invalidExpression,
      error.isNesting ? "Request body JSON exceeds nesting limit." : "Request body is not valid JSON.")
  }
}
