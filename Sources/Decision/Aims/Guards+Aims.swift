import Contracts
import Ethereum

extension Evidence {
  /// Whether the target can be told, and whether the venue could bear it. While it cannot, orders are left as they are
  /// too: nobody knows whether they still fit. A halted keeper may take its orders back all the same.
  func aim() throws(ContractsError) -> Finding {
    guard let assessment, let plan, let venue = observation.venue else { return .notReached }
    if circumstances.isHalted && plan.isOnlyCancels { return .notApplicable }
    if let refusal = assessment.aim.refusal { return .refused(refusal) }
    guard let leverage = try policy.target.highestLeverage, leverage > .one,
      let maintenance = try venue.maintenanceMargin
    else { return .notApplicable }
    let figures = [
      Figure.word("leverage of target", leverage.description, from: "policy"),
      try .percent("maintenance margin", maintenance, from: "venue"),
    ]
    // With a margin of no more than twice the maintenance, half of it gone is a liquidation.
    let needed = try leverage.scaled(by: maintenance + maintenance, rounding: .up)
    return needed > .one ? .refused(Refusal(.targetAboveMaintenance, figures)) : .passed(figures)
  }
}

extension Judgement {
  /// What the next judgements may rely on; nil where something that was seen is not to be trusted (the head, a feed, a
  /// jump, an exposure, the sequencer), or the aim needs no memory.
  package var mark: AimMark? {
    let isTrusted = verdict.checks.allSatisfy { check in
      !Self.ofTrust.contains(check.name) || check.outcome == .passed || check.outcome == .notApplicable
    }
    // What is done in spite of a doubt passes the guards, and nothing is to be remembered of such a look.
    let isInSpite = plan.map { $0.isOnlyCancels || $0.deRisk != nil } ?? false
    return isTrusted && !isInSpite ? assessment?.aim.mark : nil
  }

  /// The guards that ask whether what we see is to be trusted.
  private static let ofTrust = ["head", "oracle", "price jump", "venue's price", "sequencer", "exposures"]
}
