package import Contracts

extension VolatilityStudy.Result {
  /// What the marks of an option book say; nothing for a vault without options.
  ///
  /// The mean of the marks that are young enough, by the size of each position: the book's own view of the time over
  /// which it is hedged. Marks of options that have expired say nothing.
  package mutating func add(marksOf exposures: [ExposureReading], atSeconds now: UInt64) {
    var options = 0
    var (sum, sizes) = (0.0, 0.0)
    var counted = 0
    for case .option(let option) in exposures {
      options += 1
      let age = now > option.markedAt ? now - option.markedAt : 0
      guard let mark = option.markVolatility, mark.isPositive, age <= option.terms.maximumMarkAgeSeconds,
        option.expiry > now
      else { continue }
      let size = option.quantity.approximateDouble.magnitude
      sum += size * mark.approximateDouble
      sizes += size
      counted += 1
    }
    guard options > 0 else { return }
    add(.implied) {
      guard sizes > 0 else { throw VolatilityGap(.implied, .noMarks, "\(options) options, none with a young mark") }
      return try VolatilityEstimate(.implied, annual: sum / sizes, source: "marks of \(counted) of \(options) options")
    }
  }
}
