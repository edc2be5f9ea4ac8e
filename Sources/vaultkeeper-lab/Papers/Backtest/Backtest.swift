import Contracts
import Decision
import Foundation

/// Three generations of bands on one history of prices, at three settings of costs: who pays what for which deviation.
struct Backtest {
  /// One rule at one cost, averaged over the books.
  struct Row {
    let setting: CostSetting
    let rule: String
    let record: HedgeRecord
    let published: (cost: Double, trades: Double, deviation: Double)?

    var cost: Double { record.cost(setting) }
  }

  static let settings = [
    CostSetting(fee: 0.001, gas: 5), CostSetting(fee: 0.001, gas: 50), CostSetting(fee: 0.003, gas: 5),
  ]

  let books: [CallBook]

  /// As many books as fit, a new one each fifteen days, after a month for the volatility to settle.
  init(_ prices: HourlyPrices) {
    let last = prices.closes.count - CallBook.hours
    books = stride(from: 30 * 24, to: max(last, 30 * 24), by: 15 * 24).map { CallBook(prices: prices, start: $0) }
  }

  func record(_ rule: HedgeRule, _ setting: CostSetting) throws -> HedgeRecord {
    var record = HedgeRecord()
    for book in books { record.add(try book.hedged(by: rule, setting), weight: 1 / Double(books.count)) }
    return record
  }

  // MARK: rules

  /// A part of 100 coins, which is what the books' net asset value is.
  static func fixed(_ width: String, _ reset: FixedBand.Reset) throws -> HedgeRule {
    let band = FixedBand(width: try Ratio(decimal: width), of: .netAssetValue, reset: reset)
    return HedgeRule("Gen1 \(reset.rawValue) \(try percent(width))") { _ in .fixed(band) }
  }

  /// Shut until its time, then open for any deviation at all.
  static func clock(hours: UInt64) -> HedgeRule {
    let band = TimeWeightedBand(
      FixedBand(width: .one, of: .netAssetValue, reset: .centre), minimumIntervalSeconds: hours * 3600 - 1,
      maximumAgeSeconds: hours * 3600)
    return HedgeRule("Gen2 clock \(hours) h") { _ in .timeWeighted(band) }
  }

  /// φ(0)/√30: how far the delta of a 30-day call at the money moves on a day, at any volatility.
  private static let typicalDrift = 0.0728

  /// The tracking error is the one that a deviation of delta of this part of the book makes at the volatility that its
  /// calls were sold at: whoever sells them knows it.
  static func adaptive(_ deviation: String, knowsGas: Bool = true) throws -> HedgeRule {
    let part = try Ratio(decimal: deviation).approximateDouble
    let fallback = FixedBand(width: try Ratio(decimal: "0.05"), of: .netAssetValue, reset: .centre)
    let (narrowest, widest) = (try Ratio(decimal: "0.001"), try Ratio(decimal: "0.5"))
    let flows = try Ratio(decimal: "0.01")
    let name = knowsGas ? "\(adaptiveName) \(try percent(deviation))" : "edge, gas unknown, \(try percent(deviation))"
    return HedgeRule(name, knowsGas: knowsGas) { implied in
      .adaptive(
        AdaptiveBand(
          trackingError: try Ratio(nearest: part * implied, places: 6), narrowest: narrowest, widest: widest,
          flowVolatility: flows, monitoringSeconds: 3600,
          typicalDailyDrift: try Ratio(nearest: typicalDrift, places: 4),
          typicalVolatility: try Ratio(nearest: implied, places: 4), fallback: fallback))
    }
  }

  private static let adaptiveName = "Gen3"

  private static func percent(_ part: String) throws -> String {
    String(format: "%g %%", try Ratio(decimal: part).approximateDouble * 100)
  }

  /// From narrow to wide, so that every other rule's deviation lies between two of them.
  static let deviations = ["0.01", "0.015", "0.02", "0.03", "0.045", "0.065", "0.1"]

  // MARK: the table

  /// Published: cost as a part of the premium, trades, root mean square of the deviation, by setting and rule.
  private static let published: [(setting: Int, rule: String, cost: Double, trades: Double, deviation: Double)] = [
    (0, "Gen2 clock 4 h", 0.0556, 174, 0.018), (0, "Gen2 clock 24 h", 0.0244, 29, 0.049),
    (0, "Gen1 centre 5 %", 0.0311, 28, 0.025), (0, "Gen1 centre 10 %", 0.0219, 11, 0.046),
    (1, "Gen2 clock 24 h", 0.0515, 29, 0.049), (1, "Gen1 centre 5 %", 0.0539, 28, 0.025),
    (1, "Gen1 centre 10 %", 0.0311, 11, 0.046), (2, "Gen1 centre 5 %", 0.0882, 28, 0.025),
    (2, "Gen1 edge 5 %", 0.0692, 110, 0.039),
  ]

  /// Every rule at every setting, in the order of the settings.
  func rows(
    simple: [HedgeRule], adaptive: [HedgeRule], settings: [CostSetting] = Self.settings
  ) throws -> [Row] {
    // What ignores the costs does the same at all of them.
    let shared = try simple.map { try record($0, settings[0]) }
    return try settings.enumerated().flatMap { index, setting in
      let plain = zip(simple, shared).map { rule, record in
        let found = Self.published.first { $0.setting == index && $0.rule == rule.name }
        return Row(
          setting: setting, rule: rule.name, record: record,
          published: found.map { ($0.cost, $0.trades, $0.deviation) })
      }
      return try plain
        + adaptive.map {
          Row(setting: setting, rule: $0.name, record: try record($0, setting), published: nil)
        }
    }
  }

  /// Published of the adaptive band at an aversion to risk of 1e-4 a dollar: cost and deviation, by setting.
  private static let publishedAdaptive: [(cost: Double, deviation: Double)] = [
    (0.0245, 0.026), (0.0353, 0.034), (0.0589, 0.036),
  ]

  /// What each simple rule pays for each dollar that the adaptive band pays: at the same deviation of delta, and at the
  /// same tracking error in dollars.
  static func findings(_ rows: [Row]) -> [Finding] {
    let measures: [(name: String, of: (HedgeRecord) -> Double)] = [
      ("deviation", \.rootMeanSquare), ("tracking error", \.trackingError),
    ]
    return measures.flatMap { measure in
      rows.filter { !$0.rule.hasPrefix(adaptiveName) }.compactMap { row in
        let curve = rows.filter { $0.setting == row.setting && $0.rule.hasPrefix(adaptiveName) }
        let points = curve.map { (measure.of($0.record), $0.cost) }
        guard let cost = interpolated(points, at: measure.of(row.record)) else { return nil }
        return Finding(
          "\(row.setting.name): \(row.rule) ÷ adaptive at its \(measure.name)", row.cost / cost, atLeast: 1)
      }
    }
  }

  /// The adaptive band's cost at the published deviation, in per cent of the premium. Published is the deviation to a
  /// tenth of a per cent, which is 3 % of itself and of the cost.
  static func publishedFindings(_ rows: [Row]) -> [Finding] {
    zip(settings, publishedAdaptive).compactMap { setting, published in
      let curve = rows.filter { $0.setting == setting && $0.rule.hasPrefix(adaptiveName) }
      let points = curve.map { ($0.record.rootMeanSquare, $0.cost) }
      guard let cost = interpolated(points, at: published.deviation) else { return nil }
      return Finding(
        String(format: "%@: Gen3 at a deviation of %.1f %%, cost %%", setting.name, published.deviation * 100),
        cost * 100, published: published.cost * 100, withinPart: 0.03)
    }
  }

  /// Cost at a deviation, along a curve of widths: straight between logarithms, as cost is a power of the width.
  private static func interpolated(_ curve: [(deviation: Double, cost: Double)], at deviation: Double) -> Double? {
    let points = curve.map { (x: log($0.deviation), y: log($0.cost)) }.sorted { $0.x < $1.x }
    let x = log(deviation)
    for (low, high) in zip(points, points.dropFirst()) where low.x <= x && x <= high.x && low.x < high.x {
      return exp(low.y + (high.y - low.y) * (x - low.x) / (high.x - low.x))
    }
    return nil
  }
}
