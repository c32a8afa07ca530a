import FQLValues

/// A piece of a query that is laid out: text, or a bracket with what is in it.
indirect enum Layout {
  case text(String)
  case list(LayoutList)
  case sequence([Layout])
}

/// A bracket and its elements; on one line, or with a line for each.
final class LayoutList {
  struct Item {
    var before: [Comment] = []
    var layout: Layout
    var after: [Comment] = []
  }

  let open: String
  let close: String
  var items: [Item] = []
  /// Comments behind the last item.
  var ending: [Comment] = []
  /// The width on one line; nil where it must be broken. Set when the list is complete.
  private(set) var flatWidth: Int?

  init(open: String, close: String) {
    self.open = open
    self.close = close
  }

  var isPadded: Bool { open == "{" && !items.isEmpty }

  /// Works out the width once everything is in.
  func finish() {
    flatWidth = nil
    guard ending.isEmpty else { return }
    var width = DisplayWidth.of(open) + DisplayWidth.of(close) + (isPadded ? 2 : 0)
    for (place, item) in items.enumerated() {
      guard let inner = item.layout.flatWidth else { return }
      width += inner + (place > 0 ? 2 : 0)
      for comment in item.before + item.after {
        if comment.endsLine { return }
        width += DisplayWidth.of(comment.text) + 1
      }
    }
    flatWidth = width
  }
}

extension Layout {
  /// The width on one line; nil where it takes several.
  var flatWidth: Int? {
    switch self {
    case .text(let text): return text.utf8.contains(0x0A) ? nil : DisplayWidth.of(text)
    case .list(let list): return list.flatWidth
    case .sequence(let parts):
      var width = 0
      for part in parts {
        guard let inner = part.flatWidth else { return nil }
        width += inner
      }
      return width
    }
  }
}

/// Writes a layout.
struct LayoutPrinter {
  private(set) var text = ""
  private var column = 0
  private static let width = 80

  mutating func print(_ layout: Layout) {
    write(layout, indentation: 0, following: 0)
  }

  private mutating func write(_ text: String) {
    self.text += text
    if let lineEnd = text.utf8.lastIndex(of: 0x0A) {
      column = DisplayWidth.of(String(text[text.utf8.index(after: lineEnd)...]))
    } else {
      column += DisplayWidth.of(text)
    }
  }

  private mutating func newLine(_ indentation: Int) {
    text += "\n" + String(repeating: " ", count: indentation)
    column = indentation
  }

  /// `following` is the width of what must stand on the same line behind it.
  private mutating func write(_ layout: Layout, indentation: Int, following: Int) {
    switch layout {
    case .text(let text): write(text)
    case .sequence(let parts):
      for (place, part) in parts.enumerated() {
        var rest = following
        // Up to where the next list could break.
        for next in parts[(place + 1)...] {
          if case .list(let list) = next {
            rest = DisplayWidth.of(list.open)
            break
          }
          rest += next.flatWidth ?? 0
        }
        write(part, indentation: indentation, following: rest)
      }
    case .list(let list):
      if let flat = list.flatWidth, column + flat + following <= LayoutPrinter.width || list.items.isEmpty {
        writeFlat(list)
      } else {
        writeBroken(list, indentation: indentation)
      }
    }
  }

  private mutating func writeFlat(_ list: LayoutList) {
    write(list.open)
    if list.isPadded { write(" ") }
    for (place, item) in list.items.enumerated() {
      if place > 0 { write(", ") }
      for comment in item.before { write(comment.text + " ") }
      write(item.layout, indentation: 0, following: -1_000_000)
      for comment in item.after { write(" " + comment.text) }
    }
    if list.isPadded { write(" ") }
    write(list.close)
  }

  private mutating func writeBroken(_ list: LayoutList, indentation: Int) {
    write(list.open)
    let inner = indentation + 2
    for (place, item) in list.items.enumerated() {
      newLine(inner)
      for comment in item.before {
        write(comment.text)
        if comment.endsLine { newLine(inner) } else { write(" ") }
      }
      let isLast = place == list.items.count - 1
      write(item.layout, indentation: inner, following: isLast ? 0 : 1)
      for comment in item.after where !comment.endsLine { write(" " + comment.text) }
      if !isLast { write(",") }
      for comment in item.after where comment.endsLine { write(" " + comment.text) }
    }
    for comment in list.ending {
      newLine(inner)
      write(comment.text)
    }
    newLine(indentation)
    write(list.close)
  }
}

/// Reads the layout of a statement that is known to be right from its tokens.
struct LayoutReader {
  private struct Word {
    var token: Token
    var text: String
    var gap: [Comment]
  }

  private var words: [Word] = []
  /// For each opening bracket the place of the one that closes it.
  private var partners: [Int: Int] = [:]
  private var place = 0
  /// Comments that wait for the next item to begin.
  private var waiting: [Comment] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ span: Span) {
    var lexer = Lexer(UnsafeBufferPointer(rebasing: bytes[..<Int(span.end)]), at: Int(span.start))
    var end = Int(span.start)
    var open: [Int] = []
    while true {
      let token = lexer.next()
      if token.kind == .end || token.kind == .invalid { break }
      let comments = Gap(lexer.bytes, from: end, to: token.start).comments
      switch token.kind {
      case .leftParenthesis, .leftBracket, .leftBrace: open.append(words.count)
      case .rightParenthesis, .rightBracket, .rightBrace:
        if let opening = open.popLast() { partners[opening] = words.count }
      default: break
      }
      words.append(Word(token: token, text: lexer.text(token), gap: comments))
      end = token.end
    }
  }

  private var kind: Token.Kind { place < words.count ? words[place].token.kind : .end }

  private func kind(at place: Int) -> Token.Kind { place < words.count ? words[place].token.kind : .end }

  /// The text under the cursor; its comments wait.
  private mutating func take() -> String {
    guard place < words.count else { return "" }
    waiting += words[place].gap
    place += 1
    return words[place - 1].text
  }

  /// The layout of the statement, and the comments that have no place within it.
  mutating func statement() -> (Layout, [Comment]) {
    let layout = expression()
    while place < words.count { _ = take() }
    return (layout, waiting)
  }

  private mutating func expression() -> Layout {
    switch kind {
    case .minus, .plus:
      let sign = take()
      return .text(sign + take())
    case .leftBracket: return .list(list(prefix: ""))
    case .leftBrace: return .list(list(prefix: ""))
    case .leftParenthesis:
      if let close = partners[place], kind(at: close + 1) == .arrow { return arrow(parameters()) }
      return .list(list(prefix: ""))
    case .name:
      if kind(at: place + 1) == .arrow { return arrow(take()) }
      if words[place].text == "function", kind(at: place + 1) == .leftParenthesis || isNamedFunction {
        return function()
      }
      var name = take()
      while kind == .dot { name += take() + take() }
      return kind == .leftParenthesis ? .list(list(prefix: name)) : .text(name)
    default: return .text(take())
    }
  }

  private var isNamedFunction: Bool {
    kind(at: place + 1) == .name && kind(at: place + 2) == .leftParenthesis
  }

  /// `(a, b)` on one line.
  private mutating func parameters() -> String {
    guard let close = partners[place] else { return take() }
    var text = ""
    while place <= close {
      // A comma behind the last parameter goes.
      let isTrailing = kind == .comma && kind(at: place + 1) != .name
      let isSeparator = kind == .comma
      let word = take()
      if !isTrailing { text += word + (isSeparator ? " " : "") }
    }
    return text
  }

  private mutating func arrow(_ parameters: String) -> Layout {
    _ = take()
    if kind == .leftBrace { return block(parameters + " => ") }
    return .sequence([.text(parameters + " => "), expression()])
  }

  private mutating func function() -> Layout {
    var text = take()
    text += kind == .name ? " " + take() : " "
    return block(text + parameters() + " ")
  }

  /// `{ return expression }`
  private mutating func block(_ prefix: String) -> Layout {
    _ = take()
    _ = take()
    let body = expression()
    if kind == .semicolon { _ = take() }
    _ = take()
    return .sequence([.text(prefix + "{ return "), body, .text(" }")])
  }

  /// A bracket with everything in it.
  private mutating func list(prefix: String) -> LayoutList {
    let isObject = kind == .leftBrace
    let close = partners[place] ?? words.count - 1
    let list = LayoutList(open: prefix + take(), close: words[close].text)
    let outer = waiting
    waiting = []
    while place < close {
      // The comments before an item.
      waiting += words[place].gap
      words[place].gap = []
      let before = waiting
      waiting = []
      let layout = isObject ? field() : expression()
      var item = LayoutList.Item(before: before + waiting, layout: layout)
      waiting = []
      if kind == .comma {
        item.after += words[place].gap
        place += 1
      }
      // What stands behind it on its line.
      if place < words.count {
        let gap = words[place].gap
        let count =
          place == close
          ? gap.prefix { !$0.isAfterLineEnd }.count
          : gap.first.map { !$0.isAfterLineEnd && $0.endsLine } == true ? 1 : 0
        item.after += gap.prefix(count)
        words[place].gap.removeFirst(count)
      }
      list.items.append(item)
    }
    list.ending = waiting + words[close].gap
    waiting = outer
    place = close + 1
    list.finish()
    return list
  }

  private mutating func field() -> Layout {
    let key = take()
    guard kind == .colon else { return .text(key) }
    _ = take()
    return .sequence([.text(key + ": "), expression()])
  }
}
