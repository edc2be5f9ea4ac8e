import Contracts
import Ethereum
import Testing

@testable import Decision

/// The simulated outcome against the plan. The plan sells 10 at 3003, never below 2970.
struct ClearanceTests {
  private func proposal(_ observation: Observation = World.observation()) throws -> Proposal {
    let judgement = try World.judgement(observation)
    let approved = try #require(judgement.verdict.approved)
    return try approved.proposal(at: ScriptedVenue(), through: ScriptedAccount())
  }

  private func cleared(
    _ proposal: Proposal, outcome: Simulation.Outcome = .succeeded, post: VenueState?
  ) throws -> Clearance {
    try Clearance(
      proposal,
      Simulation(dataHash: proposal.dataHash, outcome: outcome, gasUsed: 1_000_000, postState: post))
  }

  private func after(_ proposal: Proposal) throws -> VenueState {
    var state = proposal.approved.venueState
    for planned in proposal.approved.plan.actions {
      state = try ScriptedVenue().after(planned.action, state, price: 3000, now: World.now)
    }
    return state
  }

  @Test func asPlannedIsCleared() throws {
    let proposal = try proposal()
    let clearance = try cleared(proposal, post: after(proposal))
    let cleared = try #require(clearance.cleared)
    #expect(cleared.warnings == [])
    #expect(cleared.call.data == [1])
    #expect(cleared.dataHash == Keccak256.hash([1]))
    #expect(clearance.checks.map(\.name) == ["revert", "positions", "orders", "drift", "order as planned"])
    #expect(clearance.checks.allSatisfy { $0.outcome == .passed })
  }

  @Test func withoutOverridesThereIsAWarning() throws {
    let clearance = try cleared(proposal(), post: nil)
    #expect(clearance.cleared?.warnings == [.postStateUnseen])
  }

  @Test(arguments: [
    (FailureClass.policyDenied("ConditionViolation 7"), Refusal.Code.policyDenied),
    (.venueRefused("InsufficientExecutionFee"), .simulationFailed), (.retryable("empty"), .simulationFailed),
  ])
  func aRevertIsRefused(failure: FailureClass, code: Refusal.Code) throws {
    let clearance = try cleared(proposal(), outcome: .reverted(failure), post: nil)
    #expect(clearance.refusal?.code == code)
    #expect(clearance.refusal?.figures.first?.value == failure.text)
  }

  @Test func otherBytesAreNotJudged() throws {
    let proposal = try proposal()
    #expect(throws: DecisionError.self) {
      try Clearance(
        proposal, Simulation(dataHash: World.key(5), outcome: .succeeded, gasUsed: nil, postState: nil))
    }
  }

  /// What the simulated order looks like → the check that refuses.
  @Test(
    arguments: [
      ("the order is missing", [], "orders"),
      ("two orders", [World.order(-5, key: 77), World.order(-5, key: 78)], "orders"),
      ("the wrong side", [World.order(10, key: 77)], "drift"),
      ("beyond the far edge", [World.order(-10.5, key: 77)], "drift"),
      ("nothing", [World.order(0, key: 77)], "drift"),
      ("a looser bound", [World.order(-10, key: 77, acceptable: 2969)], "order as planned"),
      ("no bound", [World.order(-10, key: 77, acceptable: nil)], "order as planned"),
      ("another limit", [World.order(-10, key: 77, trigger: 3002)], "order as planned"),
      ("no limit", [World.order(-10, key: 77, trigger: nil)], "order as planned"),
      ("too much collateral", [World.order(-10, key: 77, collateralUnits: 10_000_000_001)], "order as planned"),
    ] as [(String, [OpenOrder], String)])
  func notAsPlannedIsRefused(what: String, orders: [OpenOrder], check: String) throws {
    let proposal = try proposal()
    let post = VenueState(positions: [], orders: orders, terms: World.terms())
    let clearance = try cleared(proposal, post: post)
    #expect(clearance.refusal?.code == .postStateNotBetter, "\(what)")
    #expect(clearance.checks.first { $0.outcome == .refused }?.name == check, "\(what)")
  }

  @Test func aTighterBoundIsAsGood() throws {
    let proposal = try proposal()
    let post = VenueState(
      positions: [], orders: [World.order(-10, key: 77, acceptable: 2980)], terms: World.terms())
    #expect(try cleared(proposal, post: post).cleared != nil)
  }

  @Test func aTradeThatHappensAtOnceIsNotTwoStep() throws {
    let proposal = try proposal()
    let post = VenueState(positions: [World.short()], orders: [], terms: World.terms())
    #expect(try cleared(proposal, post: post).refusal?.code == .postStateNotBetter)
  }

  @Test func onASynchronousVenueThePositionIsJudged() throws {
    var venue = ScriptedVenue()
    venue.capabilities.settlement = .sync
    let judgement = try World.judgement(venue: venue)
    let proposal = try #require(judgement.verdict.approved).proposal(at: venue, through: ScriptedAccount())
    let good = VenueState(positions: [World.short(-10)], orders: [], terms: World.terms())
    #expect(try cleared(proposal, post: good).cleared != nil)
    for quantity in [5, -20.5] as [Quantity] {
      let bad = VenueState(positions: [World.short(quantity)], orders: [], terms: World.terms())
      #expect(try cleared(proposal, post: bad).refusal?.code == .postStateNotBetter)
    }
  }

  @Test func cancelsMustCancel() throws {
    let order = World.order(5)
    let proposal = try proposal(World.observation(orders: [order]))
    #expect(proposal.approved.plan.isOnlyCancels)
    let gone = VenueState(positions: [], orders: [], terms: World.terms())
    #expect(try cleared(proposal, post: gone).cleared != nil)
    let still = VenueState(positions: [], orders: [order], terms: World.terms())
    #expect(try cleared(proposal, post: still).refusal?.code == .postStateNotBetter)
  }

  @Test func amendsKeepTheirKey() throws {
    let order = World.order(-10, state: .frozen(reason: "price"), collateralUnits: 10_000_000_000)
    let proposal = try proposal(World.observation(orders: [order]))
    #expect(try cleared(proposal, post: after(proposal)).cleared != nil)
    let other = VenueState(positions: [], orders: [World.order(-10, key: 78)], terms: World.terms())
    #expect(try cleared(proposal, post: other).refusal?.code == .postStateNotBetter)
  }
}
