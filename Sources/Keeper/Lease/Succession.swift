import Outbox

extension Keeper {
  /// Becomes the writer where that is possible, taking over what earlier writers promised. Whether it may act is for
  /// the fence's `standing` to say afterwards; who stays a standby goes on looking.
  mutating func seekOffice(_ vault: Int, _ report: inout TickReport) throws(TickEnd) {
    guard case .mayNot(_, let code) = fence.standing(clock.now()) else { return }
    // A writer that finds itself without the lease says so once; a standby is one in every tick.
    if code != "standby" { report.note(event: "leaseLost", "nothing is signed or sent until the lease is ours again") }
    let deadline = watches[vault].node.chain.exchangeDeadlineMilliseconds
    let inheritance: Inheritance
    do {
      guard let found = try fence.stand(deadlineMilliseconds: deadline) else { return }
      inheritance = found
    } catch {
      report.note(event: error.code, error.description)
      return
    }
    do {
      for lane in inheritance.lanes { try takeOver(lane, &report) }
    } catch {
      // Another keeper may know better; this one cannot follow what was promised.
      fence.resign("the promises in the lease's store contradict this journal", deadlineMilliseconds: deadline)
      throw error
    }
    fence.takeOffice(inheritance)
    report.note(event: "leaseTaken", "this keeper is the writer")
  }

  private mutating func takeOver(_ lane: LaneInheritance, _ report: inout TickReport) throws(TickEnd) {
    outbox.accept(lane.accepted, in: lane.id)
    let records = try asking { () throws(OutboxError) in
      try outbox.inheriting(
        lane.bequests, settledBelow: lane.settledBelow, in: lane.id, now: clock.now().unixSeconds)
    }
    try commit(records)
    for record in records { report.note(event: record.name, record.words) }
  }

  /// The fence's leave to send, with what a successor needs.
  func admit(_ transaction: JournaledTransaction, _ vault: Int) throws(TickEnd) -> Admitted {
    let lane = outbox.lane(transaction.lane)
    let estate = Estate(
      bequests: try asking { () throws(OutboxError) in try outbox.bequests(through: transaction) },
      settledBelow: lane?.open.first?.nonce ?? lane?.nextNonce ?? transaction.nonce,
      accepted: outbox.acceptedNonces(in: transaction.lane))
    do {
      return try fence.admit(
        transaction, estate: estate, deadlineMilliseconds: watches[vault].node.chain.exchangeDeadlineMilliseconds)
    } catch {
      throw .fence(error)
    }
  }

  /// - Throws: `fence` unless this process may sign and send.
  func mustHoldOffice() throws(TickEnd) {
    if case .mayNot(let reason, _) = fence.standing(clock.now()) { throw .fence(.leaseNotHeld(why: reason)) }
  }
}
