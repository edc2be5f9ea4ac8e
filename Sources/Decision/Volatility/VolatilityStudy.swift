import Contracts
import Quant

/// Estimates the base asset's volatility from its hourly closes. What is costly is made once for each day that is over,
/// and from finished days alone, so that a program that has just started comes to the same numbers as one that has run
/// for months.
package struct VolatilityStudy: Sendable {
  /// What a price history says, and what it cannot say.
  package struct Result: Hashable, Sendable {
    package fileprivate(set) var estimates: [VolatilityEstimate] = []
    package fileprivate(set) var gaps: [VolatilityGap] = []

    mutating func add(_ method: VolatilityEstimate.Method, _ make: () throws -> VolatilityEstimate) {
      do {
        let estimate = try make()
        guard estimate.annual.isPositive, estimate.annual < VolatilityForecast.absurd else {
          return gaps.append(VolatilityGap(method, .absurd, "\(estimate.annual) a year"))
        }
        estimates.append(estimate)
      } catch let gap as VolatilityGap {
        gaps.append(gap)
      } catch QuantError.notConverged {
        gaps.append(VolatilityGap(method, .notConverged, "the fit did not settle"))
      } catch {
        gaps.append(VolatilityGap(method, .notCalculable, "\(error)"))
      }
    }
  }

  /// Days from which GARCH is fitted: with fewer, what it says of how long a shock lasts is mostly chance (its standard
  /// error is above a tenth).
  package static let leastGARCHDays = 100
  /// Daily variances from which HAR is fitted: the month that it looks back at, and as much again to learn from.
  package static let leastHARDays = 44
  /// Returns from which an exponentially weighted variance is told: a day's.
  package static let leastEWMAReturns = 24
  /// RiskMetrics 1996, for daily returns: half the weight is of the last eleven days.
  package static let lambda = 0.94
  /// A forecast above this multiple of the wildest day that it was fitted to says that the fit is broken.
  private static let wildest = 2.0

  /// What was made for one state of the history.
  private struct Fits {
    let days: DailySeries
    let garch: Swift.Result<GARCHEstimate, QuantError>
    let har: Swift.Result<HAR, QuantError>
  }
  private var fits: (key: Key, made: Fits)?
  private var last: (key: Key, horizonDays: Int, methods: [VolatilityEstimate.Method], result: Result)?

  /// Which closes something was made from. Histories grow at either end and change nowhere else.
  private struct Key: Hashable {
    let first: UInt32
    let last: UInt32
    let count: Int
  }

  package init() {}

  /// - Parameters:
  ///   - methods: of those that look at closes; others are ignored.
  ///   - horizonDays: how far ahead GARCH looks: the expected time to the next correction.
  ///   - now: unix seconds; the running hour and day are not looked at.
  package mutating func estimates(
    of closes: HourlyCloses, _ methods: [VolatilityEstimate.Method], horizonDays: Int, atSeconds now: UInt64
  ) -> Result {
    let finished = closes.finished(atSeconds: now)
    guard let key = Self.key(finished) else {
      var result = Result()
      for method in methods where method.looksAtCloses {
        result.gaps.append(VolatilityGap(method, .historyTooShort, "no hourly closes yet"))
      }
      return result
    }
    if let last, last.key == key, last.horizonDays == horizonDays, last.methods == methods { return last.result }
    var result = Result()
    if methods.contains(.ewma) { result.add(.ewma) { try Self.weighted(finished, closes.words(finished.count)) } }
    if methods.contains(.garch) || methods.contains(.har) {
      let fits = fits(finished, atSeconds: now)
      if methods.contains(.garch) { result.add(.garch) { try Self.garch(fits, horizonDays) } }
      if methods.contains(.har) { result.add(.har) { try Self.har(fits) } }
    }
    last = (key, horizonDays, methods, result)
    return result
  }

  private static func key(_ closes: ArraySlice<HourlyCloses.Close>) -> Key? {
    guard let first = closes.first, let last = closes.last else { return nil }
    return Key(first: first.hour, last: last.hour, count: closes.count)
  }

  // MARK: the methods

  /// Each return counts by its length in days, begun from the whole history's mean.
  private static func weighted(_ closes: ArraySlice<HourlyCloses.Close>, _ words: String) throws -> VolatilityEstimate {
    var squares = 0.0
    var days = 0.0
    let steps = zip(closes, closes.dropFirst()).map { close, next in
      (move: next.price.logReturn(since: close.price), days: Double(next.hour - close.hour) / 24)
    }
    guard steps.count >= leastEWMAReturns else {
      throw VolatilityGap(.ewma, .historyTooShort, "\(steps.count) of \(leastEWMAReturns) hourly returns")
    }
    for step in steps {
      squares += step.move * step.move
      days += step.days
    }
    var average = try EWMA(lambda: lambda, variance: squares / days)
    for step in steps { try average.update(return: step.move, periods: step.days) }
    return try VolatilityEstimate(.ewma, annual: annual(average.variance), source: "λ 0.94 a day, \(words)")
  }

  private static func garch(_ fits: Fits, _ horizonDays: Int) throws -> VolatilityEstimate {
    let returns = fits.days.returns.count
    guard returns >= leastGARCHDays else {
      throw VolatilityGap(.garch, .historyTooShort, "\(returns) of \(leastGARCHDays) daily returns")
    }
    let fit = try fits.garch.get()
    let variance = try fit.model.averageForecast(variance: fit.nextVariance, periods: max(horizonDays, 1))
    try fits.days.believe(variance, .garch, within: wildest)
    return try VolatilityEstimate(
      .garch, annual: annual(variance), source: "over \(max(horizonDays, 1)) days, fitted to \(returns) daily returns")
  }

  private static func har(_ fits: Fits) throws -> VolatilityEstimate {
    let days = fits.days.variances.count
    guard days >= leastHARDays else {
      throw VolatilityGap(.har, .historyTooShort, "\(days) of \(leastHARDays) days of hourly returns")
    }
    let variance = try fits.har.get().forecast
    try fits.days.believe(variance, .har, within: wildest)
    return try VolatilityEstimate(.har, annual: annual(variance), source: "a day ahead, fitted to \(days) days")
  }

  private static func annual(_ dailyVariance: Double) -> Double { (dailyVariance * 365).squareRoot() }

  private mutating func fits(_ closes: ArraySlice<HourlyCloses.Close>, atSeconds now: UInt64) -> Fits {
    let today = UInt32(clamping: now / 86_400)
    let past = closes.prefix(while: { $0.hour / 24 < today })
    let key = Self.key(past) ?? Key(first: 0, last: 0, count: 0)
    if let fits, fits.key == key { return fits.made }
    let days = DailySeries(past)
    let made = Fits(
      days: days,
      garch: Swift.Result { () throws(QuantError) in
        guard days.returns.count >= Self.leastGARCHDays else { throw .outOfRange("number of returns", needs: "more") }
        return try GARCHEstimate(returns: days.returns)
      },
      har: Swift.Result { () throws(QuantError) in
        guard days.variances.count >= Self.leastHARDays else { throw .outOfRange("number of days", needs: "more") }
        return try HAR(days.variances, scale: .logarithms)
      })
    fits = (key, made)
    return made
  }
}

/// Finished days: from close to close, and the variance within each.
private struct DailySeries {
  /// From one day's close to the next's, where both days have one.
  var returns: [Double] = []
  /// Realised variance of each day that was seen nearly whole.
  var variances: [Double] = []

  /// A day's close is of its last four hours, so that a return is of a day and not of much less.
  private static let closingHour: UInt32 = 20
  /// Of 24 hourly returns; the missing ones are taken to be like the others.
  private static let leastReturns = 20

  init(_ closes: ArraySlice<HourlyCloses.Close>) {
    var before: (day: UInt32, price: LogPrice)?
    var day: (number: UInt32, squares: Double, returns: Int, close: LogPrice?)?
    var previous: HourlyCloses.Close?
    for close in closes {
      let number = close.hour / 24
      if let done = day, done.number != number {
        before = take(done, after: before)
        day = nil
      }
      var today = day ?? (number, 0, 0, nil)
      if let previous, previous.hour &+ 1 == close.hour {
        let move = close.price.logReturn(since: previous.price)
        today.squares += move * move
        today.returns += 1
      }
      if close.hour % 24 >= Self.closingHour { today.close = close.price }
      day = today
      previous = close
    }
    if let day { _ = take(day, after: before) }
  }

  /// - Returns: the day's close, to count the next day's return from.
  private mutating func take(
    _ day: (number: UInt32, squares: Double, returns: Int, close: LogPrice?),
    after before: (day: UInt32, price: LogPrice)?
  ) -> (day: UInt32, price: LogPrice)? {
    // A day on which nothing moved is a feed's, not a market's, and has no logarithm.
    if day.returns >= Self.leastReturns, day.squares > 0 {
      variances.append(day.squares * 24 / Double(day.returns))
    }
    guard let close = day.close else { return nil }
    if let before, before.day + 1 == day.number { returns.append(close.logReturn(since: before.price)) }
    return (day.number, close)
  }

  /// - Throws: where a forecast is beyond anything that it was fitted to.
  func believe(_ variance: Double, _ method: VolatilityEstimate.Method, within factor: Double) throws(VolatilityGap) {
    let wildest = max(variances.max() ?? 0, returns.map { $0 * $0 }.max() ?? 0)
    guard variance > 0, variance <= factor * factor * wildest else {
      throw VolatilityGap(method, .absurd, "beyond twice the wildest day it was fitted to")
    }
  }
}

/// An estimate that there is none of, and why.
package struct VolatilityGap: Error, Hashable, Sendable, Codable {
  package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
    /// The history does not go back far enough yet.
    case historyTooShort
    /// A fit did not come to rest.
    case notConverged
    /// The number is beyond anything that a market has shown.
    case absurd
    /// The formula has no value for this history, such as one in which the price never moved.
    case notCalculable
    /// No option has a mark that is young enough.
    case noMarks
  }

  package let method: VolatilityEstimate.Method
  package let reason: Reason
  /// With the numbers.
  package let detail: String

  package init(_ method: VolatilityEstimate.Method, _ reason: Reason, _ detail: String) {
    self.method = method
    self.reason = reason
    self.detail = detail
  }
}

extension VolatilityEstimate.Method {
  var looksAtCloses: Bool { [.ewma, .garch, .har].contains(self) }
}

extension KeyedDecodingContainer {
  func decode(_ type: [VolatilityGap].Type, forKey key: Key) throws -> [VolatilityGap] {
    try decodeIfPresent(type, forKey: key) ?? []
  }
}

extension KeyedEncodingContainer {
  mutating func encode(_ value: [VolatilityGap], forKey key: Key) throws {
    try encodeIfPresent(value.isEmpty ? nil : value, forKey: key)
  }
}
