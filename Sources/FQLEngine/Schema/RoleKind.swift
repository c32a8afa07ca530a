import FQLValues

/// Roles.
final class RoleKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }
}

/// Keys.
final class KeyKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }
}

/// Tokens.
final class TokenKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }
}

/// Credentials.
final class CredentialsKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }

  static func checkEmbedded(_ write: DocumentWrite) {}
  static func writeEmbedded(_ write: DocumentWrite) throws(Failure) {}
}

/// Access providers.
final class AccessProviderKind: DocumentKind, @unchecked Sendable {
  override var isRefusedByContainers: Bool { false }
}
