package final class LMDBStore: OrderedStore {
  package struct Options { package var durability = D.relaxed; package var faults: FaultPlan?; package enum D { case full, relaxed } }
  package init(path: String, options: Options) throws(StoreError) {}
  package func read() throws(StoreError) -> any StoreReader { throw .closed }
  package func write() throws(StoreError) -> any StoreWriter { throw .closed }
  package func close() {}
  package var isReadOnly: Bool { false }
  package var description: String { "" }
  package func statistics() throws(StoreError) -> StoreStatistics { throw .closed }
  package func copy(to path: String) throws(StoreError) {}
  static func writeCopy(of reader: any StoreReader, to path: String) throws(StoreError) {}
}
