import FQLStorage

/// Why a database could not be opened or written to, in words for a person.
public struct DatabaseError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

extension Database {
  /// A database in memory, gone when it is closed.
  public static func inMemory(options: Options = Options()) throws(DatabaseError) -> Database {
    do {
      return try Database(store: MemoryStore(), isShared: false, options: options)
    } catch {
      throw DatabaseError(description: error.description)
    }
  }

  /// The database in a file, which is made where there is none. Other processes may have it open as well.
  public static func open(file: String, options: Options = Options()) throws(DatabaseError) -> Database {
    do {
      return try Database(store: try LMDBStore(path: file), isShared: true, options: options)
    } catch {
      throw DatabaseError(description: error.description)
    }
  }
}
