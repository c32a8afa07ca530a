extension OutputBuffer {
  /// Appends a value as one line of JSON: what a JavaScript program gets by encoding the result again.
  ///
  /// Tagged values stay tagged, objects that were escaped are not, and numbers are JavaScript's.
  public mutating func append(json value: Value, commitTime: Int64? = nil) {
    var printer = JSONPrinter(commitTime: commitTime)
    printer.write(value, to: &self)
  }
}

private struct JSONPrinter {
  let commitTime: Int64?
  var depth = 0

  mutating func write(_ value: Value, to out: inout OutputBuffer) {
    switch value {
    case .double(let number) where number.isFinite:
      out.append(javaScript: number == 0 ? 0 : number)  // JSON.stringify(-0) is 0.
      return
    default: break
    }
    let shape = value.shape
    if case .leaf = shape {
      out.append(wire: value, commitTime: commitTime)
      return
    }
    guard depth < Limits.printedNesting else {
      out.append("null")
      return
    }
    depth += 1
    defer { depth -= 1 }
    var isFirst = true
    switch shape {
    case .leaf: break
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for element in elements where element.isRenderable {
        if isFirst { isFirst = false } else { out.append(UInt8(ascii: ",")) }
        out.handOnIfFull()
        write(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let fields):
      out.append(UInt8(ascii: "{"))
      for field in fields.inJavaScriptOrder where field.value.isRenderable {
        if isFirst { isFirst = false } else { out.append(UInt8(ascii: ",")) }
        out.handOnIfFull()
        out.append(json: field.key)
        out.append(UInt8(ascii: ":"))
        write(field.value, to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }
}
