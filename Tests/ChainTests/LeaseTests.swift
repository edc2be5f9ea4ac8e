import Ethereum
import Foundation
import Glibc
import Testing

/// Two daemons with one key, a real etcd, and a leader to which something happens at a random moment: killed, cut off
/// from etcd, or stopped for longer than its lease and then continued. What happened is judged from the chain: each
/// change of the vault makes one order and one transaction, whoever sends it.
@Suite(.serialized)
struct LeaseTests {
  enum Harm: String, CaseIterable {
    case killed
    case cut
    case stopped
  }

  /// `VAULTKEEPER_LEASE_ROUNDS`, three unless set: one of each kind.
  static let rounds = ProcessInfo.processInfo.environment["VAULTKEEPER_LEASE_ROUNDS"].flatMap { Int($0) } ?? 3
  /// `VAULTKEEPER_LEASE_SEED` repeats a run's moments.
  static let seed =
    ProcessInfo.processInfo.environment["VAULTKEEPER_LEASE_SEED"].flatMap { UInt64($0) } ?? UInt64(time(nil))

  /// `VAULTKEEPER_LEASE_DEADLINE`: what an exchange may take; the lease lives for three. More for a busy machine, on
  /// which the chain itself answers slowly.
  static let deadlineSeconds =
    ProcessInfo.processInfo.environment["VAULTKEEPER_LEASE_DEADLINE"].flatMap { Int($0) } ?? 5
  static let ttlSeconds = 3 * deadlineSeconds

  @Test(arguments: 0..<rounds)
  func aLeaderComesToHarm(_ round: Int) throws {
    let harm = Harm.allCases[round % Harm.allCases.count]
    if harm == .cut, !CutNetwork.isPossible {
      print("lease round \(round): skipped: \(CutNetwork.why)")
      return
    }
    var state = Self.seed &+ UInt64(round) &* 0x9e37_79b9_7f4a_7c15 | 1
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    // Within the first ticks: before, in and after the first send.
    let delay = Double(state % 3_000) / 1_000
    let world = try LeaseRound(harm, network: harm == .cut ? CutNetwork() : nil)
    try world.play(after: delay)
    print("lease round \(round) of seed \(Self.seed): \(harm.rawValue) after \(delay) s: \(try world.summary())")
  }

  @Test func checkTellsWhoLeads() throws {
    let chain = try DevChain()
    let etcd = try EtcdServer()
    let keeper = try KeeperProcess(chain, LeaseRound.settings(etcd.url))
    let before = try keeper.run("check")
    #expect(before.output.contains("nobody holds the lease"), "\(before)")
    try keeper.start()
    try Deadline.wait(for: "a leader") { try etcd.leader(of: LeaseRound.prefix) != nil }
    let during = try keeper.run("check")
    #expect(during.output.contains("(process \(keeper.processID)) leads"), "\(during)")
    #expect(try keeper.terminate() == 0)
    // It gave the lease back.
    #expect(try etcd.leader(of: LeaseRound.prefix) == nil)
  }

  @Test func withoutEtcdItWatchesAndSendsNothing() throws {
    let chain = try DevChain()
    let url = "http://127.0.0.1:\(try FreePort.find())"
    let keeper = try KeeperProcess(chain, LeaseRound.settings(url))
    let tick = try keeper.tick()
    #expect(tick.code == "standby" && tick.has("leaseUnreachable"), "\(tick)")
    #expect(try chain.keeperNonce() == 0 && chain.pooled().isEmpty)
    #expect(try keeper.run("check").status == 1)
  }

  @Test func aLeaseThatEndsWithinATickIsRefused() throws {
    let chain = try DevChain()
    var settings = LeaseRound.settings("http://127.0.0.1:2379")
    settings.deadline = "\(Self.ttlSeconds / 2)s"
    let outcome = try KeeperProcess(chain, settings).run("run", "--once")
    #expect(outcome.status == 78 && outcome.complaints.contains("writer.etcd.ttl"), "\(outcome)")
  }
}

/// One round: a world, an etcd, two keepers.
final class LeaseRound {
  static let prefix = "/vaultkeeper/round"

  private let harm: LeaseTests.Harm
  private let network: CutNetwork?
  private let chain: DevChain
  private let etcd: EtcdServer
  private let first: KeeperProcess
  private let second: KeeperProcess

  static func settings(_ etcd: String) -> KeeperSettings {
    var settings = KeeperSettings(patience: "0s")
    settings.deadline = "\(LeaseTests.deadlineSeconds)s"
    settings.writer =
      "{etcd: {endpoints: [{name: m0, url: \"\(etcd)\", allowPlainHTTP: true}], prefix: \(prefix), "
      + "ttl: \(LeaseTests.ttlSeconds)s}}"
    return settings
  }

  init(_ harm: LeaseTests.Harm, network: CutNetwork?) throws {
    self.harm = harm
    self.network = network
    chain = try DevChain()
    etcd = try EtcdServer(alsoOn: network.map { [$0.etcdAddress] } ?? [])
    var settings = Self.settings(etcd.url)
    second = try KeeperProcess(chain, settings)
    if let network {
      guard let port = URL(string: chain.url("a"))?.port.flatMap({ UInt16(exactly: $0) }) else {
        throw DevChain.Failure("the chain has no port")
      }
      try network.forward(port: port)
      settings = Self.settings(etcd.url.replacingOccurrences(of: "127.0.0.1", with: network.etcdAddress))
      settings.chainHost = network.chainAddress
    }
    first = try KeeperProcess(chain, settings)
    first.prefix = network?.prefix() ?? []
  }

  func play(after delay: Double) throws {
    try first.start()
    try wait(for: "the first keeper to lead") { try etcd.leader(of: Self.prefix) != nil }
    try second.start()
    let moment = Date().addingTimeInterval(delay)
    try wait(for: "the moment of harm") { Date() >= moment }
    try doHarm()
    try wait(for: "the second keeper to lead") {
      try etcd.leader(of: Self.prefix)?.contains("process \(second.processID)") ?? false
    }
    try expectHedged(orders: 1, around: 10)
    try undoHarm()
    // The one that was away is back, and the other must not be disturbed by it.
    try chain.call("scenario_depositWeth", .string(UInt256(2_000_000_000_000_000_000).hexQuantity))
    try expectHedged(orders: 2, around: 10.6)
    let last = try first.logged().last
    #expect(last?.code == "standby", "\(last?.description ?? "nothing")")

    // And the way back: the second one goes home, and the first one, whose journal lacks all of that, leads again.
    #expect(try second.terminate() == 0)
    try wait(for: "the first keeper to lead again") {
      try etcd.leader(of: Self.prefix)?.contains("process \(first.processID)") ?? false
    }
    try chain.call("scenario_depositWeth", .string(UInt256(2_000_000_000_000_000_000).hexQuantity))
    try expectHedged(orders: 3, around: 11.2)
    #expect(try first.terminate() == 0)
    for keeper in [first, second] { try expectSoundJournal(keeper) }
  }

  private func doHarm() throws {
    switch harm {
    case .killed: first.killHard()
    case .cut: try network?.etcd(isReachable: false)
    case .stopped: first.signal(SIGSTOP)
    }
  }

  private func undoHarm() throws {
    switch harm {
    case .killed: try first.start()
    case .cut: try network?.etcd(isReachable: true)
    case .stopped: first.signal(SIGCONT)
    }
    let ticks = try first.logged().count
    try wait(for: "the first keeper's next tick") { try first.logged().count > ticks }
  }

  private var lastBlock = Date()

  /// Waits, and mines a block a second as far as the chain keeps up: it is told to, so it never falls behind its clock.
  private func wait(for what: String, until holds: () throws -> Bool) throws {
    try Deadline.wait(for: what, seconds: 4 * Deadline.seconds) {
      if Date() >= lastBlock.addingTimeInterval(1) {
        try chain.mine()
        lastBlock = Date()
      }
      return try holds()
    }
  }

  /// Waits until the vault is hedged and nothing is on its way, lets some blocks pass, and counts.
  private func expectHedged(orders: Int, around target: Double) throws {
    try wait(for: "order \(orders) to be executed; \(try summary())") {
      try chain.events("OrderExecuted") >= orders && HedgeTests.isHedged(chain, around: target)
    }
    let settled = try chain.head() + 4
    try wait(for: "four more blocks") { try chain.head() >= settled }
    let summary = try summary()
    #expect(try chain.events("OrderCreated") == orders, "\(harm.rawValue): \(summary)")
    #expect(try chain.keeperNonce() == UInt64(orders), "\(harm.rawValue): \(summary)")
    #expect(try chain.pooled().isEmpty)
    #expect(try HedgeTests.isHedged(chain, around: target))
  }

  func summary() throws -> String {
    func codes(_ keeper: KeeperProcess) throws -> String {
      var list: [String] = []
      for tick in try keeper.logged() where list.last != tick.code { list.append(tick.code) }
      return list.joined(separator: " ")
    }
    return "\(try chain.events("OrderCreated")) orders, \(try chain.keeperNonce()) transactions; "
      + "first: \(try codes(first)); second: \(try codes(second))"
  }
}
