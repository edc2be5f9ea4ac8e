package import Contracts
import Quant

/// An option that the measures call for. Reported, and bought by whoever can: no venue of the keeper's trades options.
package struct Advisory: Hashable, Sendable, Codable {
  /// The raw values are stable: journals and alarms carry them.
  package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    /// A long or short position may be closed by the venue: the option gains what it loses.
    case protectivePut, protectiveCall
    /// The vault is shorter of gamma than its worth bears.
    case gammaPut, gammaCall

    package var meaning: String {
      switch self {
      case .protectivePut: "buy a put that gains what the long position near its liquidation loses"
      case .protectiveCall: "buy a call that gains what the short position near its liquidation loses"
      case .gammaPut: "buy puts: short gamma loses more in a day than the policy lets it"
      case .gammaCall: "buy calls: short gamma loses more in a day than the policy lets it"
      }
    }
  }
  package let code: Code
  /// Options of one base unit each, to two places and rounded up.
  package let size: Quantity
  package let strike: Price
  /// Unix seconds.
  package let expiresAtSeconds: UInt64
  package let reason: String

  package func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    [
      try .quantity("\(code.rawValue) size", size, unit, from: reason),
      try .price("\(code.rawValue) strike", strike, per: unit, from: "halfway to the liquidation, or at the money"),
      .seconds("\(code.rawValue) expiry", expiresAtSeconds, from: "unix time of a Friday 08:00 UTC"),
    ]
  }

  /// For people.
  package var text: String {
    "\(code.meaning): \(size) at \(strike), expiring at \(expiresAtSeconds); \(reason)"
  }

  /// For a position that is near its liquidation. The strike is halfway, so that the option has gained half of what the
  /// position has lost when the venue acts.
  init(protecting risk: LiquidationRisk, price: Price, nowSeconds: UInt64) throws(ContractsError) {
    let isShort = risk.position.quantity.isNegative
    code = isShort ? .protectiveCall : .protectivePut
    size = try risk.position.quantity.absolute().rounded(places: 2, .up)
    let (low, high) = risk.liquidationPrice < price ? (risk.liquidationPrice, price) : (price, risk.liquidationPrice)
    strike = try Price.midpoint(low, high).rounded(places: 2, .down)
    expiresAtSeconds = Self.friday(atLeast: 7, after: nowSeconds)
    reason = "\(risk.sigmas) sigmas from the liquidation at \(risk.liquidationPrice)"
  }

  /// Against short gamma: options at the money of a month, as many as make up for it. Nil where the loss of a day of
  /// one standard deviation is within the rule, or cannot be told.
  ///
  /// - Parameter gamma: of everything the vault holds, base units per dollar; negative where it loses both ways.
  init?(
    gamma: Double, drift: Quantity, price: Price, netAssetValue: Usd, volatility: VolatilityForecast,
    rule: LiquidationRule, nowSeconds: UInt64
  ) throws(ContractsError) {
    guard gamma < 0, netAssetValue.isPositive, !price.isZero else { return nil }
    let spot = price.approximateDouble
    let move = volatility.annual.approximateDouble * spot / 365.0.squareRoot()
    do {
      let loss = try Usd(nearest: -0.5 * gamma * move * move, places: 2)
      let bearable = try netAssetValue.scaled(by: rule.gammaLoss, rounding: .down)
      guard loss > bearable else { return nil }
      let expiry = Self.friday(atLeast: 28, after: nowSeconds)
      let years = Double(expiry - nowSeconds) / RealisedVolatility.secondsPerYear
      // What is above the rule is to go, at the gamma of one option at the money.
      let option = try BlackScholesMerton.gamma(
        spot: spot, strike: spot, years: years, rate: 0, volatility: volatility.annual.approximateDouble)
      let excess = -gamma * (1 - bearable.approximateDouble / loss.approximateDouble)
      size = try Quantity(nearest: excess / option, places: 2)
      guard size.isPositive else { return nil }
      code = drift.isPositive ? .gammaPut : .gammaCall
      strike = try price.rounded(places: 2, .down)
      expiresAtSeconds = expiry
      reason = "short gamma loses \(loss) USD in a day of one standard deviation, \(bearable) are allowed"
    } catch {
      return nil
    }
  }

  /// The first Friday 08:00 UTC, at which crypto options expire, so many days ahead. 1970-01-02 was a Friday.
  private static func friday(atLeast days: UInt64, after now: UInt64) -> UInt64 {
    let (week, first): (UInt64, UInt64) = (604_800, 115_200)
    let (earliest, overflow) = now.addingReportingOverflow(days * 86_400)
    guard !overflow, earliest > first, earliest < .max - week else { return earliest }
    let past = (earliest - first) % week
    return past == 0 ? earliest : earliest + week - past
  }
}
