package import Outbox

/// A journal store in memory that can fail, and lose power, where a test wants it to.
///
/// It lives as long as its owner holds it: drop the `Journal` and open a new one on the same store, and that is a crash
/// and a restart. It keeps what the contract of `JournalStore` promises to keep, and nothing more.
package final class MemoryJournalStore: JournalStore {
  /// What a coming append does instead of succeeding.
  package enum Fault: Hashable, Sendable {
    /// Power is lost before anything is written.
    case crashBefore
    /// Everything is written, and power is lost before the caller hears of it.
    case crashAfter
    /// The medium is full: nothing is written, and the caller hears of it.
    case full
  }

  /// The power is gone: what a crash throws. Shown as a write failure, since that is all a caller could see.
  package static let powerLoss = JournalFailure.unwritable(what: "power was lost")

  private var promises: [JournalEntry] = []
  private var observations: [JournalEntry] = []
  private var faults: [(append: Int, fault: Fault)] = []
  /// How many appends were asked for, failed ones included.
  package private(set) var appends = 0
  /// How many entries were handed out by replays.
  package private(set) var entriesRead = 0

  package init() {}

  /// Another medium with the same content and no faults, for looking at what could happen next in more than one way.
  package func copy() -> MemoryJournalStore {
    let copy = MemoryJournalStore()
    copy.promises = promises
    copy.observations = observations
    return copy
  }

  /// Makes the append with this number (from 0, see `appends`) fail.
  package func inject(_ fault: Fault, atAppend number: Int) {
    faults.append((number, fault))
  }

  package func append(_ entries: [JournalEntry]) throws(JournalFailure) {
    let number = appends
    appends += 1
    let fault = faults.first { $0.append == number }?.fault
    if fault == .crashBefore { throw Self.powerLoss }
    if fault == .full { throw .unwritable(what: "no space left") }
    for entry in entries {
      guard (held(entry.stream).last?.sequence ?? 0) < entry.sequence else {
        throw .sequenceTaken(stream: entry.stream, sequence: entry.sequence)
      }
    }
    for entry in entries {
      switch entry.stream {
      case .promises: promises.append(entry)
      case .observations: observations.append(entry)
      }
    }
    if fault == .crashAfter { throw Self.powerLoss }
  }

  package func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    for entry in held(stream).filter({ $0.sequence >= sequence }).prefix(limit.map { Int(clamping: $0) } ?? .max) {
      entriesRead += 1
      try body(entry)
    }
  }

  package func newestSequence(_ stream: JournalStream) throws(JournalFailure) -> UInt64 {
    held(stream).last?.sequence ?? 0
  }

  package func pruneObservations(through sequence: UInt64) throws(JournalFailure) {
    observations.removeAll { $0.sequence <= sequence }
  }

  /// Everything held of a stream.
  package func held(_ stream: JournalStream) -> [JournalEntry] {
    switch stream {
    case .promises: promises
    case .observations: observations
    }
  }

  /// Puts something else in the place of all entries of a stream: a damaged disk, or somebody who rewrites history.
  package func overwrite(_ stream: JournalStream, with entries: [JournalEntry]) {
    switch stream {
    case .promises: promises = entries
    case .observations: observations = entries
    }
  }
}
