import Contracts
import Ethereum
import Foundation
import Quant
import TestSupport
import Testing

@testable import Decision

/// Positions that answer for one another: the whole account is measured, against Quant's formula and by walking the
/// price until equity is down to maintenance.
struct CrossMarginTests {
  private static let venue: ScriptedVenue = {
    var venue = ScriptedVenue()
    venue.capabilities.margin = .cross
    return venue
  }()

  private func state(
    _ positions: [Position], free: Usd, rate: Ratio = 0.01, wallet: Quantity = 0
  ) -> VenueState {
    VenueState(
      positions: positions, orders: [], terms: World.terms(collateral: wallet),
      shared: SharedMargin(freeCollateral: free, maintenanceRate: rate))
  }

  private func judged(_ state: VenueState, target: Quantity? = nil) throws -> Judgement {
    let observed = World.observation()
    let observation = Observation(
      head: observed.head, price: observed.price, quotePrice: nil, sequencer: nil, vault: World.vault(base: 20),
      account: observed.account, isRoleHeld: true, venue: state)
    let net = try state.positions.total() + 20
    return try World.judgement(
      observation,
      policy: World.policy(target: .absolute(target ?? net), execution: ExecutionRules()),
      circumstances: World.known(), venue: Self.venue)
  }

  private func risk(_ state: VenueState) throws -> LiquidationRisk? { try judged(state).calibration?.risk }

  private static func excess(_ state: VenueState, at price: Double) -> Double {
    var sum = state.shared?.freeCollateral.approximateDouble ?? 0
    let rate = state.shared?.maintenanceRate.approximateDouble ?? 0
    for position in state.positions {
      let size = position.quantity.approximateDouble
      sum += position.collateralValue.approximateDouble + position.unrealised.approximateDouble
      sum += size * (price - 3000) - rate * abs(size) * price - position.pendingFees.approximateDouble
    }
    return sum
  }

  @Test func aShortThatFreeCollateralStandsBehind() throws {
    let account = state([World.short(-10, collateral: 400, unrealised: -100, pendingFees: 50)], free: 350)
    let risk = try #require(try risk(account))
    // (600 + 10 · 3,000)/(10 · 1.01), as the formula of a short against coin has it with no coin.
    let carry = try CrossMarginCarry(
      cash: 600, collateral: 0, haircut: 0, short: 10, entry: 3000, maintenanceRate: 0.01)
    let expected = try #require(try carry.upperLiquidationPrice())
    #expect(abs(risk.liquidationPrice.approximateDouble - expected) < 1e-5)
    #expect(risk.level == .danger)
    // By itself it would be said to be as far away as the venue's own figure, and there is none.
    #expect(try judged(account).plan?.warnings == [.liquidationDanger])
  }

  @Test func aProfitOfOnePositionCarriesTheOther() throws {
    let short = World.short(-10, collateral: 500, unrealised: -400)
    let long = World.short(4, collateral: 500, unrealised: 900)
    let alone = try #require(try risk(state([short], free: 300)))
    let both = try #require(try risk(state([short, long], free: 300)))
    #expect(both.liquidationPrice > alone.liquidationPrice && both.position.quantity == -10)
  }

  /// At the price that is found, equity is maintenance; nearer it is more, and beyond it less.
  @Test func equityIsMaintenanceAtThePriceFound() throws {
    var draws = SplitMix64(20_261_124)
    var (found, danger) = (0, 0)
    for _ in 0..<300 {
      let positions = try (0..<Int.random(in: 1...4, using: &draws)).map { _ in
        World.short(
          try Quantity(nearest: Double.random(in: -20...20, using: &draws), places: 3),
          collateral: try Usd(nearest: Double.random(in: 0...2_000, using: &draws), places: 2),
          unrealised: try Usd(nearest: Double.random(in: -500...500, using: &draws), places: 2),
          pendingFees: try Usd(nearest: Double.random(in: 0...50, using: &draws), places: 2))
      }
      let account = state(
        positions, free: try Usd(nearest: Double.random(in: 0...2_000, using: &draws), places: 2),
        rate: try Ratio(nearest: Double.random(in: 0.001...0.05, using: &draws), places: 4))
      guard let risk = try risk(account) else { continue }
      if risk.level == LiquidationRisk.Level.danger { danger += 1 }
      let level = risk.liquidationPrice.approximateDouble
      guard Self.excess(account, at: 3000) > 0 else {
        #expect(risk.sigmas == Ratio.zero && risk.touchProbability == Ratio.one)
        continue
      }
      found += 1
      #expect(abs(Self.excess(account, at: level)) < 0.001, "\(positions)")
      // Nobody is closed on the way there, on either side.
      for part in stride(from: 0.0, to: 0.999, by: 0.037) {
        let ratio = exp(log(level / 3000) * part)
        #expect(Self.excess(account, at: 3000 * ratio) > 0)
        #expect(Self.excess(account, at: 3000 / ratio) > 0)
      }
    }
    #expect(found > 100 && danger > 20, "\(found) \(danger)")
  }

  /// After the reduction that is due, and after the collateral that is needed, the account is safe: no more and no less.
  @Test func helpIsMeasuredByTheAccount() throws {
    let account = state([World.short(-10, collateral: 500), World.short(2, collateral: 100)], free: 100)
    let judgement = try judged(account)
    let risk = try #require(judgement.calibration?.risk)
    let deviation = risk.volatility.approximateDouble * (900 / 31_536_000.0).squareRoot()
    let safe = 3000 * exp(6 * deviation)
    #expect(judgement.reasons == [.deRisk])
    let cut = try #require(judgement.plan?.deRisk).change.approximateDouble
    let fee = 0.0006 * 3000 * cut
    let left = 700 - fee - (8 - cut) * (safe - 3000) - 0.01 * (12 - cut) * safe
    #expect(cut > 0 && cut < 10 && abs(left) < 0.01, "\(cut) leaves \(left)")
    let given = try judged(state(account.positions, free: 100, wallet: 40_000))
    let value = try #require(given.plan?.actions.first?.topUp).value.approximateDouble
    #expect(abs(Self.excess(account, at: safe) + value) < 0.001)
  }

  /// Free collateral at the venue belongs to the vault.
  @Test func whatIsSharedCountsInTheWorth() throws {
    let worth = try judged(state([World.short(-10)], free: 700)).assessment?.netAssetValue
    let without = try judged(state([World.short(-10)], free: 0)).assessment?.netAssetValue
    let difference = try #require(worth) - #require(without)
    #expect(difference == 700)
  }

  /// A venue that says it is cross and does not tell what is shared is not measured by isolated numbers.
  @Test func whatIsNotToldIsNotMeasured() throws {
    let untold = VenueState(
      positions: [World.short(-10, liquidationPrice: 3010)], orders: [], terms: World.terms())
    let judgement = try judged(untold)
    #expect(judgement.calibration?.risk == nil && judgement.plan?.warnings == [.liquidationUnmeasured])
    #expect(judgement.reasons == [])
  }

  /// Isolated positions are judged one by one, whatever else there is.
  @Test func isolatedPositionsAreNot() throws {
    let observation = World.observation(
      positions: [World.short(-10, liquidationPrice: 3040), World.short(4, collateral: 90_000)],
      terms: World.terms(collateral: 0))
    let risk = try World.judgement(
      observation, policy: World.policy(execution: ExecutionRules()), circumstances: World.known()
    ).calibration?.risk
    #expect(risk?.liquidationPrice == 3040 && risk?.level == .danger)
  }

  /// A record keeps it, and one from before there was any reads as it was.
  @Test func whatIsSharedIsWritten() throws {
    for account in [state([World.short(-10)], free: 700), VenueState(positions: [], orders: [], terms: World.terms())] {
      let written = try JSON(encoding: account)
      #expect((written["shared"] != nil) == (account.shared != nil))
      #expect(try JSON.parse(JSONCoding.encode(account)) == JSON.parse(written.encoded()))
      #expect(try JSONCoding.decode(VenueState.self, from: written.encoded()) == account)
    }
  }
}
