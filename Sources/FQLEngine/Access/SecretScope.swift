/// What may follow a secret: a role, a document, a child database.
struct ScopedSecret: Equatable {
  enum Scope: Equatable {
    case none
    case builtIn(String)
    case role(String)
    case document(collection: String, id: String)
  }

  var secret: String
  /// Names of child databases, one in another.
  var path: [String] = []
  var scope = Scope.none

  /// Reads a secret with its suffix; nil where it begins like a scope but does not end like one.
  ///
  /// Scopes are tried in a fixed order, each with a path before it if there can be one. The first whose beginning fits is it,
  /// and then nothing may follow. What fits none is ignored.
  init?(_ text: String) {
    let end = text.firstIndex(of: ":") ?? text.endIndex
    secret = String(text[..<end])
    if secret.isEmpty || secret.contains(where: { "/,()&=".contains($0) }) { return nil }
    guard end < text.endIndex else { return }
    var rest = text[text.index(after: end)...]
    let segment = ScopedSecret.segment(rest)
    if !segment.isEmpty, rest[segment.endIndex...].hasPrefix(":") {
      // A path is taken whenever it can be, and not given back.
      path = segment.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      rest = rest[segment.endIndex...].dropFirst()
    }
    for role in ["admin", "server-readonly", "server", "client"] where rest.hasPrefix(role) {
      guard rest == role else { return nil }
      scope = .builtIn(role)
      return
    }
    for prefix in ["@role/", "classes/", "collections/", "@doc/"] where rest.hasPrefix(prefix) {
      rest = rest.dropFirst(prefix.count)
      let name = ScopedSecret.segment(rest)
      if name.isEmpty { break }
      guard name.endIndex == rest.endIndex else { return nil }
      if prefix == "@role/" {
        scope = .role(String(name))
        return
      }
      let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { return nil }
      scope = .document(collection: parts[0], id: parts[1])
      return
    }
    path = []
  }

  /// The characters at the beginning of a text that a name or a path may have.
  private static func segment(_ text: Substring) -> Substring {
    text.prefix { !",()&=:".contains($0) }
  }
}
