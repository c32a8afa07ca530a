/// The shortest decimal digits that read back as a double: `0.d₁d₂d₃… × 10^exponent`.
public struct DecimalDigits: Sendable {
  public var isNegative: Bool
  /// ASCII digits without leading or trailing zeros; "0" alone for zero.
  public var digits: [UInt8]
  /// The place of the decimal point, counted from the first digit: 12.5 has digits "125" and exponent 2.
  public var exponent: Int

  /// The digits of a finite number.
  public init(_ value: Double) {
    isNegative = value.sign == .minus
    digits = []
    exponent = 0
    var point: Int?
    var seen = 0
    var power = 0
    var description = value.magnitude.description
    description.withUTF8 { bytes in
      var i = 0
      while i < bytes.count {
        switch bytes[i] {
        case UInt8(ascii: "."): point = seen
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
          var negative = false
          i += 1
          if i < bytes.count, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") {
            negative = bytes[i] == UInt8(ascii: "-")
            i += 1
          }
          while i < bytes.count {
            power = power * 10 + Int(bytes[i] - 48)
            i += 1
          }
          if negative { power = -power }
        default:
          digits.append(bytes[i])
          seen += 1
        }
        i += 1
      }
    }
    exponent = (point ?? seen) + power
    let leading = digits.prefix { $0 == 48 }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == 48 { digits.removeLast() }
    if digits.isEmpty {
      digits = [48]
      exponent = 1
    }
  }
}
