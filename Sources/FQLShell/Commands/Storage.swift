import FQLEngine
import FQLStorage

extension Shell {
  /// `.open [FILE]`: another database, at its top, as at the start; without a file a new one in memory.
  func open(_ command: MetaCommand) throws(MetaCommand.Problem) {
    let file = try command.arguments().first
    do throws(StoreError) {
      // A file that is open already is first closed: it cannot be open twice.
      place.close()
      place = try DatabasePlace(file: file, options: place.options)
    } catch {
      // Nothing was lost of a file; what was in memory is gone with a failed start only where it was asked to go.
      if let again = try? DatabasePlace(file: place.file, options: place.options) { place = again }
      begin()
      throw MetaCommand.Problem(message: error.description, status: ExitStatus.inputOutput)
    }
    begin()
  }

  private func begin() {
    session = Session(place.database)
    session.secret = invocation.secret
    identityChanged()
  }

  /// `.save FILE`: an exact copy.
  func save(_ command: MetaCommand) throws(MetaCommand.Problem) {
    guard let path = try command.arguments().first else {
      throw MetaCommand.Problem(message: ".save: no file was named", status: ExitStatus.syntax)
    }
    do throws(StoreError) {
      try place.database.store.copy(to: path)
    } catch {
      throw MetaCommand.Problem(message: error.description, status: ExitStatus.inputOutput)
    }
  }
}
