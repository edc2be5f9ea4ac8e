import Ethereum

/// What calls cost, in wei.
enum Cost {
  /// The most a transaction can cost: gas limit × fee cap, and the venue's upfront fee if it is the call itself.
  static func worst(
    of intent: PromiseIntent, kind: Attempt.Kind, gasLimit: UInt64, fees: FeeTerms
  ) throws(OutboxError) -> UInt256 {
    do {
      let gas = try UInt256(gasLimit) * fees.feeCapWei
      return kind == .noOp ? gas : try gas + intent.upfrontFeeWei
    } catch {
      throw .ethereum(what: "cost of \(gasLimit) gas at \(fees) and \(intent.upfrontFeeWei) wei: \(error)")
    }
  }

  /// What a promise did cost. The upfront fee is gone only if the call took effect; what the venue pays back of it
  /// later is not counted, so this is never too low. A receipt that leaves the price out counts at the fee cap, and one
  /// that tells more than the transaction could cost counts as that much: figures of a node never stop the settling.
  static func actual(of intent: PromiseIntent, _ ending: Attempt?, _ outcome: PromiseOutcome) -> UInt256 {
    guard let inclusion = outcome.inclusion, let ending else { return .zero }
    let price = inclusion.effectiveGasPriceWei == .zero ? ending.fees.feeCapWei : inclusion.effectiveGasPriceWei
    let upfront = if case .served = outcome { intent.upfrontFeeWei } else { UInt256.zero }
    do { return min(try UInt256(inclusion.gasUsed) * price + upfront, ending.worstWei) } catch {
      return ending.worstWei
    }
  }

  /// What clearing a nonce may cost by policy: the reserve that no act may touch.
  static func clearing(_ policy: LanePolicy) -> UInt256 {
    do { return try UInt256(policy.noOpGasLimit) * policy.clearingCeilingWei } catch { return .max }
  }
}
