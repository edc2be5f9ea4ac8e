import ArgumentParser
import Ethereum
import Host
import Keeper
import Outbox

/// `status`: can it act now?
struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell whether the keeper can act now.",
    discussion: """
      Reads the journal beside the running keeper and asks no node. Ends with 0 when a keeper holds the journal, \
      nothing is halted, and each vault's last tick is young, came to a judgement and met no obstacle; with 1 and the \
      reasons otherwise. Waiting is no obstacle: a vault inside its band can act. A process that lives and could not \
      act is not well, and that is what a monitor should ask.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  func execute() throws {
    let file = try ConfigurationFile.read(file.path)
    let now = SystemClock(interrupt: try Interrupt()).now().unixSeconds
    let standing = try Standing(file, now: now)
    if output.isJSON {
      Console.show(standing.json.text)
    } else {
      for line in standing.lines { Console.show(line) }
    }
    if !standing.obstacles.isEmpty { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}

/// Whether a keeper can act, and what of it is in the way.
private struct Standing {
  private let vaults: [(name: String, last: TickReport?)]
  private let now: UInt64
  private(set) var obstacles: [String] = []

  init(_ file: ConfigurationFile, now: UInt64) throws {
    let configuration = file.configuration
    self.now = now
    let names = configuration.vaults.map(\.name)
    let memory = try JournalMemory(file, policies: configuration.chains.map(\.lane))
    var last: [String: JournaledTick] = [:]
    if let reader = memory.reader {
      let source = try SQLiteJournalReader(path: configuration.journal.path)
      let newest = try source.newestSequence(.observations)
      // A tick that acted has a second record, of its judgement made again.
      let wanted = 2 * JournaledTick.recordsBetweenFrames * UInt64(names.count)
      try reader.replayTicks(from: newest > wanted ? newest - wanted : 1) { (tick) throws(JournalFailure) in
        last[tick.vault] = tick
      }
    }
    vaults = try names.map { ($0, try last[$0]?.report()) }
    let (isHeld, lockPath) = try WriterLock.standing(journalPath: configuration.journal.path)
    if !isHeld { obstacles.append("no keeper runs: nobody holds \(lockPath)") }
    if let reason = MarkerDesk(markerPath: configuration.haltMarkerPath).haltReason() {
      obstacles.append("halted by its marker: \(quoted(reason, limit: 200))")
    }
    for halt in memory.outbox.halts { obstacles.append("halted: \(halt)") }
    // The slowest honest tick is some exchanges, each with its own deadline; three rounds beside it are not a hurry.
    let patience = 3 * configuration.tick.intervalSeconds + 8 * configuration.tick.deadlineSeconds
    for (name, report) in vaults {
      guard let report else {
        obstacles.append("\(name): no tick is on record")
        continue
      }
      let age = now > report.startedAtUnixSeconds ? now - report.startedAtUnixSeconds : 0
      if age > patience { obstacles.append("\(name): the last tick began \(age) s ago") }
      if !report.couldAct { obstacles.append("\(name): \(report.code): \(report.text)") }
    }
  }

  var lines: [String] {
    var table = TextTable(["vault", "last tick (UTC)", "ending", "code"])
    for (name, report) in vaults {
      table.add([
        name, report.map { TimeText.utc($0.startedAtUnixSeconds) } ?? "never", report?.ending.rawValue ?? "",
        report?.code ?? "",
      ])
    }
    return table.lines + (obstacles.isEmpty ? ["can act"] : ["cannot act:"] + obstacles.map { "  " + $0 })
  }

  var json: JSON {
    .object([
      "canAct": .bool(obstacles.isEmpty), "obstacles": .array(obstacles.map { .string($0) }),
      "vaults": .array(
        vaults.map { name, report in
          .object([
            "vault": .string(name),
            "lastTickUnixSeconds": report.map { .string("\($0.startedAtUnixSeconds)") } ?? .null,
            "ending": report.map { .string($0.ending.rawValue) } ?? .null,
            "code": report.map { .string($0.code) } ?? .null,
          ])
        }),
    ])
  }
}
