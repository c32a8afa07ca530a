import FQLEngine
import FQLStorage

/// An open database and where it is: in memory, or in a file.
struct DatabasePlace {
  let database: Database
  /// nil: in memory.
  let file: String?
  let options: Database.Options

  init(file: String?, options: Database.Options) throws(StoreError) {
    self.file = file
    self.options = options
    if let file {
      database = try Database(store: try LMDBStore(path: file), isShared: true, options: options)
    } else {
      database = try Database(store: MemoryStore(), isShared: false, options: options)
    }
  }

  /// `fql`, or the name of the file without its directory and `.db`.
  var name: String {
    guard let file else { return "fql" }
    var name = String(file.split(separator: "/").last ?? "")
    if name.hasSuffix(".db"), name.utf8.count > 3 { name.removeLast(3) }
    return name
  }

  func close() { database.close() }
}
