import Ethereum
import Testing

@testable import Simulation

/// Small storms: a quarter of an hour in the place of six hours, so that a debug build has time for several.
@Suite struct StormTests {
  static func plan(_ seed: UInt64, storm: UInt64 = 80, calm: UInt64 = 80) -> StormPlan {
    var plan = StormPlan(seed: seed)
    plan.stormTicks = storm
    plan.calmTicks = calm
    return plan
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func noLawIsBroken(seed: UInt64) {
    let outcome = Storm(plan: Self.plan(seed)).run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.tally.total > 0)
  }

  @Test func aQuietWorldIsHedged() {
    let outcome = Storm(plan: Self.plan(5, storm: 60, calm: 60).withoutFaults()).run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.tally.total == 0)
    #expect(outcome.trades > 0)
  }

  @Test func oneSeedIsOneWorld() {
    let first = Storm(plan: Self.plan(6, storm: 60, calm: 10)).run()
    let again = Storm(plan: Self.plan(6, storm: 60, calm: 10)).run()
    #expect(first.traceHash == again.traceHash)
    #expect(Storm(plan: Self.plan(7, storm: 60, calm: 10)).run().traceHash != first.traceHash)
  }

  /// One death more changes everything after it, so a trace that did not notice it would notice nothing.
  @Test func aTraceNoticesASingleDeath() {
    let points = CrashPoints(seed: 1)
    #expect(points.storm().run(untilTick: 8).traceHash != points.storm(deaths: [30]).run(untilTick: 8).traceHash)
  }

  @Test func theReferenceRunHasEverythingAPromiseCanLiveThrough() {
    let (outcome, replacements) = CrashPoints(seed: 1).reference()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades >= 3)
    #expect(outcome.tally[.reorg] > 0)
    #expect(replacements > 0)
  }

  /// All of them are enumerated in the laboratory; here some, at boundaries that differ from run to run of the suite by
  /// nothing.
  @Test(arguments: [3, 19, 21, 22, 24, 211] as [UInt64])
  func aDeathAtABoundaryBreaksNoLaw(boundary: UInt64) {
    let outcome = CrashPoints(seed: 1).run(dyingAt: boundary)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.tally[.crash] == 1)
  }
}

/// The same run in worlds that have more boundaries.
@Suite struct StagedCrashTests {
  @Test(arguments: [CrashPoints.Stage.relay, .lease]) func theReferenceRunBreaksNoLaw(stage: CrashPoints.Stage) {
    let plain = CrashPoints(seed: 1).reference().outcome
    let (outcome, replacements) = CrashPoints(seed: 1, stage: stage).reference()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades >= 3 && outcome.tally[.reorg] > 0 && replacements > 0)
    #expect(outcome.boundaries > plain.boundaries, "nothing is there that could be ended in between")
  }

  @Test(
    arguments: [
      (CrashPoints.Stage.relay, 27), (.relay, 34), (.relay, 60), (.lease, 9), (.lease, 40), (.lease, 47), (.lease, 52),
    ] as [(CrashPoints.Stage, UInt64)])
  func aDeathAtABoundaryBreaksNoLaw(stage: CrashPoints.Stage, boundary: UInt64) {
    let outcome = CrashPoints(seed: 1, stage: stage).run(dyingAt: boundary)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.tally[.crash] == 1)
  }
}

@Suite struct DrawsTests {
  @Test func streamsDoNotMoveEachOther() {
    var one = Draws(seed: 9, "one")
    var other = Draws(seed: 9, "other")
    let expected = other.next()
    _ = (0..<100).map { _ in one.next() }
    other = Draws(seed: 9, "other")
    #expect(other.next() == expected)
    var mixed = Draws(seed: 10, "one")
    var fresh = Draws(seed: 9, "one")
    #expect(mixed.next() != fresh.next())
  }

  @Test func drawsStayInTheirRange() {
    var draws = Draws(seed: 1, "range")
    for _ in 0..<1_000 {
      #expect((3...5).contains(draws.within(3...5)))
      #expect(abs(draws.bell()) <= 6_000)
      #expect(draws.weighted([0, 1, 0]) == 1)
    }
  }
}
