import Ethereum

// Calls for people.
extension GMXv2Venue {
  package func describe(_ call: Call) -> [String]? {
    guard call.to == configuration.deployment.exchangeRouter else { return nil }
    if GMXExchangeRouter.Multicall.matches(call.data) {
      do {
        let inner = try GMXExchangeRouter.Multicall.decodeCall(call.data).data
        // A multicall inside a multicall is nothing we write; it is named and not entered.
        return ["ExchangeRouter.multicall of \(inner.count) calls"] + inner.map { "  " + describe(data: $0) }
      } catch {
        return ["ExchangeRouter.multicall, malformed: \(error)"]
      }
    }
    return [describe(data: call.data)]
  }

  private func describe(data: [UInt8]) -> String {
    do {
      return "ExchangeRouter." + (try text(data))
    } catch {
      return "ExchangeRouter call \(Hex.encode(Array(data.prefix(4)))), malformed: \(error)"
    }
  }

  private func text(_ data: [UInt8]) throws(ContractsError) -> String {
    if GMXExchangeRouter.SendWnt.matches(data) {
      let call = try GMXExchangeRouter.SendWnt.decodeCall(data)
      return "sendWnt: \(try native(call.amount)) native currency to \(name(of: call.receiver))"
    }
    if GMXExchangeRouter.SendTokens.matches(data) {
      let call = try GMXExchangeRouter.SendTokens.decodeCall(data)
      return "sendTokens: \(try amount(call.amount, of: call.token)) to \(name(of: call.receiver))"
    }
    if GMXExchangeRouter.CreateOrder.matches(data) {
      return try text(GMXExchangeRouter.CreateOrder.decodeCall(data).params)
    }
    if GMXExchangeRouter.UpdateOrder.matches(data) {
      let call = try GMXExchangeRouter.UpdateOrder.decodeCall(data)
      return "updateOrder \(call.key): size \(try dollars(call.sizeDeltaUsd)), trigger \(price(call.triggerPrice)), "
        + "acceptable \(price(call.acceptablePrice))"
    }
    if GMXExchangeRouter.CancelOrder.matches(data) {
      return "cancelOrder \(try GMXExchangeRouter.CancelOrder.decodeCall(data).key)"
    }
    if GMXExchangeRouter.Multicall.matches(data) { return "multicall (nested)" }
    return "unknown function \(Hex.encode(Array(data.prefix(4))))"
  }

  private func text(_ params: GMXExchangeRouter.CreateOrderParams) throws(ContractsError) -> String {
    let type = params.orderType.asUInt64.flatMap(GMXv2OrderType.init(rawValue:))
    let kind = type.map { "\($0)" } ?? "order type \(params.orderType)"
    let numbers = params.numbers
    var parts = [
      "createOrder: \(kind) \(params.isLong ? "long" : "short") in market \(params.addresses.market)",
      "size \(try dollars(numbers.sizeDeltaUsd))",
      "collateral \(try amount(numbers.initialCollateralDeltaAmount, of: params.addresses.initialCollateralToken))",
    ]
    if numbers.triggerPrice != .zero { parts.append("trigger \(price(numbers.triggerPrice))") }
    parts.append("acceptable \(price(numbers.acceptablePrice))")
    parts.append("execution fee \(try native(numbers.executionFee))")
    parts.append("receiver \(params.addresses.receiver)")
    if !params.addresses.swapPath.isEmpty { parts.append("swap over \(params.addresses.swapPath.count) markets") }
    if params.addresses.callbackContract != .zero { parts.append("callback \(params.addresses.callbackContract)") }
    return parts.joined(separator: ", ")
  }

  private func name(of address: Address) -> String {
    address == configuration.deployment.orderVault ? "OrderVault" : address.description
  }

  private func native(_ wei: UInt256) throws(ContractsError) -> String {
    try Quantity(units: wei, decimals: 18, rounding: .down).description
  }

  private func dollars(_ units: UInt256) throws(ContractsError) -> String {
    "\(try GMXv2Units.usd(units, .down).rounded(places: 6, .down)) USD"
  }

  private func price(_ units: UInt256) -> String {
    guard units != .zero, units != .max else { return "ANY PRICE" }
    do {
      return try GMXv2Units.price(units, tokenDecimals: configuration.indexToken.decimals, .down).description
    } catch {
      return "\(units) (raw)"
    }
  }

  private func amount(_ units: UInt256, of address: Address) throws(ContractsError) -> String {
    guard let token = configuration.token(at: address) else { return "\(units) units of \(address)" }
    return "\(try Quantity(units: units, decimals: token.decimals, rounding: .down)) \(token.symbol)"
  }
}
