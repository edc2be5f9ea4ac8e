package import Contracts
package import Ethereum

/// What simulating a proposal at the observed head gave.
package struct Simulation: Hashable, Sendable, Codable {
  package enum Outcome: Hashable, Sendable, Codable {
    case succeeded
    /// It reverted, and what that means by the account's reading of the revert data.
    case reverted(FailureClass)
  }
  /// Keccak-256 of the data that was simulated.
  package let dataHash: Bytes32
  package let outcome: Outcome
  package let gasUsed: UInt64?
  /// The venue after the call, read in the same simulation; nil where the node cannot override code, so that only the
  /// revert check was possible.
  package let postState: VenueState?

  package init(dataHash: Bytes32, outcome: Outcome, gasUsed: UInt64?, postState: VenueState?) {
    self.dataHash = dataHash
    self.outcome = outcome
    self.gasUsed = gasUsed
    self.postState = postState
  }
}

/// The last judgement before signing: the simulated outcome against the plan.
package struct Clearance: Hashable, Sendable {
  package enum Ruling: Hashable, Sendable {
    case refused(Refusal)
    case cleared(Cleared)
  }
  package let checks: [Check]
  package let ruling: Ruling

  /// Throws `calculation` when a number in the simulated state is too large, `mismatch` when other bytes were simulated
  /// than proposed.
  package init(_ proposal: Proposal, _ simulation: Simulation) throws(DecisionError) {
    guard simulation.dataHash == proposal.dataHash else {
      throw .mismatch(
        stage: .clearance, what: "simulated data \(simulation.dataHash), proposed \(proposal.dataHash)")
    }
    var findings = [("revert", Clearance.revert(simulation))]
    if case .succeeded = simulation.outcome, let post = simulation.postState {
      findings += try DecisionError.calculating(.clearance) { () throws(ContractsError) in
        try PostState(proposal, post).findings()
      }
    }
    checks = findings.map { Check($0.0, $0.1) }
    let refusals = findings.compactMap { if case .refused(let refusal) = $0.1 { refusal } else { nil } }
    if let first = refusals.first {
      ruling = .refused(first)
    } else {
      let warnings: [Warning] = simulation.postState == nil ? [.postStateUnseen] : []
      ruling = .cleared(Cleared(proposal: proposal, gasUsed: simulation.gasUsed, warnings: warnings))
    }
  }

  package var refusal: Refusal? {
    if case .refused(let refusal) = ruling { return refusal }
    return nil
  }

  package var cleared: Cleared? {
    if case .cleared(let cleared) = ruling { return cleared }
    return nil
  }

  private static func revert(_ simulation: Simulation) -> Finding {
    switch simulation.outcome {
    case .succeeded:
      return .passed(simulation.gasUsed.map { [Figure.count("gas used", Int(clamping: $0), from: "simulation")] } ?? [])
    case .reverted(let failure):
      let text = Figure.word("revert", failure.text, from: "simulation")
      if case .policyDenied = failure { return .refused(Refusal(.policyDenied, [text])) }
      return .refused(Refusal(.simulationFailed, [text]))
    }
  }
}

/// A proposal whose simulated outcome is as planned: what a signer may be given. Only a clearance makes one.
package struct Cleared: Hashable, Sendable {
  package let proposal: Proposal
  package let gasUsed: UInt64?
  package let warnings: [Warning]

  fileprivate init(proposal: Proposal, gasUsed: UInt64?, warnings: [Warning]) {
    self.proposal = proposal
    self.gasUsed = gasUsed
    self.warnings = warnings
  }

  package var call: Call { proposal.call }
  package var dataHash: Bytes32 { proposal.dataHash }
}
