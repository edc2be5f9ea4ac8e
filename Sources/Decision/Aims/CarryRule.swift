package import Contracts
import Ethereum
import Quant

/// Cash-and-carry: the spot is held against an equal short while what the short receives is expected to pay for taking
/// it on and closing it again.
///
/// The keeper trades perpetuals only. With the carry off there is no short, and what the vault has bought on the spot
/// stays exposed to the price until its owner sells it; a vault that must never be exposed aims at delta-neutral.
package struct CarryRule: Hashable, Sendable, Codable {
  /// For how long funding is expected to stay as it is on average.
  package let horizonSeconds: UInt64
  /// Over how long funding is averaged, and how long it is watched before anything is decided.
  package let averageSeconds: UInt64
  /// How many round trips the expectation must be worth, in either direction.
  package let hysteresis: Ratio

  package init(
    horizonSeconds: UInt64 = CarryRule.defaultHorizonSeconds, averageSeconds: UInt64 = CarryRule.defaultAverageSeconds,
    hysteresis: Ratio = CarryRule.defaultHysteresis
  ) {
    self.horizonSeconds = horizonSeconds
    self.averageSeconds = averageSeconds
    self.hysteresis = hysteresis
  }

  /// Thirty days: a round trip of 15 basis points is paid for by 1.8 % a year, which is less than funding has been in
  /// most months; shorter, and only a fever of the market pays.
  package static let defaultHorizonSeconds: UInt64 = 2_592_000
  /// A day: three funding periods of the venues that have periods, so that none of them decides alone.
  package static let defaultAverageSeconds: UInt64 = 86_400
  /// One: between gaining a round trip and losing one nothing changes.
  package static let defaultHysteresis = Ratio.one

  /// A look speaks for ten minutes at most, however long ago the last one was: one answer after a night's silence does
  /// not decide.
  static let longestStepSeconds: UInt64 = 600
  /// 100,000 % a year: whatever a venue says beyond that is no rate.
  private static let absurdRate = 1_000.0

  var firstDefect: PolicyDefect? {
    if horizonSeconds < 3_600 || horizonSeconds > 31_536_000 {
      return .outOfRange(key: "target.carry.horizon", value: horizonSeconds, allowed: "3600 to 31536000 seconds")
    }
    if averageSeconds == 0 || averageSeconds > horizonSeconds {
      return .outOfRange(
        key: "target.carry.average", value: averageSeconds, allowed: "1 second or more, and no more than the horizon")
    }
    if hysteresis < .one || hysteresis > Ratio(raw: 9_000_000_000_000_000_000) {
      return .outOfRange(key: "target.carry.hysteresis", value: hysteresis, allowed: "1 to 9")
    }
    return nil
  }

  /// Zero with the carry on, and what the vault holds beside its positions with it off. Neither moves the drift of the
  /// positions, so the slope is zero on, and off that of what is held.
  func aim(_ scene: AimScene) throws(ContractsError) -> Aim {
    let current = try Self.netFunding(scene.terms)
    let watched = try watched(current, scene)
    let size = try scene.price.value(of: max(scene.spotBase, .zero), rounding: .down)
    let roundTrip = try Self.roundTrip(size, scene)
    let year = Ratio(whole: 31_536_000)
    let income = try size.scaled(by: watched.average, rounding: .towardZero)
      .scaled(by: Ratio(whole: horizonSeconds), rounding: .towardZero).divided(by: year, rounding: .towardZero)

    let was = if let known = scene.last?.carry { known.isOn } else { try Self.isOn(scene) }
    var warnings: [Warning] = []
    var isOn = was
    if roundTrip == nil { warnings.append(.carryCostUnknown) }
    if watched.seconds < averageSeconds { warnings.append(.carryUnwatched) }
    if let roundTrip, watched.seconds >= averageSeconds, size.isPositive {
      let least = try roundTrip.scaled(by: hysteresis, rounding: .up)
      isOn = was ? try income.negated() <= least : income > least
    }

    let unhedged = try scene.delta - scene.positions
    var figures = [
      Figure.word("carry", isOn ? "on" : "off", from: isOn == was ? "as before" : "funding against the round trip"),
      try .percent("net funding", watched.average, from: "received by a short, a year, averaged"),
      try .percent("net funding now", current, from: "venue's funding and borrowing, a year"),
      .seconds("funding watched for", watched.seconds, from: "journal"),
      try .usd("expected income", income, from: "net funding × spot value, \(horizonSeconds / 86_400) days"),
    ]
    if let roundTrip {
      figures.append(try .usd("round trip", roundTrip, from: "twice fee, impact, gas and upfront fee"))
      figures.append(try Self.breakEven(roundTrip, income: watched.average, of: size))
    }
    figures.append(.slope(isOn ? 0 : scene.gamma, scene.unit))
    let mark = CarryMark(isOn: isOn, averageFunding: watched.average, watchedSeconds: watched.seconds)
    return Aim(
      isOn ? .zero : unhedged, slope: isOn ? 0 : scene.gamma,
      source: isOn ? "carry on" : "carry off: all but positions",
      figures: figures, warnings: warnings, mark: scene.mark(carry: mark))
  }

  /// Nobody remembers: on where a short stands against half of the spot or more.
  private static func isOn(_ scene: AimScene) throws(ContractsError) -> Bool {
    guard scene.positions.isNegative else { return false }
    let short = try scene.positions.negated()
    return try short + short >= scene.spotBase
  }

  /// What a short receives a year, as a part of its notional, to nine places.
  private static func netFunding(_ terms: MarketTerms) throws(ContractsError) -> Ratio {
    let paid = terms.fundingPerSecondShort.approximateDouble + terms.borrowingPerSecondShort.approximateDouble
    let rate = try Formula.number { () throws(QuantError) in
      try Funding.annualRate(perPeriod: -paid, periodsPerDay: 86_400)
    }
    return try Ratio(nearest: min(max(rate, -absurdRate), absurdRate), places: 9)
  }

  /// The average with this look in it: the plain mean until it holds `averageSeconds`, then one that forgets at that
  /// pace.
  private func watched(
    _ current: Ratio, _ scene: AimScene
  ) throws(ContractsError) -> (average: Ratio, seconds: UInt64) {
    guard let last = scene.last, let before = last.carry else { return (current, 0) }
    let step = min(scene.headSeconds > last.atSeconds ? scene.headSeconds - last.atSeconds : 0, Self.longestStepSeconds)
    guard step > 0 else { return (before.averageFunding, before.watchedSeconds) }
    let seconds = min(before.watchedSeconds, averageSeconds) + step
    let weight = Double(step) / Double(seconds)
    let (old, new) = (before.averageFunding.approximateDouble, current.approximateDouble)
    // Twelve places: a step of seconds moves an average of days by very little.
    return (try Ratio(nearest: old + (new - old) * weight, places: 12), seconds)
  }

  /// What it costs to take the short on and to close it, in orders of the largest size; nil where gas has no price.
  private static func roundTrip(_ size: Usd, _ scene: AimScene) throws(ContractsError) -> Usd? {
    guard let nativePrice = scene.circumstances.nativePrice, !nativePrice.isZero else { return nil }
    let terms = scene.terms
    let fees = try size.scaled(by: terms.positionFee + terms.positionFee, rounding: .up)
    let probe = try terms.impactOfSellingProbe + terms.impactOfBuyingProbe
    let impact =
      terms.impactProbe.isPositive
      ? try size.scaled(by: probe.ratio(to: terms.impactProbe, rounding: .up), rounding: .up) : .zero
    let orders = try ordersNeeded(size, scene.maximumClip)
    let fee = scene.circumstances.fees
    let wei = try ContractsError.wrapping { () throws(EthereumError) in
      let gas = try UInt256(scene.circumstances.gasLimit) * 2 + terms.increaseExecutionGas + terms.decreaseExecutionGas
      return try gas * (fee.nextBaseFeeWei + fee.tipWei) * UInt256(orders)
    }
    let gas = try nativePrice.value(of: Quantity(units: wei, decimals: 18, rounding: .up), rounding: .up)
    return try fees + impact + gas
  }

  /// How many orders of the largest size make the whole; no more than a million, where the cost is beyond all doubt.
  private static func ordersNeeded(_ size: Usd, _ largest: Usd) throws(ContractsError) -> UInt64 {
    guard size.isPositive, largest.isPositive else { return 1 }
    let count = try size.ratio(to: largest, rounding: .up).rounded(places: 0, .up).approximateDouble
    return count < 1_000_000 ? max(UInt64(count), 1) : 1_000_000
  }

  /// Days until the income of the average has paid the round trip; "none" where it never does.
  private static func breakEven(_ roundTrip: Usd, income: Ratio, of size: Usd) throws(ContractsError) -> Figure {
    let daily = size.approximateDouble * income.approximateDouble / 365
    let source = "round trip ÷ net funding of a day"
    do {
      let days = try CashAndCarry.breakEvenDays(fees: roundTrip.approximateDouble, dailyIncome: daily)
      return Figure(
        name: "break-even", value: try Ratio(nearest: days, places: 1).description, unit: "days", source: source)
    } catch {
      return Figure(name: "break-even", value: "none", unit: "days", source: source)
    }
  }
}

extension Ratio {
  /// A whole number below 2^64.
  fileprivate init(whole: UInt64) {
    self.init(raw: Int256(bits: UInt256(whole).multipliedReportingOverflow(by: 1_000_000_000_000_000_000).value))
  }
}
