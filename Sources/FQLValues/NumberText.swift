extension OutputBuffer {
  /// Appends a double as the wire and error texts show it: always with a point or an exponent (`1.0`, `1.0E10`).
  ///
  /// Not-a-number and the infinities become the bare words; on the wire they stand between quotes.
  public mutating func append(double value: Double) {
    if !value.isFinite {
      append(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
      return
    }
    let magnitude = value.magnitude
    if magnitude == 0 || (magnitude >= 1e-3 && magnitude < 1e7) {
      append(description: value)  // In this range the standard library prints the same.
      return
    }
    var decimal = DecimalDigits(value)
    if decimal.digits.count == 1, magnitude < 1e-300 { decimal.useTwoDigits(magnitude) }
    if decimal.isNegative { append(UInt8(ascii: "-")) }
    append(decimal.digits[0])
    append(UInt8(ascii: "."))
    if decimal.digits.count > 1 {
      for digit in decimal.digits.dropFirst() { append(digit) }
    } else {
      append(UInt8(ascii: "0"))
    }
    append(UInt8(ascii: "E"))
    append(decimal: Int64(decimal.exponent - 1))
  }

  /// Appends a double as JavaScript prints it: integral ones without a point, plain notation from 1e-6 up to 1e21.
  public mutating func append(javaScript value: Double) {
    if !value.isFinite {
      append(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
      return
    }
    if value.magnitude < 9e15, value == Double(Int64(value)) {
      if value == 0, value.sign == .minus { append(UInt8(ascii: "-")) }
      append(decimal: Int64(value))
      return
    }
    if value.magnitude >= 1e-3, value.magnitude < 9e15 {
      append(description: value)  // What has a fraction is printed the same by the standard library.
      return
    }
    let decimal = DecimalDigits(value)
    let digits = decimal.digits
    let exponent = decimal.exponent
    if decimal.isNegative { append(UInt8(ascii: "-")) }
    if exponent > 21 || exponent < -5 {
      append(digits[0])
      if digits.count > 1 { append(UInt8(ascii: ".")) }
      for digit in digits.dropFirst() { append(digit) }
      append(exponent > 0 ? "e+" : "e-")
      append(decimal: UInt64((exponent - 1).magnitude))
    } else if exponent <= 0 {
      append("0.")
      append(UInt8(ascii: "0"), times: -exponent)
      for digit in digits { append(digit) }
    } else {
      for (place, digit) in digits.enumerated() {
        if place == exponent { append(UInt8(ascii: ".")) }
        append(digit)
      }
      append(UInt8(ascii: "0"), times: exponent - digits.count)
    }
  }
}

extension DecimalDigits {
  /// Of the smallest numbers, which one digit tells apart, the nearest two digits are shown (`4.9E-324`).
  fileprivate mutating func useTwoDigits(_ magnitude: Double) {
    // The number is a multiple of 4.94065645841246544e-324; a large one is shown by more than one digit or ends in a zero.
    guard magnitude.bitPattern < 10_000 else { return }
    var scaled = magnitude.bitPattern * 494_065_645_841_246
    var power = -338
    while scaled >= 1000 {
      scaled /= 10
      power += 1
    }
    // Three digits, of which the last is rounded away.
    scaled = (scaled + 5) / 10
    power += 1
    if scaled == 100 {
      scaled = 10
      power += 1
    }
    digits = scaled % 10 == 0 ? [48 + UInt8(scaled / 10)] : [48 + UInt8(scaled / 10), 48 + UInt8(scaled % 10)]
    exponent = power + 2
  }
}

extension Double {
  /// The number as the wire and error texts show it: `1.0`, `1.0E10`, `NaN`.
  public var wireText: String {
    var buffer = OutputBuffer(capacity: 64)
    buffer.append(double: self)
    return buffer.string
  }

  /// The number as JavaScript prints it: `1`, `10000000000`, `1e+21`.
  public var javaScriptText: String {
    var buffer = OutputBuffer(capacity: 64)
    buffer.append(javaScript: self)
    return buffer.string
  }
}

/// Numbers read from bytes, without making text of them where that can be helped.
package enum NumberReader {
  private static let powersOfFive: [UInt64] = (0...27).map { power in (0..<power).reduce(1) { five, _ in five * 5 } }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21,
    1e22,
  ]

  /// The double nearest to `digits[.digits][e±digits]`; underscores between digits are skipped. The syntax was checked before.
  package static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double {
    plainDouble(bytes) ?? anyDouble(bytes)
  }

  /// The same for digits and a point that are no more than the mantissa can hold; nil for others.
  @inline(__always)
  private static func plainDouble(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard bytes.count <= 20 else { return nil }
    var mantissa: UInt64 = 0
    var place = 0
    while place < bytes.count, case let digit = bytes[place] &- 48, digit <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      place += 1
    }
    guard place < bytes.count, bytes[place] == UInt8(ascii: ".") else { return nil }
    place += 1
    let fraction = place
    while place < bytes.count, case let digit = bytes[place] &- 48, digit <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      place += 1
    }
    guard place == bytes.count else { return nil }
    // Of fifteen digits both factors are exact, so the one rounding of the quotient is the correct one.
    if mantissa < 1_000_000_000_000_000 { return Double(mantissa) / powers[place - fraction] }
    return rounded(mantissa, fraction - place)
  }

  private static func anyDouble(_ bytes: UnsafeBufferPointer<UInt8>) -> Double {
    var mantissa: UInt64 = 0
    var count = 0
    var scale = 0
    var seenPoint = false
    var place = 0
    scan: while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case 48...57:
        if count > 0 || byte != 48 { count += 1 }
        if count <= 19 { mantissa = mantissa &* 10 &+ UInt64(byte - 48) }
        if seenPoint { scale -= 1 }
      case UInt8(ascii: "."): seenPoint = true
      case UInt8(ascii: "_"), UInt8(ascii: "+"): break
      default: break scan
      }
      place += 1
    }
    if place < bytes.count {  // "e"
      var exponent = 0
      var isNegative = false
      for byte in bytes[(place + 1)...] {
        if byte == UInt8(ascii: "-") { isNegative = true }
        if byte >= 48, byte <= 57, exponent < 100_000 { exponent = exponent * 10 + Int(byte - 48) }
      }
      scale += isNegative ? -exponent : exponent
    }
    // Both factors are exact, so the one rounding of the product or quotient is the correct one.
    if count <= 15, scale >= -22, scale <= 22 {
      let value = Double(mantissa)
      return scale < 0 ? value / powers[-scale] : value * powers[scale]
    }
    if count <= 19, scale >= -27, scale <= 27 { return rounded(mantissa, scale) }
    let text = String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    // Swift wants a digit on both sides of the point.
    let padded = text.hasPrefix(".") ? "0" + text : text
    return Double(padded.replacingPointWithoutDigits) ?? 0
  }

  /// The double nearest to `mantissa * 10^scale`, of a mantissa that is not 0 and a scale from -27 to 27.
  ///
  /// Twice 64 bits hold the product with a power of five, or a quotient and whether something remains, exactly. Their highest 64 bits,
  /// the last one set where lower ones are not zero, are rounded once.
  private static func rounded(_ mantissa: UInt64, _ scale: Int) -> Double {
    let five = powersOfFive[abs(scale)]
    let bits: UInt64
    let exponent: Int
    if scale < 0 {
      let mantissaShift = mantissa.leadingZeroBitCount
      let fiveShift = five.leadingZeroBitCount
      let dividend = mantissa &<< UInt64(mantissaShift)
      let (quotient, remainder) = (five &<< UInt64(fiveShift)).dividingFullWidth((dividend >> 1, dividend << 63))
      bits = remainder == 0 ? quotient : quotient | 1
      exponent = fiveShift - mantissaShift - 63 + scale
    } else {
      let (high, low) = mantissa.multipliedFullWidth(by: five)
      if high == 0 {
        bits = low
        exponent = scale
      } else {
        let shift = high.leadingZeroBitCount
        let top = shift == 0 ? high : high << UInt64(shift) | low >> UInt64(64 - shift)
        bits = low << UInt64(shift) == 0 ? top : top | 1
        exponent = 64 - shift + scale
      }
    }
    return Double(sign: .plus, exponent: exponent, significand: Double(bits))
  }

  /// The integer that ASCII digits stand for in some base, with underscores skipped; nil beyond 64 bits.
  package static func magnitude(_ bytes: UnsafeBufferPointer<UInt8>, base: UInt64 = 10) -> UInt64? {
    var value: UInt64 = 0
    if base == 10, bytes.count <= 19 {
      var place = 0
      while place < bytes.count, case let digit = bytes[place] &- 48, digit <= 9 {
        value = value &* 10 &+ UInt64(digit)
        place &+= 1
      }
      if place == bytes.count { return value }
      value = 0
    }
    for byte in bytes where byte != UInt8(ascii: "_") {
      let digit: UInt64
      switch byte {
      case 48...57: digit = UInt64(byte) - 48
      case 65...70: digit = UInt64(byte) - 55
      case 97...102: digit = UInt64(byte) - 87
      default: return nil
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: base)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// The signed integer of that magnitude; nil beyond 64 bits.
  package static func integer(magnitude: UInt64, isNegative: Bool) -> Int64? {
    if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
    return Int64(exactly: magnitude)
  }
}

extension String {
  /// `2.e5` and `2.` with the zero that the standard library wants after the point.
  fileprivate var replacingPointWithoutDigits: String {
    guard let point = utf8.firstIndex(of: UInt8(ascii: ".")) else { return self }
    let next = utf8.index(after: point)
    if next < utf8.endIndex, utf8[next] >= 48, utf8[next] <= 57 { return self }
    return String(self[..<next]) + "0" + String(self[next...])
  }
}
