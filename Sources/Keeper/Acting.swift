import Contracts
import Decision
import Ethereum
import Outbox
import Wallet

// The second half of a tick: from a cleared proposal to bytes on the wire. Each step takes what only the step before
// can make, so none can be left out.
extension Keeper {
  /// Asks the nodes everything one decision needs.
  mutating func observe(_ vault: Int) throws(WatchFailure) -> Seen {
    let questions = outbox.questions(of: watches[vault])
    return try watches[vault].observe(
      hashes: questions.hashes, heights: questions.heights, orders: questions.orders, now: clock.now().unixSeconds)
  }

  /// Promises the cleared call: its observation first, then its nonce and its worst cost, in the journal.
  mutating func reserve(
    _ cleared: Cleared, gasLimit: UInt64, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws -> Reservation {
    let watch = watches[vault]
    let plan = cleared.proposal.approved.plan
    let intent = PromiseIntent(
      chainID: watch.node.chain.chainID, sender: watch.keeper, vault: watch.vault.name,
      purpose: plan.isOnlyCancels ? .cancelOrder : .act, to: cleared.call.to, valueWei: cleared.call.valueWei,
      data: cleared.call.data, gasLimit: gasLimit, upfrontFeeWei: plan.upfrontFeeWei,
      configurationHash: configurationHash, decidedAt: seen.evidence.head,
      grounds: Grounds(
        summary: plan.summary, call: cleared.call.label,
        figures: report.chapters.flatMap(\.figures).map(NotedFigure.init)))
    let record = try asking { () throws(OutboxError) in
      try outbox.reserve(intent, fees: seen.look.terms, evidence: seen.evidence, now: clock.now().unixSeconds)
    }
    if let reason = desk.haltReason(), intent.purpose != .cancelOrder { throw TickEnd.haltMarker(reason) }
    // Asked first and recorded then: a tick that the outbox refuses has not acted.
    report.end(.acted, plan.code, plan.summary)
    try self.record(report)
    try commit([record])
    report.note(promise: intent.id, transactionHash: nil)
    guard let reservation = outbox.firstReservation(intent.id, head: seen.evidence.head) else {
      throw TickEnd.outbox(.contradiction(record: "reserved", what: "a reservation just committed is not there"))
    }
    return reservation
  }

  /// Signs a reservation, unless the operator's marker has appeared since the judgement, or the writer's lease is gone.
  func sign(_ reservation: Reservation) throws(TickEnd) -> SignedTransaction {
    try mustHoldOffice()
    if let reason = desk.haltReason(), !isCancelWhileHalted(reservation) { throw .haltMarker(reason) }
    do { return try signer.sign(reservation.transaction) } catch { throw .wallet(error) }
  }

  private func isCancelWhileHalted(_ reservation: Reservation) -> Bool {
    guard let policy = outbox.policies.first(where: { $0.chainID == reservation.lane.chainID }) else { return false }
    let purpose = outbox.state.openPromise(reservation.intentID)?.intent.purpose
    return policy.cancelsOrdersWhileHalted && purpose == .cancelOrder && reservation.kind != .noOp
  }

  /// Makes the signed bytes durable. Only this makes something that can be sent.
  mutating func journal(
    _ signed: SignedTransaction, for reservation: Reservation
  ) throws(TickEnd) -> JournaledTransaction {
    let record = try asking { () throws(OutboxError) in try outbox.signed(signed, for: reservation) }
    let durable = try commit([record])
    guard let first = durable.first, let transaction = outbox.transaction(for: first) else {
      throw .outbox(.contradiction(record: "signed", what: "a signature just committed is not there"))
    }
    return transaction
  }

  /// Sends journaled bytes for the first time, to the first endpoint that may have taken them.
  mutating func submit(
    _ transaction: JournaledTransaction, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws(TickEnd) {
    var answers: [EndpointAnswer] = []
    for endpoint in seen.endpoints where Submission.strongest(of: answers)?.mayBeKnown != true {
      answers += try send(transaction, to: [endpoint], vault)
    }
    try note(answers, to: transaction, seen, &report)
  }

  /// Sends journaled bytes to every endpoint: the first one has had its chance and may have dropped what it took. The
  /// same bytes twice do nothing twice.
  private mutating func submitEverywhere(
    _ transaction: JournaledTransaction, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws(TickEnd) {
    try note(try send(transaction, to: seen.endpoints, vault), to: transaction, seen, &report)
  }

  private mutating func send(
    _ transaction: JournaledTransaction, to endpoints: [EndpointID], _ vault: Int
  ) throws(TickEnd) -> [EndpointAnswer] {
    let admitted = try admit(transaction, vault)
    sent += 1
    return sender.submit(
      admitted, to: endpoints,
      deadlineMilliseconds: watches[vault].node.chain.exchangeDeadlineMilliseconds)
  }

  private mutating func note(
    _ answers: [EndpointAnswer], to transaction: JournaledTransaction, _ seen: Seen, _ report: inout TickReport
  ) throws(TickEnd) {
    let record = outbox.submitted(transaction, answers: answers, head: seen.evidence.head)
    let isNews = try asking { () throws(OutboxError) in
      try outbox.isNews(answers, for: transaction, at: seen.evidence.head)
    }
    if isNews { try commit([record]) }
    report.note(promise: transaction.intentID, transactionHash: transaction.hash)
    report.note(event: record.name, record.words)
  }

  /// Before the same call goes out at a higher fee: does it still do what it was signed for? An upfront fee that was
  /// enough at the old price may not be at the new one, and then the replacement would be mined, paid for, and revert.
  /// Such a promise is not worth keeping: its nonce is cleared, and the next tick decides anew.
  private mutating func reconsidered(
    _ step: Step, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws -> Step {
    guard case .replace(let reservation) = step, reservation.kind == .feeBump,
      try watches[vault].wouldRevert(reservation.transaction, seen: seen)
    else { return step }
    report.note(
      event: "replacementWouldRevert", "\(reservation.intentID) would revert at the new fee; clearing its nonce")
    let clearing = try asking { () throws(OutboxError) in
      try outbox.clearing(
        reservation.intentID, seen.evidence, quote: seen.look.terms, now: clock.now().unixSeconds)
    }
    return clearing ?? step
  }

  /// Does what is due for promises that the chain has not served yet: the same bytes again, a replacement at a higher
  /// fee, or the nonce given back.
  mutating func keepPromises(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws {
    let steps = try asking { () throws(OutboxError) in
      try outbox.due(seen.evidence, quote: seen.look.terms, now: clock.now().unixSeconds)
    }
    for step in try steps.map({ try reconsidered($0, seen, vault, &report) }) {
      switch step {
      case .resend(let transaction):
        try submitEverywhere(transaction, seen, vault, &report)
      case .replace(let reservation):
        let signed = try sign(reservation)
        try submitEverywhere(try journal(signed, for: reservation), seen, vault, &report)
      case .release(let intentID, let reason):
        try commit([.released(intentID: intentID, reason: reason)])
        report.note(event: "released", reason)
      case .wait(let waiting):
        report.note(event: waiting.code, waiting.description)
      }
    }
  }
}
