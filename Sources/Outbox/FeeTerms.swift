package import Ethereum

/// What a transaction offers to pay for its gas, in wei per unit of gas.
package enum FeeTerms: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Types 0 and 1: one price.
  case legacy(gasPriceWei: UInt256)
  /// Type 2: at most `feeCapWei` in all, of which at most `tipWei` for the block's producer.
  case dynamic(tipWei: UInt256, feeCapWei: UInt256)

  /// The most that one unit of gas can cost.
  package var feeCapWei: UInt256 {
    switch self {
    case .legacy(let gasPriceWei): gasPriceWei
    case .dynamic(_, let feeCapWei): feeCapWei
    }
  }

  /// The most that goes to the block's producer per unit of gas; of a legacy price, all of it.
  package var tipWei: UInt256 {
    switch self {
    case .legacy(let gasPriceWei): gasPriceWei
    case .dynamic(let tipWei, _): tipWei
    }
  }

  package var description: String {
    switch self {
    case .legacy(let gasPriceWei): "gas price \(gasPriceWei) wei"
    case .dynamic(let tipWei, let feeCapWei): "tip \(tipWei) wei, fee cap \(feeCapWei) wei"
    }
  }

  /// The terms a transaction carries.
  package init(of transaction: UnsignedTransaction) {
    switch transaction.kind {
    case .legacy(let gasPriceWei, _): self = .legacy(gasPriceWei: gasPriceWei)
    case .accessList(let gasPriceWei): self = .legacy(gasPriceWei: gasPriceWei)
    case .dynamicFee(let tipWei, let feeCapWei): self = .dynamic(tipWei: tipWei, feeCapWei: feeCapWei)
    }
  }

  var transactionKind: UnsignedTransaction.Kind {
    switch self {
    case .legacy(let gasPriceWei): .legacy(gasPriceWei: gasPriceWei, protected: true)
    case .dynamic(let tipWei, let feeCapWei): .dynamicFee(tipWei: tipWei, feeCapWei: feeCapWei)
    }
  }

  /// The least terms with which these may be replaced: each cap raised by `perMille` thousandths, rounded up, and by at
  /// least one wei.
  ///
  /// geth asks for ≥ 10 % on both caps and a strict rise of both; 125 ‰ rounded up meets that at every size, and the
  /// one wei meets it at 0, which no percentage moves.
  func raised(perMille: UInt64) throws(EthereumError) -> FeeTerms {
    let bumped = try Fees.bumped(caps, byThousandths: perMille)
    let feeCapWei = try max(bumped.feeCapWei, caps.feeCapWei + 1)
    switch self {
    case .legacy:
      return .legacy(gasPriceWei: feeCapWei)
    case .dynamic:
      return .dynamic(tipWei: try max(bumped.tipWei, caps.tipWei + 1), feeCapWei: feeCapWei)
    }
  }

  private var caps: Fees.Caps { Fees.Caps(tipWei: tipWei, feeCapWei: feeCapWei) }

  /// The higher of both in each cap: a replacement offers what the rule asks and what the market asks.
  func atLeast(_ quote: FeeTerms) -> FeeTerms {
    switch self {
    case .legacy(let gasPriceWei):
      return .legacy(gasPriceWei: max(gasPriceWei, quote.feeCapWei))
    case .dynamic(let tipWei, let feeCapWei):
      let tip = max(tipWei, quote.tipWei)
      return .dynamic(tipWei: tip, feeCapWei: max(feeCapWei, quote.feeCapWei, tip))
    }
  }

  /// These terms with no cap above `ceilingWei`.
  func lowered(to ceilingWei: UInt256) -> FeeTerms {
    switch self {
    case .legacy(let gasPriceWei):
      return .legacy(gasPriceWei: min(gasPriceWei, ceilingWei))
    case .dynamic(let tipWei, let feeCapWei):
      return .dynamic(tipWei: min(tipWei, ceilingWei), feeCapWei: min(feeCapWei, ceilingWei))
    }
  }

  /// Whether a pool that follows geth's rule would take `self` in place of `old`.
  package func mayReplace(_ old: FeeTerms) -> Bool {
    Fees.replacementMeets(old: old.caps, new: caps)
  }
}
