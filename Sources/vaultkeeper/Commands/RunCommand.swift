import ArgumentParser
import Host
import Keeper
import Logging
import Outbox
import Wallet

/// How the log looks.
struct LogOptions: ParsableArguments {
  @Option(
    name: .customLong("log-format"),
    help: ArgumentHelp(
      "How log lines look; by default what fits where they go, the standard error.", valueName: "format"))
  var format: LogFormatName?

  @Option(
    name: .customLong("log-level"),
    help: ArgumentHelp("The least that is logged.", valueName: "level"))
  var level = LogLevelName.info

  func bootstrap() { LogSink(format: format?.format ?? .fitting()).bootstrap(level: level.level) }
}

/// `LogFormat` as an argument.
enum LogFormatName: String, CaseIterable, ExpressibleByArgument {
  case human, json, journald

  var format: LogFormat {
    switch self {
    case .human: .human
    case .json: .json
    case .journald: .journald
    }
  }
}

/// swift-log's levels as an argument.
enum LogLevelName: String, CaseIterable, ExpressibleByArgument {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    case .critical: .critical
    }
  }
}

/// `run`: the daemon.
struct RunCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Keep the vaults: the daemon.",
    discussion: """
      Ticks at the configured interval until SIGTERM or SIGINT, which end it between two steps; a second one ends it \
      at once, which the journal makes safe. Opens the keystore, takes the journal's lock, and tells systemd READY, \
      STATUS and, after each completed tick and within a tick for each exchange that brought an answer, WATCHDOG.

      With --dry-run it decides and simulates as always, and prints each transaction it would have signed: as JSON, as \
      RLP (decode takes it), its inner calls and the reason. A dry run opens no keystore, takes no lock and holds \
      nothing that could sign or send. It reads the journal once, when it starts.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var log: LogOptions

  @Flag(help: "One tick of every vault, then end.")
  var once = false

  @Flag(name: .customLong("dry-run"), help: "Sign nothing and send nothing; print what would be signed.")
  var isDryRun = false

  @Flag(name: .customLong("json"), help: "With --dry-run: one JSON object for each transaction.")
  var isJSON = false

  func validate() throws {
    if isJSON, !isDryRun { throw ValidationError("--json says how --dry-run prints; the daemon has --log-format.") }
  }

  func execute() throws {
    // Reads the environment, so before there are threads.
    let notifier = SystemdNotifier()
    log.bootstrap()
    let workshop = try Workshop(
      configurationPath: file.path, handlingSignals: true, needsEveryEndpoint: !isDryRun)
    try Watchdog.refuseHasty(notifier.watchdogMilliseconds, tick: workshop.file.configuration.tick)
    let metrics = workshop.file.configuration.metricsPath.map { TextfileMetrics(path: $0) }
    metrics?.bootstrap()
    let journal = TickLog(notifier: notifier, textfile: metrics)
    if isDryRun {
      try DryRun(workshop: workshop, log: journal, isJSON: isJSON).run(once: once)
    } else {
      try Daemon(workshop: workshop, log: journal, notifier: notifier).run(once: once)
    }
  }
}
