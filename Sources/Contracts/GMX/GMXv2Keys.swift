import Ethereum

/// Keys of GMX's DataStore: keccak256(abi.encode("NAME")), with arguments keccak256(abi.encode(that, arguments…)).
enum GMXv2Keys {
  static func named(_ name: String) throws(ContractsError) -> Bytes32 { try hash([.string(name)], [.string]) }

  static func named(
    _ name: String, _ arguments: [ABIValue], _ types: [ABIType]
  ) throws(ContractsError) -> Bytes32 {
    try hash([.fixedBytes(named(name).bytes)] + arguments, [.fixedBytes(32)] + types)
  }

  static func position(
    account: Address, market: Address, collateral: Address, isLong: Bool
  ) throws(ContractsError) -> Bytes32 {
    try hash(
      [.address(account), .address(market), .address(collateral), .bool(isLong)], [.address, .address, .address, .bool])
  }

  private static func hash(_ values: [ABIValue], _ types: [ABIType]) throws(ContractsError) -> Bytes32 {
    Keccak256.hash(try ContractsError.wrapping { () throws(EthereumError) in try ABI.encode(values, as: types) })
  }
}

/// The parameters read from the DataStore with every reading, in this order.
enum GMXv2Parameter: CaseIterable, Hashable, Sendable {
  case estimatedGasBase, estimatedGasPerOraclePrice, estimatedGasMultiplier, increaseGas, decreaseGas
  case requestExpirationSeconds, minimumCollateralUsd, minimumPositionSizeUsd
  case minimumCollateralFactor, minimumCollateralFactorForLiquidation, maximumImpactFactorForLiquidation
  case positionFeeImproving, positionFeeWorsening
  case claimableLongToken, claimableShortToken

  func key(_ configuration: GMXv2Configuration, account: Address) throws(ContractsError) -> Bytes32 {
    let market = configuration.market
    func ofMarket(_ name: String) throws(ContractsError) -> Bytes32 {
      try GMXv2Keys.named(name, [.address(market)], [.address])
    }
    func claimable(_ token: Address) throws(ContractsError) -> Bytes32 {
      try GMXv2Keys.named(
        "CLAIMABLE_FUNDING_AMOUNT", [.address(market), .address(token), .address(account)],
        [.address, .address, .address])
    }
    switch self {
    case .estimatedGasBase: return try GMXv2Keys.named("ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1")
    case .estimatedGasPerOraclePrice: return try GMXv2Keys.named("ESTIMATED_GAS_FEE_PER_ORACLE_PRICE")
    case .estimatedGasMultiplier: return try GMXv2Keys.named("ESTIMATED_GAS_FEE_MULTIPLIER_FACTOR")
    case .increaseGas: return try GMXv2Keys.named("INCREASE_ORDER_GAS_LIMIT")
    case .decreaseGas: return try GMXv2Keys.named("DECREASE_ORDER_GAS_LIMIT")
    case .requestExpirationSeconds: return try GMXv2Keys.named("REQUEST_EXPIRATION_TIME")
    case .minimumCollateralUsd: return try GMXv2Keys.named("MIN_COLLATERAL_USD")
    case .minimumPositionSizeUsd: return try GMXv2Keys.named("MIN_POSITION_SIZE_USD")
    case .minimumCollateralFactor: return try ofMarket("MIN_COLLATERAL_FACTOR")
    case .minimumCollateralFactorForLiquidation: return try ofMarket("MIN_COLLATERAL_FACTOR_FOR_LIQUIDATION")
    case .maximumImpactFactorForLiquidation: return try ofMarket("MAX_POSITION_IMPACT_FACTOR_FOR_LIQUIDATIONS")
    case .positionFeeImproving:
      return try GMXv2Keys.named("POSITION_FEE_FACTOR", [.address(market), .bool(true)], [.address, .bool])
    case .positionFeeWorsening:
      return try GMXv2Keys.named("POSITION_FEE_FACTOR", [.address(market), .bool(false)], [.address, .bool])
    case .claimableLongToken: return try claimable(configuration.longToken.address)
    case .claimableShortToken: return try claimable(configuration.shortToken.address)
    }
  }
}
