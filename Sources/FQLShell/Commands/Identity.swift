import FQLEngine
import FQLValues

extension Shell {
  /// `.secret [SECRET]`
  func setSecret(_ command: MetaCommand) throws(MetaCommand.Problem) {
    var secret = try command.arguments().first
    if secret == "-" {
      let typed = if let console { console.askSecretly("secret: ") } else { try command.nextLine() }
      guard let typed else {
        throw MetaCommand.Problem(message: ".secret: no secret was given")
      }
      secret = typed
    }
    session.secret = secret ?? invocation.secret
    identityChanged()
    guard settings.format != .wire, session.principal() == nil else { return }
    tell("\(notices.styles.bold("warning:")) the secret is not valid here")
  }

  /// `.whoami`
  func whoAmI() {
    guard let principal = session.principal() else { return output.line("nobody: the secret is not valid here") }
    let names = [place.name] + principal.path
    let kind = place.file == nil ? "in memory" : "file \(place.file ?? "")"
    let database = "database \(names.joined(separator: "/")) (\(kind))"
    let roles =
      principal.isBuiltIn || principal.roles.count == 1
      ? "role \(principal.roles.joined())"
      : principal.roles.isEmpty ? "no roles" : "roles \(principal.roles.joined(separator: ", "))"
    let id = principal.token?.documentID ?? "?"
    let identity = principal.identity.map { FQLText.of($0) } ?? "nobody"
    switch principal.kind {
    case .implicit: output.line("admin, \(database)")
    case .key: output.line("key \(id), \(roles), \(database)")
    case .token: output.line("token \(id) of \(identity), \(roles), \(database)")
    case .document: output.line("key \(id) for \(identity), \(roles), \(database)")
    case .webToken: output.line("JWT of \(identity), \(roles), \(database)")
    }
  }

  /// `.use DB`: a child database, `..` up, `/` the top.
  func use(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let target = try command.arguments().first else {
      return output.line(([place.name] + session.path).joined(separator: "/"))
    }
    guard session.secret == nil else {
      throw MetaCommand.Problem(message: ".use: the secret says which database; .secret alone goes back")
    }
    var path = target.hasPrefix("/") ? [] : session.path
    for step in target.split(separator: "/") where step != "." {
      if step == ".." {
        _ = path.popLast()
      } else {
        path.append(String(step))
      }
    }
    let before = session.path
    session.path = path
    guard session.principal() != nil else {
      session.path = before
      throw MetaCommand.Problem(message: "there is no database \(target)")
    }
    identityChanged()
  }

  /// Tells the prompt that it may have to say something else.
  func identityChanged() { console?.identityChanged() }
}
