#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
  public func index(of key: String) -> Int? {
    for i in fields.indices where fields[i].key.isSame(as: key) { return i }
    return nil
  }

  /// The value of the first field named `key`; setting replaces it in place, adds it at the end, or with nil removes it.
  public subscript(key: String) -> Value? {
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
  /// Calls a function with the UTF-8 of the text, which nearly always is at hand: then the text is not copied.
  @inlinable
  @inline(__always)
  package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    var copy = self
    return copy.withUTF8(body)
  }

  /// Whether two texts are the same code points; `==` also calls canonically equivalent ones equal.
  @inlinable
  @inline(__always)
  public func isSame(as other: String) -> Bool {
    // What has the same bits is the same, and short texts have all they are in their bits. What is not equal at all is found out
    // quickly too.
    if isIdentical(to: other) { return true }
    return utf8.count == other.utf8.count && self == other && hasSameBytes(as: other)
  }

  @inlinable
  @inline(__always)
  func isIdentical(to other: String) -> Bool {
    withUnsafeBytes(of: self) { a in
      withUnsafeBytes(of: other) { b in
        a.load(as: UInt64.self) == b.load(as: UInt64.self)
          && a.load(fromByteOffset: a.count - 8, as: UInt64.self)
            == b.load(fromByteOffset: b.count - 8, as: UInt64.self)
      }
    }
  }

  @usableFromInline
  func hasSameBytes(as other: String) -> Bool {
    let isEqual = utf8.withContiguousStorageIfAvailable { a in
      other.utf8.withContiguousStorageIfAvailable { b in
        guard a.count == b.count else { return false }
        guard let x = a.baseAddress, let y = b.baseAddress else { return true }
        return memcmp(x, y, a.count) == 0
      }
    }
    if let isEqual, let isEqual { return isEqual }
    return utf8.elementsEqual(other.utf8)
  }
}

extension Object: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.init(elements.map { Field($0.0, $0.1) })
  }
}
