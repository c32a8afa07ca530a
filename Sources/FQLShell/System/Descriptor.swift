/// An open file of the system.
struct Descriptor: Sendable, Equatable {
  let number: Int32

  static let standardInput = Descriptor(number: 0)
  static let standardOutput = Descriptor(number: 1)
  static let standardError = Descriptor(number: 2)

  var isTerminal: Bool { isatty(number) == 1 }

  /// Reads what is there, at most `count` bytes; empty at the end.
  func read(upTo count: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
      do throws(SystemError) {
        used = try read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads what is there, at most as much as there is memory for; how much that was: 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
      let length = systemRead(number, buffer.baseAddress, buffer.count)
      if length >= 0 { return length }
      if errno == EINTR { continue }
      if errno == EAGAIN, wait() { continue }
      throw .last
    }
  }

  /// Reads everything up to the end.
  func readAll() throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let piece = try read(upTo: 1 << 16)
      if piece.isEmpty { return bytes }
      bytes.append(contentsOf: piece)
    }
  }

  /// Writes all of it.
  func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(SystemError) {
    var rest = bytes[...]
    while let start = UnsafeBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let length = systemWrite(number, start, rest.count)
      if length >= 0 {
        rest = rest.dropFirst(length)
      } else if errno != EINTR, !(errno == EAGAIN && wait(toWrite: true)) {
        throw .last
      }
    }
  }

  func write(_ text: String) throws(SystemError) {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBufferPointer { bytes in Result { () throws(SystemError) in try write(bytes) } }
    try result.get()
  }

  /// Waits until a descriptor that does not block can go on.
  private func wait(toWrite: Bool = false) -> Bool {
    var request = pollfd(fd: number, events: Int16(toWrite ? POLLOUT : POLLIN), revents: 0)
    return poll(&request, 1, -1) >= 0 || errno == EINTR
  }

  /// True where a read would not wait: there is something, or the end.
  var canRead: Bool {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) == 1
  }

  func close() { systemClose(number) }
}

// Inside of `Descriptor` the methods hide the functions of the same names.

private func systemRead(_ number: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(number, buffer, count)
}

private func systemWrite(_ number: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(number, buffer, count)
}

private func systemClose(_ number: Int32) { _ = close(number) }
