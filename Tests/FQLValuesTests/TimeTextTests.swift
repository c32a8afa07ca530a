import Testing

@testable import FQLValues

@Suite struct TimeTextTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"), ("2019-05-27T05:15:48+0300", "2019-05-27T02:15:48Z"),
    ("1970-01-01T00:00:00.5Z", "1970-01-01T00:00:00.500Z"),
    ("1970-01-01T00:00:00.1204Z", "1970-01-01T00:00:00.120400Z"),
    ("1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Z"), ("1970-01-01t00:00z", "1970-01-01T00:00:00Z"),
    ("1970-01-01T00:00:00+01:00:30", "1969-12-31T22:59:30Z"), ("1970-01-01T24:00:00Z", "1970-01-02T00:00:00Z"),
    ("2019-02-30T00:00:00Z", "2019-02-28T00:00:00Z"), ("2020-02-30T00:00:00Z", "2020-02-29T00:00:00Z"),
    ("+12019-01-01T00:00:00Z", "+12019-01-01T00:00:00Z"), ("-0001-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"),
    ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
    ("+999999999-12-31T23:59:59-18:00", "+1000000000-01-01T17:59:59Z"),
    ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
  ])
  func `times are read and written`(text: String, wanted: String) {
    #expect(Time(parsing: text)?.text == wanted)
  }

  @Test(arguments: [
    "", "2019-05-27T05:15:48", "1970-01-01", "1970-01-01 00:00:00Z", "1970-01-01T24:00:01Z", "2016-12-31T23:59:60Z",
    "2019-01-32T00:00:00Z", "2019-13-01T00:00:00Z", "2019-00-01T00:00:00Z", "1970-01-01T00:00:00.1234567890Z",
    "1970-01-01T00:00:00,5Z", "12019-01-01T00:00:00Z", "+1970-01-01T00:00:00Z", "-0000-01-01T00:00:00Z",
    "19700101T000000Z", "+1000000000-01-01T00:00:00Z", "1970-01-01T00:00:00+01", "1970-01-01T00:00:00+18:01",
    "1970-01-01T00:00:00Z ", "1970-01-01T00:00:00.5", "1970-01-01T00Z",
  ])
  func `what is no time is refused`(text: String) {
    #expect(Time(parsing: text) == nil)
  }

  @Test func `dates are strict`() {
    #expect(CalendarDate(parsing: "2020-02-29")?.text == "2020-02-29")
    #expect(CalendarDate(parsing: "2019-02-29") == nil)
    #expect(CalendarDate(parsing: "-999999999-01-01")?.text == "-999999999-01-01")
    #expect(CalendarDate(parsing: "2020-2-9") == nil)
    #expect(CalendarDate(parsing: "2020-02-29T") == nil)
  }

  @Test func `days count both ways`() {
    for day in stride(from: Int64(-1_000_000), through: 1_000_000, by: 997) {
      #expect(CivilDay(daysSinceEpoch: day).daysSinceEpoch == day)
    }
    #expect(CivilDay(year: 2020, month: 12, day: 31).dayOfYear == 366)
    #expect(CivilDay(daysSinceEpoch: -719_528) == CivilDay(year: 0, month: 1, day: 1))
  }
}
