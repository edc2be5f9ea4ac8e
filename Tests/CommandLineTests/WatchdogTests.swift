import Foundation
import Keeper
import Testing

@testable import vaultkeeper

/// When systemd's watchdog is fed, and which settings of it are refused.
@Suite struct WatchdogTests {
  private final class Answers: Transport {
    let replies: [Reply]

    init(_ replies: [Reply]) { self.replies = replies }

    func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] { replies }
  }

  private func feedings(_ replies: Reply...) -> Int {
    var count = 0
    let transport = Watchdog.FedTransport(Answers(replies)) { count += 1 }
    #expect(transport.exchange([], deadlineMilliseconds: 1).count == replies.count)
    return count
  }

  private let answer = Reply.answer(status: 200, body: [], retryAfterSeconds: nil)

  @Test func anExchangeWithAnAnswerFeedsItOnce() {
    let busy = Reply.answer(status: 429, body: [], retryAfterSeconds: 3)
    #expect(feedings(answer) == 1)
    #expect(feedings(answer, answer) == 1)
    #expect(feedings(.failed(.timeout(sent: true)), busy, answer) == 1)
  }

  @Test func anExchangeWithoutOneDoesNot() {
    #expect(feedings() == 0)
    #expect(feedings(.failed(.timeout(sent: true)), .failed(.connect("refused"))) == 0)
    for status in [204, 301, 401, 429, 500, 503] {
      #expect(feedings(.answer(status: status, body: [], retryAfterSeconds: nil)) == 0)
    }
  }

  @Test(
    arguments: [
      (12, 10, 80), (60, 10, 120), (2, 5, 40), (86_400, 300, 172_800), (1, 1, 8),
    ] as [(UInt64, UInt64, UInt64)])
  func aWatchdogThatWouldBiteAHealthyDaemonIsRefused(interval: UInt64, deadline: UInt64, shortest: UInt64) throws {
    let tick = Configuration.Tick(intervalSeconds: interval, deadlineSeconds: deadline)
    #expect(throws: Never.self) { try Watchdog.refuseHasty(nil, tick: tick) }
    #expect(throws: Never.self) { try Watchdog.refuseHasty(shortest * 1000, tick: tick) }
    do throws(CommandFailure) {
      try Watchdog.refuseHasty(shortest * 1000 - 1, tick: tick)
      Issue.record("\(interval) \(deadline)")
    } catch {
      #expect(error.status == .configuration && error.message.contains("at least \(shortest) s"))
    }
  }

  /// The unit that is shipped suits the defaults.
  @Test func theShippedUnitIsLongEnough() throws {
    let unit = try String(
      contentsOf: Fixtures.project.appendingPathComponent("packaging/vaultkeeper.service"), encoding: .utf8)
    let line = try #require(unit.split(separator: "\n").first { $0.hasPrefix("WatchdogSec=") })
    let seconds = try #require(UInt64(line.dropFirst("WatchdogSec=".count)))
    let tick = try Fixtures.read(Documentation.example()).tick
    #expect(seconds >= Watchdog.shortestSeconds(tick))
  }
}
