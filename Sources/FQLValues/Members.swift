extension Expr {
  /// The members of a wire object in order.
  ///
  /// All of them are in one block of memory: a tree is made of little else. `@unchecked`: nothing of it changes once it is made.
  public struct Members: @unchecked Sendable {
    @usableFromInline let storage: MemberStorage

    @inlinable
    init(_ storage: MemberStorage) {
      self.storage = storage
    }

    public init(keys: [String], values: some Collection<Expr>, function: Int = -1) {
      storage = MemberStorage.make(keys: keys, count: values.count, function: function) { target in
        var place = target
        for value in values {
          place.initialize(to: value)
          place += 1
        }
      }
    }

    @inlinable public var keys: [String] { storage.header.keys }

    @inlinable public var values: Values { Values(storage) }

    /// The place of the function in the function table, or -1 where the keys have not been looked up.
    @inlinable public var function: Int { Int(storage.header.function) }

    public subscript(key: String) -> Expr? {
      let keys = keys
      for i in keys.indices where keys[i].isSame(as: key) { return values[i] }
      return nil
    }
  }
}

extension Expr.Members {
  /// What the members hold, in order.
  public struct Values: RandomAccessCollection, @unchecked Sendable {
    @usableFromInline let storage: MemberStorage

    @inlinable
    init(_ storage: MemberStorage) {
      self.storage = storage
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { Int(storage.header.count) }

    @inlinable public subscript(place: Int) -> Expr {
      precondition(place >= 0 && place < endIndex)
      return storage.withUnsafeMutablePointerToElements { $0[place] }
    }
  }
}

/// What an object's members hold, behind their keys and their function's number.
@usableFromInline
final class MemberStorage: ManagedBuffer<MemberStorage.Header, Expr> {
  @usableFromInline
  struct Header {
    @usableFromInline let keys: [String]
    @usableFromInline let count: Int32
    @usableFromInline let function: Int32

    @inlinable
    init(keys: [String], count: Int32, function: Int32) {
      self.keys = keys
      self.count = count
      self.function = function
    }
  }

  /// `fill` puts as many values as there are keys where it is told.
  @inlinable
  static func make(
    keys: consuming [String], count: Int, function: Int, _ fill: (UnsafeMutablePointer<Expr>) -> Void
  ) -> MemberStorage {
    precondition(keys.count == count)
    let header = Header(
      keys: keys, count: Int32(truncatingIfNeeded: count), function: Int32(truncatingIfNeeded: function))
    let buffer = create(minimumCapacity: count) { _ in header }
    buffer.withUnsafeMutablePointerToElements(fill)
    return unsafeDowncast(buffer, to: MemberStorage.self)
  }

  deinit {
    withUnsafeMutablePointers { header, elements in
      for place in 0..<Int(header.pointee.count) { _ = (elements + place).move() }
    }
  }
}

extension MoveStack<Expr> {
  /// Moves everything from `start` upwards into members.
  @inlinable public mutating func popMembers(from start: Int, keys: consuming [String], function: Int = -1)
    -> Expr.Members
  {
    precondition(start >= 0 && start <= used)
    let count = used - start
    used = start
    return Expr.Members(
      MemberStorage.make(keys: keys, count: count, function: function) {
        $0.moveInitialize(from: base + start, count: count)
      })
  }
}
