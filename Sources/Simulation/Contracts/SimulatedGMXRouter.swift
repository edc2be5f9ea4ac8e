import Ethereum

/// The traders' door: ExchangeRouter, and what its order handler does with an account's own wishes.
extension ContractMachine {
  mutating func exchangeRouter(_ selector: Selector, _ frame: Frame) throws -> [UInt8] {
    let arguments = frame.data.arguments
    switch selector {
    case .routerMulticall: return try routerMulticall(arguments, frame)
    case .sendWnt: try sendWnt(arguments)
    case .sendTokens: try sendTokens(arguments, frame)
    case .createOrder: return try createOrder(arguments, account: frame.sender).bytes
    case .updateOrder: try updateOrder(arguments, account: frame.sender)
    case .cancelOrder: try cancelOrder(arguments, account: frame.sender)
    case .claimFundingFees: return try claimFundingFees(arguments, account: frame.sender)
    case .dataStore: return WordWriter.one(addresses.dataStore)
    case .orderHandler: return WordWriter.one(addresses.orderHandler)
    case .router: return WordWriter.one(addresses.router)
    default: throw Revert.empty
    }
    return []
  }

  /// Each call of the batch has the sender and the value of the whole, since the router delegatecalls itself.
  private mutating func routerMulticall(_ arguments: CallData, _ frame: Frame) throws -> [UInt8] {
    let (count, heads) = try arguments.list(0)
    var results: [[UInt8]] = []
    for index in 0..<count {
      try charge(Gas.call)
      let inner = Frame(
        sender: frame.sender, this: frame.this, value: frame.value, data: try heads.content(index))
      results.append(try dispatch(.exchangeRouter, inner))
    }
    var writer = WordWriter(words: 2 + 4 * count)
    writer.count(32)
    writer.count(count)
    let base = writer.bytes.count
    let places = results.map { _ in writer.offset() }
    for (result, place) in zip(results, places) {
      writer.settle(place, from: base)
      writer.content(result)
    }
    return writer.bytes
  }

  private func checkReceiver(_ receiver: Address) throws {
    if receiver == .zero { throw Revert(VenueError.emptyReceiver) }
  }

  /// Throws unless the router still holds a role of the venue's.
  private func requireRouterRole(_ role: String) throws {
    guard state.venue.isRouterController else {
      throw Revert(VenueError.unauthorized, .address(addresses.exchangeRouter), .string(role))
    }
  }

  private mutating func sendWnt(_ arguments: CallData) throws {
    let (receiver, amount) = (try arguments.address(0), try arguments.uint(1))
    try checkReceiver(receiver)
    try moveNative(amount, from: addresses.exchangeRouter, to: addresses.wrappedNative)
    try deposit(amount, by: addresses.exchangeRouter)
    try move(amount, of: .wrapped, from: addresses.exchangeRouter, to: receiver)
  }

  private mutating func sendTokens(_ arguments: CallData, _ frame: Frame) throws {
    let (address, receiver) = (try arguments.address(0), try arguments.address(1))
    let amount = try arguments.uint(2)
    try checkReceiver(receiver)
    try requireRouterRole("ROUTER_PLUGIN")
    guard let token = token(at: address) else { throw Revert.empty }
    try pull(amount, of: token, from: frame.sender, to: receiver, by: addresses.router)
  }

  private mutating func claimFundingFees(_ arguments: CallData, account: Address) throws -> [UInt8] {
    let (markets, marketHeads) = try arguments.list(0)
    let (tokens, tokenHeads) = try arguments.list(1)
    let receiver = try arguments.address(2)
    guard markets == tokens else {
      throw Revert(VenueError.invalidClaimInput, .uint(UInt256(UInt64(markets))), .uint(UInt256(UInt64(tokens))))
    }
    try checkReceiver(receiver)
    var writer = WordWriter(words: 2 + markets)
    writer.count(32)
    writer.count(markets)
    for index in 0..<markets {
      let (market, address) = (try marketHeads.address(index), try tokenHeads.address(index))
      let key = VenueKeys.claimable(market, address, account)
      let amount = state.venue.uint(key)
      try charge(Gas.write)
      state.venue.uints[key] = .zero
      guard market == addresses.market, let token = token(at: address) else { throw Revert.empty }
      if amount != .zero { try move(amount, of: token, from: market, to: receiver) }
      writer.uint(amount)
    }
    return writer.bytes
  }

  // MARK: - Creating

  private mutating func createOrder(_ arguments: CallData, account: Address) throws -> Bytes32 {
    try charge(Gas.createOrder)
    try requireRouterRole("CONTROLLER")
    var order = try OrderRequest(arguments.tail(0)).order(account: account, machine: self)
    var fee = order.executionFee
    if order.type.isIncrease {
      order.collateralDelta = try recordTransferIn(order.collateralToken)
    }
    if order.type.isIncrease, order.collateralToken == addresses.wrappedNative {
      // One transfer pays both: the fee comes out of the collateral.
      try checkFeeReceived(order.collateralDelta, fee)
      order.collateralDelta = try order.collateralDelta - fee
    } else {
      let received = try recordTransferIn(addresses.wrappedNative)
      try checkFeeReceived(received, fee)
      fee = received
    }
    order.executionFee = fee
    if order.sizeDeltaUsd == .zero, order.collateralDelta == .zero { throw Revert(VenueError.emptyOrder) }
    try checkFee(order)
    try state.venue.add(site.keys.nonce, .one)
    order = order.with(
      key: VenueKeys.order(dataStore: addresses.dataStore, nonce: state.venue.uint(site.keys.nonce)))
    state.venue.orders[order.key] = order
    state.venue.insert(order.key, into: site.keys.orderList)
    state.venue.insert(order.key, into: accountOrdersKey(account))
    try registerAutoCancel(order, wanted: order.autoCancel)
    emit(.orderCreated(order))
    try note(placed: order)
    return order.key
  }

  func accountOrdersKey(_ account: Address) -> Bytes32 {
    account == plan.holder ? site.holderOrders : VenueKeys.accountOrders(account)
  }

  private mutating func note(placed order: VenueOrder) throws {
    state.records.feesPaidWei = try state.records.feesPaidWei + order.executionFee
    state.records.orders.append(
      PlacedOrder(
        key: order.key, account: order.account, type: order.type, isLong: order.isLong,
        dataHash: Keccak256.hash(message.data), sender: message.from, senderNonce: message.nonce,
        placedInBlock: block.number, sizeDeltaUsd: order.sizeDeltaUsd, triggerPrice: order.triggerPrice,
        acceptablePrice: order.acceptablePrice))
  }

  private func checkFeeReceived(_ received: UInt256, _ fee: UInt256) throws {
    guard received >= fee else {
      throw Revert(VenueError.insufficientWntAmount, .uint(received), .uint(fee))
    }
  }

  /// The estimate counts at the transaction's own gas price, so a fee computed from another is refused.
  private func checkFee(_ order: VenueOrder) throws {
    let (venue, keys) = (state.venue, site.keys)
    let limit = venue.uint(order.type.isIncrease ? keys.increaseGas : keys.decreaseGas)
    let gas = try order.callbackGasLimit + limit
    let base = try venue.uint(keys.gasBase) + 3 * venue.uint(keys.gasPerOraclePrice)
    let least = try (base + gas * venue.uint(keys.gasMultiplier) / VenueScale.one) * message.gasPriceWei
    guard order.executionFee >= least else {
      throw Revert(VenueError.insufficientExecutionFee, .uint(least), .uint(order.executionFee))
    }
  }

  /// What came into the order vault since it last looked, whoever sent it.
  private mutating func recordTransferIn(_ address: Address) throws -> UInt256 {
    guard let token = token(at: address) else { throw Revert.empty }
    let balance = balance(of: addresses.orderVault, in: token)
    defer { recordOrderVault(token) }
    let recorded = state.venue.recordedInOrderVault
    return try balance - (token == .wrapped ? recorded.wrapped : recorded.quote)
  }

  private mutating func recordOrderVault(_ token: WorldToken) {
    let balance = balance(of: addresses.orderVault, in: token)
    switch token {
    case .wrapped: state.venue.recordedInOrderVault.wrapped = balance
    case .quote: state.venue.recordedInOrderVault.quote = balance
    }
  }

  /// Only exits take part: they go when the position they would leave has closed.
  mutating func registerAutoCancel(_ order: VenueOrder, wanted: Bool) throws {
    let set = VenueKeys.autoCancels(positionKey(of: order))
    guard wanted else {
      state.venue.remove(order.key, from: set)
      return
    }
    guard !order.type.isIncrease, !order.type.isMarket else { return }
    state.venue.insert(order.key, into: set)
    let count = UInt256(UInt64((state.venue.sets[set] ?? []).count))
    let most = state.venue.uint(site.keys.maximumAutoCancels)
    guard count <= most else { throw Revert(VenueError.maxAutoCancelOrdersExceeded, .uint(count), .uint(most)) }
  }

  func positionKey(of order: VenueOrder) -> Bytes32 {
    VenueKeys.position(order.account, order.market, order.collateralToken, isLong: order.isLong)
  }

  // MARK: - Amending and cancelling

  private func owned(_ key: Bytes32, by account: Address, action: String) throws -> VenueOrder {
    guard let order = state.venue.orders[key] else { throw Revert(VenueError.orderNotFound, .bytes32(key)) }
    guard order.account == account else {
      throw Revert(VenueError.unauthorized, .address(account), .string(action))
    }
    return order
  }

  private mutating func updateOrder(_ arguments: CallData, account: Address) throws {
    try charge(Gas.updateOrder)
    try requireRouterRole("CONTROLLER")
    var order = try owned(arguments.bytes32(0), by: account, action: "account for updateOrder")
    guard !order.type.isMarket else {
      throw Revert(VenueError.orderNotUpdatable, .uint(UInt256(UInt64(order.type.rawValue))))
    }
    // Wrapped ether sent along tops the fee up: a frozen order has none left.
    let added = try recordTransferIn(addresses.wrappedNative)
    order.executionFee = try order.executionFee + added
    try checkFee(order)
    order.sizeDeltaUsd = try arguments.uint(1)
    order.acceptablePrice = try arguments.uint(2)
    order.triggerPrice = try arguments.uint(3)
    order.minimumOutput = try arguments.uint(4)
    order.validFrom = try arguments.uint(5)
    order.autoCancel = try arguments.bool(6)
    order.updatedAt = now
    order.isFrozen = false
    order.changedInBlock = block.number
    try registerAutoCancel(order, wanted: order.autoCancel)
    state.venue.orders[order.key] = order
    emit(.orderUpdated(order))
    state.records.feesPaidWei = try state.records.feesPaidWei + added
    let amendment = PlacedOrder.Amendment(
      dataHash: Keccak256.hash(message.data), sender: message.from, senderNonce: message.nonce,
      inBlock: block.number)
    state.records.change(order.key) { record in
      record.amendments.append(amendment)
      record.sizeDeltaUsd = order.sizeDeltaUsd
      record.triggerPrice = order.triggerPrice
      record.acceptablePrice = order.acceptablePrice
      record.fate = .open
    }
  }

  private mutating func cancelOrder(_ arguments: CallData, account: Address) throws {
    try charge(Gas.cancelOrder)
    try requireRouterRole("CONTROLLER")
    let order = try owned(arguments.bytes32(0), by: account, action: "account for cancelOrder")
    if order.type.isMarket {
      let age = try now - order.updatedAt
      let least = state.venue.uint(site.keys.requestExpiration)
      guard age >= least else {
        throw Revert(VenueError.requestNotYetCancellable, .uint(age), .uint(least), .string("Order"))
      }
    }
    try cancel(order, reason: "USER_INITIATED_CANCEL", cause: [], fee: .zero, keeper: account, byAccount: true)
  }

  /// Gives the collateral back and pays the keeper `fee` of the execution fee, the account the rest.
  mutating func cancel(
    _ order: VenueOrder, reason: String, cause: [UInt8], fee: UInt256, keeper: Address, byAccount: Bool
  ) throws {
    try remove(order)
    if order.type.isIncrease, let token = token(at: order.collateralToken) {
      try transferOut(order.collateralDelta, of: token, to: order.backTo, unwrapping: order.unwrapsNative)
    }
    emit(.orderCancelled(order, reason: reason, cause: cause))
    try payFee(of: order, upTo: fee, to: keeper, restTo: order.backTo)
    let number = block.number
    state.records.change(order.key) { $0.fate = .cancelled(inBlock: number, byAccount: byAccount) }
  }

  mutating func remove(_ order: VenueOrder) throws {
    state.venue.orders[order.key] = nil
    state.venue.remove(order.key, from: site.keys.orderList)
    state.venue.remove(order.key, from: accountOrdersKey(order.account))
    try registerAutoCancel(order, wanted: false)
  }

  mutating func payFee(of order: VenueOrder, upTo wanted: UInt256, to keeper: Address, restTo: Address) throws {
    let fee = min(wanted, order.executionFee)
    let rest = try order.executionFee - fee
    try transferOut(fee, of: .wrapped, to: keeper, unwrapping: true)
    try transferOut(rest, of: .wrapped, to: restTo, unwrapping: true)
    state.records.feesEarnedWei = try state.records.feesEarnedWei + fee
    state.records.feesRefundedWei = try state.records.feesRefundedWei + rest
  }

  /// Out of the order vault; ether where asked for, and wrapped where the receiver refuses ether.
  mutating func transferOut(
    _ amount: UInt256, of token: WorldToken, to receiver: Address, unwrapping: Bool
  ) throws {
    guard amount != .zero else { return }
    try bankTransferOut(amount, of: token, from: addresses.orderVault, to: receiver, unwrapping: unwrapping)
    recordOrderVault(token)
  }

  mutating func bankTransferOut(
    _ amount: UInt256, of token: WorldToken, from bank: Address, to receiver: Address, unwrapping: Bool
  ) throws {
    guard amount != .zero else { return }
    if unwrapping, token == .wrapped {
      try withdraw(amount, by: bank)
      let sent = try attempt(from: bank, to: receiver, value: amount, data: CallData([]))
      if sent.succeeded { return }
      try moveNative(amount, from: bank, to: addresses.wrappedNative)
      try deposit(amount, by: bank)
    }
    try move(amount, of: token, from: bank, to: receiver)
  }
}
