import FQLValues

extension Shell {
  private static let shownBytes = 256 << 10

  /// Prints as much of a result as is set, ending with a line.
  func showBeginning(of text: borrowing OutputBuffer) {
    let limit = settings.lines ?? .max
    let (end, left) = text.withBytes { bytes in
      var lines = 0
      var end = bytes.count
      var isCut = false
      var left = 0
      var lastLineEnd = 0
      for (place, byte) in bytes.enumerated() where byte == 0x0A {
        if isCut {
          left += 1
        } else if lines == limit || (settings.lines != nil && place >= Shell.shownBytes) {
          isCut = true
          end = lastLineEnd
          left = 1
        } else {
          lines += 1
          lastLineEnd = place + 1
        }
      }
      if isCut, end == 0, limit > 0 {
        // One line alone is too long: as much of it as whole characters allow.
        end = min(Shell.shownBytes, bytes.count)
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
      }
      return (end, left)
    }
    output.write { out in
      text.withBytes { bytes in
        out.append(UnsafeBufferPointer(rebasing: bytes[..<end]))
        if end > 0, bytes[end - 1] != 0x0A { out.append("...\n") }
      }
    }
    guard left > 0 else { return }
    tell(notices.styles.dim("(\(left) more line\(left == 1 ? "" : "s"); .last shows all)"))
  }
}
