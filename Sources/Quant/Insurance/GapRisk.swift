import RealModule

/// Downward jumps of a price that come too fast to rebalance: what is left of CPPI's risk when trading is continuous
/// (Cont and Tankov 2009, Mathematical Finance 19:379-401).
///
/// P[loss] = 1 − exp(−T ν(log-jump ≤ ln(1 − 1/m))), with ν the rate of such jumps per year.
package enum GapRisk: Hashable, Sendable {
  /// Kou 2002: double-exponential jumps; a log-jump down is exponential with rate η₋.
  /// - `jumpsPerYear`: λ. `upProbability`: p. `downRate`: η₋, so that the mean jump down is 1/η₋ in logarithm.
  case kou(jumpsPerYear: Double, upProbability: Double, downRate: Double)
  /// Merton 1976: log-jumps are normal with this mean and deviation.
  case merton(jumpsPerYear: Double, mean: Double, deviation: Double)

  /// The probability that the floor is broken within `years` under a multiplier.
  package func lossProbability(multiplier: Double, years: Double) throws(QuantError) -> Double {
    let m = try finite(multiplier, "multiplier")
    guard m > 1 else { throw .outOfRange("multiplier", needs: "above 1") }
    let years = try nonNegative(years, "years")
    let threshold = Double.log(onePlus: -1 / m)
    return -Double.expMinusOne(-years * (try rate(below: threshold)))
  }

  /// Jumps per year with a log-jump at or below `threshold`, which is negative.
  private func rate(below threshold: Double) throws(QuantError) -> Double {
    switch self {
    case .kou(let jumps, let up, let downRate):
      let down = try downJumps(jumps, up)
      return down * Double.exp(try positive(downRate, "rate of the jumps down") * threshold)
    case .merton(let jumps, let mean, let deviation):
      let distance = (threshold - (try finite(mean, "mean jump"))) / (try positive(deviation, "jump deviation"))
      return try nonNegative(jumps, "jumps per year") * Normal.cumulative(distance)
    }
  }

  private func downJumps(_ jumps: Double, _ up: Double) throws(QuantError) -> Double {
    guard try finite(up, "probability of a jump up") >= 0, up <= 1 else {
      throw .outOfRange("probability of a jump up", needs: "from 0 to 1")
    }
    return try nonNegative(jumps, "jumps per year") * (1 - up)
  }

  /// The highest multiplier whose probability of a loss within `years` is at most `ruinProbability`.
  /// - Throws: `.noSolution` where jumps are so rare that every multiplier is safe enough by this measure.
  package func maximumMultiplier(ruinProbability: Double, years: Double) throws(QuantError) -> Double {
    let ruin = try CPPI.probability(ruinProbability, "ruin probability")
    let allowed = -Double.log(onePlus: -ruin) / (try positive(years, "years"))
    switch self {
    case .kou(let jumps, let up, let downRate):
      let down = try downJumps(jumps, up)
      guard down > allowed else { throw .noSolution("a highest multiplier, since jumps are so rare") }
      return try CPPI.multiplier(
        losing: Double.log(down / allowed) / (try positive(downRate, "rate of the jumps down")))
    case .merton(let jumps, let mean, let deviation):
      let rate = try nonNegative(jumps, "jumps per year")
      guard rate > allowed else { throw .noSolution("a highest multiplier, since jumps are so rare") }
      let threshold =
        try finite(mean, "mean jump") + (try positive(deviation, "jump deviation"))
        * (try Normal.quantile(allowed / rate))
      guard threshold < 0 else { throw .noSolution("a highest multiplier, since jumps down are so rare") }
      return try CPPI.multiplier(losing: -threshold)
    }
  }
}
