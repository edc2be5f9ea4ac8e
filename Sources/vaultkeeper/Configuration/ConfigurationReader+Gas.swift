import Contracts
import Ethereum
import Keeper

// What gas may cost. The numbers below are defaults, each with its reason; docs/configuration.md repeats both.
extension ConfigurationReader {
  func gas(_ section: Section, fees: Fees?) -> Configuration.Gas? {
    let perDay = section.required("perDay", .wei(1))
    let perHour = section.ifPresent("perHour", .wei(1))
    let perDayUsd = section.ifPresent("perDayUsd", .usd)
    let nativeFeed = section.sectionIfPresent("nativeFeed", feed)
    let reserve = section.ifPresent("clearNonceReserve", .wei())
    let clearLimit = section.optional(
      "clearLimit", .integer(21_000...100_000_000), default: ConfigurationReader.clearLimit(fees?.policy.model))
    // Three million: twice what a wrapped order at the costliest known venue uses (1.35 million).
    let limit = section.optional("limit", .integer(21_000...100_000_000), default: 3_000_000)
    // A fifth: state moves between the block that was simulated and the one that includes us.
    let margin = section.optional("limitMargin", .percent(0...200), default: 20)
    guard let perDay, let perHour, let perDayUsd, let nativeFeed, let reserve, let clearLimit, let limit, let margin,
      let fees
    else { return nil }
    guard let clearing = reserve ?? fees.wei(toClearWith: clearLimit) else {
      section.report("clearNonceReserve", "cannot be computed from the ceiling", remedy: "write it out")
      return nil
    }
    if let perHour, perHour > perDay {
      section.report("perHour", "is more than a whole day may cost", remedy: "write no more than perDay")
      return nil
    }
    if let perDayUsd, !perDayUsd.isPositive {
      section.report("perDayUsd", "a budget of nothing lets nothing be done", remedy: "write a sum above 0 USD")
      return nil
    }
    return Configuration.Gas(
      perDayWei: perDay, perHourWei: perHour ?? fees.perHourWei(of: perDay, gasLimit: limit), perDayUsd: perDayUsd,
      nativeFeed: nativeFeed, clearNonceReserveWei: clearing, clearLimit: clearLimit, limit: limit,
      marginPercent: margin)
  }

  private static func clearLimit(_ model: FeePolicy.Model?) -> UInt64 {
    switch model {
    // Arbitrum charges a transaction's share of L1 as gas: more than a transfer's own in busy hours, and far less than
    // two million. What is not used is not paid.
    case .arbitrum: 2_000_000
    // What a transfer costs everywhere else.
    case .eip1559, .legacy, nil: 21_000
    }
  }

  /// Dollars for gas need the native coin's price: its own feed's, or the base asset's of a vault that holds the coin.
  func refuseUnpricedGas(
    _ vaults: [Located<Configuration.Vault>]?, _ chains: [Located<Configuration.Chain>]?
  ) {
    for chain in chains ?? [] where chain.value.gas.perDayUsd != nil && chain.value.gas.nativeFeed == nil {
      let ofChain = (vaults ?? []).filter { $0.value.chain.value == chain.value.name }
      guard let vault = ofChain.first(where: { !$0.value.base.tokens.contains { $0.address == nil } }) else { continue }
      findings.report(
        chain.place, "\(chain.path).gas.nativeFeed",
        "perDayUsd needs the native coin's price, and the base asset of vault \(quoted(vault.value.name)) is another",
        remedy: "name the coin's feed, or take perDayUsd out")
    }
  }
}

extension ConfigurationReader.Fees {
  /// A transfer of nothing at the highest price a clearing no-op may pay; nil when beyond 256 bits.
  fileprivate func wei(toClearWith gas: UInt64) -> UInt256? {
    do {
      return try (clearingCeilingWei ?? policy.ceilingWei * 2) * UInt256(gas)
    } catch {
      return nil
    }
  }

  /// A quarter of the day's budget: a keeper that goes wrong spends as fast as it can, and then a person has some hours
  /// before the day's is gone. Never less than two acts at their dearest, with what the venue asks upfront: a hedge
  /// that must be amended within the hour is ordinary.
  fileprivate func perHourWei(of perDayWei: UInt256, gasLimit: UInt64) -> UInt256 {
    do {
      let quarter = try UInt256.mulDiv(perDayWei, 1, 4, rounding: .up)
      return min(perDayWei, max(quarter, try policy.ceilingWei * UInt256(gasLimit) * 2))
    } catch {
      return perDayWei
    }
  }
}
