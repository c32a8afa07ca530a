extension Value {
  /// What a value looks like from outside: one piece, elements, or fields.
  package enum Shape {
    case leaf
    case array([Value])
    case object([Object.Field])
  }

  package var shape: Shape {
    switch self {
    case .array(let elements), .cursor(.array(let elements)): .array(elements)
    case .object(let object): .object(object.fields)
    case .document(let document): .object(document.visibleObject.fields)
    case .page(let page): .object(page.visibleFields)
    case .event(let event), .cursor(.event(let event)): .object(event.visibleObject.fields)
    case .sourced(let element): .object(element.visibleObject.fields)
    default: .leaf
    }
  }

  /// False for a reference to something without a name, which is left out of what surrounds it.
  package var isRenderable: Bool {
    switch self {
    case .ref(let ref): ref.isRenderable
    case .set(.reference(let ref)): ref.isRenderable
    default: true
    }
  }
}

extension Ref {
  /// True where the reference can be written out.
  public var isRenderable: Bool {
    switch self {
    case .entity(let entity), .document(let entity, _): entity.isRenderable
    case .foreign: true
    }
  }
}

extension Page {
  /// `before` and `after` where there are any, then `data`.
  var visibleFields: [Object.Field] {
    var fields: [Object.Field] = []
    if let before { fields.append(.init("before", before)) }
    if let after { fields.append(.init("after", after)) }
    fields.append(.init("data", .array(data)))
    return fields
  }

  /// The page as a plain object.
  public var visibleObject: Object { Object(visibleFields) }
}

extension [Object.Field] {
  /// False where a key is an array index, which JavaScript moves to the front.
  var areInJavaScriptOrder: Bool {
    withUnsafeBufferPointer { fields in
      for place in fields.indices where JavaScriptKey.index(fields[place].key) != nil { return false }
      return true
    }
  }

  /// The fields as every JavaScript object has them: keys that are array indices first and in order, then the others as they are.
  var inJavaScriptOrder: [Object.Field] {
    if areInJavaScriptOrder { return self }
    var indexed: [(UInt32, Object.Field)] = []
    var others: [Object.Field] = []
    for field in self {
      if let index = JavaScriptKey.index(field.key) { indexed.append((index, field)) } else { others.append(field) }
    }
    indexed.sort { $0.0 < $1.0 }
    return indexed.map(\.1) + others
  }
}

/// What JavaScript takes for an array index among the keys of an object.
package enum JavaScriptKey {
  /// The number of a canonical array index: `0`, `1` ... `4294967294`, without leading zeros; nil for other keys.
  package static func index(_ key: String) -> UInt32? {
    key.withBytes { index($0) }
  }

  /// The same for a key in UTF-8.
  package static func index(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard let first = bytes.first, first >= 48, first <= 57, bytes.count <= 10 else { return nil }
    if first == 48 { return bytes.count == 1 ? 0 : nil }
    var value: UInt64 = 0
    for byte in bytes {
      guard byte >= 48, byte <= 57 else { return nil }
      value = value * 10 + UInt64(byte - 48)
    }
    return value <= 4_294_967_294 ? UInt32(value) : nil
  }
}
