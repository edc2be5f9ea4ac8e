import Contracts
import Ethereum
import Outbox

// What logs tell of our orders. They are united over endpoints, so that none can hide an order's fate; but what an
// order has lost moves a figure that halts, and takes the word of as many endpoints as a head does.

extension Watch {
  /// What the endpoints together say. As many were asked as must agree; where those do not agree on a fill, all others
  /// are asked for the logs, too, in one exchange.
  mutating func consensus(
    _ opinions: [Opinion], _ orders: [OrderQuestion], _ queries: [LogQuery], _ look: Look
  ) -> Consensus {
    let needed = node.chain.quorum
    let consensus = Consensus(opinions, needed: needed)
    let others = node.inOrder(look.endpoints.filter { endpoint in !opinions.contains { $0.endpoint == endpoint } })
    guard !others.isEmpty, orders.contains(where: { consensus.isDisputed($0.key, vault.venue) }) else {
      return consensus
    }
    var batch = Batch()
    let places = OpinionPlaces(
      look, sender: keeper, heights: [], orders: orders, queries: queries, asksTags: false, in: &batch)
    var logs: [[Log]] = []
    for case .success(let answers) in node.ask(others.map { ($0, batch) }) {
      do throws(NodeFailure) { logs.append(try places.opinion(answers).logs) } catch { node.note(error) }
    }
    return Consensus(opinions, needed: needed, others: logs)
  }
}

extension Consensus {
  /// Somebody tells that an order was filled, and too few tell the same.
  fileprivate func isDisputed(_ key: Bytes32, _ venue: any Venue) -> Bool {
    let fate = venue.classify(order: key, logs: logs, stillListed: nil)
    let agreed = venue.classify(order: key, logs: agreedLogs, stillListed: nil)
    return fate.isFill && agreed != fate && !agreed.tellsLoss
  }

  /// What became of our orders. Without the venue's state it is unknown what is still listed, and nothing follows; nor
  /// does it from the silence of logs that may not be all there are. A fill that too few tell of is no fill: the order
  /// is over, as its place in the list says, and what it came to is unknown until enough say the same.
  func fates(of keys: [Bytes32], _ state: VenueState, _ venue: any Venue) -> [OrderFate] {
    keys.compactMap { key in
      let listed = state.orders.first { $0.key == key }
      var fate = venue.classify(order: key, logs: logs, stillListed: listed)
      guard listed != nil || isSilenceAnAnswer || fate != .unknown else { return nil }
      let agreed = venue.classify(order: key, logs: agreedLogs, stillListed: listed)
      // That it was filled all may say the same, and of the price not.
      if fate.isFill, agreed != fate { fate = agreed.tellsLoss ? agreed : .unknown }
      return OrderFate(key: key, state: fate, updatedAt: listed?.updatedAt)
    }
  }
}

extension OrderState {
  fileprivate var isFill: Bool {
    if case .filled = self { return true }
    return false
  }

  /// A fill with what it lost.
  fileprivate var tellsLoss: Bool {
    if case .filled(_, _, .some) = self { return true }
    return false
  }
}
