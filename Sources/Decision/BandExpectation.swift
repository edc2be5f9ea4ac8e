import Contracts
import Quant

/// What a band is expected to come to in a year, in figures. Whoever prints them computes nothing.
enum BandExpectation {
  static func figures(
    _ band: StationaryBand, _ scene: BandScene, from source: String
  ) throws(ContractsError) -> [Figure] {
    var figures = [
      try Figure.usd("expected cost", Usd(nearest: band.costPerYear, places: 2), from: "\(source), a year"),
      try .percent(
        "expected tracking error",
        Ratio(nearest: band.trackingError / scene.netAssetValue.approximateDouble, places: 6),
        from: "\(source), a year"),
    ]
    if let trades = band.tradesPerYear {
      figures.append(
        Figure(
          name: PlannedCorrections.name, value: try Ratio(nearest: trades, places: 1).description, unit: "a year",
          source: source))
    }
    return figures
  }

  /// What other rules would cost at the same tracking error.
  static func comparison(_ band: ImpulseBand) throws(ContractsError) -> [Figure] {
    let costs: EqualTrackingErrorCosts
    do { costs = try EqualTrackingErrorCosts(of: band) } catch { return [] }
    func ratio(_ name: String, _ value: Double, _ source: String) throws(ContractsError) -> Figure {
      Figure(name: name, value: try Ratio(nearest: value, places: 4).description, unit: "", source: source)
    }
    return [
      try ratio(
        "cost of a fixed band", costs.centredBandRatio, "÷ this one's, reset to the target, at equal tracking error"),
      try ratio("cost of a clock", costs.clockRatio, "÷ this one's, reset to the target, at equal tracking error"),
    ]
  }

  /// For a rule that calculates none of it by itself: a fixed width, or one that narrows, taken as it is now.
  /// - Returns: nothing where something is missing that the rule itself does not need.
  static func figures(of band: Band, _ scene: BandScene) throws(ContractsError) -> [Figure] {
    guard scene.isForecast, let volatility = scene.volatility, band.halfWidth.isPositive else { return [] }
    let trigger = band.halfWidth.approximateDouble
    let reset = band.resetDistance.approximateDouble
    let smallest = scene.minimumClip.approximateDouble / scene.price.approximateDouble
    guard let cost = try scene.cost(ofCorrecting: max(trigger - reset, smallest)) else {
      return try scene.volatilityFigures()
    }
    let stationary: StationaryBand
    do {
      stationary = try StationaryBand(
        trigger: trigger, reset: reset,
        motion: scene.motion(volatility, flowVolatility: AdaptiveBand.defaultFlowVolatility),
        costs: TradingCosts(fixed: cost.fixed, perUnit: cost.perUnit))
    } catch {
      // Numbers beyond the formulas: what nobody asked for is left out.
      return try scene.volatilityFigures()
    }
    return try scene.volatilityFigures() + figures(stationary, scene, from: "band as it is now")
  }
}

/// The figure that the keeper reads back: how far ahead a forecast is made follows from it.
package enum PlannedCorrections {
  package static let name = "expected corrections"
}
