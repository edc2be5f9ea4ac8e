package import Ethereum

/// The memory of the outbox: what follows from the promise records, and from them alone. Two states are equal exactly
/// if the same promises are known, so a replay can be compared with what a running keeper holds.
package struct OutboxState: Hashable, Sendable {
  /// Ascending by id. A list, because a keeper has one or two of them, and its order never changes between runs.
  package internal(set) var lanes: [Lane] = []
  /// Orders at venues that are not over, in the order of placing.
  package internal(set) var openOrders: [PlacedOrder] = []
  /// Orders that are, in the order of ending: the last ones, and those that a budget may ask for.
  package internal(set) var endedOrders: [EndedOrder] = []
  /// Oldest first.
  package internal(set) var halts: [Halt] = []
  /// What each vault's executions have cost, in the order of their first cost.
  package internal(set) var accounts: [VaultAccount] = []
  /// Ids of all intents for which anything was ever signed or is reserved.
  var promisedIDs = PromisedIDs()

  /// The promises of one sender on one chain; nil if there never was one.
  package func lane(_ id: LaneID) -> Lane? {
    lanes.first { $0.id == id }
  }

  /// The open promise of an intent, with its lane's position and its own.
  func openPosition(of intentID: Bytes32) -> (lane: Int, promise: Int)? {
    for (index, lane) in lanes.enumerated() {
      if let promise = lane.position(of: intentID) { return (index, promise) }
    }
    return nil
  }

  /// The promise of an intent, unless it is settled, released or was never made.
  package func openPromise(_ intentID: Bytes32) -> Promise? {
    openPosition(of: intentID).map { lanes[$0.lane].open[$0.promise] }
  }
}
