import Contracts
import Ethereum
import Testing

@testable import Decision

/// The limits a cleared call leaves for the block that mines it: moved inside by everything that is not ours, broken by
/// what only our call or the account's owner could do.
struct InvariantsTests {
  private func invariants(
    _ observation: Observation = World.observation()
  ) throws -> (Invariants, Trade) {
    let policy = try World.policy()
    let approved = try #require(try World.judgement(observation, policy: policy).verdict.approved)
    let proposal = try approved.proposal(at: ScriptedVenue(), through: ScriptedAccount())
    let clearance = try Clearance(
      proposal, Simulation(dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: 1, postState: nil))
    let trade = try #require(approved.plan.actions.compactMap(\.trade).first)
    return (try Invariants(try #require(clearance.cleared), policy: policy), trade)
  }

  private func placed(_ trade: Trade, scaledBy factor: Ratio = 1, acceptable: Price? = nil) throws -> OpenOrder {
    var limit: Price?
    if case .limit(let price) = trade.kind { limit = price }
    return World.order(
      try trade.change.scaled(by: factor, rounding: .up), key: 77, trigger: limit,
      acceptable: acceptable ?? trade.worstPrice)
  }

  private func outcome(_ expected: Invariants, _ state: VenueState, placed: [Bytes32]) throws -> [Check.Outcome] {
    try expected.checks(state, placed: placed).map(\.outcome)
  }

  private func state(_ orders: [OpenOrder], positions: [Position] = []) -> VenueState {
    VenueState(positions: positions, orders: orders, terms: World.terms())
  }

  @Test func theOrderAsPlannedPasses() throws {
    let (expected, trade) = try invariants()
    let order = try placed(trade)
    #expect(try outcome(expected, state([order]), placed: [order.key]) == [.passed, .passed])
  }

  /// The venue's order keeper may have been faster than our look.
  @Test func anOrderFilledInTheSameBlockPasses() throws {
    let (expected, trade) = try invariants()
    let filled = state([], positions: [World.short(trade.change)])
    #expect(try outcome(expected, filled, placed: [World.key(77)]) == [.passed, .passed])
  }

  /// A venue that sizes in dollars gives a little more of the asset at a worse price, and not half as much again.
  @Test(arguments: [(1.01, true), (1.5, false)] as [(Ratio, Bool)])
  func sizeIsHeldToTheWorstFill(factor: Ratio, passes: Bool) throws {
    let (expected, trade) = try invariants()
    let order = try placed(trade, scaledBy: factor)
    #expect(try outcome(expected, state([order]), placed: [order.key])[0] == (passes ? .passed : .refused))
  }

  @Test func aLooserBoundBreaksIt() throws {
    let (expected, trade) = try invariants()
    let order = try placed(trade, acceptable: 2900)
    #expect(try outcome(expected, state([order]), placed: [order.key]) == [.passed, .refused])
  }

  @Test func theOtherDirectionBreaksIt() throws {
    let (expected, trade) = try invariants()
    let order = try placed(trade, scaledBy: -1)
    #expect(try outcome(expected, state([order]), placed: [order.key]) == [.refused, .refused])
  }

  @Test func twoOrdersForOneBreakIt() throws {
    let (expected, trade) = try invariants()
    let order = try placed(trade)
    #expect(try outcome(expected, state([order]), placed: [order.key, World.key(78)])[1] == .refused)
  }

  /// An order that is amended can fill as it was, before the amendment, or as it is.
  @Test func anAmendedOrderMayFillEitherWay() throws {
    let old = World.order(-9.8, acceptable: 2900)
    let (expected, trade) = try invariants(World.observation(orders: [old]))
    #expect(expected.orders.first?.amends == old.key)
    for change in [old.change, trade.change] {
      let filled = state([], positions: [World.short(change)])
      #expect(try outcome(expected, filled, placed: []) == [.passed, .passed])
    }
    let both = state([], positions: [World.short(try old.change + trade.change)])
    #expect(try outcome(expected, both, placed: [])[0] == .refused)
  }

  @Test func itSurvivesTheJournal() throws {
    let (expected, _) = try invariants()
    let bytes = try JSONCoding.encode(expected)
    #expect(try JSONCoding.decode(Invariants.self, from: bytes) == expected)
  }

  /// Whoever adds a code must say what it means for a call that is on its way.
  @Test func whatCannotBeSeenLeavesACallAlone() {
    for code in [Refusal.Code.oracleStale, .headTooOld, .sequencerDown, .halted] { #expect(code.standing == .unknown) }
    for code in [Refusal.Code.insideBand, .vaultPaused, .roleMissing] { #expect(code.standing == .unwanted) }
    #expect(Refusal.Code.gasPriceAboveCeiling.standing == .unaffordable)
  }
}
