import FQLValues

/// A signed token of an access provider.
enum JSONWebToken {
  static func isOne(_ text: String) -> Bool { text.hasPrefix("ey") && text.contains(".") }
}

extension Transaction {
  /// Whoever a JWT stands for. Keys would have to be fetched from the provider, and no connection is opened here.
  func authenticate(jwt: String) throws(Failure) -> Access? { nil }
}
