package import Contracts
import Ethereum
import Quant

/// Whether an order should rest or cross, weighed: what resting saves where it fills, against the risk of the deviation
/// that waits and the gas of crossing after all.
///
/// The better price itself is not among it: without drift, the distance gained is on average what is lost by chasing a
/// price that never came (see `LimitFill`).
package struct OrderChoice: Hashable, Sendable {
  /// Of the limit being reached within the horizon, to four places.
  package let fillProbability: Ratio
  package let horizonSeconds: UInt64
  /// Fee, spread, impact and expected loss to whoever is faster.
  package let crossingCost: Usd
  /// Fee, impact and adverse selection.
  package let restingCost: Usd
  /// P · (crossing − resting).
  package let saving: Usd
  /// (γ v/2) x² τ.
  package let waitingRisk: Usd
  /// (1 − P) · gas of one more transaction.
  package let gasRisk: Usd
  /// Gas of one more transaction.
  package let gas: Usd
  /// Where the aversion to risk comes from.
  let aversionSource: String
  let volatilitySource: String

  package var prefersLimit: Bool {
    get throws(ContractsError) { try saving > waitingRisk + gasRisk }
  }

  /// The same for an order that rests already, whose crossing costs the gas in any case.
  var keepsResting: Bool {
    get throws(ContractsError) { try saving + gas >= waitingRisk + gasRisk }
  }

  func figures() throws(ContractsError) -> [Figure] {
    [
      try .percent("chance of a fill", fillProbability, from: "\(volatilitySource), limit's distance, time left"),
      .seconds("time to fill", horizonSeconds, from: "policy's patience"),
      try .usd("cost of crossing", crossingCost, from: "taker's fee + spread + impact + front-running"),
      try .usd("cost of resting", restingCost, from: "maker's fee + impact + adverse selection"),
      try .usd("saved by resting", saving, from: "chance × (crossing − resting)"),
      try .usd(
        "risk of waiting", waitingRisk, from: "½ aversion × (volatility × price × drift)² × time; \(aversionSource)"),
      try .usd("gas at risk", gasRisk, from: "(1 − chance) × gas of one more transaction"),
    ]
  }
}

/// Why resting and crossing could not be weighed, so that a limit comes first as long as patience lasts.
package enum ChoiceGap: String, Hashable, Sendable, Codable, CaseIterable {
  /// Neither the price history nor anybody else tells how much the price moves.
  case volatilityUnknown
  /// Without a price of the native currency nobody can say what gas costs.
  case nativePriceMissing
  /// The venue quotes one of the two ways only, or none.
  case costUnknown
  /// The numbers are beyond what the formula can take.
  case notCalculable
}

/// What a choice is made from, for any order of one judgement.
struct ChoiceScene {
  let rule: ChoiceRule
  let assessment: Assessment
  let volatility: VolatilityForecast
  let aversion: RiskAversion
  /// Gas of one more transaction, dollars.
  let gas: Usd

  /// Throws the gap.
  static func found(
    _ rule: ChoiceRule, _ assessment: Assessment, _ calibration: Calibration, _ circumstances: Circumstances
  ) throws(ContractsError) -> Result<ChoiceScene, ChoiceGapFound> {
    guard let volatility = try VolatilityForecast(circumstances) else { return .failure(.init(.volatilityUnknown)) }
    guard let gas = try circumstances.gasOfOneMore() else { return .failure(.init(.nativePriceMissing)) }
    guard let aversion = RiskAversion(rule, assessment, calibration) else { return .failure(.init(.notCalculable)) }
    return .success(
      ChoiceScene(rule: rule, assessment: assessment, volatility: volatility, aversion: aversion, gas: gas))
  }

  /// - Parameters:
  ///   - limit: where the order rests or would rest.
  ///   - seconds: how long it may.
  /// - Returns: nil where the numbers are beyond the formula.
  func choice(
    change: Quantity, limit: Price, seconds: UInt64, resting: Quote, crossing: Quote
  ) throws(ContractsError) -> OrderChoice? {
    let value = try assessment.price.value(of: change.absolute(), rounding: .up)
    let crossingCost =
      try crossing.fee + crossing.impact + spread(crossing) + value.scaled(by: rule.frontRunning, rounding: .up)
    let restingCost =
      try resting.fee + resting.impact + value.scaled(by: rule.adverseSelection, rounding: .up)
    do {
      let probability = try fillProbability(limit, change, seconds: seconds)
      let deviation = volatility.annual.approximateDouble * assessment.price.approximateDouble
      let weighed = try LimitOrMarket(
        fillProbability: probability.approximateDouble, crossingCost: crossingCost.approximateDouble,
        restingCost: restingCost.approximateDouble, deviation: assessment.drift.approximateDouble,
        priceVariance: deviation * deviation, riskAversion: aversion.perUsd,
        years: Double(seconds) / RealisedVolatility.secondsPerYear, extraGas: gas.approximateDouble)
      let gasRisk = try gas.scaled(by: .one - probability, rounding: .up)
      // Rounded before anything is compared: the last digits of the formulas differ between processors.
      let cost = try Usd(nearest: weighed.cost, places: 6)
      return OrderChoice(
        fillProbability: probability, horizonSeconds: seconds, crossingCost: crossingCost, restingCost: restingCost,
        saving: try Usd(nearest: weighed.saving, places: 6), waitingRisk: max(try cost - gasRisk, .zero),
        gasRisk: gasRisk, gas: gas, aversionSource: aversion.source,
        volatilitySource: volatility.words)
    } catch {
      // Refused by a formula, or too large for six places: no market is.
      return nil
    }
  }

  private func fillProbability(_ limit: Price, _ change: Quantity, seconds: UInt64) throws -> Ratio {
    let isReached = change.isNegative ? limit <= assessment.price : limit >= assessment.price
    if isReached { return .one }
    guard seconds > 0 else { return .zero }
    let fill = try LimitFill(
      offset: limit.distance(to: assessment.price).approximateDouble / assessment.price.approximateDouble,
      volatility: volatility.annual.approximateDouble, years: Double(seconds) / RealisedVolatility.secondsPerYear)
    return try Ratio(nearest: fill.touchProbability, places: 4)
  }

  /// What the venue expects to fill worse than at the oracle's price.
  private func spread(_ quote: Quote) throws(ContractsError) -> Usd {
    let (expected, price) = (quote.expectedPrice, assessment.price)
    let isWorse = quote.change.isNegative ? expected < price : expected > price
    return isWorse ? try expected.distance(to: price).value(of: quote.change.absolute(), rounding: .up) : .zero
  }
}

/// A gap as the failure of a result.
struct ChoiceGapFound: Error {
  let gap: ChoiceGap
  init(_ gap: ChoiceGap) { self.gap = gap }
}

/// How much the vault pays to be rid of a deviation.
struct RiskAversion {
  /// γ.
  let perUsd: Double
  let source: String

  /// From the adaptive band, which found it by the tracking error that was chosen; else the policy's relative aversion
  /// divided by what the vault is worth. Nil where it is worth nothing.
  init?(_ rule: ChoiceRule, _ assessment: Assessment, _ calibration: Calibration) {
    if let solved = calibration.riskAversion, solved.isFinite, solved > 0 {
      (perUsd, source) = (solved, "aversion of the adaptive band")
      return
    }
    guard assessment.netAssetValue.isPositive else { return nil }
    let perUsd = rule.relativeRiskAversion.approximateDouble / assessment.netAssetValue.approximateDouble
    guard perUsd.isFinite else { return nil }
    self.perUsd = perUsd
    source = "aversion of \(rule.relativeRiskAversion) ÷ net asset value"
  }
}

extension Circumstances {
  /// What one more transaction is expected to pay for its gas; nil where the native currency has no price.
  func gasOfOneMore() throws(ContractsError) -> Usd? {
    guard let nativePrice, !nativePrice.isZero else { return nil }
    let wei = try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256(gasLimit) * (fees.nextBaseFeeWei + fees.tipWei)
    }
    return try nativePrice.value(of: Quantity(units: wei, decimals: 18, rounding: .up), rounding: .up)
  }
}

extension VolatilityForecast {
  /// Which estimate decided, for people.
  var words: String { "volatility, \(method.words)" }
}
