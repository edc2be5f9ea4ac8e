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
      hashes: questions.hashes, heights: questions.heights, orders: questions.orders, doubted: questions.doubted,
      isFresh: questions.isFresh, doubtsRole: roleAbsences[vault] != nil, now: clock.now().unixSeconds)
  }

  /// Promises the cleared call: its observation first, then its nonce and its worst cost, in the journal.
  mutating func reserve(
    _ cleared: Cleared, gasLimit: UInt64, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws -> Reservation {
    let plan = cleared.proposal.approved.plan
    if let closure = watches[vault].node.closure(of: watches[vault].vault.submission.route) {
      throw TickEnd.route(closure)
    }
    let intent = try intent(for: cleared, gasLimit: gasLimit, seen, vault, report)
    try mayBeSigned(intent, seen)
    let record = try asking { () throws(OutboxError) in
      try outbox.reserve(
        intent, fees: seen.look.terms(for: intent.urgency), evidence: seen.evidence, now: clock.now().unixSeconds)
    }
    if let reason = desk.haltReason(), intent.purpose != .cancelOrder { throw TickEnd.haltMarker(reason) }
    // Asked first and recorded then: a tick that the outbox refuses has not acted.
    report.end(.acted, plan.code, plan.summary)
    try self.record(&report, vault)
    try commit([record])
    report.note(promise: intent.id, transactionHash: nil)
    guard let reservation = outbox.firstReservation(intent.id, head: seen.evidence.head) else {
      throw TickEnd.outbox(.contradiction(record: "reserved", what: "a reservation just committed is not there"))
    }
    return reservation
  }

  /// Asks the policy beside the key before a nonce is used for what it would refuse.
  private func mayBeSigned(_ intent: PromiseIntent, _ seen: Seen) throws(TickEnd) {
    let unsigned = UnsignedTransaction(
      kind: seen.look.terms(for: intent.urgency).unsignedKind, chainID: intent.chainID, nonce: 0,
      gasLimit: intent.gasLimit, to: intent.to, valueWei: intent.valueWei, data: intent.data.bytes, accessList: [])
    do { try signer.check(unsigned) } catch { throw .wallet(error) }
  }

  /// A cleared call as the journal keeps it: what, why, on which picture of the world, and what must hold once it is
  /// mined.
  func intent(
    for cleared: Cleared, gasLimit: UInt64, _ seen: Seen, _ vault: Int, _ report: TickReport
  ) throws -> PromiseIntent {
    let watch = watches[vault]
    let approved = cleared.proposal.approved
    let plan = approved.plan
    return PromiseIntent(
      chainID: watch.node.chain.chainID, sender: watch.keeper, vault: watch.vault.name,
      purpose: plan.isOnlyCancels ? .cancelOrder : .act, to: cleared.call.to, valueWei: cleared.call.valueWei,
      data: cleared.call.data, gasLimit: gasLimit, upfrontFeeWei: plan.upfrontFeeWei,
      configurationHash: configurationHash, decidedAt: seen.evidence.head,
      grounds: Grounds(
        summary: plan.summary, call: cleared.call.label,
        figures: report.chapters.flatMap(\.figures).map(NotedFigure.init)),
      turnover: plan.turnover.raw.magnitude, nativePrice: watch.nativePrice(seen, now: clock.now().unixSeconds)?.raw,
      route: watch.vault.submission.route,
      urgency: approved.calibration.urgency,
      expectation: try Invariants(cleared, policy: watch.vault.policy).expectation())
  }

  /// Signs a reservation, unless the operator's marker has appeared since the judgement, or the writer's lease is gone.
  func sign(_ reservation: Reservation) throws(TickEnd) -> SignedTransaction {
    try mustHoldOffice()
    if let reason = desk.haltReason(), !isCancelWhileHalted(reservation) { throw .haltMarker(reason) }
    do { return try signer.sign(reservation.transaction) } catch { throw .wallet(error) }
  }

  private func isCancelWhileHalted(_ reservation: Reservation) -> Bool {
    let purpose = outbox.state.openPromise(reservation.intentID)?.intent.purpose
    guard purpose == .cancelOrder, reservation.kind != .noOp else { return false }
    do { return try outbox.mayTakeOrdersBack(chainID: reservation.lane.chainID) } catch { return false }
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
    guard let answers = try dispatch(transaction, seen, vault, isRepeat: false, &report) else { return }
    try note(answers, to: transaction, seen, &report)
  }

  /// Sends journaled bytes to every endpoint: the first one has had its chance and may have dropped what it took. The
  /// same bytes twice do nothing twice.
  mutating func submitEverywhere(
    _ transaction: JournaledTransaction, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws(TickEnd) {
    guard let answers = try dispatch(transaction, seen, vault, isRepeat: true, &report) else { return }
    try note(answers, to: transaction, seen, &report)
  }

  mutating func send(
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

  /// Does what is due for promises that the chain has not served yet: the same bytes again, a replacement at a higher
  /// fee, or the nonce given back.
  mutating func keepPromises(_ seen: Seen, _ vault: Int, _ report: inout TickReport) throws {
    let steps = try asking { () throws(OutboxError) in
      try outbox.due(seen.evidence, quote: seen.look.terms, now: clock.now().unixSeconds)
    }
    for due in steps {
      guard let step = try reconsidered(due, seen, vault, &report) else { continue }
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
