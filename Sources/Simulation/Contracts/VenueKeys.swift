import Ethereum

/// Keys of GMX's DataStore, hashed once: keccak256(abi.encode("NAME")), with arguments keccak256(abi.encode(that,
/// arguments…)).
struct VenueKeys: Sendable {
  /// A value for longs and one for shorts, or for improving and worsening trades.
  struct Pair: Sendable {
    let yes, no: Bytes32
    subscript(_ flag: Bool) -> Bytes32 { flag ? yes : no }
  }

  /// By collateral token, then by side.
  struct TokenPairs: Sendable {
    let long, short: Pair
    func of(longToken: Bool) -> Pair { longToken ? long : short }
  }

  let market: Address
  let nonce = named("NONCE")
  let orderList = named("ORDER_LIST")
  let positionList = named("POSITION_LIST")
  let gasBase = named("ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1")
  let gasPerOraclePrice = named("ESTIMATED_GAS_FEE_PER_ORACLE_PRICE")
  let gasMultiplier = named("ESTIMATED_GAS_FEE_MULTIPLIER_FACTOR")
  let paidGasBase = named("EXECUTION_GAS_FEE_BASE_AMOUNT_V2_1")
  let paidGasPerOraclePrice = named("EXECUTION_GAS_FEE_PER_ORACLE_PRICE")
  let paidGasMultiplier = named("EXECUTION_GAS_FEE_MULTIPLIER_FACTOR")
  let increaseGas = named("INCREASE_ORDER_GAS_LIMIT")
  let decreaseGas = named("DECREASE_ORDER_GAS_LIMIT")
  let requestExpiration = named("REQUEST_EXPIRATION_TIME")
  let sequencerGrace = named("SEQUENCER_GRACE_DURATION")
  let minimumCollateral = named("MIN_COLLATERAL_USD")
  let minimumPosition = named("MIN_POSITION_SIZE_USD")
  let maximumAutoCancels = named("MAX_AUTO_CANCEL_ORDERS")
  let feeReceiverFactor = named("POSITION_FEE_RECEIVER_FACTOR")
  /// Of the dev chain's stand-in, and of this one: an added cost that moves a fill past its acceptable price.
  let adverseImpact = named("STAND_IN_ADVERSE_IMPACT_FACTOR")
  let controllerRole = named("CONTROLLER")
  let pluginRole = named("ROUTER_PLUGIN")

  let collateralFactor, liquidationFactor, liquidationImpact, isDisabled: Bytes32
  let fundingFactor, fundingUpdatedAt: Bytes32
  let positionFee, impactFactor, borrowingFactor, cumulativeBorrowing, borrowingUpdatedAt: Pair
  let openInterest, openInterestInTokens, fundingFee, claimablePerSize: TokenPairs

  init(market: Address, longToken: Address, shortToken: Address) {
    self.market = market
    func ofMarket(_ name: String) -> Bytes32 { Self.named(name, [.address(market)], [.address]) }
    func ofSide(_ name: String) -> Pair {
      func key(_ flag: Bool) -> Bytes32 {
        Self.named(name, [.address(market), .bool(flag)], [.address, .bool])
      }
      return Pair(yes: key(true), no: key(false))
    }
    func ofTokens(_ name: String) -> TokenPairs {
      func key(_ token: Address, _ flag: Bool) -> Bytes32 {
        Self.named(name, [.address(market), .address(token), .bool(flag)], [.address, .address, .bool])
      }
      return TokenPairs(
        long: Pair(yes: key(longToken, true), no: key(longToken, false)),
        short: Pair(yes: key(shortToken, true), no: key(shortToken, false)))
    }
    collateralFactor = ofMarket("MIN_COLLATERAL_FACTOR")
    liquidationFactor = ofMarket("MIN_COLLATERAL_FACTOR_FOR_LIQUIDATION")
    liquidationImpact = ofMarket("MAX_POSITION_IMPACT_FACTOR_FOR_LIQUIDATIONS")
    isDisabled = ofMarket("IS_MARKET_DISABLED")
    fundingFactor = ofMarket("SAVED_FUNDING_FACTOR_PER_SECOND")
    fundingUpdatedAt = ofMarket("FUNDING_UPDATED_AT")
    positionFee = ofSide("POSITION_FEE_FACTOR")
    impactFactor = ofSide("POSITION_IMPACT_FACTOR")
    borrowingFactor = ofSide("BORROWING_FACTOR")
    cumulativeBorrowing = ofSide("CUMULATIVE_BORROWING_FACTOR")
    borrowingUpdatedAt = ofSide("CUMULATIVE_BORROWING_FACTOR_UPDATED_AT")
    openInterest = ofTokens("OPEN_INTEREST")
    openInterestInTokens = ofTokens("OPEN_INTEREST_IN_TOKENS")
    fundingFee = ofTokens("FUNDING_FEE_AMOUNT_PER_SIZE")
    claimablePerSize = ofTokens("CLAIMABLE_FUNDING_AMOUNT_PER_SIZE")
  }

  // MARK: - Keys with other arguments

  static func accountOrders(_ account: Address) -> Bytes32 {
    named("ACCOUNT_ORDER_LIST", [.address(account)], [.address])
  }

  static func accountPositions(_ account: Address) -> Bytes32 {
    named("ACCOUNT_POSITION_LIST", [.address(account)], [.address])
  }

  static func autoCancels(_ position: Bytes32) -> Bytes32 {
    named("AUTO_CANCEL_ORDER_LIST", [.bytes32(position)], [.bytes32])
  }

  static func claimable(_ market: Address, _ token: Address, _ account: Address) -> Bytes32 {
    named(
      "CLAIMABLE_FUNDING_AMOUNT", [.address(market), .address(token), .address(account)],
      [.address, .address, .address])
  }

  static func position(_ account: Address, _ market: Address, _ collateral: Address, isLong: Bool) -> Bytes32 {
    hash(
      [.address(account), .address(market), .address(collateral), .bool(isLong)],
      [.address, .address, .address, .bool])
  }

  static func order(dataStore: Address, nonce: UInt256) -> Bytes32 {
    hash([.address(dataStore), .uint(nonce)], [.address, .uint256])
  }

  static func named(_ name: String) -> Bytes32 { hash([.string(name)], [.string]) }

  private static func named(_ name: String, _ arguments: [ABIValue], _ types: [ABIType]) -> Bytes32 {
    hash([.bytes32(named(name))] + arguments, [.bytes32] + types)
  }

  private static func hash(_ values: [ABIValue], _ types: [ABIType]) -> Bytes32 {
    do { return Keccak256.hash(try ABI.encode(values, as: types)) } catch {
      preconditionFailure("a key's arguments are of their types: \(error)")
    }
  }
}
