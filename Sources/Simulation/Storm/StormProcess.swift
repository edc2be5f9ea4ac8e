import Ethereum
import Keeper
import Outbox

/// A keeper on its machine: its process, which is killed and started again, its disk, and what it has said.
final class StormProcess {
  /// Which of the world's machines it runs on.
  let machine: Int
  let store: StormStore
  private let world: SimulatedWorld
  private let wiring: StormWiring
  private(set) var keeper: Keeper?
  /// Stopped in the middle of a tick, with the rest of the tick still to come.
  var isPaused = false
  /// At which tick a process that is gone comes back.
  private var startAt: UInt64 = 0
  private var nextPruning: UInt64 = 0
  private var resumeAt: UInt64?
  private(set) var hasSeenForeignHalt = false
  /// Of each vault.
  private(set) var lastReports: [[TickReport]]
  /// Hears of each report.
  var heed: (TickReport) -> Void = { _ in }

  init(_ machine: Int, in world: SimulatedWorld, _ wiring: StormWiring) {
    self.machine = machine
    self.world = world
    self.wiring = wiring
    store = StormStore(world)
    lastReports = wiring.vaults.map { _ in [] }
    // Its first look is the one after the stranger's block.
    if world.plan.scene.earlyStranger != nil { startAt = 2 }
  }

  /// Whether it looks on while another keeper writes.
  var isStandby: Bool { lastReports[0].last?.code == "standby" }

  /// Its part of a tick of the world.
  func pass() {
    turnTo()
    if keeper == nil, world.tick >= startAt { start() }
    if keeper != nil { tick() }
    heedHalts()
  }

  /// The world's doors are this machine's now.
  private func turnTo() {
    world.running = machine
    world.checkers.begin(tick: world.tick, clockErrorSeconds: world.clockErrorSeconds, machine: machine)
  }

  /// The world goes on without it in the middle of its tick.
  func pause(_ meanwhile: () -> Void) {
    let tick = world.tick
    isPaused = true
    meanwhile()
    isPaused = false
    world.running = machine
    // What it does now belongs to the tick that it was stopped in.
    world.checkers.begin(tick: tick, clockErrorSeconds: world.clockErrorSeconds, machine: machine)
  }

  // MARK: Life of the process

  private func start() {
    world.trace.say("tick \(world.tick): the process starts\(place)")
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
      for vault in running.watches.indices where !world.isDead { note(try running.tick(vault), of: vault) }
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
    // A replay takes longer the more is promised; what memory has wrong stays wrong until the next one.
    if world.tick % 389 == world.plan.seed % 389 { world.checkers.remember(running.outbox, store: store) }
  }

  private func note(_ report: TickReport, of vault: Int) {
    guard !world.isDead else { return }
    world.trace.note("report", at: world.milliseconds, Array(report.code.utf8))
    world.trace.say("tick \(world.tick)\(place): \(report.ending.rawValue) \(report.code): \(report.text)")
    for event in report.events { world.trace.say("  \(event.code): \(event.text)") }
    lastReports[vault].append(report)
    if lastReports[vault].count > 20 { lastReports[vault].removeFirst() }
    heed(report)
  }

  private var place: String { world.machines.count > 1 ? " on machine \(machine)" : "" }

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
      let isStranger = world.checkers.strangers.contains(where: \.mustHalt)
      let patience: UInt64 = world.isCalm ? 10 : 50
      resumeAt = isStranger && !world.isCalm ? world.plan.stormTicks + 10 : world.tick + patience
    }
  }
}
