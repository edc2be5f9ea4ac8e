import Decision
import Ethereum
import Keeper
import Outbox
import Testing
import Wallet

@testable import Simulation

/// What only some worlds have, each alone in a small one where little else goes wrong.
@Suite struct SceneTests {
  static func storm(
    _ seed: UInt64 = 5, ticks: UInt64 = 60, calm: UInt64 = 10, _ change: (inout StormScene) -> Void
  ) -> Storm {
    var scene = StormScene.plain
    change(&scene)
    var plan = StormPlan(seed: seed).withoutFaults().with(scene)
    plan.stormTicks = ticks
    plan.calmTicks = calm
    return Storm(plan: plan)
  }

  private func tested(_ outcome: StormOutcome, _ law: Law) -> UInt64 {
    zip(Law.allCases, outcome.tested).first { $0.0 == law }?.1 ?? 0
  }

  @Test func aQuarterOfTheWorldsHasEach() {
    for feature in StormFeature.allCases {
      let count = (1...400).count { StormPlan(seed: $0).scene.features.contains(feature) }
      // Private calls come in two kinds, which share a quarter; so do the bands that are not fixed.
      let halves: [StormFeature] = [
        .privateCalls, .privateThenPublicCalls, .timeWeightedBand, .adaptiveBand, .earlyStranger,
      ]
      let isHalf = halves.contains(feature)
      #expect((isHalf ? 20...80 : 70...130).contains(count), "\(feature): \(count) of 400")
    }
    #expect((1...400).contains { StormPlan(seed: $0).scene == .plain })
  }

  @Test func featuresLeaveTheRestOfAPlanAlone() {
    // Drawn with relays and legacy gas; all else is what the seed always was.
    let plan = StormPlan(seed: 2)
    #expect(plan.scene.hasLegacyGas && plan.scene.relayCount == 2)
    #expect(plan.nodeCount == StormPlan(seed: 2).with(.plain).nodeCount)
    #expect(plan.relays.map(\.name) == ["relay0", "relay1"])
    #expect(plan.with(.plain).relays.isEmpty)
  }

  // MARK: Relays

  @Test func aPrivateCallIsInNoPublicPool() throws {
    let storm = Self.storm { scene in (scene.submission, scene.relayCount) = (.private, 1) }
    var wasSeen = false
    var wasHeld = false
    storm.script = { world in
      // Held back for a while, so that there is something to see.
      world.isCensoring = world.tick < 6
      for node in world.nodes where !node.pool.waiting.isEmpty {
        if node.isRelay { wasHeld = true } else { wasSeen = true }
      }
    }
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades > 0 && tested(outcome, .privacy) > 0)
    #expect(wasHeld && !wasSeen)
  }

  @Test func whatARelayForgetsBecomesPublicAfterItsBlocks() throws {
    let storm = Self.storm { scene in
      (scene.submission, scene.relayCount) = (.privateThenPublic(afterBlocks: 5), 1)
    }
    var heights: [UInt64] = []
    storm.script = { world in
      let relay = world.publicNodes.upperBound
      world.nodes[relay].condition = NodeCondition(kind: .relayDrops, untilTick: 1_000, amount: 1)
      if world.publicNodes.contains(where: { !world.nodes[$0].pool.waiting.isEmpty }) {
        heights.append(world.chain.head.number)
      }
    }
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.tally[.relayDrops] > 0 && outcome.trades > 0)
    #expect(try #require(heights.first) >= storm.world.chain.blocks[0].number + 5)
  }

  @Test func aRelayThatIsDownKeepsPrivateCallsFromBeingMade() {
    let storm = Self.storm(calm: 0) { scene in (scene.submission, scene.relayCount) = (.private, 1) }
    storm.script = { world in
      // Nothing is to be done until it is known how the relay does.
      world.outside.isPaused = world.tick < 10
      world.nodes[world.publicNodes.upperBound].condition = NodeCondition(
        kind: .relayDown, untilTick: 1_000, amount: 1)
    }
    let outcome = storm.run(untilTick: 20)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    // A promise whose bytes the relay never had may be made while it is being tried again; its nonce is cleared.
    #expect(outcome.trades == 0)
    #expect(storm.world.chain.canonicalReceipts.allSatisfy { $0.receipt.transaction.signed.transaction.data.isEmpty })
    #expect(outcome.endings.contains { $0.code == ChainSettings.noRelayCode })
  }

  // MARK: Legacy gas

  @Test func aChainWithoutABaseFeeIsHedgedByItsOwnKindOfTransaction() throws {
    let storm = Self.storm { scene in scene.hasLegacyGas = true }
    // Long enough for a replacement.
    storm.script = { world in world.isCensoring = (2...9).contains(world.tick) }
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades > 0 && tested(outcome, .replacement) > 0)
    let receipts = storm.world.chain.canonicalReceipts.map(\.receipt)
    #expect(!receipts.isEmpty && receipts.allSatisfy { $0.transaction.signed.transaction.isLegacy })
    #expect(receipts.allSatisfy { $0.effectiveGasPriceWei == $0.transaction.caps.feeCapWei }, "it pays all it offers")
  }

  @Test func aChainWithoutABaseFeeTellsNoneAndTakesNoneOfTheOtherKind() throws {
    let world = Self.storm { scene in scene.hasLegacyGas = true }.world
    func ask(_ method: String, _ params: [JSON]) -> NodeAnswer {
      world.answer(NodeQuestion(method: method, params: params, node: 0, tip: 0, lie: nil, swallows: false))
    }
    guard case .result(let header) = ask("eth_getBlockByNumber", ["latest", false]),
      case .error = ask("eth_feeHistory", ["0x1", "latest", []]), case .result = ask("eth_gasPrice", [])
    else {
      Issue.record("the chain answers otherwise")
      return
    }
    #expect(header["baseFeePerGas"] == nil && header["timestamp"] != nil)
    let typed = try world.intruder.sign(
      UnsignedTransaction(
        kind: .dynamicFee(tipWei: 5_000_000_000, feeCapWei: 100_000_000_000), chainID: 1, nonce: 0, gasLimit: 21_000,
        to: world.keeper, valueWei: .zero, data: []))
    guard case .error(_, let message, _) = ask("eth_sendRawTransaction", [.string(Hex.encode(typed.raw))]) else {
      Issue.record("a transaction of type 2 is taken")
      return
    }
    #expect(message == "transaction type not supported")
  }

  // MARK: Two vaults

  @Test func twoVaultsOfOneKeyAreBothHedged() throws {
    let storm = Self.storm(ticks: 90) { scene in scene.vaultCount = 2 }
    // Nobody mines for a while: what is open for one vault keeps the other's from being made.
    var nonces: Set<UInt64> = []
    storm.script = { world in
      world.isCensoring = world.tick < 8
      guard world.tick == 8 else { return }
      for hash in world.checkers.witness.hashes {
        if let promise = world.checkers.promises[0][Self.root(of: hash, world)] { nonces.insert(promise.nonce) }
      }
    }
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(nonces == [0])
    let contracts = try #require(storm.world.chain.head.contracts)
    let holders = contracts.plan.holders
    #expect(holders.count == 2)
    for holder in holders {
      #expect(contracts.records.orders.contains { $0.account == holder }, "\(holder) has placed nothing")
    }
  }

  private static func root(of hash: Bytes32, _ world: SimulatedWorld) -> Bytes32 {
    let witness = world.checkers.witness
    return witness.attempt(hash).map { witness.root(of: $0.intent.id) } ?? .zero
  }

  @Test func oneVaultsPauseIsNotTheOthers() throws {
    let storm = Self.storm { scene in scene.vaultCount = 2 }
    storm.script = { world in (world.outside.isPaused, world.outside.pausedVault) = (true, 1) }
    let outcome = storm.run(untilTick: 30)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    let contracts = try #require(storm.world.chain.head.contracts)
    #expect(contracts.isPaused(vault: 1) && !contracts.isPaused(vault: 0))
    let accounts = contracts.records.orders.map(\.account)
    #expect(accounts.contains(contracts.plan.holders[0]) && !accounts.contains(contracts.plan.holders[1]))
  }

  // MARK: Bands

  /// Each rule decides what it is there for, and no law is broken by the width it allows.
  @Test(arguments: [StormScene.Band.timeWeighted, .adaptive]) func otherBandsKeepTheLaws(band: StormScene.Band) throws {
    let storm = Self.storm(ticks: 120, calm: 30) { $0.band = band }
    var sources: Set<String> = []
    storm.processes[0].heed = { report in
      for figure in report.chapters.flatMap(\.figures) { sources.insert(figure.name) }
    }
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.trades > 0)
    #expect(sources.contains(band == .timeWeighted ? "width left" : "expected tracking error"), "\(sources.sorted())")
  }

  /// An act that leaves the vault farther out than any width the rule allows.
  @Test func aWidthThatTheRuleDoesNotAllowIsSeen() throws {
    let storm = Self.storm { $0.band = .adaptive }
    _ = storm.run(untilTick: 2)
    let world = storm.world
    let before = try #require(world.chain.head.contracts)
    let fixed = HedgePicture(before, in: world.chain.head.context, plan: world.plan.with(.plain), vault: 0)
    let wider = HedgePicture(before, in: world.chain.head.context, plan: world.plan, vault: 0)
    #expect(wider.target == fixed.target && wider.halfWidth > fixed.halfWidth)
    #expect(wider.halfWidth < wider.target / 5)
  }

  // MARK: Two keepers

  /// A stranger takes the nonce of a call of ours, and a person accepts it at the writer. The keeper that comes after it
  /// takes over what was promised, and halts for nothing.
  @Test func whatAPersonAcceptedHaltsNoSuccessor() throws {
    let storm = Self.storm(ticks: 110, calm: 20) { $0.keeperCount = 2 }
    var (intruded, resumed, cutOff) = (false, false, false)
    storm.script = { [unowned storm] world in
      let signed = world.checkers.witnesses[0].hashes.count
      let halts = storm.processes[0].keeper?.outbox.halts ?? []
      // Held back until it is signed, so that the stranger comes first.
      if !intruded { world.isCensoring = signed == 0 }
      if !intruded, signed > 0 {
        world.intrude()
        intruded = true
      }
      if halts.contains(where: { $0.kind == .foreignNonce }), !resumed {
        world.resumption = "it was us, by hand"
        resumed = true
      }
      let later = storm.processes[0].keeper?.outbox.state.lanes.first?.open.first?.attempts.first?.submittedAt
      if resumed, halts.isEmpty, later != nil, !cutOff {
        cutOff = true
        world.leaseStore?.afflict(0, .storeUnreachable, untilTick: 1_000)
      }
    }
    let outcome = storm.run()
    #expect(intruded && resumed && cutOff)
    #expect(storm.processes[0].isStandby && !storm.processes[1].isStandby)
    #expect(!storm.processes[1].hasSeenForeignHalt)
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    // It has learned of the nonce from the store, and from the chain that it was not ours.
    let lane = try #require(storm.processes[1].keeper?.outbox.state.lanes.first)
    #expect(lane.settled.contains { if case .superseded = $0.outcome { true } else { false } })
  }

  @Test func oneOfTwoKeepersWritesAndTheOtherTakesOver() throws {
    let storm = Self.storm(ticks: 70) { scene in scene.keeperCount = 2 }
    var writers: [Bool] = []
    storm.script = { [unowned storm] world in
      if world.tick == 10 || world.tick == 40 { writers = storm.processes.map { !$0.isStandby } }
      if world.tick == 10 { #expect(writers == [true, false]) }
      // The writer's machine is cut off from the store of the lease, longer than the lease lasts.
      if world.tick == 11 { world.leaseStore?.afflict(0, .storeUnreachable, untilTick: 30) }
    }
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(writers == [false, true])
    #expect(outcome.trades > 0 && tested(outcome, .lease) > 0 && outcome.tally[.storeUnreachable] > 0)
  }

  /// Stopped between any two steps for longer than the lease lasts, and going on as if nothing had happened.
  @Test(arguments: [14, 30, 36, 40, 44, 47] as [UInt64])
  func aWriterThatWasStoppedBreaksNoLaw(boundary: UInt64) throws {
    let storm = Self.storm(ticks: 40, calm: 30) { scene in scene.keeperCount = 2 }
    storm.world.pauseAt = boundary
    let outcome = storm.run()
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(outcome.tally[.keeperPaused] == 1 && outcome.trades > 0)
  }

  @Test func oneSeedIsOneWorldAlsoWithEverything() {
    func run() -> StormOutcome {
      var plan = StormPlan(seed: 33)
      plan.stormTicks = 30
      plan.calmTicks = 5
      return Storm(plan: plan).run()
    }
    let first = run()
    #expect(first.features.count == 5)
    #expect(first.violations.isEmpty, "\(first.violations)")
    #expect(first.traceHash == run().traceHash)
  }
}
