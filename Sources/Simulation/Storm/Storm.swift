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
  package let lines: [String]

  /// A seed shows something only if it was rough and the keeper had something to do.
  package var isValid: Bool { tally.total >= 20 && trades >= 3 }
}

/// One seed's run: the storm and the calm, a keeper in it that is killed and started again, and the checkers.
package final class Storm {
  package let world: SimulatedWorld
  let wiring: StormWiring
  package let store: StormStore
  package private(set) var keeper: Keeper?
  /// At which tick a process that is gone comes back.
  private var startAt: UInt64 = 0
  private var endings: [(code: String, count: UInt64)] = []
  private var nextPruning: UInt64 = 0
  /// Of the last twenty ticks, the newest last.
  package private(set) var lastReports: [TickReport] = []
  private var resumeAt: UInt64?
  private var hasSeenForeignHalt = false
  /// Kills the process at exactly these boundaries, for enumerations.
  private let deaths: [UInt64]
  /// What else happens at the beginning of a tick: the script of a reference run, or a test's sabotage.
  package var script: (SimulatedWorld) -> Void = { _ in }

  package init(plan: StormPlan, keepsTrace: Bool = false, deaths: [UInt64] = []) {
    wiring = StormWiring(plan: plan)
    world = wiring.world(keepsTrace: keepsTrace)
    store = StormStore(world)
    self.deaths = deaths
  }

  /// Runs to the end, or until a tick.
  package func run(untilTick: UInt64 = .max) -> StormOutcome {
    let last = min(world.plan.totalTicks, untilTick)
    for number in 0..<last { pass(number) }
    if last == world.plan.totalTicks { judgeEnd() }
    return outcome(ticks: last)
  }

  private func pass(_ number: UInt64) {
    world.beginTick(number)
    script(world)
    world.checkers.begin(tick: number, clockErrorSeconds: world.clockErrorSeconds)
    if world.deathAt == nil { world.deathAt = deaths.first { $0 > world.boundaries } }
    if keeper == nil, number >= startAt { start() }
    if keeper != nil { tick() }
    heedHalts()
    let next = world.startMilliseconds + (number + 1) * StormPlan.tickSeconds * 1_000
    world.advance(to: next)
  }

  // MARK: Life of the process

  private func start() {
    world.trace.say("tick \(world.tick): the process starts")
    do {
      let made = try wiring.keeper(on: store, world: world)
      if world.isDead { bury() } else { keeper = made }
    } catch {
      if !world.isDead, !world.isDiskFull { world.checkers.breach(.soundness, "no start: \(error)") }
      bury()
    }
  }

  private func bury() {
    keeper = nil
    world.revive()
    startAt = world.tick + 1 + (world.isCalm ? 0 : world.draws.machine.below(5))
  }

  private func tick() {
    // Taken out while it works, so that nothing is copied.
    guard var running = keeper else { return }
    keeper = nil
    do {
      let report = try running.tick(0)
      note(report)
      if !world.isDead, world.tick >= nextPruning {
        try running.prune(observationsOlderThan: world.plan.observationsKeptSeconds)
        nextPruning = world.tick + 40
      }
      keeper = running
    } catch {
      if !world.isDead, !world.isDiskFull { world.checkers.breach(.soundness, "the journal failed: \(error)") }
      world.trace.say("tick \(world.tick): the process ends: \(error)")
      bury()
      return
    }
    if world.isDead { return bury() }
    if world.tick % 97 == world.plan.seed % 97 { world.checkers.remember(running.outbox, store: store) }
  }

  private func note(_ report: TickReport) {
    guard !world.isDead else { return }
    world.trace.note("report", at: world.milliseconds, Array(report.code.utf8))
    world.trace.say("tick \(world.tick): \(report.ending.rawValue) \(report.code): \(report.text)")
    for event in report.events { world.trace.say("  \(event.code): \(event.text)") }
    if let index = endings.firstIndex(where: { $0.code == report.code }) {
      endings[index].count += 1
    } else {
      endings.append((report.code, 1))
    }
    lastReports.append(report)
    if lastReports.count > 20 { lastReports.removeFirst() }
  }

  /// Somebody looks at halts some time later, and in the calm ends them all.
  private func heedHalts() {
    guard let outbox = keeper?.outbox else { return }
    let halts = outbox.halts.filter { $0.code != "byOperator" }
    if halts.contains(where: { $0.code == "foreignNonce" }) { hasSeenForeignHalt = true }
    guard !halts.isEmpty else {
      resumeAt = nil
      return
    }
    if let resumeAt {
      guard world.tick >= resumeAt, world.resumption == nil else { return }
      world.resumption = "looked at and understood"
      self.resumeAt = nil
    } else {
      let isStranger = !world.checkers.strangers.isEmpty
      let patience: UInt64 = world.isCalm ? 10 : 50
      resumeAt = isStranger && !world.isCalm ? world.plan.stormTicks + 10 : world.tick + patience
    }
  }

  // MARK: Judging the end

  private func judgeEnd() {
    world.checkers.judgeChain(world.chain)
    guard let keeper else {
      world.checkers.breach(.calm, "no process is alive at the end of the calm")
      return
    }
    world.checkers.remember(keeper.outbox, store: store)
    judgeCalm(keeper)
    judgeStrangers()
  }

  private func judgeCalm(_ keeper: Keeper) {
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
    for halt in keeper.outbox.halts { world.checkers.breach(.calm, "still halted: \(halt)") }
    if let defect = wiring.driftOutsideBand(head) {
      let codes = lastReports.map(\.code)
      // A limit that the policy sets is no fault of the keeper, and an order may be on its way.
      let excuses = [
        "gasBudgetUsed", "attemptsExhausted", "insufficientCollateral", "belowMinimumClip", "orderPending",
        "orderResting", "callInFlight", "placeLimit", "placeMarket",
      ]
      if !codes.contains(where: { excuses.contains($0) }) {
        world.checkers.breach(.calm, "\(defect); the last ticks ended with \(codes.suffix(3).joined(separator: ", "))")
      }
    }
  }

  private func judgeStrangers() {
    for stranger in world.checkers.strangers {
      guard world.chain.inclusion(of: stranger.hash, on: world.chain.tip) != nil else { continue }
      world.checkers.test(.stranger)
      if !hasSeenForeignHalt {
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
      boundaries: world.boundaries, endings: ordered, lines: world.trace.lines)
  }
}
