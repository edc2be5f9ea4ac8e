import Contracts
import Ethereum
import Outbox
import Simulation
import Testing

@testable import Decision
@testable import Keeper

/// What aims remember, through ticks, restarts, replays and shadows.
@Suite struct AimMemoryTests {
  private static func policy(_ target: Target) throws -> Policy {
    try Policy(
      target: target,
      band: .fixed(FixedBand(width: Ratio(decimal: "0.01"), of: .netAssetValue, reset: .centre)),
      minimumClip: Usd(decimal: "50"), maximumClip: Usd(decimal: "20000"), orders: OrderPreference(),
      priceBound: Ratio(decimal: "0.01"), leverage: Ratio(decimal: "3"))
  }

  private static func ratchet(_ share: String = "0.8") throws -> Target {
    .insured(CPPIRule(floor: .ratcheted(CPPIRule.Ratchet(share: try Ratio(decimal: share)))))
  }

  private static func marks(_ store: any JournalSource) throws -> [AimMark] {
    var marks: [AimMark] = []
    try JournalReader(store).replayTicks { (tick) throws(JournalFailure) in
      if let mark = tick.readableReport?.mark { marks.append(mark) }
    }
    return marks
  }

  /// Days of ticks with restarts in them: the peak never falls, and every judgement comes out again from the records.
  @Test(arguments: ["ratchet", "carry"]) func whatIsRememberedIsRecorded(kind: String) throws {
    let target =
      kind == "carry" ? Target.carry(CarryRule(horizonSeconds: 7_200, averageSeconds: 600)) : try Self.ratchet()
    let (store, world) = try ReplayTests.written(700, seed: 31, policy: Self.policy(target))
    let summary = try ReplayTests.replay(store)
    #expect(summary.first == nil, "\(summary.first.map { "\($0)" } ?? "")")
    #expect(summary.different == 0 && summary.compared > 600)
    let marks = try Self.marks(store)
    #expect(marks.count > 650)
    // A restart begins where the last process ended.
    #expect(try AimMemory(of: [world.vault], from: JournalReader(store)).mark(of: "eth") == marks.last)
    #expect(world.aims.mark(of: "eth") == marks.last)
    if kind == "carry" {
      #expect(marks.last?.carry?.watchedSeconds ?? 0 >= 600)
    } else {
      let peaks = marks.compactMap { $0.peak?.worth }
      #expect(peaks == peaks.sorted() && Set(peaks).count > 5)
      // No peak that two judgements in a row have not seen.
      let worths = marks.map(\.worth)
      let seenTwice = zip(worths, worths.dropFirst()).map { min($0, $1) }.max()
      #expect(peaks.last == seenTwice)
    }
  }

  @Test func aMemberIsWrittenAndReadBackAsItsCoderWould() throws {
    var circumstances = try #require(try Self.someInputs()).circumstances
    #expect(try JSON(encoding: circumstances).object?["aims"] == nil)
    let mark = AimMark(
      atSeconds: 7, worth: try Usd(decimal: "1.5"), shares: 9,
      peak: PeakMark(worth: try Usd(decimal: "2"), shares: 8, sinceSeconds: 3),
      carry: CarryMark(isOn: true, averageFunding: try Ratio(decimal: "-0.01"), watchedSeconds: 5))
    for state in [
      AimState(last: mark), AimState(portfolio: [MemberWorth(vault: "b", worth: .zero, atSeconds: 1)]),
      AimState(last: AimMark(atSeconds: 1, worth: .zero), portfolio: []),
    ] {
      circumstances.aims = state
      let written = try JSON(encoding: circumstances)
      #expect(try JSON.parse(JSONCoding.encode(circumstances)) == written)
      #expect(try JSONCoding.decode(Circumstances.self, from: written.encoded()) == circumstances)
    }
  }

  private static func someInputs() throws -> TickInputs? {
    let (store, _) = try ReplayTests.written(3, seed: 21)
    var found: TickInputs?
    try JournalReader(store).replayTicks { (tick) throws(JournalFailure) in
      do { found = try tick.inputs() ?? found } catch { Issue.record("\(error)") }
    }
    return found
  }

  /// The shadow's own aim remembers by itself: what was recorded had no memory at all.
  @Test func aShadowHasItsOwnMemory() throws {
    let (store, world) = try ReplayTests.written(200, seed: 33)
    let old = world.vault
    let vault = try TickWorld.vault(policy: Self.policy(Self.ratchet("0.9")))
    #expect(old.policy != vault.policy)
    var shadow = Shadow([ShadowVault(vault: vault, chain: World.chain(endpoints: ["a"]))])
    try JournalReader(store).replayObservations { (durable) throws(JournalFailure) in
      do throws(ShadowRefusal) { try shadow.look(at: durable) } catch { Issue.record("\(error)") }
    }
    #expect(shadow.summary.compared > 150 && shadow.summary.different > 0)
    let mark = try #require(shadow.aims.mark(of: "eth"))
    #expect((mark.peak?.worth ?? .zero) >= mark.worth)
  }

  @Test func aTickWithoutAMarkCarriesTheLastOneOn() throws {
    var memory = AimMemory()
    func report(_ mark: AimMark?) -> TickReport {
      var report = TickReport(vault: "eth", chain: "scripted", startedAtUnixSeconds: 1)
      report.note(lastMark: mark)
      return report
    }
    memory.add(report(nil))
    #expect(memory.mark(of: "eth") == nil)
    let first = AimMark(atSeconds: 10, worth: .zero)
    memory.add(report(first))
    // A second judgement at the same block is no second look.
    memory.add(report(AimMark(atSeconds: 10, worth: try Usd(decimal: "5"))))
    memory.add(report(AimMark(atSeconds: 9, worth: try Usd(decimal: "6"))))
    memory.add(report(nil))
    #expect(memory.mark(of: "eth") == first)
    let vault = try TickWorld.vault(policy: TickWorld.policy())
    #expect(memory.state(for: vault) == .none)
    let insured = try TickWorld.vault(policy: Self.policy(Self.ratchet()))
    #expect(memory.state(for: insured) == AimState(last: first))
  }
}
