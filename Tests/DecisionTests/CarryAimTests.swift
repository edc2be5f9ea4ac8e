import Contracts
import Ethereum
import Testing

@testable import Decision

@Suite struct CarryAimTests {
  /// What 10 % a year is for a second, as the venue's terms have it.
  private static func perSecond(_ annual: Double) -> Ratio {
    Ratio(raw: Int256(integerLiteral: Int64((annual / 31_536_000 * 1e18).rounded())))
  }

  private func carried(
    _ average: Ratio, isOn: Bool, watched: UInt64 = 86_400, rule: CarryRule = CarryRule(), short: Quantity? = nil,
    funding: Ratio = 0, nativePrice: Price? = 3000, hasMark: Bool = true, borrowing: Ratio = 0
  ) throws -> Aim {
    let mark = AimMark(
      atSeconds: World.now - 17, worth: 100_000,
      carry: CarryMark(isOn: isOn, averageFunding: average, watchedSeconds: watched))
    let observation = World.observation(
      positions: short.map { [World.short($0)] } ?? [], terms: AimWorld.terms(funding: funding, borrowing: borrowing))
    return try AimWorld.assessment(
      .carry(rule), observation,
      AimWorld.circumstances(last: hasMark ? mark : nil, nativePrice: nativePrice)
    ).aim
  }

  private func value(_ aim: Aim, _ name: String) -> String? { aim.figures.first { $0.name == name }?.value }

  /// 20 ETH are worth 60,000. A round trip: twice 6 bp and two times 1 in 10,000 of impact make 84 USD; gas of
  /// 2 · 2,000,000 + 2 · 4,350,000 at a gwei and a wei is 0.0127 ETH or 38.10 USD. Thirty days of 2.5 % are 123.29 USD.
  @Test(
    arguments: [
      (0.0, false, false), (0.02, false, false), (0.0247, false, false), (0.0249, false, true), (0.5, false, true),
      (0.0, true, true), (-0.0247, true, true), (-0.0249, true, false), (-0.5, true, false), (-0.02, false, false),
    ] as [(Double, Bool, Bool)])
  func entersAndLeavesByTheRoundTrip(average: Double, was: Bool, isOn: Bool) throws {
    // One step of the venue's rate as it is on average changes the average by nothing.
    let aim = try carried(
      Ratio(floatLiteral: average), isOn: was, short: was ? -20 : nil, funding: Self.perSecond(-average))
    #expect(value(aim, "round trip") == "122.1")
    #expect(value(aim, "carry") == (isOn ? "on" : "off"))
    // On: delta zero. Off: the spot without any position.
    #expect(aim.quantity == (isOn ? 0 : 20))
    #expect(aim.mark?.carry?.isOn == isOn && aim.slope == 0 && aim.warnings == [])
  }

  @Test func theNumbersAreThoseOfTheFormulas() throws {
    let aim = try carried(0.1, isOn: false, funding: Self.perSecond(-0.1))
    #expect(value(aim, "net funding") == "10" && value(aim, "net funding now") == "10")
    // 60,000 · 0.1 · 30/365
    #expect(value(aim, "expected income") == "493.15")
    // 122.10 ÷ (6,000/365)
    #expect(value(aim, "break-even") == "7.4")
    // Borrowing is paid whoever receives funding.
    let dear = try carried(0.1, isOn: false, funding: Self.perSecond(-0.1), borrowing: Self.perSecond(0.04))
    #expect(value(dear, "net funding now") == "6")
    #expect(value(try carried(-0.1, isOn: false, funding: Self.perSecond(0.1)), "break-even") == "none")
  }

  @Test func hysteresisWidensBothSides() throws {
    let rule = CarryRule(hysteresis: 2)
    #expect(try carried(0.04, isOn: false, rule: rule, funding: Self.perSecond(-0.04)).quantity == 20)
    #expect(try carried(0.05, isOn: false, rule: rule, funding: Self.perSecond(-0.05)).quantity == 0)
    #expect(try carried(-0.04, isOn: true, rule: rule, funding: Self.perSecond(0.04)).quantity == 0)
    #expect(try carried(-0.05, isOn: true, rule: rule, funding: Self.perSecond(0.05)).quantity == 20)
  }

  @Test func whatIsNotKnownChangesNothing() throws {
    for isOn in [true, false] {
      for average in [0.5, -0.5] as [Ratio] {
        let unwatched = try carried(average, isOn: isOn, watched: 1_000)
        #expect(unwatched.mark?.carry?.isOn == isOn && unwatched.warnings == [.carryUnwatched])
        let unpriced = try carried(average, isOn: isOn, nativePrice: nil)
        #expect(unpriced.mark?.carry?.isOn == isOn && unpriced.warnings == [.carryCostUnknown])
        #expect(value(unpriced, "round trip") == nil)
      }
    }
  }

  /// Nobody remembers: the position tells.
  @Test(arguments: [(nil, false), (-9.9, false), (-10, true), (-20, true), (5, false)] as [(Double?, Bool)])
  func withoutMemoryThePositionTells(short: Double?, isOn: Bool) throws {
    let aim = try carried(0, isOn: false, short: short.map { Quantity(floatLiteral: $0) }, hasMark: false)
    #expect(aim.mark?.carry == CarryMark(isOn: isOn, averageFunding: 0, watchedSeconds: 0))
    #expect(aim.quantity == (isOn ? 0 : 20))
  }

  /// One answer, however absurd, after however long a silence, decides nothing.
  @Test func oneLookDoesNotDecide() throws {
    for rate in [50, -50] as [Double] {
      let mark = AimMark(
        atSeconds: World.now - 50_000, worth: 100_000,
        carry: CarryMark(isOn: false, averageFunding: 0, watchedSeconds: 86_400))
      let aim = try AimWorld.assessment(
        .carry(CarryRule()), World.observation(terms: AimWorld.terms(funding: Self.perSecond(-rate))),
        AimWorld.circumstances(last: mark)
      ).aim
      let average = try #require(aim.mark?.carry?.averageFunding)
      // Ten minutes of a day, at 5,000 % a year.
      #expect(abs(average.approximateDouble - rate * 600 / 87_000) < 1e-6)
    }
  }

  /// Funding that swings around nothing, hour by hour, for two years: the carry is never taken on. Funding in seasons
  /// is, and every change has been paid for by the funding received since.
  @Test func theCarryNeverChurns() throws {
    func run(_ rate: (Int) -> Double) throws -> (switches: Int, earned: Double) {
      var mark: AimMark?
      var (switches, earned, isOn) = (0, 0.0, false)
      for hour in 0..<(24 * 730) {
        let annual = rate(hour)
        for quarter in 0..<2 as Range<UInt64> {
          let at = World.now + UInt64(hour) * 3_600 + quarter * 1_800
          let observation = World.observation(
            positions: isOn ? [World.short(-20)] : [], terms: AimWorld.terms(funding: Self.perSecond(-annual)))
          let seen = Observation(
            head: Head(number: 1, hash: .zero, timestamp: at), price: observation.price, quotePrice: nil,
            sequencer: nil, vault: observation.vault, account: observation.account, isRoleHeld: true,
            venue: observation.venue)
          let aim = try AimWorld.assessment(.carry(CarryRule()), seen, AimWorld.circumstances(last: mark)).aim
          mark = aim.mark
          let now = aim.mark?.carry?.isOn ?? isOn
          if now != isOn {
            switches += 1
            earned -= 122.10 / 2
          }
          isOn = now
          if isOn { earned += 60_000 * annual / (2 * 8_760) }
        }
      }
      return (switches, earned)
    }
    let noise = try run { $0.isMultiple(of: 2) ? 0.4 : -0.4 }
    #expect(noise.switches == 0 && noise.earned == 0)
    // Half a year at 12 %, half a year at −8 %, with a swing of 30 % within each day.
    let seasons = try run { hour in
      (hour / 4_380).isMultiple(of: 2) ? 0.12 : -0.08 + (hour % 24 < 12 ? 0.3 : -0.3)
    }
    #expect((2...4).contains(seasons.switches), "\(seasons)")
    #expect(seasons.earned > 5_000, "\(seasons)")
  }

  @Test func aRuleThatMakesNoSenseIsNamed() {
    for bad in [
      CarryRule(horizonSeconds: 60), CarryRule(averageSeconds: 0),
      CarryRule(horizonSeconds: 3_600, averageSeconds: 3_601), CarryRule(hysteresis: 0.9),
    ] { #expect(bad.firstDefect != nil) }
    #expect(CarryRule().firstDefect == nil)
  }
}
