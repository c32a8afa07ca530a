import FQLValues
import Testing

@testable import FQLEngine

@Suite struct RegularExpressionsTests {
  /// Where the matches are, in UTF-16 units, as `0-1,1-2,`; `refused` for a pattern that does not compile.
  private func matches(_ pattern: String, _ text: String) -> String {
    guard let expression = RegularExpression.compile(pattern) else { return "refused" }
    var found = ""
    do {
      try expression.forEachMatch(in: Array(text.utf16)) { match in
        if let range = match.range(0) { found += "\(range.lowerBound)-\(range.upperBound)," }
        return true
      }
    } catch {
      return "exhausted"
    }
    return found
  }

  /// Patterns, texts and what Java 17 finds.
  @Test(arguments: [
    ("", "ab", "0-0,1-1,2-2,"), ("2$", "1 2\n3", ""), ("3$", "2\n3\n", "2-3,"), ("(?m)2$", "1 2\n3", "2-3,"),
    ("(?m)^", "a\nb\n", "0-0,2-2,"), ("(?m)^", "", ""), ("(?m)$", "a\r\nb", "1-1,4-4,"), ("$", "a\r\n", "1-1,3-3,"),
    (".", "\u{85}\u{B}\u{2028}", "1-2,"), ("^.$", "😀", "0-2,"), ("(?s).", "\n", "0-1,"), ("(?d).", "\u{85}", "0-1,"),
    ("\\d", "٣1", "1-2,"), ("(?U)\\d", "٣1", "0-1,1-2,"), ("\\w+", "éa_1", "1-4,"), ("(?U)\\w+", "éa_1", "0-4,"),
    ("\\s", "\u{A0} \u{B}", "1-2,2-3,"), ("(?i)é", "É", ""), ("(?iu)é", "É", "0-1,"), ("(?i)k", "\u{212A}K", "1-2,"),
    ("(?iu)k", "\u{212A}K", "0-1,1-2,"), ("(?i)[a-c]", "B", "0-1,"), ("(?i)[^a]", "A", ""),
    ("(?i)\\p{Lu}", "a", "0-1,"),
    ("\\bé", "aé é", "3-4,"), ("\\b", "a\u{301}b", "0-0,3-3,"), ("\\B", "ab", "1-1,"),
    ("[a-c&&[^b]]+", "abc", "0-1,2-3,"),
    ("[a[xy]]+", "axyb", "0-3,"), ("[^a[b]]", "abc", "2-3,"), ("[^]]", "]a", "1-2,"), ("[]a]", "]", "0-1,"),
    ("[a-]", "-", "0-1,"), ("a]b}", "a]b}", "0-4,"), ("\\Qa*[\\E+", "a*[[", "0-4,"), ("[\\Qa-c\\E]", "b-", "1-2,"),
    ("a{2}{3}", "aaaa", "0-2,2-4,"), ("a++a", "aaa", ""), ("(?>a|ab)c", "abc", ""), ("(a)\\1", "aa", "0-2,"),
    ("(a)\\11", "aa1", "0-3,"), ("\\1", "a", ""), ("(?<n>a)\\k<n>", "aa", "0-2,"), ("(?<=a{1,3})b", "ab", "1-2,"),
    ("(?<!a)b", "ab b", "3-4,"), ("(?<=a+)b", "aab", "2-3,"), ("(?x) a b # c", "ab", "0-2,"),
    ("\\R", "\r\n\n", "0-2,2-3,"),
    ("\\h", "\u{180E}\t", "0-1,1-2,"), ("\\X", "e\u{301}a", "0-2,2-3,"), ("\\x{1F600}", "😀", "0-2,"),
    ("\\ud83d\\ude00", "😀", "0-2,"), ("\\0101", "A", "0-1,"), ("\\cA", "\u{1}", "0-1,"), ("\\p{IsGreek}", "aα", "1-2,"),
    ("\\p{InGreek}", "aα", "1-2,"), ("\\p{Punct}", "a-é", "1-2,"), ("\\P{L}", "a1", "1-2,"), ("\\pL", "1a", "1-2,"),
    ("a*", "baac", "0-0,1-3,3-3,4-4,"), ("(a*)*", "aa", "0-2,2-2,"), ("()*+", "", "0-0,"), ("\\G.", "ab", "0-1,1-2,"),
    ("\\Z", "a\n", "1-1,2-2,"), ("\\z", "a\n", "2-2,"), ("(?i:a)A", "aA", "0-2,"), ("(?i)a(?-i)b", "AbAB", "0-2,"),
  ])
  func `the dialect is Java's`(pattern: String, text: String, expected: String) {
    #expect(matches(pattern, text) == expected, "\(pattern)")
  }

  @Test(arguments: [
    "{", "(", ")", "a)", "[", "[]", "[a", "*", "+a", "?", "a|*", "a**", "a+*", "a{,2}", "a{2", "a{3,2}",
    "a{99999999999}",
    "(?P<n>a)", "(?#c)", "(?<n>a)(?<n>b)", "\\k<x>", "\\", "\\y", "\\E", "[b-a]", "[a-\\d]", "[\\b]", "\\p{Foo}",
    "\\p{IsFoo}", "\\p", "\\x6", "\\x{110000}", "\\u12", "\\08", "(?<1>a)", "(?i)*a",
  ])
  func `what Java refuses is refused`(pattern: String) {
    #expect(RegularExpression.compile(pattern) == nil)
  }

  @Test func `a pattern that runs away is stopped`() {
    let text = Value.string(String(repeating: "a", count: 40))
    let result = Functions.call("containsstrregex", text, "(a|a)*b(x+x+)+y")
    let nested = Functions.call("containsstrregex", text, "(a*)*(a*)*(a*)*(a*)*b")
    for result in [result, nested] {
      let shown = Functions.show(result)
      #expect(shown == "false" || shown.hasSuffix("takes too long on this text."), "\(shown)")
    }
    let deep = String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
    #expect(RegularExpression.compile(deep) == nil)
    #expect(RegularExpression.compile(String(repeating: "[", count: 100_000)) == nil)
  }

  @Test func `matches are told in code points`() {
    func find(_ arguments: Value?...) -> String {
      let padded = arguments + [Value?](repeating: nil, count: 4 - arguments.count)
      return Functions.show(Functions.call("findstrregex", padded[0], padded[1], padded[2], padded[3]))
    }
    #expect(find("a😀b", "😀") == #"[{start: 1, end: 2, data: "😀"}]"#)
    #expect(find("baac", "a*").hasPrefix(#"[{start: 0, end: 0, data: ""}, {start: 1, end: 2, data: "aa"}, "#))
    #expect(find("abab", "^ab", 2) == #"[{start: 2, end: 3, data: "ab"}]"#)
    #expect(find("𐐀 ABC 𐐀 ABc", "AB[cC]", 3) == #"[{start: 8, end: 10, data: "ABc"}]"#)
    #expect(find("aaaa", "a", 0, -1) == "[]")
    #expect(find("a", "{") == "! pattern: Search pattern /{/ is not a valid regular expression.")
  }

  @Test func `replacements are templates`() {
    func replace(_ value: Value, _ pattern: Value, _ template: Value, _ first: Value? = nil) -> String {
      Functions.show(Functions.call("replacestrregex", value, pattern, template, first))
    }
    #expect(replace("John Smith", "(\\w+) (\\w+)", "$2, $1") == #""Smith, John""#)
    #expect(replace("ab", "(?<x>a)(b)", "${x}$2$0\\$$10") == #""abab$a0""#)
    #expect(replace("abc", "", "-") == #""-a-b-c-""#)
    #expect(replace("aaa", "a*", "X") == #""XX""#)
    #expect(replace("aa", "a", "b", true) == #""ba""#)
    #expect(replace("b", "(a)?b", "[$1]") == #""[]""#)
    #expect(replace("a", "a", "$") == "! replace: Invalid replacement '$'.")
    #expect(replace("a", "a", "$1") == "! replace: Invalid replacement '$1'.")
    #expect(replace("a", "a", "\\") == "! replace: Invalid replacement '\\'.")
    #expect(replace("a", "b", "$1") == #""a""#)
  }
}
