import Contracts
import Ethereum
import Quant

// A price that is fresh and within its feed's bounds may still be one that nobody should trade on.
extension Evidence {
  /// A move from one look to the next beyond what markets do, now or within the cool-down.
  func priceJump() throws(ContractsError) -> Finding {
    guard let rule = policy.execution?.breakers else { return .notApplicable }
    guard let price = observation.price.price, !price.isZero else { return .notReached }
    let now = observation.head.timestamp
    let since = now > rule.coolDownSeconds ? now - rule.coolDownSeconds : 0
    // Of those who look at more than these prices: what jumps must not be its own measure.
    let volatility = try VolatilityForecast(circumstances.volatility.filter { $0.method != .realised })
    let points = circumstances.priceHistory.filter { $0.atSeconds < now && !$0.price.isZero }
    var last: PricePoint?
    var largest: Jump?
    for point in points + [PricePoint(atSeconds: now, price: price)] {
      defer { last = point }
      guard let before = last, point.atSeconds >= since, point.atSeconds > before.atSeconds else { continue }
      let jump = try Jump(from: before, to: point, rule, volatility)
      if try largest.map({ (known) throws(ContractsError) in try jump.exceeds(known) }) ?? true { largest = jump }
    }
    guard let largest else { return .notApplicable }
    let figures = try largest.figures(at: now, coolDownSeconds: rule.coolDownSeconds)
    let isSafe = plan.map { $0.isOnlyCancels || $0.deRisk != nil } ?? false
    return largest.isJump && !isSafe ? .refused(Refusal(.priceJump, figures)) : .passed(figures)
  }

  /// What the venue trades at against our own oracle.
  func divergence() throws(ContractsError) -> Finding {
    guard let rule = policy.execution?.breakers, let shown = observation.venue?.terms.venuePrice, !shown.isZero else {
      return .notApplicable
    }
    guard let price = observation.price.price, !price.isZero else { return .notReached }
    let distance = try shown.change(from: price, rounding: .awayFromZero).absolute()
    let figures = [
      try Figure.price("venue's price", shown, per: unit, from: "venue"),
      try .price("price", price, per: unit, from: "oracle"),
      try .percent("divergence", distance, from: "|venue's − oracle's| ÷ oracle's"),
      try .percent("allowed", rule.divergence, from: "policy"),
    ]
    let isSafe = plan.map { $0.isOnlyCancels || $0.deRisk != nil } ?? false
    return distance > rule.divergence && !isSafe ? .refused(Refusal(.venueDivergence, figures)) : .passed(figures)
  }
}

/// A move of the price from one look to the next.
private struct Jump {
  let move: Ratio
  let allowed: Ratio
  let atSeconds: UInt64

  var isJump: Bool { move > allowed }

  /// Whatever is larger: the policy's part, or so many standard deviations of the time between the looks.
  init(
    from before: PricePoint, to point: PricePoint, _ rule: BreakerRule, _ volatility: VolatilityForecast?
  ) throws(ContractsError) {
    // As a part of the lower of the two, so that a fall and the rise that undoes it are one move.
    let (low, high) = point.price < before.price ? (point.price, before.price) : (before.price, point.price)
    move = try high.change(from: low, rounding: .down)
    atSeconds = point.atSeconds
    var allowed = rule.jump
    if let volatility {
      let years = Double(point.atSeconds - before.atSeconds) / RealisedVolatility.secondsPerYear
      let usual = rule.jumpSigmas.approximateDouble * volatility.annual.approximateDouble * years.squareRoot()
      // A silence of years allows any price.
      allowed = max(allowed, try Ratio(nearest: min(usual, 1_000), places: 4))
    }
    self.allowed = allowed
  }

  /// Farther beyond what is allowed, or the later of two that are equally far.
  func exceeds(_ other: Jump) throws(ContractsError) -> Bool { try move - allowed >= other.move - other.allowed }

  func figures(at now: UInt64, coolDownSeconds: UInt64) throws(ContractsError) -> [Figure] {
    [
      try .percent("largest move", move, from: "price history, from one look to the next"),
      try .percent("allowed", allowed, from: "policy, volatility, time between the looks"),
      .seconds("ago", now > atSeconds ? now - atSeconds : 0, from: "head's time − look's"),
      .seconds("cool-down", coolDownSeconds, from: "policy"),
    ]
  }
}
