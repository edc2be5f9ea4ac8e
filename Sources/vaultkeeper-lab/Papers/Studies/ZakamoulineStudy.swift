import Foundation
import Quant

/// Whalley and Wilmott's band against Zakamouline's: the certainty equivalent of a hedged short call for somebody of
/// constant absolute risk aversion, −ln E[e^(−γ profit)]/γ.
///
/// A call at the money, S = 100, a quarter, σ 30 %, no rate, 0.5 % a trade, looked at eight times on each of 252 days a
/// year; the last hedge is sold at cost.
enum ZakamoulineStudy {
  struct Outcome {
    let mean: Double
    let deviation: Double
    let certaintyEquivalent: Double
  }

  /// Published: mean, standard deviation and certainty equivalent by Whalley-Wilmott, and by Zakamouline.
  static let published: [(aversion: Double, wilmott: Outcome, zakamouline: Outcome)] = [
    (
      0.1, Outcome(mean: -0.794, deviation: 1.744, certaintyEquivalent: -0.946),
      Outcome(mean: -0.669, deviation: 2.209, certaintyEquivalent: -0.912)
    ),
    (
      0.5, Outcome(mean: -0.941, deviation: 1.147, certaintyEquivalent: -1.279),
      Outcome(mean: -0.986, deviation: 1.016, certaintyEquivalent: -1.239)
    ),
    (
      1.0, Outcome(mean: -1.028, deviation: 0.983, certaintyEquivalent: -1.564),
      Outcome(mean: -1.179, deviation: 0.771, certaintyEquivalent: -1.478)
    ),
  ]

  static func findings(paths: Int) throws -> [Finding] {
    var findings: [Finding] = []
    for row in published {
      let wilmott = try outcome(paths, row.aversion, isZakamouline: false)
      let zakamouline = try outcome(paths, row.aversion, isZakamouline: true)
      for (name, ours, theirs) in [
        ("Whalley-Wilmott", wilmott, row.wilmott), ("Zakamouline", zakamouline, row.zakamouline),
      ] {
        let label = "γ \(row.aversion), \(name)"
        // Three standard errors of the published 20,000 paths and of as many of ours.
        let error = 3 * theirs.deviation * (2 / Double(min(paths, 20_000))).squareRoot()
        findings += [
          Finding("\(label): mean", ours.mean, published: theirs.mean, within: error),
          Finding("\(label): deviation", ours.deviation, published: theirs.deviation, within: error),
          Finding(
            "\(label): certainty equivalent", ours.certaintyEquivalent, published: theirs.certaintyEquivalent,
            within: 1.5 * error),
        ]
      }
      findings.append(
        Finding(
          "γ \(row.aversion): Zakamouline's gain", zakamouline.certaintyEquivalent - wilmott.certaintyEquivalent,
          published: row.zakamouline.certaintyEquivalent - row.wilmott.certaintyEquivalent, accepted: 0...0.2))
    }
    return findings
  }

  private static func outcome(_ paths: Int, _ aversion: Double, isZakamouline: Bool) throws -> Outcome {
    let (spot, years, volatility, cost, looks) = (100.0, 0.25, 0.3, 0.005, 504)
    let interval = years / Double(looks)
    let premium = try BlackScholesMerton.price(
      .call, spot: spot, strike: spot, years: years, rate: 0, volatility: volatility)
    let (drift, deviation) = (-0.5 * volatility * volatility * interval, volatility * interval.squareRoot())
    // The same paths for both rules.
    var normals = NormalDraws(seed: 0x2AA4)
    var (profits, utility) = (Sample(), Sample())
    for _ in 0..<paths {
      var account = try HedgeAccount(cash: premium, costFraction: cost)
      var price = spot
      for look in 0..<looks {
        let left = years - Double(look) * interval
        account.trade(
          to: try hedge(account.units, price, spot, left, volatility, cost, aversion, isZakamouline), at: price)
        price *= exp(drift + deviation * normals.next())
      }
      account.trade(to: 0, at: price)
      let profit = account.cash - OptionKind.call.payoff(spot: price, strike: spot)
      profits.add(profit)
      utility.add(exp(-aversion * profit))
    }
    return Outcome(
      mean: profits.mean, deviation: profits.deviation, certaintyEquivalent: -log(utility.mean) / aversion)
  }

  private static func hedge(
    _ held: Double, _ price: Double, _ strike: Double, _ years: Double, _ volatility: Double, _ cost: Double,
    _ aversion: Double, _ isZakamouline: Bool
  ) throws -> Double {
    let gamma = try BlackScholesMerton.gamma(
      spot: price, strike: strike, years: years, rate: 0, volatility: volatility)
    let (width, centre): (Double, Double)
    if isZakamouline {
      let band = try Zakamouline(
        spot: price, gamma: gamma, volatility: volatility, years: years, rate: 0, oneWayCost: cost,
        riskAversion: aversion)
      (width, centre) = (band.halfWidth, band.shortGammaVolatility)
    } else {
      let band = try WhalleyWilmott(spot: price, gamma: gamma, oneWayCost: cost, riskAversion: aversion)
      (width, centre) = (band.halfWidth, volatility)
    }
    let target = try BlackScholesMerton.delta(
      .call, spot: price, strike: strike, years: years, rate: 0, volatility: centre)
    return min(max(held, target - width), target + width)
  }
}
