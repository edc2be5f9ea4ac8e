package import Ethereum

// What is written down with every tick says its form itself, as its coder would write it.

extension FeedReading: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("decimals", decimals)
    try form.put("limits", limits)
    try form.put("price", price)
    try form.put("rawAnswer", rawAnswer)
    try form.put("roundID", roundID)
    form.put("updatedAt", updatedAt)
  }
}

extension FeedLimits: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("heartbeatSeconds", heartbeatSeconds)
    form.put("marginSeconds", marginSeconds)
    try form.put("maximum", maximum)
    try form.put("minimum", minimum)
  }
}

extension SequencerReading: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("graceSeconds", graceSeconds)
    form.put("isUp", isUp)
    form.put("since", since)
  }
}

extension SpotToken: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("address", address)
    form.put("decimals", decimals)
    form.put("role", role.rawValue)
    form.put("symbol", symbol)
  }
}

extension SpotBalance: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("token", token)
    try form.put("units", units)
  }
}

extension VaultReading: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("balances", balances)
    form.put("isPaused", isPaused)
    try form.put("totalAssets", totalAssets)
    try form.put("totalSupply", totalSupply)
  }
}

extension AccountReading: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("holderBalanceWei", holderBalanceWei)
    form.put("isEnabled", isEnabled)
    try form.put("keeperBalanceWei", keeperBalanceWei)
  }
}

extension OpenOrder: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("acceptablePrice", acceptablePrice)
    form.put("cancellableAt", cancellableAt)
    try form.put("change", change)
    try form.put("collateralUnits", collateralUnits)
    try form.put("collateralValue", collateralValue)
    try form.put("executionFeeWei", executionFeeWei)
    form.put("isLong", isLong)
    try form.put("key", key)
    form.put("kind", kind.rawValue)
    try form.put("state", encoding: state)
    try form.put("triggerPrice", triggerPrice)
    form.put("updatedAt", updatedAt)
  }
}

extension Position: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("claimable", claimable)
    try form.put("collateralUnits", collateralUnits)
    try form.put("collateralValue", collateralValue)
    try form.put("entry", entry)
    form.put("isLong", isLong)
    try form.put("key", key)
    try form.put("liquidationPrice", liquidationPrice)
    try form.put("notional", notional)
    try form.put("pendingFees", pendingFees)
    try form.put("quantity", quantity)
    try form.put("unrealised", unrealised)
  }
}

extension MarketTerms: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("borrowingPerSecondLong", borrowingPerSecondLong)
    try form.put("borrowingPerSecondShort", borrowingPerSecondShort)
    form.put("cancelDelaySeconds", cancelDelaySeconds)
    try form.put("collateralAllowanceUnits", collateralAllowanceUnits)
    try form.put("collateralBalanceUnits", collateralBalanceUnits)
    form.put("collateralDecimals", collateralDecimals)
    try form.put("decreaseExecutionGas", decreaseExecutionGas)
    try form.put("fundingPerSecondLong", fundingPerSecondLong)
    try form.put("fundingPerSecondShort", fundingPerSecondShort)
    try form.put("impactOfBuyingProbe", impactOfBuyingProbe)
    try form.put("impactOfSellingProbe", impactOfSellingProbe)
    try form.put("impactProbe", impactProbe)
    try form.put("increaseExecutionGas", increaseExecutionGas)
    form.put("isDisabled", isDisabled)
    try form.put("minimumCollateral", minimumCollateral)
    try form.put("minimumPositionSize", minimumPositionSize)
    if let pool { try form.put("pool", encoding: pool) }
    try form.put("positionFee", positionFee)
    try form.put("venuePrice", venuePrice)
  }
}

extension VenueState: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("claimable", claimable)
    try form.put("native", native)
    try form.put("orders", orders)
    try form.put("positions", positions)
    if let shared { try form.put("shared", shared) }
    try form.put("terms", terms)
  }
}

extension SharedMargin: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("freeCollateral", freeCollateral)
    try form.put("maintenanceRate", maintenanceRate)
  }
}

extension NativeVenueState: JSONComposed {
  /// The associated value, as a coder names it.
  private struct Payload: Encodable, JSONComposed {
    let _0: GMXv2State
    func compose(_ form: inout JSONComposition) throws { try form.put("_0", _0) }
  }

  package func compose(_ form: inout JSONComposition) throws {
    switch self {
    case .none: form.put("none", [:])
    case .gmxV2(let state): try form.put("gmxV2", Payload(_0: state))
    }
  }
}
