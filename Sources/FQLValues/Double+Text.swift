extension Double {
  /// The number as the language shows it: the shortest digits that read back as the same number, at least one of them after the point, plain
  /// from 10⁻³ up to 10⁷ and otherwise as `d.dddE±n`; `NaN`, `Infinity`, `-Infinity`.
  public var text: String {
    var bytes: [UInt8] = []
    appendText(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the number's text in ASCII.
  public func appendText(to output: inout [UInt8]) {
    guard isFinite else {
      output.append(contentsOf: (isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity").utf8)
      return
    }
    let number = DecimalDigits(self)
    let digits = number.digits
    if number.isNegative { output.append(UInt8(ascii: "-")) }
    let exponent = self == 0 ? 1 : number.exponent
    if exponent > -3 && exponent <= 7 {
      number.appendPlain(exponent, to: &output)
      return
    }
    output.append(digits[0])
    output.append(UInt8(ascii: "."))
    if digits.count > 1 { output.append(contentsOf: digits[1...]) } else { output.append(UInt8(ascii: "0")) }
    output.append(UInt8(ascii: "E"))
    output.append(contentsOf: String(exponent - 1).utf8)
  }
}

extension DecimalDigits {
  /// Appends the digits with the point after the first `exponent` of them, and with at least one digit on either side.
  fileprivate func appendPlain(_ exponent: Int, to output: inout [UInt8]) {
    let zero = UInt8(ascii: "0")
    if exponent <= 0 {
      output.append(zero)
      output.append(UInt8(ascii: "."))
      for _ in exponent..<0 { output.append(zero) }
      output.append(contentsOf: digits)
      return
    }
    for i in 0..<exponent { output.append(i < digits.count ? digits[i] : zero) }
    output.append(UInt8(ascii: "."))
    if digits.count > exponent { output.append(contentsOf: digits[exponent...]) } else { output.append(zero) }
  }
}
