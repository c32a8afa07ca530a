package final class LMDBStore { 
  static func writeCopy(of reader: any StoreReader, to path: String) throws(StoreError) {}
}
