package import Ethereum

// What is read: first the account's lists, the parameters and the balances, then what depends on prices.
extension GMXv2Venue {
  package func reads(account: Address) throws(ContractsError) -> [Read] {
    let deployment = configuration.deployment
    let collateral = configuration.collateral.address
    let limit = UInt256(UInt64(Self.listLimit))
    var reads = [
      try GMXReader.GetAccountPositions(dataStore: deployment.dataStore, account: account, start: .zero, end: limit)
        .read(at: deployment.reader),
      try GMXReader.GetAccountOrders(dataStore: deployment.dataStore, account: account, start: .zero, end: limit)
        .read(at: deployment.reader),
      try GMXReader.GetMarket(dataStore: deployment.dataStore, key: configuration.market).read(at: deployment.reader),
      try GMXRoleStore.HasRole(account: deployment.exchangeRouter, roleKey: GMXv2Keys.named("CONTROLLER"))
        .read(at: deployment.roleStore),
      try ERC20.BalanceOf(account: account).read(at: collateral),
      try ERC20.Allowance(owner: account, spender: deployment.router).read(at: collateral),
    ]
    for parameter in GMXv2Parameter.allCases {
      let key = try parameter.key(configuration, account: account)
      reads.append(try GMXDataStore.GetUint(key: key).read(at: deployment.dataStore))
    }
    return reads
  }

  /// Number of reads before the parameters.
  private static let listReads = 6

  /// The first round in the protocol's units.
  func first(
    _ results: [ReadResult], account: Address, price: Price, collateralPrice: Price
  ) throws(ContractsError) -> GMXv2State {
    let expected = Self.listReads + GMXv2Parameter.allCases.count
    guard results.count == expected else {
      throw .answerCount(what: "GMX v2, first round", expected: expected, actual: results.count)
    }
    guard !price.isZero, !collateralPrice.isZero else {
      throw .implausible(what: "a price handed to GMX v2", value: price.isZero ? "index 0" : "collateral 0")
    }
    try checkMarket(GMXReader.GetMarket.output(of: results[2], "GMX market \(configuration.market)"))
    var values: [UInt256] = []
    for result in results[Self.listReads...] {
      values.append(try GMXDataStore.GetUint.output(of: result, "GMX DataStore parameters"))
    }
    return GMXv2State(
      account: account,
      positions: try positions(in: GMXReader.GetAccountPositions.output(of: results[0], "GMX positions"), of: account),
      orders: try orders(in: GMXReader.GetAccountOrders.output(of: results[1], "GMX orders"), of: account),
      parameters: try .init(values), indexPrice: price, collateralPrice: collateralPrice,
      collateralBalance: try ERC20.BalanceOf.output(of: results[4], "collateral balance"),
      collateralAllowance: try ERC20.Allowance.output(of: results[5], "collateral allowance"),
      isRouterController: try GMXRoleStore.HasRole.output(of: results[3], "GMX RoleStore"))
  }

  private func checkMarket(_ market: GMXReader.MarketProps) throws(ContractsError) {
    let pairs = [
      ("market token", market.marketToken, configuration.market),
      ("index token", market.indexToken, configuration.indexToken.address),
      ("long token", market.longToken, configuration.longToken.address),
      ("short token", market.shortToken, configuration.shortToken.address),
    ]
    for (what, actual, expected) in pairs where actual != expected {
      throw .implausible(
        what: "GMX market \(configuration.market): its \(what), configured as \(expected),", value: "\(actual)")
    }
  }

  private func positions(
    in list: [GMXReader.PositionProps], of account: Address
  ) throws(ContractsError) -> [GMXv2State.KeyedPosition] {
    guard list.count < Self.listLimit else {
      throw .implausible(what: "the list of GMX positions", value: "\(Self.listLimit) or more entries")
    }
    var keyed: [GMXv2State.KeyedPosition] = []
    for position in list where position.addresses.market == configuration.market {
      guard position.addresses.account == account else {
        throw .implausible(what: "the list of GMX positions", value: "one of \(position.addresses.account)")
      }
      let key = try GMXv2Keys.position(
        account: account, market: configuration.market, collateral: position.addresses.collateralToken,
        isLong: position.flags.isLong)
      keyed.append(.init(key: key, position: position))
    }
    return keyed
  }

  private func orders(
    in list: [GMXReader.OrderInfo], of account: Address
  ) throws(ContractsError) -> [GMXv2State.KeyedOrder] {
    guard list.count < Self.listLimit else {
      throw .implausible(what: "the list of GMX orders", value: "\(Self.listLimit) or more entries")
    }
    var keyed: [GMXv2State.KeyedOrder] = []
    // Swaps name no market; nobody but the vault's owner places them, and they change no position.
    for info in list where info.order.addresses.market == configuration.market {
      guard info.order.addresses.account == account else {
        throw .implausible(what: "the list of GMX orders", value: "one of \(info.order.addresses.account)")
      }
      keyed.append(.init(key: info.orderKey, order: info.order))
    }
    return keyed
  }

  // MARK: - Second round

  package func pricedReads(
    account: Address, first: [ReadResult], price: Price, collateralPrice: Price
  ) throws(ContractsError) -> [Read] {
    let state = try self.first(first, account: account, price: price, collateralPrice: collateralPrice)
    let deployment = configuration.deployment
    let prices = try marketPrices(price: price, collateralPrice: collateralPrice)
    var reads = [
      try GMXReader.GetMarketInfo(dataStore: deployment.dataStore, prices: prices, marketKey: configuration.market)
        .read(at: deployment.reader)
    ]
    let probe = try FixedPoint.signed(GMXv2Units.units(configuration.impactProbe))
    for isLong in [true, false] {
      reads.append(
        try GMXReader.GetExecutionPrice(
          dataStore: deployment.dataStore, marketKey: configuration.market, prices: prices,
          positionSizeInUsd: .zero, positionSizeInTokens: .zero, sizeDeltaUsd: probe, pendingImpactAmount: .zero,
          isLong: isLong
        ).read(at: deployment.reader))
    }
    for keyed in state.positions {
      // The size of the whole position, so that the fees are those of closing it now, funding and borrowing included.
      reads.append(
        try GMXReader.GetPositionInfo(
          dataStore: deployment.dataStore, referralStorage: deployment.referralStorage, positionKey: keyed.key,
          prices: prices, sizeDeltaUsd: .zero, uiFeeReceiver: configuration.uiFeeReceiver,
          usePositionSizeAsSizeDeltaUsd: true
        ).read(at: deployment.reader))
    }
    return reads
  }

  /// Our oracle's prices in the protocol's format. Minimum and maximum are equal: the spread of the protocol's own feed
  /// is not known here, and the price bound of each order covers it.
  func marketPrices(price: Price, collateralPrice: Price) throws(ContractsError) -> GMXReader.MarketPrices {
    func props(_ price: Price, _ token: GMXv2Configuration.Token) throws(ContractsError) -> GMXReader.PriceProps {
      let units = try GMXv2Units.units(price, tokenDecimals: token.decimals, .down)
      return .init(min: units, max: units)
    }
    return GMXReader.MarketPrices(
      indexTokenPrice: try props(price, configuration.indexToken),
      longTokenPrice: try props(
        resolve(configuration.longPricing, price: price, collateralPrice: collateralPrice), configuration.longToken),
      shortTokenPrice: try props(
        resolve(configuration.shortPricing, price: price, collateralPrice: collateralPrice), configuration.shortToken))
  }

  private func resolve(_ pricing: GMXv2Configuration.Pricing, price: Price, collateralPrice: Price) -> Price {
    switch pricing {
    case .index: price
    case .collateral: collateralPrice
    case .fixed(let constant): constant
    }
  }

  /// The price of one of the market's tokens; nil for a token that is not the market's.
  func tokenPrice(_ address: Address, in state: GMXv2State) -> Price? {
    if address == configuration.collateral.address { return state.collateralPrice }
    if address == configuration.longToken.address {
      return resolve(configuration.longPricing, price: state.indexPrice, collateralPrice: state.collateralPrice)
    }
    if address == configuration.shortToken.address {
      return resolve(configuration.shortPricing, price: state.indexPrice, collateralPrice: state.collateralPrice)
    }
    return nil
  }

  /// Dollars that `units` of one of the market's tokens are worth, rounded down.
  func tokenValue(
    _ units: UInt256, of address: Address, in state: GMXv2State
  ) throws(ContractsError) -> Usd {
    guard let token = configuration.token(at: address), let price = tokenPrice(address, in: state) else {
      throw .implausible(what: "a token in GMX market \(configuration.market)", value: "\(address)")
    }
    return try GMXv2Units.value(units, decimals: token.decimals, at: price, .down)
  }
}
