import Contracts
import Decision
import Ethereum
import Foundation
import Quant

/// A rule for a book, which is chosen by the volatility that its calls were sold at.
struct HedgeRule {
  let name: String
  /// Whether the band is told what gas costs. The cost is charged in full whatever it is told.
  let knowsGas: Bool
  let band: (_ implied: Double) throws -> BandRule

  init(_ name: String, knowsGas: Bool = true, band: @escaping (Double) throws -> BandRule) {
    self.name = name
    self.knowsGas = knowsGas
    self.band = band
  }
}

/// What a correction costs: a part of what is traded, and USD for trading at all.
struct CostSetting: Hashable {
  let fee: Double
  let gas: Double

  var name: String { "\(Int((fee * 1e4).rounded())) bp + $\(Int(gas))" }
}

/// What one rule did with one book or, on average, with many.
struct HedgeRecord {
  /// USD traded, as a part of the premium; and USD of premium.
  var turnover = 0.0
  var trades = 0.0
  /// Of the delta's deviation, as a part of the book's size.
  var meanSquare = 0.0
  /// The same times the variance of the moment: of what the deviation does to the worth in a year.
  var trackingVariance = 0.0
  /// Σ 1/premium, for the gas.
  var tradesPerPremium = 0.0

  /// Part of the premium.
  func cost(_ setting: CostSetting) -> Double { turnover * setting.fee + tradesPerPremium * setting.gas }
  var rootMeanSquare: Double { meanSquare.squareRoot() }
  var trackingError: Double { trackingVariance.squareRoot() }

  mutating func add(_ other: HedgeRecord, weight: Double) {
    turnover += other.turnover * weight
    trades += other.trades * weight
    meanSquare += other.meanSquare * weight
    trackingVariance += other.trackingVariance * weight
    tradesPerPremium += other.tradesPerPremium * weight
  }
}

/// A short call at the money on 100 coins, 30 days, hedged hour by hour through the program's own bands.
struct CallBook {
  static let coins = 100.0
  static let hours = 30 * 24

  let prices: HourlyPrices
  /// Hour at which the calls are sold.
  let start: Int

  /// The first hedge is a trade too. The deviation counts after each look; the calls are settled with what is held.
  func hedged(by rule: HedgeRule, _ setting: CostSetting) throws -> HedgeRecord {
    let venue = PlainVenue(fee: try Ratio(nearest: setting.fee, places: 6))
    let strike = prices.closes[start]
    let implied = prices.volatilities[start]
    let policy = try Self.policy(rule.band(implied))
    let premium =
      Self.coins
      * (try BlackScholesMerton.price(
        .call, spot: strike, strike: strike, years: Double(Self.hours) / 8760, rate: 0, volatility: implied))
    var held = Quantity.zero
    var corrected: UInt64 = 0
    var record = HedgeRecord()
    for hour in 0..<Self.hours {
      let spot = prices.closes[start + hour]
      let greeks = try Greeks(
        .call, spot: spot, strike: strike, years: Double(Self.hours - hour) / 8760, rate: 0, carry: 0,
        volatility: implied)
      guard hour > 0 else {
        held = try Quantity(nearest: Self.coins * greeks.delta, places: 8)
        record.trades = 1
        record.turnover = held.approximateDouble * spot
        continue
      }
      let now = UInt64(hour) * 3600
      var circumstances = try ReplayScene.circumstances(now, gas: rule.knowsGas ? setting.gas : 0)
      circumstances.correctedAtSeconds = corrected
      circumstances.volatility = [
        try VolatilityEstimate(.ewma, annual: prices.volatilities[start + hour], source: "hourly closes")
      ]
      let observation = try observation(
        now, spot, strike: strike, implied: implied, held: held, owed: Self.coins * greeks.price)
      let assessment = try Assessment(observation, policy: policy, circumstances: circumstances)
      let calibration = try Calibration(
        assessment, observation, policy: policy, circumstances: circumstances, venue: venue)
      if let fallback = calibration.fallback { throw BacktestError.noBand(rule: rule.name, fallback) }
      var drift = assessment.drift
      if !calibration.due.isZero {
        held = try held + calibration.due
        drift = try drift + calibration.due
        corrected = now
        record.trades += 1
        record.turnover += calibration.due.approximateDouble.magnitude * spot
      }
      let deviation = drift.approximateDouble / Self.coins
      let volatility = prices.volatilities[start + hour]
      record.meanSquare += deviation * deviation / Double(Self.hours - 1)
      record.trackingVariance += deviation * deviation * volatility * volatility / Double(Self.hours - 1)
    }
    record.turnover /= premium
    record.tradesPerPremium = record.trades / premium
    return record
  }

  /// The calls as an exposure, the hedge as spot, and so much money that the whole is worth 100 coins: a part of it is
  /// that part of the book.
  private func observation(
    _ now: UInt64, _ spot: Double, strike: Double, implied: Double, held: Quantity, owed: Double
  ) throws -> Observation {
    let calls = try ReplayScene.option(
      strike: strike, quantity: -Self.coins, volatility: implied, expiry: UInt64(Self.hours) * 3600, now: now)
    return try ReplayScene.observation(
      now, price: spot, base: held, money: Self.coins * spot + owed - held.approximateDouble * spot,
      exposures: [.option(calls)])
  }

  private static func policy(_ band: BandRule) throws -> Policy {
    try Policy(
      target: .absolute(.zero), band: band, minimumClip: Usd(decimal: "1"), maximumClip: Usd(decimal: "1000000000"),
      orders: OrderPreference(patienceSeconds: 0), priceBound: Ratio(decimal: "0.01"), leverage: Ratio(decimal: "1"))
  }
}

enum BacktestError: Error, CustomStringConvertible {
  /// A replay in which the fixed band stands in would compare the wrong rules.
  case noBand(rule: String, BandFallback)

  var description: String {
    switch self {
    case .noBand(let rule, let fallback): "\(rule) found no band: \(fallback.rawValue)"
    }
  }
}
