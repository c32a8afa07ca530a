import FQLValues

extension Expr {
  /// The most that a query may do, by the functions that stand in it.
  public var effect: Effect {
    switch kind {
    case .literal: return .pure
    case .array(let elements):
      var effect = Effect.pure
      for element in elements { effect = max(effect, element.effect) }
      return effect
    case .object(let members):
      var effect = Effect.pure
      let number = members.function >= 0 ? members.function : FunctionTable.number(forKeys: members.keys) ?? -1
      if number >= 0 { effect = FunctionTable.entries[number].effect }
      for value in members.values {
        if effect == .write { break }
        effect = max(effect, value.effect)
      }
      return effect
    }
  }
}
