/// A place in the text: byte offsets of the first byte and of the byte after the last.
public struct Span: Sendable, Hashable {
  public var start: UInt32
  public var end: UInt32

  @inlinable public init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  /// The span of something that was not written as text.
  public static let none = Span(0, 0)
}

/// A query as a tree, in the shape of its wire form: what text and wire JSON both make, and what can be written back as either.
///
/// It lives beside `Value` because the two need each other: a tree holds literal values, a lambda value holds its body's tree.
public struct Expr: Sendable {
  public enum Kind: Sendable {
    /// Data, with no form or function anywhere below: scalars, and arrays and objects of such.
    /// (An object here is written `{"object": {...}}` on the wire, at every level.)
    case literal(Value)
    /// Elements that are evaluated in order.
    case array([Expr])
    /// A JSON object as it stands on the wire: a form, a tagged value (`@ref`), or the plain part of a form, such as what
    /// stands under `object` or `let`.
    case object(Members)
  }

  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, span: Span = .none) {
    self.kind = kind
    self.span = span
  }

  public static func object(_ members: [(String, Expr)], function: Int = -1, span: Span = .none) -> Expr {
    Expr(.object(Members(keys: members.map(\.0), values: members.map(\.1), function: function)), span: span)
  }
}
