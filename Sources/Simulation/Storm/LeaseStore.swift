import Ethereum
import Keeper

/// The store of the lease in a simulated world: etcd in memory, and a network between it and each machine.
final class LeaseStore {
  let etcd: MemoryEtcd
  let settings: [LeaseSettings]
  /// Of each machine: what becomes of its messages, and until which tick.
  private var troubles: [(kind: FaultKind, untilTick: UInt64)?]
  private(set) var holdsLateRequests = false
  private let prefix: String

  /// - Parameter clock: the store's own, which is never wrong.
  init(_ plan: StormPlan, ttlSeconds: UInt64, clock: any TimeSource) {
    let prefix = "/vaultkeeper/storm"
    settings = (0..<plan.scene.keeperCount).map { machine in
      LeaseSettings(
        members: [LeaseSettings.Member(name: "etcd", firstIndex: 100)], prefix: prefix, ttlSeconds: ttlSeconds,
        exchangeDeadlineMilliseconds: plan.deadlineMilliseconds, holder: "machine \(machine)")
    }
    self.prefix = prefix
    etcd = MemoryEtcd(settings[0], clock: clock)
    troubles = settings.map { _ in nil }
  }

  func trouble(of machine: Int, at tick: UInt64) -> FaultKind? {
    guard let trouble = troubles[machine], tick < trouble.untilTick else { return nil }
    return trouble.kind
  }

  func afflict(_ machine: Int, _ kind: FaultKind, untilTick: UInt64) { troubles[machine] = (kind, untilTick) }

  func calmDown() {
    for index in troubles.indices { troubles[index] = nil }
    deliverLate()
  }

  /// Hands a message over. Requests that are late arrive with `deliverLate`.
  func exchange(_ message: Outgoing, _ fault: MemoryEtcd.Fault?, deadlineMilliseconds: Int) -> Reply {
    etcd.fault = { _ in fault }
    if case .requestLate = fault { holdsLateRequests = true }
    let replies = etcd.exchange([message], deadlineMilliseconds: deadlineMilliseconds)
    return replies.first ?? .failed(.cancelled(sent: true))
  }

  func deliverLate() {
    etcd.deliver()
    holdsLateRequests = false
  }

  // MARK: The truth

  /// Whether a transaction is in the store, by its hash.
  func holds(_ hash: Bytes32) -> Bool {
    let name = Array("/\(hash)".utf8)
    return etcd.stored.contains { $0.key.count > name.count && $0.key.suffix(name.count).elementsEqual(name) }
  }

  /// The hash that a key of the store names; nil where it names none.
  static func hash(in key: [UInt8]) -> Bytes32? {
    guard let name = String(decoding: key, as: UTF8.self).split(separator: "/").last, name.hasPrefix("0x"),
      name.utf8.count == 66
    else { return nil }
    do { return try Bytes32(hex: String(name)) } catch { return nil }
  }

  /// The machine whose name stands in the leader key; nil where there is none.
  var leader: Int? {
    guard let value = etcd.value(prefix + "/leader") else { return nil }
    let name: String?
    do { name = try JSON.parse(value)["holder"]?.string } catch { return nil }
    return settings.firstIndex { $0.holder == name }
  }
}

/// The store's clock: true, and no boundary of any process.
private final class StoreClock: TimeSource {
  private unowned let world: SimulatedWorld
  init(_ world: SimulatedWorld) { self.world = world }

  func now() -> Moment {
    Moment(
      unixSeconds: world.milliseconds / 1_000, monotonicMilliseconds: world.milliseconds - world.startMilliseconds)
  }

  func sleep(untilMonotonicMilliseconds deadline: UInt64) -> Wake { .elapsed }
}

extension SimulatedWorld {
  /// Puts up the lease's store, for a world with two keepers.
  func openLeaseStore() {
    let least = LeaseSettings.shortestTTLSeconds(
      deadlineSeconds: UInt64(plan.deadlineMilliseconds) / 1_000, intervalSeconds: StormPlan.tickSeconds)
    let store = LeaseStore(plan, ttlSeconds: least + draws.keepers.within(0...20), clock: StoreClock(self))
    store.etcd.heedPut = { [unowned self] key in checkers.entered(key, in: self) }
    leaseStore = store
  }

  /// Carries a message to what is no node: the lease's store, where there is one.
  func deliverToLeaseStore(_ message: Outgoing, deadlineMilliseconds: UInt64) -> Delivery {
    guard let store = leaseStore else {
      return Delivery(reply: .failed(.resolve("no such host")), latencyMilliseconds: 1)
    }
    let latency = draws.keepers.within(1...40)
    let trouble = store.trouble(of: running, at: tick)
    if let trouble { tally.count(trouble) }
    let fault: MemoryEtcd.Fault?
    switch trouble {
    case .storeUnreachable:
      return Delivery(reply: .failed(.connect("connection refused")), latencyMilliseconds: latency)
    case .storeRequestLost: fault = .requestLost
    case .storeReplyLost: fault = .replyLost
    case .storeRequestLate: fault = .requestLate
    case .storeError: fault = .status(503, body: "etcdserver: no leader")
    default: fault = nil
    }
    let reply = store.exchange(message, fault, deadlineMilliseconds: Int(clamping: deadlineMilliseconds))
    if case .failed = reply { return Delivery(reply: reply, latencyMilliseconds: deadlineMilliseconds) }
    return Delivery(reply: reply, latencyMilliseconds: latency)
  }

  /// What happens between two keepers, drawn at the beginning of a tick.
  func troubleKeepers() {
    if draws.keepers.chance(of: plan.crashChance) { pauseAt = boundaries + 1 + draws.keepers.below(120) }
    guard let store = leaseStore else { return }
    if store.holdsLateRequests, draws.keepers.chance(of: 20_000) { store.deliverLate() }
    guard draws.keepers.chance(of: plan.conditionChance) else { return }
    let machine = draws.keepers.index(below: machines.count)
    let kind = draws.keepers.pick(
      [
        .storeUnreachable, .storeUnreachable, .storeRequestLost, .storeReplyLost, .storeRequestLate, .storeError,
      ] as [FaultKind])
    let length = draws.keepers.within(1...15)
    store.afflict(machine, kind, untilTick: tick + length)
    trace.say("machine \(machine) suffers \(kind.rawValue) for \(length) ticks")
  }
}
