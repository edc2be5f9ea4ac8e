import Contracts
import Ethereum
import Quant

/// What a band rule looks at: where the vault should be, how its distance from there moves, and what moving it costs.
struct BandScene {
  let unit: String
  let target: Quantity
  let netAssetValue: Usd
  let price: Price
  /// Delta less target.
  let drift: Quantity
  /// How the drift moves with the price by itself, base units per dollar: gamma of what the vault holds, less how its
  /// target moves.
  let gamma: Double
  /// nil where it is not known.
  let volatility: VolatilityForecast?
  /// The estimates that there are none of, and what another market says.
  let volatilityGaps: [VolatilityGap]
  let macro: MacroReading?
  /// Whether anybody looked at more than the last hours. Records from before that was done have no forecasts for rules
  /// that do not need any.
  let isForecast: Bool
  /// Since the vault was last corrected; nil where it never was, or nobody remembers.
  let secondsSinceCorrection: UInt64?
  /// From how many widths of drift on a correction is urgent.
  let urgentBands: Ratio
  /// No order is worth less.
  let minimumClip: Usd
  let friction: Friction
}

extension BandScene {
  init(
    _ assessment: Assessment, _ state: VenueState, policy: Policy, circumstances: Circumstances, venue: any Venue
  ) throws(ContractsError) {
    let fees = circumstances.fees
    let gasPrice = try ContractsError.wrapping { () throws(EthereumError) in try fees.nextBaseFeeWei + fees.tipWei }
    let now = circumstances.nowSeconds
    self.init(
      unit: assessment.unit, target: assessment.target, netAssetValue: assessment.netAssetValue,
      price: assessment.price, drift: assessment.drift, gamma: assessment.gammaOfDrift,
      volatility: try VolatilityForecast(circumstances), volatilityGaps: circumstances.volatilityGaps,
      macro: circumstances.macro, isForecast: !circumstances.volatility.isEmpty,
      secondsSinceCorrection: circumstances.correctedAtSeconds.map { now > $0 ? now - $0 : 0 },
      urgentBands: policy.orders.urgentBands, minimumClip: policy.minimumClip,
      friction: Friction(
        venue: venue, state: state, pricing: Pricing(price: assessment.price, policy: policy),
        gasLimit: circumstances.gasLimit, gasPriceWei: gasPrice, nativePrice: circumstances.nativePrice,
        rests: venue.capabilities.limit != .none && policy.orders.patienceSeconds > 0))
  }
}

extension BandScene {
  /// Every number of the forecast, and what is missing for it.
  func volatilityFigures() throws(ContractsError) -> [Figure] {
    try (volatility?.figures() ?? []) + volatilityGaps.map(\.figure) + (macro?.figures() ?? [])
  }

  /// How the drift moves, at the volatility that is expected.
  /// - Parameter flowVolatility: of deposits and withdrawals, a part of the vault's worth per √year.
  func motion(_ volatility: VolatilityForecast, flowVolatility: Ratio) throws(QuantError) -> TargetMotion {
    let spot = price.approximateDouble
    let flow = flowVolatility.approximateDouble * netAssetValue.approximateDouble / spot
    return try TargetMotion(
      gamma: gamma, spot: spot, volatility: volatility.annual.approximateDouble, flows: flow * flow)
  }

  /// What correcting so much costs, a positive number of base units against the drift; a vault on its target is
  /// corrected either way, and a sale is as good as a purchase.
  func cost(ofCorrecting size: Double, gasPriceWei: UInt256? = nil) throws(ContractsError) -> CorrectionCost? {
    let size = try Quantity(nearest: size, places: 6)
    return try friction.cost(of: drift.isNegative ? size : size.negated(), gasPriceWei: gasPriceWei)
  }
}

/// What a correction costs at this moment.
struct Friction {
  let venue: any Venue
  let state: VenueState
  let pricing: Pricing
  let gasLimit: UInt64
  /// What a routine transaction is expected to pay, not the most it may.
  let gasPriceWei: UInt256
  let nativePrice: Price?
  /// An order of this kind would rest first.
  let rests: Bool

  /// Expected cost of a correction of this size and direction; at another price of gas where one is given.
  /// - Returns: nil where the venue cannot quote it, or the native currency has no price.
  func cost(of change: Quantity, gasPriceWei other: UInt256? = nil) throws(ContractsError) -> CorrectionCost? {
    guard let nativePrice, !change.isZero else { return nil }
    let gasPrice = other ?? gasPriceWei
    let reduceOnly = try state.positions.quantity(opposing: change).isPositive
    let trade =
      rests
      ? try pricing.resting(change, reduceOnly: reduceOnly) : try pricing.market(change, reduceOnly: reduceOnly)
    let quote: Quote
    do {
      quote = try venue.quote(.place(trade), state: state, price: pricing.price, gasPriceWei: gasPrice)
    } catch {
      // A size the venue has no quote for is one more thing that is not known, and no reason to stop looking.
      return nil
    }
    let size = try quote.change.absolute()
    guard !size.isZero else { return nil }
    // A correction that the venue would pay for costs nothing; it is not made sooner for that.
    let proportional = max(try quote.fee + quote.impact, .zero)
    let wei = try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256(gasLimit) * gasPrice + quote.upfrontFeeWei
    }
    let fixed = try nativePrice.value(of: Quantity(units: wei, decimals: 18, rounding: .up), rounding: .up)
    return CorrectionCost(
      perUnit: proportional.approximateDouble / size.approximateDouble, fixed: fixed.approximateDouble)
  }
}

/// Expected cost of one correction.
struct CorrectionCost: Hashable, Sendable {
  /// USD per base unit traded, one way: fee and impact.
  let perUnit: Double
  /// USD per correction whatever its size: gas, and what the venue asks up front.
  let fixed: Double
}
