import Ethereum

/// What records of orders at venues mean.
extension OutboxState {
  /// How many ended orders are remembered whatever their age: enough for every vault's last ones.
  static let endedOrdersKept = 64

  mutating func place(_ intentID: Bytes32, _ keys: [Bytes32], at unixSeconds: UInt64) throws(OutboxError) {
    guard let origin = originOfOrders(intentID) else {
      throw Self.contradiction("orderPlaced", "promise \(intentID) is not in the chain")
    }
    for key in keys {
      guard !openOrders.contains(where: { $0.key == key }) else {
        throw Self.contradiction("orderPlaced", "order \(key) is known already")
      }
      openOrders.append(
        PlacedOrder(
          key: key, intentID: intentID, chainID: origin.chainID, vault: origin.vault,
          placedAtUnixSeconds: unixSeconds, placedInBlock: origin.block, placedAtChainSeconds: origin.seconds,
          notedAtUnixSeconds: unixSeconds))
    }
  }

  /// Where the orders of a decision come from: the mined call that served it, and no other one of its nonce.
  private func originOfOrders(
    _ intentID: Bytes32
  ) -> (chainID: UInt64, vault: String, block: UInt64, seconds: UInt64)? {
    if let promise = openPromise(intentID) {
      guard let inclusion = promise.inclusion, let intent = promise.intent(of: inclusion.transactionHash),
        intent.id == intentID
      else { return nil }
      return (intent.chainID, intent.vault, inclusion.blockNumber, promise.includedSeen?.timestamp ?? 0)
    }
    for lane in lanes {
      if let promise = lane.settled.last(where: { $0.intentID == intentID }), let inclusion = promise.outcome.inclusion
      {
        return (lane.id.chainID, promise.vault, inclusion.blockNumber, promise.chargedAtSeconds)
      }
    }
    return nil
  }

  /// Takes back the orders of a call that is in the chain no more, with what they had cost.
  mutating func forgetOrders(of intentID: Bytes32) {
    for order in openOrders where order.intentID == intentID {
      charge(Int256.zero.saturatingSubtract(order.note?.costUsd ?? .zero), vault: order.vault, chainID: order.chainID)
    }
    openOrders.removeAll { $0.intentID == intentID }
  }

  mutating func conclude(order key: Bytes32, _ note: OrderNote, at unixSeconds: UInt64) throws(OutboxError) {
    guard let index = openOrders.firstIndex(where: { $0.key == key }) else {
      throw Self.contradiction("orderOutcome", "order \(key) is not open")
    }
    if openOrders[index].isAnotherFailure(note) { openOrders[index].failures += 1 }
    let before = openOrders[index].note
    openOrders[index].note = note
    openOrders[index].notedAtUnixSeconds = unixSeconds
    let order = openOrders[index]
    // What the order has cost is told as it stands; what it had cost when last told is charged already.
    charge(
      note.costUsd.saturatingSubtract(before?.costUsd ?? .zero), vault: order.vault, chainID: order.chainID)
    guard note.isFinal else { return }
    openOrders.remove(at: index)
    endedOrders.append(
      EndedOrder(
        key: key, intentID: order.intentID, chainID: order.chainID, vault: order.vault, note: note,
        failures: order.failures, placedAtUnixSeconds: order.placedAtUnixSeconds, endedAtUnixSeconds: unixSeconds,
        chargedAtSeconds: max(note.updatedAt ?? unixSeconds, order.placedAtChainSeconds)))
    forgetEndedOrders()
  }

  /// Measured by heads and not by the charges themselves, which a clock that was ahead may have dated.
  private mutating func forgetEndedOrders() {
    let forgotten = endedOrders.dropLast(Self.endedOrdersKept).prefix { order in
      let newest = lanes.lazy.filter { $0.id.chainID == order.chainID }.compactMap { $0.newestSeen?.timestamp }.max()
      return BudgetTime.isForgotten(order.chargedAtSeconds, newest: newest ?? 0)
    }
    endedOrders.removeFirst(forgotten.count)
  }
}

extension PlacedOrder {
  /// Whether `note` tells of one failure more. One failure is told once and for as long as it lasts; after better news
  /// the next one is another, and so is one that the venue dates otherwise: it was repaired and failed again while
  /// nobody looked. To end is no second failure of an order that hangs already.
  func isAnotherFailure(_ note: OrderNote) -> Bool {
    guard note.isFailure else { return false }
    guard let before = self.note, before.isFailure else { return true }
    guard !note.isFinal, let updatedAt = note.updatedAt, let last = before.updatedAt else { return false }
    return updatedAt != last
  }
}
