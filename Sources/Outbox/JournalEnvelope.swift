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
  /// Raised when an old reader would misread a new record.
  static var currentFormat: UInt64 { 1 }

  let format: UInt64
  /// Newest entry of the other stream; nil while that one is empty.
  let link: JournalLink?
  let record: Record

  init(_ record: Record, link: JournalLink?) {
    format = Self.currentFormat
    self.link = link
    self.record = record
  }

  func encoded() throws(JournalFailure) -> [UInt8] {
    do { return try JSONCoding.encode(self) } catch { throw .unencodable(what: "\(error)") }
  }

  init(reading entry: JournalEntry) throws(JournalFailure) {
    do { self = try JSONCoding.decode(Self.self, from: entry.payload) } catch {
      throw .corrupt(
        stream: entry.stream, sequence: entry.sequence, difference: "its payload is no record: \(error)")
    }
    guard format == Self.currentFormat else {
      throw .foreignFormat(
        what: "entry \(entry.sequence) of \(entry.stream) has format \(format), known is \(Self.currentFormat)")
    }
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
}
