import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The functions of arithmetic over one number, or over a list from left to right.
extension Builtins {
  static let numbers: [String: Builtin] = [
    "add": .unary { numbers, _ in fold(numbers, Arithmetic.add) },
    "subtract": .unary { numbers, _ in fold(numbers, Arithmetic.subtract) },
    "multiply": .unary { numbers, _ in fold(numbers, Arithmetic.multiply) },
    "divide": .unary { (numbers, call) throws(Failure) in try foldDivision(numbers, call, Arithmetic.divide) },
    "modulo": .unary { (numbers, call) throws(Failure) in try foldDivision(numbers, call, Arithmetic.modulo) },
    "bitand": .unary { numbers, _ in fold(numbers) { Arithmetic.bitwise($0, $1, &) } },
    "bitor": .unary { numbers, _ in fold(numbers) { Arithmetic.bitwise($0, $1, |) } },
    "bitxor": .unary { numbers, _ in fold(numbers) { Arithmetic.bitwise($0, $1, ^) } },
    "bitnot": .unary { number, _ in .integer(~Arithmetic.truncate(number)) },
    "abs": .unary { number, _ in
      switch number {
      case .integer(let integer): .integer(integer < 0 ? 0 &- integer : integer)
      default: .double(number.asDouble.magnitude)
      }
    },
    "ceil": .unary { number, _ in roundDouble(number, .up) },
    "floor": .unary { number, _ in roundDouble(number, .down) },
    "sign": .unary { number, _ in
      switch number {
      case .integer(let integer): .integer(integer.signum())
      default: .integer(number.asDouble < 0 ? -1 : 1)
      }
    },
    "sqrt": .unary { (number, call) throws(Failure) in
      guard number.asDouble >= 0 else { throw call.failure("\(number.numberText) must be positive") }
      return .double(number.asDouble.squareRoot())
    },
    "round": .binary { number, precision, _ in Rounding.round(number, precision?.asInteger) },
    "trunc": .binary { number, precision, _ in Rounding.trunc(number, precision?.asInteger) },
  ]

  private static func fold(_ numbers: Value, _ operation: (Value, Value) -> Value) -> Value {
    let numbers = numbers.asArray
    guard var result = numbers.first else { return .null }
    for number in numbers.dropFirst() { result = operation(result, number) }
    return result
  }

  private static func foldDivision(
    _ numbers: Value, _ call: Call, _ operation: (Value, Value) -> Value?
  ) throws(Failure) -> Value {
    let numbers = numbers.asArray
    guard var result = numbers.first else { return .null }
    for number in numbers.dropFirst() {
      guard let next = operation(result, number) else { throw call.failure(Arithmetic.divisionByZero) }
      result = next
    }
    return result
  }

  private static func roundDouble(_ number: Value, _ rule: FloatingPointRoundingRule) -> Value {
    if case .double(let double) = number { .double(double.rounded(rule)) } else { number }
  }
}

/// One step of arithmetic: integers stay integers and wrap around; with a double on either side the result is a double.
enum Arithmetic {
  static let divisionByZero = "Illegal division by zero."

  @inline(__always)
  static func add(_ a: Value, _ b: Value) -> Value {
    if case .integer(let a) = a, case .integer(let b) = b { return .integer(a &+ b) }
    return .double(a.asDouble + b.asDouble)
  }

  @inline(__always)
  static func subtract(_ a: Value, _ b: Value) -> Value {
    if case .integer(let a) = a, case .integer(let b) = b { return .integer(a &- b) }
    return .double(a.asDouble - b.asDouble)
  }

  @inline(__always)
  static func multiply(_ a: Value, _ b: Value) -> Value {
    if case .integer(let a) = a, case .integer(let b) = b { return .integer(a &* b) }
    return .double(a.asDouble * b.asDouble)
  }

  /// The quotient, truncated for integers; nil where the divisor is zero.
  @inline(__always)
  static func divide(_ a: Value, _ b: Value) -> Value? {
    if case .integer(let a) = a, case .integer(let b) = b {
      return b == 0 ? nil : .integer(a.dividedReportingOverflow(by: b).partialValue)
    }
    return b.asDouble == 0 ? nil : .double(a.asDouble / b.asDouble)
  }

  /// The remainder, with the sign of the dividend; nil where the divisor is zero.
  @inline(__always)
  static func modulo(_ a: Value, _ b: Value) -> Value? {
    if case .integer(let a) = a, case .integer(let b) = b {
      // The remainder of the smallest integer and -1 is reported as an overflow, but 0 all the same.
      return b == 0 ? nil : .integer(b == -1 ? 0 : a % b)
    }
    return b.asDouble == 0 ? nil : .double(fmod(a.asDouble, b.asDouble))
  }

  /// A bitwise operation on integers. A double counts as the integer that it truncates to, and makes the result a double.
  static func bitwise(_ a: Value, _ b: Value, _ operation: (Int64, Int64) -> Int64) -> Value {
    let result = operation(truncate(a), truncate(b))
    if case .integer = a, case .integer = b { return .integer(result) }
    return .double(Double(result))
  }

  /// The integer that a number truncates to.
  static func truncate(_ number: Value) -> Int64 {
    switch number {
    case .integer(let integer): integer
    default: truncate(number.asDouble)
    }
  }

  /// The integer that a double truncates to, as Java and C on most machines have it: the nearest one outside of the range, 0 for NaN.
  @inline(__always)
  static func truncate(_ double: Double) -> Int64 {
    if let integer = Int64(exactly: double.rounded(.towardZero)) { return integer }
    return double.isNaN ? 0 : double < 0 ? .min : .max
  }
}

/// `Round` and `Trunc`: the original's computations, step by step, since their roundoff shows.
enum Rounding {
  /// Rounds to that many decimals; a double to two unless said otherwise.
  static func round(_ number: Value, _ precision: Int64?) -> Value {
    guard let precision = decimals(number, precision) else { return number }
    let power = pow(10, Double(precision))
    if case .integer(let integer) = number {
      return precision > 0 ? number : .integer(Arithmetic.truncate(truncated(Double(integer) * power + 0.5) / power))
    }
    let x = number.asDouble
    if precision <= 0 { return .double(truncated(truncated(x * power + 0.5) / power)) }
    let scale = saturated(power)
    let whole = truncated(x)
    return .double(whole + truncated((x - whole + 0.5 / scale) * scale) / scale)
  }

  /// Cuts off after that many decimals; a double after two unless said otherwise.
  static func trunc(_ number: Value, _ precision: Int64?) -> Value {
    guard let precision = decimals(number, precision) else { return number }
    let power = pow(10, Double(precision))
    if case .integer(let integer) = number {
      return precision > 0 ? number : .integer(Arithmetic.truncate(truncated(Double(integer) * power) / power))
    }
    let x = number.asDouble
    if precision <= 0 { return .double(truncated(x * power) / power) }
    let scale = saturated(power)
    let whole = truncated(x)
    return .double(whole + truncated((x - whole) * scale) / scale)
  }

  /// How many decimals to keep; nil where the number stays as it is.
  private static func decimals(_ number: Value, _ precision: Int64?) -> Int64? {
    if let precision { return precision }
    if case .integer = number { return nil }
    return 2
  }

  private static func truncated(_ x: Double) -> Double { Double(Arithmetic.truncate(x)) }

  /// A positive power of ten as a 32-bit integer, at most.
  private static func saturated(_ power: Double) -> Double { min(power, Double(Int32.max)) }
}

extension Value {
  /// A number as error texts show it.
  var numberText: String {
    switch self {
    case .integer(let integer): String(integer)
    case .double(let double): double.wireText
    default: ""
    }
  }
}
