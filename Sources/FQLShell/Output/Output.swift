import FQLValues

/// A buffered way to a file or to standard output.
///
/// Bytes are written when 64 KB are there, in the middle of a value too, and when somebody must see them. A failure to write is kept and told once.
final class Output {
  let descriptor: Descriptor
  /// What it is called in messages: `standard output` or a file's path.
  let name: String
  let isTerminal: Bool
  private var buffer = OutputBuffer(capacity: 0)
  private(set) var failure: SystemError?

  init(_ descriptor: Descriptor, name: String) {
    self.descriptor = descriptor
    self.name = name
    isTerminal = descriptor.isTerminal
    buffer = OutputBuffer(limit: 1 << 16) { [unowned self] bytes in send(bytes) }
  }

  /// Appends to the buffer in place.
  func write<Failure: Error>(_ body: (inout OutputBuffer) throws(Failure) -> Void) throws(Failure) {
    try body(&buffer)
    buffer.handOnIfFull()
  }

  func line(_ text: String) {
    write { out in
      out.append(text)
      out.append(UInt8(ascii: "\n"))
    }
  }

  /// Writes what is in the buffer.
  func flush() { buffer.handOn() }

  private func send(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard failure == nil else { return }
    do throws(SystemError) {
      try descriptor.write(bytes)
    } catch {
      failure = error
    }
  }
}
