import FQLValues
import Testing

@testable import FQLEngine

@Suite struct NumbersTests {
  private func check(_ result: Result<Value, Functions.Refusal>, _ expected: String, line: Int = #line) {
    let shown = Functions.show(result)
    #expect(
      shown == expected, sourceLocation: SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1))
  }

  @Test func `integers wrap and doubles stay doubles`() {
    check(Functions.call("add", [.integer(.max), 1]), String(Int64.min))
    check(Functions.call("add", [1, 2, 3.5]), "6.5")
    check(Functions.call("subtract", [-4]), "-4")
    check(Functions.call("divide", [7, 2, 2.0]), "1.5")
    check(Functions.call("divide", [.integer(.min), -1]), String(Int64.min))
    check(Functions.call("modulo", [.integer(.min), -1]), "0")
    check(Functions.call("modulo", [-7, 3]), "-1")
    check(Functions.call("modulo", [-7.5, 2]), "-1.5")
    check(Functions.call("divide", [0]), "0")
    check(Functions.call("divide", [1, .double(-0.0)]), "! Illegal division by zero.")
    check(Functions.call("modulo", [1, 0]), "! Illegal division by zero.")
  }

  @Test func `bitwise operations truncate doubles and answer in kind`() {
    check(Functions.call("bitand", [7, 3.9]), "3.0")
    check(Functions.call("bitand", [5.5]), "5.5")
    check(Functions.call("bitor", [.double(.nan), 1]), "1.0")
    check(Functions.call("bitnot", 1.5), "-2")
  }

  @Test func `unary functions`() {
    check(Functions.call("abs", .integer(.min)), String(Int64.min))
    check(Functions.call("abs", -1.5), "1.5")
    check(Functions.call("ceil", -0.1), "-0.0")
    check(Functions.call("sign", .double(.nan)), "1")
    check(Functions.call("sign", -2.5), "-1")
    check(Functions.call("sqrt", -4.5), "! -4.5 must be positive")
    check(Functions.call("sqrt", -1), "! -1 must be positive")
    check(Functions.call("ln", 0), "! 0 must be greater than 0")
    check(Functions.call("acos", .double(.nan)), "! NaN must be between -1 and 1 inclusive")
    check(Functions.call("pow", 3), "9.0")
    check(Functions.call("hypot", 3, 4), "5.0")
  }

  @Test func `rounding is the original's`() {
    let rounded: [(Value, Value?, String)] = [
      (5.666, nil, "5.67"), (-5.666, nil, "-5.66"), (-555.666, 0, "-555.0"), (-544, -1, "-530"), (-5, 0, "-4"),
      (2.5, 0, "3.0"), (1.005, nil, "1.0"), (1e300, nil, "9.315605757223324E18"), (.double(.nan), nil, "0.0"),
      (9_007_199_254_740_993, 0, "9007199254740992"), (1234, 3, "1234"), (555.666, -2, "600.0"), (5, nil, "5"),
    ]
    for (number, precision, expected) in rounded { check(Functions.call("round", number, precision), expected) }
    let truncated: [(Value, Value?, String)] = [
      (4.35, 2, "4.34"), (1.15, 2, "1.1400000000000001"), (-155.678, -1, "-150.0"), (1234, -2, "1200"),
      (45.56789, 3, "45.567"), (1, .integer(.min), "0"), (1.5, .integer(.max), "1.4999999997671694"),
    ]
    for (number, precision, expected) in truncated { check(Functions.call("trunc", number, precision), expected) }
  }
}
