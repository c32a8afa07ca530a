import FQLValues

extension Shell {
  /// `.secret [SECRET]`
  func setSecret(_ command: MetaCommand) throws(MetaCommand.Problem) {
    let arguments = try command.arguments()
    session.secret = arguments.first ?? invocation.secret
    guard settings.format != .wire, !isSecretValid else { return }
    tell("warning: the secret is not valid here")
  }

  /// Whether queries can be run as whom we claim to be.
  var isSecretValid: Bool {
    guard let errors = session.dryRun(Expr(.literal(.null))).errors else { return true }
    return !errors.contains { $0.code == .unauthorized }
  }
}
