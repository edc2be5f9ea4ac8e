package import Ethereum

/// How promises on one chain are kept. Configuration, not memory: nothing here is needed to replay a journal, so a
/// journal stays readable when the configuration changes.
package struct LanePolicy: Hashable, Sendable {
  /// Which chain this is for.
  package let chainID: UInt64
  /// How deep a block must lie before what it says is final. Default 12 blocks and 120 s: deeper than any reorg
  /// mainnet has seen since it left proof of work (7 blocks, May 2022), at less than three minutes of waiting.
  package let depth: Patience
  /// How long an attempt may stay unmined before its bytes go out again. Default 3 blocks and 30 s: a pool that lost
  /// them is the usual cause, and sending the same bytes again is harmless.
  package let resendAfter: Patience
  /// How long an attempt may stay unmined before it is replaced at a higher fee. Default 4 blocks and 48 s, the
  /// resubmission time of Optimism's sender. nil where a sequencer has no pool and a replacement has no sense.
  package let replaceAfter: Patience?
  /// Thousandths by which both caps rise in a replacement. Default 125: geth asks for 100, and 12.5 % leaves room for
  /// the off-by-one of pools that compare strictly or round differently.
  package let replacementPerMille: UInt64
  /// The most that an act may offer per unit of gas. No default: it is the operator's judgement of what a hedge is
  /// worth.
  package let feeCeilingWei: UInt256
  /// The most that a no-op which clears a nonce may offer per unit of gas. Default twice `feeCeilingWei`, because a
  /// nonce stuck under an attempt at the ceiling can only be cleared above it.
  package let clearingCeilingWei: UInt256
  /// How long after the first attempt a promise is given up and its nonce cleared by a transfer of nothing to
  /// ourselves. Default 100 blocks and 1,800 s: a hedge decided half an hour ago answers yesterday's question, and a
  /// nonce that stays stuck holds up everything after it. nil: never by itself, a person decides.
  package let clearAfter: Patience?
  /// Gas limit of that transfer. Default 21,000, what it costs on Ethereum itself; chains that charge data as gas
  /// (Arbitrum) need more.
  package let noOpGasLimit: UInt64
  /// How many signatures one promise may have. Default 10: with +12.5 % each that is a rise to 2.9 times the first
  /// offer, beyond which the ceiling and not the count should rule.
  package let attemptsPerPromise: Int
  /// How many promises of one sender may be unsettled at a time. Default 1: the next decision is made on a chain that
  /// holds the last one for good.
  package let unsettledPromises: Int
  /// The most gas wei that may be spent in a day, or whatever the longest window is, venue's upfront fees included. No
  /// default.
  package let dayWindow: GasWindow
  /// All windows within which gas is limited, `dayWindow` among them, the shortest first.
  package let gasWindows: [GasWindow]
  /// The most that gas may cost in a rolling day in quote currency, USD with 18 decimals. nil: wei alone count.
  package let gasQuotePerDay: UInt256?
  /// Whether a halted keeper may still cancel our own resting orders. Default false: a halted key signs nothing.
  package let cancelsOrdersWhileHalted: Bool

  package init(
    chainID: UInt64, depth: Patience = Patience(blocks: 12, seconds: 120),
    resendAfter: Patience = Patience(blocks: 3, seconds: 30),
    replaceAfter: Patience? = Patience(blocks: 4, seconds: 48), replacementPerMille: UInt64 = 125,
    feeCeilingWei: UInt256, clearingCeilingWei: UInt256? = nil,
    clearAfter: Patience? = Patience(blocks: 100, seconds: 1_800), noOpGasLimit: UInt64 = 21_000,
    attemptsPerPromise: Int = 10, unsettledPromises: Int = 1, gasBudgetWei: UInt256,
    budgetWindowSeconds: UInt64 = LanePolicy.daySeconds, gasWindows: [GasWindow] = [],
    gasQuotePerDay: UInt256? = nil, cancelsOrdersWhileHalted: Bool = false
  ) {
    self.chainID = chainID
    self.depth = depth
    self.resendAfter = resendAfter
    self.replaceAfter = replaceAfter
    self.replacementPerMille = max(replacementPerMille, 100)
    self.feeCeilingWei = feeCeilingWei
    self.clearingCeilingWei = clearingCeilingWei ?? Self.doubled(feeCeilingWei)
    self.clearAfter = clearAfter
    self.noOpGasLimit = noOpGasLimit
    self.attemptsPerPromise = max(attemptsPerPromise, 1)
    self.unsettledPromises = max(unsettledPromises, 1)
    dayWindow = GasWindow(seconds: budgetWindowSeconds, wei: gasBudgetWei)
    self.gasWindows = (gasWindows + [dayWindow]).sorted { $0.seconds < $1.seconds }
    self.gasQuotePerDay = gasQuotePerDay
    self.cancelsOrdersWhileHalted = cancelsOrdersWhileHalted
  }

  private static func doubled(_ wei: UInt256) -> UInt256 {
    do { return try wei + wei } catch { return .max }
  }

  /// A day, rolling, so that there is no hour at which a new one begins.
  package static let daySeconds: UInt64 = 86_400

  /// The most gas wei that may be spent in the longest window.
  package var gasBudgetWei: UInt256 { dayWindow.wei }

  /// The most that a transaction of this kind may offer per unit of gas. A call never offers so much that the no-op
  /// which would replace it were above the ceiling for clearing: a nonce that cannot be cleared is stuck for ever.
  package func ceilingWei(for kind: Attempt.Kind) -> UInt256 {
    switch kind {
    case .first, .feeBump, .revision, .adopted: min(feeCeilingWei, clearableCeilingWei)
    case .noOp: clearingCeilingWei
    }
  }

  /// The highest cap whose replacement is not above the ceiling for clearing.
  private var clearableCeilingWei: UInt256 {
    do {
      let (factor, overflow) = replacementPerMille.addingReportingOverflow(1_000)
      guard !overflow else { return .zero }
      return try UInt256.mulDiv(clearingCeilingWei, 1_000, UInt256(factor), rounding: .down)
    } catch {
      return .zero
    }
  }
}
