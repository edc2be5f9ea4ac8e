import Contracts
import Decision
import Ethereum
package import Outbox
import Wallet

extension Keeper {
  /// One tick of one vault:
  ///
  ///     observe → settle → assess → calibrate → plan → guard → simulate → sign → journal → submit → report
  ///
  /// To settle is also to hold the mined block against what its call was cleared for, and to keep the promises that the
  /// chain has not served yet, each after deciding again.
  ///
  /// A tick that cannot look, or chooses not to act, ends early with its reason in the report.
  /// - Throws: `JournalFailure` when the journal cannot be written: nothing more may be promised by this process.
  package mutating func tick(_ vault: Int) throws(JournalFailure) -> TickReport {
    var report = TickReport(
      vault: watches[vault].vault.name, chain: watches[vault].node.chain.name,
      startedAtUnixSeconds: clock.now().unixSeconds)
    do {
      try run(vault, &report)
    } catch {
      try end(&report, vault, with: error)
    }
    return try finish(report, vault)
  }

  private mutating func run(_ vault: Int, _ report: inout TickReport) throws {
    try heedOperator(&report)
    try seekOffice(vault, &report)

    let seen = try observe(vault)
    report.note(seen)
    // A standby knows nothing of what the writer promises: it watches, and concludes nothing from nonces.
    if case .mayNot(let reason, let code) = fence.standing(clock.now()) { return report.end(.refused, code, reason) }

    try settle(seen, vault, &report)
    try settlePredecessors(vault, &report)
    try verify(seen, vault, &report)
    try heedVault(seen, vault, &report)
    try keepPromises(seen, vault, &report)

    let circumstances = try circumstances(seen, vault)
    guard let (cleared, gasLimit) = try watches[vault].judge(seen, circumstances, &report) else { return }

    let reservation = try reserve(cleared, gasLimit: gasLimit, seen, vault, &report)
    let signed = try sign(reservation)
    let transaction = try journal(signed, for: reservation)
    try submit(transaction, seen, vault, &report)
  }
}

extension Watch {
  /// The judgement on what was seen: assess, calibrate, plan and guard in Decision, then simulate and clear.
  /// - Returns: what may be signed and with how much gas; nil when the report says why not.
  mutating func judge(
    _ seen: Seen, _ circumstances: Circumstances, _ report: inout TickReport
  ) throws(WatchFailure) -> (Cleared, gasLimit: UInt64)? {
    do {
      var gasLimit: UInt64 = 0
      let judged = try report.judge(seen.observation, circumstances, at: Bench(vault)) { proposal in
        let rehearsed = try simulate(proposal, seen: seen)
        gasLimit = rehearsed.gasLimit
        return rehearsed.simulation
      }
      return judged.cleared.map { ($0, gasLimit) }
    } catch {
      throw WatchFailure(error)
    }
  }
}
