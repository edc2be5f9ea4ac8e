import Ethereum
package import Keeper
import Metrics
package import Outbox

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
    let vault = [("vault", report.vault)]
    Gauge(label: "vaultkeeper_could_act", dimensions: vault).record(report.couldAct ? 1 : 0)
    Gauge(label: "vaultkeeper_last_tick_unix_seconds", dimensions: vault).record(report.startedAtUnixSeconds)
    if let balance = report.keeperBalanceWei {
      Gauge(label: "vaultkeeper_keeper_balance_ether", dimensions: [("chain", report.chain)])
        .record(balance.approximateDouble / 1e18)
    }
  }

  /// What is promised, and what it may still cost; and whether this process is the one that may sign and send.
  /// - Parameter standing: the fence's, after the tick. A keeper without a lease is always the writer.
  package func measure(_ outbox: Outbox, _ standing: WriterStanding, now unixSeconds: UInt64) {
    Gauge(label: "vaultkeeper_halts").record(outbox.halts.count)
    Gauge(label: "vaultkeeper_is_writer").record(standing == .mayAct ? 1 : 0)
    let view: PendingView
    do { view = try outbox.pending(now: unixSeconds) } catch { return }
    Gauge(label: "vaultkeeper_open_orders").record(view.openOrders.count)
    for lane in view.lanes {
      let dimensions = [("chain", "\(lane.chainID)"), ("sender", lane.sender.description)]
      Gauge(label: "vaultkeeper_pending_promises", dimensions: dimensions).record(lane.promises.count)
      Gauge(label: "vaultkeeper_in_doubt", dimensions: dimensions).record(lane.standing == .inDoubt ? 1 : 0)
      for (name, wei) in [("spent", lane.gasSpentWei), ("held", lane.gasHeldWei), ("budget", lane.gasBudgetWei)] {
        Gauge(label: "vaultkeeper_gas_\(name)_ether", dimensions: dimensions).record(wei.approximateDouble / 1e18)
      }
    }
  }
}
