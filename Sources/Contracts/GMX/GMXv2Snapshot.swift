package import Ethereum

// Both rounds of answers become one state in our units.
extension GMXv2Venue {
  package func state(
    account: Address, first: [ReadResult], second: [ReadResult], price: Price, collateralPrice: Price, now: UInt64
  ) throws(ContractsError) -> VenueState {
    let native = try self.first(first, account: account, price: price, collateralPrice: collateralPrice)
    let expected = Self.marketReads + native.positions.count
    guard second.count == expected else {
      throw .answerCount(what: "GMX v2, second round", expected: expected, actual: second.count)
    }
    let info = try GMXReader.GetMarketInfo.output(of: second[0], "GMX market info")
    guard info.market.marketToken == configuration.market else {
      throw .implausible(what: "GMX getMarketInfo", value: "market \(info.market.marketToken)")
    }
    let buying = try GMXReader.GetExecutionPrice.output(of: second[1], "GMX price impact of buying")
    let selling = try GMXReader.GetExecutionPrice.output(of: second[2], "GMX price impact of selling")
    var positions: [Position] = []
    for (keyed, result) in zip(native.positions, second.dropFirst(Self.marketReads)) {
      let info = try GMXReader.GetPositionInfo.output(of: result, "GMX position \(keyed.key)")
      positions.append(try position(keyed, info: info, in: native))
    }
    var orders: [OpenOrder] = []
    for keyed in native.orders { orders.append(try openOrder(keyed, in: native)) }
    let claimableLong = try tokenValue(
      native.parameters.claimableLongToken, of: configuration.longToken.address, in: native)
    let claimableShort = try tokenValue(
      native.parameters.claimableShortToken, of: configuration.shortToken.address, in: native)
    return VenueState(
      positions: positions, orders: orders, terms: try terms(native, info: info, buying: buying, selling: selling),
      claimable: try claimableLong + claimableShort, native: .gmxV2(native))
  }

  /// Reads of the second round before the positions.
  private static let marketReads = 3

  private func terms(
    _ state: GMXv2State, info: GMXReader.MarketInfo, buying: GMXReader.ExecutionPriceResult,
    selling: GMXReader.ExecutionPriceResult
  ) throws(ContractsError) -> MarketTerms {
    let parameters = state.parameters
    let paid = try GMXv2Units.ratio(info.nextFunding.fundingFactorPerSecond, .up)
    // The receiving side is the smaller one, so per dollar it receives at least what the paying side pays.
    let received = try GMXv2Units.ratio(info.nextFunding.fundingFactorPerSecond, .down).negated()
    return MarketTerms(
      isDisabled: info.isDisabled || !state.isRouterController,
      positionFee: try GMXv2Units.ratio(max(parameters.positionFeeImproving, parameters.positionFeeWorsening), .up),
      impactProbe: configuration.impactProbe, impactOfBuyingProbe: try loss(buying.priceImpactUsd),
      impactOfSellingProbe: try loss(selling.priceImpactUsd),
      minimumCollateral: try GMXv2Units.usd(parameters.minimumCollateralUsd, .up),
      minimumPositionSize: try GMXv2Units.usd(parameters.minimumPositionSizeUsd, .up),
      borrowingPerSecondLong: try GMXv2Units.ratio(info.borrowingFactorPerSecondForLongs, .up),
      borrowingPerSecondShort: try GMXv2Units.ratio(info.borrowingFactorPerSecondForShorts, .up),
      fundingPerSecondLong: info.nextFunding.longsPayShorts ? paid : received,
      fundingPerSecondShort: info.nextFunding.longsPayShorts ? received : paid,
      cancelDelaySeconds: parameters.requestExpirationSeconds,
      increaseExecutionGas: try parameters.executionGas(increase: true),
      decreaseExecutionGas: try parameters.executionGas(increase: false),
      collateralBalanceUnits: state.collateralBalance, collateralAllowanceUnits: state.collateralAllowance,
      collateralDecimals: configuration.collateral.decimals)
  }

  /// A negative impact as a cost; a positive one is no cost.
  private func loss(_ impact: Int256) throws(ContractsError) -> Usd {
    guard impact.isNegative else { return .zero }
    return try GMXv2Units.usd(impact.magnitude, .up)
  }
}
