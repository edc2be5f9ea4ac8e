import Decision
import Ethereum
import Outbox

/// What a node says about the price of gas.
struct FeeMarket: Sendable {
  let head: BlockHeader
  let history: FeeHistory?
  let gasPriceWei: UInt256?
}

extension FeePolicy {
  /// What to offer now.
  ///
  /// The fee cap is `baseFeeMultiple` times the next base fee plus the tip, so that the transaction stays includable
  /// while the base fee rises (a multiple of 2 is passed after six full blocks in a row, each +12.5 %). It is cut to
  /// the ceiling as long as the next block would still take it; beyond that the quote tells the truth and a guard
  /// refuses.
  /// - Throws: `.arithmeticOverflow` for fees no chain has.
  func quote(_ market: FeeMarket) throws(EthereumError) -> (FeeQuote, FeeTerms) {
    switch model {
    case .legacy:
      let price = max(market.gasPriceWei ?? .zero, minimumTipWei)
      let quote = FeeQuote(
        nextBaseFeeWei: price, tipWei: .zero, feeCapWei: price, gasPriceCeilingWei: ceilingWei)
      return (quote, .legacy(gasPriceWei: price))
    case .eip1559, .arbitrum:
      let tip = model == .arbitrum ? .zero : max(minimumTipWei, medianTip(market.history))
      let base = try nextBaseFee(market)
      let least = try base + tip
      let wanted = try base * UInt256(baseFeeMultiple) + tip
      let cap = max(least, min(wanted, ceilingWei))
      let quote = FeeQuote(nextBaseFeeWei: base, tipWei: tip, feeCapWei: cap, gasPriceCeilingWei: ceilingWei)
      return (quote, .dynamic(tipWei: tip, feeCapWei: cap))
    }
  }

  /// The higher of what the protocol's rule and the node's history say: chains differ in the rule, and too low means
  /// stuck.
  private func nextBaseFee(_ market: FeeMarket) throws(EthereumError) -> UInt256 {
    let told = market.history?.baseFeePerGas.last ?? .zero
    guard let parent = market.head.baseFeePerGas else { return told }
    let computed = try Fees.nextBaseFee(
      parentBaseFee: parent, gasUsed: market.head.gasUsed, gasLimit: market.head.gasLimit)
    return max(told, computed)
  }

  private func medianTip(_ history: FeeHistory?) -> UInt256 {
    let tips = (history?.reward ?? []).compactMap(\.first).sorted()
    return tips.isEmpty ? .zero : tips[tips.count / 2]
  }
}

extension FeeTerms {
  /// As an unsigned transaction carries them.
  var unsignedKind: UnsignedTransaction.Kind {
    switch self {
    case .legacy(let gasPriceWei): .legacy(gasPriceWei: gasPriceWei, protected: true)
    case .dynamic(let tipWei, let feeCapWei): .dynamicFee(tipWei: tipWei, feeCapWei: feeCapWei)
    }
  }
}
