import Ethereum
import Foundation
@testable import Outbox
import TestSupport
import Testing

/// Whatever bytes a journal or another writer hands over: they are read or refused, and never end the process. What the
/// memory takes it takes again from the bytes.
@Suite struct RecordFuzzTests {
  /// Rounds of each test: 200 take seconds; VAULTKEEPER_FUZZ_ROUNDS sets more.
  private static let rounds =
    ProcessInfo.processInfo.environment["VAULTKEEPER_FUZZ_ROUNDS"].flatMap(Int.init) ?? 200

  /// A journal in which every kind of record occurs, as payloads.
  private func story() throws -> [[UInt8]] {
    var keeper = try SmallKeeper(policy: ExhaustiveTests.policy)
    try keeper.tick(crashAt: 2)
    for event in [
      ExhaustiveTests.Event.tick(.fair), .tick(.fair), .mineEmpty, .mineEmpty, .tick(.otherSize), .adoption, .mine,
      .tick(.fair), .reorg(depth: 1, keepsTransactions: true), .tick(.fair), .mine, .tick(.fair), .mineEmpty,
      .mineEmpty,
      .tick(.fair), .otherWriter, .stranger, .tick(.fair), .mineEmpty, .mineEmpty, .tick(.fair),
    ] {
      try event.happen(to: &keeper)
    }
    let inclusion = keeper.outbox.state.lanes[0].settled[0]
    let lane = try Make.lane()
    let extra: [PromiseRecord] = [
      .orderPlaced(intentID: inclusion.intentID, keys: [Make.hash("a"), Make.hash("b")]),
      .orderOutcome(
        key: Make.hash("a"),
        note: OrderNote(
          state: "frozen", isFinal: false, isFailure: true, figures: [], updatedAt: 5, shortfall: -3, feesUsd: 2)),
      .orderOutcome(key: Make.hash("a"), note: OrderNote(state: "filled", isFinal: true, isFailure: false)),
      .clockBounded(lane: lane, seen: Make.head(1)), .observationsPruned(through: 1, hash: .zero),
      .halted(halt: .lossLimit(vault: "alpha", chainID: testChainID, drawdownUsd: 1, limitUsd: 1)),
      .halted(halt: .invariantBreached(vault: "alpha", intentID: .zero, transactionHash: .zero, detail: "d")),
      .resumed(note: "n"), .nonceDoubted(lane: lane, nonce: 50, seen: Make.head(300)),
      .nonceDoubtLifted(lane: lane, nonce: 50, seen: Make.head(301)),
    ]
    var payloads = keeper.store.held(.promises).map(\.payload)
    payloads += try extra.map { try $0.encoded() }
    return payloads
  }

  private func fold(_ payloads: [[UInt8]], into state: OutboxState) -> (state: OutboxState, taken: [PromiseRecord]) {
    var (state, taken) = (state, [PromiseRecord]())
    for payload in payloads {
      var next = state
      do {
        let record = try PromiseRecord(decoding: payload)
        try next.fold(record, at: UInt64(taken.count))
        state = next
        taken.append(record)
      } catch {
        continue
      }
    }
    return (state, taken)
  }

  @Test func theStoryItselfIsTaken() throws {
    let payloads = try story()
    let (_, taken) = fold(payloads, into: OutboxState())
    #expect(taken.count == payloads.count)
    let names = Set(taken.map(\.name)).sorted()
    #expect(
      names == [
        "clockBounded", "halted", "laneAdvanced", "mined", "nonceDoubtLifted", "nonceDoubted", "observationsPruned",
        "orderOutcome", "orderPlaced", "released", "reserved", "resumed", "revised", "settled", "signed", "submitted",
        "unmined",
      ])
  }

  @Test func mutatedRecordsAreReadOrRefusedAndFoldTheSameTwice() throws {
    let payloads = try story()
    var dice = SplitMix64(1)
    for round in 0..<Self.rounds {
      var changed = payloads
      for _ in 0...Int.random(in: 0...3, using: &dice) {
        let index = Int.random(in: changed.indices, using: &dice)
        changed[index] = mutate(changed[index], payloads, &dice)
      }
      if Bool.random(using: &dice) { changed.swapAt(0, Int.random(in: changed.indices, using: &dice)) }
      let (state, taken) = fold(changed, into: OutboxState())
      guard round % 20 == 0 else { continue }
      let (again, same) = fold(try taken.map { try $0.encoded() }, into: OutboxState())
      #expect(again == state && same == taken, "round \(round)")
      // Looking at it is safe, too.
      let outbox = try Outbox(looking: state)
      let evidence = try Make.evidence(Make.head(500), minedNonce: 3)
      _ = try outbox.settle(evidence)
      _ = try outbox.due(evidence, quote: Make.fees, now: 0)
      _ = try outbox.resolutions(evidence)
      // A chain that no policy names has no budgets to show.
      do { _ = try outbox.pending(now: .max) } catch OutboxError.noPolicy { continue }
    }
  }

  private func mutate(_ payload: [UInt8], _ all: [[UInt8]], _ dice: inout SplitMix64) -> [UInt8] {
    var bytes = payload
    guard let place = bytes.indices.randomElement(using: &dice) else { return bytes }
    switch Int.random(in: 0..<6, using: &dice) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(UInt8.random(in: 0x20...0x7e, using: &dice), at: place)
    case 3: bytes = Array(bytes[..<place])
    case 4: bytes = all.randomElement(using: &dice) ?? []
    default:
      // A number or an amount at the end of its range, where sums overflow.
      guard let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) else { return bytes }
      var end = digit
      while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
      let extremes = ["0", "18446744073709551615", "18446744073709551614", "\(UInt256.max)", "9223372036854775807"]
      bytes.replaceSubrange(digit..<end, with: Array((extremes.randomElement(using: &dice) ?? "0").utf8))
    }
    return bytes
  }

  @Test func randomBytesAreNoRecord() throws {
    var dice = SplitMix64(2)
    for _ in 0..<Self.rounds {
      let bytes = (0..<Int.random(in: 0...200, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
      #expect(throws: JournalFailure.self) { try PromiseRecord(decoding: bytes) }
      _ = JournalHeader(bytes)
    }
  }

  @Test func theHeaderSaysWhatTheWholeRecordSays() throws {
    let link = JournalLink(sequence: 12, hash: Make.hash("link"))
    for payload in try story() {
      let record = try PromiseRecord(decoding: payload)
      for link in [nil, link] {
        let envelope = JournalEnvelope(record, link: link)
        let header = try #require(JournalHeader(try envelope.encoded()))
        #expect((header.format, header.link, header.recordName) == (2, link, record.name))
      }
    }
    // Whatever is not written as we write it is left to the full reading.
    for text in [
      #"{ "format":2,"record":{"resumed":{}}}"#, #"{"link":null,"format":2,"record":{"resumed":{}}}"#,
      #"{"format":99999999999999999999,"record":{"resumed":{}}}"#, #"{"format":-1,"record":{"resumed":{}}}"#,
      #"{"format":2,"link":{"hash":"0x","sequence":1},"record":{"a":{}}}"#, #"{"format":2,"record":{"re\u0073":{}}}"#,
      #"{"format":2,"record":{}}"#, #"{"format":2,"record":{"resumed":{}"#, "", "{",
    ] {
      let header = JournalHeader(Array(text.utf8))
      #expect(header == nil || text.hasSuffix("{}"), "\(text)")
    }
  }
}

extension Outbox {
  /// An outbox with this memory, for looking.
  fileprivate init(looking state: OutboxState) throws {
    self.init(policies: [Make.policy()], vaults: [SmallKeeper.vault])
    self.state = state
  }
}
