import Decision
import Ethereum
import Outbox
import Testing

@testable import Keeper

/// Which alarms are told, and when. Time is what the tests say.
@Suite struct AlarmBookTests {
  private func at(_ seconds: UInt64) -> Moment {
    Moment(unixSeconds: 1_700_000_000 + seconds, monotonicMilliseconds: 5_000 + seconds * 1000)
  }

  private func book(_ kinds: [AlarmKind] = AlarmKind.allCases) -> AlarmBook {
    AlarmBook(
      AlarmPolicy(
        kinds: kinds, refusalStreak: 3, lowBalanceWei: UInt256(100), noCompletedTickMilliseconds: 60_000,
        repeatMilliseconds: 600_000), vaults: ["v", "w"], startedAt: at(0))
  }

  private func report(
    _ ending: TickReport.Ending, _ code: String, vault: String = "v", halts: [Halt] = []
  ) -> TickReport {
    var report = TickReport(vault: vault, chain: "c", startedAtUnixSeconds: 1)
    report.end(ending, code, "words")
    report.note(halts: halts)
    return report
  }

  private func names(_ notices: [AlarmNotice]) -> [String] {
    notices.map { "\($0.kind.rawValue) \($0.phase.rawValue) \($0.subject)" }
  }

  @Test func aHaltIsToldOnceThenEachRepeatThenWhenItIsOver() {
    var book = book([.halt])
    let halted = report(.refused, "halted", halts: [.byOperator(note: "stop")])
    #expect(names(book.ticked(halted, now: at(1))) == ["halt raised byOperator"])
    #expect(book.ticked(halted, now: at(2)).isEmpty && book.looked(now: at(600)).isEmpty)
    #expect(names(book.looked(now: at(601))) == ["halt repeated byOperator"])
    let two = report(
      .refused, "halted", halts: [.byOperator(note: "stop"), .wrongChain(expected: 1, found: 2, endpoint: "a")])
    #expect(names(book.ticked(two, now: at(602))) == ["halt raised wrongChain"])
    let over = book.ticked(report(.refused, "insideBand"), now: at(603))
    #expect(names(over) == ["halt cleared byOperator", "halt cleared wrongChain"])
    #expect(over.allSatisfy { $0.text.hasPrefix("over: ") })
    #expect(book.raised.isEmpty)
  }

  /// One that comes and goes does not page every minute, and none is lost.
  @Test func flappingIsToldAtMostOnceEachRepeat() {
    var book = book([.halt])
    let halted = report(.refused, "halted", halts: [.byOperator(note: "stop")])
    let fine = report(.refused, "insideBand")
    #expect(names(book.ticked(halted, now: at(1))) == ["halt raised byOperator"])
    #expect(names(book.ticked(fine, now: at(2))) == ["halt cleared byOperator"])
    for second in stride(from: UInt64(3), to: 599, by: 2) {
      #expect(book.ticked(halted, now: at(second)).isEmpty)
      #expect(book.ticked(fine, now: at(second + 1)).isEmpty)
    }
    #expect(book.ticked(halted, now: at(600)).isEmpty)
    let told = book.looked(now: at(601))
    #expect(names(told) == ["halt raised byOperator"] && told.first?.sinceUnixSeconds == 1_700_000_600)
  }

  @Test func aStreakCountsWhatStandsInTheWayAndNothingElse() {
    var book = book([.refusalStreak])
    #expect(book.ticked(report(.refused, "gasPriceAboveCeiling"), now: at(1)).isEmpty)
    #expect(book.ticked(report(.refused, "oracleStale"), now: at(2)).isEmpty)
    // A look that failed and a halt say nothing about what stood in the way.
    #expect(book.ticked(report(.missed, "everywhere"), now: at(3)).isEmpty)
    #expect(book.ticked(report(.refused, "halted"), now: at(3)).isEmpty)
    #expect(book.ticked(report(.refused, "oracleStale", vault: "w"), now: at(3)).isEmpty, "each vault for itself")
    #expect(names(book.ticked(report(.refused, "chainBehind"), now: at(4))) == ["refusalStreak raised v"])
    #expect(names(book.ticked(report(.acted, "placeLimit"), now: at(5))) == ["refusalStreak cleared v"])
    for code in ["insideBand", "orderResting", "orderPending", "callInFlight", "belowMinimumClip", "laneOccupied"] {
      for second in UInt64(10)...20 { #expect(book.ticked(report(.refused, code), now: at(second)).isEmpty, "\(code)") }
    }
  }

  /// The list that docs/operating.md gives.
  @Test func ordinaryRefusals() {
    #expect(
      Refusal.allCodes.map(\.code).filter { AlarmBook.isOrdinary($0) }
        == [
          "halted", "callInFlight", "orderPending", "orderResting", "insideBand", "sliceNotDue", "belowMinimumClip",
        ])
    #expect(!AlarmBook.isOrdinary("somethingNew"))
  }

  @Test func ticksThatEndWithoutAJudgementAreNoCompletedTicks() {
    var book = book([.noCompletedTick])
    #expect(book.looked(now: at(59)).isEmpty)
    #expect(book.ticked(report(.refused, "insideBand", vault: "w"), now: at(50)).isEmpty)
    #expect(names(book.ticked(report(.missed, "everywhere"), now: at(60))) == ["noCompletedTick raised v"])
    #expect(names(book.looked(now: at(110))) == ["noCompletedTick raised w"])
    #expect(names(book.ticked(report(.refused, "halted"), now: at(111))) == ["noCompletedTick cleared v"])
  }

  @Test func onlyWhatIsAskedForIsTold() {
    var book = book([.journal])
    #expect(book.ticked(report(.refused, "halted", halts: [.byOperator(note: "x")]), now: at(1)).isEmpty)
    #expect(book.looked(now: at(1_000)).isEmpty)
    #expect(names(book.failed(.unwritable(what: "no room"), now: at(1_001))) == ["journal raised journal"])
  }

  @Test func aNoticeIsJSONOfABoundedLength() {
    let notice = AlarmNotice(
      kind: .halt, phase: .raised, subject: "byOperator", text: String(repeating: "\u{1F510}", count: 100_000),
      sinceUnixSeconds: 1, atUnixSeconds: .max)
    let bytes = notice.json(keeper: .zero, version: "0.1.0").encoded()
    #expect(bytes.count < 60_000)
    #expect(String(decoding: bytes.prefix(30), as: UTF8.self).hasPrefix(#"{"alarm":"halt","atUnixSeconds"#))
  }
}
