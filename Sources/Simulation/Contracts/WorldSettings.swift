package import Contracts
package import Ethereum

/// What the keeper needs to know of a simulated world, in the production types: the parts of a vault's settings that
/// its configuration would have named.
package struct WorldSettings: Sendable {
  package let account: any Account
  package let venue: GMXv2Venue
  package let reader: VaultReader
  package let priceFeed: ChainlinkFeed
  package let quoteFeed: ChainlinkFeed
  package let sequencerFeed: SequencerFeed
  package let multicall: Address
}

extension WorldPlan {
  /// - Parameters:
  ///   - impactProbe: size of the trade whose impact is asked for with each reading; best the largest clip.
  ///   - heartbeatSeconds: the feeds' promise. An hour is that of Chainlink's ETH / USD on mainnet; five minutes of
  ///     margin is what an update may be late in the dev chain's configuration.
  /// - Throws: where the probe is not more than 0.
  package func settings(
    impactProbe: Usd, heartbeatSeconds: UInt64 = 3_600, marginSeconds: UInt64 = 300
  ) throws(ContractsError) -> WorldSettings {
    let venue = GMXv2Venue(configuration: try configuration(impactProbe: impactProbe))
    let account: any Account =
      switch self.account {
      case .eoa: EOAAccount(holder: keeper, batcher: venue)
      case .safeRoles:
        SafeRolesAccount(
          safe: addresses.safe, roles: addresses.roles, roleKey: roleKey, multiSend: addresses.multiSend)
      }
    let limits = FeedLimits(
      heartbeatSeconds: heartbeatSeconds, marginSeconds: marginSeconds, minimum: nil, maximum: nil)
    let tokens = [
      SpotToken(symbol: "ETH", address: nil, decimals: 18, role: .base),
      SpotToken(symbol: "WETH", address: addresses.wrappedNative, decimals: 18, role: .base),
      SpotToken(symbol: "USDC", address: addresses.quoteToken, decimals: 6, role: .quote),
    ]
    return WorldSettings(
      account: account, venue: venue,
      reader: VaultReader(
        holder: holder, tokens: tokens, erc4626: addresses.shareToken, pausable: addresses.shareToken),
      priceFeed: ChainlinkFeed(address: addresses.baseFeed, limits: limits),
      quoteFeed: ChainlinkFeed(address: addresses.quoteFeed, limits: limits),
      sequencerFeed: SequencerFeed(
        address: addresses.sequencerFeed, graceSeconds: market.sequencerGraceSeconds),
      multicall: MulticallBatch.canonicalAddress)
  }

  private func configuration(impactProbe: Usd) throws(ContractsError) -> GMXv2Configuration {
    let ether = GMXv2Configuration.Token(symbol: "WETH", address: addresses.wrappedNative, decimals: 18)
    let dollar = GMXv2Configuration.Token(symbol: "USDC", address: addresses.quoteToken, decimals: 6)
    return try GMXv2Configuration(
      deployment: .init(
        exchangeRouter: addresses.exchangeRouter, router: addresses.router, dataStore: addresses.dataStore,
        reader: addresses.reader, orderVault: addresses.orderVault, eventEmitter: addresses.eventEmitter,
        roleStore: addresses.roleStore, referralStorage: addresses.referralStorage),
      market: addresses.market, indexToken: ether, longToken: ether, shortToken: dollar, longPricing: .index,
      shortPricing: .collateral, collateral: addresses.quoteToken, impactProbe: impactProbe)
  }
}
