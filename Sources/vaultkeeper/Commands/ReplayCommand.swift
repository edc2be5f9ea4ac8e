import ArgumentParser
import Ethereum
import Host
import Keeper
import Outbox

/// `replay`: would this program have decided the same?
struct ReplayCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Make every recorded decision again, and report the first that comes out differently.",
    discussion: """
      Takes each tick's recorded inputs (what was read, fees, budgets, price history, the simulation) and the policy \
      recorded with them, judges anew with this program, and compares every figure as it is rounded to its unit, every \
      check, the verdict and the hash of the call. Asks no node and opens no key; with a file as its argument it needs \
      no configuration either, so that another machine can do it.

      Ends with 0 when all decisions are the same, with 65 when one is not, with 66 when there is none to compare.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  @Argument(
    help: ArgumentHelp(
      "A journal, a copy of one, or an export; by default the configured journal.", valueName: "journal"))
  var path: String?

  func execute() throws {
    let reader = try RecordSource.open(path) { try ConfigurationFile.read(file.path) }
    var replay = Replay()
    try reader.replayObservations { (durable) throws(JournalFailure) in replay.look(at: durable) }
    let summary = replay.summary
    if output.isJSON {
      Console.show(ReplayText.json(summary).text)
    } else {
      for line in ReplayText.lines(summary) { Console.show(line) }
    }
    if summary.different > 0 { throw ExitCode(ExitStatus.different.rawValue) }
    if summary.compared == 0 { throw ExitCode(ExitStatus.missingInput.rawValue) }
  }
}

/// What a replay found, for people and for programs.
enum ReplayText {
  static func lines(_ summary: ReplaySummary) -> [String] {
    var lines: [String] = []
    if let first = summary.first {
      lines += [
        "the first difference:", "  \(TimeText.utc(first.unixSeconds)) UTC, \(first)",
      ]
    }
    if summary.unjudged > 0 { lines.append("\(summary.unjudged) ticks had not been judged") }
    if summary.beforeFrame > 0 {
      lines.append("\(summary.beforeFrame) ticks before the first whole record that is still held")
    }
    let same = summary.compared - min(summary.different, summary.compared)
    lines.append(
      summary.compared == 0 && summary.different == 0
        ? "there is no decision to compare"
        : "\(summary.compared) decisions made again: \(same) the same, \(summary.different) different")
    return lines
  }

  static func json(_ summary: ReplaySummary) -> JSON {
    var object: JSONObject = [
      "compared": .integer(Int64(summary.compared)), "different": .integer(Int64(summary.different)),
      "unjudged": .integer(Int64(summary.unjudged)), "beforeFrame": .integer(Int64(summary.beforeFrame)),
    ]
    if let first = summary.first {
      object["first"] = [
        "sequence": .string("\(first.sequence)"), "time": .string(TimeText.utc(first.unixSeconds)),
        "vault": .string(first.vault), "block": first.block.map { .string("\($0)") } ?? .null,
        "stage": .string(first.stage), "name": .string(first.name), "recorded": .string(first.recorded),
        "derived": .string(first.derived),
      ]
    }
    return .object(object)
  }
}
