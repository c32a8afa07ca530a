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

  private static let width = 24

  /// The fields as long as there are few.
  private var narrow: Object
  /// The fields of a wide object; nil where one was removed.
  private var wide: [Object.Field?] = []
  /// The first field of each key of a wide object.
  private var positions: [Key: Int]?

  public init(_ object: Object) {
    narrow = object
    widen()
  }

  private mutating func widen() {
    guard narrow.count > KeyedFields.width else { return }
    var positions: [Key: Int] = [:]
    positions.reserveCapacity(2 * narrow.count)
    for i in narrow.fields.indices.reversed() { positions[Key(text: narrow.fields[i].key)] = i }
    self.positions = positions
    wide = narrow.fields
    narrow = Object()
  }

  /// The value of the first field named `key`; setting replaces it in place, adds it at the end, or with nil removes it.
  public subscript(key: String) -> Value? {
    get {
      guard let positions else { return narrow[key] }
      return positions[Key(text: key)].flatMap { wide[$0]?.value }
    }
    set {
      guard positions != nil else {
        narrow[key] = newValue
        widen()
        return
      }
      let key = Key(text: key)
      if let i = positions?[key] {
        if let newValue {
          wide[i]?.value = newValue
        } else {
          wide[i] = nil
          positions?[key] = nil
        }
      } else if let newValue {
        positions?[key] = wide.count
        wide.append(Object.Field(key.text, newValue))
      }
    }
  }

  /// The place of the first field named `key` in the object as it was given, as long as nothing is set.
  public func place(of key: String) -> Int? {
    guard let positions else { return narrow.index(of: key) }
    return positions[Key(text: key)]
  }

  /// The object that they are.
  public var object: Object { positions == nil ? narrow : Object(wide.compactMap { $0 }) }
}
