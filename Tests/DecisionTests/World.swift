import Contracts
import Ethereum

@testable import Decision

// Values of one world, each test changing only what it is about. Numbers are the README's: 20 ETH and 40,000 USDC at
// 3,000, target 30 % of net asset value, band 4 % of the target.

extension Quantity: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {}
extension Usd: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {}
extension Ratio: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {}

extension SignedFixedPoint {
  /// Tests only: a literal with at most nine decimal places.
  package init(floatLiteral value: Double) { self = Self.exactly((value * 1e9).rounded(), perUnit: 1e9) }
  package init(integerLiteral value: Int64) { self = Self.exactly(Double(value), perUnit: 1) }

  private static func exactly(_ value: Double, perUnit: Double) -> Self {
    let nano = UInt256(UInt64(value.magnitude))
    let scale: UInt256 = perUnit == 1 ? 1_000_000_000_000_000_000 : 1_000_000_000
    let product = nano.multipliedReportingOverflow(by: scale).value
    let bits = value < 0 ? (~product).addingReportingOverflow(1).value : product
    return Self(raw: Int256(bits: bits))
  }
}

extension Calibration {
  /// In this world's circumstances, at its venue.
  init(_ assessment: Assessment, _ observation: Observation, policy: Policy) throws {
    try self.init(
      assessment, observation, policy: policy, circumstances: World.circumstances(), venue: ScriptedVenue())
  }
}

extension Assessment {
  /// In this world's circumstances.
  init(_ observation: Observation, policy: Policy) throws {
    try self.init(observation, policy: policy, circumstances: World.circumstances())
  }
}

extension Price: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  package init(floatLiteral value: Double) { self.init(raw: Usd(floatLiteral: value).raw.magnitude) }
  package init(integerLiteral value: Int64) { self.init(raw: Usd(integerLiteral: value).raw.magnitude) }
}

enum World {
  static let now: UInt64 = 1_800_000_000

  static func policy(
    target: Target = .fractionOfNetAssetValue(0.3),
    band: FixedBand = FixedBand(width: 0.04, of: .target, reset: .centre), rule: BandRule? = nil,
    minimumClip: Usd = 100,
    maximumClip: Usd = 1_000_000, orders: OrderPreference = World.orders(), priceBound: Ratio = 0.01,
    leverage: Ratio = 3, cancelsWhenHalted: Bool = true, execution: ExecutionRules? = nil
  ) throws -> Policy {
    try Policy(
      target: target, band: rule ?? .fixed(band), minimumClip: minimumClip, maximumClip: maximumClip, orders: orders,
      priceBound: priceBound, leverage: leverage, cancelsWhenHalted: cancelsWhenHalted,
      execution: execution)
  }

  static func orders(
    limitOffset: Ratio = 0.001, patience: UInt64 = 600, urgentBands: Ratio = 50, tolerance: Ratio = 0.005
  ) -> OrderPreference {
    OrderPreference(
      limitOffset: limitOffset, patienceSeconds: patience, urgentBands: urgentBands, requoteTolerance: tolerance)
  }

  static func feed(
    _ price: Price? = 3000, updatedAt: UInt64 = now - 10, minimum: Price? = 100, maximum: Price? = 100_000
  ) -> FeedReading {
    FeedReading(
      price: price, rawAnswer: 0, updatedAt: updatedAt, roundID: 7, decimals: 8,
      limits: FeedLimits(heartbeatSeconds: 3600, marginSeconds: 60, minimum: minimum, maximum: maximum))
  }

  static let ether = SpotToken(symbol: "ETH", address: nil, decimals: 18, role: .base)
  static let usdc = SpotToken(symbol: "USDC", address: .zero, decimals: 6, role: .quote)

  static func vault(base: Quantity = 20, quote: Quantity = 40_000, isPaused: Bool = false) -> VaultReading {
    VaultReading(
      balances: [
        SpotBalance(token: ether, units: base.raw.magnitude),
        SpotBalance(token: usdc, units: units(quote)),
      ], totalAssets: nil, totalSupply: nil, isPaused: isPaused)
  }

  /// In USDC's six decimals.
  static func units(_ amount: Quantity) -> UInt256 {
    UInt256(UInt64((amount.approximateDouble * 1e6).rounded()))
  }

  static func terms(
    isDisabled: Bool = false, collateral: Quantity = 40_000, allowance: UInt256 = .max, minimumPosition: Usd = 1,
    pool: PoolDepth? = nil, venuePrice: Price? = nil
  ) -> MarketTerms {
    MarketTerms(
      isDisabled: isDisabled, positionFee: 0.0006, impactProbe: 10_000, impactOfBuyingProbe: 1,
      impactOfSellingProbe: 1, minimumCollateral: 1, minimumPositionSize: minimumPosition,
      borrowingPerSecondLong: .zero, borrowingPerSecondShort: .zero, fundingPerSecondLong: .zero,
      fundingPerSecondShort: .zero, cancelDelaySeconds: 300, increaseExecutionGas: 4_350_000,
      decreaseExecutionGas: 4_350_000, collateralBalanceUnits: units(collateral),
      collateralAllowanceUnits: allowance, collateralDecimals: 6, pool: pool, venuePrice: venuePrice)
  }

  static func short(
    _ quantity: Quantity = -10, entry: Price = 3000, collateral: Usd = 10_000, unrealised: Usd = 0,
    pendingFees: Usd = 0, liquidationPrice: Price? = nil
  ) -> Position {
    Position(
      key: key(100), isLong: !quantity.isNegative, quantity: quantity, notional: 30_000, entry: entry,
      collateralUnits: 0, collateralValue: collateral, unrealised: unrealised, pendingFees: pendingFees,
      liquidationPrice: liquidationPrice, claimable: 0)
  }

  static func order(
    _ change: Quantity, key number: UInt8 = 1, kind: OrderKind = .limitIncrease, state: OrderState = .resting,
    trigger: Price? = 3003, acceptable: Price? = 2970, updatedAt: UInt64 = now - 60, cancellableAt: UInt64? = nil,
    collateral: Usd = 0, collateralUnits: UInt256 = 0
  ) -> OpenOrder {
    OpenOrder(
      key: key(number), kind: kind, isLong: !change.isNegative, state: state, change: change,
      collateralUnits: collateralUnits, collateralValue: collateral, triggerPrice: trigger,
      acceptablePrice: acceptable, updatedAt: updatedAt,
      cancellableAt: cancellableAt ?? (kind.isMarket ? updatedAt + 300 : updatedAt), executionFeeWei: 1)
  }

  /// An order that adds collateral and trades nothing.
  static func topUp(
    key number: UInt8 = 77, isLong: Bool = false, state: OrderState = .pending, acceptable: Price? = 2970,
    updatedAt: UInt64 = now - 60, collateral: Usd = 1_000, collateralUnits: UInt256 = 1_000_000_000
  ) -> OpenOrder {
    OpenOrder(
      key: key(number), kind: .marketIncrease, isLong: isLong, state: state, change: .zero,
      collateralUnits: collateralUnits, collateralValue: collateral, triggerPrice: nil, acceptablePrice: acceptable,
      updatedAt: updatedAt, cancellableAt: updatedAt + 300, executionFeeWei: 1)
  }

  static func key(_ number: UInt8) -> Bytes32 { Keccak256.hash([number]) }

  static func observation(
    price: FeedReading = feed(), quotePrice: FeedReading? = nil, sequencer: SequencerReading? = nil,
    vault: VaultReading = vault(), isEnabled: Bool = true, isRoleHeld: Bool = true, positions: [Position] = [],
    orders: [OpenOrder] = [], terms: MarketTerms = terms(), headAge: UInt64 = 5, hasVenue: Bool = true,
    native: NativeVenueState = .none, exposures: [ExposureReading] = []
  ) -> Observation {
    Observation(
      head: Head(number: 1000, hash: key(9), timestamp: now - headAge), price: price, quotePrice: quotePrice,
      sequencer: sequencer, vault: vault,
      account: AccountReading(isEnabled: isEnabled, holderBalanceWei: 0, keeperBalanceWei: 0),
      isRoleHeld: isRoleHeld,
      venue: hasVenue ? VenueState(positions: positions, orders: orders, terms: terms, native: native) : nil,
      exposures: exposures)
  }

  static let gwei: UInt64 = 1_000_000_000

  /// One act costs 2,000,000 gas × 2 gwei = 4·10^15 wei and an upfront fee of 8.7·10^15.
  static func circumstances() -> Circumstances {
    Circumstances(
      nowSeconds: now,
      fees: FeeQuote(
        nextBaseFeeWei: UInt256(gwei), tipWei: 1, feeCapWei: UInt256(2 * gwei),
        gasPriceCeilingWei: UInt256(50 * gwei)),
      gasLimit: 2_000_000,
      gasBudgets: [GasAllowance(windowSeconds: 86_400, usedWei: 0, budgetWei: UInt256(100_000_000 * gwei))],
      keeperBalanceWei: UInt256(1_000_000_000 * gwei), clearNonceReserveWei: UInt256(1_000_000 * gwei),
      keeperPaysUpfrontFee: false, attemptLimit: 5)
  }

  static func circumstances(_ change: (inout Circumstances) -> Void) -> Circumstances {
    var circumstances = circumstances()
    change(&circumstances)
    return circumstances
  }

  /// In which volatility and the native currency's price are known.
  static func known(volatility: Double = 0.65, gwei fee: UInt64 = 1) throws -> Circumstances {
    let estimate = try VolatilityEstimate(.configured, annual: volatility, source: "a test")
    return circumstances {
      $0.volatility = [estimate]
      $0.nativePrice = 3000
      $0.fees = FeeQuote(
        nextBaseFeeWei: UInt256(fee * gwei), tipWei: 0, feeCapWei: UInt256(2 * fee * gwei),
        gasPriceCeilingWei: UInt256(5_000 * gwei))
    }
  }

  static func judgement(
    _ observation: Observation = observation(), policy: Policy? = nil,
    circumstances: Circumstances = circumstances(), venue: ScriptedVenue = ScriptedVenue()
  ) throws -> Judgement {
    try Judgement(observation, policy: policy ?? World.policy(), circumstances: circumstances, venue: venue)
  }
}

extension Judgement {
  var code: Refusal.Code? { verdict.refusal?.code }

  /// "place -10 limit", "cancel", "amend -0.5 limit": the plan in words, for tables.
  var actions: [String] {
    (plan?.actions ?? []).map { planned in
      let kind =
        switch planned.trade?.kind {
        case .limit(let price)?: " limit \(price)"
        case .market?: " market"
        case nil: ""
        }
      return switch planned.action {
      case .place(let trade): "place \(trade.change)\(kind)"
      case .amend(_, let trade): "amend \(trade.change)\(kind)"
      case .cancel: "cancel"
      case .topUp(let topUp): "top up \(topUp.value)"
      }
    }
  }

  var reasons: [Reason] { (plan?.actions ?? []).map(\.reason) }
}
