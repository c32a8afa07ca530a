/// A day by year, month and day of the month, in the proleptic ISO calendar.
public struct CivilDay: Sendable, Hashable {
  /// Year 0 is the year before year 1.
  public var year: Int64
  /// 1 to 12.
  public var month: Int
  /// 1 to 31.
  public var day: Int

  public init(year: Int64, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that many days after 1970-01-01.
  public init(daysSinceEpoch days: Int64) {
    // Eras of 400 years, each counted from the first of March, so that the leap day is the last of its year.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  public var daysSinceEpoch: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 1 to 366.
  public var dayOfYear: Int {
    Int(daysSinceEpoch - CivilDay(year: year, month: 1, day: 1).daysSinceEpoch) + 1
  }

  public static func isLeap(_ year: Int64) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// How many days the month has.
  public static func length(ofMonth month: Int, year: Int64) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CalendarDate {
  public var civil: CivilDay { CivilDay(daysSinceEpoch: day) }

  public init(_ civil: CivilDay) {
    self.init(day: civil.daysSinceEpoch)
  }

  /// Reads `YYYY-MM-DD`; nil for anything else, and for a day that the calendar does not have.
  public init?(parsing text: String) {
    var text = text
    guard let date = text.withUTF8({ CalendarDate(parsing: $0) }) else { return nil }
    self = date
  }

  init?(parsing bytes: UnsafeBufferPointer<UInt8>) {
    var reader = ISOReader(bytes)
    guard let civil = reader.civilDay(), reader.isAtEnd,
      civil.day <= CivilDay.length(ofMonth: civil.month, year: civil.year)
    else { return nil }
    self.init(civil)
  }

  /// `2020-02-29`
  public var text: String {
    var buffer = OutputBuffer(capacity: 64)
    buffer.append(date: self)
    return buffer.string
  }
}

extension Time {
  /// 86,400 seconds.
  public static let secondsPerDay: Int64 = 86_400

  /// The day in UTC.
  public var date: CalendarDate {
    let (quotient, rest) = seconds.quotientAndRemainder(dividingBy: Time.secondsPerDay)
    return CalendarDate(day: rest < 0 ? quotient - 1 : quotient)
  }

  /// Seconds since the day began in UTC: 0 to 86,399.
  public var secondOfDay: Int {
    let rest = Int(seconds % Time.secondsPerDay)
    return rest < 0 ? rest + 86_400 : rest
  }

  /// Midnight in UTC of that day.
  public init(startOf date: CalendarDate) {
    self.init(seconds: date.day &* Time.secondsPerDay, nanoseconds: 0)
  }

  /// Reads `YYYY-MM-DDTHH:MM[:SS[.fraction]]` and an offset; nil for anything else.
  ///
  /// Two leniencies belong to the language: 24:00 is the midnight that ends the day, and a day that only longer months have is the
  /// last of its month.
  public init?(parsing text: String) {
    var text = text
    guard let time = text.withUTF8({ Time(parsing: $0) }) else { return nil }
    self = time
  }

  init?(parsing bytes: UnsafeBufferPointer<UInt8>) {
    var reader = ISOReader(bytes)
    guard var civil = reader.civilDay(), reader.take("T", or: "t") else { return nil }
    civil.day = min(civil.day, CivilDay.length(ofMonth: civil.month, year: civil.year))
    guard let hour = reader.twoDigits(upTo: 24), reader.take(":"), let minute = reader.twoDigits(upTo: 59) else {
      return nil
    }
    var second = 0
    var nanoseconds = 0
    if reader.take(":") {
      guard let value = reader.twoDigits(upTo: 59) else { return nil }
      second = value
      if reader.take(".") {
        guard let value = reader.fraction() else { return nil }
        nanoseconds = value
      }
    }
    if hour == 24, minute + second + nanoseconds != 0 { return nil }
    guard let offset = reader.offset(), reader.isAtEnd else { return nil }
    self.init(
      seconds: civil.daysSinceEpoch * Time.secondsPerDay + Int64(hour * 3600 + minute * 60 + second) - Int64(offset),
      nanoseconds: Int32(nanoseconds))
  }

  /// `2020-02-29T12:34:56.123456Z`: in UTC, with a fraction of 0, 3, 6 or 9 digits.
  public var text: String {
    var buffer = OutputBuffer(capacity: 64)
    buffer.append(time: self)
    return buffer.string
  }
}

extension OutputBuffer {
  /// Appends `2020-02-29`.
  public mutating func append(date: CalendarDate) {
    let civil = date.civil
    if civil.year < 0 {
      append(UInt8(ascii: "-"))
    } else if civil.year > 9999 {
      append(UInt8(ascii: "+"))
    }
    append(decimal: civil.year.magnitude, width: 4)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(civil.month), width: 2)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(civil.day), width: 2)
  }

  /// Appends `2020-02-29T12:34:56.123456Z`.
  public mutating func append(time: Time) {
    append(date: time.date)
    let second = time.secondOfDay
    append(UInt8(ascii: "T"))
    append(decimal: UInt64(second / 3600), width: 2)
    append(UInt8(ascii: ":"))
    append(decimal: UInt64(second / 60 % 60), width: 2)
    append(UInt8(ascii: ":"))
    append(decimal: UInt64(second % 60), width: 2)
    if time.nanoseconds > 0 {
      append(UInt8(ascii: "."))
      let nanoseconds = UInt64(time.nanoseconds)
      if nanoseconds % 1_000_000 == 0 {
        append(decimal: nanoseconds / 1_000_000, width: 3)
      } else if nanoseconds % 1000 == 0 {
        append(decimal: nanoseconds / 1000, width: 6)
      } else {
        append(decimal: nanoseconds, width: 9)
      }
    }
    append(UInt8(ascii: "Z"))
  }
}

/// Reads the parts of ISO dates and times from bytes.
private struct ISOReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { place == bytes.count }

  /// The digit under the cursor, which then moves on.
  mutating func digit() -> Int? {
    guard place < bytes.count, bytes[place] >= 48, bytes[place] <= 57 else { return nil }
    place += 1
    return Int(bytes[place - 1]) - 48
  }

  mutating func take(_ a: Unicode.Scalar, or b: Unicode.Scalar? = nil) -> Bool {
    guard place < bytes.count else { return false }
    let byte = UInt32(bytes[place])
    guard byte == a.value || byte == b?.value else { return false }
    place += 1
    return true
  }

  mutating func twoDigits(upTo limit: Int) -> Int? {
    guard let tens = digit(), let ones = digit(), tens * 10 + ones <= limit else { return nil }
    return tens * 10 + ones
  }

  /// A year of exactly four digits, or with a sign: `-` and 4 to 9 digits but not zero, `+` and 5 to 9.
  mutating func year() -> Int64? {
    let isNegative = take("-")
    let isPositive = !isNegative && take("+")
    var year: Int64 = 0
    var count = 0
    while count < 10, let next = digit() {
      year = year * 10 + Int64(next)
      count += 1
    }
    if isNegative { return count >= 4 && count <= 9 && year > 0 ? -year : nil }
    if isPositive { return count >= 5 && count <= 9 ? year : nil }
    return count == 4 ? year : nil
  }

  /// A year, a month and a day up to 31, whatever the month.
  mutating func civilDay() -> CivilDay? {
    guard let year = year(), take("-"), let month = twoDigits(upTo: 12), month > 0, take("-"),
      let day = twoDigits(upTo: 31), day > 0
    else { return nil }
    return CivilDay(year: year, month: month, day: day)
  }

  /// Nanoseconds of up to nine digits.
  mutating func fraction() -> Int? {
    var value = 0
    var scale = 1_000_000_000
    while let next = digit() {
      guard scale > 1 else { return nil }
      scale /= 10
      value += next * scale
    }
    return value
  }

  /// Seconds east of UTC: `Z`, `±HH:MM`, `±HH:MM:SS` or `±HHMM`, at most 18 hours.
  mutating func offset() -> Int? {
    if take("Z", or: "z") { return 0 }
    let isNegative = take("-")
    guard isNegative || take("+"), let hours = twoDigits(upTo: 18) else { return nil }
    let hasColon = take(":")
    guard let minutes = twoDigits(upTo: 59) else { return nil }
    var seconds = 0
    if hasColon, take(":") {
      guard let value = twoDigits(upTo: 59) else { return nil }
      seconds = value
    }
    let total = hours * 3600 + minutes * 60 + seconds
    guard total <= 18 * 3600 else { return nil }
    return isNegative ? -total : total
  }
}
