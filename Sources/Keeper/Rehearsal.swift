package import Contracts
import Decision
package import Ethereum
package import Outbox

/// A keeper without hands: it looks, judges and simulates, and holds neither signer, sender nor writable journal. What
/// a dry run, `explain` and `check` are made of. That a dry run cannot send is not a matter of an `if`: no value it
/// holds can sign or send.
package struct Rehearsal {
  package private(set) var watch: Watch
  private let outbox: Outbox
  private let clock: any TimeSource
  private let haltReason: () -> String?
  private let papers: any Papers
  private var history: PriceHistory
  private var aims: AimMemory
  private var study: PriceStudy

  /// - Parameter outbox: what the journal remembers, read without a lock; an empty one where there is no journal yet.
  package init(
    watch: Watch, outbox: Outbox, history: PriceHistory, aims: AimMemory, clock: any TimeSource,
    papers: any Papers = NoPapers(),
    haltReason: @escaping () -> String?
  ) {
    self.watch = watch
    self.outbox = outbox
    self.history = history
    self.aims = aims
    study = PriceStudy(watch.vault.volatility, feed: watch.vault.priceFeed)
    self.clock = clock
    self.haltReason = haltReason
    self.papers = papers
  }

  /// One tick as far as the signature.
  package mutating func run() -> Rehearsed {
    var report = TickReport(
      vault: watch.vault.name, chain: watch.node.chain.name, startedAtUnixSeconds: clock.now().unixSeconds)
    var unsigned: UnsignedProposal?
    do {
      unsigned = try rehearse(&report)
    } catch {
      let failure = WatchFailure(error)
      report.end(.missed, failure.code, failure.description)
    }
    report.note(exchanges: watch.node.exchanges)
    for failure in watch.node.failures { report.note(event: failure.code, failure.description) }
    history.add(report)
    aims.add(report)
    if report.ending != .missed, let head = report.head {
      let (news, _) = study.readOn(&history, &watch.node, at: head.hash, now: clock.now().unixSeconds)
      if let news { report.note(event: news.code, news.text) }
    }
    return Rehearsed(report: report, unsigned: unsigned)
  }

  /// What another vault's tick came to: a portfolio's vaults need each other's worth.
  package mutating func hear(_ report: TickReport) { aims.add(report) }

  private mutating func rehearse(_ report: inout TickReport) throws -> UnsignedProposal? {
    let questions = outbox.questions(of: watch)
    let seen = try watch.observe(
      hashes: questions.hashes, heights: questions.heights, orders: questions.orders, doubted: questions.doubted,
      isFresh: questions.isFresh, now: clock.now().unixSeconds)
    report.note(seen)
    let (outlook, _) = study.outlook(&history, seen.observation, papers, now: clock.now().unixSeconds)
    let circumstances = try Circumstances(
      watch: watch, seen: seen, outbox: outbox, history: history, outlook: outlook,
      aims: aims.state(for: watch.vault),
      isHalted: !outbox.halts.isEmpty || haltReason() != nil, takesOrdersBack: outbox.takesOrdersBack,
      now: clock.now().unixSeconds)
    guard let (cleared, gasLimit) = try watch.judge(seen, circumstances, &report) else { return nil }
    let plan = cleared.proposal.approved.plan
    let nonce: UInt64
    do throws(OutboxError) {
      nonce = try outbox.nextNonce(seen.evidence)
    } catch {
      guard case .refused(let refusal) = error else { throw error }
      report.end(.refused, refusal.code, refusal.description)
      return nil
    }
    report.end(.rehearsed, plan.code, plan.summary)
    return UnsignedProposal(cleared, gasLimit: gasLimit, seen, watch, nonce: nonce)
  }
}

/// What a dry run came to.
package struct Rehearsed: Sendable {
  package let report: TickReport
  /// nil where the tick would not have acted.
  package let unsigned: UnsignedProposal?
}

/// The transaction a keeper would have signed.
package struct UnsignedProposal: Sendable {
  package let transaction: UnsignedTransaction
  package let sender: Address
  /// The inner calls, as the account unwraps them and the venue describes them.
  package let calls: [DescribedCall]
  package let reason: String

  init(_ cleared: Cleared, gasLimit: UInt64, _ seen: Seen, _ watch: Watch, nonce: UInt64) {
    transaction = UnsignedTransaction(
      kind: seen.look.terms.unsignedKind, chainID: watch.node.chain.chainID, nonce: nonce, gasLimit: gasLimit,
      to: cleared.call.to, valueWei: cleared.call.valueWei, data: cleared.call.data, accessList: [])
    sender = watch.keeper
    calls = DescribedCall.unwrapping(cleared.call, of: watch.vault)
    reason = cleared.proposal.approved.plan.summary
  }
}

/// A call as people read it.
package struct DescribedCall: Hashable, Sendable {
  package let call: Call
  /// The venue's words for it, or the call's label.
  package let lines: [String]

  /// What the vault would do: the inner calls of a wrapped one. A call that does not unwrap is described as it is.
  package static func unwrapping(_ call: Call, of vault: VaultSettings) -> [DescribedCall] {
    let inner: [Call]
    do { inner = try vault.account.unwrap(call) } catch { inner = [call] }
    return inner.map { DescribedCall(call: $0, lines: vault.venue.describe($0) ?? [$0.label]) }
  }
}
