package import Ethereum

/// What a venue can do, so that Decision never has to know its name.
package struct Capabilities: Hashable, Sendable {
  package enum Settlement: Hashable, Sendable {
    case sync
    /// An order now, its execution by somebody else later. A market order cannot be cancelled earlier than
    /// `minimumCancelDelaySeconds`; `isFeeBearing` where the fee for that somebody is paid with the order.
    case twoStep(minimumCancelDelaySeconds: UInt64, isFeeBearing: Bool)
    case batchAuction
    case offchainBook
  }
  package enum Limit: Hashable, Sendable {
    case none
    case restingNative
    case rangeLiquidity(canUnfill: Bool)
    case signedOrder
  }
  package enum ReduceOnly: Hashable, Sendable { case native, byOrderType, emulated }
  package enum PriceBound: Hashable, Sendable { case executionPrice, amounts, tick, limitPrice }
  /// Against what an order is filled.
  package enum Counterparty: Hashable, Sendable {
    /// At an oracle's price of a later moment: whoever sees the order cannot trade before it.
    case oracle
    /// A pool of constant product, where others may trade before and after it.
    case pool
    case book
  }
  /// What answers for a position's losses.
  package enum Margin: Hashable, Sendable {
    /// The collateral it was given, and nothing else.
    case isolated
    /// All that the account holds at the venue: collateral that is free, and the profits of other positions.
    case cross
  }

  package var settlement: Settlement
  package var limit: Limit
  package var reduceOnly: ReduceOnly
  package var postOnly: Bool
  package var nativeStop: Bool
  /// An open order can be changed in place.
  package var modify: Bool
  package var partialFill: Bool
  package var maximumOpenOrders: Int?
  package var priceBound: PriceBound
  /// Each order costs native currency up front, beside the gas.
  package var upfrontFee: Bool
  package var counterparty: Counterparty
  /// A reading tells the price at which the venue would trade, beside our own oracle's.
  package var showsPrice: Bool
  package var margin: Margin
  /// Collateral can be added to a position without changing its size.
  package var topUp: Bool

  package init(
    settlement: Settlement, limit: Limit, reduceOnly: ReduceOnly, postOnly: Bool, nativeStop: Bool, modify: Bool,
    partialFill: Bool, maximumOpenOrders: Int?, priceBound: PriceBound, upfrontFee: Bool,
    counterparty: Counterparty, showsPrice: Bool, margin: Margin, topUp: Bool
  ) {
    self.settlement = settlement
    self.limit = limit
    self.reduceOnly = reduceOnly
    self.postOnly = postOnly
    self.nativeStop = nativeStop
    self.modify = modify
    self.partialFill = partialFill
    self.maximumOpenOrders = maximumOpenOrders
    self.priceBound = priceBound
    self.upfrontFee = upfrontFee
    self.counterparty = counterparty
    self.showsPrice = showsPrice
    self.margin = margin
    self.topUp = topUp
  }
}

/// A change of exposure that is wanted, in the keeper's units.
package struct Trade: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// As soon as the venue can.
    case market
    /// Rests until the price is at least this good.
    case limit(Price)
  }
  /// Wanted change of the base delta; positive buys.
  package let change: Quantity
  package let kind: Kind
  /// No execution beyond this price: a ceiling for a buy, a floor for a sale. Mandatory, and never zero.
  package let worstPrice: Price
  /// Notional per collateral of a new or larger position, more than 0.
  package let leverage: Ratio
  /// Only ever make an existing position smaller.
  package let reduceOnly: Bool

  package init(change: Quantity, kind: Kind, worstPrice: Price, leverage: Ratio, reduceOnly: Bool) {
    self.change = change
    self.kind = kind
    self.worstPrice = worstPrice
    self.leverage = leverage
    self.reduceOnly = reduceOnly
  }
}

/// Collateral to be added to a position. Its size stays as it is, and with it the delta.
package struct TopUp: Hashable, Sendable {
  package let position: Position
  /// Of the venue's collateral token; rounded up to its smallest unit.
  package let value: Usd
  /// The bound that the order carries: a ceiling for a long, a floor for a short. It trades nothing, and no order of
  /// ours goes without one.
  package let worstPrice: Price

  package init(position: Position, value: Usd, worstPrice: Price) {
    self.position = position
    self.value = value
    self.worstPrice = worstPrice
  }
}

package enum VenueAction: Hashable, Sendable {
  case place(Trade)
  case topUp(TopUp)
  /// Replaces price bounds and size of an order that rests or is frozen.
  case amend(OpenOrder, Trade)
  case cancel(OpenOrder)
}

/// What an action is expected to cost, every figure rounded against ourselves.
package struct Quote: Hashable, Sendable {
  /// What the venue would really do of the wanted change (a trade against a position is cut to the position; the rest
  /// is a trade of a later tick). Zero for a cancel and a top-up.
  package let change: Quantity
  package let expectedPrice: Price
  package let worstPrice: Price
  /// Trading fee of the venue, ≥ 0.
  package let fee: Usd
  /// Expected loss to price impact, ≥ 0 (a gain is not counted).
  package let impact: Usd
  /// Collateral the action takes from the account, in the token's smallest units and in dollars.
  package let collateralUnits: UInt256
  package let collateralValue: Usd
  /// Native currency that must go along, beside the gas. The venue returns what it does not use.
  package let upfrontFeeWei: UInt256

  package init(
    change: Quantity, expectedPrice: Price, worstPrice: Price, fee: Usd, impact: Usd, collateralUnits: UInt256,
    collateralValue: Usd, upfrontFeeWei: UInt256
  ) {
    self.change = change
    self.expectedPrice = expectedPrice
    self.worstPrice = worstPrice
    self.fee = fee
    self.impact = impact
    self.collateralUnits = collateralUnits
    self.collateralValue = collateralValue
    self.upfrontFeeWei = upfrontFeeWei
  }
}

/// A place to trade: a pure codec and reader. It never signs, sends, waits or judges; every number it hands out is in
/// the keeper's units, and conversions round against ourselves.
package protocol Venue: CallBatching {
  /// From the configuration's vocabulary: "gmx-v2".
  var name: String { get }
  var capabilities: Capabilities { get }
  /// Contracts that must carry code on this chain, by name, for the checks at start.
  var contracts: [(name: String, address: Address)] { get }
  /// The venue's own errors, for revert data.
  var knownErrors: [ABIErrorType] { get }

  /// First round of reads, the same list for every block.
  func reads(account: Address) throws(ContractsError) -> [Read]
  /// Second round, at the same block, for answers that need prices. `price` is the index price, `collateralPrice` that
  /// of the collateral token, both from our own oracle.
  func pricedReads(
    account: Address, first: [ReadResult], price: Price, collateralPrice: Price
  ) throws(ContractsError) -> [Read]
  /// Both rounds in units. `now` is the time of the block read, unix seconds.
  func state(
    account: Address, first: [ReadResult], second: [ReadResult], price: Price, collateralPrice: Price, now: UInt64
  ) throws(ContractsError) -> VenueState

  func quote(
    _ action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256
  ) throws(ContractsError) -> Quote
  /// The calls of an action, in order, always with a price bound. `gasPriceWei` is the highest gas price the
  /// transaction may pay (the fee cap), because an upfront fee is checked against the price really paid.
  func calls(
    for action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256, account: Address
  ) throws(ContractsError) -> [Call]

  /// Logs that tell the fate of these orders.
  func logQueries(orderKeys: [Bytes32], account: Address) -> [LogQuery]
  /// Keys of the orders that `account` placed in a receipt's logs.
  func placedOrders(in logs: [Log], account: Address) -> [Bytes32]
  /// What has become of an order. `stillListed` is the order as the newest reading lists it, nil if it does not; the
  /// logs are those of `logQueries` from the order's block on, oldest first. Without evidence the answer is `unknown`,
  /// and never `filled`.
  func classify(order key: Bytes32, logs: [Log], stillListed: OpenOrder?) -> OrderState
  /// One line per inner call for people; nil when the call is not the venue's.
  func describe(_ call: Call) -> [String]?
}
