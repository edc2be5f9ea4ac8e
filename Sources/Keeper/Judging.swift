import Contracts
import Decision

/// What a judgement came to.
struct Judged {
  /// What would be done, whether it may be or not.
  let plan: Plan?
  /// Nil where it was refused, or nobody could simulate it.
  let cleared: Cleared?
}

extension TickReport {
  /// The steps of a judgement, in the one place where they stand: assess, calibrate, plan and guard, then simulate and
  /// clear. A tick takes them with a node (`Watch.judge`), a replay with what was recorded (`Derivation`).
  /// - Parameter simulate: what the proposed call would do; nil where that cannot be told, and then it ends there.
  mutating func judge(
    _ observation: Observation, _ circumstances: Circumstances, at bench: Bench,
    simulate: (Proposal) throws -> Simulation?
  ) throws -> Judged {
    note(TickInputs(observation, circumstances))
    let judgement = try Judgement(
      observation, policy: bench.policy, circumstances: circumstances, venue: bench.venue)
    for warning in circumstances.warnings { note(warning: warning.rawValue) }
    note(judgement)
    guard case .approved(let approved) = judgement.verdict.ruling else {
      return Judged(plan: judgement.plan, cleared: nil)
    }
    let proposal = try approved.proposal(at: bench.venue, through: bench.account)
    guard let simulation = try simulate(proposal) else { return Judged(plan: judgement.plan, cleared: nil) }
    note(simulation)

    let clearance = try Clearance(proposal, simulation)
    note(clearance)
    guard case .cleared(let cleared) = clearance.ruling else { return Judged(plan: judgement.plan, cleared: nil) }
    return Judged(plan: judgement.plan, cleared: cleared)
  }
}

/// What a judgement is made with, beside its inputs.
struct Bench {
  let policy: Policy
  let venue: any Venue
  let account: any Account

  init(_ vault: VaultSettings) {
    policy = vault.policy
    venue = vault.venue
    account = vault.account
  }

  /// From a record; nil where it names no venue and account, as those of a test's own kinds, and nothing stands in for
  /// them.
  init?(_ rules: Rules, policy: Policy? = nil, substitute: (any Venue, any Account)?) {
    self.policy = policy ?? rules.policy
    if let venue = rules.venue?.venue, let account = rules.account?.account(at: venue) {
      (self.venue, self.account) = (venue, account)
    } else if let substitute {
      (venue, account) = substitute
    } else {
      return nil
    }
  }
}
