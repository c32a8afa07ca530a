import FQLValues

/// How much a query read and wrote of one collection or index.
public struct PlaceCounts: Sendable {
  /// The collection's or index's name, or the call that stands for a native collection: `Tokens()`.
  public var name: String
  public var isIndex: Bool
  public var counts = TransactionCounts()
}

/// What a query reads and writes, by collection and index; kept only for one that is explained.
final class Ledger {
  private struct Place: Hashable {
    var scope: Int64
    var number: Int64
    var isIndex: Bool
  }

  private var places: [Place] = []
  private var counts: [Place: TransactionCounts] = [:]

  private func change(_ place: Place, _ field: WritableKeyPath<TransactionCounts, Int>, _ amount: Int) {
    if counts[place] == nil { places.append(place) }
    counts[place, default: TransactionCounts()][keyPath: field] += amount
  }

  func add(_ id: DocumentID, _ field: WritableKeyPath<TransactionCounts, Int>, _ amount: Int = 1) {
    change(Place(scope: id.scope, number: id.collection, isIndex: false), field, amount)
  }

  func add(_ index: IndexDefinition, _ field: WritableKeyPath<TransactionCounts, Int>, _ amount: Int = 1) {
    change(Place(scope: index.entity.scope, number: index.entity.number, isIndex: true), field, amount)
  }

  /// The places in the order in which they were met.
  func summary(_ transaction: Transaction) -> [PlaceCounts] {
    places.compactMap { place in
      guard let counts = counts[place] else { return nil }
      let view = transaction.view(scope: place.scope)
      let name =
        place.isIndex
        ? view.entity(.indexes, number: place.number).name
        : Ledger.name(of: view.collection(number: place.number))
      return PlaceCounts(name: name ?? "?", isIndex: place.isIndex, counts: counts)
    }
  }

  private static func name(of collection: Entity) -> String? {
    if case .native(let native) = collection.kind { return native.collectionConstructor + "()" }
    return collection.name
  }
}
