import Ethereum
import Keeper
import Testing
import Wallet

@testable import Simulation

/// The laws of relays, lanes, replacements and leases: each broken on purpose, and the checker must see it.
@Suite struct SceneLawTests {
  private func laws(_ storm: Storm) -> [Law] { storm.world.checkers.violations.map(\.law) }

  private static func message(_ raw: [UInt8]) -> [UInt8] {
    RPCRequest.encodeBatch([NodeCall<Bytes32>.sendRaw(raw).request(id: 1)])
  }

  /// A world after its first call, with that call.
  private static func begun(
    _ change: (inout StormScene) -> Void = { _ in }
  ) throws -> (storm: Storm, hash: Bytes32, attempt: JournalWitness.Attempt) {
    let storm = SceneTests.storm(5, ticks: 60, calm: 10, change)
    _ = storm.run(untilTick: 2)
    let witness = try #require(storm.world.checkers.witnesses.first { !$0.hashes.isEmpty })
    let hash = try #require(witness.hashes.first)
    return (storm, hash, try #require(witness.attempt(hash)))
  }

  /// A transaction that the journal seems to hold, for the same decision as the first call.
  private static func forged(
    _ storm: Storm, _ attempt: JournalWitness.Attempt, nonce: UInt64 = 0, fees: UnsignedTransaction.Kind
  ) throws -> SignedTransaction {
    let signed = try storm.world.intruder.sign(
      UnsignedTransaction(
        kind: fees, chainID: 1, nonce: nonce, gasLimit: 21_000, to: storm.world.keeper, valueWei: .zero, data: []))
    storm.world.checkers.witnesses[0].forge(signed.raw, intent: attempt.intent, at: storm.world.milliseconds)
    return signed
  }

  private static let high = UnsignedTransaction.Kind.dynamicFee(
    tipWei: 30_000_000_000, feeCapWei: 3_000_000_000_000)

  // MARK: Privacy

  @Test func privateBytesAtAPublicEndpointAreSeen() throws {
    let (storm, _, attempt) = try Self.begun { ($0.submission, $0.relayCount) = (.private, 1) }
    let late = try Self.forged(storm, attempt, fees: Self.high)
    storm.world.checkers.routed(Self.message(late.raw), isToRelay: true, in: storm.world)
    #expect(laws(storm).isEmpty)
    storm.world.checkers.routed(Self.message(late.raw), isToRelay: false, in: storm.world)
    #expect(laws(storm) == [.privacy])
  }

  @Test func bytesThatBecomePublicTooSoonAreSeenAndLaterOnesAreNot() throws {
    let (storm, _, attempt) = try Self.begun {
      ($0.submission, $0.relayCount) = (.privateThenPublic(afterBlocks: 5), 1)
    }
    let world = storm.world
    let late = try Self.forged(storm, attempt, fees: Self.high)
    world.checkers.routed(Self.message(late.raw), isToRelay: false, in: world)
    #expect(laws(storm) == [.privacy])
    world.advance(to: world.milliseconds + 80_000)
    world.checkers.routed(Self.message(late.raw), isToRelay: false, in: world)
    #expect(laws(storm) == [.privacy])
    world.checkers.routed(Self.message(late.raw), isToRelay: true, in: world)
    #expect(laws(storm) == [.privacy, .privacy], "public once, it goes to no relay any more")
  }

  @Test func publicBytesAtARelayAreSeen() throws {
    let (storm, _, attempt) = try Self.begun { $0.relayCount = 1 }
    let late = try Self.forged(storm, attempt, fees: Self.high)
    let endpoint = try #require(storm.world.plan.relays.first)
    _ = StormTransport(storm.world).exchange(
      [Outgoing(endpoint: endpoint, body: Self.message(late.raw))], deadlineMilliseconds: 1_000)
    #expect(laws(storm).contains(.privacy))
  }

  // MARK: Nonces and fees

  @Test func anotherNonceForAPromiseIsSeen() throws {
    let (storm, _, attempt) = try Self.begun()
    let late = try Self.forged(storm, attempt, nonce: 1, fees: Self.high)
    storm.world.checkers.judgeSignature(late.hash)
    #expect(laws(storm) == [.lane])
  }

  @Test func aCallBesideAnOpenOneIsSeen() throws {
    let (storm, _, attempt) = try Self.begun { $0.vaultCount = 2 }
    let world = storm.world
    // For the other vault: another decision, so a promise of its own, and two nonces too far.
    var intent = attempt.intent
    intent.vault = StormPolicy.vaultNames[1]
    let other = JournalWitness.Intent(
      id: Keccak256.hash([1]), purpose: intent.purpose, decidedAt: intent.decidedAt, data: [], vault: intent.vault)
    let early = try world.intruder.sign(
      UnsignedTransaction(
        kind: Self.high, chainID: 1, nonce: 2, gasLimit: 21_000, to: world.keeper, valueWei: .zero, data: []))
    world.checkers.witnesses[0].forge(early.raw, intent: other, at: world.milliseconds)
    world.checkers.judgeSignature(early.hash)
    #expect(laws(storm).isEmpty)
    world.checkers.heard(Self.message(early.raw), in: world)
    #expect(laws(storm) == [.lane])
  }

  @Test func anActBeyondTheSecondVaultsBandIsSeen() throws {
    let (storm, _, attempt) = try Self.begun { $0.vaultCount = 2 }
    let world = storm.world
    let before = try #require(world.chain.head.contracts)
    var after = before
    after.addBase(try UInt256.powerOfTen(20), to: before.plan.holders[1])
    let pooled = PooledTransaction(signed: try SignedTransaction.decode(attempt.raw), sender: world.keeper)
    for (vault, expected) in [(0, [Law]()), (1, [.exposure])] {
      let intent = JournalWitness.Intent(
        id: attempt.intent.id, purpose: "act", decidedAt: attempt.intent.decidedAt, data: [],
        vault: StormPolicy.vaultNames[vault])
      let judged = JournalWitness.Attempt(intent: intent, kind: "first", journaledAt: 0, raw: attempt.raw)
      world.checkers.judgeExposure(
        judged, pooled, brought: [0, 0], before: before, after: after, chain: world.chain)
      #expect(laws(storm) == expected)
    }
  }

  @Test func aReplacementThatRaisesOneCapOnlyIsSeen() throws {
    let (storm, hash, attempt) = try Self.begun()
    let caps = try #require(storm.world.checkers.promises[0][attempt.intent.id]?.caps, "\(hash)")
    let low = try Self.forged(
      storm, attempt, fees: .dynamicFee(tipWei: caps.tipWei, feeCapWei: try caps.feeCapWei * 2))
    storm.world.checkers.judgeSignature(low.hash)
    #expect(laws(storm) == [.replacement])
  }

  @Test func aReplacementOfALegacyPriceByLessThanATenthIsSeen() throws {
    let (storm, _, attempt) = try Self.begun { $0.hasLegacyGas = true }
    let price = try #require(storm.world.checkers.promises[0][attempt.intent.id]?.caps.feeCapWei)
    let tenth = try UInt256.mulDiv(price, 11, 10, rounding: .up)
    let low = try Self.forged(storm, attempt, fees: .legacy(gasPriceWei: try tenth - 1, protected: true))
    storm.world.checkers.judgeSignature(low.hash)
    #expect(laws(storm) == [.replacement])
    let enough = try Self.forged(storm, attempt, fees: .legacy(gasPriceWei: try tenth * 2, protected: true))
    storm.world.checkers.judgeSignature(enough.hash)
    #expect(laws(storm) == [.replacement])
  }

  @Test func feesOfAnotherChainsKindAreSeen() throws {
    let (storm, _, attempt) = try Self.begun { $0.hasLegacyGas = true }
    let typed = try Self.forged(storm, attempt, fees: Self.high)
    storm.world.checkers.judgeSignature(typed.hash)
    #expect(laws(storm) == [.spending])
  }

  /// The budget is the key's: two keepers of which each keeps within it may not spend more between them.
  @Test func whatTwoKeepersSpendTogetherIsSeen() throws {
    let (storm, _, attempt) = try Self.begun { $0.keeperCount = 2 }
    let world = storm.world
    var chain = world.chain
    let price = try world.plan.gasBudgetWei * 6 / 10 / 21_000
    for (machine, expected) in [(0, [Law]()), (1, [.spending])] {
      let call = try world.intruder.sign(
        UnsignedTransaction(
          kind: Self.high, chainID: 1, nonce: UInt64(7 + machine), gasLimit: 21_000, to: world.keeper, valueWei: .zero,
          data: []))
      let intent = JournalWitness.Intent(
        id: Keccak256.hash([UInt8(machine)]), purpose: "act", decidedAt: attempt.intent.decidedAt, data: [])
      world.checkers.witnesses[machine].forge(call.raw, intent: intent)
      let receipt = BlockReceipt(
        transaction: PooledTransaction(signed: call, sender: world.keeper), succeeded: true, gasUsed: 21_000,
        effectiveGasPriceWei: price, valueWei: .zero, logs: [])
      let head = chain.head
      _ = chain.append(
        SimulatedBlock(
          number: head.number + 1, hash: call.hash, parentHash: head.hash, parent: chain.tip,
          timestamp: head.timestamp + 12, baseFeeWei: 1, gasUsed: 21_000, tipWei: 1, receipts: [receipt], logs: [],
          nonce: head.nonce + 1, vaults: head.vaults, contracts: head.contracts))
      world.checkers.judgeChain(chain)
      #expect(laws(storm) == expected)
    }
  }

  // MARK: The lease

  @Test func bytesThatTheLeasesStoreDoesNotHoldAreSeen() throws {
    let (storm, hash, attempt) = try Self.begun { $0.keeperCount = 2 }
    let world = storm.world
    world.checkers.begin(tick: world.tick, clockErrorSeconds: 0, machine: 0)
    #expect(world.leaseStore?.holds(hash) == true && world.leaseStore?.leader == 0)
    world.checkers.heard(Self.message(attempt.raw), in: world)
    #expect(laws(storm).isEmpty)
    let late = try Self.forged(storm, attempt, fees: Self.high)
    world.checkers.heard(Self.message(late.raw), in: world)
    #expect(laws(storm) == [.lease])
  }

  @Test func aPutByWhoDoesNotHoldTheLeaseIsSeen() throws {
    let (storm, hash, _) = try Self.begun { $0.keeperCount = 2 }
    let world = storm.world
    let key = try #require(world.leaseStore?.etcd.stored.map(\.key).first { LeaseStore.hash(in: $0) == hash })
    world.checkers.entered(key, in: world)
    #expect(laws(storm).isEmpty, "its own entry")
    let foreign = Array("/vaultkeeper/storm/lanes/1/0x00/0/\(Keccak256.hash([9]))".utf8)
    world.checkers.entered(foreign, in: world)
    #expect(laws(storm) == [.lease])
    // The lease has ended and nobody has it.
    world.milliseconds += 3_600_000
    world.checkers.entered(key, in: world)
    #expect(laws(storm) == [.lease, .lease])
  }

  @Test func nobodyInOfficeInTheCalmIsSeen() {
    let storm = SceneTests.storm(ticks: 2, calm: 12) { $0.keeperCount = 2 }
    storm.script = { world in
      for machine in 0..<2 { world.leaseStore?.afflict(machine, .storeUnreachable, untilTick: 1_000) }
    }
    #expect(storm.run().violations.map(\.law).contains(.calm))
  }
}
