import Contracts
import Ethereum
import Foundation
import Keeper
import Outbox
import Testing

@testable import vaultkeeper

/// What gas may cost: in an hour, in a day, in dollars.
@Suite struct GasConfigurationTests {
  private static let written =
    ", perHour: 0.2 ether, perDayUsd: 900 USD, nativeFeed: {feed: \"0xACa94ef8bD5ffEE41947b4585a84BdA5a3d3DA6E\", "
    + "heartbeat: 1h, margin: 3m, minimum: 90, maximum: 90000}"

  @Test func everyKeyIsRead() throws {
    let chain = try #require(try Fixtures.read(Fixtures.full()).chains.first)
    let hour = GasWindow(seconds: 3_600, wei: 200_000_000_000_000_000)
    #expect(chain.lane.gasWindows == [hour, GasWindow(seconds: 86_400, wei: chain.gas.perDayWei)])
    #expect(chain.lane.gasQuotePerDay == (try Usd(decimal: "900")).raw.magnitude)
    #expect(chain.gas.nativeFeed?.limits.maximumAgeSeconds == 3_780)
  }

  @Test func theFeedReachesEveryVaultOfTheChain() throws {
    let bench = try Workbench()
    defer { do { try bench.remove() } catch { Issue.record("\(error)") } }
    try bench.configure()
    let file = try ConfigurationFile.read(bench.folder.appendingPathComponent("keeper.yaml").path)
    let vault = try #require(try Deployment(file).chains.first?.vaults.first)
    #expect(vault.nativeFeed?.address == file.configuration.chains[0].gas.nativeFeed?.address)
    #expect(vault.nativeFeed?.limits == file.configuration.chains[0].gas.nativeFeed?.limits)
  }

  /// 4,000,000 gas at 100 gwei are 0.4 ether an act.
  @Test(arguments: [
    ("0.5 ether", "0.5 ether"), ("1 ether", "0.8 ether"), ("2 ether", "0.8 ether"), ("40 ether", "10 ether"),
  ])
  func anHourMayCostAQuarterOfADayAndNeverLessThanTwoActs(perDay: String, perHour: String) throws {
    let text = try Fixtures.full(Self.written, "").replacingOccurrences(of: "0.5 ether", with: perDay)
    let chain = try #require(try Fixtures.read(text).chains.first)
    guard case .value(let wei) = Form<UInt256>.wei().parse(perHour) else {
      Issue.record("\(perHour)")
      return
    }
    #expect(chain.gas.perHourWei == wei && chain.lane.gasWindows.first == GasWindow(seconds: 3_600, wei: wei))
    #expect(chain.gas.perDayUsd == nil && chain.lane.gasQuotePerDay == nil && chain.gas.nativeFeed == nil)
  }

  @Test func dollarsNeedAPriceOfTheCoin() throws {
    // The base asset is the coin itself.
    let own = try Fixtures.full(Self.written, ", perDayUsd: 900 USD")
    #expect(Fixtures.problems(own) == [])
    let other = own.replacingOccurrences(of: "        - native\n", with: "")
    #expect(
      Fixtures.problems(other) == [
        "test.yaml:13:5: chains[0].gas.nativeFeed: perDayUsd needs the native coin's price, and the base asset of vault "
          + "\"first-light\" is another; name the coin's feed, or take perDayUsd out"
      ])
    #expect(Fixtures.problems(try Fixtures.full("        - native\n", "")) == [])
  }
}
