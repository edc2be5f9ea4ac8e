package import Ethereum
package import Keeper
import Outbox

/// What one seed came to.
package struct StormOutcome: Sendable {
  package let seed: UInt64
  package let ticks: UInt64
  package let traceHash: Bytes32
  package let violations: [Violation]
  package let tally: FaultTally
  /// How often each law was put to the test.
  package let tested: [UInt64]
  /// Orders executed against the vault's position.
  package let trades: UInt64
  /// Calls of ours in the canonical chain.
  package let mined: UInt64
  package let broadcasts: UInt64
  package let boundaries: UInt64
  /// How ticks ended, by code, most frequent first.
  package let endings: [(code: String, count: UInt64)]
  /// What this world had beside what all have.
  package let features: [StormFeature]
  package let lines: [String]

  /// A seed shows something only if it was rough and the keeper had something to do.
  package var isValid: Bool { tally.total >= 20 && trades >= 3 }
}

/// One seed's run: the storm and the calm, keepers in it that are killed and started again, and the checkers.
package final class Storm {
  package let world: SimulatedWorld
  let wiring: StormWiring
  let processes: [StormProcess]
  private var endings: [(code: String, count: UInt64)] = []
  /// The tick to come, and the one that the run ends before.
  private var next: UInt64 = 0
  private var last: UInt64 = 0
  /// Kills the process at exactly these boundaries, for enumerations.
  private let deaths: [UInt64]
  /// What else happens at the beginning of a tick: the script of a reference run, or a test's sabotage.
  package var script: (SimulatedWorld) -> Void = { _ in }

  package init(plan: StormPlan, keepsTrace: Bool = false, deaths: [UInt64] = []) {
    let wiring = StormWiring(plan: plan)
    let world = wiring.world(keepsTrace: keepsTrace)
    self.wiring = wiring
    self.world = world
    processes = (0..<plan.scene.keeperCount).map { StormProcess($0, in: world, wiring) }
    self.deaths = deaths
    for process in processes { process.heed = { [unowned self] in count($0) } }
    world.whilePaused = { [unowned self] in pauseTheOneAtWork() }
  }

  /// The first keeper, and its disk.
  package var keeper: Keeper? { processes[0].keeper }
  package var store: StormStore { processes[0].store }
  /// The first vault's last twenty ticks as it saw them, the newest last.
  package var lastReports: [TickReport] { processes[0].lastReports[0] }

  /// Runs to the end, or until a tick.
  package func run(untilTick: UInt64 = .max) -> StormOutcome {
    last = min(world.plan.totalTicks, untilTick)
    while next < last { pass() }
    if last == world.plan.totalTicks { judgeEnd() }
    return outcome(ticks: last)
  }

  private func pass() {
    let number = next
    next += 1
    world.beginTick(number)
    script(world)
    if world.deathAt == nil { world.deathAt = deaths.first { $0 > world.boundaries } }
    for process in processes where !process.isPaused { process.pass() }
    // A keeper that was paused may have taken the world through later ticks already.
    world.advance(to: world.startMilliseconds + next * StormPlan.tickSeconds * 1_000)
  }

  /// As long as three quarters of a lease up to three of them, while the other keeper goes on.
  private func pauseTheOneAtWork() {
    guard let process = processes.first(where: { $0.machine == world.running }), processes.count > 1,
      !processes.contains(where: \.isPaused)
    else { return }
    let ticks = world.draws.keepers.within(2...12)
    process.pause {
      let end = min(next + ticks, last)
      world.advance(to: world.startMilliseconds + next * StormPlan.tickSeconds * 1_000)
      while next < end { pass() }
    }
  }

  private func count(_ report: TickReport) {
    if let index = endings.firstIndex(where: { $0.code == report.code }) {
      endings[index].count += 1
    } else {
      endings.append((report.code, 1))
    }
  }

  // MARK: Judging the end

  private func judgeEnd() {
    world.checkers.judgeChain(world.chain)
    for process in processes {
      guard let keeper = process.keeper else {
        world.checkers.breach(.calm, "no process is alive at the end of the calm")
        return
      }
      world.checkers.remember(keeper.outbox, store: process.store)
      for halt in keeper.outbox.halts { world.checkers.breach(.calm, "still halted: \(halt)") }
    }
    if let writer = processes.first(where: { !$0.isStandby }), let keeper = writer.keeper {
      judgeCalm(keeper, writer.lastReports)
    } else {
      world.checkers.breach(.calm, "nobody is the writer at the end of the calm")
    }
    judgeStrangers()
  }

  private func judgeCalm(_ keeper: Keeper, _ lastReports: [[TickReport]]) {
    world.checkers.test(.calm)
    let head = world.chain.head
    for lane in keeper.outbox.state.lanes {
      for promise in lane.open {
        let age = head.timestamp - min(head.timestamp, promise.reservedAtUnixSeconds)
        // Final at depth, cleared long before: a promise older than both is stuck.
        let allowed = (world.plan.finalityBlocks + 20) * 12 + StormPolicy.clearAfterSeconds
        if age > allowed {
          world.checkers.breach(.calm, "intent \(promise.intent.id) is open for \(age) s, \(promise.state.rawValue)")
        }
      }
      if let doubt = lane.doubt { world.checkers.breach(.calm, "nonce \(doubt.nonce) is still in doubt") }
    }
    for (vault, reports) in lastReports.enumerated() {
      guard let defect = wiring.driftOutsideBand(head, vault: vault) else { continue }
      let codes = reports.map(\.code)
      // A limit that the policy sets is no fault of the keeper, and an order may be on its way.
      let excuses = [
        "gasBudgetUsed", "attemptsExhausted", "insufficientCollateral", "belowMinimumClip", "orderPending",
        "orderResting", "callInFlight", "placeLimit", "placeMarket",
      ]
      if !codes.contains(where: { excuses.contains($0) }) {
        world.checkers.breach(
          .calm,
          "\(StormPolicy.vaultNames[vault]): \(defect); the last ticks ended with "
            + codes.suffix(3).joined(separator: ", "))
      }
    }
  }

  private func judgeStrangers() {
    for stranger in world.checkers.strangers where stranger.mustHalt {
      guard world.chain.inclusion(of: stranger.hash, on: world.chain.tip) != nil else { continue }
      world.checkers.test(.stranger)
      if !processes.contains(where: \.hasSeenForeignHalt) {
        world.checkers.breach(
          .stranger, "\(stranger.hash) is a stranger's, mined since tick \(stranger.tick), and no halt")
      }
    }
  }

  private func outcome(ticks: UInt64) -> StormOutcome {
    var tally = world.tally
    for _ in 0..<world.fees.spikes { tally.count(.feeSpike) }
    let ordered = endings.sorted { $0.count == $1.count ? $0.code < $1.code : $0.count > $1.count }
    return StormOutcome(
      seed: world.plan.seed, ticks: ticks, traceHash: world.trace.hash, violations: world.checkers.violations,
      tally: tally, tested: world.checkers.tested, trades: wiring.trades(world.chain.head.contracts),
      mined: UInt64(world.chain.canonicalReceipts.count), broadcasts: world.checkers.broadcasts,
      boundaries: world.boundaries, endings: ordered, features: world.plan.scene.features, lines: world.trace.lines)
  }
}
