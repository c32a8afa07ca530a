import FQLValues
import Testing

@testable import FQLEngine

@Suite struct TimesTests {
  private func time(_ text: String) -> Value { Time(parsing: text).map { .time($0) } ?? .null }
  private func date(_ text: String) -> Value { CalendarDate(parsing: text).map { .date($0) } ?? .null }

  private func show(_ result: Result<Value, Functions.Refusal>) -> String {
    switch result {
    case .success(.time(let time)): time.text
    case .success(.date(let date)): date.text
    default: Functions.show(result)
    }
  }

  @Test func `parts of every day agree with a calendar that counts days one by one`() {
    // From the first day of the year -4 to the end of 2404, in steps of a day; 1970-01-01 was a Thursday.
    var year: Int64 = -4
    var month = 1
    var day = 1
    var dayOfYear = 1
    var days: [(Int64, Int, Int, Int)] = []
    while year < 2404 {
      days.append((year, month, day, dayOfYear))
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      dayOfYear += 1
      if day > lengths[month - 1] {
        day = 1
        month += 1
        if month > 12 {
          month = 1
          year += 1
          dayOfYear = 1
        }
      }
    }
    guard let epoch = days.firstIndex(where: { $0 == (1970, 1, 1, 1) }) else {
      Issue.record("no epoch")
      return
    }
    for (i, expected) in days.enumerated() {
      let number = Int64(i - epoch)
      let date = CalendarDate(day: number)
      let civil = date.civil
      let weekday = ((i - epoch) % 7 + 7 + 3) % 7 + 1
      if (civil.year, civil.month, civil.day, civil.dayOfYear) != expected || date.dayOfWeek != weekday
        || CalendarDate(civil) != date
      {
        Issue.record("day \(number): \(civil) instead of \(expected)")
        return
      }
    }
  }

  @Test func `epoch and range`() {
    #expect(show(Functions.call("epoch", -1, "half day")) == "1969-12-31T12:00:00Z")
    #expect(show(Functions.call("epoch", .integer(.min), "nanosecond")) == "1677-09-21T00:12:43.145224192Z")
    #expect(show(Functions.call("epoch", 31_556_889_864_403_199, "second")) == "+1000000000-12-31T23:59:59Z")
    #expect(show(Functions.call("epoch", 31_556_889_864_403_200, "second")) == "! " + Builtins.timeRange)
    #expect(show(Functions.call("epoch", .integer(.max), "day")) == "! " + Builtins.timeRange)
    #expect(TimeUnit(parsing: " half days ") == .halfDay)
    #expect(TimeUnit(parsing: "half  day") == nil)
    #expect(TimeUnit(parsing: "Day") == nil)
  }

  @Test func `moving`() {
    #expect(show(Functions.call("time_add", date("2020-02-28"), 2, "days")) == "2020-03-01")
    #expect(
      show(Functions.call("time_subtract", time("1970-01-01T00:00:00Z"), 1, "nanosecond"))
        == "1969-12-31T23:59:59.999999999Z")
    #expect(
      show(Functions.call("time_subtract", time("1970-01-01T00:00:00Z"), .integer(.min), "nanosecond"))
        == "2262-04-11T23:47:16.854775808Z")
    #expect(
      show(Functions.call("time_add", time("1970-01-01T00:00:00Z"), .integer(.max), "millisecond"))
        == "+292278994-08-17T07:12:55.807Z")
    #expect(
      show(Functions.call("time_add", time("1970-01-01T00:00:00Z"), .integer(.min), "second")) == "! offset: "
        + Builtins.timeRange)
    #expect(
      show(Functions.call("time_subtract", time("1970-01-01T00:00:00Z"), .integer(.min), "second")) == "! offset: "
        + Builtins.timeRange)
    #expect(show(Functions.call("time_add", date("+999999999-12-31"), 1, "day")) == "! offset: " + Builtins.timeRange)
    #expect(
      show(Functions.call("time_subtract", date("1970-01-01"), .integer(.min), "day")) == "! offset: "
        + Builtins.timeRange)
    #expect(
      show(Functions.call("time_add", date("1970-01-01"), 1, " hours ")) == "! unit: Invalid time unit ' hours '.")
  }

  @Test func `differences`() {
    let start = time("1970-01-02T00:00:00Z")
    let end = time("1970-01-01T00:00:00.000000001Z")
    #expect(show(Functions.call("time_diff", start, end, "millisecond")) == "-86400000")
    #expect(show(Functions.call("time_diff", start, end, "microsecond")) == "-86399999999")
    #expect(show(Functions.call("time_diff", start, end, "nanosecond")) == "-86399999999999")
    #expect(show(Functions.call("time_diff", start, end, "second")) == "-86399")
    #expect(show(Functions.call("time_diff", start, end, "day")) == "0")
    #expect(show(Functions.call("time_diff", date("2020-02-28"), date("2020-03-01"), "days")) == "2")
    #expect(
      show(Functions.call("time_diff", date("2020-02-28"), start, "hours"))
        == "! time_diff: Incompatible time arguments.")
    #expect(
      show(Functions.call("time_diff", date("2020-02-28"), date("2020-02-28"), "hours"))
        == "! unit: Invalid time unit 'hours'.")
  }

  @Test func `random differences undo random moves`() {
    var state: UInt64 = 11
    func random() -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(bitPattern: state)
    }
    for _ in 0..<20_000 {
      let start = Time(seconds: random() >> 20, nanoseconds: Int32(UInt64(bitPattern: random()) % 1_000_000_000))
      for (unit, bits) in [(TimeUnit.day, 40), (.hour, 35), (.second, 25), (.microsecond, 10), (.nanosecond, 8)] {
        let offset = random() >> bits
        guard let moved = start.moved(by: offset, unit, isBack: false) else { continue }
        #expect(start.distance(to: moved, unit) == offset)
        #expect(moved.moved(by: offset, unit, isBack: true) == start)
      }
    }
  }

  @Test func `parts before the epoch`() {
    let before = time("1969-12-31T23:59:59.9995Z")
    #expect(show(Functions.call("to_seconds", before)) == "-1")
    #expect(show(Functions.call("to_millis", before)) == "-1")
    #expect(show(Functions.call("to_micros", before)) == "-500")
    #expect(show(Functions.call("second", before)) == "59")
    #expect(show(Functions.call("year", time("-0001-01-01T00:00:00Z"))) == "-1")
    #expect(show(Functions.call("day_of_week", time("1970-03-01T00:00:00Z"))) == "7")
  }

  @Test func `texts`() {
    #expect(show(Functions.call("time", "\t2019-02-30t24:00z ")) == "2019-03-01T00:00:00Z")
    #expect(show(Functions.call("time", " nope ")) == "! Cannot cast ' nope ' to a time.")
    #expect(show(Functions.call("time", " now")) == "! Cannot cast ' now' to a time.")
    #expect(show(Functions.call("date", " 1970-01-01 ")) == "1970-01-01")
    #expect(show(Functions.call("date", "2019-02-30")) == "! Cannot cast '2019-02-30' to a date.")
    #expect(show(Functions.call("to_time", -1)) == "1969-12-31T23:59:59.999Z")
    #expect(show(Functions.call("to_date", time("1970-01-01T23:30:00-01:00"))) == "1970-01-02")
    #expect(show(Functions.call("to_date", "now")) == "! Cannot cast 'now' to a date.")
  }
}
