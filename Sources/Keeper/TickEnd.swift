import Ethereum
import Outbox
import Wallet

/// Why a tick ended before its end, beside a judgement. Each has its code in the report.
enum TickEnd: Error {
  case outbox(OutboxError)
  case wallet(WalletError)
  /// The operator's marker appeared between the judgement and the signature.
  case haltMarker(String)
  /// The writer's fence is closed. What is signed stays in the journal, and goes out when it opens.
  case fence(FenceFailure)
}

extension Keeper {
  /// Puts the reason of an early end into the report.
  /// - Throws: the failure of the journal, which no tick survives.
  func end(_ report: inout TickReport, with error: any Error) throws(JournalFailure) {
    switch error {
    case TickEnd.outbox(.journal(let failure)), let failure as JournalFailure: throw failure
    case TickEnd.outbox(.refused(let refusal)): report.end(.refused, refusal.code, refusal.description)
    case TickEnd.outbox(let other): report.end(.missed, "outbox", other.description)
    case TickEnd.wallet(let failure): report.end(.missed, "signer", failure.description)
    case TickEnd.haltMarker(let reason): report.end(.refused, "halted", "halted by the operator: \(reason)")
    case TickEnd.fence(let failure): report.end(.refused, failure.code, failure.description)
    default:
      let failure = WatchFailure(error)
      report.end(.missed, failure.code, failure.description)
    }
  }

  /// Adds what every tick has, and puts the report into the journal.
  mutating func finish(_ report: TickReport, _ vault: Int) throws(JournalFailure) -> TickReport {
    var report = report
    let node = watches[vault].node
    report.note(exchanges: node.exchanges + sent)
    sent = 0
    for failure in node.failures { report.note(event: failure.code, failure.description) }
    // A tick that acted was recorded before it promised, so that the promise rests on its observation.
    if report.ending != .acted { try record(report) }
    history[vault].add(report)
    return report
  }

  func record(_ report: TickReport) throws(JournalFailure) {
    let observation = try report.observation(configurationHash: configurationHash)
    try ledger.observe([observation], at: clock.now().unixSeconds)
  }

  /// Commits records, now.
  @discardableResult
  mutating func commit(_ records: [PromiseRecord]) throws(TickEnd) -> [Durable<PromiseRecord>] {
    do {
      return try outbox.commit(records, to: ledger, at: clock.now().unixSeconds)
    } catch {
      throw .outbox(error)
    }
  }

  /// An answer of the outbox, or the end of the tick.
  func asking<Answer>(_ question: () throws(OutboxError) -> Answer) throws(TickEnd) -> Answer {
    do { return try question() } catch { throw .outbox(error) }
  }
}
