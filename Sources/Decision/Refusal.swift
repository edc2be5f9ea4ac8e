/// We chose not to act: which of the closed list of reasons, and the numbers it was judged by.
package struct Refusal: Hashable, Sendable, Codable {
  package let code: Code
  package let figures: [Figure]

  init(_ code: Code, _ figures: [Figure]) {
    self.code = code
    self.figures = figures
  }

  /// For people: what it means, the numbers, and what to do.
  package var text: String {
    let numbers = figures.map(\.description).joined(separator: ", ")
    return numbers.isEmpty ? code.meaning : "\(code.meaning): \(numbers)"
  }

  /// Every code with its meaning and remedy, in the order in which they are judged: the documentation's table is made
  /// from this.
  package static var allCodes: [(code: String, meaning: String, remedy: String)] {
    Code.allCases.map { ($0.rawValue, $0.meaning, $0.remedy) }
  }

  /// The raw values are stable: journals, metrics and alarms carry them. Cases stand in the order of judgement.
  package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    case halted
    case callInDoubt
    case callInFlight
    case headTooOld
    case oracleStale
    case oracleOutOfBounds
    case priceJump
    case venueDivergence
    case sequencerDown
    case exposureUnreadable
    case exposureNotHeld
    case optionBookReplayed
    case optionBookExpired
    case optionVolatilityUnknown
    case optionExpiring
    case optionMarkStale
    case vaultPaused
    case accountDisabled
    case roleMissing
    case venueDisabled
    case netAssetValueNotPositive
    case portfolioIncomplete
    case portfolioStale
    case targetAboveMaintenance
    case foreignOrder
    case orderPending
    case orderResting
    case insideBand
    case sliceNotDue
    case belowMinimumClip
    case insufficientCollateral
    case priceBoundMissing
    case gasPriceAboveCeiling
    case gasBudgetUsed
    case nativePriceMissing
    case gasCostBudgetUsed
    case turnoverBudgetUsed
    case lossLimitReached
    case balanceTooLow
    case attemptsExhausted
    case policyDenied
    case simulationFailed
    case postStateNotBetter
  }
}

extension Refusal.Code {
  /// What a refusal means for a call that was promised before and is not mined yet: whether it is still wanted is asked
  /// again before its bytes get another chance.
  package enum Standing: Hashable, Sendable {
    /// The judgement was made, and the call is not what is to be done now: its nonce is to be cleared.
    case unwanted
    /// Nothing can be told at present: the call is left as it is.
    case unknown
    /// It is wanted, and a budget or a ceiling does not cover it: it is left as it is.
    case unaffordable
  }

  package var standing: Standing {
    switch self {
    case .halted, .callInDoubt, .callInFlight, .headTooOld, .oracleStale, .oracleOutOfBounds, .priceJump,
      .venueDivergence, .sequencerDown, .nativePriceMissing, .exposureUnreadable, .exposureNotHeld,
      .optionBookReplayed, .optionBookExpired, .optionVolatilityUnknown, .optionExpiring, .optionMarkStale,
      .portfolioIncomplete, .portfolioStale:
      .unknown
    case .gasPriceAboveCeiling, .gasBudgetUsed, .gasCostBudgetUsed, .balanceTooLow:
      .unaffordable
    case .vaultPaused, .accountDisabled, .roleMissing, .venueDisabled, .netAssetValueNotPositive, .foreignOrder,
      .targetAboveMaintenance,
      .orderPending, .orderResting, .insideBand, .sliceNotDue, .belowMinimumClip, .insufficientCollateral,
      .priceBoundMissing, .turnoverBudgetUsed, .lossLimitReached, .attemptsExhausted, .policyDenied, .simulationFailed,
      .postStateNotBetter:
      .unwanted
    }
  }

  /// One line: what was found.
  package var meaning: String {
    switch self {
    case .halted: "the keeper is halted"
    case .callInDoubt: "it is not known whether an earlier call was sent"
    case .callInFlight: "an earlier call is not settled yet"
    case .headTooOld: "the newest block the node shows is too old"
    case .oracleStale: "a price feed has not been updated for too long"
    case .oracleOutOfBounds: "a price feed's answer is no price or outside its bounds"
    case .priceJump: "the price has jumped farther than markets do from one look to the next"
    case .venueDivergence: "the venue's price is too far from the oracle's"
    case .sequencerDown: "the rollup's sequencer is down, or has been up for too short a time"
    case .exposureUnreadable: "something the vault holds beside spot and venue could not be read or valued"
    case .exposureNotHeld: "a liquidity position of the configuration does not belong to the vault"
    case .optionBookReplayed: "a signed option book is older than one seen before"
    case .optionBookExpired: "a signed option book is no longer vouched for by its signer"
    case .optionVolatilityUnknown: "an option or power perpetual has no volatility to be valued by"
    case .optionExpiring: "an option is about to expire, and its delta is a step"
    case .optionMarkStale: "an option's implied volatility is too old, or from the future"
    case .vaultPaused: "the vault is paused"
    case .accountDisabled: "the path from the keeper to the vault is switched off"
    case .roleMissing: "the keeper's address does not hold its role"
    case .venueDisabled: "the venue's market takes no orders"
    case .netAssetValueNotPositive: "the vault is worth nothing"
    case .portfolioIncomplete: "another vault of the portfolio was never assessed, so its worth is not known"
    case .portfolioStale: "another vault of the portfolio was assessed too long ago"
    case .targetAboveMaintenance:
      "the target's leverage is more than half of what the venue's maintenance margin allows"
    case .foreignOrder: "an order that this keeper never places stands on the vault's account"
    case .orderPending: "an order waits for its execution"
    case .orderResting: "a limit order rests and still fits"
    case .insideBand: "drift is inside the band"
    case .sliceNotDue: "the correction is made in slices, and the next one is not due yet"
    case .belowMinimumClip: "the change that is due is worth less than the smallest order"
    case .insufficientCollateral: "the vault has too little free collateral for the smallest order"
    case .priceBoundMissing: "an order has no price bound, or one looser than the policy's"
    case .gasPriceAboveCeiling: "gas costs more than the ceiling"
    case .gasBudgetUsed: "a gas budget does not cover this act"
    case .nativePriceMissing: "the native currency has no price, and the gas budget is counted in dollars"
    case .gasCostBudgetUsed: "the day's gas budget in dollars does not cover this act"
    case .turnoverBudgetUsed: "the day's turnover budget does not cover this act"
    case .lossLimitReached: "fills have lost too much against the oracle's price"
    case .balanceTooLow: "the keeper's balance does not cover this act and a stuck nonce"
    case .attemptsExhausted: "the attempts of this window are used up"
    case .policyDenied: "the vault's own rules forbid the call"
    case .simulationFailed: "the simulated call reverts"
    case .postStateNotBetter: "after the simulated call the vault is not as planned"
    }
  }

  /// One line: what ends it.
  package var remedy: String {
    switch self {
    case .halted: "look at the halt's evidence, then `vaultkeeper resume`"
    case .callInDoubt: "none; the outbox resolves it from the chain"
    case .callInFlight: "none; it is settled at depth, or replaced"
    case .headTooOld: "check the node's synchronisation, or add an endpoint"
    case .oracleStale: "none if the oracle is late; else check the feed's address and heartbeat"
    case .oracleOutOfBounds: "check the feed's address, decimals and bounds"
    case .priceJump: "none if the market moved: it ends with the cool-down; else check the feed"
    case .venueDivergence: "wait for the two to agree; check the feed and the market's address"
    case .sequencerDown: "none; it ends when the sequencer has been up for the grace time"
    case .exposureUnreadable: "look at the reason; correct the address, the file or its signature"
    case .exposureNotHeld: "take the token id out of the configuration, or give the position back to the vault"
    case .optionBookReplayed: "put the newest book in place; its signer raises the sequence with each one"
    case .optionBookExpired: "have the book signed again with a later validUntil"
    case .optionVolatilityUnknown: "have the book give marks, or configure a source of volatility"
    case .optionExpiring: "none; after expiry the option counts no more"
    case .optionMarkStale: "have the book's marks renewed, or raise maximumMarkAge"
    case .vaultPaused: "the vault's owner unpauses it"
    case .accountDisabled: "the vault's owner enables the role module"
    case .roleMissing: "the vault's owner assigns the role to the keeper's address"
    case .venueDisabled: "wait for the venue, or configure another market"
    case .netAssetValueNotPositive: "fund the vault; check the tokens in the configuration"
    case .portfolioIncomplete: "none if the keeper has just started; else see why that vault's ticks end early"
    case .portfolioStale: "see why that vault's ticks end early; raise target.portfolio.maximumAge if they are rare"
    case .targetAboveMaintenance: "lower target.leverage or target.insured.leverageCap, or choose another market"
    case .foreignOrder: "cancel that order, or leave the vault to whoever placed it"
    case .orderPending: "none; it is executed or, after its delay and the patience, taken back"
    case .orderResting: "none; it fills, is replaced when it no longer fits, or crosses"
    case .insideBand: "none"
    case .sliceNotDue: "none; the next slice follows after the schedule's interval"
    case .belowMinimumClip: "none; lower minimumClip if drift stays outside the band for long"
    case .insufficientCollateral: "give the vault quote tokens, approve the venue's router, or raise leverage"
    case .priceBoundMissing: "report it: the plan is wrong"
    case .gasPriceAboveCeiling: "wait, or raise the ceiling"
    case .gasBudgetUsed: "wait for the window to roll on, or raise the budget"
    case .nativePriceMissing: "check the feed named in gas.nativeFeed, or take gas.perDayUsd out"
    case .gasCostBudgetUsed: "wait for the day to roll on, or raise gas.perDayUsd"
    case .turnoverBudgetUsed: "wait for the day to roll on, or raise budgets.turnoverPerDay"
    case .lossLimitReached: "look at the fills in the journal; raise budgets.loss only if they are explained"
    case .balanceTooLow: "send native currency to the keeper's address"
    case .attemptsExhausted: "look at the last outcomes; wait for the window, or widen priceBound"
    case .policyDenied: "compare the role's scopes and allowances with the policy; do not retry"
    case .simulationFailed: "look at the revert's text"
    case .postStateNotBetter: "none if the market moved; else report it"
    }
  }
}
