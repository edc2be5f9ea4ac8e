import Contracts
import Ethereum
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
    guard let realised = RealisedVolatility(samples), realised.annual < Prospect.calculableVolatility,
      let probability = Quant.touchProbability(
        distance: try limit.distance(to: assessment.price).approximateDouble,
        price: assessment.price.approximateDouble, annualVolatility: realised.annual,
        seconds: Double(policy.orders.patienceSeconds))
    else { return nil }
    // Rounded before anything is compared: the last digit of a logarithm differs between processors.
    volatility = try Ratio(nearest: realised.annual, places: 4)
    guard volatility < Prospect.absurdVolatility else { return nil }
    touchProbability = try Ratio(nearest: probability, places: 4)
  }

  /// 10,000 % a year: a history that says more is broken, and is not shown.
  /// The factor 100 as 2^4 · 6.25, since a literal ends at 2^63.
  private static let absurdVolatility = Ratio(raw: Int256(bits: UInt256(6_250_000_000_000_000_000) << 4))
  /// What four decimal places can hold with room to spare; far beyond what is shown.
  private static let calculableVolatility = 1e9

  func figures() throws(ContractsError) -> [Figure] {
    [
      try .percent("volatility", volatility, from: "price history, per √year"),
      try .percent("chance of a touch", touchProbability, from: "volatility, limit's distance, patience"),
    ]
  }
}
