import Contracts
import Ethereum
import Testing

@testable import Decision

/// Everything a judgement is made from, so that a test can spoil one thing at a time.
struct Scenario {
  var price = World.feed()
  var quotePrice: FeedReading?
  var sequencer: SequencerReading?
  var isPaused = false
  var isEnabled = true
  var isRoleHeld = true
  var isDisabled = false
  var base: Quantity = 20
  var quote: Quantity = 40_000
  var collateral: Quantity = 40_000
  var positions: [Position] = []
  var orders: [OpenOrder] = []
  var headAge: UInt64 = 5
  var minimumClip: Usd = 100
  /// The bound that the guards hold the plan to; the plan itself is made with 1 %.
  var judgedBound: Ratio = 0.01
  var execution = ExecutionRules()
  var venuePrice: Price?
  var exposures: [ExposureReading] = []
  var circumstances = World.circumstances()
  var target = Target.fractionOfNetAssetValue(0.3)
  var native = NativeVenueState.none

  func verdict() throws -> Verdict {
    let usual = World.observation(
      price: price, quotePrice: quotePrice, sequencer: sequencer,
      vault: World.vault(base: base, quote: quote, isPaused: isPaused), isEnabled: isEnabled,
      isRoleHeld: isRoleHeld, positions: positions, orders: orders,
      terms: World.terms(isDisabled: isDisabled, collateral: collateral, venuePrice: venuePrice), headAge: headAge,
      native: native)
    let observation = Observation(
      head: usual.head, price: usual.price, quotePrice: usual.quotePrice, sequencer: usual.sequencer,
      vault: usual.vault, account: usual.account, isRoleHeld: usual.isRoleHeld, venue: usual.venue,
      exposures: exposures)
    let judgement = try Judgement(
      observation, policy: policy(priceBound: 0.01), circumstances: circumstances,
      venue: ScriptedVenue())
    return try Verdict(
      guarding: Evidence(
        observation: observation, circumstances: circumstances,
        policy: policy(priceBound: judgedBound),
        assessment: judgement.assessment, calibration: judgement.calibration, plan: judgement.plan))
  }

  private func policy(priceBound: Ratio) throws -> Policy {
    try World.policy(
      target: target, minimumClip: minimumClip, priceBound: priceBound, execution: execution)
  }

  var code: Refusal.Code? { get throws { try verdict().refusal?.code } }
}

/// One way to make one guard refuse, leaving the others as they are where that is possible.
struct Spoiler: Sendable, CustomTestStringConvertible {
  let code: Refusal.Code
  let name: String
  let spoil: @Sendable (inout Scenario) -> Void

  init(_ code: Refusal.Code, _ name: String = "", _ spoil: @escaping @Sendable (inout Scenario) -> Void) {
    self.code = code
    self.name = name
    self.spoil = spoil
  }

  var testDescription: String { name.isEmpty ? code.rawValue : "\(code.rawValue): \(name)" }

  /// In the order of the guards.
  static let all: [Spoiler] = [
    Spoiler(.halted) { $0.circumstances.isHalted = true },
    Spoiler(.callInDoubt) { $0.circumstances.calls = .inDoubt },
    Spoiler(.callInFlight) { $0.circumstances.calls = .inFlight },
    Spoiler(.headTooOld) { $0.headAge = 121 },
    Spoiler(.oracleStale) { $0.price = World.feed(updatedAt: World.now - 3661) },
    Spoiler(.oracleStale, "quote") { $0.quotePrice = World.feed(1, updatedAt: 0, minimum: nil) },
    Spoiler(.oracleOutOfBounds, "no price") { $0.price = World.feed(nil) },
    Spoiler(.oracleOutOfBounds, "low") { $0.price = World.feed(3000, minimum: 3000.01) },
    Spoiler(.oracleOutOfBounds, "high") { $0.price = World.feed(3000, maximum: 2999.99) },
    Spoiler(.priceJump) { $0.circumstances.priceHistory = [PricePoint(atSeconds: World.now - 200, price: 2400)] },
    Spoiler(.venueDivergence) { $0.venuePrice = 3061 },
    Spoiler(.sequencerDown) { $0.sequencer = SequencerReading(isUp: false, since: 1, graceSeconds: 300) },
    Spoiler(.sequencerDown, "grace") {
      $0.sequencer = SequencerReading(isUp: true, since: World.now - 305, graceSeconds: 300)
    },
    Spoiler(.exposureUnreadable) {
      $0.exposures.append(.unreadable(UnreadableExposure(source: "pool", reason: "no code")))
    },
    Spoiler(.exposureNotHeld) { $0.exposures.append(ExposureTests.liquidity(isHeld: false)) },
    Spoiler(.optionBookReplayed) { $0.exposures.append(ExposureTests.book(sequence: 1, highest: 2)) },
    Spoiler(.optionBookExpired) {
      $0.exposures.append(
        .optionBook(
          OptionBookReading(
            source: "desk", sequence: 1, highestSequence: 1, validUntil: World.now - 1, optionCount: 0)))
    },
    Spoiler(.optionVolatilityUnknown) { $0.exposures.append(ExposureTests.option(volatility: nil)) },
    Spoiler(.optionExpiring) { $0.exposures.append(ExposureTests.option(Quantity(raw: 1), seconds: 20)) },
    Spoiler(.optionMarkStale) { $0.exposures.append(ExposureTests.option(Quantity(raw: 1), markedAt: 0)) },
    Spoiler(.vaultPaused) { $0.isPaused = true },
    Spoiler(.accountDisabled) { $0.isEnabled = false },
    Spoiler(.roleMissing) { $0.isRoleHeld = false },
    Spoiler(.venueDisabled) { $0.isDisabled = true },
    Spoiler(.netAssetValueNotPositive) {
      $0.positions = [World.short(-10, collateral: 0, unrealised: -1_000_000)]
    },
    Spoiler(.portfolioIncomplete) { $0.target = .portfolioWeight(AimWorld.share(of: ["b"])) },
    Spoiler(.portfolioStale) {
      $0.target = .portfolioWeight(AimWorld.share(of: ["b"]))
      $0.circumstances.aims.portfolio = [MemberWorth(vault: "b", worth: 1, atSeconds: World.now - 601)]
    },
    Spoiler(.targetAboveMaintenance) {
      $0.target = .fractionOfNetAssetValue(2.6)
      $0.native = AimWorld.native(maintenance: 20)
    },
    Spoiler(.foreignOrder) { $0.orders = [World.order(1, kind: .stopLossDecrease)] + $0.orders },
    Spoiler(.orderPending) {
      $0.orders.append(World.order(-0.5, kind: .marketIncrease, state: .pending, updatedAt: World.now - 60))
    },
    Spoiler(.insideBand) {
      $0.base = 10; $0.quote = 70_000
    },
    Spoiler(.sliceNotDue) {
      $0.execution = ExecutionRules(schedule: ScheduleRule(clip: 6_000))
      $0.circumstances.correctedAtSeconds = World.now - 10
    },
    Spoiler(.belowMinimumClip) { $0.minimumClip = 500_000 },
    Spoiler(.insufficientCollateral) { $0.collateral = 1 },
    Spoiler(.priceBoundMissing) { $0.judgedBound = 0.009 },
    Spoiler(.gasPriceAboveCeiling) {
      $0.circumstances.fees = FeeQuote(
        nextBaseFeeWei: 10, tipWei: 1, feeCapWei: 10, gasPriceCeilingWei: 10)
    },
    Spoiler(.gasBudgetUsed) {
      $0.circumstances.gasBudgets = [GasAllowance(windowSeconds: 3_600, usedWei: 1, budgetWei: 1)]
    },
    Spoiler(.nativePriceMissing) { $0.circumstances.gasCost = Allowance(used: 0, limit: 50) },
    Spoiler(.gasCostBudgetUsed) {
      $0.circumstances.gasCost = Allowance(used: 20, limit: 50)
      $0.circumstances.nativePrice = 3000
    },
    Spoiler(.turnoverBudgetUsed) { $0.circumstances.turnover = Allowance(used: 1_000_000, limit: 1_000_000) },
    Spoiler(.lossLimitReached) { $0.circumstances.loss = Allowance(used: 100, limit: 100) },
    Spoiler(.balanceTooLow) { $0.circumstances.keeperBalanceWei = 0 },
    Spoiler(.attemptsExhausted) { $0.circumstances.attemptsInWindow = 5 },
  ]
}

struct GuardTests {
  @Test func nothingSpoiltIsApproved() throws {
    let verdict = try Scenario().verdict()
    #expect(verdict.approved != nil)
    #expect(verdict.checks.count == Guard.inOrder.count)
    #expect(verdict.checks.allSatisfy { $0.outcome == .passed || $0.outcome == .notApplicable })
  }

  @Test(arguments: Spoiler.all)
  func eachRefuses(spoiler: Spoiler) throws {
    var scenario = Scenario()
    spoiler.spoil(&scenario)
    let verdict = try scenario.verdict()
    #expect(verdict.refusal?.code == spoiler.code)
    #expect(verdict.checks.count == Guard.inOrder.count)
    let refused = verdict.checks.filter { $0.outcome == .refused }
    #expect(refused.first?.code == spoiler.code)
    #expect(refused.first?.figures == verdict.refusal?.figures)
  }

  /// Of any two that fail, the earlier is reported, whichever was spoilt first.
  @Test func ofTwoTheEarlierIsReported() throws {
    var pairs = 0
    for (index, first) in Spoiler.all.enumerated() {
      for second in Spoiler.all[(index + 1)...] where first.code != second.code {
        for order in [[first, second], [second, first]] {
          var scenario = Scenario()
          for spoiler in order { spoiler.spoil(&scenario) }
          // One feed has one fault at a time: the last one spoils it.
          let faults = [first, second].filter { $0.code == .oracleStale || $0.code == .oracleOutOfBounds }
          if faults.count == 2, !faults.contains(where: { $0.name == "quote" }) { continue }
          // A call is in doubt or in flight, not both.
          if first.code == .callInDoubt, second.code == .callInFlight { continue }
          // The native currency has a price or has none.
          if first.code == .nativePriceMissing, second.code == .gasCostBudgetUsed { continue }
          // A vault has one target.
          if Self.ofAims.contains(first.code), Self.ofAims.contains(second.code) { continue }
          // The base feed is examined before the quote's.
          let expected = faults.count == 2 ? Refusal.Code.oracleOutOfBounds : first.code
          #expect(
            try scenario.code == expected, "\(first.testDescription) and \(second.testDescription)")
          pairs += 1
        }
      }
    }
    #expect(pairs > 500)
  }

  private static let ofAims: [Refusal.Code] = [.portfolioIncomplete, .portfolioStale, .targetAboveMaintenance]

  /// The order written in the codes is the order of judgement.
  @Test func codesStandInTheOrderOfJudgement() {
    let judged = Spoiler.all.map(\.code)
    let listed = Refusal.Code.allCases.filter { judged.contains($0) }
    var seen: [Refusal.Code] = []
    for code in judged where !seen.contains(code) { seen.append(code) }
    #expect(seen == listed)
    let unspoilt = Refusal.Code.allCases.filter { !judged.contains($0) }
    #expect(unspoilt == [.orderResting, .policyDenied, .simulationFailed, .postStateNotBetter])
  }

  @Test func everyCodeHasMeaningAndRemedy() {
    #expect(Refusal.allCodes.count == Refusal.Code.allCases.count)
    for code in Refusal.allCodes {
      #expect(!code.meaning.isEmpty && !code.remedy.isEmpty)
      #expect(!code.meaning.contains("\n") && !code.meaning.contains("|") && !code.remedy.contains("|"))
    }
    #expect(Set(Refusal.allCodes.map(\.meaning)).count == Refusal.allCodes.count)
  }

  @Test func anAgeIsMeasuredByTheLaterClock() throws {
    // The wall clock is an hour behind the chain: the feed is judged by the chain's time.
    var scenario = Scenario()
    scenario.circumstances.nowSeconds = World.now - 3600
    scenario.price = World.feed(updatedAt: World.now - 3700)
    #expect(try scenario.code == .oracleStale)
  }

  @Test(arguments: [(3660, nil), (3661, Refusal.Code.oracleStale)] as [(UInt64, Refusal.Code?)])
  func stalenessIncludesItsLimit(age: UInt64, code: Refusal.Code?) throws {
    var scenario = Scenario()
    scenario.price = World.feed(updatedAt: World.now - age)
    #expect(try scenario.code == code)
  }

  /// 2,000,000 gas × 2 gwei = 4·10^15; upfront 4,350,000 × 2 gwei = 8.7·10^15; reserve 10^15.
  @Test(
    arguments: [
      (false, 5_000_000_000_000_000, nil), (false, 4_999_999_999_999_999, Refusal.Code.balanceTooLow),
      (true, 13_700_000_000_000_000, nil), (true, 13_699_999_999_999_999, .balanceTooLow),
    ] as [(Bool, UInt64, Refusal.Code?)])
  func balanceCoversTheActAndAStuckNonce(keeperPays: Bool, balance: UInt64, code: Refusal.Code?) throws {
    var scenario = Scenario()
    scenario.circumstances.keeperPaysUpfrontFee = keeperPays
    scenario.circumstances.keeperBalanceWei = UInt256(balance)
    #expect(try scenario.code == code)
  }

  @Test(
    arguments: [(12_700_000_000_000_000, nil), (12_699_999_999_999_999, Refusal.Code.gasBudgetUsed)]
      as [(UInt64, Refusal.Code?)])
  func budgetCountsGasAndUpfrontFee(left: UInt64, code: Refusal.Code?) throws {
    var scenario = Scenario()
    let day = GasAllowance(windowSeconds: 86_400, usedWei: 0, budgetWei: .max)
    let hour = GasAllowance(windowSeconds: 3_600, usedWei: 1000, budgetWei: UInt256(left + 1000))
    scenario.circumstances.gasBudgets = [day, hour]
    #expect(try scenario.code == code)
  }

  /// 12.7·10^15 wei at 3,000 dollars are 38.10 dollars, rounded against us.
  @Test(arguments: [(11.9, nil), (11.900001, Refusal.Code.gasCostBudgetUsed)] as [(Double, Refusal.Code?)])
  func gasCostIsCountedInDollars(used: Double, code: Refusal.Code?) throws {
    var scenario = Scenario()
    scenario.circumstances.nativePrice = 3000
    scenario.circumstances.gasCost = Allowance(used: Usd(floatLiteral: used), limit: 50)
    #expect(try scenario.code == code)
  }

  /// Taking an order back is possible when new orders are not.
  @Test func cancelsPassWhereOrdersDoNot() throws {
    var scenario = Scenario()
    scenario.orders = [World.order(5)]
    scenario.isDisabled = true
    scenario.circumstances.attemptsInWindow = 9
    scenario.circumstances.loss = Allowance(used: 2, limit: 1)
    scenario.circumstances.turnover = Allowance(used: 2, limit: 1)
    scenario.judgedBound = 0.001
    #expect(try scenario.verdict().approved?.plan.isOnlyCancels == true)
  }

  @Test func checksAndRefusalsAreCodable() throws {
    var scenario = Scenario()
    scenario.isPaused = true
    let verdict = try scenario.verdict()
    let refusal = try #require(verdict.refusal)
    let bytes = try JSONCoding.encode(refusal)
    #expect(try JSONCoding.decode(Refusal.self, from: bytes) == refusal)
    let checks = try JSONCoding.encode(verdict.checks)
    #expect(try JSONCoding.decode([Check].self, from: checks) == verdict.checks)
  }
}
