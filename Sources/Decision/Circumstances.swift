package import Contracts
package import Ethereum

/// Everything a judgement needs that is not on chain at the observed block: time, fees, budgets, balance, history. The
/// keeper fills it from its clock and its journal and hands it over as one plain value.
package struct Circumstances: Hashable, Sendable, Codable {
  /// Wall clock, unix seconds.
  package var nowSeconds: UInt64
  /// What a routine transaction would pay.
  package var fees: FeeQuote
  /// The same where waiting costs money, and where a liquidation is near; nil where the chain's price is one for all.
  package var urgentFees: FeeQuote?
  package var liquidationFees: FeeQuote?
  /// Gas limit the act would be signed with.
  package var gasLimit: UInt64
  /// Gas and upfront fees spent or reserved in each rolling window, and how much that may be.
  package var gasBudgets: [GasAllowance]
  /// The same in dollars over the day; nil without such a budget.
  package var gasCost: Allowance?
  /// The native currency's price; nil where no feed gives one.
  package var nativePrice: Price?
  /// What the vault has traded in the rolling day, orders that stand included; nil without such a budget.
  package var turnover: Allowance?
  /// How far the sum of what fills lost against the oracle's price stands below its best; nil without a limit.
  package var loss: Allowance?
  /// Native currency of the keeper's address, less what calls in flight may still take.
  package var keeperBalanceWei: UInt256
  /// What clearing a stuck nonce may cost; never spent on anything else.
  package var clearNonceReserveWei: UInt256
  /// True where the venue's upfront fee comes out of the keeper's own balance (the vault is the keeper's address).
  package var keeperPaysUpfrontFee: Bool
  package var calls: CallsInFlight
  /// A halt marker is set.
  package var isHalted: Bool
  /// Whoever halted asked that our own orders be taken back, whatever the policy allows by itself.
  package var takesOrdersBack: Bool
  /// Fate of the vault's latest orders, oldest first.
  package var recentOutcomes: [OrderOutcome]
  /// Acts reserved within the attempt window that did not end in a fill, and how many there may be.
  package var attemptsInWindow: Int
  package var attemptLimit: Int
  /// The base asset's oracle price as observed before, oldest first.
  package var priceHistory: [PricePoint]
  /// When the vault's last order filled, unix seconds; nil where none is remembered.
  package var correctedAtSeconds: UInt64?
  /// How much the price is expected to move, by whoever looks at more than the price history above.
  package var volatility: [VolatilityEstimate]
  /// What aims with a memory know of earlier judgements and other vaults.
  package var aims: AimState
  /// Which of the estimates that were wished for there are none of, and why.
  package var volatilityGaps: [VolatilityGap]
  /// What another market says of it; nil where no series is configured, or the one that is cannot be used.
  package var macro: MacroReading?
  /// What was wrong with the inputs and did not keep anybody from judging.
  package var warnings: [Warning]
  /// A price bound tighter than the policy's, for a call that others have seen; nil where the policy's holds.
  package var priceBound: Ratio?

  package init(
    nowSeconds: UInt64, fees: FeeQuote, urgentFees: FeeQuote? = nil, liquidationFees: FeeQuote? = nil,
    gasLimit: UInt64, gasBudgets: [GasAllowance], gasCost: Allowance? = nil, nativePrice: Price? = nil,
    turnover: Allowance? = nil, loss: Allowance? = nil, keeperBalanceWei: UInt256, clearNonceReserveWei: UInt256,
    keeperPaysUpfrontFee: Bool,
    calls: CallsInFlight = .none, isHalted: Bool = false, takesOrdersBack: Bool = false,
    recentOutcomes: [OrderOutcome] = [],
    attemptsInWindow: Int = 0, attemptLimit: Int, priceHistory: [PricePoint] = [],
    correctedAtSeconds: UInt64? = nil, volatility: [VolatilityEstimate] = [],
    volatilityGaps: [VolatilityGap] = [], macro: MacroReading? = nil, warnings: [Warning] = [],
    aims: AimState = .none, priceBound: Ratio? = nil
  ) {
    self.nowSeconds = nowSeconds
    self.fees = fees
    self.urgentFees = urgentFees
    self.liquidationFees = liquidationFees
    self.gasLimit = gasLimit
    self.gasBudgets = gasBudgets
    self.gasCost = gasCost
    self.nativePrice = nativePrice
    self.turnover = turnover
    self.loss = loss
    self.keeperBalanceWei = keeperBalanceWei
    self.clearNonceReserveWei = clearNonceReserveWei
    self.keeperPaysUpfrontFee = keeperPaysUpfrontFee
    self.calls = calls
    self.isHalted = isHalted
    self.takesOrdersBack = takesOrdersBack
    self.recentOutcomes = recentOutcomes
    self.attemptsInWindow = attemptsInWindow
    self.attemptLimit = attemptLimit
    self.priceHistory = priceHistory
    self.correctedAtSeconds = correctedAtSeconds
    self.volatility = volatility
    self.aims = aims
    self.volatilityGaps = volatilityGaps
    self.macro = macro
    self.warnings = warnings
    self.priceBound = priceBound
  }
}

extension Circumstances {
  /// What a transaction of this urgency would pay.
  package func fees(for urgency: Urgency) -> FeeQuote {
    switch urgency {
    case .routine: fees
    case .urgent: urgentFees ?? fees
    case .liquidation: liquidationFees ?? urgentFees ?? fees
    }
  }
}

/// A budget of native currency over a rolling window, and what counts against it.
package struct GasAllowance: Hashable, Sendable, Codable {
  package let windowSeconds: UInt64
  package let usedWei: UInt256
  package let budgetWei: UInt256

  package init(windowSeconds: UInt64, usedWei: UInt256, budgetWei: UInt256) {
    self.windowSeconds = windowSeconds
    self.usedWei = usedWei
    self.budgetWei = budgetWei
  }
}

/// A limit in dollars, and what counts against it.
package struct Allowance: Hashable, Sendable, Codable {
  package let used: Usd
  package let limit: Usd

  package init(used: Usd, limit: Usd) {
    self.used = used
    self.limit = limit
  }
}

/// Whether a call of ours for this vault is still open.
package enum CallsInFlight: String, Hashable, Sendable, Codable {
  case none
  /// Sent and not yet settled.
  case inFlight
  /// It is not known whether it was sent.
  case inDoubt
}

/// What the next block's gas costs, per unit of gas.
package struct FeeQuote: Hashable, Sendable, Codable {
  package let nextBaseFeeWei: UInt256
  package let tipWei: UInt256
  /// The most a transaction signed now would pay.
  package let feeCapWei: UInt256
  /// The most the operator allows.
  package let gasPriceCeilingWei: UInt256

  package init(nextBaseFeeWei: UInt256, tipWei: UInt256, feeCapWei: UInt256, gasPriceCeilingWei: UInt256) {
    self.nextBaseFeeWei = nextBaseFeeWei
    self.tipWei = tipWei
    self.feeCapWei = feeCapWei
    self.gasPriceCeilingWei = gasPriceCeilingWei
  }
}

package struct OrderOutcome: Hashable, Sendable, Codable {
  package let key: Bytes32
  package let state: OrderState
  /// Unix seconds.
  package let atSeconds: UInt64
  /// What it cost us, gas and upfront fee not returned.
  package let gasWei: UInt256

  package init(key: Bytes32, state: OrderState, atSeconds: UInt64, gasWei: UInt256) {
    self.key = key
    self.state = state
    self.atSeconds = atSeconds
    self.gasWei = gasWei
  }
}

package struct PricePoint: Hashable, Sendable, Codable {
  /// Unix seconds.
  package let atSeconds: UInt64
  package let price: Price

  package init(atSeconds: UInt64, price: Price) {
    self.atSeconds = atSeconds
    self.price = price
  }
}
