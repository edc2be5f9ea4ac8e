import Contracts
import Ethereum
import Outbox
import Simulation
import Testing

@testable import Decision
@testable import Keeper

/// Ticks of a scripted world, recorded as the keeper records them, and judged again from the records alone.
@Suite struct ReplayTests {
  /// As many ticks as a test can wait for in a debug build; the full ten thousand take the variable.
  private static let tickCount = 1_500

  private static func written(_ count: Int, seed: UInt64 = 1) throws -> (MemoryJournalStore, TickWorld) {
    let store = MemoryJournalStore()
    let journal = try Journal(open: store)
    var world = try TickWorld(seed: seed)
    for index in 0..<count {
      // Now and then the process ends and starts again, as processes do.
      if index > 0, index.isMultiple(of: 401) { try world.restart(from: journal.reader) }
      try world.tick(into: journal)
    }
    return (store, world)
  }

  private static func replay(_ store: any JournalSource) throws -> ReplaySummary {
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
  }
}
