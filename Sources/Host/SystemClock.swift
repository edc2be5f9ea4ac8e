import Glibc
package import Keeper

/// The machine's clocks. A sleep ends early when the interrupt is raised.
package final class SystemClock: TimeSource, Sendable {
  private let interrupt: Interrupt

  package init(interrupt: Interrupt) { self.interrupt = interrupt }

  /// Wall time from CLOCK_REALTIME. Monotonic time from CLOCK_BOOTTIME, which counts a suspended machine's sleep too:
  /// what was fresh before it is stale after it.
  package func now() -> Moment {
    Moment(
      unixSeconds: UInt64(clamping: Self.read(CLOCK_REALTIME).tv_sec),
      monotonicMilliseconds: Self.milliseconds(CLOCK_BOOTTIME))
  }

  package func sleep(untilMonotonicMilliseconds end: UInt64) -> Wake {
    while true {
      if interrupt.isStopping { return .interrupted }
      let now = Self.milliseconds(CLOCK_BOOTTIME)
      if now >= end { return .elapsed }
      // poll counts in CLOCK_MONOTONIC and at most 24 days, so it is asked again until our own clock agrees.
      if !interrupt.wait(milliseconds: Int32(clamping: end - now)) { return .interrupted }
    }
  }

  static func milliseconds(_ clock: clockid_t) -> UInt64 {
    let time = read(clock)
    return UInt64(clamping: time.tv_sec) &* 1000 &+ UInt64(clamping: time.tv_nsec / 1_000_000)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    let code = clock_gettime(clock, &time)
    precondition(code == 0, "every Linux since 2.6.39 has these clocks")
    return time
  }
}
