import Ethereum

extension GMXv2Venue {
  /// One position in our units. `info` is Reader.getPositionInfo for the whole position at our oracle's prices.
  func position(
    _ keyed: GMXv2State.KeyedPosition, info: GMXReader.PositionInfo, in state: GMXv2State
  ) throws(ContractsError) -> Position {
    let numbers = keyed.position.numbers
    let isLong = keyed.position.flags.isLong
    guard info.positionKey == keyed.key, info.position.numbers.sizeInTokens == numbers.sizeInTokens else {
      throw .implausible(what: "GMX getPositionInfo for \(keyed.key)", value: "position \(info.positionKey)")
    }
    let token = keyed.position.addresses.collateralToken
    guard let collateral = configuration.token(at: token), let price = tokenPrice(token, in: state) else {
      throw .implausible(what: "the collateral of GMX position \(keyed.key)", value: "\(token)")
    }
    let size = try Quantity(
      units: numbers.sizeInTokens, decimals: configuration.indexToken.decimals, rounding: .towardZero)
    // Price impact of closing the position, the deferred impact of its opening included. A gain is not counted: it
    // depends on what others do before we close.
    let impact = min(info.executionPriceResult.totalImpactUsd, .zero)
    let fees = try GMXv2Units.value(info.fees.totalCostAmount, decimals: collateral.decimals, at: price, .up)
    let claimable = try tokenValue(
      info.fees.funding.claimableLongTokenAmount, of: configuration.longToken.address, in: state)
    let claimableShort = try tokenValue(
      info.fees.funding.claimableShortTokenAmount, of: configuration.shortToken.address, in: state)
    return Position(
      key: keyed.key, isLong: isLong, quantity: isLong ? size : try size.negated(),
      notional: try state.indexPrice.value(of: size, rounding: .up), entry: try entry(numbers),
      collateralUnits: numbers.collateralAmount,
      collateralValue: try GMXv2Units.value(numbers.collateralAmount, decimals: collateral.decimals, at: price, .down),
      unrealised: try GMXv2Units.usd(info.basePnlUsd, .down) + GMXv2Units.usd(impact, .down), pendingFees: fees,
      liquidationPrice: try liquidationPrice(keyed.position, info: info, impact: impact, in: state),
      claimable: try claimable + claimableShort)
  }

  /// Dollars per token at which the position was opened, on average; zero for a position without size.
  private func entry(_ numbers: GMXReader.PositionNumbers) throws(ContractsError) -> Price {
    guard numbers.sizeInTokens != .zero else { return .zero }
    let units = try FixedPoint.mulDiv(numbers.sizeInUsd, .one, numbers.sizeInTokens, .down)
    return try GMXv2Units.price(units, tokenDecimals: configuration.indexToken.decimals, .down)
  }

  /// The index price at which the position becomes liquidatable.
  ///
  /// With C the collateral in tokens after all costs (position fee, borrowing and funding pending now included), pc its
  /// price, S the size in dollars, T the size in index tokens, i the closing impact clamped to [−maximum impact factor
  /// for liquidations · S, 0], and m = max(minimum collateral factor for liquidation · S, minimum collateral): a short
  /// is liquidated at or above P = (C·pc + S + i − m) / T, a long at or below P = (S + m − i − C·pc) / T; where the
  /// collateral is the index asset, C·pc moves with P: short P = (S + i − m) / (T − C), long P = (S + m − i) / (T + C).
  /// (GMX PositionUtils; `Reader.isPositionLiquidatable` leaves pending funding and borrowing out and is not used.) Nil
  /// where no price does it. Rounded towards the present price.
  func liquidationPrice(
    _ position: GMXReader.PositionProps, info: GMXReader.PositionInfo, impact: Int256, in state: GMXv2State
  ) throws(ContractsError) -> Price? {
    let numbers = position.numbers
    guard numbers.sizeInTokens != .zero else { return nil }
    let one = try GMXv2Units.one()
    let size = try FixedPoint.signed(numbers.sizeInUsd)
    let floor = try FixedPoint.mulDiv(
      size, FixedPoint.signed(state.parameters.maximumImpactFactorForLiquidation), one, .down)
    let margin = max(
      try FixedPoint.mulDiv(
        numbers.sizeInUsd, state.parameters.minimumCollateralFactorForLiquidation, one, .up),
      state.parameters.minimumCollateralUsd)
    let collateral = try GMXv2Collateral(position, info: info, venue: self, state: state)
    let isLong = position.flags.isLong
    let tokens = try FixedPoint.signed(numbers.sizeInTokens)
    let (numerator, denominator) = try ContractsError.wrapping { () throws(EthereumError) in
      let clamped = max(impact, try floor.negated())
      let signedMargin = try Int256(margin)
      let fixed = collateral.fixedUsd
      let moving = collateral.indexTokens
      return isLong
        ? (try size + signedMargin - clamped - fixed, try tokens + moving)
        : (try fixed + size + clamped - signedMargin, try tokens - moving)
    }
    guard denominator.signum > 0 else { return nil }
    guard numerator.signum > 0 else { return isLong ? nil : .zero }
    let units = try FixedPoint.mulDiv(numerator.magnitude, .one, denominator.magnitude, isLong ? .up : .down)
    return try GMXv2Units.price(
      units, tokenDecimals: configuration.indexToken.decimals, isLong ? .up : .down)
  }
}

/// A position's collateral less everything that closing it would cost, split by whether its value moves with the index.
struct GMXv2Collateral {
  /// Dollars, 30 places.
  let fixedUsd: Int256
  /// Smallest units of the index token.
  let indexTokens: Int256

  init(
    _ position: GMXReader.PositionProps, info: GMXReader.PositionInfo, venue: GMXv2Venue, state: GMXv2State
  ) throws(ContractsError) {
    let address = position.addresses.collateralToken
    guard let token = venue.configuration.token(at: address), let price = venue.tokenPrice(address, in: state) else {
      throw .implausible(what: "a collateral in GMX market \(venue.configuration.market)", value: "\(address)")
    }
    let net = try ContractsError.wrapping { () throws(EthereumError) in
      try Int256(position.numbers.collateralAmount) - Int256(info.fees.totalCostAmount)
    }
    let isIndex =
      (address == venue.configuration.longToken.address && venue.configuration.longPricing == .index)
      || address == venue.configuration.indexToken.address
    guard isIndex else {
      let unitPrice = try GMXv2Units.units(price, tokenDecimals: token.decimals, .down)
      fixedUsd = try ContractsError.wrapping { () throws(EthereumError) in try net * Int256(unitPrice) }
      indexTokens = .zero
      return
    }
    fixedUsd = .zero
    let index = venue.configuration.indexToken
    indexTokens = try FixedPoint.mulDiv(
      net, FixedPoint.signed(FixedPoint.power(ofTen: index.decimals)), FixedPoint.power(ofTen: token.decimals), .down)
  }
}
