import Contracts
import Ethereum

/// A venue for replays: every order fills at once at the price, for a fee in proportion.
struct PlainVenue: Venue {
  let fee: Ratio

  let name = "plain"
  let capabilities = Capabilities(
    settlement: .sync, limit: .none, reduceOnly: .native, postOnly: false, nativeStop: false, modify: false,
    partialFill: false, maximumOpenOrders: nil, priceBound: .executionPrice, upfrontFee: false,
    counterparty: .oracle, showsPrice: false, margin: .isolated, topUp: false)
  let contracts: [(name: String, address: Address)] = []
  let knownErrors: [ABIErrorType] = []

  static let state = VenueState(
    positions: [], orders: [],
    terms: MarketTerms(
      isDisabled: false, positionFee: .zero, impactProbe: .zero, impactOfBuyingProbe: .zero,
      impactOfSellingProbe: .zero, minimumCollateral: .zero, minimumPositionSize: .zero,
      borrowingPerSecondLong: .zero, borrowingPerSecondShort: .zero, fundingPerSecondLong: .zero,
      fundingPerSecondShort: .zero, cancelDelaySeconds: 0, increaseExecutionGas: 0, decreaseExecutionGas: 0,
      collateralBalanceUnits: 1_000_000_000_000_000, collateralAllowanceUnits: .max, collateralDecimals: 6))

  func quote(
    _ action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256
  ) throws(ContractsError) -> Quote {
    guard case .place(let trade) = action else { throw .cannotPlace("a replay only places orders") }
    let notional = try price.value(of: trade.change.absolute(), rounding: .up)
    return Quote(
      change: trade.change, expectedPrice: price, worstPrice: trade.worstPrice,
      fee: try notional.scaled(by: fee, rounding: .up), impact: .zero, collateralUnits: 0, collateralValue: .zero,
      upfrontFeeWei: 0)
  }

  // Nothing stands on a chain.
  func batch(_ calls: [Call]) -> Call? { nil }
  func reads(account: Address) -> [Read] { [] }
  func pricedReads(account: Address, first: [ReadResult], price: Price, collateralPrice: Price) -> [Read] { [] }
  func state(
    account: Address, first: [ReadResult], second: [ReadResult], price: Price, collateralPrice: Price, now: UInt64
  ) -> VenueState { Self.state }
  func calls(
    for action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256, account: Address
  ) -> [Call] { [] }
  func logQueries(orderKeys: [Bytes32], account: Address) -> [LogQuery] { [] }
  func placedOrders(in logs: [Log], account: Address) -> [Bytes32] { [] }
  func classify(order key: Bytes32, logs: [Log], stillListed: OpenOrder?) -> OrderState { .unknown }
  func describe(_ call: Call) -> [String]? { nil }
}
