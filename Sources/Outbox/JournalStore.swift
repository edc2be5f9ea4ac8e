package import Ethereum

/// Where a journal's entries can be read. The half of the store that `explain`, `pending` and `journal verify|show`
/// hold: with only this as a value nothing can be written, and no lock is needed.
package protocol JournalSource: AnyObject {
  /// Hands the entries of `stream` whose sequence is at least `sequence` to `body`, in ascending order of sequence,
  /// none twice, and no more than `limit` of them; nil for all. One call sees one consistent state of the stream.
  /// - Throws: what `body` throws, at once, or `JournalFailure.unreadable` when the store cannot be read.
  func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure)

  /// The highest sequence held of `stream`, 0 if none is. Reads no entry.
  /// - Throws: `JournalFailure.unreadable` when the store cannot be read.
  func newestSequence(_ stream: JournalStream) throws(JournalFailure) -> UInt64
}

extension JournalSource {
  /// Hands out all entries of `stream` from `sequence` on.
  /// - Throws: as `replay` with a limit.
  package func replay(
    _ stream: JournalStream, from sequence: UInt64, _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    try replay(stream, from: sequence, limit: nil, body)
  }
}

/// The journal's door to the world: bytes that stay. Implemented over a database by the real world and in memory by the
/// simulated one.
///
/// A store stores; it does not judge. Chain, links and meaning of the entries are the `Journal`'s affair.
package protocol JournalStore: JournalSource {
  /// Appends all of `entries`, or none of them, and returns when they would survive a loss of power.
  ///
  /// Entries of both streams may come in one call. A pair (stream, sequence) that is held already must be refused and
  /// never overwritten: it means that a second writer is at work.
  /// - Throws: `JournalFailure`. After a throw it is unknown whether the entries are held; the caller must not go on
  ///   writing, but end and replay.
  func append(_ entries: [JournalEntry]) throws(JournalFailure)

  /// Forgets the observations whose sequence is at most `sequence`. Promises are never forgotten. May do nothing, and
  /// may be repeated.
  func pruneObservations(through sequence: UInt64) throws(JournalFailure)
}

/// The two streams of a journal.
package enum JournalStream: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
  /// What we promised and what became of it. Kept for ever: it is the memory of the outbox.
  case promises
  /// What was seen and why it led to nothing or something. Retained for a configured time.
  case observations

  package var description: String { rawValue }
}

/// One link of a stream's chain: bytes, their place, and the hash that binds them to all that came before.
package struct JournalEntry: Hashable, Sendable {
  package let stream: JournalStream
  /// Place in its stream, from 1, without gaps.
  package let sequence: UInt64
  /// When it was written, unix seconds by the writer's clock. May go backwards, as clocks do.
  package let unixSeconds: UInt64
  /// Canonical JSON with a format version, see `JournalEnvelope`.
  package let payload: [UInt8]
  /// The `hash` of the entry before in the same stream; of the first one, `genesis(of:)`.
  package let previousHash: Bytes32
  /// `seal(…)` over all the fields above.
  package let hash: Bytes32

  /// An entry as it was read from a store, believed only after verification.
  package init(
    stream: JournalStream, sequence: UInt64, unixSeconds: UInt64, payload: [UInt8], previousHash: Bytes32,
    hash: Bytes32
  ) {
    self.stream = stream
    self.sequence = sequence
    self.unixSeconds = unixSeconds
    self.payload = payload
    self.previousHash = previousHash
    self.hash = hash
  }

  /// A new entry, sealed onto the entry before it.
  init(
    sealing payload: [UInt8], stream: JournalStream, sequence: UInt64, unixSeconds: UInt64, previousHash: Bytes32
  ) {
    self.init(
      stream: stream, sequence: sequence, unixSeconds: unixSeconds, payload: payload, previousHash: previousHash,
      hash: Self.seal(
        payload, stream: stream, sequence: sequence, unixSeconds: unixSeconds, previousHash: previousHash))
  }

  /// The hash the entry should have, computed anew from its other fields.
  package var computedHash: Bytes32 {
    Self.seal(payload, stream: stream, sequence: sequence, unixSeconds: unixSeconds, previousHash: previousHash)
  }

  /// What the first entry of a stream has as its `previousHash`.
  package static func genesis(of stream: JournalStream) -> Bytes32 {
    Keccak256.hash(Array("vaultkeeper journal genesis 1\n\(stream.rawValue)\n".utf8))
  }

  /// keccak(domain ‖ stream ‖ 0x0a ‖ previous ‖ sequence ‖ time ‖ length ‖ payload), integers as 8 bytes big-endian.
  ///
  /// The domain text keeps these hashes apart from every other use of Keccak; the stream's name keeps an entry from
  /// being moved to the other stream; every field before the payload has a fixed or delimited length, so no two
  /// different entries feed the hash the same bytes.
  static func seal(
    _ payload: [UInt8], stream: JournalStream, sequence: UInt64, unixSeconds: UInt64, previousHash: Bytes32
  ) -> Bytes32 {
    var bytes = Array("vaultkeeper journal entry 1\n\(stream.rawValue)\n".utf8)
    bytes.reserveCapacity(bytes.count + 56 + payload.count)
    bytes += previousHash.bytes
    bytes += bigEndian(sequence)
    bytes += bigEndian(unixSeconds)
    bytes += bigEndian(UInt64(payload.count))
    bytes += payload
    return Keccak256.hash(bytes)
  }

  static func bigEndian(_ value: UInt64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
  }
}

/// Why the journal cannot be used. All of it is of the machine's family: nothing may be promised without a journal.
package enum JournalFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The store could not be read. `what` is the store's own text, with the place.
  case unreadable(what: String)
  /// The store could not be written: full disk, read-only file, lost device.
  case unwritable(what: String)
  /// Another process holds the writer's lock.
  case locked(what: String)
  /// The store is of another kind or version than this program's.
  case foreignFormat(what: String)
  /// A pair (stream, sequence) was to be written twice: a second writer is at work.
  case sequenceTaken(stream: JournalStream, sequence: UInt64)
  /// What is held is not what was written.
  case corrupt(stream: JournalStream, sequence: UInt64, difference: String)
  /// An earlier append failed, and its effect is unknown.
  case closed(after: String)
  /// A record could not be put into its form. A bug, and never a loss: nothing was written.
  case unencodable(what: String)

  package var description: String {
    switch self {
    case .unreadable(let what):
      "journal: cannot be read: \(what); check the file, its folder and their owner"
    case .unwritable(let what):
      "journal: cannot be written: \(what); free space or make the file writable, then start again: nothing is lost"
    case .locked(let what):
      "journal: in use by another writer: \(what); stop that one first, two keepers on one key can act twice"
    case .foreignFormat(let what):
      "journal: not in a form this version reads: \(what); use the version that wrote it, or name another file"
    case .sequenceTaken(let stream, let sequence):
      "journal: entry \(sequence) of \(stream) is held already, a second writer is at work; stop both, then verify"
    case .corrupt(let stream, let sequence, let difference):
      """
      journal: entry \(sequence) of \(stream) is not what was written: \(difference); \
      keep this file, restore the newest backup that verifies, and compare the chain before going on
      """
    case .closed(let after):
      "journal: closed after a failed write (\(after)); start again, the journal tells what was kept"
    case .unencodable(let what):
      "journal: record cannot be written down: \(what); this is a bug in the keeper, nothing was sent"
    }
  }
}
