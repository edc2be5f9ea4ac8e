import Contracts
import Foundation
import Testing

@testable import Decision

/// The laboratory's back-test on a price that only chance moves: through assessment and calibration as they are.
struct BacktestTests {
  private static func backtest() throws -> Backtest {
    // Two books, after a month for the volatility to settle.
    Backtest(try HourlyPrices.generated(hours: 30 * 24 + 15 * 24 + 30 * 24, volatility: 0.8, seed: 7))
  }

  @Test func theAdaptiveBandIsTheCheapestAtItsDeviation() throws {
    let backtest = try Self.backtest()
    #expect(backtest.books.count == 2)
    let rows = try backtest.rows(
      simple: [Backtest.clock(hours: 24), Backtest.fixed("0.05", .centre)],
      adaptive: ["0.012", "0.025", "0.05", "0.1"].map { try Backtest.adaptive($0) }, settings: [Backtest.settings[0]])
    let findings = Backtest.findings(rows)
    #expect(findings.count == 4)
    for finding in findings { #expect(finding.passed, "\(finding.what): \(finding.ours)") }
  }

  /// What a fixed band reset to the centre does is known without a program: it trades at each look beyond the width.
  @Test func aFixedBandDoesWhatItSays() throws {
    let book = try #require(try Self.backtest().books.first)
    let narrow = try book.hedged(by: Backtest.fixed("0.02", .centre), Backtest.settings[0])
    let wide = try book.hedged(by: Backtest.fixed("0.08", .centre), Backtest.settings[0])
    #expect(narrow.trades > 4 * wide.trades)
    #expect(narrow.rootMeanSquare < 0.02 && wide.rootMeanSquare < 0.08)
    #expect(narrow.cost(Backtest.settings[1]) > narrow.cost(Backtest.settings[0]))
  }

  /// 720 hours: at each 24th, the calls are hedged whatever the deviation.
  @Test func aClockTradesByTheClock() throws {
    let book = try #require(try Self.backtest().books.first)
    #expect(try book.hedged(by: Backtest.clock(hours: 24), Backtest.settings[0]).trades == 30)
  }

  @Test func hoursWithoutAPriceAreLeftOut() throws {
    let prices = try HourlyPrices(
      csv: """
        a heading
        date,symbol,open,high,low,close,volume_btc,volume
        2019-10-17 09-AM,BTCUSD,3,3,3,103,1,1
        2019-10-17 08-AM,BTCUSD,2,2,2,,1,1
        2019-10-17 07-AM,BTCUSD,1,1,1,101,1,1
        """)
    #expect(prices.closes == [101, 103])
    #expect(prices.volatilities.count == 2)
  }
}
