import FQLValues

// Documents are printed from their bytes in the store, without values in between.

extension StoredFields {
  var areInJavaScriptOrder: Bool { read { $0.areInJavaScriptOrder() } }

  func print(to printer: inout LiteralPrinter) {
    read { $0.print(fieldsTo: &printer) }
  }
}

extension ValueReader {
  /// Steps over the fields that stand here; false where a key is an array index, which JavaScript moves to the front.
  fileprivate mutating func areInJavaScriptOrder() -> Bool {
    for _ in 0..<varint() {
      if isAtEnd { break }
      if JavaScriptKey.index(utf8()) != nil { return false }
      skip()
    }
    return true
  }

  /// Prints the fields that stand here.
  fileprivate mutating func print(fieldsTo printer: inout LiteralPrinter) {
    for _ in 0..<varint() {
      if isAtEnd { break }
      print(valueTo: &printer, key: utf8())
    }
  }

  /// Prints the value that stands here, with the key of a field; neither if the value cannot be written.
  private mutating func print(valueTo printer: inout LiteralPrinter, key: UnsafeBufferPointer<UInt8>? = nil) {
    let start = position
    switch byte() {
    case ValueCodec.Tag.string:
      let text = utf8()
      if let key { printer.key(key) }
      printer.string(text)
    case ValueCodec.Tag.array:
      _ = size()
      let count = varint()
      if let key { printer.key(key) }
      guard printer.showsAll(count) else { return printWhole(at: start, to: &printer) }
      printer.openArray()
      for _ in 0..<count {
        if isAtEnd { break }
        print(valueTo: &printer)
      }
      printer.close()
    case ValueCodec.Tag.object:
      _ = size()
      if let key { printer.key(key) }
      var look = self
      guard printer.showsAll(0), look.areInJavaScriptOrder() else { return printWhole(at: start, to: &printer) }
      printer.openObject()
      print(fieldsTo: &printer)
      printer.close()
    default:
      position = start
      let value = value()
      guard value.isRenderable else { return }
      if let key { printer.key(key) }
      printer.value(value)
    }
  }

  /// The bytes of the text that stands here.
  private mutating func utf8() -> UnsafeBufferPointer<UInt8> {
    slice(Int(truncatingIfNeeded: varint())).assumingMemoryBound(to: UInt8.self)
  }

  /// Prints a value as one that is at hand, where it is not shown whole or not in its order.
  private mutating func printWhole(at start: Int, to printer: inout LiteralPrinter) {
    position = start
    printer.value(value())
  }
}
