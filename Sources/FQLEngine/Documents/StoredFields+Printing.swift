import FQLValues

// Documents are printed from their bytes in the store, without values in between.

extension StoredFields {
  var areInJavaScriptOrder: Bool { read { $0.areInJavaScriptOrder() } }

  func print(to printer: inout LiteralPrinter) {
    read { $0.print(fieldsTo: &printer) }
  }

  var encoding: any FieldEncoding { withUnsafeMutablePointerToHeader { $0.pointee.names } }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeMutablePointers { header, bytes in
      body(UnsafeRawBufferPointer(start: bytes, count: header.pointee.count))
    }
  }
}

extension SchemaView: FieldEncoding {
  package func print(_ fields: UnsafeRawBufferPointer, to printer: inout LiteralPrinter) {
    var reader = ValueReader(bytes: fields, position: 0, names: self, pendingTime: nil)
    reader.print(fieldsTo: &printer)
  }
}

extension ValueReader {
  /// Steps over the fields that stand here; false where a key is an array index, which JavaScript moves to the front.
  fileprivate mutating func areInJavaScriptOrder() -> Bool { areInJavaScriptOrder(varint()) }

  private mutating func areInJavaScriptOrder(_ count: UInt64) -> Bool {
    for _ in 0..<count {
      if isAtEnd { break }
      let length = varint()
      if !isAtEnd, bytes[position] >= 48, bytes[position] <= 57 {
        let key = slice(Int(truncatingIfNeeded: length)).assumingMemoryBound(to: UInt8.self)
        if JavaScriptKey.index(key) != nil { return false }
      } else {
        step(over: length)
      }
      if !isAtEnd, bytes[position] == ValueCodec.Tag.string {
        position &+= 1
        step(over: varint())
      } else {
        skip()
      }
    }
    return true
  }

  /// Prints the fields that stand here.
  fileprivate mutating func print(fieldsTo printer: inout LiteralPrinter) { print(fields: varint(), to: &printer) }

  private mutating func print(fields count: UInt64, to printer: inout LiteralPrinter) {
    for _ in 0..<count {
      if isAtEnd { break }
      print(valueTo: &printer, key: utf8())
    }
  }

  /// Prints the value that stands here, with the key of a field; neither if the value cannot be written.
  @inline(__always)
  private mutating func print(valueTo printer: inout LiteralPrinter, key: UnsafeBufferPointer<UInt8>?) {
    switch isAtEnd ? ValueCodec.Tag.null : bytes[position] {
    case ValueCodec.Tag.string:
      position &+= 1
      let text = utf8()
      if let key { printer.field(key, text) } else { printer.string(text) }
    case ValueCodec.Tag.integer:
      position &+= 1
      let number = signed()
      if let key { printer.field(key, number) } else { printer.integer(number) }
    default: print(otherTo: &printer, key: key)
    }
  }

  /// The same for values that are neither strings nor integers.
  private mutating func print(otherTo printer: inout LiteralPrinter, key: UnsafeBufferPointer<UInt8>?) {
    let start = position
    switch byte() {
    case ValueCodec.Tag.array:
      _ = size()
      let count = varint()
      if let key { printer.key(key) }
      guard printer.showsAll(count) else { return printWhole(at: start, to: &printer) }
      printer.openArray()
      for _ in 0..<count {
        if isAtEnd { break }
        print(valueTo: &printer, key: nil)
      }
      printer.close()
    case ValueCodec.Tag.object, ValueCodec.Tag.wideObject:
      _ = size()
      if let key { printer.key(key) }
      let count = bytes[start] == ValueCodec.Tag.object ? varint() : skipFieldTable()
      let fields = position
      guard printer.showsAll(0), areInJavaScriptOrder(count) else { return printWhole(at: start, to: &printer) }
      position = fields
      printer.openObject()
      print(fields: count, to: &printer)
      printer.close()
    default:
      position = start
      let value = value()
      guard value.isRenderable else { return }
      if let key { printer.key(key) }
      printer.value(value)
    }
  }

  /// Steps over so many bytes, or over all that are left.
  @inline(__always)
  private mutating func step(over count: UInt64) {
    let rest = end &- position
    position = count <= UInt64(truncatingIfNeeded: rest) ? position &+ Int(truncatingIfNeeded: count) : end
  }

  /// The bytes of the text that stands here.
  @inline(__always)
  private mutating func utf8() -> UnsafeBufferPointer<UInt8> {
    slice(Int(truncatingIfNeeded: varint())).assumingMemoryBound(to: UInt8.self)
  }

  /// Prints a value as one that is at hand, where it is not shown whole or not in its order.
  private mutating func printWhole(at start: Int, to printer: inout LiteralPrinter) {
    position = start
    printer.value(value())
  }
}
