import Decision
import Ethereum
import Outbox

/// What the nodes say about the price of gas, as seen from one block.
struct FeeMarket: Sendable {
  let head: BlockHeader
  /// Of each endpoint that was asked; the highest word counts, since too low means stuck.
  let histories: [FeeHistory]
  let gasPricesWei: [UInt256]
}

/// What to offer: for the judgement, and as a transaction carries it.
struct FeeOffer: Hashable, Sendable {
  let quote: FeeQuote
  let terms: FeeTerms
}

extension FeePolicy {
  /// How many blocks of tips are looked at: four minutes of mainnet, long enough that one odd block does not set the
  /// tip.
  static let historyBlocks: UInt64 = 20

  /// What to offer now, by urgency.
  /// - Throws: `.arithmeticOverflow` for fees no chain has.
  func offers(_ market: FeeMarket) throws(EthereumError) -> ByUrgency<FeeOffer> {
    ByUrgency(
      routine: try quote(market, urgency: .routine), urgent: try quote(market, urgency: .urgent),
      liquidation: try quote(market, urgency: .liquidation))
  }

  /// What to offer now.
  ///
  /// The fee cap is `baseFeeMultiple` times the next base fee plus the tip, so that the transaction stays includable
  /// while the base fee rises (a multiple of 2 is passed after six full blocks in a row, each +12.5 %). Tip and cap are
  /// cut to the ceiling as long as the next block would still take them; beyond that the quote tells the truth and a
  /// guard refuses.
  /// - Throws: `.arithmeticOverflow` for fees no chain has.
  func quote(_ market: FeeMarket, urgency: Urgency) throws(EthereumError) -> FeeOffer {
    switch model {
    case .legacy:
      let told = market.gasPricesWei.max() ?? .zero
      let percent = max(gasPricePercents[urgency], 100)
      // Of the node's own price the truth; only what urgency adds ends at the ceiling.
      let raised = try UInt256.mulDiv(told, UInt256(percent), 100, rounding: .up)
      let price = max(max(told, min(raised, ceilingWei)), minimumTipWei)
      return FeeOffer(
        quote: FeeQuote(nextBaseFeeWei: price, tipWei: .zero, feeCapWei: price, gasPriceCeilingWei: ceilingWei),
        terms: .legacy(gasPriceWei: price))
    case .eip1559, .arbitrum:
      let base = try nextBaseFee(market)
      let tip = model == .arbitrum ? .zero : affordable(self.tip(market, urgency), above: base)
      let least = try base + tip
      let wanted = try base * UInt256(baseFeeMultiple) + tip
      let cap = max(least, min(wanted, ceilingWei))
      return FeeOffer(
        quote: FeeQuote(nextBaseFeeWei: base, tipWei: tip, feeCapWei: cap, gasPriceCeilingWei: ceilingWei),
        terms: .dynamic(tipWei: tip, feeCapWei: cap))
    }
  }

  /// A tip cut to what the ceiling leaves above the base fee, and never below the minimum: what others pay, or what one
  /// node says they do, must not keep us out of a block that we can afford.
  private func affordable(_ tipWei: UInt256, above baseFeeWei: UInt256) -> UInt256 {
    let room: UInt256
    do { room = try ceilingWei - baseFeeWei } catch { room = .zero }
    return max(minimumTipWei, min(tipWei, room))
  }

  /// The highest of what the protocol's rule and the nodes' histories say: chains differ in the rule, and too low means
  /// stuck.
  private func nextBaseFee(_ market: FeeMarket) throws(EthereumError) -> UInt256 {
    let told = market.histories.compactMap(\.baseFeePerGas.last).max() ?? .zero
    guard let parent = market.head.baseFeePerGas else { return told }
    let computed = try Fees.nextBaseFee(
      parentBaseFee: parent, gasUsed: market.head.gasUsed, gasLimit: market.head.gasLimit)
    return max(told, computed)
  }

  private func tip(_ market: FeeMarket, _ urgency: Urgency) -> UInt256 {
    market.histories.map { Self.median($0, place(of: urgency)) }.max() ?? .zero
  }

  /// Where the urgency's percentile stands in each block's list.
  private func place(of urgency: Urgency) -> Int {
    switch urgency {
    case .routine: 0
    case .urgent: 1
    case .liquidation: 2
    }
  }

  /// Over the blocks the median of the tips at one percentile. Empty blocks had room for everybody and tell nothing
  /// about a price.
  private static func median(_ history: FeeHistory, _ place: Int) -> UInt256 {
    var tips: [UInt256] = []
    for (index, block) in history.reward.enumerated() where block.indices.contains(place) {
      if history.isEmptyBlock.indices.contains(index), history.isEmptyBlock[index] { continue }
      tips.append(block[place])
    }
    tips.sort()
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
