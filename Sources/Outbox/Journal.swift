package import Ethereum

/// A record that the journal holds: it will be there after a crash. Only a journal makes one.
package struct Durable<Record: Sendable>: Sendable {
  package let record: Record
  package let sequence: UInt64
  /// When it was written, by the writer's clock.
  package let unixSeconds: UInt64
  /// The entry's hash.
  package let hash: Bytes32
  /// The newest entry of the other stream when it was written.
  package let link: JournalLink?

  fileprivate init(_ entry: JournalEntry, _ envelope: JournalEnvelope<Record>) where Record: Codable {
    record = envelope.record
    sequence = entry.sequence
    unixSeconds = entry.unixSeconds
    hash = entry.hash
    link = envelope.link
  }
}

extension Durable: Equatable where Record: Equatable {}

/// A journal that is only read. Needs no lock, and can be used while a keeper writes.
package struct JournalReader {
  private let source: any JournalSource

  package init(_ source: any JournalSource) { self.source = source }

  /// Hands out the promise records from `sequence` on, in order, without verifying the chain.
  /// - Throws: `JournalFailure`, or what `body` throws.
  package func replayPromises(
    from sequence: UInt64 = 1, _ body: (Durable<PromiseRecord>) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    try source.replay(.promises, from: sequence) { (entry) throws(JournalFailure) in
      try body(Durable(entry, JournalEnvelope(reading: entry)))
    }
  }

  /// Hands out the observations that are still held, from `sequence` on, in order, without verifying the chain.
  /// - Throws: `JournalFailure`, or what `body` throws.
  package func replayObservations(
    from sequence: UInt64 = 1, _ body: (Durable<ObservationRecord>) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    try source.replay(.observations, from: sequence) { (entry) throws(JournalFailure) in
      try body(Durable(entry, JournalEnvelope(reading: entry)))
    }
  }

  /// Checks every entry, both chains and the links between them.
  /// - Returns: what was found to be sound.
  /// - Throws: `corrupt`, naming the first entry that is not what was written; `foreignFormat`; `unreadable`.
  package func verify() throws(JournalFailure) -> JournalVerification {
    try JournalVerifier.verify(source)
  }
}

/// The one writer of a journal. It appends, seals and links; what it returns as `Durable` will survive a loss of power.
package final class Journal {
  private let store: any JournalStore
  private var promises: ChainTail
  private var observations: ChainTail
  /// Set once a write has failed: what the store holds is unknown until the next start.
  private var failure: JournalFailure?

  /// How many observations are verified at a start. 5,000 are most of a day of one vault at a tick every 12 s and
  /// 35 MB, read in seconds; a month of several vaults would keep the hedge waiting for minutes.
  package static let observationsVerifiedAtStart: UInt64 = 5_000

  /// How many entries pruning reads at a time: few enough to hold, and an hour of one vault at a tick every 12 s.
  private static let pruningStride: UInt64 = 300

  /// Opens a journal for writing after verifying all promises and the newest observations: what the outbox remembers,
  /// and what the next entries are chained to. Verifying all observations is `JournalReader.verify`'s work.
  /// - Throws: `corrupt` and the other failures of `JournalReader.verify`.
  package init(
    open store: any JournalStore, newestObservations: UInt64 = Journal.observationsVerifiedAtStart
  ) throws(JournalFailure) {
    let verified = try JournalVerifier.verify(store, newestObservations: max(newestObservations, 1))
    self.store = store
    promises = verified.promises
    observations = verified.observations
  }

  /// The journal on a copy of another's medium, made since its last entry: what is on it was verified there.
  init(continuing other: Journal, on store: any JournalStore) {
    self.store = store
    promises = other.promises
    observations = other.observations
    failure = other.failure
  }

  /// The same journal, for replaying.
  package var reader: JournalReader { JournalReader(store) }

  /// Ends of both chains as they stand now.
  package var tails: (promises: ChainTail, observations: ChainTail) { (promises, observations) }

  /// Appends promise records, all or none; durable when it returns.
  /// - Throws: `JournalFailure`; after `unencodable` nothing was written, after any other one the journal is closed.
  package func append(
    _ records: [PromiseRecord], at unixSeconds: UInt64
  ) throws(JournalFailure) -> [Durable<PromiseRecord>] {
    var tail = promises
    let sealed = try Self.seal(records, .promises, onto: &tail, link: observations.link, at: unixSeconds)
    try write(sealed.map(\.entry))
    promises = tail
    return sealed.map { Durable($0.entry, $0.envelope) }
  }

  /// Appends observations, all or none; durable when it returns.
  /// - Throws: as `append`.
  @discardableResult
  package func observe(
    _ records: [ObservationRecord], at unixSeconds: UInt64
  ) throws(JournalFailure) -> [Durable<ObservationRecord>] {
    var tail = observations
    let sealed = try Self.seal(records, .observations, onto: &tail, link: promises.link, at: unixSeconds)
    try write(sealed.map(\.entry))
    observations = tail
    return sealed.map { Durable($0.entry, $0.envelope) }
  }

  /// Forgets observations written before `cutoffUnixSeconds`, always keeping the newest one. Where the kept ones begin
  /// is written into the promises first, so that a shortened stream can be told from one that somebody cut.
  /// - Returns: the last sequence forgotten, or nil if there was nothing to forget.
  @discardableResult
  package func pruneObservations(
    before cutoffUnixSeconds: UInt64, at unixSeconds: UInt64
  ) throws(JournalFailure) -> UInt64? {
    guard let last = try lastObservation(before: cutoffUnixSeconds) else { return nil }
    _ = try append([.observationsPruned(through: last.sequence, hash: last.hash)], at: unixSeconds)
    do { try store.pruneObservations(through: last.sequence) } catch {
      failure = error
      throw error
    }
    return last.sequence
  }

  /// The last observation of those at the beginning that were all written before `cutoffUnixSeconds`, the newest one
  /// never among them. Reads what is to be forgotten, and little more.
  private func lastObservation(before cutoffUnixSeconds: UInt64) throws(JournalFailure) -> JournalLink? {
    var last: JournalLink?
    var isYoungReached = false
    while !isYoungReached {
      var seen: UInt64 = 0
      let next = (last?.sequence ?? 0) + 1
      try store.replay(.observations, from: next, limit: Self.pruningStride) { (entry) throws(JournalFailure) in
        seen += 1
        if entry.unixSeconds >= cutoffUnixSeconds || entry.sequence >= observations.sequence { isYoungReached = true }
        if !isYoungReached { last = JournalLink(sequence: entry.sequence, hash: entry.hash) }
      }
      if seen == 0 { break }
    }
    return last
  }

  private func write(_ entries: [JournalEntry]) throws(JournalFailure) {
    if let failure { throw .closed(after: failure.description) }
    guard !entries.isEmpty else { return }
    do { try store.append(entries) } catch {
      failure = error
      throw error
    }
  }

  private static func seal<Record>(
    _ records: [Record], _ stream: JournalStream, onto tail: inout ChainTail, link: JournalLink?,
    at unixSeconds: UInt64
  ) throws(JournalFailure) -> [(entry: JournalEntry, envelope: JournalEnvelope<Record>)] {
    var sealed: [(entry: JournalEntry, envelope: JournalEnvelope<Record>)] = []
    for record in records {
      let envelope = JournalEnvelope(record, link: link)
      let entry = JournalEntry(
        sealing: try envelope.encoded(), stream: stream, sequence: tail.sequence + 1, unixSeconds: unixSeconds,
        previousHash: tail.hash)
      tail = ChainTail(sequence: entry.sequence, hash: entry.hash)
      sealed.append((entry, envelope))
    }
    return sealed
  }
}
