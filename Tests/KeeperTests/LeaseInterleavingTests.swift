import Ethereum
import Outbox
import Simulation
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#endif

@testable import Keeper

/// Two keepers with one key, in every order of what can happen to them up to a depth, and in long random orders beyond.
///
/// Judged from the world: never may both act at once; what is sent is in the store before (`LeaseWorld.broadcast`); and
/// of each nonce one transaction is in the store and one is sent, whoever sends it and however often.
@Suite struct LeaseInterleavingTests {
  enum Event: CaseIterable {
    /// A whole tick of one of the two, undisturbed.
    case tickA, tickB
    /// An exchange, with its renewal.
    case renewA, renewB
    /// A tick while the store cannot be reached.
    case cutA, cutB
    /// A tick whose put is stuck in the network.
    case lateA, lateB
    /// A tick whose put is obeyed, and its answer lost.
    case unheardA, unheardB
    /// Stopped for longer than the lease, after the put and before its answer is read; then continued.
    case stoppedA, stoppedB
    /// A third of the lease goes by, or more than all of it.
    case time, lapse
    /// What is stuck in the network arrives.
    case arrival
    /// The chain takes a transaction.
    case block
  }

  private struct Run {
    let world = LeaseWorld()
    let a: Holder
    let b: Holder

    init() throws {
      a = try Holder("a", in: world)
      b = try Holder("b", in: world)
    }

    mutating func play(_ event: Event) throws {
      switch event {
      case .tickA: tick(a)
      case .tickB: tick(b)
      case .renewA: a.exchange()
      case .renewB: b.exchange()
      case .cutA: tick(a) { _ in .requestLost }
      case .cutB: tick(b) { _ in .requestLost }
      case .lateA: tick(a) { $0 == .transaction ? .requestLate : nil }
      case .lateB: tick(b) { $0 == .transaction ? .requestLate : nil }
      case .unheardA: tick(a) { $0 == .transaction ? .replyLost : nil }
      case .unheardB: tick(b) { $0 == .transaction ? .replyLost : nil }
      case .stoppedA: tick(a, stopped)
      case .stoppedB: tick(b, stopped)
      case .time: world.clock.advance(seconds: 10)
      case .lapse: world.clock.advance(seconds: 31)
      case .arrival: world.etcd.deliver()
      case .block: world.mine()
      }
    }

    private var stopped: (EtcdMethod) -> MemoryEtcd.Fault? {
      { [world] method in
        guard method == .transaction else { return nil }
        return .garbled { body in
          world.clock.advance(seconds: 31)
          return body
        }
      }
    }

    private func tick(_ holder: Holder, _ fault: @escaping (EtcdMethod) -> MemoryEtcd.Fault? = { _ in nil }) {
      holder.fault = fault
      defer { holder.fault = { _ in nil } }
      do { try holder.tick() } catch is FenceFailure {
        // A closed fence ends a tick; that is what it is for.
      } catch {
        Issue.record("\(holder.name): \(error)")
      }
    }

    /// What is wrong; nil when all is well.
    func fault() -> String? {
      if a.mayAct && b.mayAct { return "both may act" }
      for nonce in Set(world.sent.map(\.nonce)) {
        let hashes = Set(world.sent.filter { $0.nonce == nonce }.map(\.hash))
        if hashes.count > 1 { return "nonce \(nonce) was sent with \(hashes.count) different calls" }
        let prefix = LeaseWorld.settings().keys.nonce(nonce, of: LeaseWorld.lane) + "/"
        let stored = world.etcd.stored.filter { $0.key.starts(with: Array(prefix.utf8)) }
        if stored.count > 1 { return "\(stored.count) transactions were put for nonce \(nonce)" }
      }
      for holder in [a, b] where !holder.outbox.halts.isEmpty { return "\(holder.name) halted" }
      return nil
    }
  }

  private func play(_ events: [Event]) throws {
    var run = try Run()
    for (index, event) in events.enumerated() {
      try run.play(event)
      if let fault = run.fault() {
        Issue.record("\(fault) after \(events[...index])")
        return
      }
    }
  }

  private static func number(_ name: String, default value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
  }

  /// From two beginnings: one leads with a call on its way; one leads and its put hangs in the network.
  @Test(arguments: [[Event.tickA], [.lateA]])
  func everyOrder(_ beginning: [Event]) throws {
    // 16 events in every order of three are 4,096 runs; the depth can be raised for a longer look.
    let depth = Self.number("VAULTKEEPER_LEASE_DEPTH", default: 3)
    let count = (0..<depth).reduce(1) { product, _ in product * Event.allCases.count }
    for code in 0..<count {
      var rest = code
      var events = beginning
      for _ in 0..<depth {
        events.append(Event.allCases[rest % Event.allCases.count])
        rest /= Event.allCases.count
      }
      try play(events)
    }
  }

  @Test func longRandomOrders() throws {
    let runs = Self.number("VAULTKEEPER_LEASE_RUNS", default: 100)
    for seed in 0..<runs {
      var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 1
      let events = (0..<60).map { _ -> Event in
        // xorshift64, which any seed but 0 takes through all others.
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Event.allCases[Int(state % UInt64(Event.allCases.count))]
      }
      try play(events)
    }
  }

  /// In the end, when nothing goes wrong any more, somebody leads and the chain gets what was promised.
  @Test func afterTheStormSomebodyActs() throws {
    var run = try Run()
    for event in [Event.tickA, .lateA, .time, .time, .time, .stoppedB, .cutA, .unheardB, .time, .time, .arrival] {
      try run.play(event)
    }
    let before = run.world.mined.count
    for _ in 0..<8 {
      for event in [Event.tickA, .tickB, .time, .block] { try run.play(event) }
    }
    #expect(run.fault() == nil)
    #expect(run.world.mined.count >= before + 3)
  }
}
