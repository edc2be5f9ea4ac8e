import Contracts
import Ethereum
import Quant

/// How likely a resting limit order is to be reached within the policy's patience: for people who ask why it rests.
struct Prospect: Hashable, Sendable {
  let forecast: VolatilityForecast
  /// To four places.
  let touchProbability: Ratio

  /// Nil where nobody can tell how much the price moves, or a number is beyond floating point.
  init?(
    limit: Price, assessment: Assessment, policy: Policy, circumstances: Circumstances
  ) throws(ContractsError) {
    guard let forecast = try VolatilityForecast(circumstances),
      let probability = Quant.touchProbability(
        distance: try limit.distance(to: assessment.price).approximateDouble,
        price: assessment.price.approximateDouble, annualVolatility: forecast.annual.approximateDouble,
        seconds: Double(policy.orders.patienceSeconds))
    else { return nil }
    self.forecast = forecast
    touchProbability = try Ratio(nearest: probability, places: 4)
  }

  func figures() throws(ContractsError) -> [Figure] {
    [
      try .percent("volatility", forecast.annual, from: "\(forecast.words), per √year"),
      try .percent("chance of a touch", touchProbability, from: "volatility, limit's distance, patience"),
    ]
  }
}
