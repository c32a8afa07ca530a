/// The description of a set. It reads nothing until it is paged, counted, folded or looked into.
public indirect enum SetValue: Sendable {
  /// The entries of an index with these terms.
  case match(Entity, terms: [Value])
  /// The documents of a collection.
  case documents(Entity)
  /// A document, or nothing where it does not exist.
  case singleton(Ref)
  /// The set that a reference stands for: the members of a native collection, or one document.
  case reference(Ref)
  /// The history of a set.
  case events(SetValue)
  case union([SetValue])
  case intersection([SetValue])
  case difference([SetValue])
  case distinct(SetValue)
  case reverse(SetValue)
  /// Elements between two positions, both included; an empty position is an open end. What a position says beyond the
  /// values that the set covers, a reference, is not shown: it stands at the end, as a cursor.
  case range(SetValue, from: [Value], to: [Value])
  case filter(SetValue, LambdaValue)
  /// For each element of the source the set that the lambda makes of it.
  case join(SetValue, LambdaValue)
  /// For each element of the source the entries of the index with that element's values as terms.
  case joinIndex(SetValue, Entity)
  /// A set read from JSON for printing only.
  case verbatim(Expr)
}

/// A lambda as a value: the parameter pattern, the body, and the values of the variables that it closes over.
public final class LambdaValue: Sendable {
  public enum Pattern: Sendable, Equatable {
    case name(String)
    case names([String])
  }

  /// The version of the language that it was written in, as rendered: "4" as a rule.
  public let version: String
  public let pattern: Pattern
  /// The body in wire form.
  public let body: Expr
  /// The variables of the surrounding query that the body uses, with their values.
  public let captured: [Object.Field]
  /// What the engine made of it: ready to run.
  public let code: (any LambdaCode)?

  public init(
    version: String = "4", pattern: Pattern, body: Expr, captured: [Object.Field] = [], code: (any LambdaCode)? = nil
  ) {
    self.version = version
    self.pattern = pattern
    self.body = body
    self.captured = captured
    self.code = code
  }
}

/// The engine's compiled form of a lambda.
public protocol LambdaCode: AnyObject, Sendable {}
