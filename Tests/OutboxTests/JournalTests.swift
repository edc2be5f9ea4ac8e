import Ethereum
@testable import Outbox
import Testing

@Suite struct JournalTests {
  private func observation(_ kind: String) -> ObservationRecord {
    ObservationRecord(
      kind: kind, configurationHash: Make.hash("configuration"), head: Make.head(100),
      report: .object(["code": .string("insideBand"), "drift": .string("0.01")]))
  }

  /// Two observations, a promise resting on the second, one more observation.
  private func filled() throws -> MemoryJournalStore {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    try journal.observe([observation("one")], at: 10)
    try journal.observe([observation("two")], at: 20)
    _ = try journal.append([.halted(halt: .byOperator(note: "a")), .resumed(note: "b")], at: 21)
    try journal.observe([observation("three")], at: 30)
    return store
  }

  @Test func whatIsWrittenIsReadAndTheChainsAreLinked() throws {
    let store = try filled()
    let verified = try JournalReader(store).verify()
    #expect(verified.promises.sequence == 2)
    #expect(verified.observations.sequence == 3)
    #expect(verified.firstObservation == 1)
    var promises: [Durable<PromiseRecord>] = []
    try JournalReader(store).replayPromises { promises.append($0) }
    #expect(promises.map(\.record) == [.halted(halt: .byOperator(note: "a")), .resumed(note: "b")])
    #expect(promises.map(\.link?.sequence) == [2, 2])
    #expect(promises.first?.link?.hash == store.held(.observations)[1].hash)
    var observations: [Durable<ObservationRecord>] = []
    try JournalReader(store).replayObservations(from: 2) { observations.append($0) }
    #expect(observations.map(\.record.kind) == ["two", "three"])
    #expect(observations.last?.link == JournalLink(sequence: 2, hash: store.held(.promises)[1].hash))
    // A second journal on the same store goes on where the first ended.
    let again = try Journal(open: store)
    _ = try again.append([.resumed(note: "c")], at: 1)
    #expect(try JournalReader(store).verify().promises.sequence == 3)
  }

  @Test func everyFlippedByteIsFound() throws {
    let store = try filled()
    for stream in JournalStream.allCases {
      let held = store.held(stream)
      for (index, entry) in held.enumerated() {
        for position in 0..<(entry.payload.count + 32 + 32 + 8 + 8) {
          var damaged = held
          damaged[index] = try flip(entry, position)
          store.overwrite(stream, with: damaged)
          #expect(throws: JournalFailure.self, "\(stream) \(entry.sequence) byte \(position)") {
            try JournalReader(store).verify()
          }
        }
      }
      store.overwrite(stream, with: held)
    }
    _ = try JournalReader(store).verify()
  }

  private func flip(_ entry: JournalEntry, _ position: Int) throws -> JournalEntry {
    var (payload, hash, previous) = (entry.payload, entry.hash.bytes, entry.previousHash.bytes)
    var (sequence, time) = (entry.sequence, entry.unixSeconds)
    var rest = position
    if rest < payload.count {
      payload[rest] ^= 0x01
    } else if case _ = rest -= payload.count, rest < 32 {
      hash[rest] ^= 0x01
    } else if case _ = rest -= 32, rest < 32 {
      previous[rest] ^= 0x01
    } else if case _ = rest -= 32, rest < 8 {
      sequence ^= 1 << UInt64(rest * 8)
    } else {
      time ^= 1 << UInt64((rest - 8) * 8)
    }
    return JournalEntry(
      stream: entry.stream, sequence: sequence, unixSeconds: time, payload: payload,
      previousHash: try Bytes32(bytes: previous), hash: try Bytes32(bytes: hash))
  }

  @Test func aForgedEntryWithAGoodHashOfItsOwnIsFoundByTheNextOrByTheOtherStream() throws {
    let store = try filled()
    for stream in JournalStream.allCases {
      let held = store.held(stream)
      for (index, entry) in held.enumerated() {
        let text = String(decoding: entry.payload, as: UTF8.self)
        let forgery =
          stream == .promises
          ? text.replacing("\"note\":\"", with: "\"note\":\"x") : text.replacing("0.01", with: "0.02")
        let forged = Array(forgery.utf8)
        #expect(forged != entry.payload)
        var entries = held
        entries[index] = JournalEntry(
          sealing: forged, stream: stream, sequence: entry.sequence, unixSeconds: entry.unixSeconds,
          previousHash: entry.previousHash)
        store.overwrite(stream, with: entries)
        // The newest observation is the one entry that nothing rests on yet.
        if stream == .observations, index == held.count - 1 { continue }
        #expect(throws: JournalFailure.self, "\(stream) \(entry.sequence)") { try JournalReader(store).verify() }
      }
      store.overwrite(stream, with: held)
    }
  }

  @Test func missingMovedAndRepeatedEntriesAreFound() throws {
    let store = try filled()
    let (promises, observations) = (store.held(.promises), store.held(.observations))
    let cases: [(JournalStream, [JournalEntry])] = [
      (.promises, []), (.promises, [promises[0]]), (.promises, [promises[1]]),
      (.promises, [promises[1], promises[0]]), (.promises, [promises[0], promises[0], promises[1]]),
      (.promises, observations), (.observations, promises), (.observations, []),
      (.observations, [observations[0]]), (.observations, [observations[1], observations[2]]),
      (.observations, [observations[0], observations[2]]),
    ]
    for (stream, entries) in cases {
      store.overwrite(stream, with: entries)
      #expect(throws: JournalFailure.self) { try JournalReader(store).verify() }
      store.overwrite(.promises, with: promises)
      store.overwrite(.observations, with: observations)
    }
  }

  /// Ten observations at 10, 20…, and a promise resting on each.
  private func tenfold() throws -> MemoryJournalStore {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    for number in 1...10 as ClosedRange<UInt64> {
      try journal.observe([observation("\(number)")], at: number * 10)
      _ = try journal.append([.resumed(note: "\(number)")], at: number * 10)
    }
    return store
  }

  @Test func aStartVerifiesTheNewestObservationsAndAllPromises() throws {
    let store = try tenfold()
    let (promises, observations) = (store.held(.promises), store.held(.observations))
    for (stream, held) in [(JournalStream.promises, promises), (.observations, observations)] {
      for index in held.indices {
        var damaged = held
        damaged[index] = try flip(held[index], 0)
        store.overwrite(stream, with: damaged)
        #expect(throws: JournalFailure.self) { try JournalReader(store).verify() }
        if stream == .observations, index < 6 {
          #expect(try Journal(open: store, newestObservations: 4).tails.observations.sequence == 10)
        } else {
          #expect(throws: JournalFailure.self, "\(stream) \(index)") {
            try Journal(open: store, newestObservations: 4)
          }
        }
      }
      store.overwrite(stream, with: held)
    }
    // It reads no more than it verifies, and goes on where the stream ends.
    let before = store.entriesRead
    let journal = try Journal(open: store, newestObservations: 4)
    #expect(store.entriesRead - before == 14)
    try journal.observe([observation("eleven")], at: 110)
    #expect(try JournalReader(store).verify().observations.sequence == 11)
    #expect(Journal.observationsVerifiedAtStart == 5_000)
  }

  @Test func aStreamThatWasCutIsFoundAtAStartAsFarAsItIsLookedAt() throws {
    let store = try tenfold()
    let held = store.held(.observations)
    for (kept, isFound) in [(held.suffix(4), false), (held.suffix(3), true), (held.dropLast(), true), ([], true)] {
      store.overwrite(.observations, with: Array(kept))
      #expect(throws: JournalFailure.self) { try JournalReader(store).verify() }
      if isFound {
        #expect(throws: JournalFailure.self, "\(kept.count)") { try Journal(open: store, newestObservations: 4) }
      } else {
        _ = try Journal(open: store, newestObservations: 4)
      }
    }
    // Forgotten in order, fewer than are looked at are held.
    store.overwrite(.observations, with: held)
    try Journal(open: store).pruneObservations(before: 85, at: 120)
    #expect(store.held(.observations).map(\.sequence) == [9, 10])
    #expect(try Journal(open: store, newestObservations: 4).tails.observations.sequence == 10)
  }

  @Test func pruningReadsLittleMoreThanItForgets() throws {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    try journal.observe((0..<700).map { observation("\($0)") }, at: 10)
    try journal.observe((0..<700).map { observation("\($0)") }, at: 20)
    var before = store.entriesRead
    #expect(try journal.pruneObservations(before: 10, at: 30) == nil)
    #expect(store.entriesRead - before <= 300)
    before = store.entriesRead
    #expect(try journal.pruneObservations(before: 15, at: 31) == 700)
    #expect(store.entriesRead - before <= 1_000)
    #expect(store.held(.observations).count == 700)
  }

  @Test func anObservationThatIsNoRecordOrOfAnotherFormatIsFound() throws {
    let cases: [(payload: String, isForeign: Bool)] = [
      (#"{"format":3,"record":{}}"#, true), (#"{"format":0,"record":{}}"#, true), (#"{"format":1}"#, false),
      (#"{"record":{}}"#, false), ("[]", false),
      (#"{"format":1,"link":{"sequence":1},"record":{}}"#, false),
      (#"{"format":1,"link":{"hash":"0x","sequence":1},"record":{}}"#, false),
      (#"{"format":1,"link":{"hash":"\#(Bytes32.zero)","sequence":-1},"record":{}}"#, false),
      (#"{"format":1,"link":{"hash":"\#(Bytes32.zero)","sequence":1},"record":{}}"#, false),
    ]
    for (payload, isForeign) in cases {
      let store = MemoryJournalStore()
      store.overwrite(
        .observations,
        with: [
          JournalEntry(
            sealing: Array(payload.utf8), stream: .observations, sequence: 1, unixSeconds: 1,
            previousHash: JournalEntry.genesis(of: .observations))
        ])
      #expect { try JournalReader(store).verify() } throws: {
        switch $0 as? JournalFailure {
        case .foreignFormat: isForeign
        case .corrupt: !isForeign
        default: false
        }
      }
    }
  }

  @Test func observationsCanBeForgottenAndTheChainHoldsOn() throws {
    let store = try filled()
    let journal = try Journal(open: store)
    #expect(try journal.pruneObservations(before: 5, at: 40) == nil)
    #expect(try journal.pruneObservations(before: 15, at: 41) == 1)
    #expect(store.held(.observations).map(\.sequence) == [2, 3])
    #expect(try JournalReader(store).verify().firstObservation == 2)
    // The newest is kept, whatever its age, so that what is written next has something to rest on.
    #expect(try journal.pruneObservations(before: 1_000, at: 42) == 2)
    #expect(store.held(.observations).map(\.sequence) == [3])
    try Journal(open: store).observe([observation("four")], at: 43)
    #expect(try JournalReader(store).verify().observations.sequence == 4)
    // A crash between the note and the forgetting leaves more than the note says, and that is sound.
    let full = try filled()
    let before = full.held(.observations)
    try Journal(open: full).pruneObservations(before: 25, at: 44)
    full.overwrite(.observations, with: before)
    #expect(try JournalReader(full).verify().firstObservation == 1)
    // Cutting more than was noted is not.
    full.overwrite(.observations, with: [before[1], before[2]])
    #expect(throws: JournalFailure.self) { try JournalReader(full).verify() }
  }

  @Test func afterAFailedWriteNothingMoreIsWritten() throws {
    for fault in [MemoryJournalStore.Fault.crashBefore, .crashAfter, .full] {
      let store = MemoryJournalStore()
      let journal = try Journal(open: store)
      _ = try journal.append([.resumed(note: "a")], at: 1)
      store.inject(fault, atAppend: 1)
      #expect(throws: JournalFailure.self) { try journal.append([.resumed(note: "b")], at: 2) }
      #expect { try journal.append([.resumed(note: "c")], at: 3) } throws: {
        guard case JournalFailure.closed = $0 else { return false }
        return true
      }
      let again = try Journal(open: store)
      #expect(again.tails.promises.sequence == (fault == .crashAfter ? 2 : 1))
    }
  }

  /// A promise that a restart would not find is none, also as long as the process lives.
  @Test func whatTheJournalDidNotTakeIsNotRemembered() throws {
    for fault in [MemoryJournalStore.Fault.crashBefore, .full] {
      let store = MemoryJournalStore()
      var desk = try Desk(store: store)
      store.inject(fault, atAppend: 0)
      let before = desk.outbox.state
      let evidence = try Make.evidence(Make.head(100), minedNonce: 7)
      let record = try desk.outbox.reserve(try Make.intent(), fees: Make.fees, evidence: evidence, now: desk.now)
      #expect(throws: OutboxError.self) { try desk.commit([record]) }
      #expect(desk.outbox.state == before)
    }
  }

  @Test func aSecondWriterIsRefusedByTheStore() throws {
    let store = MemoryJournalStore()
    let (one, two) = (try Journal(open: store), try Journal(open: store))
    _ = try one.append([.resumed(note: "one")], at: 1)
    #expect(throws: JournalFailure.sequenceTaken(stream: .promises, sequence: 1)) {
      try two.append([.resumed(note: "two")], at: 1)
    }
  }

  @Test func aFormatFromTheFutureIsNamed() throws {
    let store = MemoryJournalStore()
    let payload = Array(#"{"format":3,"record":{"unheardOf":{"note":"x"}}}"#.utf8)
    store.overwrite(
      .promises,
      with: [
        JournalEntry(
          sealing: payload, stream: .promises, sequence: 1, unixSeconds: 1,
          previousHash: JournalEntry.genesis(of: .promises))
      ])
    #expect { try JournalReader(store).verify() } throws: {
      guard case JournalFailure.foreignFormat = $0 else { return false }
      return true
    }
  }

  @Test func aRecordThatCannotFollowIsRefusedBeforeItIsWritten() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let before = (desk.outbox.state, desk.store.held(.promises).count)
    let inclusion = Inclusion.of(sent, in: Make.head(101))
    let id = sent.intentID
    let impossible: [PromiseRecord] = [
      .reserved(intent: try Make.intent(), nonce: 8, fees: Make.fees),
      .reserved(intent: try Make.intent("new"), nonce: 9, fees: Make.fees),
      .reserved(intent: try Make.intent("new"), nonce: 7, fees: Make.fees),
      .released(intentID: id, reason: "no"), .released(intentID: .zero, reason: "no"),
      .submitted(intentID: id, transactionHash: .zero, answers: [], head: Make.head(1)),
      .submitted(intentID: id, transactionHash: sent.hash, answers: [], head: Make.head(1)),
      .unmined(intentID: id, inclusion: inclusion, canonicalHash: .zero, seen: Make.head(102)),
      .settled(intentID: id, outcome: .served(inclusion: inclusion), seen: Make.head(102)),
      .nonceDoubtLifted(lane: try Make.lane(), nonce: 7, seen: Make.head(102)),
      .orderPlaced(intentID: id, keys: [.zero]),
      .orderOutcome(key: .zero, note: OrderNote(state: "x", isFinal: true, isFailure: true)),
      .signed(
        intentID: id,
        attempt: AttemptRecord(
          kind: .first, transactionHash: sent.hash, raw: Octets(sent.raw), head: Make.head(101))),
      .signed(
        intentID: id,
        attempt: AttemptRecord(
          kind: .feeBump, transactionHash: sent.hash, raw: Octets(sent.raw), head: Make.head(101))),
      .signed(
        intentID: id,
        attempt: AttemptRecord(kind: .feeBump, transactionHash: sent.hash, raw: Octets([1]), head: Make.head(101))),
    ]
    for record in impossible {
      #expect(throws: OutboxError.self, "\(record.name)") { try desk.commit([.resumed(note: "first"), record]) }
      #expect(desk.outbox.state == before.0)
      #expect(desk.store.held(.promises).count == before.1)
    }
  }

  /// What version 1 wrote is read as it was meant, and the journal goes on in the present form.
  @Test func aJournalOfTheFirstFormatGoesOn() throws {
    let intent = try Make.intent()
    // As version 1 wrote it: without the fields that came later.
    var members = try #require(try JSON.parse(try JSONCoding.encode(intent)).object)
    for later in ["turnover", "nativePrice", "route", "urgency", "expectation"] { members[later] = nil }
    let fees = try JSON.parse(try JSONCoding.encode(Make.fees))
    let reserved: JSON = ["reserved": ["fees": fees, "intent": .object(members), "nonce": 7]]
    let note: JSON = [
      "orderOutcome": [
        "key": .string("\(Bytes32.zero)"), "note": ["figures": [], "isFailure": true, "isFinal": true, "state": "s"],
      ]
    ]
    let store = MemoryJournalStore()
    let payload = JSON.object(["format": 1, "record": reserved]).encoded()
    let first = JournalEntry(
      sealing: payload, stream: .promises, sequence: 1, unixSeconds: 5,
      previousHash: JournalEntry.genesis(of: .promises))
    store.overwrite(.promises, with: [first])
    _ = try JournalReader(store).verify()
    var desk = try Desk(store: store)
    #expect(try desk.promise.intent == intent)
    #expect(try desk.promise.intent.route == .public)
    try desk.sign(try #require(desk.outbox.firstReservation(intent.id, head: Make.head(100))))
    #expect(store.held(.promises)[1].payload.starts(with: Array(#"{"format":2,"#.utf8)))
    #expect(try JournalReader(store).verify().promises.sequence == 2)
    #expect(try Desk(store: store).outbox.state == desk.outbox.state)
    let old = try PromiseRecord(decoding: JSON.object(["format": 1, "record": note]).encoded())
    #expect(old == .orderOutcome(key: .zero, note: OrderNote(state: "s", isFinal: true, isFailure: true)))
  }

  /// The written form is a promise to every later version: a change here needs a new format number.
  @Test func theWrittenFormOfEveryRecordStays() throws {
    let records: [(PromiseRecord, String)] = [
      (.resumed(note: "n"), #"{"resumed":{"note":"n"}}"#),
      (
        .clockBounded(
          lane: LaneID(chainID: 1, sender: try Make.address(1)), seen: HeadMark(number: 1, hash: .zero, timestamp: 2)),
        #"{"clockBounded":{"lane":{"chainID":1,"sender":"0x0101010101010101010101010101010101010101"},"#
          + #""seen":{"hash":"Z","number":1,"timestamp":2}}}"#
      ),
      (
        .laneAdvanced(
          lane: LaneID(chainID: 1, sender: try Make.address(1)), nextNonce: 3,
          seen: HeadMark(number: 1, hash: .zero, timestamp: 2)),
        #"{"laneAdvanced":{"lane":{"chainID":1,"sender":"0x0101010101010101010101010101010101010101"},"#
          + #""nextNonce":3,"seen":{"hash":"Z","number":1,"timestamp":2}}}"#
      ),
      (
        .halted(halt: .lossLimit(vault: "v", chainID: 1, drawdownUsd: 3, limitUsd: 2)),
        #"{"halted":{"halt":{"lossLimit":{"chainID":1,"drawdownUsd":"3","limitUsd":"2","vault":"v"}}}}"#
      ),
      (
        .orderOutcome(
          key: .zero,
          note: OrderNote(
            state: "s", isFinal: false, isFailure: true, updatedAt: 4, shortfall: -5, feesUsd: 6)),
        #"{"orderOutcome":{"key":"Z","note":{"feesUsd":"6","figures":[],"isFailure":true,"isFinal":false,"#
          + #""shortfall":"-5","state":"s","updatedAt":4}}}"#
      ),
      (.released(intentID: .zero, reason: "r"), #"{"released":{"intentID":"Z","reason":"r"}}"#),
      (.halted(halt: .byOperator(note: "n")), #"{"halted":{"halt":{"byOperator":{"note":"n"}}}}"#),
      (
        .halted(halt: .byOperator(note: "n", cancelsOrders: true)),
        #"{"halted":{"halt":{"byOperator":{"cancelsOrders":true,"note":"n"}}}}"#
      ),
      (.observationsPruned(through: 3, hash: .zero), #"{"observationsPruned":{"hash":"Z","through":3}}"#),
      (.orderPlaced(intentID: .zero, keys: [.zero]), #"{"orderPlaced":{"intentID":"Z","keys":["Z"]}}"#),
      (
        .orderOutcome(key: .zero, note: OrderNote(state: "s", isFinal: true, isFailure: false)),
        #"{"orderOutcome":{"key":"Z","note":{"figures":[],"isFailure":false,"isFinal":true,"state":"s"}}}"#
      ),
      (
        .signed(
          intentID: .zero,
          attempt: AttemptRecord(
            kind: .noOp, transactionHash: .zero, raw: Octets([1, 255]),
            head: HeadMark(number: .max, hash: .zero, timestamp: 2))),
        #"{"signed":{"attempt":{"head":{"hash":"Z","number":18446744073709551615,"timestamp":2},"kind":"noOp","#
          + #""raw":"0x01ff","transactionHash":"Z"},"intentID":"Z"}}"#
      ),
      (
        .submitted(
          intentID: .zero, transactionHash: .zero,
          answers: [
            EndpointAnswer(endpoint: "a", submission: .accepted),
            EndpointAnswer(endpoint: "b", submission: .rejected(.nonceTooLow)),
            EndpointAnswer(endpoint: "c", submission: .maybeAccepted(why: "w")),
          ], head: HeadMark(number: 1, hash: .zero, timestamp: 2)),
        #"{"submitted":{"answers":[{"endpoint":"a","submission":{"accepted":{}}},{"endpoint":"b","submission":"#
          + #"{"rejected":{"reason":"nonceTooLow"}}},{"endpoint":"c","submission":{"maybeAccepted":{"why":"w"}}}],"#
          + #""head":{"hash":"Z","number":1,"timestamp":2},"intentID":"Z","transactionHash":"Z"}}"#
      ),
      (
        .settled(
          intentID: .zero,
          outcome: .reverted(
            inclusion: Inclusion(
              transactionHash: .zero, blockNumber: 1, blockHash: .zero, succeeded: false, gasUsed: 2,
              effectiveGasPriceWei: 3)), seen: HeadMark(number: 1, hash: .zero, timestamp: 2)),
        #"{"settled":{"intentID":"Z","outcome":{"reverted":{"inclusion":{"blockHash":"Z","blockNumber":1,"#
          + #""effectiveGasPriceWei":"3","gasUsed":2,"succeeded":false,"transactionHash":"Z"}}},"#
          + #""seen":{"hash":"Z","number":1,"timestamp":2}}}"#
      ),
    ]
    for (record, expected) in records {
      let written = try JSONCoding.encode(record)
      #expect(String(decoding: written, as: UTF8.self).replacing("\(Bytes32.zero)", with: "Z") == expected)
      #expect(try JSONCoding.decode(PromiseRecord.self, from: written) == record)
    }
  }
}
