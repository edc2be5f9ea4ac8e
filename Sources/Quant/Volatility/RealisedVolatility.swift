import RealModule

/// Realised volatility of a price sampled at uneven times, per square root of a year of 365 days (markets that never
/// close).
///
/// σ² = Σ ln²(Pᵢ/Pᵢ₋₁) / Σ (tᵢ − tᵢ₋₁), the close-to-close estimator with its mean taken as zero: over hours and days
/// the drift of a price is far below what its noise lets one estimate.
package struct RealisedVolatility: Hashable, Sendable {
  /// 0.65 is 65 % a year.
  package let annual: Double
  /// How many returns it was estimated from; the estimate's relative standard error is about 1/√(2 · returns).
  package let returns: Int

  package struct Sample: Hashable, Sendable {
    package let seconds: UInt64
    package let price: Double

    package init(seconds: UInt64, price: Double) {
      self.seconds = seconds
      self.price = price
    }
  }

  /// Samples oldest first. Samples that are not later than the one before, or carry no positive finite price, are left
  /// out. Nil with fewer than `minimumReturns` returns, or when the result is not finite.
  package init?(_ samples: [Sample], minimumReturns: Int = RealisedVolatility.defaultMinimumReturns) {
    var squares = 0.0
    var seconds = 0.0
    var returns = 0
    var last: Sample?
    for sample in samples where sample.price.isFinite && sample.price > 0 {
      if let previous = last {
        guard sample.seconds > previous.seconds else { continue }
        let logReturn = Double.log(sample.price / previous.price)
        squares += logReturn * logReturn
        seconds += Double(sample.seconds - previous.seconds)
        returns += 1
      }
      last = sample
    }
    let annual = (squares / seconds * RealisedVolatility.secondsPerYear).squareRoot()
    guard returns >= max(minimumReturns, 1), annual.isFinite else { return nil }
    self.annual = annual
    self.returns = returns
  }

  /// Thirty returns: a relative standard error of 13 %, good enough to tell minutes from hours.
  package static let defaultMinimumReturns = 30
  package static let secondsPerYear = 31_536_000.0
}
