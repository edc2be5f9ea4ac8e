import Ethereum
import Keeper
import Outbox
import Testing

@testable import Simulation

/// Somebody used the keeper's key in the block before its very first look: whole ticks, in a world in which nothing else
/// is wrong.
@Suite struct FirstNonceTests {
  private static func storm(seed: UInt64, _ early: StormScene.EarlyStranger) -> Storm {
    var scene = StormScene.plain
    scene.earlyStranger = early
    var plan = StormPlan(seed: seed).withoutFaults().with(scene)
    plan.stormTicks = 60
    plan.calmTicks = 40
    return Storm(plan: plan)
  }

  /// The nonce of the first call that was signed, and at which tick.
  private static func first(_ storm: Storm) -> (nonce: UInt64, tick: UInt64, outcome: StormOutcome)? {
    var tick: UInt64?
    storm.script = { world in
      if tick == nil, !world.checkers.witness.hashes.isEmpty { tick = world.tick - 1 }
    }
    let outcome = storm.run()
    guard let tick, let hash = storm.world.checkers.witness.hashes.first,
      let attempt = storm.world.checkers.witness.attempt(hash)
    else { return nil }
    do { return (try SignedTransaction.decode(attempt.raw).transaction.nonce, tick, outcome) } catch { return nil }
  }

  /// A reorg takes the stranger's call away for good: the keeper has promised nothing above it, and begins where the
  /// stranger had been.
  @Test(arguments: [2, 3] as [UInt64]) func whatAReorgTakesBackLeavesNoGap(seed: UInt64) throws {
    let storm = Self.storm(seed: seed, StormScene.EarlyStranger(undoneAtTick: 3, isForGood: true))
    var refused = 0
    storm.processes[0].heed = { if $0.code == "firstNonceNotFinal" { refused += 1 } }
    let (nonce, tick, outcome) = try #require(Self.first(storm))
    #expect(nonce == 0 && tick >= 3 && refused > 0)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades > 0)
  }

  /// What is not taken back is waited for as long as a reorg could come, and then counted.
  @Test(arguments: [2, 3] as [UInt64]) func whatStaysIsCountedOnceItIsFinal(seed: UInt64) throws {
    let storm = Self.storm(seed: seed, StormScene.EarlyStranger(undoneAtTick: nil, isForGood: false))
    let (nonce, tick, outcome) = try #require(Self.first(storm))
    #expect(nonce == 1 && tick >= storm.world.plan.finalityBlocks)
    #expect(tick <= storm.world.plan.finalityBlocks + 3, "as soon as it may")
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades > 0)
  }
}
