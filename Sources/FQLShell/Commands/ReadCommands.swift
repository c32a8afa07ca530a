extension Shell {
  private static let deepestReading = 16

  /// `.read FILE`: runs a file; its path is relative to the file that reads it.
  func read(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let name = try command.arguments().first else {
      throw MetaCommand.Problem(message: ".read: no file was named", status: ExitStatus.syntax)
    }
    guard readStack.count < Shell.deepestReading else {
      throw MetaCommand.Problem(message: ".read: more than \(Shell.deepestReading) files read one another")
    }
    let line = command.source.position(at: Int(command.span.start)).line
    let path = resolve(name, from: command.source.name)
    // A failure of the reading itself belongs to the file that reads.
    let text: WholeText
    do throws(SystemError) {
      text = try WholeText(reading: path)
    } catch {
      throw MetaCommand.Problem(
        message: "\(path): \(error.code == ENOENT ? "no such file" : error.text)", status: ExitStatus.noInput)
    }
    readStack.append(ReadingPlace(name: command.source.name, line: line))
    defer { readStack.removeLast() }
    if !runWhole(text) { throw MetaCommand.Problem(message: "") }
  }

  /// A path that a text names, seen from the text's own directory.
  private func resolve(_ path: String, from reader: String) -> String {
    if path.hasPrefix("/") { return path }
    if path.hasPrefix("~/"), let home = Environment["HOME"] { return home + path.dropFirst() }
    guard !reader.hasPrefix("<"), let slash = reader.lastIndex(of: "/") else { return path }
    return reader[...slash] + path
  }

  /// `.output [FILE]`: results go to a file from now on; without one, or with `-`, to standard output.
  func redirect(_ command: MetaCommand) throws(MetaCommand.Problem) {
    try endRedirection()
    guard let path = try command.arguments().first, path != "-" else { return }
    do throws(SystemError) {
      let file = try NewFile(path)
      output = Output(file.descriptor, name: path)
      redirection = file
    } catch {
      throw MetaCommand.Problem(message: "\(path): \(error.text)", status: ExitStatus.inputOutput)
    }
  }

  /// Finishes the file that results go to.
  func endRedirection() throws(MetaCommand.Problem) {
    guard let file = redirection else { return }
    output.flush()
    let failure = output.failure
    let name = output.name
    output = standardOutput
    redirection = nil
    do throws(SystemError) {
      if let failure {
        file.discard()
        throw failure
      }
      try file.commit()
    } catch {
      throw MetaCommand.Problem(message: "\(name): \(error.text)", status: ExitStatus.inputOutput)
    }
  }

  /// `.quit [N]`
  func quit(_ command: MetaCommand) throws(MetaCommand.Problem) {
    if let word = try command.arguments().first {
      guard let number = Int32(word), (0...255).contains(number) else {
        throw MetaCommand.Problem(message: ".quit \(word): not a number from 0 to 255", status: ExitStatus.syntax)
      }
      requestedStatus = number
    }
    isLeaving = true
  }
}
