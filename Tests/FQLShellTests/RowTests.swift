import FQLValues
import Testing

@testable import FQLShell

@Suite struct RowTests {
  private func rows(_ text: String, _ format: RowFormat) throws -> [String] {
    var reader = try RowReader(Array(text.utf8), format)
    var lines: [String] = []
    while let row = reader.next() {
      switch row.content {
      case .success(let fields):
        lines.append("\(row.line):\(row.column) " + fields.map { "\($0.key)=\(wire($0.value))" }.joined(separator: " "))
      case .failure(let problem):
        lines.append("\(problem.line ?? row.line):\(problem.column ?? row.column) ! \(problem.message)")
      }
    }
    return lines
  }

  @Test func `separated values with quotes, commas and line ends`() throws {
    let text = "name,age\r\n\"Öz, A\",7\r\n\"a \"\"b\"\"\nc\",\n\nx,1\n"
    #expect(
      try rows(text, .separated(UInt8(ascii: ","))) == [
        "2:1 name=\"Öz, A\" age=\"7\"", "3:1 name=\"a \\\"b\\\"\\nc\" age=\"\"", "6:1 name=\"x\" age=\"1\"",
      ])
  }

  @Test func `a record with too few fields is wrong, and the next is read`() throws {
    #expect(
      try rows("a,b\n1\n2,3\n", .separated(UInt8(ascii: ","))) == [
        "2:1 ! 1 fields where the header has 2", "3:1 a=\"2\" b=\"3\"",
      ])
  }

  @Test func `a line that is no JSON is wrong, and the next is read`() throws {
    #expect(
      try rows("{\"a\": 1}\nnot json\n{\"a\": 2} x\n[1]\n\n{\"a\": 3}", .lines) == [
        "1:1 a=1", "2:2 ! unexpected 'o'", "3:10 ! more follows the value", "4:1 ! not an object", "6:1 a=3",
      ])
  }

  @Test func `an array of objects over lines`() throws {
    #expect(try rows("[\n {\"a\": 1},\n {\"a\":\n 2}\n]\n", .json) == ["2:2 a=1", "3:2 a=2"])
    #expect(try rows("[{\"a\": 1}, {\"a\": ?}]", .json) == ["1:2 a=1", "1:18 ! unexpected '?'"])
  }
}
