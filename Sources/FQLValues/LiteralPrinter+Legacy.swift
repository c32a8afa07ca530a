// The layout of Node 10, and of the documentation of 2018 and 2019: 60 columns, the first entry beside the bracket.

extension LiteralPrinter {
  mutating func measureLegacy(_ value: Value, depth: Int, indentation: Int) -> Measure {
    switch value {
    case .string(let string): return legacyString(string)
    case .action(let action): return legacyString(action.name)
    case .double(let number) where !number.isFinite: return legacyString(number.wireText)
    case .uuid(let uuid):
      return legacyObject([.init("@uuid", .string(uuid.text))], depth: depth, indentation: indentation)
    default: break
    }
    switch value.shape {
    case .leaf: return scalar(value)
    case .array(let elements): return legacyArray(elements, depth: depth, indentation: indentation)
    case .object(let fields): return legacyObject(fields, depth: depth, indentation: indentation)
    }
  }

  private func isTooDeep(_ depth: Int) -> Bool {
    depth > min(options.depth ?? .max, Limits.printedNesting)
  }

  private mutating func legacyString(_ string: String) -> Measure {
    let start = text.count
    var string = string
    string.withUTF8 { text.append(quoted: $0, era: .legacy) }
    return leaf(from: start, .string)
  }

  private mutating func legacyObject(_ fields: [Object.Field], depth: Int, indentation: Int) -> Measure {
    let fields = fields.inJavaScriptOrder
    if !fields.contains(where: \.value.isRenderable) { return empty("{}") }
    if isTooDeep(depth) { return omission("[Object]") }
    let container = open(isArray: false, indentation: indentation)
    var count = 0
    var sum = 0
    for field in fields where field.value.isRenderable {
      let keyPiece = pieces.count
      let key = key(field.key)
      let value = measureLegacy(field.value, depth: depth + 1, indentation: indentation + 3)
      let isMoved = value.length > 60
      if isMoved { pieces[keyPiece].kind = .movedKey }
      sum += key.length + value.length + (isMoved ? indentation + 4 : 1)
      count += 1
    }
    close()
    return finishLegacy(container, count: count, sum: sum)
  }

  private mutating func legacyArray(_ elements: [Value], depth: Int, indentation: Int) -> Measure {
    let elements = elements.allSatisfy(\.isRenderable) ? elements : elements.filter(\.isRenderable)
    if elements.isEmpty { return empty("[]") }
    if isTooDeep(depth) { return omission("[Array]") }
    let container = open(isArray: true, indentation: indentation)
    let shown = options.cutsArrays ? min(elements.count, 100) : elements.count
    var count = shown
    var sum = 0
    for element in elements[..<shown] {
      sum += measureLegacy(element, depth: depth + 1, indentation: indentation + 2).length
    }
    if shown < elements.count {
      sum += moreItems(elements.count - shown).length
      count += 1
    }
    close()
    return finishLegacy(container, count: count, sum: sum)
  }

  private mutating func finishLegacy(_ number: Int, count: Int, sum: Int) -> Measure {
    if 2 * count <= 60, sum + count <= 60 { return Measure(length: sum + 2 * count + 2) }
    containers[number].isBroken = true
    let separators = (count - 1) * (2 + containers[number].indentation + 2)
    return Measure(length: sum + separators + 4, hasLineEnd: true)
  }
}
