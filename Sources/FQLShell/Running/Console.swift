/// What the shell can do only where a person sits at a terminal.
protocol Console: AnyObject {
  /// Asks for a line that is not shown; nil at the end of input.
  func askSecretly(_ prompt: String) -> String?
  /// Says that the database or the identity changed.
  func identityChanged()
  /// Shows a text through the pager.
  func page(_ text: String)
  func clearScreen()
  /// Drops the unfinished text.
  func dropPendingText()
  /// Opens the user's editor on the pending text, an entry of the history or the last one.
  func edit(entry: Int?) throws(MetaCommand.Problem)
  /// The entries of the history, the oldest first, with the number of the first.
  var history: (first: Int, entries: [String]) { get }
}
