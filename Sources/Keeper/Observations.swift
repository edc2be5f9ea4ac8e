import Ethereum
package import Outbox

extension TickReport {
  /// `ObservationRecord.kind` of a tick's report.
  package static let observationKind = "tick"

  /// The report as the journal keeps it.
  func observation(configurationHash: Bytes32) throws(JournalFailure) -> ObservationRecord {
    let json: JSON
    do {
      json = try JSON.parse(try JSONCoding.encode(self))
    } catch {
      throw .unencodable(what: "a tick's report: \(error)")
    }
    return ObservationRecord(
      kind: Self.observationKind, configurationHash: configurationHash, head: head, report: json)
  }

  /// The report back from an observation; nil if the record is of another kind or an older form.
  package init?(_ record: ObservationRecord) {
    guard record.kind == Self.observationKind else { return nil }
    do { self = try JSONCoding.decode(TickReport.self, from: record.report.encoded()) } catch { return nil }
  }
}
