import Contracts
import Ethereum

/// Everything the guards judge by. The stages are nil where there was no price to assess at.
package struct Evidence: Hashable, Sendable {
  package let observation: Observation
  package let circumstances: Circumstances
  package let policy: Policy
  package let assessment: Assessment?
  package let calibration: Calibration?
  package let plan: Plan?

  package init(
    observation: Observation, circumstances: Circumstances, policy: Policy, assessment: Assessment?,
    calibration: Calibration?, plan: Plan?
  ) {
    self.observation = observation
    self.circumstances = circumstances
    self.policy = policy
    self.assessment = assessment
    self.calibration = calibration
    self.plan = plan
  }

  /// The later of wall clock and chain time: whichever of them lags, an answer is not taken for younger than it is.
  var latestSeconds: UInt64 { max(circumstances.nowSeconds, observation.head.timestamp) }

  var unit: String { observation.baseSymbol }

  /// What this act would pay, by its urgency.
  var fees: FeeQuote { circumstances.fees(for: calibration?.urgency ?? .routine) }

  /// The most this act can take: gas at the fee cap, without the upfront fee.
  func gasWei() throws(ContractsError) -> UInt256 {
    try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256(circumstances.gasLimit) * fees.feeCapWei
    }
  }

  /// Gas at the fee cap and the upfront fee, whoever pays it.
  func actWei(_ plan: Plan) throws(ContractsError) -> UInt256 {
    try sum(gasWei(), plan.upfrontFeeWei)
  }

  func sum(_ left: UInt256, _ right: UInt256) throws(ContractsError) -> UInt256 {
    try ContractsError.wrapping { () throws(EthereumError) in try left + right }
  }
}
