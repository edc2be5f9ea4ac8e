import Ethereum

/// The venue as it is read: Reader, DataStore and RoleStore.
extension ContractMachine {
  mutating func dataStore(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    try charge(Gas.read)
    let key = try frame.data.arguments.bytes32(0)
    switch selector {
    case .getUint: return WordWriter.one(state.venue.uint(key))
    case .getInt: return WordWriter.one((state.venue.ints[key] ?? .zero).bits)
    case .getBool: return WordWriter.one(state.venue.bools[key] ?? false)
    case .getBytes32Count: return WordWriter.one(UInt256(UInt64((state.venue.sets[key] ?? []).count)))
    default: throw Revert.empty
    }
  }

  mutating func roleStore(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    guard selector == .hasRole else { throw Revert.empty }
    try charge(Gas.read)
    let (account, role) = (try frame.data.arguments.address(0), try frame.data.arguments.bytes32(1))
    return WordWriter.one(hasVenueRole(account, role))
  }

  /// The roles that the venue's own contracts have among themselves.
  private func hasVenueRole(_ account: Address, _ role: Bytes32) -> Bool {
    if account == addresses.exchangeRouter, !state.venue.isRouterController { return false }
    switch role {
    case site.keys.controllerRole:
      return [addresses.exchangeRouter, addresses.orderHandler, addresses.positionHandler].contains(account)
    case site.keys.pluginRole: return account == addresses.exchangeRouter
    default: return false
    }
  }

  mutating func reader(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    let arguments = frame.data.arguments
    switch selector {
    case .getMarket:
      try charge(4 * Gas.read)
      var writer = WordWriter(words: 4)
      write(market: try arguments.address(1), to: &writer)
      return writer.bytes
    case .getAccountPositions: return try accountPositions(arguments)
    case .getAccountOrders: return try accountOrders(arguments)
    case .getMarketInfo: return try marketInfo(arguments)
    case .getExecutionPrice: return try executionPrice(arguments)
    case .getPositionInfo: return try positionInfo(arguments)
    default: throw Revert.empty
    }
  }

  private func write(market: Address, to writer: inout WordWriter) {
    let isHere = market == addresses.market
    // A market that does not exist reads as zeros.
    writer.address(isHere ? addresses.market : .zero)
    writer.address(isHere ? addresses.wrappedNative : .zero)
    writer.address(isHere ? addresses.wrappedNative : .zero)
    writer.address(isHere ? addresses.quoteToken : .zero)
  }

  // MARK: - Lists

  /// The part of a set that `start` and `end` (argument words 2 and 3) name.
  private func part(_ set: Bytes32, _ arguments: CallData) throws -> ArraySlice<Bytes32> {
    let items = state.venue.sets[set] ?? []
    let start = min(try arguments.uint(2).asInt ?? .max, items.count)
    let end = min(try arguments.uint(3).asInt ?? .max, items.count)
    return items[start..<max(start, end)]
  }

  private mutating func accountPositions(_ arguments: CallData) throws -> [UInt8] {
    let account = try arguments.address(1)
    let isHolder = account == plan.holder
    let keys = try part(isHolder ? site.holderPositions : VenueKeys.accountPositions(account), arguments)
    try charge(Gas.read + Gas.listed * UInt64(keys.count))
    var writer = WordWriter(words: 2 + 14 * keys.count)
    writer.count(32)
    writer.count(keys.count)
    for key in keys {
      guard let position = state.venue.positions[key] else { throw Revert.empty }
      write(position, to: &writer)
    }
    return writer.bytes
  }

  private func write(_ position: VenuePosition, to writer: inout WordWriter) {
    writer.address(position.account)
    writer.address(position.market)
    writer.address(position.collateralToken)
    writer.uint(position.sizeInUsd)
    writer.uint(position.sizeInTokens)
    writer.uint(position.collateralAmount)
    writer.int(position.pendingImpactAmount)
    writer.uint(position.borrowingFactor)
    writer.uint(position.fundingFeePerSize)
    writer.uint(position.longClaimablePerSize)
    writer.uint(position.shortClaimablePerSize)
    writer.uint(position.increasedAt)
    writer.uint(position.decreasedAt)
    writer.bool(position.isLong)
  }

  private mutating func accountOrders(_ arguments: CallData) throws -> [UInt8] {
    let account = try arguments.address(1)
    let isHolder = account == plan.holder
    let keys = try part(isHolder ? site.holderOrders : VenueKeys.accountOrders(account), arguments)
    try charge(Gas.read + Gas.listed * UInt64(keys.count))
    var writer = WordWriter(words: 2 + 34 * keys.count)
    writer.count(32)
    writer.count(keys.count)
    let base = writer.bytes.count
    let places = keys.map { _ in writer.offset() }
    for (key, place) in zip(keys, places) {
      guard let order = state.venue.orders[key] else { throw Revert.empty }
      writer.settle(place, from: base)
      writer.bytes32(key)
      writer.count(64)
      write(order, to: &writer)
    }
    return writer.bytes
  }

  private func write(_ order: VenueOrder, to writer: inout WordWriter) {
    let base = writer.bytes.count
    let addressesPlace = writer.offset()
    writer.count(Int(order.type.rawValue))
    writer.count(Int(order.swapType))
    writer.uint(order.sizeDeltaUsd)
    writer.uint(order.collateralDelta)
    writer.uint(order.triggerPrice)
    writer.uint(order.acceptablePrice)
    writer.uint(order.executionFee)
    writer.uint(order.callbackGasLimit)
    writer.uint(order.minimumOutput)
    writer.uint(order.updatedAt)
    writer.uint(order.validFrom)
    writer.uint(.zero)  // srcChainId
    writer.bool(order.isLong)
    writer.bool(order.unwrapsNative)
    writer.bool(order.isFrozen)
    writer.bool(order.autoCancel)
    let dataPlace = writer.offset()
    writer.settle(addressesPlace, from: base)
    for address in [
      order.account, order.receiver, order.cancellationReceiver, order.callbackContract, order.uiFeeReceiver,
      order.market, order.collateralToken,
    ] { writer.address(address) }
    writer.count(8 * 32)
    writer.count(0)  // swapPath
    writer.settle(dataPlace, from: base)
    writer.count(order.dataList.count)
    for item in order.dataList { writer.bytes32(item) }
  }

  // MARK: - Figures

  /// MarketPrices as six words from a word on.
  private func prices(_ arguments: CallData, at index: Int) throws -> MarketPrices {
    func range(_ offset: Int) throws -> PriceRange {
      PriceRange(min: try arguments.uint(index + offset), max: try arguments.uint(index + offset + 1))
    }
    return MarketPrices(index: try range(0), long: try range(2), short: try range(4))
  }

  private mutating func marketInfo(_ arguments: CallData) throws -> [UInt8] {
    try charge(Gas.marketFigure)
    let next = try nextFunding(prices(arguments, at: 1))
    let keys = site.keys
    let venue = state.venue
    var writer = WordWriter(words: 32)
    write(market: try arguments.address(7), to: &writer)
    writer.uint(venue.uint(keys.borrowingFactor[true]))
    writer.uint(venue.uint(keys.borrowingFactor[false]))
    func amounts(_ amounts: TokenAmounts) {
      writer.uint(amounts.long)
      writer.uint(amounts.short)
    }
    amounts(stored(keys.fundingFee, isLong: true))
    amounts(stored(keys.fundingFee, isLong: false))
    amounts(stored(keys.claimablePerSize, isLong: true))
    amounts(stored(keys.claimablePerSize, isLong: false))
    writer.bool(next.longsPayShorts)
    writer.uint(next.perSecond)
    writer.int(next.saved)
    amounts(next.fee(isLong: true))
    amounts(next.fee(isLong: false))
    amounts(next.claimable(isLong: true))
    amounts(next.claimable(isLong: false))
    for _ in 0..<3 { writer.uint(.zero) }  // virtual inventory
    writer.bool(venue.bools[keys.isDisabled] ?? false)
    return writer.bytes
  }

  private mutating func executionPrice(_ arguments: CallData) throws -> [UInt8] {
    try charge(Gas.marketFigure)
    let result = try execution(
      prices(arguments, at: 2), sizeInUsd: arguments.uint(8), sizeInTokens: arguments.uint(9),
      sizeDelta: arguments.int(10), pendingImpact: arguments.int(11), isLong: arguments.bool(12))
    var writer = WordWriter(words: 6)
    write(result, to: &writer)
    return writer.bytes
  }

  private func write(_ result: ExecutionPrice, to writer: inout WordWriter) {
    writer.int(result.impactUsd)
    writer.uint(result.price)
    writer.bool(result.improvesBalance)
    writer.int(result.pendingImpactUsd)
    writer.int(result.totalImpactUsd)
    writer.uint(.zero)  // priceImpactDiffUsd
  }

  private mutating func positionInfo(_ arguments: CallData) throws -> [UInt8] {
    try charge(3 * Gas.marketFigure)
    let key = try arguments.bytes32(2)
    guard let position = state.venue.positions[key] else {
      throw Revert(VenueError.positionNotFound, .bytes32(key))
    }
    let prices = try prices(arguments, at: 3)
    // Argument 10 is the receiver of an interface fee, of which there is none here.
    let size = try arguments.bool(11) ? position.sizeInUsd : arguments.uint(9)
    let result = try execution(
      prices, sizeInUsd: position.sizeInUsd, sizeInTokens: position.sizeInTokens,
      sizeDelta: Int256(size).negated(), pendingImpact: position.pendingImpactAmount, isLong: position.isLong)
    let fees = try fees(position, prices, size, improves: result.improvesBalance, withPending: true)
    let gain = try profit(position, prices, size).usd
    var writer = WordWriter(words: 70)
    writer.bytes32(key)
    write(position, to: &writer)
    write(fees, to: &writer)
    write(result, to: &writer)
    writer.int(gain)
    writer.int(gain)
    writer.int(try result.totalImpactUsd + gain)
    return writer.bytes
  }

  private func write(_ fees: PositionFees, to writer: inout WordWriter) {
    // Referral: code, affiliate, trader, and seven factors and amounts that are nothing without a referral.
    writer.uint(.zero)
    writer.uint(.zero)
    writer.address(fees.trader)
    for _ in 0..<7 { writer.uint(.zero) }
    for _ in 0..<3 { writer.uint(.zero) }  // pro discount
    writer.uint(fees.fundingAmount)
    writer.uint(fees.claimable.long)
    writer.uint(fees.claimable.short)
    writer.uint(fees.latestFundingPerSize)
    writer.uint(fees.latestClaimablePerSize.long)
    writer.uint(fees.latestClaimablePerSize.short)
    writer.uint(fees.borrowingUsd)
    writer.uint(fees.borrowingAmount)
    writer.uint(.zero)  // borrowing fee's receiver
    writer.uint(.zero)
    for _ in 0..<3 { writer.uint(.zero) }  // interface fee
    for _ in 0..<4 { writer.uint(.zero) }  // liquidation fee
    writer.uint(fees.collateralPrice.min)
    writer.uint(fees.collateralPrice.max)
    writer.uint(fees.feeFactor)
    writer.uint(fees.feeAmount)
    writer.uint(fees.receiverFactor)
    writer.uint(fees.receiverAmount)
    writer.uint(fees.poolAmount)
    writer.uint(fees.feePoolAmount)
    writer.uint(fees.feeAmount)
    writer.uint(fees.totalExcludingFunding)
    writer.uint(fees.total)
    writer.uint(.zero)  // discount
  }
}
