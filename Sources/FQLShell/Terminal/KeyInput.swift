/// Bytes from the terminal, as they come, between which signals are seen to.
final class KeyInput {
  enum Event {
    case byte(UInt8)
    case end
    /// Nothing came in time.
    case nothing
    case signal(Int32)
  }

  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var start = 0
  private var end = 0
  private var signals: [Int32] = []

  /// The next byte, within so many milliseconds; -1 for ever.
  ///
  /// Signals are only handed out where `seesSignals`; otherwise they wait.
  func next(within milliseconds: Int32 = -1, seesSignals: Bool = true) -> Event {
    while true {
      if seesSignals, !signals.isEmpty { return .signal(signals.removeFirst()) }
      if start < end {
        start += 1
        return .byte(buffer[start - 1])
      }
      var requests = [
        pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
        pollfd(fd: Signals.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&requests, nfds_t(requests.count), milliseconds)
      if count == 0 { return .nothing }
      if count < 0, errno != EINTR { return .end }
      signals += Signals.take()
      guard count > 0, requests[0].revents != 0 else { continue }
      let length = read(0, &buffer, buffer.count)
      if length == 0 { return .end }
      if length < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        return .end
      }
      start = 0
      end = length
    }
  }

  /// A run of bytes that are there already, up to a byte that `isEnd`; for reading much at once.
  func takeAvailable(into bytes: inout [UInt8], upTo isEnd: (UInt8) -> Bool) {
    var place = start
    while place < end, !isEnd(buffer[place]) { place += 1 }
    bytes.append(contentsOf: buffer[start..<place])
    start = place
  }
}
