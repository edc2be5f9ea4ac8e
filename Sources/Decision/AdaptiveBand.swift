package import Contracts
package import Ethereum
import Quant

/// A band as wide as the costs and the volatility of the moment make sensible: the cheapest one with the tracking error
/// that was chosen (impulse control with fixed and proportional costs; see `ImpulseBand`).
///
/// The operator says how far the vault's worth may stray from its target in a year, and never how averse to risk they
/// are. Gas that costs more widens the trigger and brings the reset nearer to the target; more gamma widens both.
package struct AdaptiveBand: Hashable, Sendable, Codable {
  /// Annual tracking error as a part of net asset value: 0.03 lets the worth stray by 3 % (one standard deviation).
  package let trackingError: Ratio
  /// The trigger is never nearer to the target and never farther from it than these parts of net asset value.
  package let narrowest: Ratio
  package let widest: Ratio
  /// Annual volatility of deposits and withdrawals as a part of net asset value: what moves the drift even where the
  /// price does not.
  package let flowVolatility: Ratio
  /// How often the drift is looked at. Between two looks it moves on, so the trigger is set that much earlier.
  package let monitoringSeconds: UInt64
  /// The price of gas at which the tracking error is to be kept; nil for the one of the moment. With it, gas above
  /// makes the vault wait and gas below makes it come nearer.
  package let typicalGasPriceWei: UInt256?
  /// How far the drift moves by itself on the day for which the tracking error is meant, one standard deviation as a
  /// part of net asset value; nil for the day of the moment. With it, a drift that moves faster, as a book's does near
  /// its strike and expiry, is let farther, and a slower one is held nearer: one aversion to risk for all days, at
  /// which a year's tracking costs least. Without it the tracking error is kept each day, however dear the day.
  package let typicalDailyDrift: Ratio?
  /// The price's volatility for which the tracking error is meant, per √year; nil for the one of the moment. With it,
  /// the worth strays more in a storm and less in a calm.
  package let typicalVolatility: Ratio?
  /// How long the venue's book takes to be full again after a trade; nil where nobody can tell, and then corrections
  /// are always made at once. With it, and where impact is the main cost, the drift is traded away bit by bit
  /// (`ImpactPace`).
  package let recoverySeconds: UInt64?
  /// What holds where this one cannot be calculated.
  package let fallback: FixedBand

  package init(
    trackingError: Ratio, narrowest: Ratio = AdaptiveBand.defaultNarrowest,
    widest: Ratio = AdaptiveBand.defaultWidest, flowVolatility: Ratio = AdaptiveBand.defaultFlowVolatility,
    monitoringSeconds: UInt64 = AdaptiveBand.defaultMonitoringSeconds, typicalGasPriceWei: UInt256? = nil,
    typicalDailyDrift: Ratio? = nil, typicalVolatility: Ratio? = nil, recoverySeconds: UInt64? = nil,
    fallback: FixedBand
  ) {
    self.trackingError = trackingError
    self.narrowest = narrowest
    self.widest = widest
    self.flowVolatility = flowVolatility
    self.monitoringSeconds = monitoringSeconds
    self.typicalGasPriceWei = typicalGasPriceWei
    self.typicalDailyDrift = typicalDailyDrift
    self.typicalVolatility = typicalVolatility
    self.recoverySeconds = recoverySeconds
    self.fallback = fallback
  }

  /// 0.1 % of net asset value: below it a feed's own deviation threshold is what one would trade on.
  package static let defaultNarrowest = Ratio(raw: 1_000_000_000_000_000)
  /// 20 %: whoever is farther from the target than that hedges by accident.
  package static let defaultWidest = Ratio(raw: 200_000_000_000_000_000)
  /// 10 % a year, half a percent a day: a quiet vault. Without any, the drift of a vault whose position needs no care
  /// would not move at all, and its band would have no width.
  package static let defaultFlowVolatility = Ratio(raw: 100_000_000_000_000_000)

  /// A slot of Ethereum, as the keeper's own interval is where nothing else is configured.
  package static let defaultMonitoringSeconds: UInt64 = 12

  func monitored(everySeconds interval: UInt64) -> AdaptiveBand {
    AdaptiveBand(
      trackingError: trackingError, narrowest: narrowest, widest: widest, flowVolatility: flowVolatility,
      monitoringSeconds: interval, typicalGasPriceWei: typicalGasPriceWei,
      typicalDailyDrift: typicalDailyDrift, typicalVolatility: typicalVolatility, recoverySeconds: recoverySeconds,
      fallback: fallback)
  }

  var firstDefect: PolicyDefect? {
    if !trackingError.isPositive || trackingError > .one {
      return .outOfRange(key: "band.trackingError", value: trackingError, allowed: "more than 0 and at most 1")
    }
    if !narrowest.isPositive || narrowest > widest {
      return .outOfRange(key: "band.narrowest", value: narrowest, allowed: "more than 0 and at most widest")
    }
    if widest > .one { return .outOfRange(key: "band.widest", value: widest, allowed: "at most 1") }
    if flowVolatility.isNegative || flowVolatility > Ratio(raw: 5_000_000_000_000_000_000) {
      return .outOfRange(key: "band.flowVolatility", value: flowVolatility, allowed: "0 to 5")
    }
    if let drift = typicalDailyDrift, !drift.isPositive || drift > .one {
      return .outOfRange(key: "band.typicalDrift", value: drift, allowed: "more than 0 and at most 1")
    }
    if let volatility = typicalVolatility, !volatility.isPositive || volatility >= VolatilityForecast.absurd {
      return .outOfRange(key: "band.typicalVolatility", value: volatility, allowed: "more than 0 and below 100")
    }
    if recoverySeconds == 0 {
      return .outOfRange(key: "band.bookRecovery", value: Ratio.zero, allowed: "1 second or more")
    }
    if monitoringSeconds == 0 {
      return .outOfRange(key: "band.monitoring", value: Ratio.zero, allowed: "1 second or more")
    }
    return nil
  }

  func calibrated(_ scene: BandScene) throws(ContractsError) -> CalibratedBand {
    switch try found(scene) {
    case .failure(let gap):
      return try fallback.calibrated(scene, inPlaceOf: gap.fallback, figures: scene.volatilityFigures())
    case .success(let solution):
      do { return try solution.calibrated(scene, self) } catch {
        // Beyond what six places can hold: no market is.
        return try fallback.calibrated(scene, inPlaceOf: .notCalculable)
      }
    }
  }

  /// The band by the formula, or what is missing for it.
  private func found(_ scene: BandScene) throws(ContractsError) -> Result<Solution, Gap> {
    guard let volatility = scene.volatility else { return .failure(Gap(.volatilityUnknown)) }
    guard scene.friction.nativePrice != nil else { return .failure(Gap(.nativePriceMissing)) }
    do {
      let motion = try scene.motion(volatility, flowVolatility: flowVolatility)
      guard let solution = try Solution(scene, motion, self) else { return .failure(Gap(.costUnknown)) }
      return .success(solution)
    } catch let error as ContractsError {
      throw error
    } catch {
      // A formula refused its numbers: a worth of nothing, or a price beyond all measure.
      return .failure(Gap(.notCalculable))
    }
  }
}

/// What the formula lacks.
private struct Gap: Error {
  let fallback: BandFallback
  init(_ fallback: BandFallback) { self.fallback = fallback }
}

/// What a correction costs by its size: along the line through two quotes, since a venue's price gives way.
struct CostLine {
  /// USD per correction.
  let fixed: Double
  let cost: MarginalCost
  /// By how many dollars per unit a unit gets dearer with each unit more.
  let slope: Double

  /// nil where the venue cannot quote it.
  init?(_ scene: BandScene, around size: Double, gasPriceWei: UInt256? = nil) throws {
    guard let near = try scene.cost(ofCorrecting: size, gasPriceWei: gasPriceWei) else { return nil }
    // Beyond what the venue has room for there is no second quote; then the first one holds for every size.
    let far = try scene.cost(ofCorrecting: 2 * size, gasPriceWei: gasPriceWei)
    let rise = max((far?.perUnit ?? near.perUnit) - near.perUnit, 0)
    // A millionth is what quotes are rounded by.
    slope = rise > 1e-6 * near.perUnit ? rise / size : 0
    fixed = near.fixed
    let spot = scene.price.approximateDouble
    cost = try MarginalCost(
      spot: spot, fee: max(near.perUnit - slope * size, 0) / spot, impactPerUnit: 2 * slope / spot)
  }
}

/// What the formula gave, and what it was given.
private struct Solution {
  let band: ImpulseBand
  /// The trigger where the drift is looked at so often and no more often, base units.
  let trigger: Double
  let line: CostLine
  /// Where impact is the main cost and the book fills again fast enough: many small corrections instead.
  let pace: ImpactPace?

  /// nil where the venue cannot say what a correction costs.
  init?(_ scene: BandScene, _ motion: TargetMotion, _ rule: AdaptiveBand) throws {
    let smallest = scene.minimumClip.approximateDouble / scene.price.approximateDouble
    let error = rule.trackingError.approximateDouble * scene.netAssetValue.approximateDouble
    // What a correction costs depends on its size, and its size on what it costs. The clip that agrees with its own
    // cost along the line of two quotes is found exactly; the second round takes the quotes where that clip lies.
    var size = max(smallest, error / motion.priceVariance.squareRoot())
    var solved: (band: ImpulseBand, line: CostLine)?
    for _ in 0..<2 {
      guard let line = try CostLine(scene, around: size) else { return nil }
      guard let band = try Self.band(scene, motion, rule, size, line, error: error) else { return nil }
      solved = (band, line)
      size = max(smallest, band.clip)
    }
    guard let solved else { return nil }
    (band, line) = solved
    let interval = Double(rule.monitoringSeconds) / RealisedVolatility.secondsPerYear
    trigger = try band.monitoredTrigger(interval: interval)
    if let recovery = rule.recoverySeconds {
      pace = try ImpactPace(band, line, recoverySeconds: recovery)
    } else {
      pace = nil
    }
  }

  /// The band at the cost and the motion of the moment. Where a typical price of gas or a typical day is named, the
  /// tracking error is kept at those, and the moment's are weighed by the same aversion to risk.
  private static func band(
    _ scene: BandScene, _ motion: TargetMotion, _ rule: AdaptiveBand, _ size: Double, _ line: CostLine, error: Double
  ) throws -> ImpulseBand? {
    var (usualLine, usualMotion) = (line, motion)
    if let gasPrice = rule.typicalGasPriceWei {
      guard let typical = try CostLine(scene, around: size, gasPriceWei: gasPrice) else { return nil }
      usualLine = typical
    }
    let price = scene.price.approximateDouble
    if rule.typicalDailyDrift != nil || rule.typicalVolatility != nil {
      let daily = rule.typicalDailyDrift.map { $0.approximateDouble * scene.netAssetValue.approximateDouble / price }
      let deviation = rule.typicalVolatility.map { $0.approximateDouble * price }
      usualMotion = try TargetMotion(
        targetVariance: daily.map { 365 * $0 * $0 } ?? motion.targetVariance,
        priceVariance: deviation.map { $0 * $0 } ?? motion.priceVariance)
    }
    let usual = try ImpulseBand(
      motion: usualMotion, fixedCost: usualLine.fixed, cost: usualLine.cost, targetTrackingError: error)
    guard rule.typicalGasPriceWei != nil || usualMotion != motion else { return usual }
    return try ImpulseBand(
      motion: motion, fixedCost: line.fixed, cost: line.cost, riskAversion: usual.riskAversion)
  }

  /// Rounded to the sixth place of a base unit, before anything is compared, and kept within the rule's bounds.
  func calibrated(_ scene: BandScene, _ rule: AdaptiveBand) throws(ContractsError) -> CalibratedBand {
    if let pace {
      return try pace.calibrated(scene, widest: rule.widest, figures: try figures(scene, rule, found: nil))
    }
    func width(_ share: Ratio) throws(ContractsError) -> Quantity {
      try scene.netAssetValue.scaled(by: share, rounding: .towardZero)
        .quantity(at: scene.price, rounding: .towardZero)
    }
    let found = try Quantity(nearest: trigger, places: 6)
    let half = min(max(found, try width(rule.narrowest)), try width(rule.widest))
    let reset = min(try Quantity(nearest: band.reset, places: 6), half)
    return CalibratedBand(
      band: Band(halfWidth: half, resetDistance: reset), scale: half,
      figures: try figures(scene, rule, found: found), fallback: nil, riskAversion: band.riskAversion)
  }

  private func figures(
    _ scene: BandScene, _ rule: AdaptiveBand, found: Quantity?
  ) throws(ContractsError) -> [Figure] {
    var figures = try scene.volatilityFigures()
    let spot = scene.price.approximateDouble
    figures += [
      try .usd("cost per correction", Usd(nearest: line.fixed, places: 2), from: "gas and upfront fee, native price"),
      try .percent(
        "cost of trading", Ratio(nearest: band.costs.perUnit / spot, places: 6), from: "venue's fee and impact"),
      try .quantity(
        "drift of a day", Self.daily(band), scene.unit, from: "√(gamma × volatility, flows; vanna unknown), a day"),
    ]
    if let found {
      figures.append(
        try .quantity("trigger", found, scene.unit, from: "least cost at the tracking error, looked at every tick"))
    }
    figures += try BandExpectation.figures(band.averages, scene, from: "stationary band")
    return figures + (try BandExpectation.comparison(band))
  }

  private static func daily(_ band: ImpulseBand) throws(ContractsError) -> Quantity {
    try Quantity(nearest: (band.motion.targetVariance / 365).squareRoot(), places: 6)
  }
}
