import FQLValues

extension FormatItem {
  /// Appends a time or date: as ISO text, or the part of it that the suffix names. Times are shown in UTC.
  func appendTime(to result: inout BoundedText) throws(Failure) {
    let date: CalendarDate
    var time: Time?
    switch value {
    case .time(let value):
      date = value.date
      time = value
    case .date(let value): date = value
    default: throw mismatch("Date or Time")
    }
    try checkFlags()
    guard let suffix = specifier.letter else {
      // Not in upper case, whatever the letter.
      let text = time?.text ?? date.text
      let fill = (specifier.width ?? 0) - text.utf8.count
      if !specifier.has("-") { result.append(repeating: UInt8(ascii: " "), count: fill) }
      result.append(text)
      if specifier.has("-") { result.append(repeating: UInt8(ascii: " "), count: fill) }
      return
    }
    guard let text = Self.part(suffix, of: date) ?? time.flatMap({ Self.part(suffix, of: $0) }) else {
      throw valueFailure("Invalid date/time suffix '\(specifier.text)'.")
    }
    if suffix == "N" { result.append(text) } else { try appendFilled(text, to: &result) }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  /// The part of a day that a suffix names; nil where it names none.
  private static func part(_ suffix: UnicodeScalar, of date: CalendarDate) -> String? {
    let civil = date.civil
    // Years are those of an era: the year 0 is the year 1 before the common era.
    let year = civil.year > 0 ? civil.year : 1 - civil.year
    let month = padded(Int64(civil.month), 2)
    let day = padded(Int64(civil.day), 2)
    switch suffix {
    case "B": return months[civil.month - 1]
    case "b", "h": return String(months[civil.month - 1].prefix(3))
    case "A": return weekdays[date.dayOfWeek - 1]
    case "a": return String(weekdays[date.dayOfWeek - 1].prefix(3))
    case "C": return padded(year / 100, 2)
    case "y": return padded(year % 100, 2)
    case "Y": return padded(year, 4)
    case "m": return month
    case "d": return day
    case "e": return String(civil.day)
    case "j": return padded(Int64(civil.dayOfYear), 3)
    case "D": return "\(month)/\(day)/\(padded(year % 100, 2))"
    case "F": return "\(padded(year, 4))-\(month)-\(day)"
    default: return nil
    }
  }

  /// The part of an instant that a suffix names; nil where it names none.
  private static func part(_ suffix: UnicodeScalar, of time: Time) -> String? {
    let second = time.secondOfDay
    let hour = second / 3600
    let halfDayHour = Int64(hour % 12 == 0 ? 12 : hour % 12)
    let half = hour < 12 ? "am" : "pm"
    let minutes = padded(Int64(second / 60 % 60), 2)
    let seconds = padded(Int64(second % 60), 2)
    let clock = "\(padded(Int64(hour), 2)):\(minutes)"
    func day(_ suffix: UnicodeScalar) -> String { part(suffix, of: time.date) ?? "" }
    switch suffix {
    case "H": return padded(Int64(hour), 2)
    case "k": return String(hour)
    case "I": return padded(halfDayHour, 2)
    case "l": return String(halfDayHour)
    case "M": return minutes
    case "S": return seconds
    case "L": return padded(Int64(time.nanoseconds / 1_000_000), 3)
    case "N": return padded(Int64(time.nanoseconds), 9)
    case "p": return half
    case "z": return "+0000"
    case "Z": return "Z"
    case "s": return String(time.seconds)
    case "Q":
      return time.milliseconds.map { String($0) } ?? String(time.seconds)
        + padded(Int64(time.nanoseconds / 1_000_000), 3)
    case "R": return clock
    case "T": return "\(clock):\(seconds)"
    case "r": return "\(padded(halfDayHour, 2)):\(minutes):\(seconds) \(half.uppercased())"
    case "c": return "\(day("a")) \(day("b")) \(day("d")) \(clock):\(seconds) Z \(day("Y"))"
    default: return nil
    }
  }
}
