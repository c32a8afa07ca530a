/// Documents as bytes, one after another, that are printed later, and on any thread: nothing in them is shared with anybody.
public struct DocumentTape: ~Copyable {
  struct Item {
    /// Where the text of the reference begins, then the fields, and where these end.
    var start: Int
    var fields: Int
    var end: Int
    var ts: Int64
    /// The place of what reads the fields.
    var encoding: Int
  }

  private var bytes: OutputBuffer
  private var items = MoveStack<Item>()
  private var encodings: [any FieldEncoding] = []

  /// A tape with room for so many bytes at first.
  public init(capacity: Int) {
    bytes = OutputBuffer(capacity: capacity)
  }

  public var isEmpty: Bool { items.count == 0 }

  /// How many bytes are on it.
  public var count: Int { bytes.count }

  /// Puts a document on the tape, whose time is that of the transaction where it has none of its own; false, and nothing, where it has to
  /// be printed as a value.
  public mutating func append(_ document: Document, commitTime: Int64?) -> Bool {
    guard case .encoded(let fields) = document.body, let ts = document.ts ?? commitTime, document.ref.isRenderable,
      fields.areInJavaScriptOrder
    else { return false }
    let encoding = fields.encoding
    if encodings.last !== encoding { encodings.append(encoding) }
    let start = bytes.count
    bytes.append(reference: document.ref)
    let middle = bytes.count
    fields.withBytes { bytes.append($0.assumingMemoryBound(to: UInt8.self)) }
    items.push(Item(start: start, fields: middle, end: bytes.count, ts: ts, encoding: encodings.count - 1))
    return true
  }

  /// Prints all documents, each with a line end, and forgets them.
  public mutating func print(with printer: inout LiteralPrinter, to out: inout OutputBuffer) {
    bytes.withBytes { bytes in
      var number = 0
      while number < items.count {
        let item = items[number]
        let fields = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[item.fields..<item.end])
        printer.print(to: &out) { printer in
          printer.openDocument(reference: UnsafeBufferPointer(rebasing: bytes[item.start..<item.fields]), ts: item.ts)
          encodings[item.encoding].print(fields, to: &printer)
          printer.close()
        }
        out.append(UInt8(ascii: "\n"))
        out.handOnIfFull()
        number &+= 1
      }
    }
    bytes.removeAll()
    items.truncate(to: 0)
    encodings.removeAll(keepingCapacity: true)
  }
}
