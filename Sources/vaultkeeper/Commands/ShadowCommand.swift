import ArgumentParser
import Contracts
import Ethereum
import Host
import Keeper
import Outbox

/// `shadow`: what would another configuration have decided?
struct ShadowCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "shadow",
    abstract: "Judge recorded ticks by another configuration, and report what would have differed.",
    discussion: """
      Takes each tick's recorded inputs and judges them by the policies, limits and budgets of the configuration \
      given with --config. Shows how many decisions would have differed and how, the first of them, and what both \
      would have traded and spent.

      The recorded world does not react: after the first act that only one of the two makes, what follows was seen \
      under the other one. Ticks in a row that act count as one act. Gas is as simulated where the call is the same, \
      and the configured limit elsewhere.

      A configuration with another venue, vault, token or price feed is refused with 78: what was not read then cannot \
      be read now.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  @Argument(
    help: ArgumentHelp(
      "A journal, a copy of one, or an export; by default the configuration's own journal.", valueName: "journal"))
  var path: String?

  func execute() throws {
    let configuration = try ConfigurationFile.read(file.path)
    let deployment = try Deployment(configuration)
    var shadow = Shadow(
      deployment.chains.flatMap { chain in
        chain.vaults.map { ShadowVault(vault: $0, chain: chain.settings) }
      })
    let reader = try RecordSource.open(path) { configuration }
    var refusal: ShadowRefusal?
    try reader.replayObservations { (durable) throws(JournalFailure) in
      guard refusal == nil else { return }
      do throws(ShadowRefusal) { try shadow.look(at: durable) } catch { refusal = error }
    }
    if let refusal { throw CommandFailure(status: .configuration, message: refusal.description) }
    if output.isJSON {
      Console.show(ShadowText.json(shadow.summary).text)
    } else {
      for line in ShadowText.lines(shadow.summary) { Console.show(line) }
    }
    if shadow.summary.compared == 0 { throw ExitCode(ExitStatus.missingInput.rawValue) }
  }
}

/// What a shadow run found, for people and for programs.
enum ShadowText {
  static func lines(_ summary: ShadowSummary) -> [String] {
    guard summary.compared > 0 else { return ["there is no decision to compare"] + left(summary) }
    let same = summary.compared - summary.different
    var lines = ["\(summary.compared) decisions compared: \(same) the same, \(summary.different) different"]
    lines += left(summary)
    if !summary.exchanges.isEmpty {
      var table = TextTable(["recorded", "shadow", "ticks"], alignments: [.left, .left, .right])
      for exchange in summary.exchanges { table.add([exchange.recorded, exchange.shadow, "\(exchange.count)"]) }
      lines += [""] + table.lines
    }
    if !summary.cases.isEmpty {
      var table = TextTable(["#", "time (UTC)", "vault", "recorded", "shadow"], alignments: [.right])
      for found in summary.cases {
        table.add([
          "\(found.sequence)", TimeText.utc(found.unixSeconds), found.vault, found.recorded, found.shadow,
        ])
      }
      lines += ["", "the first of them:"] + table.lines
    }
    var table = TextTable(
      ["", "ticks that act", "acts", "turnover (USD)", "gas and fees (ether)"], alignments: [.left])
    for (name, side) in [("recorded", summary.recorded), ("shadow", summary.shadow)] {
      table.add([name, "\(side.ticks)", "\(side.acts)", side.turnover.description, EtherText.of(side.costWei)])
    }
    return lines + [""] + table.lines
      + ["", "The recorded world does not react to what the shadow would have done."]
  }

  private static func left(_ summary: ShadowSummary) -> [String] {
    var lines: [String] = []
    if summary.unjudged > 0 { lines.append("\(summary.unjudged) ticks had not been judged") }
    if summary.unconfigured > 0 { lines.append("\(summary.unconfigured) ticks of vaults not in this configuration") }
    if summary.unreadable > 0 { lines.append("\(summary.unreadable) ticks whose records are incomplete") }
    return lines
  }

  static func json(_ summary: ShadowSummary) -> JSON {
    func side(_ side: ShadowSummary.Side) -> JSON {
      [
        "ticks": .integer(Int64(side.ticks)), "acts": .integer(Int64(side.acts)),
        "turnoverUsd": .string(side.turnover.description), "costWei": .string(side.costWei.description),
      ]
    }
    return [
      "compared": .integer(Int64(summary.compared)), "different": .integer(Int64(summary.different)),
      "unjudged": .integer(Int64(summary.unjudged)), "unconfigured": .integer(Int64(summary.unconfigured)),
      "unreadable": .integer(Int64(summary.unreadable)), "recorded": side(summary.recorded),
      "shadow": side(summary.shadow),
      "exchanges": .array(
        summary.exchanges.map {
          ["recorded": .string($0.recorded), "shadow": .string($0.shadow), "count": .integer(Int64($0.count))]
        }),
      "cases": .array(
        summary.cases.map {
          [
            "sequence": .string("\($0.sequence)"), "time": .string(TimeText.utc($0.unixSeconds)),
            "vault": .string($0.vault), "block": $0.block.map { .string("\($0)") } ?? .null,
            "recorded": .string($0.recorded), "shadow": .string($0.shadow),
          ]
        }),
    ]
  }
}
