import FQLValues

/// The state of one running query.
final class Evaluation {
  /// The time of the transaction's snapshot: what `Now()` answers.
  let now: Time

  init(now: Time) {
    self.now = now
  }
}
