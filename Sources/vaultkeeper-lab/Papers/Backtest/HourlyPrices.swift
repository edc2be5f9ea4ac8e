import Foundation
import Quant

/// Closing prices an hour apart, oldest first, and what volatility an observer would have said at each.
struct HourlyPrices {
  let closes: [Double]
  /// Exponentially weighted over days (λ 0.94 a day), per √year.
  let volatilities: [Double]

  static let fileName = "coinbase_btcusd_1h_2017_2019.csv"

  init(closes: [Double]) throws {
    self.closes = closes
    let decay = 0.94
    // Begun with the variance of the first three days, per day.
    let start = zip(closes, closes.dropFirst()).prefix(72).map { log($1 / $0) }
    guard !start.isEmpty else { throw QuantError.outOfRange("number of prices", needs: "two or more") }
    let variance = start.reduce(0) { $0 + $1 * $1 } / Double(start.count) * 24
    var ewma = try EWMA(lambda: decay, variance: variance)
    var volatilities = [(variance * 365).squareRoot()]
    for (before, after) in zip(closes, closes.dropFirst()) {
      try ewma.update(return: log(after / before), periods: 1.0 / 24)
      volatilities.append((ewma.variance * 365).squareRoot())
    }
    self.volatilities = volatilities
  }

  /// A file as cryptodatadownload.com gives it: two lines of heading, newest first, the close in the sixth column.
  /// Hours that are missing are left out.
  init(csv text: String) throws {
    let closes = text.split(whereSeparator: \.isNewline).dropFirst(2).compactMap { line -> Double? in
      let columns = line.split(separator: ",", omittingEmptySubsequences: false)
      guard columns.count > 5, let close = Double(columns[5]), close > 0 else { return nil }
      return close
    }
    try self.init(closes: closes.reversed())
  }

  /// A price that only chance moves, for tests: no file is needed.
  static func generated(hours: Int, volatility: Double, seed: UInt64) throws -> HourlyPrices {
    var normals = NormalDraws(seed: seed)
    let step = volatility * (1.0 / 8760).squareRoot()
    var price = 7000.0
    var closes = [price]
    for _ in 0..<hours {
      price *= exp(step * normals.next() - 0.5 * step * step)
      closes.append(price)
    }
    return try HourlyPrices(closes: closes)
  }
}
