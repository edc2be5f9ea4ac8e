package import Ethereum

/// An event of the protocol's EventEmitter: a name, up to two topics, and named items.
struct GMXv2Event {
  let name: String
  let topic1: Bytes32
  let topic2: Bytes32?
  let data: GMXEventEmitter.EventLogData

  /// Nil for a log of anything else, also for one that does not decode: it is no evidence.
  init?(_ log: Log, emitter: Address) {
    guard log.address == emitter, !log.removed else { return nil }
    do {
      if let event = try GMXEventEmitter.EventLog2Event.decode(log) {
        self.init(event.eventName, hash: event.eventNameHash, event.topic1, event.topic2, event.eventData)
      } else if let event = try GMXEventEmitter.EventLog1Event.decode(log) {
        self.init(event.eventName, hash: event.eventNameHash, event.topic1, nil, event.eventData)
      } else {
        return nil
      }
    } catch {
      return nil
    }
  }

  private init?(
    _ name: String, hash: Bytes32, _ topic1: Bytes32, _ topic2: Bytes32?, _ data: GMXEventEmitter.EventLogData
  ) {
    // The name in the data and the one in the topic, by which we asked, must be the same.
    guard Keccak256.hash(utf8: name) == hash else { return nil }
    self.name = name
    self.topic1 = topic1
    self.topic2 = topic2
    self.data = data
  }

  func uint(_ key: String) -> UInt256? { data.uintItems.items.first { $0.key == key }?.value }
  func bytes32(_ key: String) -> Bytes32? { data.bytes32Items.items.first { $0.key == key }?.value }
  func bytes(_ key: String) -> [UInt8]? { data.bytesItems.items.first { $0.key == key }?.value }
  func bool(_ key: String) -> Bool? { data.boolItems.items.first { $0.key == key }?.value }
  func string(_ key: String) -> String? { data.stringItems.items.first { $0.key == key }?.value }

  /// The order it is about.
  var orderKey: Bytes32? {
    switch name {
    case "OrderCreated", "OrderExecuted", "OrderCancelled", "OrderFrozen", "OrderUpdated": topic1
    default: bytes32("orderKey")
    }
  }
}

extension GMXv2Venue {
  private static let eventNames = [
    "OrderCreated", "OrderUpdated", "OrderExecuted", "OrderCancelled", "OrderFrozen", "PositionIncrease",
    "PositionDecrease",
  ]

  package func logQueries(orderKeys: [Bytes32], account: Address) -> [LogQuery] {
    // Order events carry the order's key as their first topic, positions the account. Events of fees carry the market
    // and nothing of ours: asking for those would bring the fees of every trader, more than providers hand out.
    let subjects = orderKeys + [Bytes32(account.word)]
    return [
      LogQuery(
        address: configuration.deployment.eventEmitter,
        topics: [
          [GMXEventEmitter.EventLog1Event.topic0, GMXEventEmitter.EventLog2Event.topic0],
          Self.eventNames.map { Keccak256.hash(utf8: $0) }, subjects,
        ])
    ]
  }

  package func placedOrders(in logs: [Log], account: Address) -> [Bytes32] {
    logs.compactMap { log in
      guard let event = GMXv2Event(log, emitter: configuration.deployment.eventEmitter),
        event.name == "OrderCreated", event.topic2 == Bytes32(account.word)
      else { return nil }
      return event.topic1
    }
  }

  package func classify(order key: Bytes32, logs: [Log], stillListed: OpenOrder?) -> OrderState {
    var price: Price?
    var fees: Usd?
    var shortfall: Usd?
    var frozenReason: String?
    var end: OrderState?
    for log in logs {
      guard let event = GMXv2Event(log, emitter: configuration.deployment.eventEmitter), event.orderKey == key
      else { continue }
      switch event.name {
      case "OrderExecuted": end = .filled(averagePrice: nil, feesUsd: nil)
      case "OrderCancelled": end = cancelled(event)
      case "OrderFrozen": frozenReason = reason(event)
      case "OrderUpdated": frozenReason = nil
      case "PositionIncrease", "PositionDecrease":
        price = executionPrice(event)
        shortfall = self.shortfall(event)
      case "PositionFeesCollected": fees = collectedFees(event)
      default: break
      }
    }
    if let stillListed {
      // What the newest reading lists is not over, whatever logs of an abandoned block say.
      if case .frozen = stillListed.state, let frozenReason { return .frozen(reason: frozenReason) }
      return stillListed.state
    }
    if case .filled? = end { return .filled(averagePrice: price, feesUsd: fees, shortfall: shortfall) }
    return end ?? .unknown
  }

  private func cancelled(_ event: GMXv2Event) -> OrderState {
    let bytes = event.bytes("reasonBytes") ?? []
    if case .custom("OracleTimestampsAreLargerThanRequestExpirationTime", _) =
      RevertReason.decode(bytes, known: knownErrors)
    {
      return .expired
    }
    // The protocol gives collateral and unused fee back with every cancellation.
    return .cancelled(reason: reason(event), refunded: true)
  }

  /// Prices in the protocol's errors are in its own units; the ones that matter are said in ours.
  private func reason(_ event: GMXv2Event) -> String {
    let text = event.string("reason") ?? ""
    if text == "USER_INITIATED_CANCEL" { return "by account" }
    let bytes = event.bytes("reasonBytes") ?? []
    guard !bytes.isEmpty else { return text.isEmpty ? "no reason given" : Excerpt.of(text) }
    return describe(revert: bytes)
  }

  /// Revert data of the protocol for people.
  package func describe(revert: [UInt8]) -> String {
    guard case .custom(let name, let values) = RevertReason.decode(revert, known: knownErrors) else {
      return RevertText.describe(revert, known: knownErrors)
    }
    let prices = values.compactMap { value -> String? in
      guard case .uint(let units) = value else { return nil }
      return indexPrice(units)?.description
    }
    switch (name, prices.count) {
    case ("OrderNotFulfillableAtAcceptablePrice", 2):
      return "\(name)(price: \(prices[0]), acceptable: \(prices[1]))"
    case ("InvalidOrderPrices", 4):
      return "\(name)(price: \(prices[0]), trigger: \(prices[2]))"
    default:
      return RevertText.describe(revert, known: knownErrors)
    }
  }

  private func executionPrice(_ event: GMXv2Event) -> Price? { event.uint("executionPrice").flatMap(indexPrice) }

  /// What the execution price gave away against the index price that was used for it, at the side of its spread that
  /// such a trade is due: dearer for a buy, cheaper for a sale.
  private func shortfall(_ event: GMXv2Event) -> Usd? {
    guard let isLong = event.bool("isLong"), let tokens = event.uint("sizeDeltaInTokens"),
      let execution = executionPrice(event)
    else { return nil }
    let isBuy = isLong == (event.name == "PositionIncrease")
    guard let index = event.uint(isBuy ? "indexTokenPrice.max" : "indexTokenPrice.min").flatMap(indexPrice) else {
      return nil
    }
    do {
      let size = try Quantity(units: tokens, decimals: configuration.indexToken.decimals, rounding: .up)
      let (paid, due) = (try execution.value(of: size, rounding: .up), try index.value(of: size, rounding: .up))
      return isBuy ? try paid - due : try due - paid
    } catch {
      return nil
    }
  }

  private func indexPrice(_ units: UInt256) -> Price? {
    do {
      return try GMXv2Units.price(units, tokenDecimals: configuration.indexToken.decimals, .down)
    } catch {
      return nil
    }
  }

  /// Everything the fill was charged: position fee, borrowing, funding.
  private func collectedFees(_ event: GMXv2Event) -> Usd? {
    guard let amount = event.uint("totalCostAmount"), let price = event.uint("collateralTokenPrice.max") else {
      return nil
    }
    do {
      // Amount in the token's units times dollars with 30 places per unit.
      return try GMXv2Units.usd(ContractsError.wrapping { () throws(EthereumError) in try amount * price }, .up)
    } catch {
      return nil
    }
  }
}
