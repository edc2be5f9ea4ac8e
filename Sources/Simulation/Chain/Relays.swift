package import Keeper

// Relays: endpoints that take transactions, tell nobody but the makers of blocks, and answer nothing about the chain.
// What they hold stays out of every pool that others see until it is mined.

extension StormPlan {
  /// The relays' names, numbered after the public endpoints.
  package var relays: [EndpointID] {
    (0..<scene.relayCount).map { EndpointID(index: nodeCount + $0, name: "relay\($0)") }
  }
}

extension SimulatedWorld {
  /// Places of the endpoints that everybody knows; relays come after them.
  var publicNodes: Range<Int> { 0..<plan.nodeCount }

  /// A relay took a transaction: the makers of blocks hear of it, at once or when it comes to that.
  func passOn(_ transaction: PooledTransaction, from relay: Int) {
    var delay = draws.relays.within(50...(isCalm ? 600 : 3_000))
    if let condition = nodes[relay].condition, condition.kind == .relayLate { delay += condition.amount * 12_000 }
    schedule(.gossip(target: nil, transaction), at: milliseconds + delay)
  }

  /// A relay falls ill, or is well again.
  func changeRelay(_ index: Int) {
    if let condition = nodes[index].condition {
      guard tick >= condition.untilTick else { return }
      nodes[index].condition = nil
    }
    guard draws.relays.chance(of: plan.conditionChance) else { return }
    let kind = draws.relays.pick(
      [.relayDown, .relayDown, .relaySlow, .relayDrops, .relayDrops, .relayLate] as [FaultKind])
    let length = draws.relays.within(3...40)
    // How many blocks late: from a hiccup to beyond what any call waits for.
    let amount = draws.relays.pick([1, 2, 4, 8, 20, 50] as [UInt64])
    nodes[index].condition = NodeCondition(kind: kind, untilTick: tick + length, amount: amount)
    trace.say("\(nodes[index].endpoint) suffers \(kind.rawValue) (\(amount)) for \(length) ticks")
  }
}
