import Contracts
import Decision
import Foundation

/// The back-test's rules, and its table beside the published one.
struct BacktestReport {
  let result: PaperResult

  init(_ backtest: Backtest) throws {
    let rows = try backtest.rows(
      simple: [
        Backtest.clock(hours: 4), Backtest.clock(hours: 24), Backtest.fixed("0.05", .centre),
        Backtest.fixed("0.1", .centre), Backtest.fixed("0.05", .edge),
      ],
      adaptive: [Backtest.adaptive("0.025", knowsGas: false)]
        + Backtest.deviations.map { try Backtest.adaptive($0) })
    let heading = [
      "cost", "rule", "cost, % of premium", "published", "trades", "published", "RMS deviation, %", "published",
      "tracking error, %",
    ]
    let table = rows.map { row in
      [
        row.setting.name, row.rule, Self.percent(row.cost), row.published.map { Self.percent($0.cost) } ?? "",
        String(format: "%.0f", row.record.trades), row.published.map { String(format: "%.0f", $0.trades) } ?? "",
        Self.percent(row.record.rootMeanSquare), row.published.map { Self.percent($0.deviation) } ?? "",
        Self.percent(row.record.trackingError),
      ]
    }
    result = PaperResult(
      findings: [Finding("books", Double(backtest.books.count), published: 52, within: 0)]
        + Backtest.publishedFindings(rows)
        + Backtest.findings(rows),
      table: [heading] + table)
  }

  private static func percent(_ part: Double) -> String { String(format: "%.2f", part * 100) }
}
