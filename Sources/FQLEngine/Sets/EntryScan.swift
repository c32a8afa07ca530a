import FQLStorage
import FQLValues

/// Looks through the entries of an index for the present.
enum EntryScan {
  /// The first document that has an entry with this beginning of its key now and satisfies the condition.
  static func firstHolder(
    _ reader: any StoreReader, prefix: [UInt8], time: Int64, where condition: (DocumentID) -> Bool
  ) throws(Failure) -> DocumentID? {
    let cursor = reader.cursor()
    return try stored { () throws(StoreError) -> DocumentID? in
      var found = try cursor.seek(prefix)
      while found, DocumentReader.begins(cursor.key, with: prefix, count: prefix.count) {
        let key = cursor.key
        let groupEnd = key.count - KeyBytes.entrySuffix
        guard groupEnd >= prefix.count + IndexKeys.refLength else {
          found = try cursor.next()
          continue
        }
        let ref = groupEnd - IndexKeys.refLength
        let id = DocumentID(
          scope: KeyBytes.read32(key, ref + 13), collection: KeyBytes.read32(key, ref + 9),
          id: Int64(bitPattern: KeyBytes.read64(key, ref + 1)))
        let isAdded = key[key.count - 1] == 1
        let ttl = cursor.value.count >= 8 ? Int64(bitPattern: KeyBytes.read64(cursor.value, 0)) : Int64.max
        if groupEnd == prefix.count + IndexKeys.refLength, isAdded, ttl > time, condition(id) { return id }
        // The newest record of each entry comes first; the older ones are stepped over.
        let group = [UInt8](UnsafeRawBufferPointer(rebasing: key[..<groupEnd]))
        found = try cursor.next()
        while found, DocumentReader.begins(cursor.key, with: group, count: group.count),
          cursor.key.count == group.count + KeyBytes.entrySuffix
        {
          found = try cursor.next()
        }
      }
      return nil
    }
  }
}
