import Ethereum
import Host
import Keeper

/// The alarms of a configuration, opened: its secrets are read here and nowhere else.
enum Alarms {
  /// How long a process that ends waits for the last alarms: one try of each channel, and a second.
  static func farewellMilliseconds(_ alarms: Configuration.Alarms) -> UInt64 { (2 * alarms.timeoutSeconds + 1) * 1000 }

  static func channels(_ alarms: Configuration.Alarms) throws(HostError) -> [any AlarmChannel] {
    var channels: [any AlarmChannel] = []
    if let command = alarms.command {
      channels.append(AlarmCommand(arguments: command, timeoutMilliseconds: alarms.timeoutSeconds * 1000))
    }
    if let webhook = alarms.webhook {
      channels.append(
        try AlarmWebhook(
          try webhook.open(as: EndpointID(index: 0, name: webhook.name)), version: Vaultkeeper.version,
          timeoutMilliseconds: alarms.timeoutSeconds * 1000))
    }
    return channels
  }

  /// Started; nil where the configuration has none.
  static func start(_ workshop: Workshop) throws(HostError) -> AlarmRunner? {
    let configuration = workshop.file.configuration
    guard let alarms = configuration.alarms else { return nil }
    let book = AlarmBook(
      alarms.policy, vaults: configuration.vaults.map(\.name), startedAt: workshop.clock.now())
    let runner = try AlarmRunner(book: book, channels: try channels(alarms), clock: workshop.clock) {
      [keeper = configuration.key.address] notice in
      notice.json(keeper: keeper, version: Vaultkeeper.version).encoded()
    }
    try runner.start()
    return runner
  }
}
