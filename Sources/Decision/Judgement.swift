package import Contracts

/// The pure stages of one tick, in their order, up to the verdict: for the keeper's tick, for `explain` and for replay.
/// Without a usable price the guards alone are run, and say so.
package struct Judgement: Hashable, Sendable {
  package let assessment: Assessment?
  package let calibration: Calibration?
  package let plan: Plan?
  package let verdict: Verdict

  /// Throws `calculation` when a number is too large to calculate with or the venue cannot quote.
  package init(
    _ observation: Observation, policy: Policy, circumstances: Circumstances, venue: any Venue
  ) throws(DecisionError) {
    let policy = if let bound = circumstances.priceBound { try policy.bounded(by: bound) } else { policy }
    if observation.canBeAssessed {
      let assessment = try Assessment(observation, policy: policy, circumstances: circumstances)
      let calibration = try Calibration(
        assessment, observation, policy: policy, circumstances: circumstances, venue: venue)
      self.assessment = assessment
      self.calibration = calibration
      plan = try Plan(
        assessment, calibration, observation, policy: policy, circumstances: circumstances, venue: venue)
    } else {
      assessment = nil
      calibration = nil
      plan = nil
    }
    verdict = try Verdict(
      guarding: Evidence(
        observation: observation, circumstances: circumstances, policy: policy, assessment: assessment,
        calibration: calibration, plan: plan))
  }

  /// The figures of every stage reached, in order, as report, `explain` and journal carry them.
  package var figures: [StageFigures] {
    [
      (Stage.assessment, assessment?.figures), (.calibration, calibration?.figures), (.plan, plan?.figures),
    ].compactMap { stage, figures in figures.map { StageFigures(stage: stage, figures: $0) } }
  }
}

/// What one stage calculated.
package struct StageFigures: Hashable, Sendable, Codable {
  package let stage: Stage
  package let figures: [Figure]
}

extension Observation {
  /// A price for both tokens, and the venue's reading, which needs them.
  package var canBeAssessed: Bool {
    guard let price = price.price, let collateralPrice, venue != nil else { return false }
    return !price.isZero && !collateralPrice.isZero
  }
}
