package import Ethereum

/// Where another stream stood when a record was written.
package struct JournalLink: Hashable, Sendable, Codable, CustomStringConvertible {
  package let sequence: UInt64
  package let hash: Bytes32

  package var description: String { "entry \(sequence) (\(hash))" }
}

/// The written form of a record: canonical JSON (sorted keys, no spaces) with the version of the format, and a link to
/// the newest entry of the other stream.
///
/// The links tie the two chains into one: an observation that a promise rests on cannot be changed without changing the
/// promise, and a promise cannot vanish from the end of its stream while an observation still names it.
struct JournalEnvelope<Record: Codable & Sendable>: Codable, Sendable {
  let format: Int64
  /// Newest entry of the other stream; nil while that one is empty.
  let link: JournalLink?
  let record: Record

  init(_ record: Record, link: JournalLink?) {
    format = JournalFormat.current
    self.link = link
    self.record = record
  }

  func encoded() throws(JournalFailure) -> [UInt8] {
    do {
      // Most of an observation is JSON already, which a coder would take apart and put together again at every tick.
      if let observation = record as? ObservationRecord, observation.isPlain {
        var envelope: JSONObject = ["format": .integer(format), "record": try JSON(encoding: observation)]
        if let link { envelope["link"] = try JSON(encoding: link) }
        return JSON.object(envelope).encoded()
      }
      return try JSONCoding.encode(self)
    } catch {
      throw .unencodable(what: "\(error)")
    }
  }

  init(reading entry: JournalEntry) throws(JournalFailure) {
    do { self = try JSONCoding.decode(Self.self, from: entry.payload) } catch {
      // A record of a newer version may not even decode: its version is the news, and not that it is damaged.
      if let foreign = JournalFormat.foreign(in: entry.payload) { throw JournalFormat.failure(entry, foreign) }
      throw .corrupt(
        stream: entry.stream, sequence: entry.sequence, difference: "its payload is no record: \(error)")
    }
    guard JournalFormat.known.contains(format) else { throw JournalFormat.failure(entry, format) }
  }
}

extension JournalFormat {
  static func failure(_ entry: JournalEntry, _ found: Int64) -> JournalFailure {
    .foreignFormat(
      what: "entry \(entry.sequence) of \(entry.stream) has format \(found), known are \(known.lowerBound) to "
        + "\(known.upperBound)")
  }
}

/// The envelope without its record: enough to verify how the streams are linked. An observation is some 7 KB that a
/// verification has no use for, and a month of them is more than a start can wait for.
struct JournalEnvelopeLink: Sendable {
  let link: JournalLink?

  init(reading entry: JournalEntry) throws(JournalFailure) {
    let text: JSON
    do { text = try JSON.parse(entry.payload) } catch { throw Self.noRecord(entry, "\(error)") }
    guard let format = text["format"]?.integer, text["record"] != nil else {
      throw Self.noRecord(entry, "it has no format, or no record")
    }
    guard JournalFormat.known.contains(format) else { throw JournalFormat.failure(entry, format) }
    guard let link = text["link"], !link.isNull else {
      self.link = nil
      return
    }
    guard let number = link["sequence"]?.integer, let sequence = UInt64(exactly: number),
      let hash = link["hash"]?.string
    else { throw Self.noRecord(entry, "its link names no entry") }
    do { self.link = JournalLink(sequence: sequence, hash: try Bytes32(hex: hash)) } catch {
      throw Self.noRecord(entry, "\(error)")
    }
  }

  private static func noRecord(_ entry: JournalEntry, _ why: String) -> JournalFailure {
    .corrupt(stream: entry.stream, sequence: entry.sequence, difference: "its payload is no record: \(why)")
  }
}

/// What was seen in a tick, and why it led to nothing or something. Opaque here: the Keeper writes it, `journal show`
/// and `explain` print it.
package struct ObservationRecord: Hashable, Sendable, Codable {
  /// What `report` is: "tick", "start"…
  package let kind: String
  package let configurationHash: Bytes32
  /// The head at which it was seen; nil if none could be read.
  package let head: HeadMark?
  package let report: JSON

  package init(kind: String, configurationHash: Bytes32, head: HeadMark?, report: JSON) {
    self.kind = kind
    self.configurationHash = configurationHash
    self.head = head
    self.report = report
  }

  /// Its numbers fit what a `JSON` value holds exactly; those of a head that a node made up may not.
  fileprivate var isPlain: Bool { max(head?.number ?? 0, head?.timestamp ?? 0) <= UInt64(Int64.max) }
}
