import FQLValues
import Testing

@testable import FQLEngine

@Suite struct FormatTests {
  private static let time = Value.time(Time(seconds: 5_149_845, nanoseconds: 123_456_789))
  private static let date = Value.date(CalendarDate(day: 59))

  private func format(_ template: String, _ values: [Value]) -> String {
    Functions.show(Functions.call("format", .string(template), .array(values)))
  }

  @Test(
    arguments: [
      ("%s %S", ["straße", "straße"], #""straße STRASSE""#),
      ("%.2s|%5s|%-5s|", ["abc", "a", "b"], #""ab|    a|b    |""#),
      ("%b %b %B", [.null, 0, false], #""false true FALSE""#), ("%3$s%1$s %2$s%0$s", ["a", "b", "c"], #""ca ba""#),
      ("100%%%n", [], "\"100%\n\""),
      ("%d %+d % d %(d %05d %(06d", [1, 2, 3, -4, -42, -42], #""1 +2  3 (4) -0042 (0042)""#),
      ("%,d %(,d", [1_234_567, -1_234_567], #""1,234,567 (1,234,567)""#),
      ("%x %#X %o %#o", [-255, 255, -1, 8], #""ffffffffffffff01 0XFF 1777777777777777777777 010""#),
      ("%f %.2f %.2f %.0f %#.0f", [0.5, 0.125, 1.005, 2.5, 2.5], #""0.500000 0.13 1.01 3 3.""#),
      ("%.20f", [0.1], #""0.10000000000000000000""#), ("%.2f %.1f %.0f", [9.999, 0.04, 0.5], #""10.00 0.0 1""#),
      ("%e %E %.0e %e", [3.14, 1e100, 2.5, 0.0], #""3.140000e+00 1.000000E+100 3e+00 0.000000e+00""#),
      (
        "%g %g %g %g %g", [123456.0, 1234567.0, 0.00012345, 0.0, 2.5],
        #""123456 1.23457e+06 0.000123450 0.00000 2.50000""#
      ),
      (
        "%010f|%+f|%(f|%f|%E",
        [.double(.infinity), .double(.infinity), .double(-.infinity), .double(.nan), .double(.nan)],
        #""  Infinity|+Infinity|(Infinity)|NaN|NAN""#
      ),
      ("%@ %^", [[1, "a\"", .null], ["\n"]], #""[1,"a\"",null] ["\n"]""#),
      (
        "%t %tF %Tc %tr %tj", [time, time, time, time, time],
        #""1970-03-01T14:30:45.123456789Z 1970-03-01 SUN MAR 01 14:30:45 Z 1970 02:30:45 PM 060""#
      ),
      (
        "%tQ %tN %tL %tk %te %tC %ty", [time, time, time, time, date, date, date],
        #""5149845123 123456789 123 14 1 19 70""#
      ),
    ] as [(String, [Value], String)])
  func `specifiers`(template: String, values: [Value], expected: String) {
    #expect(format(template, values) == expected)
  }

  @Test(
    arguments: [
      ("100%", [], "! format: Invalid conversion format '%'."),
      ("%1$-5q", [1], "! format: Invalid conversion format '%1$-5q'."),
      ("%d %q", [], "! format: Invalid conversion format '%q'."),
      ("%1$-d", [1], "! format: Invalid conversion format '%-d'."),
      ("%.2d", ["a"], "! values.0: Integer expected, String provided."),
      ("%f", [1], "! values.0: Number expected, Integer provided."),
      ("%d %d", [1], "! format: format specifiers count must be <= arguments size"),
      ("%2$d", [1], "! format: index must be >= 1 and <= arguments size"),
      ("%99999999999$d", [1], "! format: index must be >= 1 and <= arguments size"),
      ("% s", [""], "! format: Invalid conversion format '% s'."),
      ("%-05d", [1], "! format: Invalid conversion format '%-05d'."),
      ("%s", [.object([:])], "! values.0: Cannot cast Object to String."),
      ("%tH", [date], "! values.0: Invalid date/time suffix '%tH'."),
      ("%t", [1], "! values.0: Date or Time expected, Integer provided."),
      ("%010tY", [date], "! format: Invalid conversion format '%010tY'."),
      ("%999999999d", [1], "! The result must not be longer than 16777216 bytes."),
      ("%0999999999d", [1], "! The result must not be longer than 16777216 bytes."),
      ("%.999999999f", [1.5], "! The result must not be longer than 16777216 bytes."),
    ] as [(String, [Value], String)])
  func `errors`(template: String, values: [Value], expected: String) {
    #expect(format(template, values) == expected)
  }
}
