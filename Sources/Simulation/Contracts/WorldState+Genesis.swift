import Ethereum

extension WorldState {
  /// The state before the first block.
  init(_ site: WorldSite) {
    let plan = site.plan
    let time = UInt256(plan.genesisTime)
    func feed(_ answer: UInt64, decimals: UInt64, startedAt: UInt256) -> FeedState {
      FeedState(
        round: UInt256(plan.firstRound), answer: Int256(answer), startedAt: startedAt, updatedAt: time,
        decimals: decimals)
    }
    // Up for a day: long past any grace period.
    let day: UInt64 = 86_400
    let upSince = UInt256(plan.genesisTime >= day ? plan.genesisTime - day : 1)
    self.init(
      baseFeed: feed(plan.baseAnswer, decimals: 8, startedAt: time),
      quoteFeed: feed(plan.quoteAnswer, decimals: 8, startedAt: time),
      sequencer: feed(0, decimals: 0, startedAt: upSince),
      shares: ShareState(totalAssets: .zero, totalSupply: VenueScale.power(23)),
      roles: RolesState(allowance: plan.feeAllowanceWei, allowanceSince: plan.genesisTime))
    endow(plan)
    if let sibling = plan.sibling { endow(sibling, in: plan) }
    describeMarket(plan.market, site.keys)
    shares.totalAssets = sure {
      let ether = try plan.baseUnits + (plan.account == .eoa ? .zero : plan.safeWei)
      // Wei times an answer of 8 decimals, in dollars of 6: 18 + 8 − 6 = 20 decimals too many.
      return try plan.quoteUnits + ether * UInt256(plan.baseAnswer) / VenueScale.power(20)
    }
  }

  private mutating func endow(_ plan: WorldPlan) {
    let addresses = plan.addresses
    native[plan.keeper] = plan.keeperWei
    if plan.account == .safeRoles { native[addresses.safe] = plan.safeWei }
    wrapped.balances[plan.holder] = plan.baseUnits
    wrapped.balances[addresses.market] = plan.poolBaseUnits
    wrapped.totalSupply = sure { try plan.baseUnits + plan.poolBaseUnits }
    // Every wrapped ether lies in its contract.
    native[addresses.wrappedNative] = wrapped.totalSupply
    quote.balances[plan.holder] = plan.quoteUnits
    quote.balances[addresses.market] = plan.poolQuoteUnits
    quote.totalSupply = sure { try plan.quoteUnits + plan.poolQuoteUnits }
    let pair = TokenState.Pair(owner: plan.holder, spender: addresses.router)
    wrapped.allowances[pair] = .max
    quote.allowances[pair] = .max
  }

  private mutating func describeMarket(_ market: MarketPlan, _ keys: VenueKeys) {
    let one = VenueScale.one
    func times(_ count: UInt64, _ unit: UInt256) -> UInt256 { sure { try UInt256(count) * unit } }
    func part(_ basisPoints: UInt64) -> UInt256 { times(basisPoints, VenueScale.power(26)) }
    func perSecond(_ partsPerMillion: UInt64) -> UInt256 {
      sure { try times(partsPerMillion, VenueScale.power(24)) / (365 * 86_400) }
    }
    let values: [(Bytes32, UInt256)] = [
      (keys.gasBase, UInt256(market.gasBase)), (keys.gasPerOraclePrice, UInt256(market.gasPerOraclePrice)),
      (keys.gasMultiplier, one), (keys.paidGasBase, UInt256(market.gasBase)),
      (keys.paidGasPerOraclePrice, UInt256(market.gasPerOraclePrice)), (keys.paidGasMultiplier, one),
      (keys.increaseGas, UInt256(market.increaseGas)), (keys.decreaseGas, UInt256(market.decreaseGas)),
      (keys.requestExpiration, UInt256(market.requestExpirationSeconds)),
      (keys.sequencerGrace, UInt256(market.sequencerGraceSeconds)),
      (keys.minimumCollateral, times(market.minimumCollateralUsd, one)),
      (keys.minimumPosition, times(market.minimumPositionUsd, one)),
      // The protocol's own numbers: at most 11 exits go with a position, and 37 % of the fees to the receiver.
      (keys.maximumAutoCancels, 11), (keys.feeReceiverFactor, part(3_700)),
      (keys.collateralFactor, part(market.collateralFactorBasisPoints)),
      (keys.liquidationFactor, part(market.liquidationFactorBasisPoints)),
      (keys.positionFee[true], part(market.improvingFeeBasisPoints)),
      (keys.positionFee[false], part(market.worseningFeeBasisPoints)),
      (keys.impactFactor[true], times(market.improvingImpact, VenueScale.power(20))),
      (keys.impactFactor[false], times(market.worseningImpact, VenueScale.power(20))),
      (keys.borrowingFactor[true], perSecond(market.borrowingPerYear)),
      (keys.borrowingFactor[false], perSecond(market.borrowingPerYear)),
      (keys.openInterest.short[true], times(market.longInterestUsd, one)),
      (keys.openInterest.short[false], times(market.shortInterestUsd, one)),
    ]
    for (key, value) in values where value != .zero { venue.uints[key] = value }
    let funding = perSecond(market.fundingPerYear.magnitude)
    venue.ints[keys.fundingFactor] = sure {
      try Int256(sign: market.fundingPerYear < 0 ? .minus : .plus, magnitude: funding)
    }
  }
}

/// The value of arithmetic over a world's own figures, which are far below what a word holds.
func sure<Value>(_ body: () throws -> Value) -> Value {
  do { return try body() } catch {
    preconditionFailure("the figures of a simulated world fit a word: \(error)")
  }
}
