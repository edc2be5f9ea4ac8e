package import Ethereum

/// Everything about one GMX v2 market on one chain that is not read from the chain. Comes from the address book and the
/// configuration; nothing of it is in code.
package struct GMXv2Configuration: Hashable, Sendable, Codable {
  /// Where a token's dollar price comes from. The venue's own figures need a price for every token of the market.
  package enum Pricing: Hashable, Sendable, Codable {
    /// It is the index asset, or its wrapped form.
    case index
    /// It is the collateral; its price is handed in with every reading.
    case collateral
    /// A constant, for a stable token that is not the collateral. Used for the pool's figures (funding, borrowing)
    /// only.
    case fixed(Price)
  }

  package struct Token: Hashable, Sendable, Codable {
    package let symbol: String
    package let address: Address
    package let decimals: Int

    package init(symbol: String, address: Address, decimals: Int) {
      self.symbol = symbol
      self.address = address
      self.decimals = decimals
    }
  }

  /// The protocol's contracts. Handlers and routers change with each release; the others do not.
  package struct Deployment: Hashable, Sendable, Codable {
    package let exchangeRouter: Address
    /// Pulls tokens from the account: the account's allowance goes to this address.
    package let router: Address
    package let dataStore: Address
    package let reader: Address
    package let orderVault: Address
    package let eventEmitter: Address
    package let roleStore: Address
    package let referralStorage: Address

    package init(
      exchangeRouter: Address, router: Address, dataStore: Address, reader: Address, orderVault: Address,
      eventEmitter: Address, roleStore: Address, referralStorage: Address
    ) {
      self.exchangeRouter = exchangeRouter
      self.router = router
      self.dataStore = dataStore
      self.reader = reader
      self.orderVault = orderVault
      self.eventEmitter = eventEmitter
      self.roleStore = roleStore
      self.referralStorage = referralStorage
    }

    /// From an address book of protocol "gmx-v2"; throws naming the first contract it lacks.
    package init(_ book: AddressBook) throws(ContractsError) {
      self.init(
        exchangeRouter: try book.address("ExchangeRouter"), router: try book.address("Router"),
        dataStore: try book.address("DataStore"), reader: try book.address("Reader"),
        orderVault: try book.address("OrderVault"), eventEmitter: try book.address("EventEmitter"),
        roleStore: try book.address("RoleStore"), referralStorage: try book.address("ReferralStorage"))
    }
  }

  package let deployment: Deployment
  /// The market token, which names the market.
  package let market: Address
  /// The market's index token; only its decimals matter (it need not exist as a contract).
  package let indexToken: Token
  package let longToken: Token
  package let shortToken: Token
  package let longPricing: Pricing
  package let shortPricing: Pricing
  /// Long or short token: what new positions are collateralised with.
  package let collateral: Token
  /// Size of the trade whose price impact is asked for with each reading; best the largest clip.
  package let impactProbe: Usd
  /// Receiver of an interface fee; zero for none.
  package let uiFeeReceiver: Address
  package let referralCode: Bytes32

  /// Throws when the collateral is neither the long nor the short token, or a figure is out of range.
  package init(
    deployment: Deployment, market: Address, indexToken: Token, longToken: Token, shortToken: Token,
    longPricing: Pricing, shortPricing: Pricing, collateral: Address, impactProbe: Usd,
    uiFeeReceiver: Address = .zero, referralCode: Bytes32 = .zero
  ) throws(ContractsError) {
    guard let token = [longToken, shortToken].first(where: { $0.address == collateral }) else {
      throw .cannotPlace("collateral \(collateral) is neither the market's long nor its short token; use one of them")
    }
    for token in [indexToken, longToken, shortToken] where !(0...30).contains(token.decimals) {
      throw .cannotPlace("token \(token.symbol) has \(token.decimals) decimals; GMX prices hold 0 to 30")
    }
    guard impactProbe.isPositive else {
      throw .cannotPlace("the size of the impact probe is \(impactProbe); it must be more than 0")
    }
    self.deployment = deployment
    self.market = market
    self.indexToken = indexToken
    self.longToken = longToken
    self.shortToken = shortToken
    self.longPricing = longPricing
    self.shortPricing = shortPricing
    self.collateral = token
    self.impactProbe = impactProbe
    self.uiFeeReceiver = uiFeeReceiver
    self.referralCode = referralCode
  }

  /// The token of the market at this address, nil for any other.
  func token(at address: Address) -> Token? { [longToken, shortToken].first { $0.address == address } }
}

extension GMXv2Configuration {
  /// Reads what `encode(to:)` wrote, and checks it as the configuration's own reader does: a record is not believed.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      deployment: values.decode(Deployment.self, forKey: .deployment),
      market: values.decode(Address.self, forKey: .market),
      indexToken: values.decode(Token.self, forKey: .indexToken),
      longToken: values.decode(Token.self, forKey: .longToken),
      shortToken: values.decode(Token.self, forKey: .shortToken),
      longPricing: values.decode(Pricing.self, forKey: .longPricing),
      shortPricing: values.decode(Pricing.self, forKey: .shortPricing),
      collateral: values.decode(Token.self, forKey: .collateral).address,
      impactProbe: values.decode(Usd.self, forKey: .impactProbe),
      uiFeeReceiver: values.decode(Address.self, forKey: .uiFeeReceiver),
      referralCode: values.decode(Bytes32.self, forKey: .referralCode))
  }
}
