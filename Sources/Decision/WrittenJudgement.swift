package import Ethereum

// What is written down with every tick says its form itself, as its coder would write it.

extension Check: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    if let code { form.put("code", code.rawValue) }
    try form.put("figures", figures)
    form.put("name", name)
    form.put("outcome", outcome.rawValue)
  }
}

extension Head: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("hash", hash)
    form.put("number", number)
    form.put("timestamp", timestamp)
  }
}

extension Observation: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("account", account)
    if !exposures.isEmpty { try form.put("exposures", encoding: exposures) }
    try form.put("head", head)
    form.put("isRoleHeld", isRoleHeld)
    try form.put("nativePrice", nativePrice)
    try form.put("price", price)
    try form.put("quotePrice", quotePrice)
    try form.put("sequencer", sequencer)
    try form.put("vault", vault)
    try form.put("venue", venue)
  }
}

extension FeeQuote: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("feeCapWei", feeCapWei)
    try form.put("gasPriceCeilingWei", gasPriceCeilingWei)
    try form.put("nextBaseFeeWei", nextBaseFeeWei)
    try form.put("tipWei", tipWei)
  }
}

extension GasAllowance: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("budgetWei", budgetWei)
    try form.put("usedWei", usedWei)
    form.put("windowSeconds", windowSeconds)
  }
}

extension Allowance: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    try form.put("limit", limit)
    try form.put("used", used)
  }
}

extension OrderOutcome: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("atSeconds", atSeconds)
    try form.put("gasWei", gasWei)
    try form.put("key", key)
    try form.put("state", encoding: state)
  }
}

extension PricePoint: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    form.put("atSeconds", atSeconds)
    try form.put("price", price)
  }
}

extension Circumstances: JSONComposed {
  package func compose(_ form: inout JSONComposition) throws {
    if aims != .none { try form.put("aims", aims) }
    form.put("attemptLimit", attemptLimit)
    form.put("attemptsInWindow", attemptsInWindow)
    form.put("calls", calls.rawValue)
    try form.put("clearNonceReserveWei", clearNonceReserveWei)
    if let correctedAtSeconds { form.put("correctedAtSeconds", correctedAtSeconds) }
    try form.put("fees", fees)
    try form.put("gasBudgets", gasBudgets)
    try form.put("gasCost", gasCost)
    form.put("gasLimit", gasLimit)
    form.put("isHalted", isHalted)
    try form.put("keeperBalanceWei", keeperBalanceWei)
    form.put("keeperPaysUpfrontFee", keeperPaysUpfrontFee)
    try form.put("liquidationFees", liquidationFees)
    try form.put("loss", loss)
    try form.put("nativePrice", nativePrice)
    form.put("nowSeconds", nowSeconds)
    try form.put("priceBound", priceBound)
    try form.put("priceHistory", priceHistory)
    try form.put("recentOutcomes", recentOutcomes)
    form.put("takesOrdersBack", takesOrdersBack)
    try form.put("turnover", turnover)
    try form.put("urgentFees", urgentFees)
    if !volatility.isEmpty { try form.put("volatility", encoding: volatility) }
    if let macro { try form.put("macro", encoding: macro) }
    if !volatilityGaps.isEmpty { try form.put("volatilityGaps", encoding: volatilityGaps) }
    if !warnings.isEmpty { form.put("warnings", warnings.map(\.rawValue)) }
  }
}
