import Contracts
import Decision
import Ethereum
import Outbox

// After the chain has spoken: what the simulation was held to must hold on the block that mined the call, too.
extension Keeper {
  /// Holds the venue, as it stands in the block that mined a call of ours, against what the call was cleared for. A
  /// breach that as many endpoints show as the quorum needs halts: something did what no call of ours could.
  ///
  /// Done once for each block that held the call; after a restart once more. Where the endpoints do not agree, or too
  /// few of them can tell, nothing is concluded, and they are asked again in the next tick. That ends when the call is
  /// settled: settling must not wait for what a single endpoint could keep from being told.
  mutating func verify(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws {
    giveUp(vault, &report)
    for call in unverifiedCalls(vault).suffix(Self.verifiedInTick) {
      switch try watches[vault].verdict(on: call, seen) {
      case .agreed(let word):
        remember(verified: call.inclusion)
        unverified.removeAll { $0.inclusion == call.inclusion }
        guard case .breached(let detail) = word else { continue }
        try halt(
          .invariantBreached(
            vault: call.vault, intentID: call.intentID, transactionHash: call.inclusion.transactionHash,
            detail: detail), &report)
      case .disputed: keepAsking(call, "minedStateDisputed", &report)
      case .unseen: keepAsking(call, "minedStateUnseen", &report)
      }
    }
  }

  /// How many mined calls are looked at in one tick, the newest ones. There is one open call, or a few; more of them
  /// only where another writer's were taken over, who has looked at them.
  private static let verifiedInTick = 4

  /// The calls of a vault that stand in a block that was not looked at, are not settled, and were cleared for
  /// something.
  private func unverifiedCalls(_ vault: Int) -> [MinedCall] {
    let name = watches[vault].vault.name
    return (outbox.lane(watches[vault].lane)?.open ?? []).compactMap { promise in
      guard let inclusion = promise.inclusion, inclusion.succeeded, !verified.contains(inclusion),
        let intent = promise.intent(of: inclusion.transactionHash), intent.vault == name,
        let invariants = Invariants(intent.expectation)
      else { return nil }
      return MinedCall(vault: name, intentID: intent.id, inclusion: inclusion, invariants: invariants)
    }
  }

  private mutating func keepAsking(_ call: MinedCall, _ warning: String, _ report: inout TickReport) {
    report.note(warning: warning)
    if !unverified.contains(call) { unverified.append(call) }
  }

  /// Says of calls that were settled meanwhile that their blocks were never told of by enough endpoints. Of one that a
  /// reorg has taken back there is nothing to say.
  private mutating func giveUp(_ vault: Int, _ report: inout TickReport) {
    let lane = outbox.lane(watches[vault].lane)
    for call in unverified where call.vault == watches[vault].vault.name {
      if lane?.open.contains(where: { $0.inclusion == call.inclusion }) == true { continue }
      unverified.removeAll { $0 == call }
      guard lane?.settled.contains(where: { $0.outcome.inclusion == call.inclusion }) == true else { continue }
      report.note(
        event: "minedStateUnverified",
        "\(call.inclusion.transactionHash) is settled, and its block was never told of by enough endpoints in the same "
          + "way; compare the vault with the decision")
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
    let losses = outbox.lossLimitHalts()
    try commit(losses)
    for record in losses { report.note(event: record.name, record.words) }
    try heedRole(seen, vault, &report)
  }

  /// A role that is missing by one endpoint's word is refused to act with, and asked of all that vouch for the head
  /// from the next tick on. Only what as many of them say as the quorum needs can halt, or end the suspicion.
  private mutating func heedRole(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws(TickEnd) {
    let watch = watches[vault]
    switch seen.role.agreed {
    case true?:
      // As long as anybody says otherwise, all go on being asked.
      roleAbsences[vault] = seen.role.contradictions.isEmpty ? nil : RoleAbsence(agreedSince: nil)
    case false?:
      guard let since = roleAbsences[vault]?.agreedSince else {
        roleAbsences[vault] = RoleAbsence(agreedSince: seen.evidence.head)
        return
      }
      // A role that was never held is an installation that is not finished, and only refused.
      if since.hasWaited(watch.node.chain.lane.depth, until: seen.evidence.head),
        outbox.hasServed(watch.vault.name, watch.node.chain.chainID)
      {
        let detail = "its role was missing from \(since) to \(seen.evidence.head)"
        try halt(.roleRevoked(vault: watch.vault.name, detail: detail), &report)
      }
    case nil:
      if roleAbsences[vault] != nil {
        report.note(warning: "roleDisputed")
      } else if !seen.role.isHeld {
        roleAbsences[vault] = RoleAbsence(agreedSince: nil)
      }
    }
  }
}

/// A role that somebody said is missing, as long as it is not agreed to be held.
struct RoleAbsence: Hashable, Sendable {
  /// The head at which as many endpoints as the quorum needs said so first; nil where none has been heard yet but one.
  let agreedSince: HeadMark?
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

extension Outbox {
  /// Whether a call of this vault took effect within the time for which the outbox remembers settled ones (a week).
  fileprivate func hasServed(_ vault: String, _ chainID: UInt64) -> Bool {
    state.lanes.contains { lane in
      lane.id.chainID == chainID && lane.settled.contains { $0.vault == vault && $0.servedIntent != nil }
    }
  }
}
