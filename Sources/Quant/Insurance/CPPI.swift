import RealModule

/// Constant proportion portfolio insurance: hold m times the cushion (wealth − floor) in the risky asset, the rest at
/// the safe rate, where the floor grows at that rate to the guarantee (Perold 1986; Black and Perold 1992, Journal of
/// Economic Dynamics and Control 16:403-426).
package struct CPPI: Hashable, Sendable {
  /// m, above 1.
  package let multiplier: Double
  /// G, USD at `years`.
  package let guarantee: Double
  /// r: continuous, per year.
  package let rate: Double
  /// T: years of 365 days to the guarantee.
  package let years: Double

  package init(multiplier: Double, guarantee: Double, rate: Double, years: Double) throws(QuantError) {
    self.multiplier = try finite(multiplier, "multiplier")
    guard multiplier > 1 else { throw .outOfRange("multiplier", needs: "above 1") }
    self.guarantee = try nonNegative(guarantee, "guarantee")
    self.rate = try finite(rate, "rate")
    self.years = try positive(years, "time to the guarantee")
  }

  /// USD at `time` years: G e^(−r(T − t)).
  package func floor(at time: Double) throws(QuantError) -> Double {
    try finite(guarantee * Double.exp(-rate * (years - (try finite(time, "time")))), "floor")
  }

  /// What to hold in the risky asset: min(m · cushion, cap · wealth), nothing below the floor. USD.
  /// - Parameter leverageCap: the most exposure per wealth; 1 never borrows.
  package func exposure(wealth: Double, floor: Double, leverageCap: Double) throws(QuantError) -> Double {
    let wealth = try finite(wealth, "wealth")
    let cushion = max(wealth - (try finite(floor, "floor")), 0)
    return try finite(
      max(min(multiplier * cushion, (try nonNegative(leverageCap, "leverage cap")) * wealth), 0), "exposure")
  }

  /// The part of the price that may be lost between two rebalancings without breaking the floor: 1/m.
  package var toleratedGap: Double { 1 / multiplier }

  /// The highest multiplier that survives a price falling by `worstGap` (0.4 is 40 %) between two possible
  /// rebalancings. Bitcoin's worst day of 2020-2025 was 41.5 % below the close before (m < 2.4), ether's 48 % (m <
  /// 2.08).
  package static func maximumMultiplier(worstGap: Double) throws(QuantError) -> Double {
    let gap = try positive(worstGap, "worst gap")
    guard gap < 1 else { throw .outOfRange("worst gap", needs: "below 1") }
    return 1 / gap
  }

  /// Wealth at the end under continuous trading in a geometric Brownian motion.
  package struct Moments: Hashable, Sendable {
    /// USD.
    package let mean: Double
    /// USD.
    package let standardDeviation: Double
  }

  /// E[V_T] = G + C₀ e^((r + m(μ − r))T), sd = C₀ e^(…) √(e^(m²σ²T) − 1).
  /// - Parameters:
  ///   - wealth: V₀, USD; not below the floor.
  ///   - drift: μ, per year.
  ///   - volatility: σ, per √year.
  package func continuousMoments(
    wealth: Double, drift: Double, volatility: Double
  ) throws(QuantError) -> Moments {
    let cushion = try cushion(wealth)
    let drift = try finite(drift, "drift")
    let spread = multiplier * (try nonNegative(volatility, "volatility")) * years.squareRoot()
    let growth = cushion * Double.exp((rate + multiplier * (drift - rate)) * years)
    return Moments(
      mean: try finite(guarantee + growth, "mean of the final wealth"),
      standardDeviation: try finite(
        growth * Double.expMinusOne(spread * spread).squareRoot(), "deviation of the final wealth"))
  }

  /// C₀ = V₀ − G e^(−rT).
  func cushion(_ wealth: Double) throws(QuantError) -> Double {
    let cushion = try finite(wealth, "wealth") - (try floor(at: 0))
    guard cushion >= 0 else { throw .outOfRange("wealth", needs: "at least the floor") }
    return cushion
  }
}

extension CPPI {
  /// Wealth and exposure at each price of a path.
  package struct Path: Hashable, Sendable {
    /// USD at each price.
    package let wealth: [Double]
    /// USD in the risky asset after rebalancing at each price.
    package let exposure: [Double]
  }

  /// Follows prices at equal distances from 0 to T: hold, then rebalance; what is not in the risky asset earns r, or is
  /// borrowed at r.
  package func path(prices: [Double], wealth: Double, leverageCap: Double) throws(QuantError) -> Path {
    guard prices.count >= 2 else { throw .outOfRange("number of prices", needs: "two or more") }
    let step = years / Double(prices.count - 1)
    let growth = Double.exp(rate * step)
    var wealths: [Double] = []
    var exposures: [Double] = []
    wealths.reserveCapacity(prices.count)
    exposures.reserveCapacity(prices.count)
    var current = try finite(wealth, "wealth")
    var held = 0.0
    for (index, price) in prices.enumerated() {
      let price = try positive(price, "price")
      if index > 0 { current = try finite(held * (price / prices[index - 1]) + (current - held) * growth, "wealth") }
      held = try exposure(wealth: current, floor: floor(at: Double(index) * step), leverageCap: leverageCap)
      wealths.append(current)
      exposures.append(held)
    }
    return Path(wealth: wealths, exposure: exposures)
  }
}
