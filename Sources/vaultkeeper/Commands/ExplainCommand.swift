import ArgumentParser
import Decision
import Ethereum
import Keeper
import Outbox

/// `explain`: what would be decided now, and why.
struct ExplainCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Judge every vault once and show the numbers of every stage.",
    discussion: """
      Makes one tick as far as the signature: reads the chain at one block, assesses, calibrates, plans, goes through \
      every guard and simulates. Shows each stage's figures with their units and where they come from, then the guards \
      as a checklist, then warnings, and options that the measures advise and nothing executes. Holds no key, takes no \
      lock, writes nothing. Ends with 1 when a vault could not be looked at.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  @Option(help: ArgumentHelp("Only this vault.", valueName: "name"))
  var vault: String?

  func execute() throws {
    let workshop = try Workshop(configurationPath: file.path, needsEveryEndpoint: false)
    var hasMissed = false
    let rehearsals = try workshop.rehearsals(vault: vault)
    for failure in workshop.unopened { Console.complain("vaultkeeper: goes on without: \(failure.error)") }
    for var rehearsal in rehearsals {
      let rehearsed = rehearsal.run()
      if rehearsed.report.ending == .missed { hasMissed = true }
      if output.isJSON {
        Console.show(try JSONText.of(rehearsed.report))
      } else {
        for line in Explanation.lines(rehearsed.report) { Console.show(line) }
      }
    }
    if hasMissed { throw ExitCode(ExitStatus.refused.rawValue) }
  }
}

/// A tick's report for people, whole.
enum Explanation {
  static func lines(_ report: TickReport) -> [String] {
    var lines = ["\(report.vault) on \(report.chain), \(TimeText.utc(report.startedAtUnixSeconds)) UTC"]
    if let head = report.head {
      lines.append("block \(head.number), \(head.hash), \(TimeText.utc(head.timestamp)) UTC")
    }
    lines.append("\(report.ending.rawValue): \(report.code): \(report.text)")
    if !report.chapters.isEmpty { lines += [""] + figures(report.chapters) }
    if !report.checks.isEmpty { lines += [""] + checks(report.checks) }
    for event in report.events { lines.append("event \(event.code): \(event.text)") }
    for warning in report.warnings { lines.append("warning: \(Decision.Warning(rawValue: warning)?.text ?? warning)") }
    for advisory in report.advisories { lines.append("advisory \(advisory.code.rawValue): \(advisory.text)") }
    return lines + ["\(report.exchanges) exchanges with the nodes", ""]
  }

  private static func figures(_ chapters: [TickReport.Chapter]) -> [String] {
    var table = TextTable(["stage", "figure", "value", "unit", "from"], alignments: [.left, .left, .right])
    for chapter in chapters {
      for (index, figure) in chapter.figures.enumerated() {
        table.add([index == 0 ? chapter.stage : "", figure.name, figure.value, figure.unit, figure.source])
      }
    }
    return table.lines
  }

  private static func checks(_ checks: [Decision.Check]) -> [String] {
    var table = TextTable(["guard", "", "code", "numbers"])
    for check in checks {
      table.add([
        check.name, mark(check.outcome), check.code?.rawValue ?? "",
        check.figures.map(\.description).joined(separator: ", "),
      ])
    }
    return table.lines
  }

  static func mark(_ outcome: Decision.Check.Outcome) -> String {
    switch outcome {
    case .passed: "✓"
    case .refused: "✗"
    case .notApplicable: "–"
    case .notReached: "?"
    }
  }
}
