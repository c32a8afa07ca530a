/// What a session's user can set.
struct Settings: Sendable {
  var format = Format.literal
  /// How many levels below the top are shown; nil for all.
  var depth: Int?
  /// How many lines of a result are shown at a prompt; nil for all.
  var lines: Int? = 1000
  var showsTiming = false
  /// Whether statements are printed before their results.
  var echoes = false
  /// Whether a text ends at its first failure.
  var stopsAtErrors = true
}
