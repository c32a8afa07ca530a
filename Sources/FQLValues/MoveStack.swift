/// A stack whose top is moved out as an array of exactly its size.
///
/// Readers of nested lists keep one of these for all levels: the elements of the innermost list are on top, and become an array
/// without being copied, counted or grown one by one. Raw memory, touched only here, because `Array` cannot give away its tail.
@frozen
public struct MoveStack<Element>: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  @usableFromInline var used = 0

  @inlinable public init(capacity: Int = 64) {
    self.capacity = Swift.max(capacity, 8)
    base = .allocate(capacity: self.capacity)
  }

  deinit {
    base.deinitialize(count: used)
    base.deallocate()
  }

  @inlinable public var count: Int { used }

  @inlinable public mutating func push(_ element: consuming Element) {
    if used == capacity { grow() }
    (base + used).initialize(to: element)
    used += 1
  }

  @usableFromInline @inline(never) mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: used)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// Reads or changes an element in place.
  @inlinable public subscript(place: Int) -> Element {
    get {
      precondition(place >= 0 && place < used)
      return base[place]
    }
    set {
      precondition(place >= 0 && place < used)
      base[place] = newValue
    }
  }

  /// Moves everything from `start` upwards into an array.
  @inlinable public mutating func popArray(from start: Int) -> [Element] {
    let count = used - start
    guard count > 0 else { return [] }
    let source = base + start
    used = start
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let target = buffer.baseAddress { target.moveInitialize(from: source, count: count) }
      initialized = count
    }
  }

  /// Drops everything from `start` upwards.
  @inlinable public mutating func truncate(to start: Int) {
    guard start < used else { return }
    (base + start).deinitialize(count: used - start)
    used = start
  }
}
