import Contracts
import Ethereum
import Foundation
import Outbox
import Simulation
import TestSupport
import Testing

@testable import Decision
@testable import Keeper

/// Ticks of a scripted world, recorded as the keeper records them, and judged again from the records alone.
@Suite struct ReplayTests {
  /// As many ticks as a test can wait for in a debug build: more than one key frame's worth. VAULTKEEPER_REPLAY_TICKS
  /// asks for another number.
  private static let tickCount =
    ProcessInfo.processInfo.environment["VAULTKEEPER_REPLAY_TICKS"].flatMap { Int($0) } ?? 700

  static func written(_ count: Int, seed: UInt64 = 1, policy: Policy? = nil) throws -> (MemoryJournalStore, TickWorld) {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    var world = try TickWorld(seed: seed, policy: policy)
    for index in 0..<count {
      // Now and then the process ends and starts again, as processes do.
      if index > 0, index.isMultiple(of: 651) { try world.restart(from: journal.reader) }
      try world.tick(into: journal)
    }
    return (store, world)
  }

  static func replay(_ store: any JournalSource) throws -> ReplaySummary {
    var replay = Replay()
    try JournalReader(store).replayObservations { (durable) throws(JournalFailure) in replay.look(at: durable) }
    return replay.summary
  }

  @Test func everyDecisionComesOutAgain() throws {
    let (store, world) = try Self.written(Self.tickCount)
    let summary = try Self.replay(store)
    #expect(summary.first == nil, "\(summary.first.map { "\($0)" } ?? "")")
    #expect(summary.different == 0 && summary.beforeFrame == 0)
    #expect(summary.compared > Self.tickCount * 9 / 10)
    #expect(summary.unjudged > 0)
    // The world must not be a dull one, or the test says little.
    for code in ["insideBand", "placeLimit", "orderResting", "callInFlight", "halted", "everywhere"] {
      #expect(world.codes[code, default: 0] > 0, "no tick ended with \(code): \(world.codes)")
    }
    try Self.export(store)
    // What a tick costs on disk: quiet ones, and all of them with their share of the key frames.
    let sizes = store.held(.observations).map(\.payload.count)
    // This world's oracle answers anew at most ticks; the tenth of them in which it does not are what a quiet day is.
    let (mean, quiet) = (sizes.reduce(0, +) / sizes.count, sizes.sorted()[sizes.count / 10])
    print("\(summary.compared) decisions, \(sizes.reduce(0, +)) bytes: \(mean) a tick, \(quiet) a quiet one")
    print(world.codes.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    #expect(quiet < 1_000 && mean < 2_000)
  }

  /// Into the file that VAULTKEEPER_REPLAY_EXPORT names, for the program to read.
  private static func export(_ store: MemoryJournalStore) throws {
    guard let path = ProcessInfo.processInfo.environment["VAULTKEEPER_REPLAY_EXPORT"] else { return }
    var text: [UInt8] = []
    for entry in store.held(.observations) { text += JournalExport.line(entry) + [UInt8(ascii: "\n")] }
    try Data(text).write(to: URL(fileURLWithPath: path))
  }

  @Test func theReportIsReadBackAsItWas() throws {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    var recorder = try TickRecorder(TickWorld.vault(policy: TickWorld.policy()))
    var reports: [TickReport] = []
    for index in 0..<5 as Range<UInt64> {
      var report = TickReport(vault: "eth", chain: "scripted", startedAtUnixSeconds: 1_700_000_000 + index)
      if index != 2 { report.note(head: HeadMark(number: index, hash: World.hash(1), timestamp: index), price: nil) }
      report.note(event: "settled", "number \(index)")
      report.end(.refused, "insideBand", "tick \(index)")
      reports.append(report)
      try journal.observe(
        [recorder.record(report, history: PriceHistory(), configurationHash: World.hash(2))], at: 1_700_000_000)
    }
    var read: [TickReport] = []
    try journal.reader.replayTicks { (tick) throws(JournalFailure) in read += tick.readableReport.map { [$0] } ?? [] }
    #expect(read == reports)
  }

  @Test func aPrunedJournalBeginsAtItsFirstKeyFrame() throws {
    let (store, _) = try Self.written(TickRecorder.frameInterval + 40, seed: 2)
    try store.pruneObservations(through: 10)
    let summary = try Self.replay(store)
    #expect(summary.beforeFrame > 500 && summary.compared > 20)
    #expect(summary.first == nil, "\(summary.first.map { "\($0)" } ?? "")")
  }

  @Test func aChangedFigureIsFound() throws {
    let (store, _) = try Self.written(30, seed: 3)
    let changed = MemoryJournalStore()
    let journal = try Journal(open: changed)
    try JournalReader(store).replayObservations { (durable) throws(JournalFailure) in
      let old = durable.record
      // 0.3 of net asset value is what the recorded policy asks for.
      let text = old.report.text.replacingOccurrences(
        of: #""fractionOfNetAssetValue":{"_0":"0.3"}"#, with: #""fractionOfNetAssetValue":{"_0":"0.31"}"#)
      let report: JSON
      do { report = try JSON.parse(Array(text.utf8)) } catch { throw .unencodable(what: "\(error)") }
      try journal.observe(
        [
          ObservationRecord(
            kind: old.kind, configurationHash: old.configurationHash, head: old.head, report: report)
        ], at: durable.unixSeconds)
    }
    let summary = try Self.replay(changed)
    #expect(summary.different > 20)
    #expect(summary.first?.stage == "assessment" && summary.first?.name == "target")
  }

  /// Records are not believed: whatever stands in them, a replay and a shadow run end, and say what they could not
  /// read.
  @Test func hostileRecordsNeverTrap() throws {
    let (store, world) = try Self.written(25, seed: 4)
    var draws = Draws(seed: 5)
    let records = try Self.records(store)
    let shadowed = ShadowVault(vault: world.vault, chain: World.chain(endpoints: ["a"]))
    for _ in 0..<20 {
      let journal = try Journal(open: MemoryJournalStore())
      for record in records {
        let report = draws.next() % 8 == 0 ? draws.mutation(of: record.report) : record.report
        try journal.observe(
          [
            ObservationRecord(
              kind: record.kind, configurationHash: record.configurationHash, head: record.head, report: report)
          ], at: 1)
      }
      var replay = Replay()
      var shadow = Shadow([shadowed])
      try journal.reader.replayObservations { (durable) throws(JournalFailure) in
        replay.look(at: durable)
        do throws(ShadowRefusal) { try shadow.look(at: durable) } catch { #expect(!error.description.isEmpty) }
      }
      let summary = replay.summary
      #expect(summary.compared + summary.unjudged + summary.beforeFrame + summary.different + summary.others > 0)
    }
  }

  static func records(_ store: any JournalSource) throws -> [ObservationRecord] {
    var records: [ObservationRecord] = []
    try JournalReader(store).replayObservations { (durable) throws(JournalFailure) in records.append(durable.record) }
    return records
  }
}

@Suite struct ShadowTests {
  private static func shadow(_ store: any JournalSource, _ vault: VaultSettings) throws -> ShadowSummary {
    var shadow = Shadow([ShadowVault(vault: vault, chain: World.chain(endpoints: ["a"]))])
    var refusal: ShadowRefusal?
    try JournalReader(store).replayObservations { (durable) throws(JournalFailure) in
      do throws(ShadowRefusal) { try shadow.look(at: durable) } catch { refusal = error }
    }
    if let refusal { throw refusal }
    return shadow.summary
  }

  @Test func aWiderBandActsLess() throws {
    let (store, world) = try ReplayTests.written(300, seed: 6)
    let same = try Self.shadow(store, world.vault)
    #expect(same.different == 0 && same.compared > 250 && same.recorded == same.shadow)
    #expect(same.recorded.acts > 0 && same.recorded.turnover.isPositive && same.recorded.costWei != .zero)

    let wide = try TickWorld.vault(policy: TickWorld.policy(width: "0.5"))
    let other = try Self.shadow(store, wide)
    #expect(other.compared == same.compared && other.different > 0)
    #expect(other.shadow.ticks < other.recorded.ticks)
    #expect(other.cases.count == min(other.different, ShadowSummary.caseLimit))
    #expect(other.exchanges.map(\.count).reduce(0, +) == other.different)
  }

  @Test func whatWasNotReadIsRefused() throws {
    let (store, world) = try ReplayTests.written(3, seed: 7)
    let old = world.vault
    let feed = ChainlinkFeed(address: TickWorld.address(0x77), limits: old.priceFeed.limits)
    let other = VaultSettings(
      name: old.name, account: old.account, venue: old.venue, reader: old.reader, priceFeed: feed,
      quoteFeed: old.quoteFeed, sequencerFeed: old.sequencerFeed, policy: old.policy, attemptLimit: old.attemptLimit)
    #expect(throws: ShadowRefusal.self) { try Self.shadow(store, other) }
    let reader = VaultReader(holder: old.reader.holder, tokens: [TickWorld.ether], erc4626: nil, pausable: nil)
    let poorer = VaultSettings(
      name: old.name, account: old.account, venue: old.venue, reader: reader, priceFeed: old.priceFeed,
      quoteFeed: old.quoteFeed, sequencerFeed: old.sequencerFeed, policy: old.policy, attemptLimit: old.attemptLimit)
    #expect(throws: ShadowRefusal.self) { try Self.shadow(store, poorer) }
  }
}

/// Chance, and JSON made of it.
struct Draws {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed) }

  mutating func next() -> UInt64 { random.next() }

  mutating func json(depth: Int = 3) -> JSON {
    switch next() % (depth > 0 ? 8 : 6) {
    case 0: return .null
    case 1: return .bool(next() % 2 == 0)
    case 2: return .integer(Int64(next() % 5))
    case 3:
      return .string(
        ["a", "0", "-1", "115792089237316195423570985008687907853269984665640564039457584007913129639935"][
          Int(next() % 4)])
    case 4: return .integer([.min, .max, -1, 0][Int(next() % 4)])
    case 5: return .number(0.5)
    case 6: return .array((0..<Int(next() % 4)).map { _ in json(depth: depth - 1) })
    default:
      let keys = ["a", "b", "value", "0", "1"]
      return .object(
        JSONObject((0..<Int(next() % 4)).map { _ in (keys[Int(next() % 5)], json(depth: depth - 1)) }))
    }
  }

  /// The value with one place in it changed.
  mutating func mutation(of value: JSON) -> JSON {
    switch value {
    case .object(let object) where object.count > 0 && next() % 8 != 0:
      var changed = object
      let member = object.members[Int(next() % UInt64(object.count))]
      changed[member.key] = next() % 12 == 0 ? nil : mutation(of: member.value)
      return .object(changed)
    case .array(let elements) where !elements.isEmpty && next() % 8 != 0:
      var changed = elements
      let index = Int(next() % UInt64(elements.count))
      changed[index] = mutation(of: elements[index])
      return .array(changed)
    default:
      return json()
    }
  }
}
