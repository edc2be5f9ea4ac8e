package import Outbox

/// The life of the daemon: ticks of every vault in turn, at an interval, until somebody asks it to stop. Stops only
/// between ticks, so that no step is cut in half.
package struct Life {
  /// From the start of one round to the start of the next.
  package let intervalMilliseconds: UInt64
  /// How long observations are kept.
  package let observationsKeptSeconds: UInt64
  private let clock: any TimeSource
  private let isStopping: () -> Bool

  package init(
    intervalMilliseconds: UInt64, observationsKeptSeconds: UInt64, clock: any TimeSource,
    isStopping: @escaping () -> Bool
  ) {
    self.intervalMilliseconds = intervalMilliseconds
    self.observationsKeptSeconds = observationsKeptSeconds
    self.clock = clock
    self.isStopping = isStopping
  }

  /// Runs until asked to stop, or for one round.
  /// - Parameter report: called after each tick; the watchdog is fed there, so that it tells of ticks and not of a
  ///   process that merely lives.
  /// - Throws: `JournalFailure`; then the process must end and be started again.
  package func run(
    _ keeper: inout Keeper, once: Bool, report: (TickReport, Outbox) -> Void
  ) throws(JournalFailure) {
    var nextPruning: UInt64 = 0
    while !isStopping() {
      let start = clock.now()
      for vault in keeper.watches.indices where !isStopping() {
        let ticked = try keeper.tick(vault)
        report(ticked, keeper.outbox)
      }
      if once { return }
      if start.monotonicMilliseconds >= nextPruning {
        try keeper.prune(observationsOlderThan: observationsKeptSeconds)
        // Hourly: the stream grows by a few hundred records meanwhile, and pruning reads it once.
        nextPruning = start.monotonicMilliseconds + 3_600_000
      }
      rest(until: start.monotonicMilliseconds + intervalMilliseconds)
    }
  }

  /// A signal wakes it; one that does not mean to stop us lets it sleep on.
  private func rest(until deadline: UInt64) {
    while !isStopping(), clock.now().monotonicMilliseconds < deadline {
      if clock.sleep(untilMonotonicMilliseconds: deadline) == .elapsed { return }
    }
  }
}
