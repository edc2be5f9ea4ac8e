/// Rules of thumb that narrow a band, or hold it shut, by time. They are here to compare with and for mandates that ask
/// for them; `ImpulseBand` costs less at the same tracking error.
package enum TimedBand: Hashable, Sendable {
  /// B(t) = B₀ √(time left/whole time): narrower as an expiry comes near.
  case shrinking(halfWidth: Double, wholeYears: Double)
  /// The band, but at least so long between two trades.
  case patient(halfWidth: Double, leastYearsBetweenTrades: Double)
  /// B₀ (1 − age/T_max): a deviation that has stood for T_max is cleared, however small.
  case impatient(halfWidth: Double, longestYears: Double)

  /// Whether to trade now.
  /// - Parameters:
  ///   - deviation: actual − target, units.
  ///   - yearsLeft: to expiry.
  ///   - yearsSinceTrade: since the last trade, which is also the deviation's age.
  package func wantsTrade(
    deviation: Double, yearsLeft: Double, yearsSinceTrade: Double
  ) throws(QuantError) -> Bool {
    let size = try finite(deviation, "deviation").magnitude
    let left = try nonNegative(yearsLeft, "years left")
    let age = try nonNegative(yearsSinceTrade, "years since the last trade")
    switch self {
    case .shrinking(let halfWidth, let whole):
      let part = min(left / (try positive(whole, "whole time")), 1)
      return size > (try nonNegative(halfWidth, "half-width")) * part.squareRoot()
    case .patient(let halfWidth, let least):
      let width = try nonNegative(halfWidth, "half-width")
      return try age >= nonNegative(least, "least time between trades") && size > width
    case .impatient(let halfWidth, let longest):
      let part = max(1 - age / (try positive(longest, "longest time")), 0)
      return size > (try nonNegative(halfWidth, "half-width")) * part
    }
  }
}
