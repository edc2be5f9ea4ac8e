import Contracts
import Ethereum
import Quant

/// How likely a resting limit order is to be reached within the policy's patience: for people who ask why it rests. It
/// decides nothing: without drift, the better price and the cost of chasing balance exactly, whatever this number is.
struct Prospect: Hashable, Sendable {
  /// Of the last hours; a part per √year, to four places.
  let volatility: Ratio
  /// To four places.
  let touchProbability: Ratio

  /// Nil where the history is too short to tell, or a number is beyond floating point.
  init?(
    limit: Price, assessment: Assessment, policy: Policy, circumstances: Circumstances
  ) throws(ContractsError) {
    guard let realised = try VolatilityEstimate(realised: circumstances.priceHistory),
      realised.annual < VolatilityForecast.absurd,
      let probability = Quant.touchProbability(
        distance: try limit.distance(to: assessment.price).approximateDouble,
        price: assessment.price.approximateDouble, annualVolatility: realised.annual.approximateDouble,
        seconds: Double(policy.orders.patienceSeconds))
    else { return nil }
    volatility = realised.annual
    touchProbability = try Ratio(nearest: probability, places: 4)
  }

  func figures() throws(ContractsError) -> [Figure] {
    [
      try .percent("volatility", volatility, from: "price history, per √year"),
      try .percent("chance of a touch", touchProbability, from: "volatility, limit's distance, patience"),
    ]
  }
}
