import Contracts
import Ethereum
import TestSupport
import Testing

@testable import Decision

/// Insured vaults along paths of prices, corrected by the production target and band.
@Suite struct InsuredPathTests {
  private struct Draws {
    var random: SplitMix64
    /// Roughly normal, of variance 1.
    mutating func normal() -> Double {
      var sum = 0.0
      for _ in 0..<12 { sum += Double(random.next() >> 11) / 9_007_199_254_740_992 }
      return sum - 6
    }
  }

  private struct Run {
    var lowestMargin = Double.infinity
    /// As the last judgement remembers it.
    var peak: Usd?
    var last = 0.0
    var corrections = 0
    var mostLeverage = 0.0
    var isDry = true
  }

  /// A thousand looks. Spot is what the vault trades here, so that wealth is spot and cash; each correction costs
  /// nothing. Where the band is `width` of the worth, the delta may be above the target by it, so the floor holds while
  /// the price falls by less than (worth − floor)/(target + band) between two looks.
  private func run(_ rule: CPPIRule, seed: UInt64, drift: Double, deviation: Double, width: Ratio) throws -> Run {
    var draws = Draws(random: SplitMix64(seed))
    let policy = try AimWorld.policy(
      .insured(rule), band: FixedBand(width: width, of: .netAssetValue, reset: .centre))
    var (price, base, cash) = (3_000.0, 0.0, 100_000.0)
    var mark: AimMark?
    var run = Run()
    for step in 0..<1_000 as Range<UInt64> {
      let at = World.now + step * 12
      let observation = World.observation(
        price: World.feed(Price(floatLiteral: (price * 1e6).rounded() / 1e6), maximum: 1_000_000_000),
        vault: World.vault(
          base: Quantity(floatLiteral: (base * 1e9).rounded() / 1e9),
          quote: try Quantity(nearest: max(cash, 0), places: 6)))
      let seen = Observation(
        head: Head(number: step, hash: .zero, timestamp: at), price: observation.price, quotePrice: nil, sequencer: nil,
        vault: observation.vault, account: observation.account, isRoleHeld: true, venue: observation.venue)
      let assessment = try Assessment(seen, policy: policy, circumstances: AimWorld.circumstances(last: mark))
      mark = assessment.aim.mark ?? mark
      let calibration = try Calibration(
        assessment, seen, policy: policy, circumstances: AimWorld.circumstances(last: mark), venue: ScriptedVenue())
      let worth = base * price + cash
      let floor = Double(assessment.figures.first { $0.name == "floor" }?.value ?? "") ?? .nan
      run.lowestMargin = min(run.lowestMargin, worth - floor)
      run.peak = mark?.peak?.worth
      run.last = worth
      if !calibration.due.isZero {
        run.corrections += 1
        let change = calibration.due.approximateDouble
        base += change
        cash -= change * price
      }
      run.mostLeverage = max(run.mostLeverage, base * price / worth)
      if cash < -0.01 { run.isDry = false }
      // No gap: never more than four deviations at once.
      price *= 1 + drift + deviation * max(-4, min(4, draws.normal()))
    }
    return run
  }

  /// Through a crash of two thirds, in steps of at most 4 · 0.6 %: below 1 ÷ (m + band over cushion) at every step but
  /// for the last cents, where the band is wider than the cushion; there nothing is held any more.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func theFloorHoldsThroughACrash(seed: UInt64) throws {
    let rule = CPPIRule(floor: AimWorld.floor(80_000), multiplier: 4, leverageCap: 1, worstGap: 0.2)
    let run = try run(rule, seed: seed, drift: -0.0012, deviation: 0.006, width: 0.002)
    // The band holds up to 0.2 % of worth more than the target: of that, one look can take 2.5 %, five dollars.
    #expect(run.lowestMargin > -5, "\(run)")
    #expect(run.last < 100_000 && run.corrections > 20 && run.isDry)
    #expect(run.mostLeverage <= 1.003)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func gainsAreTakenPartInAndARatchetKeepsThem(seed: UInt64) throws {
    let plain = CPPIRule(floor: AimWorld.floor(80_000), multiplier: 4, leverageCap: 1, worstGap: 0.2)
    let rise = try run(plain, seed: seed, drift: 0.001, deviation: 0.004, width: 0.002)
    #expect(rise.last > 130_000 && rise.lowestMargin > 19_000)
    let ratchet = CPPIRule(
      floor: .ratcheted(CPPIRule.Ratchet(share: 0.8)), multiplier: 4, leverageCap: 1, worstGap: 0.2)
    let kept = try run(ratchet, seed: seed, drift: -0.0008, deviation: 0.008, width: 0.002)
    let peak = try #require(kept.peak)
    #expect(kept.lowestMargin > -8 && peak >= 100_000, "\(kept)")
    #expect(kept.last >= 0.8 * peak.approximateDouble - 8, "\(kept)")
  }
}
