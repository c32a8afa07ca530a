extension OutputBuffer {
  /// Appends a value that is one piece, other than a string, as results show it; a tagged value as the call that makes it.
  mutating func append(scalarText value: Value, commitTime: Int64?) {
    switch value {
    case .null: append("null")
    case .boolean(let flag): append(flag ? "true" : "false")
    case .integer(let number): append(decimal: number)
    case .double(let number): append(javaScript: number)
    case .transactionTime:
      if let commitTime { append(decimal: commitTime) } else { append("null") }
    case .bytes(let bytes):
      append("Bytes(\"")
      append(base64: bytes)
      append("\")")
    case .time(let time):
      append("Time(\"")
      append(time: time)
      append("\")")
    case .date(let date):
      append("Date(\"")
      append(date: date)
      append("\")")
    case .uuid(let uuid):
      append("{\"@uuid\": \"")
      append(uuid: uuid)
      append("\"}")
    case .ref(let ref): append(reference: ref)
    case .set(let set): append(set: set)
    case .lambda(let lambda): append(lambda: lambda)
    case .action(let action): append(json: action.name)
    case .string(let text): append(json: text)
    case .array, .object, .document, .page, .event, .sourced, .cursor: break
    }
  }
}
