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
    /// The number of gaps around it.
    var outerGaps = 0
    /// The place of the space behind the last key. It is a gap, too, but among them only while a container is open behind it.
    var keyGap = 0
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
    case .integer(let number): integer(number)
    case .double, .transactionTime: word(value, .number)
    case .uuid(let uuid): object([.init("@uuid", .string(uuid.text))])
    case .ref(let ref): reference(ref)
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
    switch value {
    case .string(let string): key.withBytes { key in string.withBytes { field(key, $0) } }
    case .integer(let number): key.withBytes { field($0, number) }
    default:
      guard value.isRenderable else { return }
      key.withBytes { self.key($0) }
      self.value(value)
    }
  }

  private mutating func string(_ string: String) {
    string.withBytes { self.string($0) }
  }

  private mutating func scalar(_ value: Value) {
    let style = style(of: value)
    let start = beginLeaf(style)
    text.append(scalarText: value, commitTime: options.commitTime)
    endLeaf(from: start, style)
  }

  private mutating func reference(_ ref: Ref) {
    let start = beginLeaf(.reference)
    text.append(reference: ref)
    endLeaf(from: start, .reference)
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
    elements.withUnsafeBufferPointer { elements in
      for place in elements.indices where elements[place].isRenderable {
        if legacy.frame.count < shown { value(elements[place]) } else { hidden += 1 }
      }
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
    self.fields(fields.inJavaScriptOrder)
    close()
  }

  private mutating func fields(_ fields: [Object.Field]) {
    fields.withUnsafeBufferPointer { fields in
      for place in fields.indices { field(fields[place].key, fields[place].value) }
    }
  }

  private mutating func document(_ document: Document) {
    guard !isTooDeep, document.body.isInJavaScriptOrder else { return object(document.visibleObject.fields) }
    openObject()
    if document.ref.isRenderable {
      key("ref")
      reference(document.ref)
    }
    key("ts")
    if let ts = document.ts { integer(ts) } else { value(.transactionTime) }
    switch document.body {
    case .object(let object): fields(object.fields)
    case .encoded(let fields): fields.print(to: &self)
    }
    close()
  }

  /// Opens the object of a document; fields follow, up to `close`.
  mutating func openDocument(reference: UnsafeBufferPointer<UInt8>, ts: Int64) {
    openObject()
    key("ref")
    let start = beginLeaf(.reference)
    text.append(reference)
    endLeaf(from: start, .reference)
    key("ts")
    integer(ts)
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
    var pen = beginValue(room: 1)
    pen.put(kind == .array ? UInt8(ascii: "[") : UInt8(ascii: "{"))
    text.end(pen)
    let outerGaps = legacy.gaps.count
    var indentation = 0
    switch legacy.frame.kind {
    case .top: break
    case .array: indentation = legacy.frame.indentation &+ 2
    case .object:
      indentation = legacy.frame.indentation &+ 3
      addKeyGap()
    }
    legacy.outer.push(legacy.frame)
    legacy.frame = Frame(kind: kind, indentation: indentation, outerGaps: outerGaps)
  }

  /// Ends the container that was opened last.
  package mutating func close() {
    let frame = legacy.frame
    guard frame.kind != .top else { return }
    legacy.frame = legacy.outer.pop()
    // One that is broken has no gaps any more, and those around it are broken, too.
    if !frame.isBroken { legacy.gaps.truncate(to: frame.outerGaps) }
    if frame.count == 0 {
      text.truncate(to: text.count - 1)
      return omission(nil, frame.kind)
    }
    var pen = text.pen(room: 2)
    pen.put(UInt8(ascii: " "), frame.kind == .array ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    text.end(pen)
    if !frame.isBroken { endValue(length: frame.length &+ 2 &* frame.count &+ 2) }
  }

  /// Prints a key of the object that is open.
  package mutating func key(_ bytes: UnsafeBufferPointer<UInt8>) {
    text.end(beginField(bytes, room: 0))
  }

  /// Prints a field of the object that is open.
  package mutating func field(_ key: UnsafeBufferPointer<UInt8>, _ string: UnsafeBufferPointer<UInt8>) {
    write(string, beginField(key, room: string.count &+ 2))
  }

  /// Prints a field of the object that is open.
  package mutating func field(_ key: UnsafeBufferPointer<UInt8>, _ number: Int64) {
    write(number, beginField(key, room: 20))
  }

  /// Prints a string.
  package mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
    write(bytes, beginValue(room: bytes.count &+ 2))
  }

  /// Prints an integer.
  package mutating func integer(_ number: Int64) {
    write(number, beginValue(room: 20))
  }

  private mutating func key(_ name: StaticString) {
    key(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  private mutating func quotedKey(_ bytes: UnsafeBufferPointer<UInt8>) {
    let start = text.count
    text.append(quoted: bytes, era: .legacy)
    if options.escapesControls { text.escapeControls(from: start, keepsLineEnds: false) }
    legacy.frame.length += text.utf16Length(from: start) + 2
    text.append(": ")
  }

  /// Writes a string where a pen stands, in the room that it has.
  @inline(__always)
  private mutating func write(_ string: UnsafeBufferPointer<UInt8>, _ start: Pen) {
    var pen = start
    pen.put(UInt8(ascii: "'"))
    if options.colors == nil, pen.put(plainText: string) {
      pen.put(UInt8(ascii: "'"))
      text.end(pen)
      endValue(length: string.count &+ 2)
    } else {
      text.end(start)
      quotedString(string)
    }
  }

  private mutating func quotedString(_ bytes: UnsafeBufferPointer<UInt8>) {
    let start = beginColor(.string)
    text.append(quoted: bytes, era: .legacy)
    endLeaf(from: start, .string)
  }

  /// Writes an integer where a pen stands, in the room that it has.
  @inline(__always)
  private mutating func write(_ number: Int64, _ start: Pen) {
    if options.colors == nil {
      var pen = start
      pen.put(decimal: number)
      text.end(pen)
      endValue(length: pen.next - start.next)
    } else {
      text.end(start)
      colored(number)
    }
  }

  private mutating func colored(_ number: Int64) {
    let start = beginColor(.number)
    text.append(decimal: number)
    endLeaf(length: text.count - start, .number)
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
  private mutating func beginValue() { text.end(beginValue(room: 0)) }

  /// Writes what stands before a value that has no key; the answer goes on, with room for what follows.
  @inline(__always)
  private mutating func beginValue(room: Int) -> Pen {
    legacy.frame.kind == .array ? beginEntry(room: room) : text.pen(room: room)
  }

  /// Writes a key and what stands before it; the answer goes on, with room for what follows.
  @inline(__always)
  private mutating func beginField(_ key: UnsafeBufferPointer<UInt8>, room: Int) -> Pen {
    let start = beginEntry(room: key.count &+ room &+ 2)
    var pen = start
    if pen.put(plainName: key) {
      pen.put(UInt8(ascii: ":"), UInt8(ascii: " "))
      legacy.frame.length &+= key.count &+ 2
    } else {
      text.end(start)
      quotedKey(key)
      pen = text.pen(room: room)
    }
    legacy.frame.keyGap = text.place(of: pen) &- 1
    return pen
  }

  @inline(__always)
  private mutating func beginEntry(room: Int) -> Pen {
    let indentation = legacy.frame.indentation &+ 2
    let number = legacy.frame.count
    legacy.frame.count = number &+ 1
    // A container is not broken before there is something in it.
    if legacy.frame.isBroken {
      text.handOnIfFull()
      var pen = text.pen(room: room &+ indentation &+ 2)
      pen.put(UInt8(ascii: ","), UInt8(ascii: "\n"))
      pen.put(spaces: indentation)
      return pen
    }
    var pen = text.pen(room: room &+ 2)
    if number == 0 {
      pen.put(UInt8(ascii: " "))
    } else {
      pen.put(UInt8(ascii: ","), UInt8(ascii: " "))
      addGap(at: text.count &+ 1, indentation: indentation)
    }
    return pen
  }

  /// Notes that a space may become a line end.
  @inline(__always)
  private mutating func addGap(at place: Int, indentation: Int) {
    legacy.gaps.push(OutputBuffer.LineBreak(place: place, indentation: indentation))
  }

  /// Notes that the space behind the last key may become a line end.
  private mutating func addKeyGap() {
    addGap(at: legacy.frame.keyGap, indentation: legacy.frame.indentation &+ 3)
  }

  /// Counts a value that was written, and breaks the lines around it where it is too long for them.
  @inline(__always)
  private mutating func endValue(length: Int) {
    guard legacy.frame.kind != .top else { return }
    if length > LiteralPrinter.lineLength { return endLongValue() }
    // The value stands beside its key.
    if legacy.frame.isBroken { return }
    legacy.frame.length &+= length
    if legacy.frame.length &+ legacy.frame.count > LiteralPrinter.lineLength { breakLines() }
  }

  @inline(never)
  private mutating func endLongValue() {
    if legacy.frame.kind == .object { addKeyGap() }
    breakLines()
  }

  /// Turns all gaps into line ends.
  @inline(never)
  private mutating func breakLines() {
    if legacy.gaps.count > 0 {
      text.breakLines(at: legacy.gaps)
      legacy.gaps.truncate(to: 0)
    }
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
