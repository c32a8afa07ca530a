import FQLValues

/// A unit of time, by its name in the language.
enum TimeUnit: Sendable {
  case day, halfDay, hour, minute, second, millisecond, microsecond, nanosecond

  /// Reads the singular or plural of a unit, with space around it.
  init?(parsing text: String) {
    switch text.trimmedOfControls {
    case "day", "days": self = .day
    case "half day", "half days": self = .halfDay
    case "hour", "hours": self = .hour
    case "minute", "minutes": self = .minute
    case "second", "seconds": self = .second
    case "millisecond", "milliseconds": self = .millisecond
    case "microsecond", "microseconds": self = .microsecond
    case "nanosecond", "nanoseconds": self = .nanosecond
    default: return nil
    }
  }

  /// How many seconds it has; 0 where it is a part of one.
  var seconds: Int64 {
    switch self {
    case .day: 86_400
    case .halfDay: 43_200
    case .hour: 3600
    case .minute: 60
    case .second: 1
    case .millisecond, .microsecond, .nanosecond: 0
    }
  }

  /// How many there are in a second, for the smaller units.
  var perSecond: Int64 {
    switch self {
    case .millisecond: 1000
    case .microsecond: 1_000_000
    case .nanosecond: 1_000_000_000
    default: 1
    }
  }
}

extension Time {
  static let earliest = Time(seconds: -31_557_014_167_219_200, nanoseconds: 0)
  static let latest = Time(seconds: 31_556_889_864_403_199, nanoseconds: 999_999_999)

  /// The instant so many units later or earlier; nil outside of the range of times. The offset may be any integer.
  func moved(by offset: Int64, _ unit: TimeUnit, isBack: Bool) -> Time? {
    var moved: (seconds: Int64, nanoseconds: Int64)
    if unit.seconds > 0 {
      let (product, overflow) = offset.multipliedReportingOverflow(by: unit.seconds)
      if overflow || product == .min { return nil }
      moved = (product, 0)
    } else {
      let (quotient, rest) = offset.quotientAndRemainder(dividingBy: unit.perSecond)
      moved = (quotient, rest * (1_000_000_000 / unit.perSecond))
    }
    if isBack { moved = (-moved.seconds, -moved.nanoseconds) }
    var total = Int64(nanoseconds) + moved.nanoseconds
    var (seconds, overflow) = seconds.addingReportingOverflow(moved.seconds)
    if overflow { return nil }
    if total < 0 {
      total += 1_000_000_000
      seconds -= 1
    } else if total >= 1_000_000_000 {
      total -= 1_000_000_000
      seconds += 1
    }
    let time = Time(seconds: seconds, nanoseconds: Int32(total))
    return time < .earliest || time > .latest ? nil : time
  }

  /// Whole units from this instant to another, towards zero; nil beyond 64 bits.
  func distance(to other: Time, _ unit: TimeUnit) -> Int64? {
    if unit == .millisecond {
      // The original subtracts the two numbers of milliseconds, each rounded down.
      guard let start = milliseconds, let end = other.milliseconds else { return nil }
      let (difference, overflow) = end.subtractingReportingOverflow(start)
      return overflow ? nil : difference
    }
    var seconds = other.seconds - seconds
    var rest = Int64(other.nanoseconds - nanoseconds)
    // Both parts with the same sign.
    if seconds > 0, rest < 0 {
      seconds -= 1
      rest += 1_000_000_000
    } else if seconds < 0, rest > 0 {
      seconds += 1
      rest -= 1_000_000_000
    }
    if unit.seconds > 0 { return seconds / unit.seconds }
    let (product, overflow) = seconds.multipliedReportingOverflow(by: unit.perSecond)
    let (sum, carry) = product.addingReportingOverflow(rest / (1_000_000_000 / unit.perSecond))
    return overflow || carry ? nil : sum
  }

  /// Milliseconds since the epoch, rounded down; nil beyond 64 bits.
  var milliseconds: Int64? {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, carry) = product.addingReportingOverflow(Int64(nanoseconds / 1_000_000))
    return overflow || carry ? nil : sum
  }

  /// The instant so many milliseconds after the epoch.
  init(milliseconds: Int64) {
    var (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
    if rest < 0 {
      seconds -= 1
      rest += 1000
    }
    self.init(seconds: seconds, nanoseconds: Int32(rest * 1_000_000))
  }
}

extension CalendarDate {
  static let earliest = CalendarDate(CivilDay(year: -999_999_999, month: 1, day: 1))
  static let latest = CalendarDate(CivilDay(year: 999_999_999, month: 12, day: 31))

  /// 1 for Monday to 7 for Sunday.
  var dayOfWeek: Int {
    // The epoch was a Thursday.
    let rest = Int((day % 7 + 3) % 7)
    return (rest < 0 ? rest + 7 : rest) + 1
  }
}

extension String {
  /// The text without the characters up to U+0020 at its ends.
  var trimmedOfControls: String {
    var text = utf8[...]
    while let first = text.first, first <= 0x20 { text.removeFirst() }
    while let last = text.last, last <= 0x20 { text.removeLast() }
    return String(Substring(text))
  }
}

// MARK: - Functions

/// The functions that make and move times and dates.
extension Builtins {
  static let times: [String: Builtin] = [
    "time": .unary { (text, call) throws(Failure) in .time(try parseTime(text.asString, call)) },
    "date": .unary { (text, call) throws(Failure) in .date(try parseDate(text.asString, call)) },
    "now": .unary { _, call in .time(call.evaluation.now) },
    "epoch": .binary { (number, unit, call) throws(Failure) in
      let unit = TimeUnit(parsing: unit?.asString ?? "") ?? .second
      let epoch = Time(seconds: 0, nanoseconds: 0)
      guard let time = epoch.moved(by: number.asInteger, unit, isBack: false) else {
        throw call.failure(timeRange)
      }
      return .time(time)
    },
    "time_add": .variadic { (arguments, call) throws(Failure) in try move(arguments, call, isBack: false) },
    "time_subtract": .variadic { (arguments, call) throws(Failure) in try move(arguments, call, isBack: true) },
    "time_diff": .variadic(timeDifference),
  ]

  static let timeRange =
    "dates and times must be between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z"

  /// The time that a text stands for: `now`, or ISO with space around it.
  static func parseTime(_ text: String, _ call: Call) throws(Failure) -> Time {
    if text == "now" { return call.evaluation.now }
    guard let time = Time(parsing: text.trimmedOfControls) else {
      throw call.failure("Cannot cast '\(text)' to a time.")
    }
    return time
  }

  /// The date that a text stands for: ISO with space around it.
  static func parseDate(_ text: String, _ call: Call) throws(Failure) -> CalendarDate {
    guard let date = CalendarDate(parsing: text.trimmedOfControls) else {
      throw call.failure("Cannot cast '\(text)' to a date.")
    }
    return date
  }

  /// A time or a date so many units later or earlier. A date moves by days only.
  private static func move(_ arguments: [Value?], _ call: Call, isBack: Bool) throws(Failure) -> Value {
    let offset = arguments[place: 1]?.asInteger ?? 0
    let unitName = arguments[place: 2]?.asString ?? ""
    let unit = TimeUnit(parsing: unitName) ?? .day
    switch arguments[place: 0] {
    case .time(let time):
      guard let moved = time.moved(by: offset, unit, isBack: isBack) else {
        throw call.failure(timeRange, at: "offset")
      }
      return .time(moved)
    case .date(let date):
      guard unit == .day else { throw call.failure("Invalid time unit '\(unitName)'.", at: "unit") }
      let (day, overflow) =
        isBack ? date.day.subtractingReportingOverflow(offset) : date.day.addingReportingOverflow(offset)
      guard !overflow, day >= CalendarDate.earliest.day, day <= CalendarDate.latest.day else {
        throw call.failure(timeRange, at: "offset")
      }
      return .date(CalendarDate(day: day))
    default: return .null
    }
  }

  /// Whole units between two times, or whole days between two dates.
  private static func timeDifference(_ arguments: [Value?], _ call: Call) throws(Failure) -> Value {
    let unitName = arguments[place: 2]?.asString ?? ""
    let unit = TimeUnit(parsing: unitName) ?? .day
    switch (arguments[place: 0], arguments[place: 1]) {
    case (.time(let start), .time(let end)):
      guard let difference = start.distance(to: end, unit) else {
        throw call.failure("The difference does not fit 64 bits.", at: "time_diff")
      }
      return .integer(difference)
    case (.date(let start), .date(let end)):
      guard unit == .day else { throw call.failure("Invalid time unit '\(unitName)'.", at: "unit") }
      return .integer(end.day - start.day)
    default: throw call.failure("Incompatible time arguments.", at: "time_diff")
    }
  }
}

/// The functions that take a time apart, in UTC.
extension Builtins {
  static let timeParts: [String: Builtin] = [
    "to_seconds": part { $0.seconds },
    "to_millis": .unary { (value, call) throws(Failure) in
      guard case .time(let time) = value, let milliseconds = time.milliseconds else {
        throw call.failure("The time in milliseconds does not fit 64 bits.", at: "to_millis")
      }
      return .integer(milliseconds)
    },
    "to_micros": part { $0.microseconds },
    "second": part { Int64($0.secondOfDay % 60) },
    "minute": part { Int64($0.secondOfDay / 60 % 60) },
    "hour": part { Int64($0.secondOfDay / 3600) },
    "day_of_month": part { Int64($0.date.civil.day) },
    "day_of_week": part { Int64($0.date.dayOfWeek) },
    "day_of_year": part { Int64($0.date.civil.dayOfYear) },
    "month": part { Int64($0.date.civil.month) },
    "year": part { $0.date.civil.year },
  ]

  private static func part(_ part: @escaping @Sendable (Time) -> Int64) -> Builtin {
    .unary { value, _ in
      if case .time(let time) = value { .integer(part(time)) } else { .null }
    }
  }
}
