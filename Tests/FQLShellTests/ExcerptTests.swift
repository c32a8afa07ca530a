import FQLSyntax
import FQLValues
import Testing

@testable import FQLShell

@Suite struct ExcerptTests {
  private func excerpt(_ text: String, _ start: Int, _ end: Int) -> [String] {
    let excerpt = SourceExcerpt(of: Source(name: "a", text: text), span: FQLValues.Span(start, end))
    return [excerpt.line, excerpt.marks]
  }

  @Test func `marks stand under what they mean`() {
    #expect(excerpt("Add(1, \"a\")", 7, 10) == ["Add(1, \"a\")", "       ^^^"])
    #expect(excerpt("日本 x", 7, 8) == ["日本 x", "     ^"])
    #expect(excerpt("\tx", 1, 2) == ["\tx", "\t^"])
    #expect(excerpt("a\u{9B}x", 3, 4) == ["a\\x9Bx", "     ^"])
  }

  @Test func `marks end with the line, and are never none`() {
    #expect(excerpt("[1,\n2]", 0, 6) == ["[1,", "^^^"])
    #expect(excerpt("Add(1,", 6, 6) == ["Add(1,", "      ^"])
  }

  @Test func `a wide line is shown in part`() {
    let text = String(repeating: "a", count: 300) + "!" + String(repeating: "b", count: 300)
    let parts = excerpt(text, 300, 301)
    #expect(parts[0].count <= 160)
    #expect(parts[0].hasPrefix("...a") && parts[0].hasSuffix("b..."))
    #expect(parts[0].firstIndex(of: "!") == parts[1].firstIndex(of: "^"))
  }
}
