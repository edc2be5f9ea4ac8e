import Contracts
import Decision
import Ethereum
import Outbox

// After the chain has spoken: what the simulation was held to must hold on the block that mined the call, too.
extension Keeper {
  /// Holds the venue, as it stands in the block that mined a call of ours, against what the call was cleared for. A
  /// breach halts: something did what no call of ours could.
  ///
  /// Done once for each block that held the call, as soon as it can be read; after a restart once more. Where no node
  /// has that state any more, the report says so.
  mutating func verify(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws {
    let name = watches[vault].vault.name
    for promise in outbox.lane(watches[vault].lane)?.open ?? [] {
      guard let inclusion = promise.inclusion, inclusion.succeeded,
        let intent = promise.intent(of: inclusion.transactionHash), intent.vault == name,
        let invariants = Invariants(intent.expectation), !verified.contains(inclusion)
      else { continue }
      guard let mined = try watches[vault].venue(at: inclusion, seen) else {
        report.note(warning: "minedStateUnseen")
        continue
      }
      let placed = outbox.state.openOrders.filter { $0.intentID == intent.id }.map(\.key)
      let checks = try invariants.checks(mined, placed: placed)
      remember(verified: inclusion)
      guard let breach = checks.first(where: { $0.outcome == .refused }) else { continue }
      let detail = "\(breach.name): " + breach.figures.map(\.description).joined(separator: ", ")
      try halt(
        .invariantBreached(
          vault: name, intentID: intent.id, transactionHash: inclusion.transactionHash, detail: detail), &report)
    }
  }

  private mutating func remember(verified inclusion: Inclusion) {
    verified.append(inclusion)
    // Far more than can be mined and not settled; what falls out is checked once more at most.
    if verified.count > 64 { verified.removeFirst(32) }
  }

  /// Puts a halt into the journal, once.
  mutating func halt(_ halt: Halt, _ report: inout TickReport) throws(TickEnd) {
    let records = outbox.halt(halt)
    try commit(records)
    for record in records { report.note(event: record.name, record.words) }
  }

  /// Halts for what only a person can put right: a role that was ours and is gone for good, and losses beyond the
  /// limit.
  mutating func heedVault(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws(TickEnd) {
    let watch = watches[vault]
    let (name, chainID) = (watch.vault.name, watch.node.chain.chainID)
    let losses = outbox.lossLimitHalts()
    try commit(losses)
    for record in losses { report.note(event: record.name, record.words) }
    if seen.observation.isRoleHeld {
      roleMissingSince[vault] = nil
    } else if let since = roleMissingSince[vault] {
      // A role that was never held is an installation that is not finished, and only refused.
      if since.hasWaited(watch.node.chain.lane.depth, until: seen.evidence.head), outbox.hasServed(name, chainID) {
        let detail = "its role was missing from \(since) to \(seen.evidence.head)"
        try halt(.roleRevoked(vault: name, detail: detail), &report)
      }
    } else {
      roleMissingSince[vault] = seen.evidence.head
    }
  }
}

extension Invariants {
  /// Nil where a call was cleared for nothing in particular, or by an older version.
  init?(_ expectation: JSON) {
    guard expectation != .null else { return nil }
    do { self = try JSONCoding.decode(Invariants.self, from: expectation.encoded()) } catch { return nil }
  }

  /// As the journal keeps it beside the promise.
  func expectation() throws(EthereumError) -> JSON {
    try JSON.parse(try JSONCoding.encode(self))
  }
}

extension Watch {
  /// The venue as a block left it, read at that block's hash and valued at the prices of this tick. Nil where there is
  /// no price, or no endpoint has that state any more.
  mutating func venue(at inclusion: Inclusion, _ seen: Seen) throws -> VenueState? {
    guard let known = seen.venueReads else { return nil }
    do {
      let first = try read(try vault.venue.reads(account: vault.account.holder), at: inclusion.blockHash, seen)
      let priced = try vault.venue.pricedReads(
        account: vault.account.holder, first: first, price: known.price, collateralPrice: known.collateralPrice)
      let second = try read(priced, at: inclusion.blockHash, seen)
      return try vault.venue.state(
        account: vault.account.holder, first: first, second: second, price: known.price,
        collateralPrice: known.collateralPrice, now: seen.look.head.timestamp)
    } catch is NodeFailure {
      // Each endpoint's failure is noted already.
      return nil
    }
  }

  private mutating func read(_ reads: [Read], at block: Bytes32, _ seen: Seen) throws -> [ReadResult] {
    if reads.isEmpty { return [] }
    var batch = Batch()
    let round = try ReadRound(reads, at: block, multicall3: node.chain.multicall3, in: &batch)
    return try node.ask(inTurn: seen.endpoints, batch) { (answers) throws(NodeFailure) in
      try round.results(answers)
    }.answer
  }
}

extension Outbox {
  /// Whether a call of this vault took effect within the time for which the outbox remembers settled ones (a week).
  fileprivate func hasServed(_ vault: String, _ chainID: UInt64) -> Bool {
    state.lanes.contains { lane in
      lane.id.chainID == chainID && lane.settled.contains { $0.vault == vault && $0.servedIntent != nil }
    }
  }
}
