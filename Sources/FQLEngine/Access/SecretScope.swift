/// What may follow a secret: a role, a document, a child database.
///
/// The grammar is one of ordered choices without a way back, as the language had it:
/// ```
/// auth  := secret ":" [ path ":" ] ( "admin" | "server-readonly" | "server" | "client" )
///        | secret ":" [ path ":" ] "@role/" segment
///        | secret ":" [ path ":" ] ( "classes/" | "collections/" | "@doc/" ) segment
///        | secret ":" anything
///        | secret
/// ```
/// A path that is there is taken, and a choice that has matched is not undone: `secret:adminx` is no `auth`, while in
/// `secret:admin:x` the path is `admin`, which no scope follows, so that all of it is "anything".
struct ScopedSecret: Equatable {
  enum Scope: Equatable {
    case none
    case builtIn(String)
    case role(String)
    case document(collection: String, id: Int64)
  }

  let secret: String
  /// Names of child databases, one in another.
  private(set) var path: [String] = []
  private(set) var scope = Scope.none

  /// Reads a secret with its suffix; nil where it begins like a scope but is none that can be.
  init?(_ text: String) {
    let end = text.utf8.firstIndex(of: UInt8(ascii: ":"))
    let secret = text[..<(end ?? text.endIndex)]
    if secret.isEmpty || secret.utf8.contains(where: { "/,()&=".utf8.contains($0) }) { return nil }
    self.secret = String(secret)
    guard let end else { return }
    var rest = text[text.utf8.index(after: end)...]
    let segment = ScopedSecret.segment(rest)
    var hasPath = false
    if !segment.isEmpty, segment.endIndex < rest.endIndex, rest[segment.endIndex] == ":" {
      rest = rest[rest.utf8.index(after: segment.endIndex)...]
      hasPath = true
    }
    guard let scope = ScopedSecret.scope(rest) else { return }
    guard case .some(let scope) = scope else { return nil }
    self.scope = scope
    guard hasPath else { return }
    path = segment.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if path.contains("") { return nil }
  }

  /// The characters up to one that no name has.
  private static func segment(_ text: Substring) -> Substring {
    text[..<(text.utf8.firstIndex { ",()&=:".utf8.contains($0) } ?? text.endIndex)]
  }

  /// The scope that a text is: nil where it does not begin like one, nothing inside where it cannot be one.
  private static func scope(_ text: Substring) -> Scope?? {
    for role in ["admin", "server-readonly", "server", "client"] where text.utf8.starts(with: role.utf8) {
      return text == role ? .some(.builtIn(role)) : .some(nil)
    }
    for prefix in ["@role/", "classes/", "collections/", "@doc/"] where text.utf8.starts(with: prefix.utf8) {
      let rest = text[text.utf8.index(text.startIndex, offsetBy: prefix.utf8.count)...]
      let segment = segment(rest)
      if segment.isEmpty { return nil }
      guard segment.endIndex == text.endIndex else { return .some(nil) }
      return .some(prefix == "@role/" ? .role(String(segment)) : document(segment))
    }
    return nil
  }

  /// The document that `collection/id` names.
  private static func document(_ text: Substring) -> Scope? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].utf8.allSatisfy({ 48...57 ~= $0 }), let id = Int64(parts[1])
    else { return nil }
    return .document(collection: String(parts[0]), id: id)
  }
}
