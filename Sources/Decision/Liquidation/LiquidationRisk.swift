package import Contracts
import Ethereum
import Quant

/// How near the venue is to closing a position: the one that is nearest, by the time it takes to help it. Where the
/// positions of an account share their collateral, they are one: then the position is the largest of the side that the
/// price hurts.
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
  /// What all positions answer for together; nil where each answers for itself.
  let account: CrossAccount?

  /// Nil where no position has a liquidation price within reach of a formula.
  init?(
    _ positions: [Position], price: Price, rule: LiquidationRule, terms: MarketTerms, volatility: VolatilityForecast
  ) throws(ContractsError) {
    try self.init(
      positions.compactMap { position in
        guard !position.quantity.isZero, let level = position.liquidationPrice else { return nil }
        return (position, level)
      }, account: nil, price: price, rule: rule, terms: terms, volatility: volatility)
  }

  private init?(
    _ levels: [(position: Position, price: Price)], account: CrossAccount?, price: Price, rule: LiquidationRule,
    terms: MarketTerms, volatility: VolatilityForecast
  ) throws(ContractsError) {
    // An order that nobody executes can be taken back after the venue's delay, so two of them take twice that.
    let horizon = max(rule.horizonSeconds, min(terms.cancelDelaySeconds, 604_800) * 2)
    let scaled = try volatility.annual.scaled(by: rule.volatilityFactor, rounding: .up)
    var nearest: (position: Position, level: Price, distance: Distance)?
    for (position, level) in levels {
      guard let distance = try Distance(position, level, price: price, volatility: scaled, seconds: horizon)
      else { continue }
      if nearest.map({ distance.sigmas < $0.distance.sigmas }) ?? true { nearest = (position, level, distance) }
    }
    guard let nearest else { return nil }
    position = nearest.position
    liquidationPrice = nearest.level
    horizonSeconds = horizon
    self.volatility = scaled
    self.account = account
    touchProbability = nearest.distance.probability
    sigmas = nearest.distance.sigmas
    level =
      touchProbability > rule.actionProbability || sigmas < rule.actionSigmas
      ? .danger : sigmas < rule.warningSigmas ? .near : .calm
  }

  /// Nil without rules, positions or a volatility, and where positions share a margin that the reading does not tell.
  static func measured(
    _ state: VenueState, price: Price, _ policy: Policy, volatility: VolatilityForecast?, margin: Capabilities.Margin
  ) throws(ContractsError) -> LiquidationRisk? {
    guard let rule = policy.execution?.liquidation, let volatility else { return nil }
    guard margin == .cross else {
      return try LiquidationRisk(state.positions, price: price, rule: rule, terms: state.terms, volatility: volatility)
    }
    guard let shared = state.shared, let account = try CrossAccount(state.positions, shared, price: price) else {
      return nil
    }
    return try LiquidationRisk(
      account.levels(state.positions), account: account, price: price, rule: rule, terms: state.terms,
      volatility: volatility)
  }

  /// What equity lacks, at the price of now, so that the liquidation is at `safe` and no nearer; zero or less where it
  /// is there already. Rounded up.
  func shortfall(at safe: Price) throws(ContractsError) -> Usd {
    if let account { return try account.excess(at: safe).negated() }
    // A position's equity over its maintenance is its size times the distance; a maintenance that grows with the price
    // is in the venue's own liquidation price.
    let size = try position.quantity.absolute()
    let (wanted, given) = (
      try safe.value(of: size, rounding: .up), try liquidationPrice.value(of: size, rounding: .down)
    )
    return position.quantity.isNegative ? try wanted - given : try given - wanted
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
      try .price(
        "liquidation price", liquidationPrice, per: unit,
        from: account == nil ? "venue, fees included" : "equity of all positions against their maintenance"),
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
  /// A maintenance that shrinks with the position only adds to d′. Where the account's positions share their margin, it
  /// lacks S at the safe price T, and each unit less brings |T − P| + m T − f P: the reduction is S over that, at most
  /// the position.
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
    if let account = risk.account {
      if let level { left = try size - account.reduction(until: level, price: price, fee: fee, of: size) }
    } else if distance > fee, level != nil, safeDistance > distance {
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
