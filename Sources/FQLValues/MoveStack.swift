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
    var list: [Result] = []
    guard start < used else { return list }
    let end = used
    used = start
    // An array that is initialised at once is twice as dear: the standard library does not specialise that.
    list.reserveCapacity(end - start)
    for place in start..<end { list.append(transform((base + place).move())) }
    return list
  }

  /// Moves everything from `start` upwards, together with as many elements on top of another stack, into an array of what is made
  /// of each two.
  @inlinable public mutating func popArray<Other, Result>(
    from start: Int, with other: inout MoveStack<Other>, _ transform: (consuming Element, consuming Other) -> Result
  ) -> [Result] {
    precondition(start >= 0)
    var list: [Result] = []
    guard start < used else { return list }
    let end = used
    let difference = other.used - end
    precondition(start + difference >= 0)
    used = start
    other.used = start + difference
    list.reserveCapacity(end - start)
    for place in start..<end {
      list.append(transform((base + place).move(), (other.base + place + difference).move()))
    }
    return list
  }

  /// Drops everything from `start` upwards.
  @inlinable public mutating func truncate(to start: Int) {
    guard start < used else { return }
    (base + start).deinitialize(count: used - start)
    used = start
  }
}
