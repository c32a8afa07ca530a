import FQLValues

extension Transaction {
  /// Who a secret stands for; without one the admin of the root database, or of the child that the path names.
  func authenticate(_ secret: String?, path: [String]) throws(Failure) -> Access {
    guard secret == nil else { throw Failure(QueryError(.unauthorized, "Unauthorized")) }
    for name in path {
      guard let child = view.schema.entity(.databases, named: name) else {
        throw Failure(QueryError(.unauthorized, "Unauthorized"))
      }
      try enter(child.number)
    }
    return .admin
  }
}
