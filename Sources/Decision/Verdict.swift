package import Contracts
package import Ethereum

/// One line of a checklist: what was examined, how it came out, by which numbers.
package struct Check: Hashable, Sendable, Codable {
  package enum Outcome: String, Hashable, Sendable, Codable {
    case passed, refused
    /// Nothing to examine in this case.
    case notApplicable
    /// It could not be calculated, because something examined earlier is missing.
    case notReached
  }
  package let name: String
  package let outcome: Outcome
  /// Where it refused: the refusal's code.
  package let code: Refusal.Code?
  package let figures: [Figure]

  init(_ name: String, _ finding: Finding) {
    self.name = name
    switch finding {
    case .passed(let figures): (outcome, code, self.figures) = (.passed, nil, figures)
    case .refused(let refusal): (outcome, code, figures) = (.refused, refusal.code, refusal.figures)
    case .notApplicable: (outcome, code, figures) = (.notApplicable, nil, [])
    case .notReached: (outcome, code, figures) = (.notReached, nil, [])
    }
  }
}

/// The guards' judgement. All of them are examined, for the checklist; the first that refuses decides.
package struct Verdict: Hashable, Sendable {
  package enum Ruling: Hashable, Sendable {
    case refused(Refusal)
    case approved(Approved)
  }
  /// Every guard, in their order.
  package let checks: [Check]
  package let ruling: Ruling

  /// Throws `calculation` when a number is too large, `missing` when every guard passed and still there is nothing to
  /// do it with (a plan for the first, actions for the second), which no evidence of the stages' making brings about.
  package init(guarding evidence: Evidence) throws(DecisionError) {
    var checks: [Check] = []
    var first: Refusal?
    for rule in Guard.inOrder {
      let finding = try DecisionError.calculating(.guards) { () throws(ContractsError) in
        try rule.examine(evidence)
      }
      checks.append(Check(rule.name, finding))
      if case .refused(let refusal) = finding, first == nil { first = refusal }
    }
    self.checks = checks
    if let first {
      ruling = .refused(first)
      return
    }
    guard let assessment = evidence.assessment, let calibration = evidence.calibration, let plan = evidence.plan,
      let venue = evidence.observation.venue
    else { throw .missing(stage: .guards, what: "plan") }
    guard !plan.actions.isEmpty else { throw .missing(stage: .guards, what: "action in the plan") }
    ruling = .approved(
      Approved(
        plan: plan, assessment: assessment, calibration: calibration, venueState: venue,
        feeCapWei: evidence.fees.feeCapWei))
  }

  package var refusal: Refusal? {
    if case .refused(let refusal) = ruling { return refusal }
    return nil
  }

  package var approved: Approved? {
    if case .approved(let approved) = ruling { return approved }
    return nil
  }
}

/// A plan that every guard has let pass. Only the guards make one.
package struct Approved: Hashable, Sendable {
  package let plan: Plan
  package let assessment: Assessment
  package let calibration: Calibration
  /// The venue as the plan saw it.
  package let venueState: VenueState
  /// The gas price the upfront fee was quoted for; the transaction must not pay more.
  package let feeCapWei: UInt256

  fileprivate init(
    plan: Plan, assessment: Assessment, calibration: Calibration, venueState: VenueState, feeCapWei: UInt256
  ) {
    self.plan = plan
    self.assessment = assessment
    self.calibration = calibration
    self.venueState = venueState
    self.feeCapWei = feeCapWei
  }

  /// The one call from the keeper that carries the plan out, ready to be simulated. Throws `calculation` with the
  /// venue's or account's own words when it cannot be written.
  package func proposal(at venue: any Venue, through account: any Account) throws(DecisionError) -> Proposal {
    let call = try DecisionError.calculating(.clearance) { () throws(ContractsError) in
      var calls: [Call] = []
      for planned in plan.actions {
        calls += try venue.calls(
          for: planned.action, state: venueState, price: assessment.price, gasPriceWei: feeCapWei,
          account: account.holder)
      }
      return try account.wrap(calls)
    }
    return Proposal(
      approved: self, call: call, dataHash: Keccak256.hash(call.data),
      settlement: venue.capabilities.settlement)
  }
}

/// An approved plan as the exact call that would be signed. Only an approved plan makes one.
package struct Proposal: Hashable, Sendable {
  package let approved: Approved
  /// From the keeper's address.
  package let call: Call
  /// Keccak-256 of the call's data: simulated, cleared and signed must be the same.
  package let dataHash: Bytes32
  package let settlement: Capabilities.Settlement

  fileprivate init(approved: Approved, call: Call, dataHash: Bytes32, settlement: Capabilities.Settlement) {
    self.approved = approved
    self.call = call
    self.dataHash = dataHash
    self.settlement = settlement
  }
}
