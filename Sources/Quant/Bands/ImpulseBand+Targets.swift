import RealModule

extension ImpulseBand {
  /// The band that lets through a given tracking error: the risk aversion is what makes it so, and nobody need know it.
  ///
  /// With M = TE²/v and w = b − r, the two conditions and b² + r² = 6M leave k w³ + 2 F w² = 12 F M, which rises in w,
  /// so w is found by Newton's method from above, without a search over risk aversions.
  /// - Parameter targetTrackingError: USD per √year, such as 3 % of the net asset value.
  package init(motion: TargetMotion, costs: TradingCosts, targetTrackingError: Double) throws(QuantError) {
    let error = try positive(targetTrackingError, "target tracking error")
    let deviation = try positive(error / motion.priceVariance.squareRoot(), "target deviation")
    let widest = 6.0.squareRoot() * deviation
    let part = Self.clipPart(costs, widest)
    // u² = 12M − w², and A or B then gives 1/γ.
    let clip = widest * part
    let sum = widest * (2 - part * part).squareRoot()
    let scale =
      costs.fixed > 0
      ? sum * clip * clip * clip / (12 * costs.fixed) : sum * sum * sum / (12 * costs.perUnit)
    let aversion = motion.targetVariance / motion.priceVariance / scale
    guard aversion.isFinite, aversion > 0 else { throw .noSolution("a risk aversion for the target tracking error") }
    try self.init(motion: motion, costs: costs, riskAversion: aversion)
  }

  /// y = w/√(6M) of κ y³ + y² = 1 with κ = k √(6M)/(2F): 1 without proportional costs, 0 without fixed ones.
  private static func clipPart(_ costs: TradingCosts, _ widest: Double) -> Double {
    guard costs.fixed > 0 else { return 0 }
    let kappa = 0.5 * (costs.perUnit / costs.fixed) * widest
    guard kappa.isFinite else { return 0 }
    // Both are upper bounds, and the function is convex: Newton only falls.
    var y = kappa > 1 ? 1 / Double.root(kappa, 3) : 1
    for _ in 0..<100 {
      let next = y - ((kappa * y + 1) * y * y - 1) / ((3 * kappa * y + 2) * y)
      guard next < y else { break }
      y = next
    }
    return y
  }

  /// The band whose cost per unit is that of its own clip: a larger clip has more impact, which widens the band and
  /// makes the clip smaller. The one clip at which both agree is found to rounding.
  package init(
    motion: TargetMotion, fixedCost: Double, cost: MarginalCost, riskAversion: Double
  ) throws(QuantError) {
    let clip = try Self.agreedClip(fixedCost, cost) { costs throws(QuantError) in
      try ImpulseBand(motion: motion, costs: costs, riskAversion: riskAversion).clip
    }
    try self.init(
      motion: motion, costs: TradingCosts(fixed: fixedCost, perUnit: try cost.perUnit(clip: clip)),
      riskAversion: riskAversion)
  }

  /// The same for a target tracking error, USD per √year.
  package init(
    motion: TargetMotion, fixedCost: Double, cost: MarginalCost, targetTrackingError: Double
  ) throws(QuantError) {
    let clip = try Self.agreedClip(fixedCost, cost) { costs throws(QuantError) in
      try ImpulseBand(motion: motion, costs: costs, targetTrackingError: targetTrackingError).clip
    }
    try self.init(
      motion: motion, costs: TradingCosts(fixed: fixedCost, perUnit: try cost.perUnit(clip: clip)),
      targetTrackingError: targetTrackingError)
  }

  private static func agreedClip(
    _ fixedCost: Double, _ cost: MarginalCost, _ clip: (TradingCosts) throws(QuantError) -> Double
  ) throws(QuantError) -> Double {
    let freeOfImpact = try clip(TradingCosts(fixed: fixedCost, perUnit: try cost.perUnit(clip: 0)))
    guard freeOfImpact > 0, cost.impactPerUnit > 0 else { return freeOfImpact }
    return try RootSearch.between(0, freeOfImpact, "a clip that agrees with its own cost") { c throws(QuantError) in
      try clip(TradingCosts(fixed: fixedCost, perUnit: try cost.perUnit(clip: c))) - c
    }
  }
}

/// What one more unit costs in a venue whose price gives way in proportion to the size:
/// k = S (fee + half the spread + impact · clip/2 + expected loss to front-runners).
package struct MarginalCost: Hashable, Sendable {
  /// USD per unit of the underlying.
  package let spot: Double
  /// Parts of the value: 0.0005 is 5 bp.
  package let fee: Double
  package let halfSpread: Double
  package let expectedFrontRunning: Double
  /// By which part the price gives way per unit traded; half of it is paid on average.
  package let impactPerUnit: Double

  package init(
    spot: Double, fee: Double, halfSpread: Double = 0, impactPerUnit: Double = 0, expectedFrontRunning: Double = 0
  ) throws(QuantError) {
    self.spot = try positive(spot, "spot")
    self.fee = try nonNegative(fee, "fee")
    self.halfSpread = try nonNegative(halfSpread, "half-spread")
    self.impactPerUnit = try nonNegative(impactPerUnit, "impact per unit")
    self.expectedFrontRunning = try nonNegative(expectedFrontRunning, "expected loss to front-runners")
  }

  /// USD per unit for a trade of `clip` units.
  package func perUnit(clip: Double) throws(QuantError) -> Double {
    let clip = try nonNegative(clip, "clip")
    return try finite(
      spot * (fee + halfSpread + 0.5 * impactPerUnit * clip + expectedFrontRunning), "cost per unit")
  }
}
