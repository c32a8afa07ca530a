/// The fields of an object with their positions by key, for what looks up every field of a wide object.
///
/// Narrow objects are searched linearly, as `Object` does.
public struct KeyedFields {
  /// A key as its code points; two strings are also equal if they are only canonically equivalent.
  private struct Key: Hashable {
    let text: String

    static func == (a: Key, b: Key) -> Bool { a.text.isSame(as: b.text) }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }

  private static let narrow = 24

  /// The fields; nil where one was removed.
  private var fields: [Object.Field?]
  /// The first field of each key; nil as long as there are few.
  private var positions: [Key: Int]?

  public init(_ object: Object) {
    fields = object.fields
    if fields.count > KeyedFields.narrow { index() }
  }

  private mutating func index() {
    var positions: [Key: Int] = [:]
    positions.reserveCapacity(2 * fields.count)
    for i in fields.indices.reversed() {
      if let field = fields[i] { positions[Key(text: field.key)] = i }
    }
    self.positions = positions
  }

  private func position(of key: String) -> Int? {
    if let positions { return positions[Key(text: key)] }
    return fields.firstIndex { $0?.key.isSame(as: key) ?? false }
  }

  /// The value of the first field named `key`; setting replaces it in place, adds it at the end, or with nil removes it.
  public subscript(key: String) -> Value? {
    get { position(of: key).flatMap { fields[$0]?.value } }
    set {
      if let i = position(of: key) {
        if let newValue {
          fields[i]?.value = newValue
        } else {
          fields[i] = nil
          positions?[Key(text: key)] = nil
        }
      } else if let newValue {
        fields.append(Object.Field(key, newValue))
        if positions != nil {
          positions?[Key(text: key)] = fields.count - 1
        } else if fields.count > KeyedFields.narrow {
          index()
        }
      }
    }
  }

  /// The object that they are.
  public var object: Object { Object(fields.compactMap { $0 }) }
}
