/// A growing run of bytes that printers append to and that is emptied and used again.
///
/// Raw memory rather than `[UInt8]`: an append is a bounds check and a store, without the check for a shared array, and every
/// result of a program goes through here. Only this file touches the pointer.
public struct OutputBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  public private(set) var count = 0
  private var capacity: Int
  /// From how many bytes on they are handed on.
  private var limit = Int.max
  private var receiver: ((UnsafeBufferPointer<UInt8>) -> Void)?

  public init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  /// A buffer whose content goes to a receiver, from time to time, when there is as much as `limit` says.
  public init(limit: Int, receiver: @escaping (UnsafeBufferPointer<UInt8>) -> Void) {
    self.init(capacity: limit + limit / 8)
    self.limit = limit
    self.receiver = receiver
  }

  deinit { base.deallocate() }

  public var isEmpty: Bool { count == 0 }

  /// Forgets the content and keeps the memory.
  public mutating func removeAll() { count = 0 }

  /// Forgets what was appended after that many bytes.
  public mutating func truncate(to count: Int) {
    if count < self.count { self.count = max(count, 0) }
  }

  /// Hands on the content where there is much of it. Who does so must not hold on to any place in it.
  @inline(__always)
  public mutating func handOnIfFull() {
    if count >= limit { handOn() }
  }

  /// Hands on the content to the receiver, if there is one.
  @inline(never)
  public mutating func handOn() {
    guard let receiver, count > 0 else { return }
    withBytes { receiver($0) }
    count = 0
  }

  /// Makes room for a piece of text of no more than that many bytes, and gives what writes it; `end` takes what was written.
  @inline(__always)
  mutating func pen(room: Int) -> Pen {
    reserve(room &+ Pen.slack)
    return Pen(at: base + count)
  }

  /// Ends what a pen wrote, or takes it back where the pen is one from before.
  @inline(__always)
  mutating func end(_ pen: Pen) { count = pen.next - base }

  /// How many bytes there are before a pen.
  @inline(__always)
  func place(of pen: Pen) -> Int { pen.next - base }

  /// Makes room for that many more bytes.
  public mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(extra) }
  }

  @inline(never)
  private mutating func grow(_ extra: Int) {
    let wanted = max(capacity * 2, count + extra)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
    larger.initialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity = wanted
  }

  /// Reads the content in place.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeBufferPointer(start: base, count: count))
  }

  /// The content as text.
  public var string: String {
    String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
  }

  public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Appends one byte.
  @inline(__always)
  public mutating func append(_ byte: UInt8) {
    if count == capacity { grow(1) }
    base[count] = byte
    count += 1
  }

  /// Appends a literal piece of text.
  @inline(__always)
  public mutating func append(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    reserve(length)
    (base + count).initialize(from: text.utf8Start, count: length)
    count += length
  }

  /// Appends the UTF-8 of a string. What is said literally is no string, which the compiler would otherwise make of it.
  @_disfavoredOverload
  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends bytes.
  public mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    (base + count).move(from: start, count: bytes.count)
    count += bytes.count
  }

  /// Appends bytes.
  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  /// Appends the same byte several times.
  public mutating func append(_ byte: UInt8, times: Int) {
    guard times > 0 else { return }
    reserve(times)
    (base + count).initialize(repeating: byte, count: times)
    count += times
  }

  /// Appends an integer in decimal.
  public mutating func append(decimal value: Int64) {
    var pen = pen(room: 20)
    pen.put(decimal: value)
    end(pen)
  }

  /// Appends an integer in decimal, with leading zeros up to `width` digits.
  public mutating func append(decimal value: UInt64, width: Int = 1) {
    let start = count
    var pen = pen(room: max(20, width))
    pen.put(decimal: value)
    end(pen)
    let missing = width - (count - start)
    guard missing > 0 else { return }
    (base + start + missing).update(from: base + start, count: count - start)
    (base + start).update(repeating: UInt8(ascii: "0"), count: missing)
    count += missing
  }

  /// Appends what the standard library shows for a double: the shortest digits that read back.
  mutating func append(description value: Double) {
    reserve(NumberRoom.size)
    var room = NumberRoom(start: base + count)
    value.write(to: &room)
    count += room.used
  }

  /// Appends a line end and spaces.
  mutating func append(lineEnd indentation: Int) {
    append(UInt8(ascii: "\n"))
    append(UInt8(ascii: " "), times: indentation)
  }

  /// A place of a byte that becomes a line end with spaces behind it.
  struct LineBreak {
    var place: Int
    var indentation: Int
  }

  /// Makes line ends of bytes at ascending places.
  mutating func breakLines(at breaks: borrowing MoveStack<LineBreak>) {
    var extra = 0
    var number = breaks.count
    while number > 0 {
      number &-= 1
      extra += breaks[number].indentation
    }
    reserve(extra)
    var end = count
    count += extra
    number = breaks.count
    while number > 0 {
      number &-= 1
      let gap = breaks[number]
      let start = base + gap.place + 1
      let target = start + extra
      target.move(from: start, count: end - gap.place - 1)
      extra -= gap.indentation
      (target - gap.indentation).fillWithSpaces(gap.indentation)
      (target - gap.indentation - 1)[0] = UInt8(ascii: "\n")
      end = gap.place
    }
  }

  /// How many UTF-16 units the text from `start` on has.
  func utf16Length(from start: Int) -> Int {
    var place = start
    var union: UInt64 = 0
    while place + 8 <= count {
      union |= UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
      place += 8
    }
    while place < count {
      union |= UInt64(base[place])
      place += 1
    }
    if union & 0x8080_8080_8080_8080 == 0 { return count - start }
    var length = 0
    for byte in UnsafeBufferPointer(start: base + start, count: count - start) where byte & 0xC0 != 0x80 {
      // What goes on with a character counts nothing; what begins one beyond U+FFFF counts twice.
      length += byte >= 0xF0 ? 2 : 1
    }
    return length
  }

  /// Appends a Unicode scalar in UTF-8.
  public mutating func append(scalar: Unicode.Scalar) {
    if scalar.isASCII {
      append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(unit) }
    }
  }
}

/// Room for the text of one number, which the standard library writes there.
private struct NumberRoom: TextOutputStream {
  static let size = 32
  let start: UnsafeMutablePointer<UInt8>
  var used = 0

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { _writeASCII($0) }
  }

  /// What the standard library calls where it has bytes, and no string has to be made.
  mutating func _writeASCII(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress, bytes.count <= NumberRoom.size - used else { return }
    (start + used).initialize(from: source, count: bytes.count)
    used += bytes.count
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Copies bytes that may overlap the target. A few are taken up whole before they are put down, without a call.
  @inline(__always)
  fileprivate func move(from source: UnsafePointer<UInt8>, count: Int) {
    let from = UnsafeRawPointer(source)
    let to = UnsafeMutableRawPointer(self)
    switch count {
    case 17...32: to.copyEnds(of: from, count, as: SIMD2<UInt64>.self)
    case 8...16: to.copyEnds(of: from, count, as: UInt64.self)
    case 4...7: to.copyEnds(of: from, count, as: UInt32.self)
    case 2...3: to.copyEnds(of: from, count, as: UInt16.self)
    case 1: self[0] = source[0]
    default: to.copyMemory(from: from, byteCount: count)
    }
  }

  /// Writes spaces and nothing else; a few without a call.
  @inline(__always)
  fileprivate func fillWithSpaces(_ count: Int) {
    let to = UnsafeMutableRawPointer(self)
    switch count {
    case 4...7:
      to.storeBytes(of: 0x2020_2020, as: UInt32.self)
      to.storeBytes(of: 0x2020_2020, toByteOffset: count &- 4, as: UInt32.self)
    case 2...3:
      to.storeBytes(of: 0x2020, as: UInt16.self)
      to.storeBytes(of: 0x2020, toByteOffset: count &- 2, as: UInt16.self)
    default: update(repeating: UInt8(ascii: " "), count: count)
    }
  }
}

extension UnsafeMutableRawPointer {
  /// Copies the first and the last bytes of a source, which together are all of it.
  @inline(__always)
  fileprivate func copyEnds<Word: BitwiseCopyable>(of source: UnsafeRawPointer, _ count: Int, as type: Word.Type) {
    let rest = count &- MemoryLayout<Word>.size
    let first = source.loadUnaligned(as: type)
    let last = source.loadUnaligned(fromByteOffset: rest, as: type)
    storeBytes(of: first, as: type)
    storeBytes(of: last, toByteOffset: rest, as: type)
  }
}
