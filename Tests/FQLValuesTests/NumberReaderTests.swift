import Testing

@testable import FQLValues

/// A number in base ten as the reader of numbers sees it.
private func read(_ text: String) -> Double {
  Array(text.utf8).withUnsafeBufferPointer { NumberReader.double($0) }
}

@Suite struct NumberReaderTests {
  @Test func `doubles are the nearest ones, as the standard library reads them`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200_000 {
      let digits = Int.random(in: 1...20, using: &generator)
      var text = ""
      for _ in 0..<digits { text += String(Int.random(in: 0...9, using: &generator)) }
      if Bool.random(using: &generator) {
        text.insert(".", at: text.index(text.startIndex, offsetBy: Int.random(in: 1...digits, using: &generator)))
        if text.hasSuffix(".") { text += "0" }
      }
      if Bool.random(using: &generator) { text += "e\(Int.random(in: -50...50, using: &generator))" }
      #expect(read(text) == Double(text), "\(text)")
    }
  }

  @Test func `what is printed is read back`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<100_000 {
      let unit = Double.random(in: 0..<1, using: &generator)
      #expect(read(unit.description) == unit, "\(unit)")
      let any = Double(bitPattern: UInt64.random(in: 0..<0x7FF0_0000_0000_0000, using: &generator))
      #expect(read(any.description) == any, "\(any)")
    }
  }

  @Test func `halves between two doubles are rounded to the even one`() {
    for text in [
      "9007199254740993", "9007199254740993.0", "9007199254740995", "9007199254740992.5", "4503599627370496.5",
      "4503599627370497.5", "9007199254740993e10", "1.00000000000000011102230246251565", "18446744073709551615",
      "9999999999999999999", "1e-27", "9999999999999999999e-27", "9999999999999999999e27", "0.0e-27", "5e-324",
    ] {
      #expect(read(text) == Double(text), "\(text)")
    }
  }

  @Test func `integers end where 64 bits end`() {
    func magnitude(_ text: String) -> UInt64? {
      Array(text.utf8).withUnsafeBufferPointer { NumberReader.magnitude($0) }
    }
    #expect(magnitude("9999999999999999999") == 9_999_999_999_999_999_999)
    #expect(magnitude("18446744073709551615") == .max)
    #expect(magnitude("18446744073709551616") == nil)
    #expect(magnitude("1_000") == 1000)
    #expect(magnitude("000000000000000000000001") == 1)
  }
}
