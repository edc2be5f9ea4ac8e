import ArgumentParser
import Ethereum
import Host
import Keeper
import Outbox

/// `journal`: the record of everything.
struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Verify the journal, show what is in it, export it, back it up, restore it.",
    discussion: """
      All but restore only read, without a lock, beside a running keeper or without one. restore takes the lock.
      """,
    subcommands: [
      JournalVerify.self, JournalShow.self, JournalExportCommand.self, JournalBackupCommand.self,
      JournalRestoreCommand.self,
    ])
}

/// `journal show`: what happened.
struct JournalShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the ticks, or with --promises every promise record.",
    discussion: """
      A line for each tick: block, price, delta (and what it was at the next tick, where that differs), drift, \
      action or refusal code, and the gas of the call mined for it. Ticks that say the same in a row share a line. \
      With --json one JSON object a line, for every tick and with every figure.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  @Flag(help: "Show promise records instead of ticks.")
  var promises = false

  @Flag(help: "Only ticks that acted.")
  var acted = false

  @Option(help: ArgumentHelp("Only this vault.", valueName: "name"))
  var vault: String?

  @Option(help: ArgumentHelp("Only ticks that ended with this code, such as insideBand.", valueName: "code"))
  var code: String?

  @Option(help: ArgumentHelp("Only entries from this sequence on.", valueName: "sequence"))
  var from: UInt64 = 1

  @Option(help: ArgumentHelp("Only the last so many lines.", valueName: "count"))
  var last: Int?

  func validate() throws {
    if let last, last < 1 { throw ValidationError("--last needs a count of 1 or more.") }
    if promises, acted || vault != nil || code != nil {
      throw ValidationError("--acted, --vault and --code choose among ticks; leave --promises out.")
    }
  }

  func execute() throws {
    let file = try ConfigurationFile.read(file.path)
    guard let reader = try JournalMemory.reader(file) else {
      throw CommandFailure(
        status: .missingInput, message: "there is no journal at \(file.configuration.journal.path) yet")
    }
    if promises { try showPromises(reader) } else { try showTicks(reader) }
  }

  private func showPromises(_ reader: JournalReader) throws {
    var lines = Recent<JournalLine>(limit: last)
    try reader.replayPromises(from: from) { (durable) throws(JournalFailure) in lines.add(JournalLine(durable)) }
    if output.isJSON {
      for line in lines.last { Console.show(try JSONText.of(line)) }
      return
    }
    var table = TextTable(["#", "time (UTC)", "record", "about", "what"], alignments: [.right])
    for line in lines.last {
      let subject = line.subject.hasPrefix("0x") ? String(line.subject.prefix(10)) : line.subject
      table.add(["\(line.sequence)", TimeText.utc(line.unixSeconds), line.name, subject, line.text])
    }
    for line in table.lines { Console.show(line) }
  }

  private func showTicks(_ reader: JournalReader) throws {
    var ticks = Recent<RecordedTick>(limit: last)
    // Read from the beginning, since each tick is written as a difference to the one before it.
    try reader.replayTicks { (tick) throws(JournalFailure) in
      guard tick.sequence >= from else { return }
      guard let report = tick.readableReport, matches(report) else { return }
      ticks.add(RecordedTick(report: report, hash: tick.hash))
    }
    if output.isJSON {
      for tick in ticks.last { Console.show(try JSONText.of(tick.report)) }
      return
    }
    let gas = try GasLedger(reader)
    for line in TickTable.lines(ticks.last, gas: gas) { Console.show(line) }
  }

  private func matches(_ report: TickReport) -> Bool {
    if acted, report.ending != .acted { return false }
    if let vault, report.vault != vault { return false }
    if let code, report.code != code { return false }
    return true
  }
}

/// The last so many of a stream, without holding all of it.
struct Recent<Item> {
  private let limit: Int?
  private(set) var items: [Item] = []

  init(limit: Int?) { self.limit = limit }

  mutating func add(_ item: Item) {
    items.append(item)
    // Twice the limit before cutting, so that not every addition moves all of them.
    if let limit, items.count > 2 * limit { items.removeFirst(items.count - limit) }
  }
}

extension Recent {
  /// Cut to the limit.
  var last: [Item] { limit.map { Array(items.suffix($0)) } ?? items }
}
