/// Exact averages of a deviation under a band: held while it is at most `trigger`, traded to `reset` on the same side
/// beyond. Whatever rule the band came from.
package struct StationaryBand: Hashable, Sendable {
  /// b, units.
  package let trigger: Double
  /// r, units; 0 ≤ r ≤ b.
  package let reset: Double
  package let motion: TargetMotion
  package let costs: TradingCosts

  package init(trigger: Double, reset: Double, motion: TargetMotion, costs: TradingCosts) throws(QuantError) {
    self.trigger = try positive(trigger, "trigger")
    self.reset = try nonNegative(reset, "reset")
    guard reset <= trigger else { throw .outOfRange("reset", needs: "no farther than the trigger") }
    self.motion = motion
    self.costs = costs
  }

  /// One that is known to be a band.
  init(_ band: ImpulseBand) {
    (trigger, reset, motion, costs) = (band.trigger, band.reset, band.motion, band.costs)
    knownClip = band.clip
  }

  /// b − r without its cancellation, where it is known better.
  private var knownClip: Double?

  private var clip: Double { knownClip ?? trigger - reset }
  private var sum: Double { trigger + reset }

  /// q/(b² − r²); nil for a reset to the edge, where the deviation is pushed back in infinitely many small trades.
  package var tradesPerYear: Double? {
    guard clip > 0 else { return nil }
    let rate = motion.targetVariance / (sum * clip)
    return rate.isFinite ? rate : nil
  }

  /// Units traded per year, q/(b + r).
  package var volumePerYear: Double { motion.targetVariance / sum }

  /// USD per year: fixed and proportional costs. Without what infinitely many trades cost at a fixed cost each.
  package var costPerYear: Double { (tradesPerYear ?? 0) * costs.fixed + volumePerYear * costs.perUnit }

  /// E[x²] = (b² + r²)/6, units².
  package var meanSquareDeviation: Double { (trigger * trigger + reset * reset) / 6 }

  /// √(v E[x²]) = σ S √((b² + r²)/6), USD per √year.
  package var trackingError: Double { (motion.priceVariance * meanSquareDeviation).squareRoot() }
}
