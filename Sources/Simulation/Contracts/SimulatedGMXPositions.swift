import Ethereum

/// What is due in one decrease, as the event tells it.
struct PositionDecrease: Sendable {
  var sizeDeltaUsd: UInt256
  var tokens = UInt256.zero
  var collateralDelta = UInt256.zero
  var execution: ExecutionPrice
  var gainUsd = Int256.zero
}

/// Positions, and the execution of an order against them.
extension ContractMachine {
  /// The index and token prices that orders execute at: the feeds', or `index` in the place of the base's.
  func oraclePrices(index: UInt256?) throws -> MarketPrices {
    func price(_ feed: FeedState, _ token: Address, decimals: Int, shift: Int64) throws -> UInt256 {
      guard feed.answer.signum > 0 else {
        throw Revert(VenueError.invalidFeedPrice, .address(token), .int(feed.answer))
      }
      // Answer · multiplier / 1e30 with multiplier 10^(60 − feed decimals − token decimals).
      let multiplier = VenueScale.power(60 - Int(feed.decimals) - decimals)
      let shifted = try UInt256(feed.answer * (Int256(10_000) + Int256(Int(shift))))
      return try shifted * multiplier / VenueScale.one / 10_000
    }
    let base =
      try index
      ?? price(state.baseFeed, addresses.wrappedNative, decimals: 18, shift: state.executionShiftBasisPoints)
    let quote = try price(state.quoteFeed, addresses.quoteToken, decimals: 6, shift: 0)
    return MarketPrices(index: PriceRange(base), long: PriceRange(base), short: PriceRange(quote))
  }

  /// Carries an order out at the oracle's prices. Throws where it cannot be.
  mutating func execute(_ order: VenueOrder, at prices: MarketPrices) throws {
    guard order.isTriggered(at: prices.index) else {
      throw Revert(
        VenueError.invalidOrderPrices, .uint(prices.index.min), .uint(prices.index.max), .uint(order.triggerPrice),
        .uint(UInt256(UInt64(order.type.rawValue))))
    }
    guard order.validFrom <= now else {
      throw Revert(VenueError.validFromTimeNotReached, .uint(order.validFrom), .uint(now))
    }
    try updateMarket(prices)
    if order.type.isIncrease { try increase(order, prices) } else { try decrease(order, prices) }
  }

  /// Brings funding and borrowing up to this block, as the protocol does before any position moves.
  private mutating func updateMarket(_ prices: MarketPrices) throws {
    let keys = site.keys
    let more = try nextFunding(prices)
    for isLong in [true, false] {
      try grow(keys.fundingFee, isLong: isLong, more.fee(isLong: isLong))
      try grow(keys.claimablePerSize, isLong: isLong, more.claimable(isLong: isLong))
    }
    state.venue.uints[keys.fundingUpdatedAt] = now
    for isLong in [true, false] {
      state.venue.uints[keys.cumulativeBorrowing[isLong]] = try borrowingFactor(isLong: isLong, withPending: true)
      state.venue.uints[keys.borrowingUpdatedAt[isLong]] = now
    }
  }

  private mutating func grow(_ pairs: VenueKeys.TokenPairs, isLong: Bool, _ amounts: TokenAmounts) throws {
    if amounts.long != .zero { try state.venue.add(pairs.long[isLong], amounts.long) }
    if amounts.short != .zero { try state.venue.add(pairs.short[isLong], amounts.short) }
  }

  private mutating func changeOpenInterest(_ position: VenuePosition, usd: Int256, tokens: Int256) throws {
    let isLongToken = position.collateralToken == addresses.wrappedNative
    let pairs = [(site.keys.openInterest, usd), (site.keys.openInterestInTokens, tokens)]
    for (keys, change) in pairs {
      let key = keys.of(longToken: isLongToken)[position.isLong]
      state.venue.uints[key] = try UInt256(max(Int256(state.venue.uint(key)) + change, .zero))
    }
  }

  /// Funding received is claimed by hand; it never joins the collateral.
  private mutating func creditFunding(_ position: VenuePosition, _ fees: PositionFees) throws {
    let amounts = [(addresses.wrappedNative, fees.claimable.long), (addresses.quoteToken, fees.claimable.short)]
    for (token, amount) in amounts where amount != .zero {
      try state.venue.add(VenueKeys.claimable(position.market, token, position.account), amount)
    }
  }

  private func bringUpToDate(_ position: inout VenuePosition, _ fees: PositionFees) throws {
    position.borrowingFactor = try borrowingFactor(isLong: position.isLong, withPending: true)
    position.fundingFeePerSize = fees.latestFundingPerSize
    position.longClaimablePerSize = fees.latestClaimablePerSize.long
    position.shortClaimablePerSize = fees.latestClaimablePerSize.short
  }

  private func checkAcceptable(_ price: UInt256, _ order: VenueOrder, isBuy: Bool) throws {
    guard isBuy ? price <= order.acceptablePrice : price >= order.acceptablePrice else {
      throw Revert(VenueError.orderNotFulfillable, .uint(price), .uint(order.acceptablePrice))
    }
  }

  /// A position that is left open must be large enough and must not be due for liquidation.
  private func check(_ position: VenuePosition, _ prices: MarketPrices) throws {
    let least = state.venue.uint(site.keys.minimumPosition)
    guard position.sizeInUsd >= least else {
      throw Revert(VenueError.minPositionSize, .uint(position.sizeInUsd), .uint(least))
    }
    let test = try liquidation(position, prices, forLiquidation: false, withPending: false)
    guard let reason = test.reason else { return }
    if test.remainingUsd.signum > 0, test.remainingUsd >= test.minimumUsd {
      throw Revert(VenueError.insufficientCollateralUsd, .int(test.remainingUsd))
    }
    throw Revert(
      VenueError.liquidatablePosition, .string(reason), .int(test.remainingUsd), .int(test.minimumUsd),
      .int(test.minimumForLeverageUsd))
  }

  private mutating func note(_ order: VenueOrder, tokens: Int256, size: UInt256, price: UInt256, index: UInt256) {
    state.records.positionChanges.append(
      PositionChange(
        orderKey: order.key, account: order.account, type: order.type, inBlock: block.number, tokens: tokens,
        sizeUsd: size, executionPrice: price, indexPrice: index))
  }

  // MARK: - Increase

  private mutating func increase(_ order: VenueOrder, _ prices: MarketPrices) throws {
    guard let token = token(at: order.collateralToken) else {
      throw Revert(VenueError.invalidCollateralToken, .address(order.market), .address(order.collateralToken))
    }
    let key = positionKey(of: order)
    var position =
      state.venue.positions[key]
      ?? VenuePosition(
        key: key, account: order.account, market: order.market, collateralToken: order.collateralToken,
        isLong: order.isLong)
    let size = order.sizeDeltaUsd
    try transferOut(order.collateralDelta, of: token, to: order.market, unwrapping: false)
    let result = try execution(
      prices, sizeInUsd: position.sizeInUsd, sizeInTokens: position.sizeInTokens, sizeDelta: Int256(size),
      pendingImpact: .zero, isLong: order.isLong)
    // An order that only adds collateral trades nothing, and the protocol does not hold it to a price.
    if size != .zero { try checkAcceptable(result.price, order, isBuy: order.isLong) }
    let fees = try fees(position, prices, size, improves: result.improvesBalance, withPending: false)
    let change = try Int256(order.collateralDelta) - Int256(fees.total)
    let collateral = try Int256(position.collateralAmount) + change
    guard !collateral.isNegative else {
      throw Revert(VenueError.insufficientCollateralAmount, .uint(position.collateralAmount), .int(change))
    }
    try bringUpToDate(&position, fees)
    var (impact, tokens) = (Int256.zero, UInt256.zero)
    if size != .zero {
      impact = try impactTokens(result.impactUsd, prices.index)
      // A long's tokens round down and a short's up, both against the trader.
      tokens = order.isLong ? try size / prices.index.max : try (size - .one) / prices.index.min + .one
    }
    position.collateralAmount = try UInt256(collateral)
    position.sizeInUsd = try position.sizeInUsd + size
    position.sizeInTokens = try position.sizeInTokens + tokens
    position.pendingImpactAmount = try position.pendingImpactAmount + impact
    position.increasedAt = now
    try changeOpenInterest(position, usd: Int256(size), tokens: Int256(tokens))
    try check(position, prices)
    try creditFunding(position, fees)
    state.venue.positions[key] = position
    state.venue.insert(key, into: site.keys.positionList)
    state.venue.insert(key, into: accountPositionsKey(order.account))
    emit(.feesCollected(order, position, size: size, isIncrease: true, fees))
    emit(.positionIncrease(order, position, prices, fees, result, tokens: tokens, change: change, impact: impact))
    let signed = try Int256(tokens)
    note(
      order, tokens: order.isLong ? signed : try signed.negated(), size: size, price: result.price,
      index: prices.index.min)
  }

  private func accountPositionsKey(_ account: Address) -> Bytes32 {
    account == plan.holder ? site.holderPositions : VenueKeys.accountPositions(account)
  }

  // MARK: - Decrease

  private mutating func decrease(_ order: VenueOrder, _ prices: MarketPrices) throws {
    guard var position = state.venue.positions[positionKey(of: order)] else {
      throw Revert(VenueError.emptyPosition)
    }
    let isLiquidation = order.type == .liquidation
    if isLiquidation { try checkDue(position, prices) }
    let size = try decreaseSize(order, position)
    let result = try execution(
      prices, sizeInUsd: position.sizeInUsd, sizeInTokens: position.sizeInTokens,
      sizeDelta: Int256(size).negated(), pendingImpact: position.pendingImpactAmount, isLong: order.isLong)
    if !isLiquidation, size != .zero { try checkAcceptable(result.price, order, isBuy: !order.isLong) }
    let fees = try fees(position, prices, size, improves: result.improvesBalance, withPending: false)
    var decrease = PositionDecrease(sizeDeltaUsd: size, execution: result)
    (decrease.gainUsd, decrease.tokens) = try profit(position, prices, size)
    let isClose = size == position.sizeInUsd
    if !isClose { decrease.collateralDelta = min(order.collateralDelta, position.collateralAmount) }
    try settle(&position, prices, order, decrease, fees, isClose: isClose)
    try bringUpToDate(&position, fees)
    position.decreasedAt = now
    let tokens = try Int256(decrease.tokens)
    try changeOpenInterest(position, usd: Int256(size).negated(), tokens: tokens.negated())
    try creditFunding(position, fees)
    if isClose {
      position.sizeInUsd = .zero
      position.sizeInTokens = .zero
      state.venue.positions[position.key] = nil
      state.venue.remove(position.key, from: site.keys.positionList)
      state.venue.remove(position.key, from: accountPositionsKey(position.account))
    } else {
      try check(position, prices)
      state.venue.positions[position.key] = position
    }
    emit(.feesCollected(order, position, size: size, isIncrease: false, fees))
    emit(.positionDecrease(order, position, prices, fees, decrease))
    note(
      order, tokens: order.isLong ? try tokens.negated() : tokens, size: size, price: result.price,
      index: prices.index.min)
  }

  private func decreaseSize(_ order: VenueOrder, _ position: VenuePosition) throws -> UInt256 {
    guard order.sizeDeltaUsd > position.sizeInUsd else { return order.sizeDeltaUsd }
    guard order.type != .marketDecrease else {
      throw Revert(
        VenueError.invalidDecreaseOrderSize, .uint(order.sizeDeltaUsd), .uint(position.sizeInUsd))
    }
    // Limit orders shrink to the position: it may have been reduced since they were placed.
    return position.sizeInUsd
  }

  private func checkDue(_ position: VenuePosition, _ prices: MarketPrices) throws {
    let test = try liquidation(position, prices, forLiquidation: true, withPending: true)
    guard test.reason == nil else { return }
    throw Revert(
      VenueError.positionShouldNotBeLiquidated, .string(""), .int(test.remainingUsd), .int(test.minimumUsd),
      .int(test.minimumForLeverageUsd))
  }

  /// Pays profit, loss, impact and fees, and sends out what is due. Profit is paid in the long token to longs and in
  /// the short token to shorts; everything else moves the collateral.
  private mutating func settle(
    _ position: inout VenuePosition, _ prices: MarketPrices, _ order: VenueOrder, _ decrease: PositionDecrease,
    _ fees: PositionFees, isClose: Bool
  ) throws {
    guard let token = token(at: position.collateralToken) else { throw Revert.empty }
    let price = fees.collateralPrice
    let profitToken: WorldToken = position.isLong ? .wrapped : .quote
    let gain = try decrease.gainUsd + decrease.execution.totalImpactUsd
    var remaining = try Int256(position.collateralAmount) - Int256(fees.total)
    var secondary = UInt256.zero
    var output = decrease.collateralDelta
    if gain.signum > 0 {
      let amount = try UInt256(gain) / prices.of(profitToken).max
      if profitToken == token {
        output = try output + amount
        remaining = try remaining + Int256(amount)
      } else {
        secondary = amount
      }
    } else if gain.isNegative {
      remaining = try remaining - Int256((gain.magnitude - .one) / price.min + .one)
    }
    if remaining.isNegative {
      guard order.type == .liquidation else {
        throw Revert(
          VenueError.insufficientFundsToPayForCosts, .uint(try remaining.magnitude * price.min), .string("pnl"))
      }
      remaining = .zero
    }
    let rest = try UInt256(remaining)
    if isClose || output > rest { output = rest }
    position.collateralAmount = try rest - output
    // What the closed part had pending is settled now; the rest goes on waiting.
    position.pendingImpactAmount =
      try position.pendingImpactAmount
      - Self.share(position.pendingImpactAmount, of: decrease.sizeDeltaUsd, in: position.sizeInUsd)
    position.sizeInUsd = try position.sizeInUsd - decrease.sizeDeltaUsd
    position.sizeInTokens = try position.sizeInTokens - decrease.tokens
    let unwraps = order.unwrapsNative
    try bankTransferOut(output, of: token, from: order.market, to: order.receiver, unwrapping: unwraps)
    try bankTransferOut(secondary, of: profitToken, from: order.market, to: order.receiver, unwrapping: unwraps)
  }
}
