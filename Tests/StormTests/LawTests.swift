import Ethereum
import Keeper
import Outbox
import Testing
import Wallet

@testable import Simulation

/// A law that nobody can break unseen: for each checker a planted violation, and the checker must see it.
@Suite struct LawTests {
  private static func storm(_ seed: UInt64 = 21, storm: UInt64 = 20, calm: UInt64 = 30) -> Storm {
    var plan = StormPlan(seed: seed).withoutFaults().with(.plain)
    plan.stormTicks = storm
    plan.calmTicks = calm
    return Storm(plan: plan)
  }

  private func laws(_ world: SimulatedWorld) -> [Law] { world.checkers.violations.map(\.law) }

  private static func message(_ raw: [UInt8]) -> [UInt8] {
    RPCRequest.encodeBatch([NodeCall<Bytes32>.sendRaw(raw).request(id: 1)])
  }

  /// A transaction of the keeper's key that the journal knows nothing of.
  private static func unjournaled(_ world: SimulatedWorld, nonce: UInt64 = 0) throws -> SignedTransaction {
    try world.intruder.sign(
      UnsignedTransaction(
        kind: .dynamicFee(tipWei: 5_000_000_000, feeCapWei: 1_000_000_000_000), chainID: 1, nonce: nonce,
        gasLimit: 21_000, to: world.keeper, valueWei: .zero, data: []))
  }

  /// The first call a keeper journals in a quiet world.
  private static func firstCall(_ storm: Storm) throws -> (hash: Bytes32, attempt: JournalWitness.Attempt) {
    _ = storm.run(untilTick: 2)
    let hash = try #require(storm.world.checkers.witness.hashes.first)
    return (hash, try #require(storm.world.checkers.witness.attempt(hash)))
  }

  @Test func bytesThatTheJournalDoesNotHoldAreSeen() throws {
    let world = Self.storm().world
    let transport = StormTransport(world)
    let raw = try Self.unjournaled(world).raw
    let endpoint = EndpointID(index: 0, name: "node0")
    _ = transport.exchange([Outgoing(endpoint: endpoint, body: Self.message(raw))], deadlineMilliseconds: 1_000)
    #expect(laws(world) == [.journalledFirst])
  }

  @Test func anUnknownTransactionInABlockIsSeen() throws {
    let world = Self.storm().world
    let pooled = PooledTransaction(signed: try Self.unjournaled(world), sender: world.keeper)
    #expect(world.builders.add(pooled, nonce: 0, balanceWei: .max) == nil)
    world.advance(to: world.milliseconds + 30_000)
    #expect(laws(world).contains(.journalledFirst))
  }

  @Test func anIntentServedTwiceIsSeen() throws {
    let storm = Self.storm()
    let (_, attempt) = try Self.firstCall(storm)
    let checkers = storm.world.checkers
    var chain = storm.world.chain
    let signed = try SignedTransaction.decode(attempt.raw)
    let again = try storm.world.intruder.sign(
      UnsignedTransaction(
        kind: signed.transaction.kind, chainID: 1, nonce: 7, gasLimit: signed.transaction.gasLimit,
        to: signed.transaction.to, valueWei: .zero, data: signed.transaction.data))
    checkers.witnesses[0].forge(again.raw, intent: attempt.intent)
    for transaction in [signed, again] {
      let receipt = BlockReceipt(
        transaction: PooledTransaction(signed: transaction, sender: storm.world.keeper), succeeded: true,
        gasUsed: 100_000, effectiveGasPriceWei: 1, valueWei: .zero, logs: [])
      let head = chain.head
      _ = chain.append(
        SimulatedBlock(
          number: head.number + 1, hash: Keccak256.hash(transaction.raw), parentHash: head.hash, parent: chain.tip,
          timestamp: head.timestamp + 12, baseFeeWei: 1, gasUsed: 100_000, tipWei: 1, receipts: [receipt], logs: [],
          nonce: head.nonce + 1, vaults: head.vaults, contracts: head.contracts))
    }
    checkers.judgeChain(chain)
    #expect(laws(storm.world).contains(.servedOnce))
  }

  @Test func anActBeyondTheBandIsSeen() throws {
    let storm = Self.storm()
    let (hash, attempt) = try Self.firstCall(storm)
    let world = storm.world
    let before = try #require(world.chain.head.contracts)
    var after = before
    // As if the call had bought the whole vault's worth again.
    after.addBase(try UInt256.powerOfTen(20), to: after.plan.holder)
    let pooled = PooledTransaction(signed: try SignedTransaction.decode(attempt.raw), sender: world.keeper)
    world.checkers.judgeExposure(
      attempt, pooled, brought: [0], before: before, after: after, chain: world.chain)
    #expect(laws(world) == [.exposure], "\(hash)")
  }

  @Test func aFeeAboveTheCeilingIsSeen() throws {
    let storm = Self.storm()
    let (_, attempt) = try Self.firstCall(storm)
    let world = storm.world
    let contracts = try #require(world.chain.head.contracts)
    let greedy = try Self.unjournaled(world)
    world.checkers.witnesses[0].forge(greedy.raw, intent: attempt.intent)
    let receipt = BlockReceipt(
      transaction: PooledTransaction(signed: greedy, sender: world.keeper), succeeded: false, gasUsed: 21_000,
      effectiveGasPriceWei: 1, valueWei: .zero, logs: [])
    world.checkers.included(receipt, brought: [0], before: contracts, after: contracts, chain: world.chain)
    #expect(laws(world) == [.spending])
  }

  @Test func bytesOfAnOldPictureAreSeen() throws {
    let storm = Self.storm()
    let (_, attempt) = try Self.firstCall(storm)
    let world = storm.world
    let late = try Self.unjournaled(world, nonce: 3)
    world.checkers.witnesses[0].forge(late.raw, intent: attempt.intent, at: world.milliseconds + 9_000_000)
    world.advance(to: world.milliseconds + 9_000_000)
    world.checkers.heard(Self.message(late.raw), in: world)
    #expect(laws(world) == [.freshness])
  }

  @Test func bytesSentDuringAHaltAreSeen() throws {
    let storm = Self.storm()
    let (_, attempt) = try Self.firstCall(storm)
    let world = storm.world
    world.begin(.operatorHalt, until: 1_000, amount: 0)
    world.checkers.begin(tick: world.tick + 1, clockErrorSeconds: 0)
    world.checkers.heard(Self.message(attempt.raw), in: world)
    #expect(laws(world) == [.standstill])
  }

  @Test func aDecisionOnAPausedVaultIsSeen() throws {
    let storm = Self.storm()
    let (_, attempt) = try Self.firstCall(storm)
    let world = storm.world
    world.begin(.vaultPaused, until: 1_000, amount: 0)
    world.advance(to: world.milliseconds + 15_000)
    let head = world.chain.head
    let intent = JournalWitness.Intent(
      id: attempt.intent.id, purpose: "act", decidedAt: (head.number, head.hash), data: [])
    let other = try Self.unjournaled(world, nonce: 5)
    world.checkers.witnesses[0].forge(other.raw, intent: intent, at: world.milliseconds)
    world.checkers.heard(Self.message(other.raw), in: world)
    #expect(laws(world) == [.standstill])
  }

  @Test func memoryThatTheJournalDoesNotGiveIsSeen() throws {
    let storm = Self.storm()
    _ = storm.run(untilTick: 6)
    let outbox = try #require(storm.keeper?.outbox)
    storm.store.overwritePromises(Array(storm.store.held(.promises).dropLast()))
    storm.world.checkers.remember(outbox, store: storm.store)
    #expect(laws(storm.world) == [.memory])
  }

  @Test func workLeftUndoneInTheCalmIsSeen() {
    let storm = Self.storm(storm: 2, calm: 30)
    storm.script = { world in world.outside.isPaused = true }
    #expect(storm.run().violations.map(\.law) == [.calm])
  }

  @Test func aHaltLeftStandingInTheCalmIsSeen() {
    let storm = Self.storm(storm: 2, calm: 12)
    storm.script = { world in world.haltReason = "still" }
    #expect(storm.run().violations.map(\.law).contains(.calm))
  }

  @Test func aStrangerWithoutAHaltIsSeen() {
    let storm = Self.storm(storm: 10, calm: 20)
    storm.script = { world in if world.tick == 27 { world.intrude() } }
    #expect(storm.run().violations.map(\.law).contains(.stranger))
  }

  @Test func aJournalThatCannotBeReplayedIsSeen() {
    let storm = Self.storm()
    storm.script = { [unowned storm] world in
      guard world.tick == 8 else { return }
      // Somebody rewrites history, and the process is started anew.
      storm.store.overwritePromises(Array(storm.store.held(.promises).dropFirst()))
      world.deathAt = world.boundaries + 1
    }
    #expect(storm.run().violations.map(\.law).contains(.soundness))
  }
}
