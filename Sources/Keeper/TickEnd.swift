import Ethereum
import Outbox
import Wallet

/// Why a tick ended before its end, beside a judgement. Each has its code in the report.
enum TickEnd: Error {
  case outbox(OutboxError)
  case wallet(WalletError)
  /// The operator's marker appeared between the judgement and the signature.
  case haltMarker(String)
  /// Nobody may hear of the call now, so no nonce is used for it.
  case route(RouteClosure)
  /// The writer's fence is closed. What is signed stays in the journal, and goes out when it opens.
  case fence(FenceFailure)
}

extension Keeper {
  /// Puts the reason of an early end into the report.
  /// - Throws: the failure of the journal, which no tick survives.
  mutating func end(_ report: inout TickReport, _ vault: Int, with error: any Error) throws(JournalFailure) {
    switch error {
    case TickEnd.outbox(.journal(let failure)), let failure as JournalFailure: throw failure
    case TickEnd.outbox(.refused(let refusal)): report.end(.refused, refusal.code, refusal.description)
    case TickEnd.outbox(let other): report.end(.missed, "outbox", other.description)
    case TickEnd.wallet(let failure):
      report.end(failure.isRefusal ? .refused : .missed, failure.tickCode, failure.description)
    case TickEnd.haltMarker(let reason): report.end(.refused, "halted", "halted by the operator: \(reason)")
    case TickEnd.route(let closure): report.end(.refused, closure.code, closure.reason)
    case TickEnd.fence(let failure): report.end(.refused, failure.code, failure.description)
    default:
      let failure = WatchFailure(error)
      report.end(.missed, failure.code, failure.description)
      try heed(failure, vault, &report)
    }
  }

  /// Every endpoint serves another chain than the one our promises are on: nothing can be observed there, and a person
  /// must look. One such endpoint among others is only left out.
  private mutating func heed(
    _ failure: WatchFailure, _ vault: Int, _ report: inout TickReport
  ) throws(JournalFailure) {
    guard case .node(.everywhere(let failures)) = failure, !(outbox.lane(watches[vault].lane)?.open ?? []).isEmpty,
      case .wrongChain(let endpoint, let expected, let actual)? = failures.first,
      failures.allSatisfy({ if case .wrongChain = $0 { true } else { false } })
    else { return }
    do {
      try halt(.wrongChain(expected: expected, found: actual, endpoint: endpoint.name), &report)
    } catch {
      guard case .outbox(.journal(let failure)) = error else { return }
      throw failure
    }
  }

  /// Adds what every tick has, and puts the report into the journal.
  mutating func finish(_ report: TickReport, _ vault: Int) throws(JournalFailure) -> TickReport {
    var report = report
    report.note(halts: outbox.halts)
    let node = watches[vault].node
    report.note(exchanges: node.exchanges + sent)
    sent = 0
    for failure in node.failures { report.note(event: failure.code, failure.description) }
    report.note(lastMark: aims.mark(of: report.vault))
    // A tick that acted was recorded before it promised, so that the promise rests on its observation.
    if report.ending != .acted { try record(&report, vault) }
    history[vault].add(report)
    aims.add(report)
    readOn(&report, vault)
    return report
  }

  /// Reads on in the price's past, where the tick was a good one and something is missing.
  private mutating func readOn(_ report: inout TickReport, _ vault: Int) {
    guard report.ending != .missed, let head = report.head else { return }
    let (news, isFilled) = studies[vault].readOn(
      &history[vault], &watches[vault].node, at: head.hash, now: clock.now().unixSeconds)
    if isFilled { recorders[vault].beginFrame() }
    if let news { report.note(event: news.code, news.text) }
  }

  mutating func record(_ report: inout TickReport, _ vault: Int) throws(JournalFailure) {
    let observation = try recorders[vault].record(
      report, history: history[vault], configurationHash: configurationHash)
    try ledger.observe([observation], at: clock.now().unixSeconds)
    report.inputsAreRecorded()
  }

  /// Records a judgement made again for a promised call, beside the tick it belongs to.
  mutating func record(reconsideration report: TickReport, _ vault: Int) throws(JournalFailure) {
    let observation = try recorders[vault].record(
      report, as: TickReport.reconsiderationKind, history: history[vault], configurationHash: configurationHash)
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
