/// An instant with the resolution of a nanosecond, without leap seconds, in the proleptic ISO calendar.
public struct Time: Sendable, Hashable {
  /// Seconds since 1970-01-01T00:00:00Z, rounded down.
  public var seconds: Int64
  /// 0 to 999,999,999.
  public var nanoseconds: Int32

  @inlinable public init(seconds: Int64, nanoseconds: Int32) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The instant that many microseconds after the epoch.
  @inlinable public init(microseconds: Int64) {
    var (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    if rest < 0 {
      seconds -= 1
      rest += 1_000_000
    }
    self.init(seconds: seconds, nanoseconds: Int32(rest * 1000))
  }

  /// Microseconds since the epoch, rounded down; wraps around outside of 64 bits.
  @inlinable public var microseconds: Int64 {
    seconds &* 1_000_000 &+ Int64(nanoseconds / 1000)
  }
}

extension Time {
  /// Microseconds since the epoch, rounded down; the first or last one where 64 bits do not suffice.
  public var instant: Int64 {
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
    if overflows { return seconds < 0 ? .min : .max }
    let (sum, exceeds) = whole.addingReportingOverflow(Int64(nanoseconds / 1000))
    return exceeds ? .max : sum
  }
}

extension Time: Comparable {
  @inlinable public static func < (a: Time, b: Time) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }
}

/// A day of the proleptic ISO calendar.
public struct CalendarDate: Sendable, Hashable {
  /// Days since 1970-01-01.
  public var day: Int64

  @inlinable public init(day: Int64) {
    self.day = day
  }
}
