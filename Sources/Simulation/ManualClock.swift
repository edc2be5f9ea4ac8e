package import Keeper

/// A clock that moves when it is told to, or when somebody sleeps on it.
package final class ManualClock: TimeSource {
  private var unixSeconds: UInt64
  private var monotonicMilliseconds: UInt64 = 0

  package init(unixSeconds: UInt64) { self.unixSeconds = unixSeconds }

  package func now() -> Moment { Moment(unixSeconds: unixSeconds, monotonicMilliseconds: monotonicMilliseconds) }

  package func advance(seconds: UInt64) {
    unixSeconds += seconds
    monotonicMilliseconds += seconds * 1000
  }

  /// Sets the wall clock alone, as an administrator or a bad time server does.
  package func set(unixSeconds: UInt64) { self.unixSeconds = unixSeconds }

  package func sleep(untilMonotonicMilliseconds deadline: UInt64) -> Wake {
    guard deadline > monotonicMilliseconds else { return .elapsed }
    let rest = deadline - monotonicMilliseconds
    monotonicMilliseconds = deadline
    unixSeconds += (rest + 999) / 1000
    return .elapsed
  }
}
