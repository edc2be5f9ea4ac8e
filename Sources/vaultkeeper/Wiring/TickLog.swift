import Decision
import Host
import Keeper
import Logging
import Outbox

/// Tells of ticks: to the log, and to the service manager, whose watchdog every completed tick feeds (and
/// `Watchdog` within one).
struct TickLog {
  private let notifier: SystemdNotifier
  private let logger = Logger(label: "vaultkeeper")
  private let metrics = TickMetrics()

  /// Where the metrics are written after each tick; nil for nowhere.
  private let textfile: TextfileMetrics?

  init(notifier: SystemdNotifier, textfile: TextfileMetrics? = nil) {
    self.notifier = notifier
    self.textfile = textfile
  }

  func started(_ workshop: Workshop, mode: String) {
    let vaults = workshop.file.configuration.vaults.map(\.name).joined(separator: " ")
    logger.notice(
      "started",
      metadata: [
        "version": "\(Vaultkeeper.version)", "mode": "\(mode)", "configuration": "\(workshop.file.path)",
        "configurationHash": "\(workshop.file.hash)", "keeper": "\(workshop.file.configuration.key.address)",
        "vaults": "\(vaults)",
      ])
    for failure in workshop.unopened { logger.warning("goes on without an endpoint: \(failure.error)") }
    notifier.notify(.ready, .status("started, \(mode)"))
  }

  func stopped(reason: String?) {
    notifier.notify(.stopping)
    logger.notice("stopped", metadata: ["reason": "\(reason ?? "done")"])
  }

  /// A tick of the daemon, with what is promised after it and whether it may write.
  func ticked(_ report: TickReport, _ outbox: Outbox, _ standing: WriterStanding, now: UInt64) {
    metrics.measure(outbox, standing, now: now)
    ticked(report)
  }

  func ticked(_ report: TickReport) {
    metrics.count(report)
    if let problem = textfile?.write() { logger.warning("\(problem)") }
    var metadata: Logger.Metadata = [
      "vault": "\(report.vault)", "chain": "\(report.chain)", "ending": "\(report.ending.rawValue)",
      "code": "\(report.code)", "exchanges": "\(report.exchanges)",
    ]
    if let head = report.head { metadata["block"] = "\(head.number)" }
    for name in ["price", "delta", "target", "drift"] {
      if let figure = report.figure(name) { metadata[name] = "\(figure.value)" }
    }
    if let hash = report.transactionHash { metadata["transaction"] = "\(hash)" }
    if let intent = report.intentID { metadata["intent"] = "\(intent)" }
    if !report.warnings.isEmpty { metadata["warnings"] = "\(report.warnings.joined(separator: " "))" }
    for event in report.events {
      logger.notice(
        "\(event.text)", metadata: ["vault": "\(report.vault)", "chain": "\(report.chain)", "code": "\(event.code)"])
    }
    logger.log(level: Self.level(of: report), "\(report.text)", metadata: metadata)
    notifier.notify(.watchdog, .status("\(report.vault): \(report.code): \(report.text)"))
  }

  private static func level(of report: TickReport) -> Logger.Level {
    switch report.ending {
    case .acted, .rehearsed: .notice
    case .refused: needsPerson(refusal: report.code) ? .warning : .info
    case .missed: .warning
    }
  }

  /// Whether waiting alone may not end a refusal of this code, so that a person should look.
  static func needsPerson(refusal code: String) -> Bool {
    switch Refusal.Code(rawValue: code) {
    case .halted, .callInDoubt, .roleMissing, .policyDenied: true
    default: false
    }
  }
}
