import Foundation
import Quant

/// The impulse band, simulated: that no band beside it costs less, how often it trades, and what three generations of
/// hedgers pay for the same deviation.
enum BandStudy {
  /// A deviation dx = √q dW, looked at every `interval` years and corrected by one rule.
  struct Walk {
    /// E[x²], corrections and units traded per year.
    private(set) var meanSquare = 0.0
    private(set) var trades = 0.0
    private(set) var volume = 0.0

    /// - Parameter rule: the deviation to hold after looking at one.
    init(looks: Int, interval: Double, variance: Double, seed: UInt64, rule: (Double) -> Double) {
      var normals = NormalDraws(seed: seed)
      let step = (variance * interval).squareRoot()
      var (x, squares, count, moved) = (0.0, 0.0, 0.0, 0.0)
      for _ in 0..<looks {
        let before = x
        x += step * normals.next()
        // ∫x² along a bridge between two looks, on average.
        squares += (before * before + before * x + x * x) / 3 + step * step / 6
        let held = rule(x)
        if held != x {
          count += 1
          moved += (held - x).magnitude
          x = held
        }
      }
      let years = Double(looks) * interval
      meanSquare = squares / Double(looks)
      trades = count / years
      volume = moved / years
    }

    func cost(_ costs: TradingCosts) -> Double { trades * costs.fixed + volume * costs.perUnit }
  }

  static let interval = 0.01

  static func band(_ fixed: Double, _ perUnit: Double) throws -> ImpulseBand {
    try ImpulseBand(
      motion: TargetMotion(targetVariance: 1, priceVariance: 1),
      costs: TradingCosts(fixed: fixed, perUnit: perUnit), riskAversion: 1)
  }

  /// To the reset on its own side beyond the trigger.
  private static func rule(_ trigger: Double, _ reset: Double) -> (Double) -> Double {
    { x in x.magnitude <= trigger ? x : x < 0 ? -reset : reset }
  }

  // MARK: D

  /// q = v = γ = 1, k = F = 0.1.
  static func optimality(looks: Int) throws -> [Finding] {
    let band = try band(0.1, 0.1)
    // The shift of a trigger that is looked at now and then, without the floor at the reset: the same for all.
    let shift = band.trigger - (try band.monitoredTrigger(interval: interval))
    let batches = 20
    func objective(_ trigger: Double, _ reset: Double, _ batch: Int) -> Double {
      let walk = Walk(
        looks: looks / batches, interval: interval, variance: 1, seed: 0xBA_4D + UInt64(batch),
        rule: rule(trigger - shift, reset))
      return walk.cost(band.costs) + 0.5 * walk.meanSquare
    }
    let best = (0..<batches).map { objective(band.trigger, band.reset, $0) }
    var findings = try statistics(band, looks: looks)
    let nearby = [
      ("b + 10 %", band.trigger * 1.1, band.reset), ("b − 10 %", band.trigger * 0.9, band.reset),
      ("r + 10 %", band.trigger, band.reset * 1.1), ("r − 10 %", band.trigger, band.reset * 0.9),
    ]
    for (name, trigger, reset) in nearby {
      var excess = Sample()
      // The same normal numbers for both, so that chance is in neither's favour.
      for batch in 0..<batches { excess.add(objective(trigger, reset, batch) - best[batch]) }
      findings.append(Finding("J at \(name) less J, in errors", excess.mean / excess.error, atLeast: -3))
    }
    return findings
  }

  private static func statistics(_ band: ImpulseBand, looks: Int) throws -> [Finding] {
    let trigger = try band.monitoredTrigger(interval: interval)
    let walk = Walk(
      looks: looks, interval: interval, variance: 1, seed: 0x5EA4C4, rule: rule(trigger, band.reset))
    return [
      Finding("b", band.trigger, published: 1.154838, within: 1e-6),
      Finding("r", band.reset, published: 0.192769, within: 1e-6),
      Finding("trades a year, exact", band.tradesPerYear ?? .nan, published: 0.7713, within: 1e-4),
      Finding("E[x²], exact", band.meanSquareDeviation, published: 0.22847, within: 1e-5),
      Finding("trades a year, simulated", walk.trades, published: band.tradesPerYear ?? .nan, withinPart: 0.02),
      Finding("E[x²], simulated", walk.meanSquare, published: band.meanSquareDeviation, withinPart: 0.02),
    ]
  }

  // MARK: E

  /// Costs at the deviation of the optimal band. A cost per unit falls with the deviation's root mean square, a cost
  /// per trade with its square, for each of the three alike; that brings the simulated ones to one deviation.
  static func equalDeviation(looks: Int) throws -> [Finding] {
    let perUnit = try ratios(band(0, 0.1), power: 0.5, looks: looks)
    let fixed = try ratios(band(0.1, 0), power: 1, looks: looks)
    return [
      Finding("fixed band ÷ optimal, costs per unit", perUnit.centre, published: 2.0.squareRoot(), withinPart: 0.02),
      Finding(
        "clock ÷ optimal, costs per unit", perUnit.clock, published: 2 * (3 / Double.pi).squareRoot(),
        withinPart: 0.02),
      Finding("fixed band ÷ optimal, costs per trade", fixed.centre, published: 1, withinPart: 0.02),
      Finding("clock ÷ optimal, costs per trade", fixed.clock, published: 3, withinPart: 0.02),
    ]
  }

  private static func ratios(
    _ band: ImpulseBand, power: Double, looks: Int
  ) throws -> (centre: Double, clock: Double) {
    let equal = try EqualTrackingErrorCosts(of: band)
    let trigger = try band.monitoredTrigger(interval: interval)
    func scaled(_ walk: Walk) -> Double { walk.cost(band.costs) * pow(walk.meanSquare, power) }
    let best = scaled(
      Walk(looks: looks, interval: interval, variance: 1, seed: 1, rule: rule(trigger, band.reset)))
    // A band that is looked at now and then, whatever it resets to (`monitoredTrigger`).
    let width = equal.centredHalfWidth - 0.5826 * interval.squareRoot()
    let centre = scaled(
      Walk(looks: looks, interval: interval, variance: 1, seed: 1, rule: rule(width, 0)))
    let period = max(Int((equal.clockPeriod / interval).rounded()), 1)
    var look = 0
    let clock = scaled(
      Walk(looks: looks, interval: interval, variance: 1, seed: 1) { x in
        look += 1
        return look.isMultiple(of: period) ? 0 : x
      })
    return (centre / best, clock / best)
  }
}
