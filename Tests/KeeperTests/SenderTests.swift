import Ethereum
import Outbox
import Testing

@testable import Keeper

/// What each kind of reply to a submission means. The rule: only words we know are a refusal; all else may have
/// been taken.
@Suite struct SenderTests {
  private let sent = World.hash(1)

  private func body(_ text: String) -> Reply { .answer(status: 200, body: Array(text.utf8), retryAfterSeconds: nil) }

  @Test func itsOwnHashIsAcceptance() {
    #expect(Submission(body(#"[{"jsonrpc":"2.0","id":1,"result":"\#(sent)"}]"#), sent: sent) == .accepted)
  }

  @Test func alreadyKnownIsSuccess() {
    let reply = body(#"[{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"already known"}}]"#)
    #expect(Submission(reply, sent: sent) == .alreadyKnown)
  }

  @Test(arguments: [
    #"[{"jsonrpc":"2.0","id":7,"result":"0x1"}]"#, "<html>bad gateway</html>", "", "[]",
    #"[{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"something nobody has seen before"}}]"#,
  ])
  func whatIsNotUnderstoodMayHaveBeenTaken(_ text: String) {
    #expect(Submission(body(text), sent: sent).mayBeKnown)
  }

  @Test func aLostAnswerIsUncertainAndALostConnectionIsNot() {
    #expect(Submission(.failed(.timeout(sent: true)), sent: sent).mayBeKnown)
    #expect(Submission(.failed(.reset(sent: true)), sent: sent).mayBeKnown)
    #expect(!Submission(.failed(.connect("refused")), sent: sent).mayBeKnown)
    #expect(!Submission(.failed(.timeout(sent: false)), sent: sent).mayBeKnown)
  }

  @Test func gatewaysThatFailMayHavePassedItOn() {
    #expect(Submission(.answer(status: 502, body: [], retryAfterSeconds: nil), sent: sent).mayBeKnown)
    #expect(!Submission(.answer(status: 429, body: [], retryAfterSeconds: 3), sent: sent).mayBeKnown)
  }
}
