import RealModule

/// Leland's volatility for hedging at fixed times with proportional costs: the premium at it pays for the costs on
/// average.
///
/// σ̂² = σ² (1 ± A), A = √(2/π) κ / (σ √Δt) (Leland 1985, Journal of Finance 40:1283-1301); plus for a short-gamma
/// book, minus for a long-gamma one (Hoggard, Whalley and Wilmott 1994). κ is the ROUND-TRIP cost. With κ held constant
/// the error does not vanish as Δt → 0 (Kabanov and Safarian 1997).
package struct Leland: Hashable, Sendable {
  /// A, without unit.
  package let number: Double
  /// Per √year.
  package let shortGammaVolatility: Double
  /// Per √year; nil where A ≥ 1: then no volatility makes up for the costs of a long-gamma hedge.
  package let longGammaVolatility: Double?

  /// - Parameters:
  ///   - volatility: per √year.
  ///   - roundTripCost: κ, the part of its value that selling and buying back costs.
  ///   - interval: years between two hedges.
  package init(volatility: Double, roundTripCost: Double, interval: Double) throws(QuantError) {
    let sigma = try positive(volatility, "volatility")
    let cost = try nonNegative(roundTripCost, "round-trip cost")
    let interval = try positive(interval, "interval between hedges")
    number = try finite((2 / Double.pi).squareRoot() * cost / (sigma * interval.squareRoot()), "Leland number")
    shortGammaVolatility = try finite(sigma * (1 + number).squareRoot(), "Leland volatility")
    longGammaVolatility = number < 1 ? sigma * (1 - number).squareRoot() : nil
  }
}
