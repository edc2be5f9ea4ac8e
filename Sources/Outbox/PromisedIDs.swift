import Ethereum

/// The ids of all decisions that ever had a nonce. Only asked, never iterated.
///
/// Every commit folds into a copy of the state and keeps it on success, so adding to one large set would copy years of
/// ids for each promise. New ids go into a small set, which is emptied into the large one once it is full. Where an id
/// lies follows from the order of the records alone, so a replay lays them out the same way.
package struct PromisedIDs: Hashable, Sendable {
  private var old: Set<Bytes32> = []
  private var young: Set<Bytes32> = []

  /// 1,024: 32 KB to copy for a promise, and a year of a promise every three minutes is emptied 171 times.
  private static let youngLimit = 1_024

  func contains(_ id: Bytes32) -> Bool { young.contains(id) || old.contains(id) }

  mutating func insert(_ id: Bytes32) {
    young.insert(id)
    guard young.count >= Self.youngLimit else { return }
    old.formUnion(young)
    young = []
  }

  mutating func remove(_ id: Bytes32) {
    if young.remove(id) == nil { old.remove(id) }
  }
}
