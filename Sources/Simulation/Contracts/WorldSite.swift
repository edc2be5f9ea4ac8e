import Contracts
import Ethereum

/// What stands where in a world, and what of it never changes. One object shared by all copies of a world.
final class WorldSite: Sendable {
  let plan: WorldPlan
  let keys: VenueKeys
  /// Of the vault's holder, so that no read hashes them again.
  let holderOrders, holderPositions: Bytes32
  private let kinds: SortedMap<Address, ContractKind>
  private let codes: [[UInt8]]

  init(_ plan: WorldPlan) {
    self.plan = plan
    let addresses = plan.addresses
    keys = VenueKeys(
      market: addresses.market, longToken: addresses.wrappedNative, shortToken: addresses.quoteToken)
    holderOrders = VenueKeys.accountOrders(plan.holder)
    holderPositions = VenueKeys.accountPositions(plan.holder)
    var kinds = SortedMap<Address, ContractKind>()
    for kind in ContractKind.allCases where kind.stands(in: plan) { kinds[kind.address(in: addresses)] = kind }
    if let sibling = plan.sibling {
      for (address, kind) in [
        (sibling.safe, ContractKind.safe), (sibling.roles, .roles), (sibling.shareToken, .shareToken),
      ] {
        kinds[address] = kind
      }
    }
    self.kinds = kinds
    codes = ContractKind.allCases.map(\.code)
  }

  /// The contract at an address; nil where there is no code.
  func kind(at address: Address) -> ContractKind? { kinds[address] }

  /// The contract whose runtime code this is; nil for code that no contract here has.
  func kind(ofCode code: [UInt8]) -> ContractKind? {
    codes.firstIndex(of: code).map { ContractKind.allCases[$0] }
  }

  func code(of kind: ContractKind) -> [UInt8] { codes[kind.rawValue] }
}

/// The contracts of a world.
enum ContractKind: Int, CaseIterable, Sendable {
  case multicall3, wrappedNative, quoteToken, baseFeed, quoteFeed, sequencerFeed, shareToken
  case safe, roles, multiSend, unwrapper
  case exchangeRouter, router, dataStore, reader, orderVault, eventEmitter, roleStore, referralStorage
  case orderHandler, positionHandler, oracle, market

  func stands(in plan: WorldPlan) -> Bool {
    switch self {
    case .safe, .roles, .multiSend, .unwrapper: plan.account == .safeRoles
    default: true
    }
  }

  func address(in addresses: WorldAddresses) -> Address {
    switch self {
    case .multicall3: MulticallBatch.canonicalAddress
    case .wrappedNative: addresses.wrappedNative
    case .quoteToken: addresses.quoteToken
    case .baseFeed: addresses.baseFeed
    case .quoteFeed: addresses.quoteFeed
    case .sequencerFeed: addresses.sequencerFeed
    case .shareToken: addresses.shareToken
    case .safe: addresses.safe
    case .roles: addresses.roles
    case .multiSend: addresses.multiSend
    case .unwrapper: addresses.unwrapper
    case .exchangeRouter: addresses.exchangeRouter
    case .router: addresses.router
    case .dataStore: addresses.dataStore
    case .reader: addresses.reader
    case .orderVault: addresses.orderVault
    case .eventEmitter: addresses.eventEmitter
    case .roleStore: addresses.roleStore
    case .referralStorage: addresses.referralStorage
    case .orderHandler: addresses.orderHandler
    case .positionHandler: addresses.positionHandler
    case .oracle: addresses.oracle
    case .market: addresses.market
    }
  }

  /// Bytes that stand for the runtime code: nobody executes them, but they are not empty, they differ, and an override
  /// with them makes any address this contract. They begin as Solidity's output does.
  fileprivate var code: [UInt8] {
    [0x60, 0x80, 0x60, 0x40, 0x52] + Keccak256.hash(utf8: "runtime code of the simulated \(self)").bytes
  }
}

/// Functions that the simulated contracts have, by their selectors. A test derives each from its signature.
enum Selector: UInt32, CaseIterable, Sendable {
  // Multicall3
  case aggregate3 = 0x82ad_56cb
  case aggregate3Value = 0x174d_ea71
  case getEthBalance = 0x4d23_01cc
  case getBlockNumber = 0x42cb_b15c
  case getCurrentBlockTimestamp = 0x0f28_c97d
  case getBasefee = 0x3e64_a696
  case getChainId = 0x3408_e470
  // Tokens
  case balanceOf = 0x70a0_8231
  case allowance = 0xdd62_ed3e
  case decimals = 0x313c_e567
  case symbol = 0x95d8_9b41
  case totalSupply = 0x1816_0ddd
  case approve = 0x095e_a7b3
  case transfer = 0xa905_9cbb
  case transferFrom = 0x23b8_72dd
  case deposit = 0xd0e3_0db0
  case withdraw = 0x2e1a_7d4d
  // Feeds, shares
  case latestRoundData = 0xfeaf_968c
  case latestAnswer = 0x50d2_5bcd
  case description = 0x7284_e416
  case asset = 0x38d5_2e0f
  case totalAssets = 0x01e1_d114
  case convertToAssets = 0x07a2_d13a
  case paused = 0x5c97_5abb
  // Safe and Roles
  case isModuleEnabled = 0x2d9a_d53d
  case nonce = 0xaffe_d0e0
  case getThreshold = 0xe752_35b8
  case getOwners = 0xa0e6_7e2b
  case version = 0xffa1_ad74
  case execTransactionFromModule = 0x468721a7
  case execTransactionWithRole = 0xc6fe_8747
  case allowances = 0x5e7c_9fe8
  case avatar = 0x5aef_7de6
  case target = 0xd4b8_3992
  case owner = 0x8da5_cb5b
  case multiSend = 0x8d80_ff0a
  // The venue
  case getUint = 0xbd02_d0f5
  case getInt = 0xdc97_d962
  case getBool = 0x7ae1_cfca
  case getBytes32Count = 0xf390_3b9f
  case hasRole = 0xac4a_b3fb
  case getMarket = 0x714a_f34b
  case getAccountPositions = 0x77cf_b162
  case getAccountOrders = 0x42a6_f8d3
  case getMarketInfo = 0x847b_b469
  case getExecutionPrice = 0x6890_31a2
  case getPositionInfo = 0x0815_bce1
  case routerMulticall = 0xac96_50d8
  case sendWnt = 0x7d39_aaf1
  case sendTokens = 0xe6d6_6ac8
  case createOrder = 0xf59c_48eb
  case updateOrder = 0xdd5b_aad2
  case cancelOrder = 0x7489_ec23
  case claimFundingFees = 0xc41b_1ab3
  case dataStore = 0x660d_0d67
  case orderHandler = 0xb584_8305
  case router = 0xf887_ea40

  /// Whether it leaves everything as it is, so that a frame around it needs no way back.
  var isRead: Bool {
    switch self {
    case .aggregate3, .aggregate3Value, .approve, .transfer, .transferFrom, .deposit, .withdraw,
      .execTransactionFromModule, .execTransactionWithRole, .multiSend, .routerMulticall, .sendWnt, .sendTokens,
      .createOrder, .updateOrder, .cancelOrder, .claimFundingFees:
      false
    default: true
    }
  }
}
