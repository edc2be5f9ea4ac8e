package import Contracts
package import Ethereum

/// A standing order as the order keeper sees it before it acts.
package struct OrderSnapshot: Hashable, Sendable {
  package let key: Bytes32
  package let account: Address
  package let type: VenueOrderType
  package let isLong: Bool
  /// Dollars with 30 decimals; prices with 12.
  package let sizeDeltaUsd, triggerPrice, acceptablePrice: UInt256
  package let executionFeeWei: UInt256
  /// Unix seconds, and the block, in which it was placed or last amended.
  package let updatedAt: UInt64
  package let changedInBlock: UInt64
  /// The feed's price is at or beyond its trigger; always so for a market order.
  package let isTriggered: Bool
}

/// What the order keeper does with an order in this block. What comes of it are the venue's rules.
package enum OrderVerdict: Hashable, Sendable {
  case wait
  /// Tries to execute, at this price of the base or at the feed's. An order that is not triggered at that price stays
  /// as it is; one that its acceptable price, its collateral or the position forbids is cancelled (market) or frozen
  /// (limit).
  case execute(at: Price? = nil)
  /// Gives it back with this cause. The venue itself does so with market orders, and with limits that have nothing left
  /// to act on.
  case cancel(OrderTrouble)
  /// Freezes it with this cause: it stays, its fee is spent. A market order cannot freeze and is cancelled.
  case freeze(OrderTrouble)
}

package enum OrderTrouble: Hashable, Sendable {
  /// The fill would have been at this price, which the order does not accept.
  case unacceptablePrice(Price)
  /// Nobody executed it in time.
  case expired
  /// The position it would reduce is not there.
  case emptyPosition
  /// Any revert data.
  case data([UInt8])
}

extension ContractWorld {
  /// Lets the venue's order keeper act once on every standing order that is not frozen, in the order of the venue's
  /// list, each in a transaction of its own; then closes positions that are due. Prices are the feeds' of this state.
  /// - Returns: the logs of all these transactions, in order.
  package mutating func runOrderKeeper(
    in block: BlockContext, verdict: (OrderSnapshot) -> OrderVerdict
  ) -> [EmittedLog] {
    var logs: [EmittedLog] = []
    for key in state.venue.sets[site.keys.orderList] ?? [] {
      guard let order = state.venue.orders[key], !order.isFrozen else { continue }
      let machine = keeperMachine(in: block)
      let choice = verdict(machine.snapshot(order))
      guard choice != .wait else { continue }
      // What reverts here leaves the order as it was, as a keeper's failed transaction does.
      logs += finish(machine) { try $0.act(on: order, choice) }
    }
    if plan.market.liquidates { logs += liquidateDue(in: block) }
    return logs
  }

  private mutating func liquidateDue(in block: BlockContext) -> [EmittedLog] {
    var logs: [EmittedLog] = []
    for key in state.venue.sets[site.keys.positionList] ?? [] {
      guard let position = state.venue.positions[key] else { continue }
      logs += finish(keeperMachine(in: block)) { try $0.liquidate(position) }
    }
    return logs
  }

  /// A machine for a transaction of the order keeper's. It pays a little over the base fee, as the dev chain's does.
  private func keeperMachine(in block: BlockContext) -> ContractMachine {
    let message = Message(
      from: plan.addresses.orderKeeper, to: plan.addresses.orderHandler,
      gasPriceWei: block.baseFeeWei.addingReportingOverflow(20_000_000).value, gasLimit: .max)
    return ContractMachine(site: site, state: state, message: message, block: block)
  }

  private mutating func finish(
    _ machine: ContractMachine, _ body: (inout ContractMachine) throws -> Void
  ) -> [EmittedLog] {
    var machine = machine
    do {
      try body(&machine)
    } catch {
      return []
    }
    state = machine.state
    return machine.logs
  }
}

extension ContractMachine {
  fileprivate func snapshot(_ order: VenueOrder) -> OrderSnapshot {
    let isTriggered: Bool
    do { isTriggered = order.isTriggered(at: try oraclePrices(index: nil).index) } catch { isTriggered = false }
    return OrderSnapshot(
      key: order.key, account: order.account, type: order.type, isLong: order.isLong,
      sizeDeltaUsd: order.sizeDeltaUsd, triggerPrice: order.triggerPrice, acceptablePrice: order.acceptablePrice,
      executionFeeWei: order.executionFee, updatedAt: order.updatedAt.asUInt64 ?? 0,
      changedInBlock: order.changedInBlock, isTriggered: isTriggered)
  }

  fileprivate mutating func act(on order: VenueOrder, _ verdict: OrderVerdict) throws {
    try requireSequencerUp()
    switch verdict {
    case .wait: break
    case .execute(let price): try tryToExecute(order, at: price)
    case .cancel(let trouble): try giveUp(order, cause: cause(of: trouble, order))
    case .freeze(let trouble):
      let cause = try cause(of: trouble, order)
      if order.type.isMarket { try giveUp(order, cause: cause) } else { try freeze(order, cause: cause) }
    }
  }

  private func cause(of trouble: OrderTrouble, _ order: VenueOrder) throws -> [UInt8] {
    switch trouble {
    case .unacceptablePrice(let price):
      return Revert(
        VenueError.orderNotFulfillable, .uint(try Self.units(price)), .uint(order.acceptablePrice)
      ).data
    case .expired:
      let limit = state.venue.uint(site.keys.requestExpiration)
      return Revert(VenueError.orderExpired, .uint(now), .uint(order.updatedAt), .uint(limit)).data
    case .emptyPosition: return Revert(VenueError.emptyPosition).data
    case .data(let bytes): return bytes
    }
  }

  /// Ours have 18 decimals for a whole token, the venue's 30 for the smallest unit of its 18.
  private static func units(_ price: Price) throws -> UInt256 { try price.raw / 1_000_000 }

  private mutating func tryToExecute(_ order: VenueOrder, at price: Price?) throws {
    let prices = try oraclePrices(index: price.map { try Self.units($0) })
    let result = try attempt { (machine) in
      try machine.execute(order, at: prices)
      return []
    }
    guard !result.succeeded else {
      try remove(order)
      emit(.orderExecuted(order))
      try cancelExits(after: order)
      try payFee(of: order, upTo: spent(), to: message.from, restTo: order.receiver)
      let number = block.number
      state.records.change(order.key) { $0.fate = .executed(inBlock: number) }
      return
    }
    try handle(order, cause: result.output)
  }

  /// Errors that time may heal leave the order as it is.
  private static let passing = [
    VenueError.invalidOrderPrices, VenueError.validFromTimeNotReached, VenueError.emptyPrimaryPrice,
    VenueError.invalidFeedPrice, VenueError.unauthorized,
  ].map(\.selector)

  private static let hopeless = [VenueError.emptyPosition, VenueError.invalidCollateralToken].map(\.selector)

  private mutating func handle(_ order: VenueOrder, cause: [UInt8]) throws {
    let selector = Array(cause.prefix(4))
    if selector.count < 4 || Self.passing.contains(selector) { throw Revert(data: cause) }
    if order.type.isMarket || Self.hopeless.contains(selector) {
      try giveUp(order, cause: cause)
    } else {
      try freeze(order, cause: cause)
    }
  }

  private mutating func giveUp(_ order: VenueOrder, cause: [UInt8]) throws {
    try cancel(order, reason: "", cause: cause, fee: spent(), keeper: message.from, byAccount: false)
  }

  private mutating func freeze(_ order: VenueOrder, cause: [UInt8]) throws {
    var frozen = order
    frozen.isFrozen = true
    frozen.executionFee = .zero
    state.venue.orders[order.key] = frozen
    emit(.orderFrozen(order, reason: "", cause: cause))
    try payFee(of: order, upTo: spent(), to: message.from, restTo: order.receiver)
    state.records.change(order.key) { record in
      record.fate = .frozen
      record.freezes += 1
    }
  }

  /// After a position has closed, the exits that were marked to go with it.
  private mutating func cancelExits(after order: VenueOrder) throws {
    let position = positionKey(of: order)
    guard state.venue.positions[position] == nil else { return }
    for key in (state.venue.sets[VenueKeys.autoCancels(position)] ?? []).prefix(16) {
      guard let exit = state.venue.orders[key] else { continue }
      try cancel(
        exit, reason: "AUTO_CANCEL", cause: [], fee: .zero, keeper: order.account, byAccount: false)
    }
  }

  /// What the execution has cost the keeper, as the protocol reckons it.
  private func spent() throws -> UInt256 {
    let (venue, keys) = (state.venue, site.keys)
    let base = try venue.uint(keys.paidGasBase) + 3 * venue.uint(keys.paidGasPerOraclePrice)
    let used = UInt256(plan.market.executionGasUsed)
    return try (base + used * venue.uint(keys.paidGasMultiplier) / VenueScale.one) * message.gasPriceWei
  }

  /// Closes a position that is due on the true boundary, pending funding and borrowing included; throws for any other.
  fileprivate mutating func liquidate(_ position: VenuePosition) throws {
    try requireSequencerUp()
    let prices = try oraclePrices(index: nil)
    guard try liquidation(position, prices, forLiquidation: true, withPending: true).reason != nil else {
      throw Revert.empty
    }
    try state.venue.add(site.keys.nonce, .one)
    let order = VenueOrder(
      key: VenueKeys.order(dataStore: addresses.dataStore, nonce: state.venue.uint(site.keys.nonce)),
      account: position.account, receiver: position.account, cancellationReceiver: .zero, callbackContract: .zero,
      uiFeeReceiver: .zero, market: position.market, collateralToken: position.collateralToken, type: .liquidation,
      swapType: 0, sizeDeltaUsd: position.sizeInUsd, collateralDelta: .zero, triggerPrice: .zero,
      acceptablePrice: position.isLong ? .zero : .max, executionFee: .zero, callbackGasLimit: .zero,
      minimumOutput: .zero, updatedAt: now, validFrom: .zero, isLong: position.isLong, unwrapsNative: true,
      autoCancel: false, dataList: [], changedInBlock: block.number)
    emit(.orderCreated(order))
    try execute(order, at: prices)
    emit(.orderExecuted(order))
    try cancelExits(after: order)
  }
}
