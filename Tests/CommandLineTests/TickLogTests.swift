import Decision
import Testing

@testable import vaultkeeper

@Suite struct TickLogTests {
  /// Alarms are set on warnings: exactly these refusals are one, every other is a quiet day.
  @Test func refusalsThatNeedAPersonAreWarnings() {
    let codes = Refusal.allCodes.map(\.code)
    #expect(
      codes.filter { TickLog.needsPerson(refusal: $0) } == ["halted", "callInDoubt", "roleMissing", "policyDenied"])
    #expect(!TickLog.needsPerson(refusal: "somethingElse"))
  }
}
