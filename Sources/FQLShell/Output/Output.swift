import FQLValues

/// A buffered way to a file or to standard output.
///
/// Bytes are written when 64 KB are there and when somebody must see them. A failure to write is kept and told once.
final class Output {
  let descriptor: Descriptor
  /// What it is called in messages: `standard output` or a file's path.
  let name: String
  let isTerminal: Bool
  private var buffer = OutputBuffer(capacity: 1 << 16)
  private(set) var failure: SystemError?
  private static let limit = 1 << 16

  init(_ descriptor: Descriptor, name: String) {
    self.descriptor = descriptor
    self.name = name
    isTerminal = descriptor.isTerminal
  }

  /// Appends to the buffer in place.
  func write<Failure: Error>(_ body: (inout OutputBuffer) throws(Failure) -> Void) throws(Failure) {
    try body(&buffer)
    if buffer.count >= Output.limit { flush() }
  }

  func line(_ text: String) {
    write { out in
      out.append(text)
      out.append(UInt8(ascii: "\n"))
    }
  }

  /// Writes what is in the buffer.
  func flush() {
    guard !buffer.isEmpty else { return }
    if failure == nil {
      let descriptor = descriptor
      failure = buffer.withBytes { bytes in
        do throws(SystemError) {
          try descriptor.write(bytes)
          return nil
        } catch {
          return error
        }
      }
    }
    buffer.removeAll()
  }
}
