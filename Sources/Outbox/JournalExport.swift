import Ethereum

/// A journal as JSON lines, one object for each entry:
///
///     {"stream":"promises","sequence":1,"unixSeconds":1700000000,"payload":{…},"previousHash":"0x…","hash":"0x…"}
///
/// `payload` is what the hash was taken over, byte for byte, so an export can be verified as the journal itself can.
package enum JournalExport {
  /// Longer than any entry: an observation is some 10 KB, the largest transaction 256 KB as text.
  package static let lineLimit = 16 << 20

  /// One entry as a line, without a line break.
  package static func line(_ entry: JournalEntry) -> [UInt8] {
    var line = Array(
      #"{"stream":"\#(entry.stream)","sequence":\#(entry.sequence),"unixSeconds":\#(entry.unixSeconds),"payload":"#
        .utf8)
    line += entry.payload
    line += Array(tail(entry.previousHash, entry.hash).utf8)
    return line
  }

  private static func tail(_ previous: Bytes32, _ hash: Bytes32) -> String {
    #","previousHash":"\#(previous)","hash":"\#(hash)"}"#
  }

  /// Reads a line back. What it says is believed only after verification.
  ///
  /// A line that another program has formatted anew is read, too: its payload is then written canonically, as the
  /// keeper wrote it, and the hash tells whether that gave the same bytes.
  /// - Throws: `foreignFormat` naming the line for anything else.
  package static func entry(_ line: [UInt8], number: UInt64) throws(JournalFailure) -> JournalEntry {
    func wrong(_ what: String) -> JournalFailure {
      .foreignFormat(what: "line \(number) is no entry of a journal's export: \(what)")
    }
    let object: JSON
    do { object = try JSON.parse(line) } catch { throw wrong("\(error)") }
    guard let stream = object["stream"]?.string.flatMap({ JournalStream(rawValue: $0) }) else {
      throw wrong("it names no stream")
    }
    guard let sequence = object["sequence"]?.integer.flatMap({ UInt64(exactly: $0) }),
      let unixSeconds = object["unixSeconds"]?.integer.flatMap({ UInt64(exactly: $0) })
    else { throw wrong("its sequence or time is no whole number") }
    guard let payload = object["payload"], case .object = payload else { throw wrong("it has no payload") }
    guard let previous = object["previousHash"]?.string, let hash = object["hash"]?.string else {
      throw wrong("a hash is missing")
    }
    do {
      let (previousHash, ownHash) = (try Bytes32(hex: previous), try Bytes32(hex: hash))
      return JournalEntry(
        stream: stream, sequence: sequence, unixSeconds: unixSeconds,
        payload: written(line, payload, previousHash, ownHash), previousHash: previousHash, hash: ownHash)
    } catch {
      throw wrong("\(error)")
    }
  }

  /// The payload's own bytes where the line stands as it was exported.
  private static func written(_ line: [UInt8], _ payload: JSON, _ previous: Bytes32, _ hash: Bytes32) -> [UInt8] {
    let (tail, mark) = (Array(tail(previous, hash).utf8), Array(#","payload":"#.utf8))
    // The stream's name and the numbers before it hold no comma of their own: three keys, and the payload's begins.
    guard line.count > tail.count, Array(line.suffix(tail.count)) == tail,
      let begin = line.prefix(200).firstRange(of: mark)
    else { return payload.encoded() }
    return Array(line[begin.upperBound..<(line.count - tail.count)])
  }
}

/// What a part of a journal was found to hold: each stream a chain without gaps, with nothing said about what came
/// before, and nothing about how the streams are linked.
package struct JournalExcerpt: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    package let stream: JournalStream
    package let first: UInt64
    package let tail: ChainTail
  }

  /// Streams of which there is anything, promises first.
  package let parts: [Part]

  /// - Throws: `corrupt` naming the first entry that does not follow the one before it, or whose bytes do not give its
  ///   hash.
  package init(verifying source: any JournalSource) throws(JournalFailure) {
    var parts: [Part] = []
    for stream in JournalStream.allCases {
      var first: UInt64 = 0
      var tail: ChainTail?
      try source.replay(stream, from: 0) { (entry) throws(JournalFailure) in
        if let tail {
          guard tail.sequence < .max, entry.sequence == tail.sequence + 1, entry.previousHash == tail.hash else {
            throw Self.corrupt(entry, "it does not follow entry \(tail.sequence) (\(tail.hash))")
          }
        } else {
          first = entry.sequence
        }
        let computed = entry.computedHash
        guard entry.hash == computed else {
          throw Self.corrupt(entry, "it is sealed \(entry.hash), its bytes give \(computed)")
        }
        tail = ChainTail(sequence: entry.sequence, hash: entry.hash)
      }
      if let tail { parts.append(Part(stream: stream, first: first, tail: tail)) }
    }
    self.parts = parts
  }

  /// Both streams are there and the promises from their beginning, so that a whole verification can be made.
  package var isWhole: Bool {
    parts.count == JournalStream.allCases.count && parts.first?.stream == .promises && parts.first?.first == 1
  }

  private static func corrupt(_ entry: JournalEntry, _ difference: String) -> JournalFailure {
    .corrupt(stream: entry.stream, sequence: entry.sequence, difference: difference)
  }
}
