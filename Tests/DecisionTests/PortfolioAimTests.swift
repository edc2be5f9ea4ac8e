import Contracts
import Testing

@testable import Decision

@Suite struct PortfolioAimTests {
  private func aim(
    weight: Ratio = 0.3, of members: [String] = ["b", "c"], knowing: [MemberWorth], base: Quantity = 20
  ) throws -> Aim {
    try AimWorld.assessment(
      .portfolioWeight(AimWorld.share(of: members, weight: weight)),
      World.observation(vault: World.vault(base: base)), AimWorld.circumstances(portfolio: knowing)
    ).aim
  }

  private func worth(_ vault: String, _ worth: Usd, age: UInt64 = 0) -> MemberWorth {
    MemberWorth(vault: vault, worth: worth, atSeconds: World.now - age)
  }

  /// 100,000 here, so much elsewhere, at 3,000.
  @Test(
    arguments: [
      (100_000, 100_000, 0.3, 30), (50_000, 0, 0.3, 15), (-40_000, 0, 0.3, 6), (-100_000, 0, 0.3, 0),
      (-300_000, 0, 0.3, 0), (200_000, 0, 0, 0), (200_000, 0, 1, 100),
    ] as [(Int64, Int64, Double, Double)])
  func theTargetIsAPartOfTheWhole(b: Int64, c: Int64, weight: Double, target: Double) throws {
    let aim = try aim(
      weight: Ratio(floatLiteral: weight),
      knowing: [worth("b", Usd(integerLiteral: b)), worth("c", Usd(integerLiteral: c), age: 600)])
    #expect(aim.quantity == Quantity(floatLiteral: target))
    #expect(aim.refusal == nil && aim.mark?.worth == 100_000)
    let total = 100_000 + Double(b) + Double(c)
    // (π · delta − target)/S
    let slope = total > 0 ? (weight * 20 - target) / 3_000 : 0
    #expect(abs(aim.slope - slope) < 1e-12)
  }

  @Test func whatIsNotKnownIsNotTradedOn() throws {
    func refusal(_ known: [MemberWorth]) throws -> Refusal? {
      let aim = try aim(knowing: known)
      // Nothing is due by it.
      if aim.refusal != nil { #expect(aim.quantity == 20 && aim.mark?.worth == 100_000) }
      return aim.refusal
    }
    #expect(try refusal([])?.code == .portfolioIncomplete)
    let one = try refusal([worth("b", 1)])
    #expect(one?.code == .portfolioIncomplete && one?.text.contains("never assessed c") == true)
    #expect(try refusal([worth("b", 1), worth("x", 1)])?.code == .portfolioIncomplete)
    #expect(try refusal([worth("b", 1), worth("c", 1, age: 600)]) == nil)
    let stale = try refusal([worth("b", 1), worth("c", 1, age: 601)])
    #expect(stale?.code == .portfolioStale && stale?.text.contains("vault c") == true)
    // A block of another chain may be a moment ahead of our clock.
    #expect(try refusal([worth("b", 1), MemberWorth(vault: "c", worth: 1, atSeconds: World.now + 5)]) == nil)
  }

  /// A resting order is left as it is while the target is not known, and can still be taken back by a halt.
  @Test func ordersAreLeftAsTheyAre() throws {
    let policy = try AimWorld.policy(.portfolioWeight(AimWorld.share(of: ["b"])))
    let observation = World.observation(orders: [World.order(-10)])
    let judgement = try World.judgement(observation, policy: policy, circumstances: AimWorld.circumstances())
    #expect(judgement.code == .portfolioIncomplete && judgement.verdict.approved == nil)
    let halted = try World.judgement(
      observation, policy: policy, circumstances: AimWorld.circumstances { $0.isHalted = true })
    #expect(halted.actions == ["cancel"] && halted.verdict.approved != nil)
    let known = try World.judgement(
      observation, policy: policy,
      circumstances: AimWorld.circumstances(portfolio: [worth("b", 0)]))
    #expect(known.code != .portfolioIncomplete)
  }

  @Test func aShareThatMakesNoSenseIsNamed() {
    #expect(AimWorld.share(of: ["b"]).firstDefect == nil)
    for bad in [
      AimWorld.share(of: []), AimWorld.share(of: ["b"], weight: 1.01), AimWorld.share(of: ["b"], weight: -0.1),
      PortfolioShare(portfolio: "p", weight: 0.1, members: ["b"], maximumAgeSeconds: 0),
    ] { #expect(bad.firstDefect != nil) }
  }

  // MARK: what is left behind

  @Test func onlyWhatIsTrustedLeavesAMark() throws {
    let target = Target.portfolioWeight(AimWorld.share(of: ["b"]))
    func mark(_ change: (inout Scenario) -> Void) throws -> AimMark? {
      var scenario = Scenario()
      change(&scenario)
      let observation = World.observation(
        price: scenario.price, sequencer: scenario.sequencer, orders: scenario.orders, headAge: scenario.headAge)
      return try World.judgement(
        observation, policy: World.policy(target: target, execution: scenario.execution),
        circumstances: scenario.circumstances
      ).mark
    }
    // A refusal that has nothing to do with what is seen changes nothing.
    #expect(try mark { $0.circumstances.calls = .inFlight }?.worth == 100_000)
    #expect(try mark { _ in }?.atSeconds == World.now - 5)
    #expect(try mark { $0.price = World.feed(updatedAt: World.now - 3_661) } == nil)
    #expect(try mark { $0.price = World.feed(3000, maximum: 2_999) } == nil)
    #expect(try mark { $0.price = World.feed(nil) } == nil)
    #expect(try mark { $0.headAge = 121 } == nil)
    #expect(try mark { $0.sequencer = SequencerReading(isUp: false, since: 1, graceSeconds: 300) } == nil)
    let leap = [PricePoint(atSeconds: World.now - 20, price: 2_000)]
    #expect(try mark { $0.circumstances.priceHistory = leap } == nil)
    #expect(try World.judgement().mark == nil)
  }

  @Test func everyWarningSaysWhatItMeansAndWhatToDo() {
    let warnings = Decision.Warning.allCases
    for warning in warnings { #expect(!warning.meaning.isEmpty && !warning.remedy.isEmpty, "\(warning)") }
    #expect(Set(warnings.map(\.meaning)).count == warnings.count)
  }

  @Test func leverageIsHeldAgainstTheVenuesMargin() throws {
    func code(_ target: Target, maintenance: UInt64) throws -> Refusal.Code? {
      try World.judgement(
        World.observation(native: AimWorld.native(maintenance: maintenance)), policy: AimWorld.policy(target),
        circumstances: AimWorld.circumstances()
      ).code
    }
    // Twice a maintenance of 10 % allows a leverage of five.
    #expect(try code(.fractionOfNetAssetValue(5), maintenance: 10) != .targetAboveMaintenance)
    #expect(try code(.fractionOfNetAssetValue(5.01), maintenance: 10) == .targetAboveMaintenance)
    #expect(try code(.fractionOfNetAssetValue(-5.01), maintenance: 10) == .targetAboveMaintenance)
    let insured = CPPIRule(floor: AimWorld.floor(99_000), multiplier: 2, leverageCap: 6)
    #expect(try code(.insured(insured), maintenance: 10) == .targetAboveMaintenance)
    #expect(try code(.insured(insured), maintenance: 8) != .targetAboveMaintenance)
    // What is not borrowed needs no margin.
    #expect(try code(.fractionOfNetAssetValue(1), maintenance: 90) != .targetAboveMaintenance)
    #expect(try code(.absolute(1_000), maintenance: 90) != .targetAboveMaintenance)
  }
}
