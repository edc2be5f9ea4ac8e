package import Ethereum

/// How a simulated world is at its beginning. Every number is drawn outside and handed in; the defaults are the numbers
/// of the dev chain's scenario (20 ETH at 3,000 USD and 40,000 USDC, a market as ETH/USD on Arbitrum), so that both
/// stages play one piece.
package struct WorldPlan: Sendable {
  package enum AccountKind: String, Hashable, Sendable, CaseIterable {
    /// The keeper's own address holds the assets.
    case eoa
    /// A Safe holds them and the keeper acts through a role of the Roles modifier.
    case safeRoles
  }

  /// The address of the key that signs.
  package var keeper: Address
  package var account: AccountKind
  package var chainID: UInt64
  /// Unix seconds of the state before the first block; the first rounds of the feeds carry it.
  package var genesisTime: UInt64
  package var addresses = WorldAddresses.standard
  package var roleKey: Bytes32

  /// What the keeper has for gas; with `.eoa` this is also what the vault has.
  package var keeperWei: UInt256
  /// Native currency of the Safe, for execution fees. Not used with `.eoa`.
  package var safeWei: UInt256
  /// Wrapped ether of the vault.
  package var baseUnits: UInt256
  /// Dollars of the vault, six decimals.
  package var quoteUnits: UInt256
  /// What the market's pool holds to pay profits from.
  package var poolBaseUnits: UInt256
  package var poolQuoteUnits: UInt256

  /// Answers of the feeds, eight decimals.
  package var baseAnswer: UInt64
  package var quoteAnswer: UInt64
  /// The first round's number. A real feed's is large, since the upper half names the aggregator.
  package var firstRound: UInt64
  /// Most wei of execution fees that the role may send within a day.
  package var feeAllowanceWei: UInt256
  package var market: MarketPlan
  /// A second vault of the same key; only beside a Safe.
  package var sibling: SiblingPlan?

  package init(
    keeper: Address, account: AccountKind, chainID: UInt64 = 7_777_777_777, genesisTime: UInt64 = 1_700_000_000
  ) {
    self.keeper = keeper
    self.account = account
    self.chainID = chainID
    self.genesisTime = genesisTime
    roleKey = Self.standardRoleKey
    let ether: UInt256 = 1_000_000_000_000_000_000
    let dollar: UInt256 = 1_000_000
    func times(_ count: UInt64, _ unit: UInt256) -> UInt256 {
      unit.multipliedReportingOverflow(by: UInt256(count)).value
    }
    keeperWei = times(5, ether)
    safeWei = ether
    baseUnits = times(19, ether)
    quoteUnits = times(40_000, dollar)
    poolBaseUnits = times(1_000, ether)
    poolQuoteUnits = times(5_000_000, dollar)
    baseAnswer = 300_000_000_000
    quoteAnswer = 100_000_000
    firstRound = 18_446_744_073_709_551_000 / 2
    feeAllowanceWei = 500_000_000_000_000_000
    market = MarketPlan()
  }

  /// Who holds the vault's assets.
  package var holder: Address { account == .eoa ? keeper : addresses.safe }

  /// "vaultkeeper-hedge" padded to a word.
  private static let standardRoleKey: Bytes32 = {
    let name = Array("vaultkeeper-hedge".utf8)
    do { return try Bytes32(bytes: name + [UInt8](repeating: 0, count: 32 - name.count)) } catch {
      preconditionFailure("the name of the role fits a word: \(error)")
    }
  }()
}

/// The terms of the one market, as its contracts hold them. Factors have 30 decimals.
package struct MarketPlan: Hashable, Sendable {
  /// Gas that an execution fee must pay for: base, plus three oracle prices, plus the order's own.
  package var gasBase: UInt64 = 600_000
  package var gasPerOraclePrice: UInt64 = 250_000
  package var increaseGas: UInt64 = 3_000_000
  package var decreaseGas: UInt64 = 3_000_000
  /// Gas that the order keeper reports for an execution, beside base and prices.
  package var executionGasUsed: UInt64 = 1_900_000
  /// How long a market order cannot be cancelled.
  package var requestExpirationSeconds: UInt64 = 300
  package var sequencerGraceSeconds: UInt64 = 300
  package var minimumCollateralUsd: UInt64 = 1
  package var minimumPositionUsd: UInt64 = 1
  /// Hundredths of a percent of the size.
  package var collateralFactorBasisPoints: UInt64 = 100
  package var liquidationFactorBasisPoints: UInt64 = 50
  package var improvingFeeBasisPoints: UInt64 = 4
  package var worseningFeeBasisPoints: UInt64 = 6
  /// Price impact is this times the square of the imbalance in dollars, in units of 10^-10 per dollar squared: with 3
  /// it is 0.9 USD on a trade of 60,000 USD.
  package var improvingImpact: UInt64 = 2
  package var worseningImpact: UInt64 = 3
  /// Parts per million a year; positive when longs pay shorts.
  package var fundingPerYear: Int64 = 30_000
  package var borrowingPerYear: UInt64 = 10_000
  /// Open interest of others on each side.
  package var longInterestUsd: UInt64 = 2_000_000
  package var shortInterestUsd: UInt64 = 2_000_000
  /// Whether positions that are due are closed when the order keeper runs.
  package var liquidates = true

  package init() {}
}

/// Where the contracts of a simulated world stand. Multicall3 stands at its canonical address.
package struct WorldAddresses: Hashable, Sendable {
  package var wrappedNative, quoteToken, baseFeed, quoteFeed, sequencerFeed, shareToken: Address
  package var safe, roles, multiSend, unwrapper, safeOwner: Address
  package var exchangeRouter, router, dataStore, reader, orderVault, eventEmitter, roleStore: Address
  package var referralStorage, orderHandler, positionHandler, oracle, market: Address
  /// Who executes orders and is paid for it.
  package var orderKeeper: Address

  /// Made from the names, so that they differ from everybody's real addresses and are the same in every run.
  package static let standard: WorldAddresses = {
    func named(_ name: String) -> Address {
      Address(word: Keccak256.hash(utf8: "vaultkeeper simulated " + name).word)
    }
    return WorldAddresses(
      wrappedNative: named("WETH"), quoteToken: named("USDC"), baseFeed: named("ETH / USD"),
      quoteFeed: named("USDC / USD"), sequencerFeed: named("sequencer"), shareToken: named("shares"),
      safe: named("Safe"), roles: named("Roles"), multiSend: named("MultiSendCallOnly"),
      unwrapper: named("MultiSendUnwrapper"), safeOwner: named("owner"), exchangeRouter: named("ExchangeRouter"),
      router: named("Router"), dataStore: named("DataStore"), reader: named("Reader"),
      orderVault: named("OrderVault"), eventEmitter: named("EventEmitter"), roleStore: named("RoleStore"),
      referralStorage: named("ReferralStorage"), orderHandler: named("OrderHandler"),
      positionHandler: named("PositionHandler"), oracle: named("Oracle"), market: named("Market"),
      orderKeeper: named("order keeper"))
  }()
}
