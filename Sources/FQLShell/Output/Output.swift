import FQLValues

/// A buffered way to a file or to standard output.
///
/// Bytes are written when 64 KB are there, in the middle of a value too, and when somebody must see them. A failure to write is kept
/// and told once.
///
/// Documents can be put on a tape instead of being printed. When it is full, a thread of its own prints it, while the next one is filled;
/// whoever writes anything else waits for it.
final class Output {
  let descriptor: Descriptor
  /// What it is called in messages: `standard output` or a file's path.
  let name: String
  let isTerminal: Bool
  private var buffer = OutputBuffer(capacity: 0)
  private var knownFailure: SystemError?

  private var tape = DocumentTape(capacity: 0)
  /// The tape that is being printed.
  private var printed = DocumentTape(capacity: 0)
  private var printer = LiteralPrinter()
  private let worker = Worker()
  private static let tapeBytes = 1 << 16

  init(_ descriptor: Descriptor, name: String) {
    self.descriptor = descriptor
    self.name = name
    isTerminal = descriptor.isTerminal
    buffer = OutputBuffer(limit: 1 << 16) { [unowned self] bytes in send(bytes) }
  }

  deinit { worker.wait() }

  /// Why nothing can be written any more. Of what is being printed it is known later.
  var failure: SystemError? { worker.isBusy ? nil : knownFailure }

  /// Appends to the buffer in place.
  func write<Failure: Error>(_ body: (inout OutputBuffer) throws(Failure) -> Void) throws(Failure) {
    printTape()
    try body(&buffer)
    buffer.handOnIfFull()
  }

  func line(_ text: String) {
    write { out in
      out.append(text)
      out.append(UInt8(ascii: "\n"))
    }
  }

  /// Prints a document with a line end in the literal format, as written by a transaction of that time, now or later; false where it has
  /// to be printed in another way.
  func write(_ document: Document, commitTime: Int64) -> Bool {
    guard tape.append(document, commitTime: commitTime) else { return false }
    if tape.count >= Output.tapeBytes {
      worker.wait()
      swap(&tape, &printed)
      worker.start { [unowned self] in printed.print(with: &printer, to: &buffer) }
    }
    return true
  }

  /// Writes what is in the buffer.
  func flush() {
    printTape()
    buffer.handOn()
  }

  /// Prints what is on the tapes.
  private func printTape() {
    worker.wait()
    if !tape.isEmpty { tape.print(with: &printer, to: &buffer) }
  }

  private func send(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard knownFailure == nil else { return }
    do throws(SystemError) {
      try descriptor.write(bytes)
    } catch {
      knownFailure = error
    }
  }
}
