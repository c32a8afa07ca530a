// The layout of Node 10, and of the documentation of 2018 and 2019: 60 columns, the first entry beside the bracket.
//
// A container stands on one line where its entries take no more than 60 columns. So a value longer than that breaks every
// container around it, and stands below its key in each of them. Everything is therefore written on one line at first, with the
// places remembered where a space may yet become a line end; at most a line's worth of text in each open container waits so.

extension LiteralPrinter {
  /// What the older layout keeps of the containers that are open.
  struct LegacyState: ~Copyable {
    /// The innermost container; at the top, something that never ends.
    var frame = Frame(kind: .top, isBroken: true, indentation: 0)
    /// The containers around it.
    var outer = MoveStack<Frame>()
    /// The spaces that become line ends if a value turns out long: none once all open containers are broken.
    var gaps = MoveStack<OutputBuffer.LineBreak>()
  }

  struct Frame {
    enum Kind: UInt8 { case top, array, object }

    var kind: Kind
    /// True once it is known not to fit on one line; then so are all around it.
    var isBroken = false
    var indentation: Int
    /// Where the bracket stands.
    var start = 0
    /// The number of gaps around it.
    var outerGaps = 0
    /// How many entries there are.
    var count = 0
    /// What they take, in UTF-16 units, without what separates them.
    var length = 0
  }

  private static var lineLength: Int { 60 }
  private static var shownElements: Int { 100 }

  // MARK: Values

  /// Prints a value where one is wanted: at the top, in an array, or after a key.
  package mutating func value(_ value: Value) {
    switch value {
    case .string(let string): self.string(string)
    case .action(let action): string(action.name)
    case .double(let number) where !number.isFinite: string(number.wireText)
    case .null, .boolean: word(value, .keyword)
    case .integer(let number):
      let start = beginLeaf(.number)
      text.append(decimal: number)
      endLeaf(length: text.count - start, .number)
    case .double, .transactionTime: word(value, .number)
    case .uuid(let uuid): object([.init("@uuid", .string(uuid.text))])
    case .object(let object): self.object(object.fields)
    case .array(let elements): array(elements)
    case .document(let document): self.document(document)
    default:
      switch value.shape {
      case .leaf: scalar(value)
      case .array(let elements): array(elements)
      case .object(let fields): object(fields)
      }
    }
  }

  /// Prints a field of an object, unless its value cannot be written.
  package mutating func field(_ key: String, _ value: Value) {
    guard value.isRenderable else { return }
    var key = key
    key.withUTF8 { self.key($0) }
    self.value(value)
  }

  private mutating func string(_ string: String) {
    var string = string
    string.withUTF8 { self.string($0) }
  }

  private mutating func scalar(_ value: Value) {
    let style = style(of: value)
    let start = beginLeaf(style)
    text.append(scalarText: value, commitTime: options.commitTime)
    endLeaf(from: start, style)
  }

  /// A number or a word, which is ASCII.
  private mutating func word(_ value: Value, _ style: TextStyle) {
    let start = beginLeaf(style)
    text.append(scalarText: value, commitTime: options.commitTime)
    endLeaf(length: text.count - start, style)
  }

  private mutating func array(_ elements: [Value]) {
    guard !isTooDeep else { return omit(elements.contains(where: \.isRenderable) ? "[Array]" : nil, .array) }
    let shown = options.cutsArrays ? LiteralPrinter.shownElements : .max
    var hidden = 0
    openArray()
    for element in elements where element.isRenderable {
      if legacy.frame.count < shown { value(element) } else { hidden += 1 }
    }
    if hidden > 0 {
      let start = beginLeaf(.omission)
      text.append(moreItems: hidden)
      endLeaf(from: start, .omission)
    }
    close()
  }

  private mutating func object(_ fields: [Object.Field]) {
    guard !isTooDeep else { return omit(fields.contains(where: \.value.isRenderable) ? "[Object]" : nil, .object) }
    openObject()
    for field in fields.inJavaScriptOrder { self.field(field.key, field.value) }
    close()
  }

  private mutating func document(_ document: Document) {
    guard !isTooDeep, document.body.isInJavaScriptOrder else { return object(document.visibleObject.fields) }
    openObject()
    field("ref", .ref(document.ref))
    field("ts", document.tsValue)
    switch document.body {
    case .object(let object): for field in object.fields { self.field(field.key, field.value) }
    case .encoded(let fields): fields.print(to: &self)
    }
    close()
  }

  // MARK: Pieces of values

  /// False where an array of so many elements, or an object, is not shown as a whole: then it has to be printed as a value.
  package func showsAll(_ elements: UInt64) -> Bool {
    !isTooDeep && (!options.cutsArrays || elements <= UInt64(LiteralPrinter.shownElements))
  }

  /// Opens an array; values follow, up to `close`.
  package mutating func openArray() { open(.array) }

  /// Opens an object; keys and values follow, up to `close`.
  package mutating func openObject() { open(.object) }

  private mutating func open(_ kind: Frame.Kind) {
    beginValue()
    let indentation =
      switch legacy.frame.kind {
      case .top: 0
      case .array: legacy.frame.indentation + 2
      case .object: legacy.frame.indentation + 3
      }
    legacy.outer.push(legacy.frame)
    legacy.frame = Frame(kind: kind, indentation: indentation, start: text.count, outerGaps: legacy.gaps.count)
    text.append(kind == .array ? UInt8(ascii: "[") : UInt8(ascii: "{"))
  }

  /// Ends the container that was opened last.
  package mutating func close() {
    let frame = legacy.frame
    guard frame.kind != .top else { return }
    legacy.frame = legacy.outer[legacy.outer.count - 1]
    legacy.outer.truncate(to: legacy.outer.count - 1)
    if frame.count == 0 {
      text.truncate(to: frame.start)
      return omission(nil, frame.kind)
    }
    text.append(UInt8(ascii: " "))
    text.append(frame.kind == .array ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    if frame.isBroken {
      endValue(length: .max)
    } else {
      legacy.gaps.truncate(to: frame.outerGaps)
      endValue(length: frame.length + 2 * frame.count + 2)
    }
  }

  /// Prints a key of the object that is open.
  package mutating func key(_ bytes: UnsafeBufferPointer<UInt8>) {
    beginEntry()
    let start = text.count
    if bytes.isPlainName {
      text.append(bytes)
      legacy.frame.length += bytes.count + 2
    } else {
      text.append(quoted: bytes, era: .legacy)
      if options.escapesControls { text.escapeControls(from: start, keepsLineEnds: false) }
      legacy.frame.length += text.utf16Length(from: start) + 2
    }
    text.append(": ")
    addGap(indentation: legacy.frame.indentation + 3)
  }

  /// Prints a string.
  package mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
    let start = beginLeaf(.string)
    if bytes.isPlainText {
      text.append(UInt8(ascii: "'"))
      text.append(bytes)
      text.append(UInt8(ascii: "'"))
      endLeaf(length: bytes.count + 2, .string)
    } else {
      text.append(quoted: bytes, era: .legacy)
      endLeaf(from: start, .string)
    }
  }

  /// True where the containers that would be opened are not shown.
  private var isTooDeep: Bool { isTooDeep(legacy.outer.count) }

  /// Prints what stands for a container that is not shown.
  private mutating func omit(_ content: StaticString?, _ kind: Frame.Kind) {
    beginValue()
    omission(content, kind)
  }

  private mutating func omission(_ content: StaticString?, _ kind: Frame.Kind) {
    let style: TextStyle = content == nil ? .plain : .omission
    let start = beginColor(style)
    text.append(content ?? (kind == .array ? "[]" : "{}"))
    endLeaf(from: start, style)
  }

  /// Writes what stands before a leaf, and tells where its text begins.
  private mutating func beginLeaf(_ style: TextStyle) -> Int {
    beginValue()
    return beginColor(style)
  }

  private mutating func beginColor(_ style: TextStyle) -> Int {
    if let colors = options.colors { text.append(colors.openings[Int(style.rawValue)]) }
    return text.count
  }

  private mutating func endLeaf(from start: Int, _ style: TextStyle) {
    if options.escapesControls { text.escapeControls(from: start, keepsLineEnds: style == .string) }
    endLeaf(length: text.utf16Length(from: start), style)
  }

  private mutating func endLeaf(length: Int, _ style: TextStyle) {
    if let colors = options.colors, !colors.openings[Int(style.rawValue)].isEmpty { text.append(colors.closing) }
    endValue(length: length)
  }

  // MARK: Lines

  /// Writes what stands before a value that has no key.
  private mutating func beginValue() {
    if legacy.frame.kind == .array { beginEntry() }
  }

  private mutating func beginEntry() {
    let indentation = legacy.frame.indentation + 2
    legacy.frame.count += 1
    if legacy.frame.count == 1 {
      text.append(UInt8(ascii: " "))
    } else if legacy.frame.isBroken {
      text.append(UInt8(ascii: ","))
      text.handOnIfFull()
      text.append(lineEnd: indentation)
    } else {
      text.append(", ")
      addGap(indentation: indentation)
    }
  }

  /// Notes that the last space may become a line end.
  private mutating func addGap(indentation: Int) {
    legacy.gaps.push(OutputBuffer.LineBreak(place: text.count - 1, indentation: indentation))
  }

  /// Counts a value that was written, and breaks the lines around it where it is too long for them.
  private mutating func endValue(length: Int) {
    guard legacy.frame.kind != .top else { return }
    if length > LiteralPrinter.lineLength {
      breakLines()
    } else {
      // The value stands beside its key.
      if legacy.frame.kind == .object { legacy.gaps.truncate(to: legacy.gaps.count - 1) }
      legacy.frame.length += length
      if legacy.frame.length + legacy.frame.count > LiteralPrinter.lineLength { breakLines() }
    }
  }

  /// Turns all gaps into line ends.
  private mutating func breakLines() {
    text.breakLines(at: legacy.gaps)
    legacy.gaps.truncate(to: 0)
    guard !legacy.frame.isBroken else { return }
    legacy.frame.isBroken = true
    var place = legacy.outer.count - 1
    while place >= 0, !legacy.outer[place].isBroken {
      legacy.outer[place].isBroken = true
      place -= 1
    }
  }
}

extension Document.Body {
  /// False where a key is an array index, which JavaScript moves to the front.
  fileprivate var isInJavaScriptOrder: Bool {
    switch self {
    case .object(let object): object.fields.areInJavaScriptOrder
    case .encoded(let fields): fields.areInJavaScriptOrder
    }
  }
}
