import RealModule

/// The no-trade band of Whalley and Wilmott around a delta, for a cost in proportion to what is traded: hold while the
/// hedge is within `halfWidth` of the target, else trade to the nearer EDGE, not to the target.
///
/// H = [ (3/2) e^(−rT) λ S Γ² / γ ]^(1/3), the leading order for small costs of the utility-maximising band (Whalley
/// and Wilmott 1997, Mathematical Finance 7:307-324). Γ is that of the whole book, so n options have a band n^(2/3) as
/// wide. Fixed costs (gas) are left out: where they matter, `ImpulseBand` is the rule.
package struct WhalleyWilmott: Hashable, Sendable {
  /// Units of the underlying, on either side of the target.
  package let halfWidth: Double

  /// - Parameters:
  ///   - spot: USD per unit of the underlying.
  ///   - gamma: of the book, units of the underlying per USD; its sign does not matter.
  ///   - oneWayCost: λ, the part of its value that a trade costs: half the spread and the fee. 0.001 is 10 bp.
  ///   - riskAversion: γ, per USD of wealth (absolute risk aversion).
  ///   - rate: continuous, per year.
  ///   - years: to expiry, of 365 days.
  package init(
    spot: Double, gamma: Double, oneWayCost: Double, riskAversion: Double, rate: Double = 0, years: Double = 0
  ) throws(QuantError) {
    let spot = try positive(spot, "spot")
    let gamma = try finite(gamma, "gamma")
    let cost = try nonNegative(oneWayCost, "one-way cost")
    let aversion = try positive(riskAversion, "risk aversion")
    let discount = Double.exp(-(try finite(rate, "rate")) * (try nonNegative(years, "time to expiry")))
    // |Γ|^(2/3) apart: a square underflows long before the band does.
    let root = Double.root(gamma.magnitude, 3)
    halfWidth = try finite(
      Double.root(1.5 * discount * cost * spot / aversion, 3) * root * root, "Whalley-Wilmott half-width")
  }

  /// The hedge to hold when one holds `hedge` and the target is `target`: `hedge` itself inside the band, else the
  /// edge.
  package func hedge(from hedge: Double, target: Double) throws(QuantError) -> Double {
    let hedge = try finite(hedge, "hedge")
    let target = try finite(target, "target")
    return min(max(hedge, target - halfWidth), target + halfWidth)
  }
}
