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
    // What is not used of it is no memory yet; what was moved is touched twice, and that as seldom as can be.
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 4)
    larger.moveInitialize(from: base, count: used)
    base.deallocate()
    base = larger
    capacity *= 4
  }

  /// All elements, copied.
  @inlinable public var elements: [Element] { Array(UnsafeBufferPointer(start: base, count: used)) }

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

  /// Moves the top out.
  @inlinable public mutating func pop() -> Element {
    precondition(used > 0)
    used -= 1
    return (base + used).move()
  }

  /// Moves everything from `start` upwards into an array.
  @inlinable public mutating func popArray(from start: Int) -> [Element] {
    popArray(from: start) { $0 }
  }

  /// Moves everything from `start` upwards into an array of what is made of it.
  @inlinable public mutating func popArray<Result>(
    from start: Int, _ transform: (consuming Element) -> Result
  ) -> [Result] {
    precondition(start >= 0)
    guard start < used else { return [] }
    let count = used - start
    used = start
    let top = base + start
    return MoveStack.array(count) { transform((top + $0).move()) }
  }

  /// Moves everything from `start` upwards, together with as many elements on top of another stack, into an array of what is made
  /// of each two.
  @inlinable public mutating func popArray<Other, Result>(
    from start: Int, with other: inout MoveStack<Other>, _ transform: (consuming Element, consuming Other) -> Result
  ) -> [Result] {
    precondition(start >= 0)
    guard start < used else { return [] }
    let count = used - start
    precondition(other.used >= count)
    used = start
    other.used -= count
    let top = base + start
    let otherTop = other.base + other.used
    return MoveStack.array(count) { transform((top + $0).move(), (otherTop + $0).move()) }
  }

  /// An array of that many elements, which are asked for in order.
  ///
  /// One whose number is written out is made in half the time of one that has to be told; and one that is initialised at once is twice as
  /// dear as that, since the standard library does not specialise it.
  @inlinable
  @inline(__always)
  static func array<Result>(_ count: Int, _ element: (Int) -> Result) -> [Result] {
    switch count {
    case 1: return [element(0)]
    case 2: return [element(0), element(1)]
    case 3: return [element(0), element(1), element(2)]
    case 4: return [element(0), element(1), element(2), element(3)]
    case 5: return [element(0), element(1), element(2), element(3), element(4)]
    case 6: return [element(0), element(1), element(2), element(3), element(4), element(5)]
    default:
      var list: [Result] = []
      list.reserveCapacity(count)
      for place in 0..<count { list.append(element(place)) }
      return list
    }
  }

  /// Drops everything from `start` upwards.
  @inlinable public mutating func truncate(to start: Int) {
    guard start < used else { return }
    (base + start).deinitialize(count: used - start)
    used = start
  }
}
