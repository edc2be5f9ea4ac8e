package import Contracts
import Ethereum
import Quant

/// How near the venue is to closing a position: the one that is nearest, by the time it takes to help it.
package struct LiquidationRisk: Hashable, Sendable {
  package enum Level: String, Hashable, Sendable, Codable {
    case calm, near, danger
  }
  package let position: Position
  package let liquidationPrice: Price
  package let horizonSeconds: UInt64
  /// The forecast times the rule's factor.
  package let volatility: Ratio
  /// Of the liquidation price within the horizon, to six places.
  package let touchProbability: Ratio
  /// Distance in standard deviations of the horizon, to three places; zero where the price is there or beyond.
  package let sigmas: Ratio
  package let level: Level

  /// Nil where no position has a liquidation price within reach of a formula.
  init?(
    _ positions: [Position], price: Price, rule: LiquidationRule, terms: MarketTerms, volatility: VolatilityForecast
  ) throws(ContractsError) {
    // An order that nobody executes can be taken back after the venue's delay, so two of them take twice that.
    let horizon = max(rule.horizonSeconds, min(terms.cancelDelaySeconds, 604_800) * 2)
    let scaled = try volatility.annual.scaled(by: rule.volatilityFactor, rounding: .up)
    var nearest: (position: Position, level: Price, distance: Distance)?
    for position in positions where !position.quantity.isZero {
      guard let level = position.liquidationPrice,
        let distance = try Distance(position, level, price: price, volatility: scaled, seconds: horizon)
      else { continue }
      if nearest.map({ distance.sigmas < $0.distance.sigmas }) ?? true { nearest = (position, level, distance) }
    }
    guard let nearest else { return nil }
    position = nearest.position
    liquidationPrice = nearest.level
    horizonSeconds = horizon
    self.volatility = scaled
    touchProbability = nearest.distance.probability
    sigmas = nearest.distance.sigmas
    level =
      touchProbability > rule.actionProbability || sigmas < rule.actionSigmas
      ? .danger : sigmas < rule.warningSigmas ? .near : .calm
  }

  /// Nil without rules, positions or a volatility.
  static func measured(
    _ state: VenueState, price: Price, _ policy: Policy, volatility: VolatilityForecast?
  ) throws(ContractsError) -> LiquidationRisk? {
    guard let rule = policy.execution?.liquidation, let volatility else { return nil }
    return try LiquidationRisk(state.positions, price: price, rule: rule, terms: state.terms, volatility: volatility)
  }

  /// The liquidation price that is this far, rounded to six places; nil where no price can be.
  func level(sigmas: Ratio, from price: Price) throws(ContractsError) -> Price? {
    do {
      return try Price(
        nearest: FirstPassage.level(
          price: price.approximateDouble, sigmas: sigmas.approximateDouble, isAbove: position.quantity.isNegative,
          volatility: volatility.approximateDouble, years: Double(horizonSeconds) / RealisedVolatility.secondsPerYear),
        places: 6)
    } catch {
      return nil
    }
  }

  func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    [
      try .price("liquidation price", liquidationPrice, per: unit, from: "venue, fees included"),
      try .percent("volatility for liquidation", volatility, from: "forecast × policy's factor"),
      .seconds("time to help", horizonSeconds, from: "policy, twice the venue's delay of a cancel"),
      try .percent("chance of a liquidation", touchProbability, from: "first passage within the time to help"),
      Figure(
        name: "distance in sigmas", value: sigmas.description, unit: "", source: "|ln(liquidation ÷ price)| ÷ deviation"
      ),
      .word("health", level.rawValue, from: "policy's sigmas and probability"),
    ]
  }

  private struct Distance {
    let probability: Ratio
    let sigmas: Ratio

    /// Nil where the formula has no answer, as at a price of zero, which is never reached.
    init?(
      _ position: Position, _ level: Price, price: Price, volatility: Ratio, seconds: UInt64
    ) throws(ContractsError) {
      let isBeyond = position.quantity.isNegative ? level <= price : level >= price
      guard !isBeyond else {
        (probability, sigmas) = (.one, .zero)
        return
      }
      do {
        let passage = try FirstPassage(
          price: price.approximateDouble, level: level.approximateDouble, drift: 0,
          volatility: volatility.approximateDouble, years: Double(seconds) / RealisedVolatility.secondsPerYear)
        probability = try Ratio(nearest: passage.probability, places: 6)
        sigmas = try Ratio(nearest: min(passage.distanceInSigmas, 1_000_000), places: 3)
      } catch {
        return nil
      }
    }
  }
}

/// The smallest reduction of a position in danger that makes it safe again.
package struct DeRisk: Hashable, Sendable {
  /// Signed change of the base delta: against the position, and never more than it.
  package let change: Quantity
  /// What is left of the position, magnitude.
  package let remaining: Quantity
  /// Distance of price and liquidation price now, and after.
  package let distance: Price
  package let safeDistance: Price

  /// Nil where the position is in no danger, or what is due anyway takes as much from it.
  static func needed(
    _ risk: LiquidationRisk, due: Quantity, price: Price, terms: MarketTerms, policy: Policy
  ) throws(ContractsError) -> DeRisk? {
    guard let rule = policy.execution?.liquidation, risk.level == .danger else { return nil }
    let needed = try DeRisk(risk, price: price, terms: terms, policy: policy, rule: rule)
    guard !needed.change.isZero else { return nil }
    let (dueSize, size) = (try due.absolute(), try needed.change.absolute())
    return due.isNegative == needed.change.isNegative && dueSize >= size ? nil : needed
  }

  /// At a position's equity E over its maintenance, the price may move by d = E/q before the venue closes it. A
  /// reduction at the present price leaves E less its fee, so that the rest of q′ has d′ with
  ///
  ///     q d − f P (q − q′) = q′ d′    →    q′ = q (d − f P)/(d′ − f P)
  ///
  /// A maintenance that shrinks with the position only adds to d′.
  init(_ risk: LiquidationRisk, price: Price, terms: MarketTerms, policy: Policy, rule: LiquidationRule)
    throws(ContractsError)
  {
    let size = try risk.position.quantity.absolute()
    let isShort = risk.position.quantity.isNegative
    let isBeyond = isShort ? risk.liquidationPrice <= price : risk.liquidationPrice >= price
    distance = isBeyond ? .zero : try risk.liquidationPrice.distance(to: price)
    // Where no price is so far away, nothing short of all of it is safe.
    let level = try risk.level(sigmas: rule.safeSigmas, from: price)
    safeDistance = if let level { try level.distance(to: price) } else { price }
    let fee = try price.scaled(by: max(min(terms.positionFee, .one), .zero), rounding: .up)
    var left = Quantity.zero
    if distance > fee, level != nil, safeDistance > distance {
      let (upper, lower) = (try distance.distance(to: fee), try safeDistance.distance(to: fee))
      left = try size.scaled(by: upper.change(from: lower, rounding: .down) + .one, rounding: .down)
    } else if distance > fee, level != nil {
      left = size
    }
    // A closing trade below the policy's least is brought up to it, and one above the most is cut: the rest is due
    // again.
    let least = min(try policy.minimumClip.quantity(at: price, rounding: .up), size)
    let most = try policy.maximumClip.quantity(at: price, rounding: .down)
    let cut = min(max(try size - max(left, .zero), least), min(most, size))
    change = isShort ? cut : try cut.negated()
    remaining = try size - cut
  }

  func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    [
      try .quantity("reduction", change, unit, from: "smallest that makes the position safe; leaves the target aside"),
      try .quantity("position after", remaining, unit, from: "position − reduction"),
      try .price("distance now", distance, per: unit, from: "|liquidation price − price|"),
      try .price("safe distance", safeDistance, per: unit, from: "price, policy's sigmas, deviation"),
    ]
  }
}
