package import Contracts
package import Decision
package import Ethereum
package import Outbox

/// One chain as the configuration describes it. Nothing here is a secret.
package struct ChainSettings: Sendable {
  /// The configuration's name for it, as in log lines.
  package let name: String
  package let chainID: UInt64
  /// In order of preference, never empty.
  package let endpoints: [EndpointID]
  /// Where Multicall3 stands; nil on chains without it, whose reads go out as one JSON-RPC batch.
  package let multicall3: Address?
  /// The longest that one exchange with the nodes may take.
  package let exchangeDeadlineMilliseconds: Int
  package let fees: FeePolicy
  /// The most gas a transaction of ours may be given. The guards count with it before an estimate is at hand.
  package let gasLimit: UInt64
  /// What is added to a node's estimate, in percent, since state moves between estimate and inclusion.
  package let gasMarginPercent: UInt64
  /// What clearing a stuck nonce may cost; the balance never goes below it.
  package let clearNonceReserveWei: UInt256
  package let lane: LanePolicy

  package init(
    name: String, chainID: UInt64, endpoints: [EndpointID], multicall3: Address?, exchangeDeadlineMilliseconds: Int,
    fees: FeePolicy, gasLimit: UInt64, gasMarginPercent: UInt64, clearNonceReserveWei: UInt256, lane: LanePolicy
  ) {
    precondition(!endpoints.isEmpty, "a chain has at least one endpoint")
    self.name = name
    self.chainID = chainID
    self.endpoints = endpoints
    self.multicall3 = multicall3
    self.exchangeDeadlineMilliseconds = exchangeDeadlineMilliseconds
    self.fees = fees
    self.gasLimit = gasLimit
    self.gasMarginPercent = gasMarginPercent
    self.clearNonceReserveWei = clearNonceReserveWei
    self.lane = lane
  }
}

/// How fees are quoted on a chain.
package struct FeePolicy: Hashable, Sendable {
  package enum Model: String, Hashable, Sendable {
    /// Type-2 transactions; the tip from `eth_feeHistory`.
    case eip1559
    /// Type-0 transactions with a gas price, for chains without a base fee.
    case legacy
    /// Type-2 transactions without a tip: the sequencer takes them in order of arrival.
    case arbitrum
  }

  package let model: Model
  /// The most that may be offered per unit of gas.
  package let ceilingWei: UInt256
  /// The least tip that is offered, also when the history says that none is needed.
  package let minimumTipWei: UInt256
  /// Which percentile of the tips paid in the last blocks is offered.
  package let tipPercentile: Double
  /// The fee cap is this times the next base fee, plus the tip.
  package let baseFeeMultiple: UInt64

  package init(
    model: Model, ceilingWei: UInt256, minimumTipWei: UInt256, tipPercentile: Double, baseFeeMultiple: UInt64
  ) {
    self.model = model
    self.ceilingWei = ceilingWei
    self.minimumTipWei = minimumTipWei
    self.tipPercentile = tipPercentile
    self.baseFeeMultiple = baseFeeMultiple
  }
}

/// One vault as the configuration describes it.
package struct VaultSettings: Sendable {
  package let name: String
  package let account: any Account
  package let venue: any Venue
  package let reader: VaultReader
  package let priceFeed: ChainlinkFeed
  /// nil takes the quote token as one dollar.
  package let quoteFeed: ChainlinkFeed?
  package let sequencerFeed: SequencerFeed?
  package let policy: Policy
  /// How many orders that came to nothing are tried again within a day.
  package let attemptLimit: Int
  /// What orders placed within a day may trade; nil for no limit.
  package let turnoverPerDay: Usd?
  /// How far the sum of what fills lost against the oracle's price may stand below its best; nil for no limit.
  package let lossLimit: Usd?
  /// The native currency's feed, for gas budgets in dollars; nil where the base asset is the native currency itself, or
  /// nothing is counted in dollars.
  package let nativeFeed: ChainlinkFeed?

  package init(
    name: String, account: any Account, venue: any Venue, reader: VaultReader, priceFeed: ChainlinkFeed,
    quoteFeed: ChainlinkFeed?, sequencerFeed: SequencerFeed?, policy: Policy, attemptLimit: Int,
    turnoverPerDay: Usd? = nil, lossLimit: Usd? = nil, nativeFeed: ChainlinkFeed? = nil
  ) {
    self.name = name
    self.account = account
    self.venue = venue
    self.reader = reader
    self.priceFeed = priceFeed
    self.quoteFeed = quoteFeed
    self.sequencerFeed = sequencerFeed
    self.policy = policy
    self.attemptLimit = attemptLimit
    self.turnoverPerDay = turnoverPerDay
    self.lossLimit = lossLimit
    self.nativeFeed = nativeFeed
  }
}
