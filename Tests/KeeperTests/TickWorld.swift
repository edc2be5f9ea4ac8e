import Ethereum
import Outbox
import TestSupport

@testable import Contracts
@testable import Decision
@testable import Keeper

/// A vault hedged on GMX, day after day, without a chain: prices walk, orders rest and fill, oracles go stale, nodes
/// fail. Each tick is judged by the production Decision and recorded by the production recorder, so that a journal of
/// any length is written quickly. All of it is drawn from one seed.
struct TickWorld {
  private var draws: SplitMix64
  let vault: VaultSettings
  let configurationHash: Bytes32
  private(set) var recorder: TickRecorder
  private(set) var history = PriceHistory()
  private(set) var aims = AimMemory()
  private(set) var codes: [String: Int] = [:]

  private var number: UInt64 = 1_000
  private var now: UInt64 = 1_700_000_000
  private var price = 3_000.0
  /// As the oracle says it, in hundred-millionths of a dollar, since when, and of which round.
  private var answer: UInt64 = 300_000_000_000
  private var answeredAt: UInt64 = 1_700_000_000
  private var round: UInt64 = 1
  private var baseFee: UInt64 = 100_000_000
  private var spot = 20.0
  private var quote = 40_000.0
  private var short = 0.0
  private var entry = 3_000.0
  private var collateral = 0.0
  private var pendingFees = 0.0
  private var order: Standing?
  private var busyTicks = 0
  private var haltedTicks = 0
  private var staleTicks = 0

  private struct Standing {
    var open: OpenOrder
    let size: Double
    let isDecrease: Bool
    let collateral: Double
  }

  /// What stands beside spot and venue at a time, made by whoever asks for it.
  var exposures: (_ now: UInt64) -> [ExposureReading] = { _ in [] }

  init(seed: UInt64, policy: Policy? = nil, exposures: [ExposureSetting] = []) throws {
    draws = SplitMix64(seed)
    vault = try Self.vault(policy: policy ?? Self.policy(), exposures: exposures)
    recorder = try TickRecorder(vault)
    configurationHash = Keccak256.hash(Array("scripted".utf8))
  }

  /// One in so many.
  private mutating func happens(oneIn count: UInt64) -> Bool { draws.next() % count == 0 }

  /// Roughly normal, of variance 1.
  private mutating func normal() -> Double {
    var sum = 0.0
    for _ in 0..<12 { sum += Double(draws.next() >> 11) / 9_007_199_254_740_992 }
    return sum - 6
  }

  /// A process that ends and starts again: the next record is a key frame.
  mutating func restart(from journal: JournalReader) throws {
    recorder = try TickRecorder(vault)
    history = try PriceHistory(of: vault.name, from: journal)
    aims = try AimMemory(of: [vault], from: journal)
  }

  // MARK: - One tick

  mutating func tick(into journal: Journal) throws {
    advance()
    var report = TickReport(vault: vault.name, chain: "scripted", startedAtUnixSeconds: now + 1)
    if happens(oneIn: 97) {
      report.end(.missed, "everywhere", "no endpoint answered")
    } else {
      try judge(&report)
    }
    try record(&report, journal)
    if report.ending == .acted, happens(oneIn: 7) {
      // A tick that was recorded and then failed to be signed is recorded once more, without inputs.
      report.end(.missed, "signer", "the signer did not answer")
      try record(&report, journal)
    }
    history.add(report)
    aims.add(report)
    codes[report.code, default: 0] += 1
  }

  /// One look at it, without a judgement.
  mutating func seen() throws -> Observation {
    advance()
    return try observation()
  }

  private mutating func record(_ report: inout TickReport, _ journal: Journal) throws {
    report.note(lastMark: aims.mark(of: report.vault))
    let record = try recorder.record(report, history: history, configurationHash: configurationHash)
    try journal.observe([record], at: now + 2)
    report.inputsAreRecorded()
  }

  private mutating func judge(_ report: inout TickReport) throws {
    let observation = try observation()
    let circumstances = circumstances()
    report.note(head: HeadMark(observation.head), price: observation.price.price)
    report.note(TickInputs(observation, circumstances))
    let judgement = try Judgement(
      observation, policy: vault.policy, circumstances: circumstances, venue: vault.venue)
    report.note(judgement)
    guard case .approved(let approved) = judgement.verdict.ruling else { return }
    let proposal = try approved.proposal(at: vault.venue, through: vault.account)
    if happens(oneIn: 50) {
      report.end(.missed, "everywhere", "no endpoint answered")
      return
    }
    let refuses = happens(oneIn: 20)
    let simulation = Simulation(
      dataHash: proposal.dataHash, outcome: refuses ? .reverted(.retryable("no room")) : .succeeded,
      gasUsed: refuses ? nil : 2_000_000 + draws.next() % 100_000,
      postState: refuses ? nil : try after(approved, observation))
    report.note(simulation)
    let clearance = try Clearance(proposal, simulation)
    report.note(clearance)
    guard case .cleared(let cleared) = clearance.ruling else { return }
    let plan = cleared.proposal.approved.plan
    report.end(.acted, plan.code, plan.summary)
    try act(plan)
  }

  // MARK: - The world

  private mutating func advance() {
    number += 1
    now += 12
    // 150 % a year, in steps of 12 s; now and then a jump.
    price *= 1 + normal() * 1.5 * (12.0 / 31_536_000).squareRoot()
    if happens(oneIn: 100) { price *= 1 + normal() * 0.02 }
    let told = (price * 1e8).rounded()
    let moved = abs(told / Double(answer) - 1)
    if staleTicks > 0 {
      staleTicks -= 1
    } else if moved > 0.0005 || now - answeredAt >= 3_600 {
      (answer, answeredAt, round) = (UInt64(told), now - draws.next() % 5, round + 1)
    } else if happens(oneIn: 500) {
      staleTicks = 330
    }
    baseFee =
      min(max(baseFee + draws.next() % 11_000_000, 80_000_000), 400_000_000)
      - min(draws.next() % 11_000_000, 50_000_000)
    pendingFees += short * price * 12 * 0.05 / 31_536_000
    if busyTicks > 0 { busyTicks -= 1 }
    if haltedTicks > 0 { haltedTicks -= 1 } else if happens(oneIn: 150) { haltedTicks = 5 }
    fill()
  }

  /// A limit sale fills above its trigger, a purchase below it; a market order in its second block.
  private mutating func fill() {
    guard busyTicks == 0, let standing = order, let change = Optional(standing.open.change) else { return }
    if standing.open.kind.isMarket {
      guard happens(oneIn: 2) else { return }
    } else {
      guard let trigger = standing.open.triggerPrice?.approximateDouble,
        change.isNegative ? price >= trigger : price <= trigger
      else { return }
    }
    if standing.isDecrease {
      let share = min(standing.size / max(short, 1e-9), 1)
      quote += collateral * share + (entry - price) * standing.size
      collateral *= 1 - share
      short = max(short - standing.size, 0)
    } else {
      entry = (entry * short + price * standing.size) / (short + standing.size)
      short += standing.size
      collateral += standing.collateral
    }
    order = nil
  }

  private mutating func act(_ plan: Plan) throws {
    busyTicks = 3
    for planned in plan.actions {
      switch planned.action {
      case .cancel:
        quote += order?.collateral ?? 0
        order = nil
      case .place(let trade), .amend(_, let trade):
        let before = order
        let taken = planned.quote.collateralValue.approximateDouble
        if case .place = planned.action { quote -= taken }
        order = Standing(
          open: try Self.listed(
            planned, trade, key: before?.open.key ?? Keccak256.hash([UInt8(number % 251)]), at: now),
          size: abs(trade.change.approximateDouble), isDecrease: trade.reduceOnly,
          collateral: before?.collateral ?? taken)
      case .topUp(let topUp):
        let taken = planned.quote.collateralValue.approximateDouble
        quote -= taken
        order = Standing(
          open: Self.listed(planned, topUp, key: Keccak256.hash([UInt8(number % 251)]), at: now), size: 0,
          isDecrease: false, collateral: taken)
      }
    }
  }

  private static func listed(_ planned: PlannedAction, _ trade: Trade, key: Bytes32, at now: UInt64) throws -> OpenOrder
  {
    var trigger: Price?
    if case .limit(let limit) = trade.kind { trigger = limit }
    let kind: OrderKind =
      switch (trigger == nil, trade.reduceOnly) {
      case (true, true): .marketDecrease
      case (true, false): .marketIncrease
      case (false, true): .limitDecrease
      case (false, false): .limitIncrease
      }
    return OpenOrder(
      key: key, kind: kind, isLong: trade.reduceOnly == trade.change.isNegative,
      state: kind.isMarket ? .pending : .resting, change: trade.change,
      collateralUnits: planned.quote.collateralUnits, collateralValue: planned.quote.collateralValue,
      triggerPrice: trigger, acceptablePrice: trade.worstPrice, updatedAt: now,
      cancellableAt: kind.isMarket ? now + 300 : now, executionFeeWei: planned.quote.upfrontFeeWei)
  }

  private static func listed(_ planned: PlannedAction, _ topUp: TopUp, key: Bytes32, at now: UInt64) -> OpenOrder {
    OpenOrder(
      key: key, kind: .marketIncrease, isLong: topUp.position.isLong, state: .pending, change: .zero,
      collateralUnits: planned.quote.collateralUnits, collateralValue: planned.quote.collateralValue,
      triggerPrice: nil, acceptablePrice: topUp.worstPrice, updatedAt: now, cancellableAt: now + 300,
      executionFeeWei: planned.quote.upfrontFeeWei)
  }

  private func after(_ approved: Approved, _ observation: Observation) throws -> VenueState {
    let before = approved.venueState
    var orders = before.orders
    for planned in approved.plan.actions {
      switch planned.action {
      case .cancel(let order): orders.removeAll { $0.key == order.key }
      case .amend(let order, let trade):
        orders = try orders.map { $0.key == order.key ? try Self.listed(planned, trade, key: $0.key, at: now) : $0 }
      case .place(let trade): orders.append(try Self.listed(planned, trade, key: Keccak256.hash([7]), at: now))
      case .topUp(let topUp): orders.append(Self.listed(planned, topUp, key: Keccak256.hash([7]), at: now))
      }
    }
    return VenueState(
      positions: before.positions, orders: orders, terms: before.terms, claimable: before.claimable,
      native: before.native)
  }

  // MARK: - What is seen of it

  private mutating func observation() throws -> Observation {
    let usdc = Self.usdc
    let isBroken = happens(oneIn: 900)
    let feed = FeedReading(
      price: isBroken ? nil : Price(raw: try UInt256(answer) * 10_000_000_000), rawAnswer: Int256(answer),
      updatedAt: answeredAt, roundID: UInt256(round), decimals: 8, limits: vault.priceFeed.limits)
    let balances = [
      SpotBalance(token: Self.ether, units: try Quantity(nearest: spot, places: 8).raw.magnitude),
      SpotBalance(token: usdc, units: UInt256(UInt64((max(quote, 0) * 1e6).rounded()))),
    ]
    return Observation(
      head: Head(number: number, hash: Keccak256.hash(Array("block \(number)".utf8)), timestamp: now), price: feed,
      quotePrice: nil, sequencer: SequencerReading(isUp: true, since: 1_600_000_000, graceSeconds: 300),
      vault: VaultReading(
        balances: balances, totalAssets: nil, totalSupply: nil, isPaused: happens(oneIn: 1_100)),
      account: AccountReading(
        isEnabled: true, holderBalanceWei: 1_000_000_000_000_000_000, keeperBalanceWei: 2_000_000_000_000_000_000),
      isRoleHeld: true, venue: isBroken ? nil : try venueState(), exposures: exposures(now))
  }

  private func circumstances() -> Circumstances {
    let fees = FeeQuote(
      nextBaseFeeWei: UInt256(baseFee), tipWei: 1_000_000, feeCapWei: UInt256(2 * baseFee + 1_000_000),
      gasPriceCeilingWei: 5_000_000_000)
    return Circumstances(
      nowSeconds: now + 1, fees: fees, gasLimit: 3_000_000,
      gasBudgets: [
        GasAllowance(
          windowSeconds: 86_400, usedWei: UInt256(UInt64(codes.count) * 1_000_000),
          budgetWei: 1_000_000_000_000_000_000)
      ], keeperBalanceWei: 2_000_000_000_000_000_000,
      clearNonceReserveWei: 1_000_000_000_000_000, keeperPaysUpfrontFee: false,
      calls: busyTicks > 0 ? .inFlight : .none, isHalted: haltedTicks > 0, attemptsInWindow: 0, attemptLimit: 5,
      priceHistory: history.points, aims: aims.state(for: vault))
  }

  private func venueState() throws -> VenueState {
    let price = Double(answer) / 1e8
    var positions: [Position] = []
    if short > 1e-6 {
      positions = [
        Position(
          key: Keccak256.hash([100]), isLong: false, quantity: try Quantity(nearest: -short, places: 8),
          notional: try Usd(nearest: short * price, places: 6), entry: try Price(nearest: entry, places: 6),
          collateralUnits: UInt256(UInt64((collateral * 1e6).rounded())),
          collateralValue: try Usd(nearest: collateral, places: 6),
          unrealised: try Usd(nearest: (entry - price) * short, places: 6),
          pendingFees: try Usd(nearest: pendingFees, places: 6),
          liquidationPrice: try Price(nearest: entry * 1.3, places: 6), claimable: .zero)
      ]
    }
    let terms = MarketTerms(
      isDisabled: false, positionFee: Ratio(raw: 600_000_000_000_000), impactProbe: try Usd(decimal: "10000"),
      impactOfBuyingProbe: try Usd(decimal: "1"), impactOfSellingProbe: try Usd(decimal: "1"),
      minimumCollateral: try Usd(decimal: "1"), minimumPositionSize: try Usd(decimal: "1"),
      borrowingPerSecondLong: .zero, borrowingPerSecondShort: Ratio(raw: 1_585_489_599),
      fundingPerSecondLong: Ratio(raw: 317_097_919), fundingPerSecondShort: Ratio(raw: -317_097_919),
      cancelDelaySeconds: 300, increaseExecutionGas: 4_350_000, decreaseExecutionGas: 4_350_000,
      collateralBalanceUnits: UInt256(UInt64((max(quote, 0) * 1e6).rounded())), collateralAllowanceUnits: .max,
      collateralDecimals: 6)
    let orders = order.map { [$0.open] } ?? []
    return VenueState(
      positions: positions, orders: orders, terms: terms, native: .gmxV2(try native(orders, price: price)))
  }

  private func native(_ orders: [OpenOrder], price: Double) throws -> GMXv2State {
    let quantity = try Quantity(nearest: short, places: 8)
    let size = try UInt256(UInt64((short * entry * 1e6).rounded())) * FixedPoint.power(ofTen: 24)
    let position = GMXReader.PositionProps(
      addresses: GMXReader.PositionAddresses(
        account: Self.holder, market: Self.market, collateralToken: Self.usdcToken),
      numbers: GMXReader.PositionNumbers(
        sizeInUsd: size, sizeInTokens: quantity.raw.magnitude,
        collateralAmount: UInt256(UInt64((collateral * 1e6).rounded())), pendingImpactAmount: .zero,
        borrowingFactor: UInt256(number), fundingFeeAmountPerSize: .zero,
        longTokenClaimableFundingAmountPerSize: .zero, shortTokenClaimableFundingAmountPerSize: .zero,
        increasedAtTime: 1_700_000_000, decreasedAtTime: .zero),
      flags: GMXReader.PositionFlags(isLong: false))
    return GMXv2State(
      account: Self.holder,
      positions: short > 1e-6 ? [GMXv2State.KeyedPosition(key: Keccak256.hash([100]), position: position)] : [],
      orders: try orders.map { try Self.keyed($0) }, parameters: try Self.parameters(),
      indexPrice: Price(raw: try UInt256(answer) * 10_000_000_000), collateralPrice: .one,
      collateralBalance: UInt256(UInt64((max(quote, 0) * 1e6).rounded())), collateralAllowance: .max,
      isRouterController: true)
  }
}

// MARK: - What does not change

extension TickWorld {
  static let holder = address(0xaa)
  static let market = address(0xbb)
  static let usdcToken = address(0xcc)
  static let ether = SpotToken(symbol: "ETH", address: nil, decimals: 18, role: .base)
  static let usdc = SpotToken(symbol: "USDC", address: usdcToken, decimals: 6, role: .quote)

  static func address(_ byte: UInt8) -> Address {
    do { return try Address(bytes: [UInt8](repeating: byte, count: 20)) } catch { return .zero }
  }

  static func policy(
    width: String = "0.01", maximumClip: String = "20000", patienceSeconds: UInt64 = 600
  ) throws -> Policy {
    try Policy(
      target: .fractionOfNetAssetValue(Ratio(decimal: "0.3")),
      band: .fixed(FixedBand(width: Ratio(decimal: width), of: .target, reset: .centre)),
      minimumClip: Usd(decimal: "50"),
      maximumClip: Usd(decimal: maximumClip), orders: OrderPreference(patienceSeconds: patienceSeconds),
      priceBound: Ratio(decimal: "0.01"), leverage: Ratio(decimal: "3"), execution: ExecutionRules())
  }

  static func vault(policy: Policy, exposures: [ExposureSetting] = []) throws -> VaultSettings {
    let tokens = (
      index: GMXv2Configuration.Token(symbol: "ETH", address: address(0xdd), decimals: 18),
      quote: GMXv2Configuration.Token(symbol: "USDC", address: usdcToken, decimals: 6)
    )
    let deployment = GMXv2Configuration.Deployment(
      exchangeRouter: address(1), router: address(2), dataStore: address(3), reader: address(4),
      orderVault: address(5), eventEmitter: address(6), roleStore: address(7), referralStorage: address(8))
    let venue = GMXv2Venue(
      configuration: try GMXv2Configuration(
        deployment: deployment, market: market, indexToken: tokens.index, longToken: tokens.index,
        shortToken: tokens.quote, longPricing: .index, shortPricing: .collateral, collateral: usdcToken,
        impactProbe: policy.maximumClip))
    return VaultSettings(
      name: "eth",
      account: SafeRolesAccount(
        safe: holder, roles: address(0xab), roleKey: Keccak256.hash([1]), multiSend: address(0xac)),
      venue: venue,
      reader: VaultReader(holder: holder, tokens: [ether, usdc], erc4626: nil, pausable: address(0xad)),
      priceFeed: ChainlinkFeed(
        address: address(0xfe),
        limits: FeedLimits(
          heartbeatSeconds: 3_600, marginSeconds: 60, minimum: try Price(decimal: "100"),
          maximum: try Price(decimal: "100000"))),
      quoteFeed: nil, sequencerFeed: SequencerFeed(address: address(0xef), graceSeconds: 300), policy: policy,
      attemptLimit: 5, exposures: exposures)
  }

  static func parameters() throws -> GMXv2State.Parameters {
    let one = try FixedPoint.power(ofTen: 30)
    let hundredth = try FixedPoint.power(ofTen: 28)
    return GMXv2State.Parameters(
      estimatedGasBase: 600_000, estimatedGasPerOraclePrice: 250_000, estimatedGasMultiplier: one,
      increaseGas: 3_000_000, decreaseGas: 3_000_000, requestExpirationSeconds: 300, minimumCollateralUsd: one,
      minimumPositionSizeUsd: one, minimumCollateralFactor: hundredth,
      minimumCollateralFactorForLiquidation: hundredth, maximumImpactFactorForLiquidation: .zero,
      positionFeeImproving: try FixedPoint.power(ofTen: 26) * 4,
      positionFeeWorsening: try FixedPoint.power(ofTen: 26) * 6, claimableLongToken: .zero,
      claimableShortToken: .zero)
  }

  static func keyed(_ order: OpenOrder) throws -> GMXv2State.KeyedOrder {
    let type: UInt64 =
      switch order.kind {
      case .marketIncrease: 2
      case .limitIncrease: 3
      case .marketDecrease: 4
      default: 5
      }
    let size = try order.change.absolute().raw.magnitude * 3_000 * FixedPoint.power(ofTen: 12)
    let props = GMXReader.OrderProps(
      addresses: GMXReader.OrderAddresses(
        account: holder, receiver: holder, cancellationReceiver: holder, callbackContract: .zero,
        uiFeeReceiver: .zero, market: market, initialCollateralToken: usdcToken, swapPath: []),
      numbers: GMXReader.OrderNumbers(
        orderType: UInt256(type), decreasePositionSwapType: .zero, sizeDeltaUsd: size,
        initialCollateralDeltaAmount: order.collateralUnits,
        triggerPrice: try (order.triggerPrice ?? .zero).raw / 1_000_000,
        acceptablePrice: try (order.acceptablePrice ?? .zero).raw / 1_000_000, executionFee: order.executionFeeWei,
        callbackGasLimit: .zero, minOutputAmount: .zero, updatedAtTime: UInt256(order.updatedAt),
        validFromTime: .zero, srcChainId: .zero),
      flags: GMXReader.OrderFlags(
        isLong: order.isLong, shouldUnwrapNativeToken: false, isFrozen: false, autoCancel: false), dataList: [])
    return GMXv2State.KeyedOrder(key: order.key, order: props)
  }
}

extension Price {
  fileprivate static let one = Price(raw: 1_000_000_000_000_000_000)
}
