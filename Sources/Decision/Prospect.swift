import Contracts
import Quant

/// How likely a resting limit order is to be reached within the policy's patience: for people who ask why it rests. It
/// decides nothing: without drift, the better price and the cost of chasing balance exactly, whatever this number is.
struct Prospect: Hashable, Sendable {
  /// Realised, from the price history; a part per √year, to four places.
  let volatility: Ratio
  /// To four places.
  let touchProbability: Ratio

  /// Nil where the history is too short to tell, or a number is beyond floating point.
  init?(
    limit: Price, assessment: Assessment, policy: Policy, circumstances: Circumstances
  ) throws(ContractsError) {
    let samples = circumstances.priceHistory.map {
      RealisedVolatility.Sample(seconds: $0.atSeconds, price: $0.price.approximateDouble)
    }
    guard let realised = RealisedVolatility(samples), realised.annual < Prospect.absurdVolatility,
      let probability = Quant.touchProbability(
        distance: try limit.distance(to: assessment.price).approximateDouble,
        price: assessment.price.approximateDouble, annualVolatility: realised.annual,
        seconds: Double(policy.orders.patienceSeconds))
    else { return nil }
    volatility = try Ratio(nearest: realised.annual, places: 4)
    touchProbability = try Ratio(nearest: probability, places: 4)
  }

  /// 10,000 % a year: a history that says more is broken, and is not shown.
  private static let absurdVolatility = 100.0

  func figures() throws(ContractsError) -> [Figure] {
    [
      try .percent("volatility", volatility, from: "price history, per √year"),
      try .percent("chance of a touch", touchProbability, from: "volatility, limit's distance, patience"),
    ]
  }
}
