package import Keeper
import Metrics

/// Counts ticks through swift-metrics, for whatever backend the process has chosen; without one the counts go nowhere.
package struct TickMetrics {
  package init() {}

  /// By vault and by how the tick ended: a refusal's code, a failure's, or what was done.
  package func count(_ report: TickReport) {
    let dimensions = [("vault", report.vault), ("ending", report.ending.rawValue), ("code", report.code)]
    Counter(label: "vaultkeeper_ticks_total", dimensions: dimensions).increment()
    Counter(label: "vaultkeeper_node_exchanges_total", dimensions: [("vault", report.vault)])
      .increment(by: report.exchanges)
    for event in report.events {
      Counter(label: "vaultkeeper_events_total", dimensions: [("vault", report.vault), ("code", event.code)])
        .increment()
    }
  }
}
