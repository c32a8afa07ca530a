import Testing

@testable import FQLValues

/// The rule of the older layout said as plainly as it can be: entries first, then the line or lines that they stand on.
private func plain(_ value: Value, indentation: Int = 0) -> String {
  let entries: [String]
  let brackets: (String, String)
  let gap = "\n" + String(repeating: " ", count: indentation + 2)
  switch value {
  case .array(let elements):
    brackets = ("[", "]")
    entries = elements.map { plain($0, indentation: indentation + 2) }
  case .object(let object):
    brackets = ("{", "}")
    entries = object.fields.inJavaScriptOrder.map { field in
      let text = plain(field.value, indentation: indentation + 3)
      var key = OutputBuffer()
      var name = field.key
      name.withUTF8 { key.append(key: $0, era: .legacy) }
      return key.string + ":" + (text.utf16.count > 60 ? gap + " " : " ") + text
    }
  case .string(let text):
    var out = OutputBuffer()
    var copy = text
    copy.withUTF8 { out.append(quoted: $0, era: .legacy) }
    return out.string
  default:
    var out = OutputBuffer()
    out.append(scalarText: value, commitTime: nil)
    return out.string
  }
  if entries.isEmpty { return brackets.0 + brackets.1 }
  let fits = entries.reduce(0) { $0 + $1.utf16.count + 1 } <= 60
  return "\(brackets.0) \(entries.joined(separator: fits ? ", " : "," + gap)) \(brackets.1)"
}

/// SplitMix64: random numbers that can be repeated.
private struct Repeatable: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

@Suite struct LegacyLayoutTests {
  private func text(_ value: Value) -> String {
    var printer = LiteralPrinter(.literal)
    return printer.text(value)
  }

  private func string(_ length: Int, using random: inout Repeatable) -> String {
    let letters: [Character] = ["a", "b", " ", "'", "\\", "\"", "\n", "\u{1}", "\u{7F}", "é", "中", "😀", "x", "y", "z"]
    return String((0..<length).map { _ in random.next() % 4 == 0 ? letters[Int(random.next() % 15)] : "w" })
  }

  private func value(depth: Int, using random: inout Repeatable) -> Value {
    switch random.next() % (depth == 0 ? 6 : 12) {
    case 0: return .null
    case 1: return .integer(Int64(bitPattern: random.next() >> (random.next() % 64)))
    case 2: return .double(Double(Int64(bitPattern: random.next()) >> (random.next() % 60)) / 1000)
    case 3: return .string(string(Int(random.next() % 70), using: &random))
    case 4: return .date(CalendarDate(day: Int64(random.next() % 40_000)))
    case 5: return .string(string(Int(random.next() % 6), using: &random))
    case 6...8: return .array((0..<(random.next() % 8)).map { _ in value(depth: depth - 1, using: &random) })
    default:
      return .object(
        Object(
          (0..<(random.next() % 6)).map { place in
            let key = random.next() % 9 == 0 ? "\(random.next() % 20)" : string(Int(random.next() % 9), using: &random)
            return Object.Field(
              "\(key)\(random.next() % 9 == 0 ? "" : "k\(place)")", value(depth: depth - 1, using: &random))
          }))
    }
  }

  @Test func `random values are laid out by the plain rule`() {
    var random = Repeatable(state: 1)
    for _ in 0..<4000 {
      let value = value(depth: Int(random.next() % 8), using: &random)
      #expect(text(value) == plain(value))
    }
  }

  @Test func `what fits exactly stays on its line, one column more breaks it`() {
    // Two entries and what separates them take 60 columns: 29 + 29 + 2.
    func pair(_ second: Int) -> Value {
      .array([.string(String(repeating: "a", count: 27)), .string(String(repeating: "b", count: second))])
    }
    #expect(!text(pair(27)).contains("\n"))
    #expect(text(pair(28)).contains(",\n  'b"))
  }

  @Test func `a value of 60 columns stands beside its key, a longer one below`() {
    func field(_ length: Int) -> Value { .object(["k": .string(String(repeating: "v", count: length - 2))]) }
    #expect(text(field(60)).hasPrefix("{ k: 'v"))
    #expect(text(field(61)).hasPrefix("{ k:\n   'v"))
  }

  @Test func `a long value breaks everything around it and nothing beside it`() {
    let long = Value.string(String(repeating: "x", count: 61))
    let value = Value.array([
      .array([.integer(1), .integer(2)]), .object(["a": .array([.integer(3), .array([long])])]),
    ])
    #expect(
      text(value) == "[ [ 1, 2 ],\n  { a:\n     [ 3,\n       [ '\(String(repeating: "x", count: 61))' ] ] } ]")
  }

  @Test func `what cannot be written is left out, and a container of nothing else is empty`() {
    let nameless = Value.ref(.entity(Entity(.named(.collections), name: nil, number: 5)))
    #expect(text(.array([nameless])) == "[]")
    #expect(text(.object(["a": nameless, "b": .array([nameless, nameless]), "c": .integer(1)])) == "{ b: [], c: 1 }")
    #expect(text(.array([.object(["a": nameless]), nameless, .null])) == "[ {}, null ]")
    var printer = LiteralPrinter(.init(era: .legacy, depth: 0))
    #expect(printer.text(.array([.array([nameless]), .array([.null]), .object([:])])) == "[ [], [Array], {} ]")
  }

  @Test func `lines are counted without colours`() {
    let row = Value.array((0..<14).map { .integer($0 + 10) })
    var printer = LiteralPrinter(.init(era: .legacy, colors: .standard))
    #expect(printer.text(row).replacing(/\u{1B}\[\d*m/, with: "") == text(row))
  }

  @Test func `big values are handed on while they are printed`() {
    let row = Value.object(["name": .string("some name"), "list": .array([.integer(1), .null, .boolean(true)])])
    let value = Value.array(Array(repeating: row, count: 2000))
    func check(_ print: (inout OutputBuffer) -> Void) {
      var whole = OutputBuffer()
      print(&whole)
      var received: [UInt8] = []
      var largest = 0
      var out = OutputBuffer(limit: 1024) {
        received += $0
        largest = max(largest, $0.count)
      }
      print(&out)
      out.handOn()
      #expect(received == whole.bytes)
      #expect(largest < 1024 + 200)
    }
    for options in [LiteralPrinter.Options.literal, .init(era: .modern, cutsArrays: false)] {
      check { out in
        var printer = LiteralPrinter(options)
        printer.print(value, to: &out)
      }
    }
    check { $0.append(json: value) }
    check { $0.append(wire: value) }
  }

  @Test func `numbers are printed as they are in every length`() {
    var out = OutputBuffer(capacity: 0)
    var expected = ""
    var value: UInt64 = 1
    for _ in 0..<20 {
      for number in [value &- 1, value, value &+ 1, value &* 7] {
        out.append(decimal: number)
        expected += "\(number)"
      }
      value &*= 10
    }
    out.append(decimal: Int64.min)
    out.append(decimal: 7, width: 30)
    out.append(decimal: 1234, width: 3)
    #expect(out.string == expected + "\(Int64.min)" + String(repeating: "0", count: 29) + "71234")
  }

  @Test func `runs of plain text end where something has to be escaped`() {
    for place in 0..<40 {
      for special in ["'", "\\", "\u{1F}", "\"", "\u{7F}", "é", "😀"] {
        let text = String(repeating: "~", count: place) + special + String(repeating: " ", count: 20)
        var out = OutputBuffer()
        out.append(json: text)
        let escaped = ["\\": "\\\\", "\"": "\\\"", "\u{1F}": "\\u001f"][special] ?? special
        #expect(out.string == "\"" + text.replacing(special, with: escaped) + "\"")
        #expect(out.utf16Length(from: 0) == out.string.utf16.count)
      }
    }
  }
}
