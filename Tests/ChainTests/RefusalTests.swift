import Ethereum
import Testing

/// Each thing that must stop the keeper does, under its code, and when it is over the keeper goes on.
@Suite(.serialized)
struct RefusalTests {
  @Test func whatIsWrongStopsIt() throws {
    let chain = try DevChain(feedsAreFresh: false)
    var settings = KeeperSettings()
    settings.headAge = "10m"
    let keeper = try KeeperProcess(chain, settings)
    try expect(.headTooOld, chain, keeper)
    settings.headAge = "24h"
    try keeper.configure(settings)

    try expect(.oracleStale, chain, keeper)
    try chain.call("scenario_heartbeat", true)
    try chain.mine(2)

    try chain.call("scenario_pauseVault", true)
    try expect(.vaultPaused, chain, keeper)
    try chain.call("scenario_pauseVault", false)

    try chain.call("scenario_revokeRole", true)
    try expect(.roleMissing, chain, keeper)
    try chain.call("scenario_revokeRole", false)

    for price in [9_500.0, 900.0] {
      try chain.call("scenario_setPrice", "ETH", .number(price))
      try expect(.oracleOutOfBounds, chain, keeper)
    }
    try chain.call("scenario_setPrice", "ETH", 3_000)

    try chain.call("scenario_disableMarket", true)
    try expect(.venueDisabled, chain, keeper)
    try chain.call("scenario_disableMarket", false)

    try chain.call("scenario_setSequencer", false)
    try expect(.sequencerDown, chain, keeper)
    try chain.call("scenario_setSequencer", true)
    // Up again, and its grace of five minutes runs.
    try expect(.sequencerDown, chain, keeper)
    // Blocks mined faster than one a second run ahead of the chain's clock, hence some more.
    try chain.call("evm_increaseTime", 360)
    try chain.mine(2)

    #expect(try chain.pooled().isEmpty)
    let free = try keeper.tick()
    #expect(free.code == "placeLimit", "\(free)")
  }

  private enum Code: String {
    case headTooOld, vaultPaused, roleMissing, oracleOutOfBounds, venueDisabled, oracleStale, sequencerDown
  }

  private func expect(_ code: Code, _ chain: DevChain, _ keeper: KeeperProcess) throws {
    try chain.mine()
    let tick = try keeper.tick()
    #expect(tick.code == code.rawValue, "\(tick)")
    #expect(tick.ending == "refused")
    #expect(try chain.keeperNonce() == 0)
    #expect(try chain.pooled().isEmpty)
  }
}
