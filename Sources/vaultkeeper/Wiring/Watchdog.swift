import Keeper

/// When systemd's watchdog is fed: after each completed tick (`TickLog`), and within a tick for each exchange that
/// brought an answer. So a keeper whose nodes are slow, or some of them dead, is not killed in the middle of the work,
/// and one that hangs, or that nobody answers any more, still is once its tick does not end.
enum Watchdog {
  /// A tick makes three to seven exchanges, and each may wait for its whole deadline; one more is for what else a tick
  /// does.
  static let deadlinesInTick: UInt64 = 8

  /// The shortest WatchdogSec under which a healthy daemon lives: it rests between two ticks, and a tick may wait for
  /// nodes that do not answer.
  static func shortestSeconds(_ tick: Configuration.Tick) -> UInt64 {
    max(2 * tick.intervalSeconds, deadlinesInTick * tick.deadlineSeconds)
  }

  /// A watchdog that bites sooner would kill a healthy daemon for ever.
  ///
  /// - Parameter milliseconds: the unit's WatchdogSec; nil without one.
  static func refuseHasty(_ milliseconds: UInt64?, tick: Configuration.Tick) throws(CommandFailure) {
    let shortest = shortestSeconds(tick)
    guard let milliseconds, milliseconds / 1000 < shortest else { return }
    throw CommandFailure(
      status: .configuration,
      message: "the unit's WatchdogSec is \(milliseconds / 1000) s, with tick.interval \(tick.intervalSeconds) s and "
        + "tick.deadline \(tick.deadlineSeconds) s; set WatchdogSec to at least \(shortest) s, or shorter ones")
  }

  /// The door to the nodes, which tells of every exchange that brought an answer. The tick makes all exchanges, so
  /// nothing is told between two.
  final class FedTransport: Transport {
    private let inner: any Transport
    private let feed: () -> Void

    init(_ inner: any Transport, feed: @escaping () -> Void) {
      self.inner = inner
      self.feed = feed
    }

    func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
      let replies = inner.exchange(outgoing, deadlineMilliseconds: deadlineMilliseconds)
      let isAnswered = replies.contains { reply in
        if case .answer(status: 200, _, _) = reply { true } else { false }
      }
      if isAnswered { feed() }
      return replies
    }
  }
}
