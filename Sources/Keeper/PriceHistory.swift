import Contracts
package import Decision
import Ethereum
package import Outbox

/// The base asset's oracle price as earlier ticks saw it, oldest first and bounded.
package struct PriceHistory: Sendable {
  /// As many ticks as fit in three hours at one every twelve seconds: longer than a limit order is left waiting.
  static let limit = 900

  package private(set) var points: [PricePoint] = []

  package init() {}

  /// From the newest observations a journal holds: the vault's newest key frame has the history before it.
  /// - Parameter sequence: where to begin; older ones are of no use here and take time to read.
  package init(of vault: String, from journal: JournalReader, since sequence: UInt64 = 1) throws(JournalFailure) {
    var found = PriceHistory()
    try journal.replayTicks(from: sequence) { (tick) throws(JournalFailure) in
      guard tick.vault == vault else { return }
      // A record of the first form carries no history; what was found before goes on.
      if !tick.history.points.isEmpty { found = tick.history }
      if let point = tick.pricePoint { found.add(point) }
    }
    self = found
  }

  mutating func add(_ report: TickReport) {
    guard let price = report.price, let head = report.head else { return }
    add(PricePoint(atSeconds: head.timestamp, price: price))
  }

  mutating func add(_ point: PricePoint) {
    guard point.atSeconds > (points.last?.atSeconds ?? 0) else { return }
    points.append(point)
    // Twice the limit before cutting, so that the cut is not made at every tick.
    if points.count > 2 * Self.limit { points.removeFirst(points.count - Self.limit) }
  }
}

extension PriceHistory {
  /// The points as a key frame carries them: time and price in turn, each time but the first as the seconds since the
  /// one before.
  var written: JSON {
    var parts: [JSON] = []
    parts.reserveCapacity(2 * points.count)
    var before: UInt64 = 0
    for point in points {
      // The points are in ascending order.
      parts.append(.integer(Int64(clamping: point.atSeconds - before)))
      parts.append(point.price.json)
      before = point.atSeconds
    }
    return .array(parts)
  }

  /// nil where that is not what `written` writes.
  init?(written: JSON) {
    guard let parts = written.array, parts.count.isMultiple(of: 2), parts.count <= 4 * Self.limit else { return nil }
    var time: UInt64 = 0
    for index in stride(from: 0, to: parts.count, by: 2) {
      guard let step = parts[index].integer, step > 0, let text = parts[index + 1].string else { return nil }
      let (next, overflow) = time.addingReportingOverflow(UInt64(step))
      guard !overflow else { return nil }
      time = next
      do { points.append(PricePoint(atSeconds: time, price: try Price(decimal: text))) } catch { return nil }
    }
  }
}
