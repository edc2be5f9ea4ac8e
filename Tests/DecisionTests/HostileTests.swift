import Contracts
import Ethereum
import TestSupport
import Testing

@testable import Decision

/// Numbers from a lying node or a broken contract: an error or a refusal, never a trap.
struct HostileTests {
  private static let words: [UInt256] = [
    0, 1, 2, 999, 1_000_000_000_000_000_000, UInt256(UInt64.max), UInt256(1) << 127, UInt256(1) << 200,
    UInt256(1) << 254, UInt256(1) << 255, .max,
  ]
  private static let times: [UInt64] = [0, 1, World.now - 301, World.now, World.now + 1, .max - 1, .max]

  private var generator = SplitMix64(42)

  private mutating func word() -> UInt256 { Self.words.randomElement(using: &generator) ?? 0 }
  private mutating func time() -> UInt64 { Self.times.randomElement(using: &generator) ?? 0 }
  private mutating func int() -> Int256 { Int256(bits: word()) }
  private mutating func chance() -> Bool { Bool.random(using: &generator) }
  private mutating func usd(_ usual: Usd) -> Usd { chance() ? usual : Usd(raw: int()) }
  private mutating func quantity(_ usual: Quantity) -> Quantity { chance() ? usual : Quantity(raw: int()) }
  private mutating func price(_ usual: Price?) -> Price? {
    chance() ? usual : chance() ? Price(raw: word()) : nil
  }

  private mutating func position() -> Position {
    Position(
      key: World.key(1), isLong: chance(), quantity: quantity(-10), notional: usd(30_000),
      entry: price(3000) ?? .zero, collateralUnits: word(), collateralValue: usd(10_000), unrealised: usd(0),
      pendingFees: usd(1), liquidationPrice: price(4000), claimable: usd(0))
  }

  private mutating func order() -> OpenOrder {
    let states: [OrderState] = [
      .pending, .resting, .partial(filled: 1), .frozen(reason: ""), .expired, .unknown,
      .cancelled(reason: "", refunded: false),
    ]
    let kinds: [OrderKind] = [.limitIncrease, .marketIncrease, .limitDecrease, .marketDecrease, .stopIncrease]
    return OpenOrder(
      key: World.key(UInt8.random(in: 0...3, using: &generator)),
      kind: kinds.randomElement(using: &generator) ?? .swap, isLong: chance(),
      state: states.randomElement(using: &generator) ?? .unknown, change: quantity(-5), collateralUnits: word(),
      collateralValue: usd(100), triggerPrice: price(3003), acceptablePrice: price(2970), updatedAt: time(),
      cancellableAt: time(), executionFeeWei: word())
  }

  private mutating func observation() -> Observation {
    let decimals = [0, 6, 18, 30, 77, 78, 255, -1].randomElement(using: &generator) ?? 0
    let terms = MarketTerms(
      isDisabled: false, positionFee: Ratio(raw: int()), impactProbe: usd(1), impactOfBuyingProbe: usd(1),
      impactOfSellingProbe: usd(1), minimumCollateral: usd(1), minimumPositionSize: usd(1),
      borrowingPerSecondLong: .zero, borrowingPerSecondShort: .zero, fundingPerSecondLong: .zero,
      fundingPerSecondShort: .zero, cancelDelaySeconds: time(), increaseExecutionGas: chance() ? 1 : word(),
      decreaseExecutionGas: word(), collateralBalanceUnits: word(), collateralAllowanceUnits: word(),
      collateralDecimals: chance() ? 6 : decimals)
    let token = SpotToken(symbol: "X", address: nil, decimals: decimals, role: chance() ? .base : .quote)
    return Observation(
      head: Head(number: time(), hash: .zero, timestamp: chance() ? World.now : time()),
      price: FeedReading(
        price: price(3000), rawAnswer: int(), updatedAt: time(), roundID: word(), decimals: 8,
        limits: FeedLimits(
          heartbeatSeconds: time(), marginSeconds: time(), minimum: price(nil), maximum: price(nil))),
      quotePrice: chance() ? nil : World.feed(price(1), minimum: nil),
      sequencer: SequencerReading(isUp: chance(), since: time(), graceSeconds: time()),
      vault: VaultReading(
        balances: [
          SpotBalance(token: World.ether, units: chance() ? UInt256(5_000_000_000_000_000_000) << 2 : word()),
          SpotBalance(token: World.usdc, units: chance() ? 40_000_000_000 : word()),
        ] + (chance() ? [SpotBalance(token: token, units: word())] : []), totalAssets: nil, totalSupply: nil,
        isPaused: false),
      account: AccountReading(isEnabled: true, holderBalanceWei: word(), keeperBalanceWei: word()),
      isRoleHeld: true,
      venue: VenueState(
        positions: chance() ? [] : [position()],
        orders: (0..<Int.random(in: 0...2, using: &generator)).map { _ in order() },
        terms: terms))
  }

  private mutating func circumstances() -> Circumstances {
    Circumstances(
      nowSeconds: time(),
      fees: FeeQuote(
        nextBaseFeeWei: word(), tipWei: word(), feeCapWei: chance() ? 1 : word(), gasPriceCeilingWei: word()),
      gasLimit: time(), gasBudgets: [GasAllowance(windowSeconds: time(), usedWei: word(), budgetWei: word())],
      gasCost: Allowance(used: usd(1), limit: usd(1000)), nativePrice: price(3000),
      turnover: Allowance(used: usd(1), limit: usd(1_000_000)), loss: Allowance(used: usd(1), limit: usd(1000)),
      keeperBalanceWei: word(),
      clearNonceReserveWei: word(), keeperPaysUpfrontFee: chance(), isHalted: chance() && chance(),
      attemptsInWindow: [Int.min, 0, Int.max].randomElement(using: &generator) ?? 0,
      attemptLimit: [Int.min, 0, 5, Int.max].randomElement(using: &generator) ?? 0,
      priceHistory: (0..<(chance() ? 0 : 40)).map { _ in PricePoint(atSeconds: time(), price: Price(raw: word())) })
  }

  @Test func extremesNeverTrap() throws {
    var hostile = HostileTests()
    var (errors, refusals, codes) = (0, 0, Set<Refusal.Code>())
    let policies = [
      try World.policy(), try World.policy(target: .absolute(Quantity(raw: .max))),
      try World.policy(
        target: .absolute(Quantity(raw: .min)), band: FixedBand(width: 1, of: .target, reset: .edge)),
      try World.policy(maximumClip: Usd(raw: .max), priceBound: 0.5, leverage: 100),
    ]
    for round in 0..<4_000 {
      let (observation, circumstances) = (hostile.observation(), hostile.circumstances())
      do throws(DecisionError) {
        let judgement = try Judgement(
          observation, policy: policies[round % policies.count], circumstances: circumstances,
          venue: ScriptedVenue())
        if let refusal = judgement.verdict.refusal {
          refusals += 1
          codes.insert(refusal.code)
        }
        if let approved = judgement.verdict.approved {
          try clear(approved, hostile.observation().venue)
        }
      } catch {
        errors += 1
        if case .missing(let stage, _) = error { Issue.record("\(stage): \(error)") }
      }
    }
    // Both ways out are taken, often.
    #expect(errors > 200 && refusals > 200 && codes.count > 5, "\(errors) errors, \(refusals) refusals, \(codes)")
  }

  private func clear(_ approved: Approved, _ post: VenueState?) throws(DecisionError) {
    let proposal = try approved.proposal(at: ScriptedVenue(), through: ScriptedAccount())
    _ = try Clearance(
      proposal, Simulation(dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: .max, postState: post))
  }

  /// A price of one wei or of 10^59 dollars in an otherwise ordinary vault.
  @Test(arguments: HostileTests.words)
  func extremePrices(raw: UInt256) throws {
    do throws(DecisionError) {
      _ = try Judgement(
        World.observation(price: World.feed(Price(raw: raw), minimum: nil, maximum: nil)),
        policy: policy(), circumstances: World.circumstances(), venue: ScriptedVenue())
    } catch {
      guard case .calculation = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  private func policy() throws(DecisionError) -> Policy {
    try Policy(
      target: .fractionOfNetAssetValue(0.3), band: .fixed(FixedBand(width: 0.04, of: .target, reset: .edge)),
      minimumClip: 0, maximumClip: Usd(raw: .max), orders: OrderPreference(), priceBound: 0.01, leverage: 3)
  }
}
