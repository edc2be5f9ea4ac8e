package import Decision
package import Outbox

/// The base asset's oracle price as earlier ticks saw it, oldest first and bounded.
package struct PriceHistory: Sendable {
  /// As many ticks as fit in three hours at one every twelve seconds: longer than a limit order is left waiting.
  static let limit = 900

  package private(set) var points: [PricePoint] = []

  package init() {}

  /// From the newest observations a journal holds.
  /// - Parameter sequence: where to begin; older ones are of no use here and take time to read.
  package init(of vault: String, from journal: JournalReader, since sequence: UInt64 = 1) throws(JournalFailure) {
    var found = PriceHistory()
    try journal.replayObservations(from: sequence) { (durable) throws(JournalFailure) in
      guard durable.record.kind == TickReport.observationKind, let report = TickReport(durable.record),
        report.vault == vault
      else { return }
      found.add(report)
    }
    self = found
  }

  mutating func add(_ report: TickReport) {
    guard let price = report.price, let head = report.head else { return }
    guard head.timestamp > (points.last?.atSeconds ?? 0) else { return }
    points.append(PricePoint(atSeconds: head.timestamp, price: price))
    // Twice the limit before cutting, so that the cut is not made at every tick.
    if points.count > 2 * Self.limit { points.removeFirst(points.count - Self.limit) }
  }
}
