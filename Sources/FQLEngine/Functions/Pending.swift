// Stands in until the scalar functions are merged.
enum TimeUnit { init?(parsing text: String) { return nil } }
final class RegularExpression { static func compile(_ text: String) -> RegularExpression? { nil } }
enum Normalizer: String { case nfkcCaseFold = "NFKCCaseFold"; func apply(to text: String) -> String { text } }
