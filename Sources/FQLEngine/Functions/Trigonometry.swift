import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Trigonometry, powers and logarithms: the result is a double always.
extension Builtins {
  static let trigonometry: [String: Builtin] = [
    "acos": .unary { (x, call) throws(Failure) in try withinOne(x, call, acos) },
    "asin": .unary { (x, call) throws(Failure) in try withinOne(x, call, asin) },
    "atan": .unary { x, _ in .double(atan(x.asDouble)) },
    "cos": .unary { x, _ in .double(cos(x.asDouble)) },
    "cosh": .unary { x, _ in .double(cosh(x.asDouble)) },
    "degrees": .unary { x, _ in .double(x.asDouble * (180 / Double.pi)) },
    "exp": .unary { x, _ in .double(exp(x.asDouble)) },
    "ln": .unary { (x, call) throws(Failure) in try positive(x, call, log) },
    "log": .unary { (x, call) throws(Failure) in try positive(x, call, log10) },
    "radians": .unary { x, _ in .double(x.asDouble * (Double.pi / 180)) },
    "sin": .unary { x, _ in .double(sin(x.asDouble)) },
    "sinh": .unary { x, _ in .double(sinh(x.asDouble)) },
    "tan": .unary { x, _ in .double(tan(x.asDouble)) },
    "tanh": .unary { x, _ in .double(tanh(x.asDouble)) },
    "hypot": .binary { x, side, _ in .double(hypot(x.asDouble, (side ?? x).asDouble)) },
    "pow": .binary { x, exponent, _ in .double(power(x.asDouble, exponent?.asDouble ?? 2)) },
  ]

  private static func withinOne(_ x: Value, _ call: Call, _ function: (Double) -> Double) throws(Failure) -> Value {
    guard (-1...1).contains(x.asDouble) else {
      throw call.failure("\(x.numberText) must be between -1 and 1 inclusive")
    }
    return .double(function(x.asDouble))
  }

  private static func positive(_ x: Value, _ call: Call, _ function: (Double) -> Double) throws(Failure) -> Value {
    guard x.asDouble > 0 else { throw call.failure("\(x.numberText) must be greater than 0") }
    return .double(function(x.asDouble))
  }

  /// A power as Java has it: unlike C, it has no number for a base of 1 or -1 where the exponent has none or is infinite.
  private static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent.isNaN || (exponent.isInfinite && base.magnitude == 1) { return .nan }
    return pow(base, exponent)
  }
}
