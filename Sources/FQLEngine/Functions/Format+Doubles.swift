import FQLValues

// Doubles are rounded half up on their shortest decimal digits, not on their binary value: 1.005 to two decimals is 1.01.

extension FormatItem {
  func appendDouble(to result: inout BoundedText) throws(Failure) {
    guard case .double(let double) = value else { throw mismatch("Number") }
    try checkFlags()
    guard double.isFinite else { return try appendNonFinite(double, to: &result) }
    let precision = specifier.precision ?? 6
    guard precision <= BoundedText.limit else { throw BoundedText.failure(call) }
    let digits = double == 0 ? RoundedDigits.zero : RoundedDigits(DecimalDigits(double))
    let text =
      switch specifier.letter {
      case "f": digits.plain(decimals: precision)
      case "e", "E": digits.scientific(decimals: precision)
      default: digits.general(significant: max(precision, 1))
      }
    try appendNumber(
      specifier.has("#") ? withPoint(text) : text, isNegative: double.sign == .minus, to: &result)
  }

  /// `NaN` has no sign; the infinities have, and are filled with spaces even where zeros are asked for.
  private func appendNonFinite(_ double: Double, to result: inout BoundedText) throws(Failure) {
    let text =
      if double.isNaN {
        "NaN"
      } else if double < 0 {
        specifier.has("(") ? "(Infinity)" : "-Infinity"
      } else {
        specifier.has("+") ? "+Infinity" : specifier.has(" ") ? " Infinity" : "Infinity"
      }
    try appendFilled(text, to: &result)
  }

  /// The number with a point, if it has none: behind its digits, before its exponent.
  private func withPoint(_ text: String) -> String {
    if text.contains(".") { return text }
    guard let exponent = text.firstIndex(of: "e") else { return text + "." }
    return text[..<exponent] + "." + text[exponent...]
  }
}

/// Decimal digits of a number without its sign: `0.d₁d₂d₃… × 10^exponent`.
private struct RoundedDigits {
  var digits: [UInt8]
  var exponent: Int

  static let zero = RoundedDigits(digits: [], exponent: 1)

  init(_ digits: DecimalDigits) {
    self.digits = digits.digits
    exponent = digits.exponent
  }

  private init(digits: [UInt8], exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  /// The number rounded half up to its first `count` digits, which may be none or fewer than none.
  private func rounded(to count: Int) -> RoundedDigits {
    guard count < digits.count else { return self }
    guard count >= 0 else { return RoundedDigits(digits: [], exponent: exponent) }
    var kept = Array(digits[..<count])
    guard digits[count] >= UInt8(ascii: "5") else { return RoundedDigits(digits: kept, exponent: exponent) }
    var i = count - 1
    while i >= 0, kept[i] == UInt8(ascii: "9") {
      kept[i] = UInt8(ascii: "0")
      i -= 1
    }
    if i >= 0 {
      kept[i] += 1
      return RoundedDigits(digits: kept, exponent: exponent)
    }
    return RoundedDigits(digits: [UInt8(ascii: "1")] + kept, exponent: exponent + 1)
  }

  private func digit(_ i: Int) -> UInt8 {
    i >= 0 && i < digits.count ? digits[i] : UInt8(ascii: "0")
  }

  /// `123.450000`
  func plain(decimals: Int) -> String {
    let number = rounded(to: exponent + decimals)
    var text: [UInt8] = []
    text.reserveCapacity(max(number.exponent, 1) + decimals + 1)
    if number.exponent <= 0 || number.digits.isEmpty {
      text.append(UInt8(ascii: "0"))
    } else {
      for i in 0..<number.exponent { text.append(number.digit(i)) }
    }
    if decimals > 0 {
      text.append(UInt8(ascii: "."))
      let start = number.digits.isEmpty ? 0 : number.exponent
      for i in 0..<decimals { text.append(number.digit(start + i)) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `1.234500e+02`
  func scientific(decimals: Int) -> String {
    let number = rounded(to: decimals + 1)
    var text: [UInt8] = [number.digit(0)]
    if decimals > 0 {
      text.append(UInt8(ascii: "."))
      for i in 1...decimals { text.append(number.digit(i)) }
    }
    let power = number.exponent - 1
    text.append(UInt8(ascii: "e"))
    text.append(UInt8(ascii: power < 0 ? "-" : "+"))
    if power.magnitude < 10 { text.append(UInt8(ascii: "0")) }
    text.append(contentsOf: String(power.magnitude).utf8)
    return String(decoding: text, as: UTF8.self)
  }

  /// So many significant digits, plain from 10⁻⁴ to below 10^significant, otherwise scientific.
  func general(significant: Int) -> String {
    let number = rounded(to: significant)
    if number.digits.isEmpty { return plain(decimals: significant - 1) }
    return number.exponent > -4 && number.exponent <= significant
      ? number.plain(decimals: significant - number.exponent) : number.scientific(decimals: significant - 1)
  }
}
