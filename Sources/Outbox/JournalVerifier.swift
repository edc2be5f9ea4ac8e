package import Ethereum

/// The end of one stream's chain.
package struct ChainTail: Hashable, Sendable {
  /// Sequence of the last entry; 0 of an empty stream.
  package let sequence: UInt64
  /// Hash of the last entry; the genesis of an empty stream.
  package let hash: Bytes32

  var link: JournalLink? { sequence == 0 ? nil : JournalLink(sequence: sequence, hash: hash) }
}

/// What a verification found to be sound.
package struct JournalVerification: Hashable, Sendable {
  package let promises: ChainTail
  package let observations: ChainTail
  /// Sequence of the first observation that was looked at: in a full verification the first that is still held.
  package let firstObservation: UInt64
}

/// Walks both streams once and believes nothing: each entry's hash over its own bytes, its place in the chain, its
/// payload, and what the two streams say about each other.
enum JournalVerifier {
  /// - Parameter newestObservations: how many observations to look at, at least 1, all older ones being believed; nil
  ///   for all that are held. Promises are always looked at whole, but what each record says is left to the replay that
  ///   follows a start: then a year of them costs a hash for each and no parsing.
  static func verify(
    _ source: any JournalSource, newestObservations: UInt64? = nil
  ) throws(JournalFailure) -> JournalVerification {
    let isStart = newestObservations != nil
    let promises = try walkPromises(source, readsRecords: !isStart)
    var begin: UInt64 = 1
    if let newestObservations {
      let newest = try source.newestSequence(.observations)
      if newest > newestObservations { begin = newest - newestObservations + 1 }
    }
    let observations = try walkObservations(source, from: begin, promises, readsRecords: !isStart)
    return JournalVerification(
      promises: promises.tail, observations: observations.tail, firstObservation: observations.first)
  }

  /// What the promises say about the observations, and their own hashes as far as observations may name them.
  private struct PromiseWalk {
    var tail = ChainTail(sequence: 0, hash: JournalEntry.genesis(of: .promises))
    /// Hash of the promise with sequence index + 1. 32 bytes each: a million promises take 32 MB, while verifying.
    var hashes: [Bytes32] = []
    /// Each different link to an observation, ascending, with the promise that has it.
    var links: [(link: JournalLink, promise: UInt64)] = []
    /// Where observations were forgotten, ascending.
    var anchors: [JournalLink] = []
  }

  private static func walkPromises(
    _ source: any JournalSource, readsRecords: Bool
  ) throws(JournalFailure) -> PromiseWalk {
    var walk = PromiseWalk()
    try source.replay(.promises, from: 1) { (entry) throws(JournalFailure) in
      try check(entry, in: .promises, follows: walk.tail)
      let (link, anchor) = try said(by: entry, readsRecord: readsRecords)
      if let link, walk.links.last?.link != link {
        if let last = walk.links.last, last.link.sequence >= link.sequence {
          throw corrupt(entry, "it links to observation \(link), the promise before to \(last.link)")
        }
        walk.links.append((link, entry.sequence))
      }
      if let anchor { walk.anchors.append(anchor) }
      walk.hashes.append(entry.hash)
      walk.tail = ChainTail(sequence: entry.sequence, hash: entry.hash)
    }
    return walk
  }

  /// What a promise says about the observations: the newest one when it was written, and through which one they were
  /// forgotten if that is what it tells.
  private static func said(
    by entry: JournalEntry, readsRecord: Bool
  ) throws(JournalFailure) -> (link: JournalLink?, anchor: JournalLink?) {
    if !readsRecord, let header = JournalHeader(entry.payload), header.recordName != "observationsPruned" {
      guard JournalFormat.known.contains(header.format) else { throw JournalFormat.failure(entry, header.format) }
      return (header.link, nil)
    }
    let envelope = try JournalEnvelope<PromiseRecord>(reading: entry)
    guard case .observationsPruned(let through, let hash) = envelope.record else { return (envelope.link, nil) }
    return (envelope.link, JournalLink(sequence: through, hash: hash))
  }

  private static func link(
    of observation: JournalEntry, readsRecord: Bool
  ) throws(JournalFailure) -> JournalLink? {
    if !readsRecord, let header = JournalHeader(observation.payload) {
      guard JournalFormat.known.contains(header.format) else {
        throw JournalFormat.failure(observation, header.format)
      }
      return header.link
    }
    return try JournalEnvelopeLink(reading: observation).link
  }

  private static func walkObservations(
    _ source: any JournalSource, from begin: UInt64, _ promises: PromiseWalk, readsRecords: Bool
  ) throws(JournalFailure) -> (tail: ChainTail, first: UInt64) {
    var tail: ChainTail?
    var first: UInt64 = 1
    var nextLink = 0
    var newestLink: UInt64 = 0
    try source.replay(.observations, from: begin) { (entry) throws(JournalFailure) in
      if let tail {
        try check(entry, in: .observations, follows: tail)
      } else {
        try check(entry, in: .observations, follows: try start(before: entry, from: begin, promises.anchors))
        first = entry.sequence
        while nextLink < promises.links.count, promises.links[nextLink].link.sequence < first { nextLink += 1 }
      }
      if nextLink < promises.links.count, promises.links[nextLink].link.sequence == entry.sequence {
        let expected = promises.links[nextLink]
        guard expected.link.hash == entry.hash else {
          throw corrupt(entry, "promise \(expected.promise) rests on \(expected.link.hash), found \(entry.hash)")
        }
        nextLink += 1
      }
      if let link = try link(of: entry, readsRecord: readsRecords) {
        guard link.sequence >= newestLink else { throw corrupt(entry, "its link to promise \(link) goes backwards") }
        guard link.sequence >= 1, link.sequence <= UInt64(promises.hashes.count) else {
          throw JournalFailure.corrupt(
            stream: .promises, sequence: link.sequence,
            difference: "it is missing; observation \(entry.sequence) was written after it")
        }
        let known = promises.hashes[Int(link.sequence - 1)]
        guard known == link.hash else { throw corrupt(entry, "it links to promise \(link), held is \(known)") }
        newestLink = link.sequence
      }
      tail = ChainTail(sequence: entry.sequence, hash: entry.hash)
    }
    if nextLink < promises.links.count {
      let missing = promises.links[nextLink]
      throw .corrupt(
        stream: .observations, sequence: missing.link.sequence,
        difference: "it is missing; promise \(missing.promise) rests on it")
    }
    return (tail ?? ChainTail(sequence: 0, hash: JournalEntry.genesis(of: .observations)), first)
  }

  /// What the first observation must follow: the beginning of the stream, a place where the promises say that earlier
  /// ones were forgotten, or, where the walk begins later than that, whatever it says itself.
  private static func start(
    before entry: JournalEntry, from begin: UInt64, _ anchors: [JournalLink]
  ) throws(JournalFailure) -> ChainTail {
    if entry.sequence == 1 { return ChainTail(sequence: 0, hash: JournalEntry.genesis(of: .observations)) }
    if begin > 1, entry.sequence == begin { return ChainTail(sequence: begin - 1, hash: entry.previousHash) }
    guard let anchor = anchors.first(where: { entry.sequence > 0 && $0.sequence == entry.sequence - 1 }) else {
      throw corrupt(entry, "it is the first one held, and no promise says that those before were forgotten")
    }
    return ChainTail(sequence: anchor.sequence, hash: anchor.hash)
  }

  private static func check(
    _ entry: JournalEntry, in stream: JournalStream, follows tail: ChainTail
  ) throws(JournalFailure) {
    guard entry.stream == stream else { throw corrupt(entry, "it was handed out as one of \(stream)") }
    guard tail.sequence < .max, entry.sequence == tail.sequence + 1 else {
      throw corrupt(entry, "it follows entry \(tail.sequence)")
    }
    guard entry.previousHash == tail.hash else {
      throw corrupt(entry, "it continues \(entry.previousHash), the entry before is \(tail.hash)")
    }
    let computed = entry.computedHash
    guard entry.hash == computed else { throw corrupt(entry, "it is sealed \(entry.hash), its bytes give \(computed)") }
  }

  private static func corrupt(_ entry: JournalEntry, _ difference: String) -> JournalFailure {
    .corrupt(stream: entry.stream, sequence: entry.sequence, difference: difference)
  }
}
