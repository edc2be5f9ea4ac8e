import Contracts
import Decision
import Ethereum
import Testing

@testable import Keeper
@testable import Simulation

/// The native currency's price, read beside everything else at the same block.
@Suite struct NativeFeedTests {
  private func look(_ feed: (VaultSettings) throws -> ChainlinkFeed?) throws -> (seen: Seen, watch: Watch, now: UInt64)
  {
    let wiring = StormWiring(plan: StormPlan(seed: 5).withoutFaults())
    let world = wiring.world(keepsTrace: false)
    world.beginTick(0)
    let keeper = try wiring.keeper(on: StormStore(world), world: world)
    let old = keeper.watches[0]
    let vault = VaultSettings(
      name: old.vault.name, account: old.vault.account, venue: old.vault.venue, reader: old.vault.reader,
      priceFeed: old.vault.priceFeed, quoteFeed: old.vault.quoteFeed, sequencerFeed: old.vault.sequencerFeed,
      policy: old.vault.policy, attemptLimit: old.vault.attemptLimit, nativeFeed: try feed(old.vault))
    var watch = Watch(vault: vault, keeper: old.keeper, node: old.node)
    let now = StormClock(world).now().unixSeconds
    let seen = try watch.observe(hashes: [], heights: [], orders: [], now: now)
    return (seen, watch, now)
  }

  /// The quote's feed stands in for it, so that a mixed-up slice of the answers shows.
  @Test func itsOwnFeedIsReadAndComesBeforeTheBaseAssets() throws {
    let (seen, watch, now) = try look { $0.quoteFeed }
    let price = try #require(seen.observation.quotePrice?.price)
    #expect(seen.observation.nativePrice?.price == price && seen.observation.price.price != price)
    #expect(watch.nativePrice(seen, now: now) == price)
    #expect(seen.observation.venue != nil && !seen.observation.vault.balances.isEmpty)
  }

  @Test func withoutOneTheBaseAssetsPriceCounts() throws {
    let (seen, watch, now) = try look { _ in nil }
    #expect(seen.observation.nativePrice == nil)
    #expect(watch.nativePrice(seen, now: now) == seen.observation.price.price)
  }

  /// Nothing new is promised then where dollars are counted, and all that is promised is still looked after.
  @Test func aFeedThatCannotBeReadIsNoPriceAndNoReasonToSeeNothing() throws {
    let (seen, _, _) = try look { vault in
      // A token is no feed.
      let token = try #require(vault.reader.tokens.compactMap(\.address).first)
      return ChainlinkFeed(address: token, limits: vault.priceFeed.limits)
    }
    #expect(seen.observation.nativePrice == nil)
    #expect(seen.observation.price.price != nil && seen.observation.venue != nil)
  }
}
