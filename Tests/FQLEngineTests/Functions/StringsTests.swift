import FQLValues
import Testing

@testable import FQLEngine

@Suite struct StringsTests {
  private func check(_ result: Result<Value, Functions.Refusal>, _ expected: String, line: Int = #line) {
    let shown = Functions.show(result)
    #expect(
      Array(shown.utf8) == Array(expected.utf8), "\(shown) instead of \(expected)",
      sourceLocation: SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1))
  }

  @Test func `concatenation`() {
    check(Functions.call("concat", ["4", "2"]), #""42""#)
    check(Functions.call("concat", ["", "a", ""], "-"), #""-a-""#)
    check(Functions.call("concat", [], ","), #""""#)
    let large = Value.string(String(repeating: "a", count: 9 << 20))
    check(Functions.call("concat", [large, large]), "! The result must not be longer than 16777216 bytes.")
  }

  @Test func `case folding and normalisation`() {
    let folded = [
      ("John Doe", "john doe"), ("İstanbul", "i\u{307}stanbul"), ("Diyarbakır", "diyarbakır"),
      ("φιλόσοφος", "φιλόσοφοσ"),
      ("Weißkopf", "weisskopf"), ("ﬁ", "fi"), ("Ⅷ", "viii"), ("ＡＢＣ", "abc"), ("A\u{AD}B\u{200B}", "ab"),
    ]
    for (text, expected) in folded { check(Functions.call("casefold", [.string(text)]), "\"\(expected)\"") }
    check(Functions.call("casefold", ["\u{212B}"], "NFD"), "\"A\u{30A}\"")
    check(Functions.call("casefold", ["\u{212B}"], "NFC"), "\"\u{C5}\"")
    check(Functions.call("casefold", ["\u{1E9B}\u{323}"], "NFKD"), "\"s\u{323}\u{307}\"")
    check(Functions.call("casefold", ["ABC"], "NFKC"), #""ABC""#)
    check(Functions.call("casefold", ["AB", 1, 2.5, true, .null]), #"["ab", 1, 2.5, true, null]"#)
    check(Functions.call("casefold", []), "[]")
    #expect(Normalizer(rawValue: "nfc") == nil)
  }

  @Test func `case`() {
    check(Functions.call("lowercase", "ΦΙΛΌΣΟΦΟΣ Σ"), #""φιλόσοφος σ""#)
    check(Functions.call("lowercase", "İ"), "\"i\u{307}\"")
    check(Functions.call("uppercase", "ﬃ ß ı"), #""FFI SS I""#)
    let titles = [
      ("Bob f smith BILL", "Bob F Smith Bill"), ("don't stop", "Don't Stop"), ("foo.bar foo_bar", "Foo.bar Foo_bar"),
      ("hello-world hello,world", "Hello-World Hello,World"), ("'quoted'", "'Quoted'"), ("1st place", "1st Place"),
      ("ß", "Ss"), ("ǆ", "ǅ"), ("ΦΙΛΌΣΟΦΟΣ", "Φιλόσοφος"), ("", ""),
    ]
    for (text, expected) in titles { check(Functions.call("titlecase", .string(text)), "\"\(expected)\"") }
  }

  @Test func `trimming`() {
    check(Functions.call("trim", "\u{3000}\u{2028}\u{1C}\t A B \n"), #""A B""#)
    check(
      Functions.call("trim", "\u{A0}\u{85}\u{2007}\u{200B}A\u{FEFF}\u{202F}\u{180E}"),
      "\"\u{A0}\u{85}\u{2007}\u{200B}A\u{FEFF}\u{202F}\u{180E}\"")
    check(Functions.call("ltrim", " A "), #""A ""#)
    check(Functions.call("rtrim", " A "), #"" A""#)
    check(Functions.call("trim", "  "), #""""#)
    check(Functions.call("trim", " e\u{301} "), "\"e\u{301}\"")
  }

  @Test func `lengths and parts count code points`() {
    check(Functions.call("length", "𐐀 ABC"), "5")
    check(Functions.call("length", "e\u{301}"), "2")
    check(Functions.call("substring", "𐐀 ABC 𐐀", 2, 3), #""ABC""#)
    check(Functions.call("substring", "DEFABCHIJ", -6, 3), #""ABC""#)
    check(Functions.call("substring", "ABCDE", 5, 2), #""""#)
    check(Functions.call("substring", "ABC", -4), "! start must be less than or equal to the string length")
    check(
      Functions.call("substring", "ABC", .integer(.min), .integer(.min)),
      "! start must be less than or equal to the string length")
    check(Functions.call("substring", "ABC", 1, -1), "! length must be positive")
    check(Functions.call("substring", "ABC", 1, .integer(.max)), #""BC""#)
    check(Functions.call("repeat", "AB", 3), #""ABABAB""#)
    check(Functions.call("repeat", "A"), #""AA""#)
    check(Functions.call("repeat", "A", .integer(.min)), #""""#)
    check(Functions.call("space", 3), #""   ""#)
  }

  @Test func `n-grams`() {
    check(Functions.call("ngram", ["what"]), #"["w", "wh", "h", "ha", "a", "at", "t"]"#)
    check(Functions.call("ngram", ["apple", 5], 4, 5), #"["appl", "apple", "pple", 5]"#)
    check(
      Functions.call("ngram", ["s"], 0), "! min ngram size must be > 0 and <= max ! min ngram size must be >= max - 1")
    check(
      Functions.call("ngram", ["s"], 0, 2),
      "! min ngram size must be > 0 and <= max ! max ngram size must be <= min + 1")
    check(Functions.call("ngram", ["s"], nil, 3), "! max ngram size must be <= min + 1")
    check(
      Functions.call("ngram", ["s"], .integer(.min), .integer(.max)),
      "! min ngram size must be > 0 and <= max ! max ngram size must be <= min + 1")
    check(Functions.call("ngram", ["s"], .integer(.max), .integer(.max)), "[]")
  }

  @Test func `searching`() {
    check(Functions.call("containsstr", "abc", ""), "true")
    check(Functions.call("startswith", "é", "e\u{301}"), "false")
    check(Functions.call("endswith", "abc", "bc"), "true")
    check(Functions.call("endswith", "é", "\u{301}"), "false")
    check(Functions.call("findstr", "𐐀 ABC 𐐀 ABC", "ABC", 3), "8")
    check(Functions.call("findstr", "ABC", "A", 3), "0")
    check(Functions.call("findstr", "ABC", "A", 1), "-1")
    check(Functions.call("findstr", "ABC", "", 2), "2")
    check(Functions.call("findstr", "😀😀", "😀", 3), "! start: start must be less than or equal to the string length")
    check(Functions.call("replacestr", "abc", "", "-"), #""-a-b-c-""#)
    check(Functions.call("replacestr", "aaa", "aa", "b"), #""ba""#)
    check(Functions.call("regexescape", #"a\Eb"#), #""\Qa\E\\E\Qb\E""#)
    check(Functions.call("regexescape", ""), #""\Q\E""#)
  }
}
