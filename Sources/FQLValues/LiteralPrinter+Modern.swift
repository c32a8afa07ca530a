// The layout of Node 12 and later: 80 columns, the three innermost levels on one line, arrays of more than six in columns.

// Square roots need libm in builds that are not optimised.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension LiteralPrinter {
  mutating func measureModern(_ value: Value, depth: Int, indentation: Int) -> Measure {
    switch value {
    case .string(let string): return modernString(string, indentation: indentation)
    case .action(let action): return modernString(action.name, indentation: indentation)
    case .double(let number) where !number.isFinite: return modernString(number.wireText, indentation: indentation)
    case .uuid(let uuid):
      return modernObject([.init("@uuid", .string(uuid.text))], depth: depth, indentation: indentation)
    default: break
    }
    switch value.shape {
    case .leaf:
      let start = text.count
      text.append(scalarText: value, commitTime: options.commitTime)
      return leaf(from: start, style(of: value))
    case .array(let elements): return modernArray(elements, depth: depth, indentation: indentation)
    case .object(let fields): return modernObject(fields, depth: depth, indentation: indentation)
    }
  }

  private mutating func modernObject(_ fields: [Object.Field], depth: Int, indentation: Int) -> Measure {
    let fields = fields.inJavaScriptOrder
    if !fields.contains(where: \.value.isRenderable) { return leaf("{}", .plain) }
    if isTooDeep(depth) { return leaf("[Object]", .omission) }
    modern.deepest = depth
    let container = openContainer(isArray: false, indentation: indentation)
    let firstMeasure = modern.entryMeasures.count
    for field in fields where field.value.isRenderable {
      var entry = measureKey(field.key)
      let value = measureModern(field.value, depth: depth + 1, indentation: indentation + 2)
      entry.length += 1 + value.length
      entry.width += 1 + value.width
      entry.hasLineEnd = entry.hasLineEnd || value.hasLineEnd
      modern.entryMeasures.append(entry)
    }
    closeContainer()
    return finishModern(container, from: firstMeasure, depth: depth)
  }

  private mutating func modernArray(_ elements: [Value], depth: Int, indentation: Int) -> Measure {
    let elements = elements.allSatisfy(\.isRenderable) ? elements : elements.filter(\.isRenderable)
    if elements.isEmpty { return leaf("[]", .plain) }
    if isTooDeep(depth) { return leaf("[Array]", .omission) }
    modern.deepest = depth
    let container = openContainer(isArray: true, indentation: indentation)
    let firstMeasure = modern.entryMeasures.count
    let shown = options.cutsArrays ? min(elements.count, 100) : elements.count
    var areNumbers = true
    for element in elements[..<shown] {
      areNumbers = areNumbers && element.isPrintedAsNumber
      let measure = measureModern(element, depth: depth + 1, indentation: indentation + 2)
      modern.entryMeasures.append(measure)
    }
    if shown < elements.count {
      areNumbers = areNumbers && elements[shown].isPrintedAsNumber
      let start = text.count
      text.append(moreItems: elements.count - shown)
      modern.entryMeasures.append(leaf(from: start, .omission))
    }
    closeContainer()
    if modern.entryMeasures.count - firstMeasure > 6 {
      group(container, from: firstMeasure, count: shown, alignsRight: areNumbers)
    }
    return finishModern(container, from: firstMeasure, depth: depth)
  }

  /// Arranges the elements of an array in columns, where they are short and alike enough.
  private mutating func group(_ number: Int, from firstMeasure: Int, count: Int, alignsRight: Bool) {
    let indentation = modern.containers[number].indentation
    let entries = modern.entryMeasures.count - firstMeasure
    var total = 0
    var longest = 0
    for measure in modern.entryMeasures[firstMeasure..<(firstMeasure + count)] {
      total += measure.width + 2
      longest = max(longest, measure.width)
    }
    let widest = longest + 2
    guard widest * 3 + indentation < 80, Double(total) / Double(widest) > 5 || longest <= 6 else { return }
    let bias = (Double(widest) - Double(total) / Double(entries)).squareRoot()
    let biased = max(Double(widest) - 3 - bias, 1)
    let wanted = Int((2.5 * biased * Double(count)).squareRoot() / biased + 0.5)
    let columns = min(wanted, (80 - indentation) / widest, 12, 15)
    guard columns > 1 else { return }
    modern.containers[number].columns = columns
    modern.containers[number].gridCount = count
    modern.containers[number].gridStart = modern.gridWidths.count
    modern.containers[number].alignsRight = alignsRight
    for measure in modern.entryMeasures[firstMeasure..<(firstMeasure + count)] {
      modern.gridWidths.append(measure.width)
    }
    for column in 0..<columns {
      var width = 0
      var place = column
      while place < count {
        width = max(width, modern.entryMeasures[firstMeasure + place].width)
        place += columns
      }
      modern.gridWidths.append(width + 2)
    }
  }

  /// Decides between one line and many, and returns the size of the whole.
  private mutating func finishModern(_ number: Int, from firstMeasure: Int, depth: Int) -> Measure {
    let container = modern.containers[number]
    let count = modern.entryMeasures.count - firstMeasure
    var sum = Measure()
    for measure in modern.entryMeasures[firstMeasure...] {
      sum.length += measure.length
      sum.width += measure.width
      sum.hasLineEnd = sum.hasLineEnd || measure.hasLineEnd
    }
    modern.entryMeasures.removeLast(count)
    let indentation = container.indentation
    if container.columns == 1, modern.deepest - depth < 3, 3 * count + indentation <= 69,
      sum.length + 2 * count + indentation <= 69, !sum.hasLineEnd
    {
      let extra = 2 * count + 2
      return Measure(length: sum.length + extra, width: sum.width + extra, hasLineEnd: false)
    }
    modern.containers[number].isBroken = true
    var rows = count
    var padding = 0
    if container.columns > 1 {
      let more = count - container.gridCount
      rows = (container.gridCount + container.columns - 1) / container.columns + more
      padding = gridPadding(container) + (container.gridCount - (rows - more))
    }
    let extra = 2 + (count - 1) + padding + rows * (indentation + 2) + indentation
    return Measure(length: sum.length + extra + rows + 1, width: sum.width + extra, hasLineEnd: true)
  }

  /// The spaces that align the columns, without the one after each comma.
  private func gridPadding(_ container: Container) -> Int {
    var padding = 0
    for place in 0..<container.gridCount {
      let column = place % container.columns
      let isLast = column == container.columns - 1 || place == container.gridCount - 1
      if isLast, !container.alignsRight { continue }
      padding +=
        modern.gridWidths[container.gridStart + container.gridCount + column]
        - modern.gridWidths[container.gridStart + place] - 2
    }
    return padding
  }

  private mutating func modernString(_ string: String, indentation: Int) -> Measure {
    let start = text.count
    var string = string
    guard string.utf8.count > 16 else {
      string.withUTF8 { text.append(quoted: $0, era: .modern) }
      return leaf(from: start, .string)
    }
    let length = string.utf16.count
    var omitted = 0
    if length > 10_000, options.cutsArrays {
      omitted = length - 10_000
      var end = string.utf16.index(string.startIndex, offsetBy: 10_000)
      if String.Index(end, within: string.unicodeScalars) == nil {
        end = string.utf16.index(before: end)
        omitted += 1
      }
      string = String(string[..<end])
    }
    let splits = length - omitted > max(16, 76 - indentation)
    string.withUTF8 { bytes in
      var pieceStart = 0
      if splits {
        for place in 0..<bytes.count where bytes[place] == 10 && place + 1 < bytes.count {
          text.append(quoted: UnsafeBufferPointer(rebasing: bytes[pieceStart...place]), era: .modern)
          text.append(" +\n")
          text.append(UInt8(ascii: " "), times: indentation + 2)
          pieceStart = place + 1
        }
      }
      text.append(quoted: UnsafeBufferPointer(rebasing: bytes[pieceStart...]), era: .modern)
    }
    if omitted > 0 {
      text.append("... ")
      text.append(decimal: Int64(omitted))
      text.append(omitted == 1 ? " more character" : " more characters")
    }
    return leaf(from: start, .string)
  }
}

extension Value {
  /// True for what JavaScript would hold as a number.
  fileprivate var isPrintedAsNumber: Bool {
    switch self {
    case .integer, .transactionTime: true
    case .double(let number): number.isFinite
    default: false
    }
  }
}
