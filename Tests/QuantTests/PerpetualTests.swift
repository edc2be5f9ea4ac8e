import Foundation
import Testing

@testable import Quant

struct PerpetualTests {
  /// At its liquidation price a position's equity is its maintenance margin, whatever the position; and the venue's own
  /// formula says the same from any price.
  @Test func equityIsTheMaintenanceMarginAtTheLiquidation() throws {
    var numbers = SeededNormals(seed: 5)
    for round in 0..<500 {
      let side: PositionSide = round % 2 == 0 ? .long : .short
      let entry = numbers.between(0.01, 100_000)
      let size = numbers.between(0.001, 1_000)
      let rate = numbers.between(0.001, 0.1)
      let margin = entry * size * numbers.between(rate, 2)
      let isolated = try IsolatedLinearMargin(
        position: LinearPerpetual(side: side, entry: entry, size: size), margin: margin, maintenanceRate: rate)
      guard let price = isolated.liquidationPrice else {
        #expect(side == .long && margin >= entry * size)
        continue
      }
      let (equity, maintenance) = (try isolated.equity(at: price), try isolated.maintenanceMargin(at: price))
      #expect(abs(equity - maintenance) <= 1e-9 * (margin + entry * size))
      let mark = entry * numbers.between(0.8, 1.2)
      let available = try isolated.equity(at: mark) - (try isolated.maintenanceMargin(at: mark))
      let venue = try #require(
        try IsolatedLinearMargin.liquidationPrice(
          price: mark, side: side, size: size, marginAvailable: available, maintenanceRate: rate))
      #expect(abs(venue - price) <= 1e-9 * max(price, mark))
      #expect((try #require(try isolated.liquidationDistance(at: mark)) > 0) == (available > 0))
    }
  }

  @Test func inversePositionsToo() throws {
    var numbers = SeededNormals(seed: 6)
    for round in 0..<500 {
      let entry = numbers.between(1, 100_000)
      let notional = numbers.between(1, 1e6)
      let rate = numbers.between(0.001, 0.05)
      let margin = notional / entry * numbers.between(2 * rate, 2)
      let position = try InversePerpetual(side: round % 2 == 0 ? .long : .short, entry: entry, notional: notional)
      guard let price = try position.liquidationPrice(margin: margin, maintenanceRate: rate) else {
        #expect(position.side == .short && margin >= notional / entry)
        continue
      }
      let equity = try position.equity(at: price, margin: margin)
      let maintenance = try position.maintenanceMargin(at: price, rate: rate)
      #expect(abs(equity - maintenance) <= 1e-9 * (margin + notional / entry))
    }
  }

  private func tiers() throws -> MaintenanceTiers {
    try MaintenanceTiers(marginalRates: [(0, 0.004), (50_000, 0.005), (250_000, 0.01), (1_000_000, 0.025)])
  }

  @Test func tiersOfOneRateAreTheIsolatedFormula() throws {
    let flat = try MaintenanceTiers(marginalRates: [(0, 0.01), (10_000, 0.01)])
    for side in [PositionSide.long, .short] {
      let position = try LinearPerpetual(side: side, entry: 2_000, size: 10)
      let single = try IsolatedLinearMargin(position: position, margin: 3_000, maintenanceRate: 0.01)
      let tiered = try #require(try flat.liquidationPrice(position, margin: 3_000))
      #expect(abs(tiered - (try #require(single.liquidationPrice))) < 1e-9)
    }
  }

  @Test func tieredLiquidationsMeetTheirOwnMargin() throws {
    let tiers = try tiers()
    // Binance's maintenance amounts of these rates: 50, 1,300, 16,300.
    #expect(zip(tiers.tiers.map(\.deduction), [0, 50, 1_300, 16_300]).allSatisfy { abs($0 - $1) < 1e-9 })
    var numbers = SeededNormals(seed: 7)
    for round in 0..<500 {
      let position = try LinearPerpetual(
        side: round % 2 == 0 ? .long : .short, entry: numbers.between(100, 5_000), size: numbers.between(1, 2_000))
      let notional = position.entry * position.size
      let margin = try tiers.maintenanceMargin(notional: notional) * numbers.between(1.01, 30)
      guard let price = try tiers.liquidationPrice(position, margin: margin) else {
        #expect(position.side == .long && margin >= notional * 0.99)
        continue
      }
      let equity = margin + (try position.profit(at: price))
      let maintenance = try tiers.maintenanceMargin(notional: position.notional(at: price))
      #expect(abs(equity - maintenance) <= 1e-9 * (notional + margin))
      #expect((price < position.entry) == (position.side == .long))
    }
  }

  /// Without deductions the margin jumps where a tier begins, and that border liquidates.
  @Test func aJumpOfTheMarginLiquidatesAtTheBorder() throws {
    let tiers = try MaintenanceTiers([
      .init(from: 0, rate: 0.01, deduction: 0), .init(from: 10_000, rate: 0.5, deduction: 0),
    ])
    let position = try LinearPerpetual(side: .short, entry: 900, size: 10)
    #expect(try tiers.liquidationPrice(position, margin: 3_000) == 1_000)
    #expect(throws: QuantError.self) { try MaintenanceTiers([]) }
    #expect(throws: QuantError.self) { try MaintenanceTiers([.init(from: 5, rate: 0.01, deduction: 0)]) }
    #expect(throws: QuantError.self) { try MaintenanceTiers.Tier(from: 100, rate: 0.01, deduction: 2) }
  }

  private func carry(cash: Double, collateral: Double, short: Double) throws -> CrossMarginCarry {
    try CrossMarginCarry(
      cash: cash, collateral: collateral, haircut: 0.1, short: short, entry: 2_000, maintenanceRate: 0.02)
  }

  @Test func theCarryIsEatenByItsHaircut() throws {
    // c = q: (B + q e)/(q (mmr + h))
    let account = try carry(cash: 500, collateral: 1, short: 1)
    let price = try #require(try account.upperLiquidationPrice())
    #expect(abs(price - 2_500 / 0.12) < 1e-9)
    #expect(abs(try account.equity(at: price) - (try account.maintenanceMargin(at: price))) < 1e-9)
    #expect(try carry(cash: 500, collateral: 2, short: 1).upperLiquidationPrice() == nil)
    let borrowed = try carry(cash: -3_000, collateral: 2, short: 1)
    let lower = try #require(borrowed.lowerLiquidationPrice)
    #expect(abs(try borrowed.equity(at: lower) - (try borrowed.maintenanceMargin(at: lower))) < 1e-9)
    #expect(throws: QuantError.self) { try carry(cash: -2_500, collateral: 1, short: 1).upperLiquidationPrice() }
  }

  private func holding(
    _ price: Double, beta: Double, collateral: Double, position: Double
  ) throws -> CommonShock.Holding {
    try CommonShock.Holding(
      price: price, beta: beta, collateral: collateral, haircut: 0.1, position: position, entry: price,
      maintenanceRate: 0.02)
  }

  /// One coin with beta 1 is the cross-margin formula.
  @Test func aShockOfOneCoinIsItsPrice() throws {
    let shock = try CommonShock(cash: 500, holdings: [holding(2_000, beta: 1, collateral: 1, position: -1)])
    let rise = try #require(try shock.liquidationRise(until: 20))
    #expect(abs(2_000 * (1 + rise) - 2_500 / 0.12) < 1e-9)
    #expect(try shock.liquidationFall() == nil)
    #expect(try shock.liquidationRise(until: 1) == nil)
  }

  /// Against a scan in small steps, with prices that reach zero on the way.
  @Test func theRootIsWhereAScanFindsIt() throws {
    var numbers = SeededNormals(seed: 8)
    var found = 0
    for _ in 0..<60 {
      let holdings = try (0..<3).map { _ in
        try holding(
          numbers.between(1, 1_000), beta: numbers.normal() * 1.5, collateral: numbers.between(0.1, 5),
          position: numbers.normal() * 10)
      }
      let account = try CommonShock(cash: numbers.between(10, 5_000), holdings: holdings)
      guard try account.excess(at: 0) > 0 else {
        #expect(try account.liquidationFall() == 0)
        continue
      }
      var scanned: Double?
      for step in 0...2_000 where try account.excess(at: -Double(step) / 2_000) <= 0 {
        scanned = -Double(step) / 2_000
        break
      }
      let root = try account.liquidationFall()
      #expect((root == nil) == (scanned == nil))
      if let root, let scanned {
        found += 1
        #expect(root >= scanned - 1e-12 && root <= scanned + 1.0 / 2_000)
        #expect(abs(try account.excess(at: root)) < 1e-6)
      }
    }
    #expect(found > 10)
  }

  @Test func fundingIsClamped() throws {
    #expect(abs(try Funding.rate(premium: 0.0002, interest: 0.0001, limit: 0.0005) - 0.0001) < 1e-18)
    #expect(abs(try Funding.rate(premium: 0.002, interest: 0.0001, limit: 0.0005) - 0.0015) < 1e-18)
    #expect(try Funding.payment(to: .long, rate: 0.001, notional: 1_000) == -1)
    #expect(throws: QuantError.self) { try Funding.annualYield(perPeriod: -1, periodsPerDay: 3) }
    #expect(throws: QuantError.self) { try Funding.annualYield(perPeriod: 100, periodsPerDay: 24) }
    #expect(try CashAndCarry.breakEvenDays(fees: 0.002, dailyIncome: 0.0001) == 20)
  }
}

struct FirstPassageTests {
  private func touch(
    _ level: Double, drift: Double = 0, volatility: Double = 0.75, years: Double = 0.01
  ) throws -> Double {
    try FirstPassage(price: 3_000, level: level, drift: drift, volatility: volatility, years: years).probability
  }

  /// A level above in P is a level below in 1/P, whose drift is σ² − μ.
  @Test(arguments: [-2.0, 0, 0.3, 5]) func bothSidesAreMirrored(drift: Double) throws {
    let above = try FirstPassage(price: 3_000, level: 3_300, drift: drift, volatility: 0.75, years: 0.02)
    let below = try FirstPassage(
      price: 1 / 3_000, level: 1 / 3_300, drift: 0.75 * 0.75 - drift, volatility: 0.75, years: 0.02)
    #expect(abs(above.probability - below.probability) < 1e-12)
    #expect(abs(above.distanceInSigmas - below.distanceInSigmas) < 1e-12)
  }

  /// Over short times it is the driftless rule of a small move.
  @Test func shortTimesKnowNoDrift() throws {
    let exact = try touch(3_000 * 1.001, drift: 0.1, years: 1e-6)
    let plain = try #require(
      touchProbability(distance: 3, price: 3_000, annualVolatility: 0.75, seconds: 31.536))
    #expect(abs(exact / plain - 1) < 0.01)
  }

  @Test func moreTimeNearerLevelsAndMoreVolatilityTouchMoreOften() throws {
    for (less, more) in [
      (try touch(2_000), try touch(2_500)), (try touch(2_500), try touch(2_500, years: 0.02)),
      (try touch(2_500), try touch(2_500, volatility: 1.5)), (try touch(3_600), try touch(3_600, drift: 3)),
    ] { #expect(less < more && less > 0 && more < 1) }
    #expect(try touch(3_000) == 1)
  }

  /// A drift so strong that the exponential of the reflection alone would overflow.
  @Test func strongDriftsDoNotOverflow() throws {
    #expect(try abs(touch(2_999, drift: -5_000, volatility: 0.01, years: 1) - 1) < 1e-12)
    #expect(try touch(2_999, drift: 5_000, volatility: 0.01, years: 1) < 1e-300)
    let far = try touch(1, drift: -0.5, volatility: 0.2, years: 1)
    #expect(far >= 0 && far < 1e-200)
    let edge = try touch(3_000 * exp(-5), drift: -4.98, volatility: 0.1, years: 1)
    #expect(edge > 0.3 && edge < 0.6)
  }
}
