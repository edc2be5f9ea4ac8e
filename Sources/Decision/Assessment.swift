package import Contracts

/// Threshold monitoring: what the vault is worth, what delta it has and should have, and how far off that is, now and
/// after whatever of its standing orders may fill.
package struct Assessment: Hashable, Sendable {
  /// What the base asset is called in figures.
  package let unit: String
  /// The oracle's price, USD per base unit.
  package let price: Price
  /// USD per quote token.
  package let collateralPrice: Price
  /// Base tokens on the spot, rounded down.
  package let spotBase: Quantity
  /// Spot, positions, exposures and collateral held in orders, at the oracle's price, less pending fees. Native
  /// currency held by the venue for executing orders is not counted: most of it is spent.
  package let netAssetValue: Usd
  /// Net base quantity of the venue's positions.
  package let positionDelta: Quantity
  /// What is held beside spot and venue, where it could be valued.
  package let exposures: [Exposure]
  /// Why an exposure may not be relied on; empty where all may. Only the guard looks at it.
  let exposureRefusals: [Refusal]
  /// What of the exposures is worth attention and kept nothing from being counted.
  package let exposureWarnings: [Warning]
  /// Of all that the vault holds.
  package let greeks: NetGreeks
  /// Spot base plus positions plus exposures, without orders.
  package let delta: Quantity
  /// Delta after any subset of the standing orders has filled.
  package let worstCaseDelta: Interval
  /// Where the target comes from and how it moves.
  package let aim: Aim
  package let target: Quantity
  /// Delta less target, without orders: positive is too long.
  package let drift: Quantity
  package let worstCaseDrift: Interval
  /// Collateral token that the venue may take from the account now, in dollars.
  package let collateralFree: Usd
  /// Smallest distance of a position's liquidation price from the oracle's price, as a part of it; nil without one.
  package let liquidationDistance: Ratio?
  /// How the drift moves with the price by itself, base units per dollar: gamma of the exposures (spot and linear
  /// positions have none), less how the target moves.
  package let gammaOfDrift: Double
  package let figures: [Figure]

  /// Throws `missing` when the observation has no usable price (a guard refuses it), `calculation` when a number in it
  /// is too large to add up.
  package init(
    _ observation: Observation, policy: Policy, circumstances: Circumstances
  ) throws(DecisionError) {
    guard let price = observation.price.price, !price.isZero else {
      throw .missing(stage: .assessment, what: "price of the base asset")
    }
    guard let collateralPrice = observation.collateralPrice, !collateralPrice.isZero else {
      throw .missing(stage: .assessment, what: "price of the quote token")
    }
    guard let venue = observation.venue else {
      throw .missing(stage: .assessment, what: "reading of the venue")
    }
    self = try DecisionError.calculating(.assessment) { () throws(ContractsError) in
      let worth = try Worth(observation.vault, venue, price: price, collateralPrice: collateralPrice)
      let scene = ExposureScene(
        unit: observation.baseSymbol, price: price, quotePrice: collateralPrice,
        volatility: try VolatilityForecast(circumstances.volatility),
        latestSeconds: max(circumstances.nowSeconds, observation.head.timestamp))
      return try Assessment(
        worth, venue, observation, policy, circumstances,
        try Appraisals(observation.exposures, scene), scene)
    }
  }

  private init(
    _ worth: Worth, _ venue: VenueState, _ observation: Observation, _ policy: Policy, _ circumstances: Circumstances,
    _ appraisals: Appraisals, _ scene: ExposureScene
  ) throws(ContractsError) {
    let (price, collateralPrice) = (scene.price, scene.quotePrice)
    unit = observation.baseSymbol
    self.price = price
    self.collateralPrice = collateralPrice
    spotBase = worth.spotBase
    positionDelta = worth.positions
    exposures = appraisals.exposures
    exposureRefusals = appraisals.refusals
    exposureWarnings = appraisals.warnings
    greeks = try appraisals.greeks(otherDelta: try worth.spotBase + worth.positions)
    netAssetValue = try worth.total() + appraisals.value
    delta = greeks.delta
    worstCaseDelta = try Interval(at: delta).widened(by: venue.orders.filter(\.isStanding).map(\.change))
    aim = try policy.target.aim(
      AimScene(
        unit: observation.baseSymbol, price: price, netAssetValue: netAssetValue, spotBase: worth.spotBase,
        positions: worth.positions, delta: delta, gamma: greeks.gamma, shares: observation.vault.totalSupply,
        terms: venue.terms,
        maximumClip: policy.maximumClip, headSeconds: observation.head.timestamp, circumstances: circumstances))
    target = aim.quantity
    drift = try delta - target
    worstCaseDrift = try worstCaseDelta.shifted(by: target.negated())
    gammaOfDrift = greeks.gamma - aim.slope
    collateralFree = try observation.collateralFree(venue.terms, price: collateralPrice)
    liquidationDistance = try venue.positions.nearestLiquidation(from: price)
    figures = try Assessment.figures(
      worth, observation, appraisals, greeks, drift: drift, worstCaseDrift: worstCaseDrift, delta: delta,
      aim: aim, netAssetValue: netAssetValue, liquidationDistance: liquidationDistance, price: price, unit: unit)
  }

  private static func figures(
    _ worth: Worth, _ observation: Observation, _ appraisals: Appraisals, _ greeks: NetGreeks, drift: Quantity,
    worstCaseDrift: Interval, delta: Quantity, aim: Aim, netAssetValue: Usd, liquidationDistance: Ratio?,
    price: Price, unit: String
  ) throws(ContractsError) -> [Figure] {
    var figures = [
      Figure.count("block", Int(clamping: observation.head.number), from: "head"),
      try .price("price", price, per: unit, from: "oracle, round \(observation.price.roundID)"),
      try .quantity("spot", worth.spotBase, unit, from: "vault's balances"),
      try .quantity("positions", worth.positions, unit, from: "venue"),
      try .usd("spot value", worth.spotValue, from: "spot × price"),
      try .usd("quote value", worth.quoteValue, from: "vault's balances × quote price"),
      try .usd("position value", worth.positionValue, from: "collateral + unrealised + claimable − pending fees"),
      try .usd("value in orders", worth.orderValue, from: "collateral of standing orders"),
      try .usd("claimable", worth.claimable, from: "uncollected funding of the account"),
    ]
    if !worth.freeAtVenue.isZero {
      figures.append(try .usd("collateral at the venue", worth.freeAtVenue, from: "shared by the positions"))
    }
    let hasExposures = !observation.exposures.isEmpty
    if hasExposures {
      figures += appraisals.figures
      figures += [
        try .quantity("exposures", appraisals.delta, unit, from: "deltas of the exposures"),
        try .usd("exposure value", appraisals.value, from: "values of the exposures"),
      ]
      figures += greeks.figures(unit)
    }
    let others = hasExposures ? " + exposures" : ""
    figures += [
      try .usd("net asset value", netAssetValue, from: "spot + quote + positions + orders + claimable" + others),
      try .quantity("delta", delta, unit, from: "spot + positions" + others),
      try .quantity("target", aim.quantity, unit, from: aim.source),
      try .quantity("drift", drift, unit, from: "delta − target"),
      try .quantity("lowest drift", worstCaseDrift.low, unit, from: "drift + standing sales"),
      try .quantity("highest drift", worstCaseDrift.high, unit, from: "drift + standing purchases"),
    ]
    if let liquidationDistance {
      figures.append(
        try .percent("liquidation distance", liquidationDistance, from: "nearest liquidation price, fees included"))
    }
    return figures + aim.figures
  }
}

/// The parts of net asset value and delta.
private struct Worth {
  var spotBase = Quantity.zero
  var spotValue = Usd.zero
  var quoteValue = Usd.zero
  var positions = Quantity.zero
  var positionValue = Usd.zero
  var orderValue = Usd.zero
  var claimable = Usd.zero
  var freeAtVenue = Usd.zero

  init(
    _ vault: VaultReading, _ venue: VenueState, price: Price, collateralPrice: Price
  ) throws(ContractsError) {
    for balance in vault.balances {
      let amount = try balance.amount()
      switch balance.token.role {
      case .base:
        spotBase = try spotBase + amount
        spotValue = try spotValue + price.value(of: amount, rounding: .down)
      case .quote:
        quoteValue = try quoteValue + collateralPrice.value(of: amount, rounding: .down)
      }
    }
    for position in venue.positions {
      positions = try positions + position.quantity
      positionValue = try positionValue + position.netValue()
    }
    for order in venue.orders where order.isStanding {
      orderValue = try orderValue + order.collateralValue
    }
    claimable = venue.claimable
    freeAtVenue = venue.shared?.freeCollateral ?? .zero
  }

  func total() throws(ContractsError) -> Usd {
    try spotValue + quoteValue + positionValue + orderValue + claimable + freeAtVenue
  }
}

extension Observation {
  /// What the venue may take of its collateral token, which is one of the quote's: the lesser of balance and allowance,
  /// at the quote price.
  fileprivate func collateralFree(_ terms: MarketTerms, price: Price) throws(ContractsError) -> Usd {
    let units = min(terms.collateralBalanceUnits, terms.collateralAllowanceUnits)
    let amount = try Quantity(units: units, decimals: terms.collateralDecimals, rounding: .down)
    return try price.value(of: amount, rounding: .down)
  }
}

extension [Position] {
  fileprivate func nearestLiquidation(from price: Price) throws(ContractsError) -> Ratio? {
    var nearest: Ratio?
    for position in self {
      guard let liquidation = position.liquidationPrice else { continue }
      let distance = try liquidation.change(from: price, rounding: .towardZero).absolute()
      nearest = nearest.map { Swift.min($0, distance) } ?? distance
    }
    return nearest
  }
}
