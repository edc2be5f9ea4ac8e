import Contracts
import Decision
import Ethereum

/// What the keeper would read of a vault with options, made of plain numbers.
enum ReplayScene {
  /// - Parameter money: USD beside the base tokens.
  static func observation(
    _ now: UInt64, price: Double, base: Quantity, money: Double, exposures: [ExposureReading]
  ) throws -> Observation {
    Observation(
      head: Head(number: now, hash: .zero, timestamp: now),
      price: FeedReading(
        price: try Price(nearest: price, places: 6), rawAnswer: 0, updatedAt: now, roundID: 1, decimals: 8,
        limits: FeedLimits(heartbeatSeconds: 3600, marginSeconds: 60, minimum: nil, maximum: nil)),
      quotePrice: nil, sequencer: nil,
      vault: VaultReading(
        balances: [
          SpotBalance(
            token: SpotToken(symbol: "BTC", address: nil, decimals: 18, role: .base), units: base.raw.magnitude),
          SpotBalance(
            token: SpotToken(symbol: "USD", address: .zero, decimals: 18, role: .quote),
            units: try Usd(nearest: money, places: 2).raw.magnitude),
        ], totalAssets: nil, totalSupply: nil, isPaused: false),
      account: AccountReading(isEnabled: true, holderBalanceWei: 0, keeperBalanceWei: 0), isRoleHeld: true,
      venue: PlainVenue.state, exposures: exposures)
  }

  /// A European call with a mark of this moment.
  static func option(
    strike: Double, quantity: Double, volatility: Double, expiry: UInt64, now: UInt64, index: Int = 0
  ) throws -> OptionReading {
    OptionReading(
      source: "calls", index: index, expiry: expiry, strike: try Price(nearest: strike, places: 6),
      quantity: try Quantity(nearest: quantity, places: 6), isCall: true,
      markVolatility: try Ratio(nearest: volatility, places: 6), markedAt: now,
      terms: OptionTerms(interestRate: .zero, maximumMarkAgeSeconds: 3600, expiryHoldSeconds: 0))
  }

  private static let wholeCoin: UInt256 = 1_000_000_000_000_000_000

  /// A unit of gas costs one native coin of a dollar, so a correction costs as many dollars as it has gas.
  static func circumstances(_ now: UInt64, gas: Double) throws -> Circumstances {
    Circumstances(
      nowSeconds: now,
      fees: FeeQuote(
        nextBaseFeeWei: wholeCoin, tipWei: 0, feeCapWei: wholeCoin, gasPriceCeilingWei: wholeCoin),
      gasLimit: UInt64(gas), gasBudgets: [], nativePrice: try Price(nearest: 1, places: 0),
      keeperBalanceWei: .max, clearNonceReserveWei: 0, keeperPaysUpfrontFee: false, attemptLimit: 1)
  }
}
