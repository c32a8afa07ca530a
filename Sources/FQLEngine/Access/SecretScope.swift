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
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
    secret = String(decoding: bytes[..<end], as: UTF8.self)
    if secret.isEmpty || secret.contains(where: { "/,()&=".contains($0) }) { return nil }
    guard end < bytes.count else { return }
    var rest = String(decoding: bytes[(end + 1)...], as: UTF8.self)
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2, let names = ScopedSecret.names(parts[0]), ScopedSecret.begins(parts[1]) {
      path = names
      rest = parts[1]
    }
    for role in ["admin", "server-readonly", "server", "client"] where rest.hasPrefix(role) {
      guard rest == role else { return nil }
      scope = .builtIn(role)
      return
    }
    if rest.hasPrefix("@role/") {
      let name = String(rest.dropFirst("@role/".count))
      if ScopedSecret.isName(name) { scope = .role(name) } else if name.isEmpty { ignoreSuffix() } else { return nil }
      return
    }
    for prefix in ["classes/", "collections/", "@doc/"] where rest.hasPrefix(prefix) {
      let segments = rest.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false).map(
        String.init)
      if segments.count < 2 || !ScopedSecret.isName(segments[0]) || segments[1].isEmpty { break }
      guard segments.count == 2, ScopedSecret.isName(segments[1]) else { return nil }
      scope = .document(collection: segments[0], id: segments[1])
      return
    }
    ignoreSuffix()
  }

  private mutating func ignoreSuffix() {
    path = []
    scope = .none
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.contains(where: { ",()&=:/".contains($0) })
  }

  private static func names(_ text: String) -> [String]? {
    let names = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return names.allSatisfy(isName) ? names : nil
  }

  private static func begins(_ text: String) -> Bool {
    ["admin", "server", "client", "@role/", "classes/", "collections/", "@doc/"].contains { text.hasPrefix($0) }
  }
}
