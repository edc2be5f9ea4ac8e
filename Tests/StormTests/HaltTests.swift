import Ethereum
import Keeper
import Outbox
import Testing

@testable import Simulation

/// What ends in a halt in a whole tick, and what a single liar cannot bring about: production code from bytes inward,
/// in a quiet world in which one thing is wrong.
@Suite struct HaltTests {
  /// A quiet world of so many nodes, whose majority must agree, and a vault that is a Safe with a role.
  private static func storm(nodes: Int) throws -> Storm {
    for seed in 1...400 as ClosedRange<UInt64> {
      var plan = StormPlan(seed: seed).withoutFaults().with(.plain)
      guard plan.nodeCount == nodes, plan.finalityBlocks <= 6 else { continue }
      plan.stormTicks = 200
      let storm = Storm(plan: plan)
      if storm.wiring.contractPlan.account == .safeRoles { return storm }
    }
    throw NoSuchWorld()
  }

  private struct NoSuchWorld: Error {}

  private static func halts(_ storm: Storm) throws -> [Halt.Kind] {
    try #require(storm.keeper).outbox.halts.map(\.kind)
  }

  private static func served(_ storm: Storm) throws -> Int {
    try #require(storm.keeper).outbox.state.lanes.flatMap(\.settled).count { $0.servedIntent != nil }
  }

  /// Runs to a tick, and keeps what every tick reported.
  private static func reports(_ storm: Storm, ticks: UInt64) -> [TickReport] {
    var reports: [TickReport] = []
    let script = storm.script
    storm.script = { [unowned storm] world in
      if let last = storm.lastReports.last { reports.append(last) }
      script(world)
    }
    _ = storm.run(untilTick: ticks)
    return reports + storm.lastReports.suffix(1)
  }

  // MARK: The mined block

  /// Every order on the venue sells twice as much as was asked for.
  private static func doubled(_ contracts: inout ContractWorld) {
    for key in contracts.state.venue.orders.keys {
      guard let size = contracts.state.venue.orders[key]?.sizeDeltaUsd else { continue }
      contracts.state.venue.orders[key]?.sizeDeltaUsd = size.multipliedReportingOverflow(by: 2).value
    }
  }

  private static func senseless(_ contracts: inout ContractWorld) {
    for key in contracts.state.venue.orders.keys {
      contracts.state.venue.orders[key]?.sizeDeltaUsd = .max
      contracts.state.venue.orders[key]?.collateralDelta = .max
    }
  }

  /// The venue does, in the block that mines our call, what the call did not ask for.
  @Test(arguments: [2, 3]) func aBreachInTheMinedBlockHalts(nodes: Int) throws {
    let storm = try Self.storm(nodes: nodes)
    storm.world.mischief = { receipts, contracts in
      if receipts.contains(where: \.succeeded) { Self.doubled(&contracts) }
    }
    let reports = Self.reports(storm, ticks: 8)
    #expect(try Self.halts(storm) == [.invariantBreached])
    let halt = try #require(storm.keeper?.outbox.halts.first)
    #expect(halt.description.contains("exposure on the mined block"), "\(halt)")
    // It signs nothing more.
    #expect(reports.last?.code == "halted")
    #expect(storm.world.chain.canonicalReceipts.count == 1)
  }

  /// One node shows a breach where there is none. Two others outvote it.
  @Test(arguments: 0..<3) func aSingleLiarAboutTheMinedBlockHaltsNothing(liar: Int) throws {
    let storm = try Self.storm(nodes: 3)
    storm.world.nodes[liar].delusion = { block, contracts in
      if !block.receipts.isEmpty { Self.doubled(&contracts) }
    }
    let reports = Self.reports(storm, ticks: 24)
    #expect(try Self.halts(storm).isEmpty)
    #expect(try Self.served(storm) > 0)
    #expect(!reports.contains { $0.warnings.contains { $0.hasPrefix("minedState") } })
    // As many as the quorum are asked at once; the third hears of it only where those do not agree.
    let accused = reports.contains { $0.events.contains { $0.code == "nodesContradict" } }
    #expect(accused == (liar < 2))
  }

  /// With two nodes that must agree, a liar keeps the verdict from being reached. That costs a warning in each tick until
  /// the call is settled, and nothing else.
  @Test(arguments: 0..<2) func withoutAgreementThereIsNoVerdict(liar: Int) throws {
    let storm = try Self.storm(nodes: 2)
    storm.world.nodes[liar].delusion = { block, contracts in
      if !block.receipts.isEmpty { Self.doubled(&contracts) }
    }
    let reports = Self.reports(storm, ticks: 24)
    #expect(try Self.halts(storm).isEmpty)
    #expect(reports.contains { $0.warnings.contains("minedStateDisputed") })
    #expect(reports.contains { $0.events.contains { $0.code == "minedStateUnverified" } })
    #expect(try Self.served(storm) > 0)
  }

  /// What every node says of the block makes no sense. The tick goes on all the same.
  @Test func aMinedBlockThatMakesNoSenseEndsNoTick() throws {
    let storm = try Self.storm(nodes: 3)
    for index in storm.world.nodes.indices {
      storm.world.nodes[index].delusion = { block, contracts in
        if !block.receipts.isEmpty { Self.senseless(&contracts) }
      }
    }
    let reports = Self.reports(storm, ticks: 24)
    #expect(try Self.halts(storm).isEmpty)
    let unseen = reports.filter { $0.warnings.contains("minedStateUnseen") }
    #expect(!unseen.isEmpty)
    #expect(unseen.allSatisfy { $0.ending != .missed }, "\(unseen.map(\.text))")
    #expect(unseen.allSatisfy { $0.events.contains { $0.code == "nodeAnswerImplausible" } })
    #expect(try Self.served(storm) > 0)
  }

  // MARK: Fills

  /// Every execution at half its price: a short that was sold for half of what it is worth.
  private static func cheapened(_ logs: [Log]) -> [Log] {
    let name = Array("executionPrice".utf8)
    return logs.map { log in
      var data = log.data
      // A word for the key's place, the value, the key's length, the key (`EventUtils.UintKeyValue`).
      guard data.count > 96,
        let key = (96..<data.count - name.count).first(where: { start in
          data[start..<start + name.count].elementsEqual(name)
        })
      else { return log }
      var value = UInt256.zero
      do { value = try UInt256(bigEndian: Array(data[key - 64..<key - 32])) / 2 } catch { return log }
      data.replaceSubrange(key - 64..<key - 32, with: value.bigEndian32)
      return Log(
        address: log.address, topics: log.topics, data: data, blockNumber: log.blockNumber, blockHash: log.blockHash,
        transactionHash: log.transactionHash, logIndex: log.logIndex, removed: false)
    }
  }

  /// Dollars lost by the first vault's executions, as the keeper's journal has it, and how its orders ended.
  private static func lost(_ storm: Storm) throws -> (dollars: UInt256, ended: [String]) {
    let outbox = try #require(storm.keeper).outbox
    let spending = outbox.spending(vault: StormPolicy.vaultNames[0], chainID: StormPlan.chainID, now: 0)
    return (
      try spending.drawdown / UInt256(1_000_000_000_000_000_000), outbox.state.endedOrders.map(\.note.state)
    )
  }

  /// One node tells of fills at a dreadful price. The others outvote it, and what was lost is what they say.
  @Test(arguments: 0..<3) func aSingleForgedFillMovesNoLoss(liar: Int) throws {
    let storm = try Self.storm(nodes: 3)
    storm.world.nodes[liar].forgery = Self.cheapened
    _ = storm.run(untilTick: 30)
    let (dollars, ended) = try Self.lost(storm)
    #expect(dollars < 1_000 && ended.contains("filled"), "\(dollars) USD, \(ended)")
  }

  /// With two that must agree, nobody knows what a disputed fill came to; it moves nothing.
  @Test func aDisputedFillIsUnknown() throws {
    let storm = try Self.storm(nodes: 2)
    storm.world.nodes[1].forgery = Self.cheapened
    _ = storm.run(untilTick: 30)
    let outbox = try #require(storm.keeper).outbox
    #expect(try Self.lost(storm).dollars == .zero)
    #expect(outbox.state.openOrders.contains { $0.note?.state == "unknown" })
  }

  /// What all say is believed.
  @Test func aFillThatAllTellCounts() throws {
    let storm = try Self.storm(nodes: 3)
    for index in storm.world.nodes.indices { storm.world.nodes[index].forgery = Self.cheapened }
    _ = storm.run(untilTick: 30)
    #expect(try Self.lost(storm).dollars > 1_000)
  }

  // MARK: The role

  @Test(arguments: [2, 3]) func aRoleThatStaysGoneHalts(nodes: Int) throws {
    let storm = try Self.storm(nodes: nodes)
    storm.script = { world in world.outside.isRoleRevoked = world.tick >= 20 }
    let reports = Self.reports(storm, ticks: 40)
    #expect(try Self.halts(storm) == [.roleRevoked])
    // Not before the depth, and told once.
    let halted = reports.filter { $0.events.contains { $0.code == "halted" } }
    let revoked = try #require(storm.world.chain.blocks.first { $0.vaults[0].standstill != nil })
    #expect(halted.count == 1)
    #expect(try #require(halted.first?.head).number >= revoked.number + storm.world.plan.finalityBlocks)
  }

  /// A role that comes back within the depth is no more than a refusal.
  @Test func aRoleThatComesBackHaltsNothing() throws {
    let storm = try Self.storm(nodes: 3)
    let until = 20 + storm.world.plan.finalityBlocks - 2
    storm.script = { world in world.outside.isRoleRevoked = world.tick >= 20 && world.tick < until }
    _ = storm.run(untilTick: 60)
    #expect(try Self.halts(storm).isEmpty)
    #expect(storm.world.chain.blocks.count { $0.vaults[0].standstill != nil } == Int(until) - 20)
  }

  @Test(arguments: [(0, 2), (1, 2), (0, 3), (1, 3), (2, 3)])
  func aSingleLiarAboutTheRoleHaltsNothing(liar: Int, nodes: Int) throws {
    let storm = try Self.storm(nodes: nodes)
    storm.script = { world in
      guard world.tick == 20 else { return }
      world.nodes[liar].delusion = { _, contracts in contracts.isRoleHeld = false }
    }
    let reports = Self.reports(storm, ticks: 60)
    #expect(try Self.halts(storm).isEmpty)
    // The first node answers the reads: its word alone costs a refusal, until others outvote it.
    #expect(reports.contains { $0.events.contains { $0.code == "nodesContradict" } } == (liar == 0))
    #expect(reports.contains { $0.warnings.contains("roleDisputed") } == (liar == 0 && nodes == 2))
    let refused = reports.count { $0.code == "roleMissing" }
    #expect(nodes == 2 ? (refused > 0) == (liar == 0) : refused <= 1)
  }

  // MARK: The chain

  private static func movesAway(_ storm: Storm, _ nodes: Range<Int>) {
    storm.script = { [unowned storm] world in
      let isOpen = storm.keeper?.outbox.state.lanes.contains { !$0.open.isEmpty } == true
      guard isOpen, world.nodes[0].condition == nil else { return }
      for index in nodes {
        world.nodes[index].condition = NodeCondition(kind: .wrongChain, untilTick: .max, amount: 0)
      }
    }
  }

  @Test(arguments: [2, 3]) func whereAllServeAnotherChainItHalts(nodes: Int) throws {
    let storm = try Self.storm(nodes: nodes)
    Self.movesAway(storm, 0..<nodes)
    _ = storm.run(untilTick: 12)
    #expect(try Self.halts(storm) == [.wrongChain])
  }

  @Test(arguments: [2, 3]) func aSingleOneOnAnotherChainHaltsNothing(nodes: Int) throws {
    let storm = try Self.storm(nodes: nodes)
    Self.movesAway(storm, 0..<1)
    let reports = Self.reports(storm, ticks: 24)
    #expect(try Self.halts(storm).isEmpty)
    #expect(reports.contains { $0.events.contains { $0.code == "nodeWrongChain" } })
    // Three go on with two; two that must agree see nothing any more.
    #expect(reports.contains { $0.code == "nodesTooFew" } == (nodes == 2))
    if nodes == 3 { #expect(try Self.served(storm) > 0) }
  }
}
