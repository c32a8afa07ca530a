/// An object: fields in the order in which they were written.
///
/// Keys are searched linearly, which beats a dictionary for objects of the usual width.
public struct Object: Sendable {
  public struct Field: Sendable {
    public let key: String
    public var value: Value

    @inlinable public init(_ key: String, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  public var fields: [Field]

  @inlinable public init(_ fields: [Field] = []) {
    self.fields = fields
  }

  @inlinable public var isEmpty: Bool { fields.isEmpty }
  @inlinable public var count: Int { fields.count }

  /// The position of the first field named `key`.
  @inlinable public func index(of key: String) -> Int? {
    for i in fields.indices where fields[i].key.isSame(as: key) { return i }
    return nil
  }

  /// The value of the first field named `key`; setting replaces it in place, adds it at the end, or with nil removes it.
  @inlinable public subscript(key: String) -> Value? {
    get {
      guard let i = index(of: key) else { return nil }
      return fields[i].value
    }
    set {
      if let i = index(of: key) {
        if let newValue { fields[i].value = newValue } else { fields.remove(at: i) }
      } else if let newValue {
        fields.append(Field(key, newValue))
      }
    }
  }
}

extension String {
  /// Whether two texts are the same code points; `==` also calls canonically equivalent ones equal.
  @inlinable
  public func isSame(as other: String) -> Bool { self == other && utf8.elementsEqual(other.utf8) }
}

extension Object: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.init(elements.map { Field($0.0, $0.1) })
  }
}
