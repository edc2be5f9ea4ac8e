import Contracts
import Ethereum
import Outbox

// A key can be changed while a call of the old one is outstanding. Promises belong to a key, so that call lies in a
// lane that nobody signs for any more; until it is over, a second call for the same vault could do the same thing
// twice.
extension Outbox {
  /// Lanes on a chain with unsettled promises of other senders: keys that were used before this one.
  func predecessors(chainID: UInt64, of sender: Address) -> [LaneID] {
    state.lanes.filter { $0.id.chainID == chainID && $0.id.sender != sender && !$0.open.isEmpty }.map(\.id)
  }

  /// Where a vault stands: `own` in the lane that its calls are made in, or worse where an earlier key still has a call
  /// of it.
  func standing(of vault: String, in lane: LaneID, own: LaneStanding) -> LaneStanding {
    var worst = own
    for id in predecessors(chainID: lane.chainID, of: lane.sender) {
      guard state.lane(id)?.open.contains(where: { $0.intent.vault == vault }) == true else { continue }
      switch (worst, standing(id)) {
      case (_, .inDoubt): worst = .inDoubt
      case (.free, let other): worst = other
      case (_, _): break
      }
    }
    return worst
  }
}

extension Keeper {
  /// Settles what earlier keys have promised on a vault's chain: looks for their transactions, and sends the same bytes
  /// again where pools have lost them, which takes no key. A higher fee would take the old key, so a call that stays
  /// stuck is a person's affair.
  ///
  /// Done by the first vault of each chain, once in a round. A look that fails is told, and the vault waits: what it
  /// waits for is in its circumstances.
  mutating func settlePredecessors(_ vault: Int, _ report: inout TickReport) throws {
    let chainID = watches[vault].node.chain.chainID
    guard watches.firstIndex(where: { $0.node.chain.chainID == chainID }) == vault else { return }
    for lane in outbox.predecessors(chainID: chainID, of: watches[vault].keeper) {
      var watch = Watch(
        vault: watches[vault].vault, keeper: lane.sender, node: watches[vault].node, papers: watches[vault].papers)
      let questions = outbox.questions(of: watch)
      let seen: Seen
      do {
        seen = try watch.observe(
          hashes: questions.hashes, heights: questions.heights, orders: [], now: clock.now().unixSeconds)
      } catch {
        sent += watch.node.exchanges
        report.note(event: "predecessorNotSeen", "the calls of the earlier key \(lane.sender): \(error)")
        continue
      }
      sent += watch.node.exchanges
      try settle(seen, vault, &report)
      let steps = try asking { () throws(OutboxError) in
        try outbox.due(seen.evidence, quote: seen.look.terms, now: clock.now().unixSeconds)
      }
      for step in steps { try keepWithoutKey(step, lane, seen, vault, &report) }
    }
  }

  private mutating func keepWithoutKey(
    _ step: Step, _ lane: LaneID, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws(TickEnd) {
    switch step {
    case .resend(let transaction): try submitEverywhere(transaction, seen, vault, &report)
    case .replace(let reservation):
      // What is there goes out again all the same: pools may have lost it, and the market may come back to it.
      let id = reservation.intentID
      if let last = outbox.state.openPromise(id)?.attempts.last,
        let transaction = outbox.transaction(last.transactionHash, of: id)
      {
        try submitEverywhere(transaction, seen, vault, &report)
      }
      report.note(
        event: "predecessorStuck",
        "nonce \(reservation.transaction.nonce) of the earlier key \(lane.sender) needs a higher fee, which only that "
          + "key can sign: run with it until it is settled, or clear the nonce with it")
    case .release(let intentID, let reason):
      try commit([.released(intentID: intentID, reason: reason)])
      report.note(event: "released", reason)
    case .wait(let waiting): report.note(event: waiting.code, waiting.description)
    }
  }
}
