import Contracts
import Ethereum
import Outbox
import Testing

@testable import Keeper
@testable import Simulation

/// What a whole tick does where storms seldom come to: a quiet world, and a script that brings it there.
@Suite struct RareTickTests {
  private static func storm(seed: UInt64 = 1) -> Storm {
    var plan = StormPlan(seed: seed).withoutFaults().with(.plain)
    plan.stormTicks = 200
    return Storm(plan: plan)
  }

  /// Hedged, and nothing under way.
  private static func isIdle(_ storm: Storm) -> Bool {
    guard let outbox = storm.keeper?.outbox, storm.wiring.driftOutsideBand(storm.world.chain.head, vault: 0) == nil
    else {
      return false
    }
    return outbox.state.openOrders.isEmpty && outbox.state.lanes.allSatisfy(\.open.isEmpty)
  }

  /// The market goes away and comes back while nobody mines the call: its replacement is not paid for, and its nonce is
  /// cleared.
  @Test func aTradeThatNobodyWantsAnyMoreIsClearedAndNotBidFor() throws {
    let storm = Self.storm()
    let world = storm.world
    var before: Int?
    var isBack = false
    storm.script = { [unowned storm] world in
      let signed = world.checkers.witness.hashes
      guard let before else {
        guard Self.isIdle(storm) else { return }
        before = signed.count
        world.isCensoring = true
        return world.outside.jump(byPerMille: 200)
      }
      if signed.count > before, !isBack {
        isBack = true
        world.outside.jump(byPerMille: -167)
      }
      if let last = signed.last, world.checkers.witness.attempt(last)?.isNoOp == true { world.isCensoring = false }
    }
    let outcome = storm.run(untilTick: 150)
    let first = try #require(before, "it was never idle: \(outcome.endings)")
    let attempts = world.checkers.witness.hashes.dropFirst(first).compactMap { world.checkers.witness.attempt($0) }
    #expect(attempts.prefix(2).map(\.kind) == ["first", "noOp"], "\(outcome.endings)")
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    let lane = try #require(storm.keeper?.outbox.state.lanes.first)
    let cleared = lane.settled.first { $0.intentID == attempts.first?.intent.id }
    guard case .cleared? = cleared?.outcome else {
      Issue.record("it was to be cleared: \(String(describing: cleared?.outcome)), open: \(lane.open.map(\.state))")
      return
    }
  }

  /// The block that mines our call holds an order twice the size of what was asked for. No call of ours could do that:
  /// the keeper halts, and sends nothing more.
  @Test func aVenueThatDoesWhatNoCallAskedForHaltsTheKeeper() throws {
    let storm = Self.storm()
    let world = storm.world
    var mined: UInt64?
    storm.script = { world in
      guard mined == nil, !world.chain.head.receipts.isEmpty, var contracts = world.chain.head.contracts else { return }
      let holder = contracts.plan.holder
      let orders = contracts.state.venue.orders
      for (key, order) in zip(orders.keys, orders.values) where order.account == holder {
        var larger = order
        larger.sizeDeltaUsd = order.sizeDeltaUsd.multipliedReportingOverflow(by: 2).value
        contracts.state.venue.orders[key] = larger
        mined = world.chain.head.number
      }
      if mined != nil { Self.replaceHead(of: world, by: contracts) }
    }
    let outcome = storm.run(untilTick: 40)
    let block = try #require(mined, "no order was mined: \(outcome.endings)")
    let halts = try #require(storm.keeper?.outbox.halts)
    let breach = try #require(halts.first { $0.code == "invariantBreached" }, "mined in \(block): \(halts)")
    #expect(breach.description.contains("mined block"), "\(breach)")
    #expect(world.checkers.witness.hashes.count == 1)
  }

  /// Another block of the same height with the same calls in it takes the head's place, before a node has told of it.
  private static func replaceHead(of world: SimulatedWorld, by contracts: ContractWorld) {
    let head = world.chain.head
    let place = world.chain.append(
      SimulatedBlock(
        number: head.number, hash: Keccak256.hash(head.hash.bytes), parentHash: head.parentHash, parent: head.parent,
        timestamp: head.timestamp, baseFeeWei: head.baseFeeWei, gasUsed: head.gasUsed, tipWei: head.tipWei,
        receipts: head.receipts, logs: head.logs, nonce: head.nonce, vaults: head.vaults,
        contracts: contracts))
    for index in world.nodes.indices { world.nodes[index].tip = place }
  }
}
