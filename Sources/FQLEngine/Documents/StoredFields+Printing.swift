import FQLValues

// Documents are printed from their bytes in the store, without values in between.

extension StoredFields {
  var areInJavaScriptOrder: Bool {
    read { reader in
      var reader = reader
      return reader.areInJavaScriptOrder()
    }
  }

  func print(to printer: inout LiteralPrinter) {
    read { $0.print(fieldsTo: &printer) }
  }
}

extension ValueReader {
  /// Steps over the fields that stand here; false where a key is an array index, which JavaScript moves to the front.
  fileprivate mutating func areInJavaScriptOrder() -> Bool {
    for _ in 0..<varint() {
      if isAtEnd { break }
      if JavaScriptKey.index(slice(Int(truncatingIfNeeded: varint()))) != nil { return false }
      skip()
    }
    return true
  }

  /// Prints the fields that stand here.
  fileprivate mutating func print(fieldsTo printer: inout LiteralPrinter) {
    for _ in 0..<varint() {
      if isAtEnd { break }
      let key = slice(Int(truncatingIfNeeded: varint()))
      print(valueTo: &printer, key: key)
    }
  }

  /// Prints the value that stands here, with the key of a field; neither if the value cannot be written.
  private mutating func print(valueTo printer: inout LiteralPrinter, key: UnsafeRawBufferPointer? = nil) {
    let start = position
    switch byte() {
    case ValueCodec.Tag.string:
      let text = slice(Int(truncatingIfNeeded: varint()))
      if let key { printer.key(key.assumingMemoryBound(to: UInt8.self)) }
      printer.string(text.assumingMemoryBound(to: UInt8.self))
    case ValueCodec.Tag.array:
      _ = size()
      let count = varint()
      if let key { printer.key(key.assumingMemoryBound(to: UInt8.self)) }
      guard printer.showsAll(count) else { return printWhole(at: start, to: &printer) }
      printer.openArray()
      for _ in 0..<count {
        if isAtEnd { break }
        print(valueTo: &printer)
      }
      printer.close()
    case ValueCodec.Tag.object:
      _ = size()
      if let key { printer.key(key.assumingMemoryBound(to: UInt8.self)) }
      var look = self
      guard printer.showsAll(0), look.areInJavaScriptOrder() else { return printWhole(at: start, to: &printer) }
      printer.openObject()
      print(fieldsTo: &printer)
      printer.close()
    default:
      position = start
      let value = value()
      guard value.isRenderable else { return }
      if let key { printer.key(key.assumingMemoryBound(to: UInt8.self)) }
      printer.value(value)
    }
  }

  private mutating func printWhole(at start: Int, to printer: inout LiteralPrinter) {
    position = start
    printer.value(value())
  }
}
