import Contracts
import Decision
import Ethereum
import Outbox

extension Keeper {
  /// Takes the operator's marker into the journal, so that the outbox itself refuses to promise while it stands, and
  /// takes it out again when it is gone. Halts of other kinds end only by a person's explicit word.
  mutating func heedOperator(_ report: inout TickReport) throws(TickEnd) {
    let isMarked = outbox.halts.contains(where: \.isByOperator)
    if let note = desk.resumption() {
      // A note that no halt waits for is put away too, or it would end a later halt that nobody has looked at.
      if !outbox.halts.isEmpty {
        try commit([.resumed(note: note)])
        report.note(event: "resumed", note)
      }
      desk.acknowledgeResumption()
    } else if let reason = desk.haltReason() {
      // The wish to take orders back may come later than the halt.
      let isWished = desk.wantsOrdersTakenBack()
      guard !isMarked || (isWished && !outbox.takesOrdersBack) else { return }
      let halt = Halt.byOperator(note: reason, cancelsOrders: isWished ? true : nil)
      try commit([.halted(halt: halt)])
      report.note(event: "halted", halt.description)
    } else if isMarked, outbox.halts.allSatisfy(\.isByOperator) {
      try commit([.resumed(note: "the operator's marker is gone")])
      report.note(event: "resumed", "the operator's marker is gone")
      desk.acknowledgeResumption()
    }
  }

  /// Closes what the chain has closed, on evidence at depth, and notes what became of our orders.
  mutating func settle(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws(TickEnd) {
    let settled = try asking { () throws(OutboxError) in try outbox.settle(seen.evidence) }
    var records: [PromiseRecord] = []
    for record in settled {
      records.append(record)
      if case .mined(let intentID, let inclusion, _) = record, inclusion.succeeded {
        records += ordersPlaced(by: intentID, in: inclusion, seen)
      }
    }
    try commit(records)
    let fates = seen.fates.compactMap { outcome(of: $0) }
    try commit(fates)
    for record in records + fates { report.note(event: record.name, record.words) }
  }

  /// The orders a mined call of ours left at its vault's venue, from the receipt that proves it mined.
  private func ordersPlaced(by intentID: Bytes32, in inclusion: Inclusion, _ seen: Seen) -> [PromiseRecord] {
    guard let promise = outbox.state.openPromise(intentID),
      let settings = watches.first(where: { $0.vault.name == promise.intent.vault })?.vault,
      let receipt = seen.look.receipts.first(where: {
        $0.transactionHash == inclusion.transactionHash && $0.blockHash == inclusion.blockHash
      })
    else { return [] }
    var keys: [Bytes32] = []
    // A node may tell a log twice; the outbox would rightly refuse to know an order twice.
    for key in settings.venue.placedOrders(in: receipt.logs, account: settings.account.holder)
    where !keys.contains(key) && !outbox.state.openOrders.contains(where: { $0.key == key }) {
      keys.append(key)
    }
    return keys.isEmpty ? [] : [.orderPlaced(intentID: intentID, keys: keys)]
  }

  /// A record where the fate of an order is news.
  private func outcome(of fate: OrderFate) -> PromiseRecord? {
    guard let placed = outbox.state.openOrders.first(where: { $0.key == fate.key }) else { return nil }
    let now = clock.now().unixSeconds
    // How long nothing has been heard: from the first tick that heard nothing.
    let silentSince = placed.note?.state == "unknown" ? placed.notedAtUnixSeconds : now
    let note = OrderNote(
      fate.state, updatedAt: fate.updatedAt, ageSeconds: now > silentSince ? now - silentSince : 0)
    return placed.note == note ? nil : .orderOutcome(key: fate.key, note: note)
  }
}

extension Outbox {
  /// What a tick of a vault has to ask the nodes about: our transactions, the blocks that hold them, and our orders
  /// with the block from which on their logs can lie.
  func questions(of watch: Watch) -> (
    hashes: [Bytes32], heights: [UInt64], orders: [OrderQuestion], doubted: UInt64?, isFresh: Bool
  ) {
    let orders = state.openOrders
      .filter { $0.vault == watch.vault.name && $0.chainID == watch.node.chain.chainID }
      .map { OrderQuestion(key: $0.key, fromBlock: $0.placedInBlock) }
    let lane = lane(watch.lane)
    return (
      hashesToLookUp(watch.lane), heightsToLookUp(watch.lane), orders, lane?.doubt?.nonce, lane?.isFresh ?? true
    )
  }
}

extension OrderNote {
  /// How long an order that is neither listed nor mentioned in any log is waited for. An hour is far beyond any lag of
  /// a node's index; what the order did is in the position all the same.
  static let vanishedAfterSeconds: UInt64 = 3_600

  /// - Parameter updatedAt: when the venue says it last changed; tells a second failure from the first.
  init(_ state: OrderState, updatedAt: UInt64?, ageSeconds: UInt64) {
    switch state {
    case .pending: self.init(state: "pending", isFinal: false, isFailure: false)
    case .resting: self.init(state: "resting", isFinal: false, isFailure: false)
    case .partial(let filled):
      self.init(state: "partial", isFinal: false, isFailure: false, figures: [.note("filled", "\(filled)")])
    case .filled(let price, let fees, let shortfall):
      self.init(
        state: "filled", isFinal: true, isFailure: false,
        figures: [
          .note("average price", price.map { "\($0)" } ?? "unknown", unit: "USD"),
          .note("fees", fees.map { "\($0)" } ?? "unknown", unit: "USD"),
          .note("shortfall", shortfall.map { "\($0)" } ?? "unknown", unit: "USD"),
        ], shortfall: shortfall?.raw, feesUsd: fees.map { $0.isNegative ? .zero : $0.raw.magnitude })
    case .cancelled(let reason, let refunded):
      self.init(
        state: "cancelled", isFinal: true, isFailure: reason != OrderState.cancelledByAccount,
        figures: [.note("reason", reason), .note("refunded", refunded ? "yes" : "no")])
    case .frozen(let reason):
      self.init(
        state: "frozen", isFinal: false, isFailure: true, figures: [.note("reason", reason)], updatedAt: updatedAt)
    case .expired: self.init(state: "expired", isFinal: true, isFailure: true)
    case .unknown:
      self.init(state: "unknown", isFinal: ageSeconds >= Self.vanishedAfterSeconds, isFailure: false)
    }
  }
}

extension OrderState {
  /// The reason of a cancel that we asked for ourselves.
  static let cancelledByAccount = "by account"
}

extension NotedFigure {
  static func note(_ name: String, _ value: String, unit: String = "") -> NotedFigure {
    NotedFigure(name: name, value: value, unit: unit, source: "venue's logs")
  }

  init(_ figure: Figure) {
    self.init(name: figure.name, value: figure.value, unit: figure.unit, source: figure.source)
  }
}

extension PromiseRecord {
  /// One line for a report.
  var words: String {
    switch self {
    case .mined(_, let inclusion, _):
      "transaction \(inclusion.transactionHash) is in block \(inclusion.blockNumber)"
        + (inclusion.succeeded ? "" : ", reverted")
    case .unmined(_, let inclusion, let canonical, _):
      "block \(inclusion.blockHash) is canonical no more, \(canonical) is; the same bytes go out again"
    case .settled(_, let outcome, _): outcome.description
    case .nonceDoubted(let lane, let nonce, _): "nonce \(nonce) of \(lane) was used, and none of ours is known to have"
    case .nonceDoubtLifted(let lane, let nonce, _): "nonce \(nonce) of \(lane) is free after all"
    case .revised(_, let intent, let fees): "decided anew: \(intent.grounds.summary); \(fees)"
    case .laneAdvanced(let lane, let nextNonce, _): "another writer of \(lane) used the nonces below \(nextNonce)"
    case .clockBounded(_, let seen): "the clock was ahead of \(seen); what was charged meanwhile counts as of then"
    case .orderPlaced(_, let keys): "placed \(keys.map(\.description).joined(separator: ", "))"
    case .orderOutcome(let key, let note):
      "order \(key) is \(note.state)" + note.figures.map { ", \($0.name) \($0.value) \($0.unit)" }.joined()
    case .halted(let halt): halt.description
    case .resumed(let note): note
    case .reserved(_, let nonce, let fees): "nonce \(nonce), \(fees)"
    case .released(_, let reason): reason
    case .signed(_, let attempt): "\(attempt.kind.rawValue) \(attempt.transactionHash)"
    case .submitted(_, let hash, let answers, _):
      "\(hash): " + answers.map { "\($0.endpoint): \($0.submission)" }.joined(separator: "; ")
    case .observationsPruned(let through, _): "observations through \(through) are forgotten"
    }
  }
}
