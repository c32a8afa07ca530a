import FQLValues

/// Lambdas in the store: their wire JSON, read back when the document is.
enum StoredLambda {
  static func read(_ bytes: UnsafeRawBufferPointer, _ names: SchemaView) -> Value? {
    let expr = bytes.withMemoryRebound(to: UInt8.self) { try? WireReader.read($0) }
    guard case .object(let tagged)? = expr?.kind, let content = tagged["@query"],
      case .object(let members) = content.kind,
      let pattern = members["lambda"], let body = members["expr"]
    else { return nil }
    var version = "4"
    if let given = members["api_version"], case .literal(.string(let text)) = given.kind { version = text }
    let lambdaPattern: LambdaValue.Pattern
    if let name = pattern.string {
      lambdaPattern = .name(name)
    } else {
      lambdaPattern = .names((pattern.elements ?? []).compactMap(\.string))
    }
    return .lambda(LambdaValue(version: version, pattern: lambdaPattern, body: body))
  }
}
