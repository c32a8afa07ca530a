import FQLValues

/// What is particular to one kind of document: which fields it has, what is checked, and what a write brings about.
class DocumentKind: @unchecked Sendable {
  // Sendable: kinds have no state.

  /// Whether a container database refuses documents of the kind.
  var isRefusedByContainers: Bool { true }

  /// Checks a write and makes the fields that will be stored.
  func prepare(_ write: DocumentWrite) throws(Failure) {}

  /// What follows once the document is written.
  func finish(_ write: DocumentWrite) throws(Failure) {}

  /// What goes with a document that is about to be deleted.
  func willDelete(_ id: DocumentID, _ fields: Object, _ evaluation: Evaluation, _ node: Node) throws(Failure) {}

  static let user = UserDocumentKind()
  private static let natives: [DocumentKind] = NativeKind.allCases.map { native in
    switch native {
    case .databases: DatabaseKind()
    case .collections: CollectionKind()
    case .keys: KeyKind()
    case .tokens: TokenKind()
    case .indexes: IndexKind()
    case .credentials: CredentialsKind()
    case .functions: FunctionKind()
    case .roles: RoleKind()
    case .accessProviders: AccessProviderKind()
    }
  }

  static func of(_ native: NativeKind) -> DocumentKind { natives[Int(native.rawValue)] }

  static func of(_ id: DocumentID) -> DocumentKind {
    guard id.collection < Numbers.firstCollection,
      let native = NativeKind(rawValue: UInt8(truncatingIfNeeded: id.collection))
    else { return user }
    return of(native)
  }
}

/// Documents of user collections: `data`, `ttl` and `credentials`, which are consumed.
final class UserDocumentKind: DocumentKind, @unchecked Sendable {
  private static let known = ["data", "ttl"]

  override func prepare(_ write: DocumentWrite) throws(Failure) {
    write.merge(known: UserDocumentKind.known)
    write.expectObject("data")
    write.expectTime("ttl")
    if write.verb != .insert { CredentialsKind.checkEmbedded(write) }
    try write.check()
    if write.fields["ttl"] == nil, let days = write.transaction.collection(write.id.collection)?.ttlDays {
      // What lies beyond all times never comes.
      let (span, isBeyond) = days.multipliedReportingOverflow(by: 86_400_000_000)
      let (time, exceeds) = write.transaction.time.addingReportingOverflow(span)
      if !isBeyond, !exceeds { write.fields["ttl"] = .time(Time(microseconds: time)) }
    }
  }

  override func finish(_ write: DocumentWrite) throws(Failure) {
    if write.given["credentials"] != nil { try CredentialsKind.writeEmbedded(write) }
  }
}
