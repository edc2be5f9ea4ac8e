package import Contracts
package import Quant

/// How the base asset moves with a series from another market, such as a stock index, and what that says of its
/// volatility. It never changes a target.
package struct MacroReading: Hashable, Sendable, Codable {
  /// The series' name in the configuration.
  package let series: String
  /// Pairs of returns over the same business days.
  package let pairs: Int
  /// −1…1, to four places.
  package let correlation: Ratio
  /// Return of the base asset per return of the series, to four places.
  package let beta: Ratio
  /// By which the volatility is multiplied, from 1 to 2, to four places.
  package let factor: Ratio
  /// The series' newest value, unix seconds of its day.
  package let newestAtSeconds: UInt64

  package init(
    series: String, pairs: Int, correlation: Ratio, beta: Ratio, factor: Ratio, newestAtSeconds: UInt64
  ) {
    self.series = series
    self.pairs = pairs
    self.correlation = correlation
    self.beta = beta
    self.factor = factor
    self.newestAtSeconds = newestAtSeconds
  }

  func figures() throws(ContractsError) -> [Figure] {
    func number(_ name: String, _ value: Ratio, _ source: String) -> Figure {
      Figure(name: name, value: value.description, unit: "", source: source)
    }
    return [
      number("correlation with \(series)", correlation, "\(pairs) pairs of business days, λ 0.97"),
      number("beta to \(series)", beta, "covariance ÷ variance of the series"),
      number("macro factor", factor, "√(1 + ρ² less chance × (variance of the series ÷ its usual one − 1))"),
    ]
  }
}

extension MacroReading {
  /// Values of one day.
  package struct Day: Hashable, Sendable {
    /// Days since 1970.
    package let day: UInt32
    package let value: LogPrice

    package init(day: UInt32, value: LogPrice) {
      self.day = day
      self.value = value
    }
  }

  /// Pairs from which a correlation is told: a quarter's, as many as λ 0.97 looks back at in effect.
  package static let leastPairs = 60
  /// The hour of a day at whose end the base asset is compared: 21:00 UTC, when the stock markets of New York close in
  /// winter.
  static let closingHour: UInt32 = 20
  /// Two values farther apart are no neighbours: a long weekend is four days.
  static let longestGapDays: UInt32 = 4
  /// RiskMetrics 1996, for covariances.
  static let lambda = 0.97
  /// The volatility is at most doubled: more would be another market's word against the asset's own.
  static let largestFactor = 2.0

  /// nil with too few pairs to tell.
  /// - Parameter days: in ascending order.
  package init?(_ series: String, _ days: [Day], _ closes: HourlyCloses) throws(ContractsError) {
    let pairs = Self.pairs(days, closes)
    guard pairs.count >= Self.leastPairs, let newest = days.last else { return nil }
    let found: (correlation: Double, beta: Double, factor: Double)?
    do {
      found = try Self.relation(pairs)
    } catch {
      // A series that does not move at all, or beyond floating point.
      found = nil
    }
    guard let found else { return nil }
    self.init(
      series: series, pairs: pairs.count, correlation: try Ratio(nearest: found.correlation, places: 4),
      beta: try Ratio(nearest: found.beta, places: 4), factor: try Ratio(nearest: found.factor, places: 4),
      newestAtSeconds: UInt64(newest.day) * 86_400)
  }

  private static func pairs(_ days: [Day], _ closes: HourlyCloses) -> [(series: Double, asset: Double)] {
    var left = closes.closes[...]
    func close(_ day: UInt32) -> LogPrice? {
      let (start, overflow) = day.multipliedReportingOverflow(by: 24)
      guard !overflow, start <= .max - closingHour else { return nil }
      left = left.drop { $0.hour < start + closingHour }
      return left.first.flatMap { $0.hour == start + closingHour ? $0.price : nil }
    }
    var pairs: [(series: Double, asset: Double)] = []
    var before: (day: Day, asset: LogPrice)?
    for day in days {
      guard let asset = close(day.day) else { continue }
      if let before, day.day - before.day.day <= longestGapDays {
        pairs.append(
          (day.value.logReturn(since: before.day.value), asset.logReturn(since: before.asset)))
      }
      before = (day, asset)
    }
    return pairs
  }

  /// The part of the asset's variance that moves with the series, ρ² less what may be chance, grows as the series' own
  /// variance has grown over its usual one: σ √(1 + ρ² (now ÷ usual − 1)). It never shrinks: calm elsewhere is no
  /// promise.
  private static func relation(
    _ pairs: [(series: Double, asset: Double)]
  ) throws -> (correlation: Double, beta: Double, factor: Double)? {
    let joint = try EWMACovariance(lambda: lambda, x: pairs.map(\.series), y: pairs.map(\.asset))
    guard let correlation = joint.correlation, let beta = joint.beta else { return nil }
    let shrunk = try joint.shrunkBeta(effectiveCount: joint.effectiveCount) ?? 0
    let share = beta == 0 ? 0 : correlation * correlation * shrunk / beta
    let usual = pairs.reduce(0) { $0 + $1.series * $1.series } / Double(pairs.count)
    let excess = max(try finite(joint.varianceX / usual, "variance against its usual one") - 1, 0)
    return (correlation, beta, min((1 + share * excess).squareRoot(), largestFactor))
  }
}
