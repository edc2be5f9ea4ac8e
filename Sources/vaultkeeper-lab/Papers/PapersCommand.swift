import ArgumentParser
import Ethereum
import Foundation

/// Reproduces published results and prints ours beside theirs.
struct PapersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "papers",
    abstract: "Reproduces published results with the program's own functions, and prints ours beside theirs.",
    discussion: """
      Simulations are seeded: a run prints the same numbers every time. Exit status: 0 if every number is within its \
      tolerance, 1 if one is not, 64 for a name that no paper has.
      """)

  @Option(help: "Only these papers, by their letters (or \"backtest\"), with commas between them.")
  var only: String?
  @Option(help: "Simulated paths of each paper, instead of its own number.")
  var paths: Int?
  @Option(help: "The folder with the histories of prices that the back-test reads.", completion: .directory)
  var data: String?
  @Option(help: "The folder of test vectors.", completion: .directory)
  var vectors = "Tests/Fixtures/Vectors"
  @Flag(help: "Prints JSON.")
  var json = false
  @Option(help: "Writes the tables to this file too, as Markdown.")
  var write: String?

  func run() throws {
    let papers = try chosen()
    var report = PapersReport()
    for paper in papers {
      let inputs = PaperInputs(paths: paths ?? paper.paths, vectors: vectors, data: data)
      let section: PapersReport.Section
      do {
        section = PapersReport.Section(paper, inputs.paths, try paper.reproduce(inputs))
      } catch {
        section = PapersReport.Section(
          paper, inputs.paths, PaperResult(findings: [Finding("\(error)", .nan, atMost: 0)]))
      }
      report.add(section)
      if !json { print(section.text) }
    }
    print(json ? report.json.text : report.verdict)
    if let write {
      let text = Self.preamble + report.markdown
      try Data(text.utf8).write(to: URL(fileURLWithPath: write))
    }
    if report.failed > 0 { throw ExitCode(1) }
  }

  private func chosen() throws -> [Paper] {
    guard let only else { return Paper.all }
    return try only.split(separator: ",").map { name in
      guard let paper = Paper.all.first(where: { $0.name.lowercased() == name.lowercased() }) else {
        throw ValidationError("no paper \"\(name)\"; there are \(Paper.all.map(\.name).joined(separator: ", "))")
      }
      return paper
    }
  }

  private static let preamble = """
    # Published results, reproduced

    Written by `make papers DATA=folder WRITE=docs/papers.md`; do not edit. Each row is one number: what the program
    gives, what was published, and between which bounds ours is accepted. A bound of "≥" or "≤" stands where the claim
    is an order and not a number. "In errors" means divided by the standard error of the simulation. All simulations
    are seeded, so a run on the same machine gives the same digits.


    """
}

/// All that a run has found.
struct PapersReport {
  struct Section {
    let paper: Paper
    let paths: Int
    let result: PaperResult

    init(_ paper: Paper, _ paths: Int, _ result: PaperResult) {
      self.paper = paper
      self.paths = paths
      self.result = result
    }

    var failed: Int { result.findings.count { !$0.passed } }
  }

  private var sections: [Section] = []

  mutating func add(_ section: Section) { sections.append(section) }

  var failed: Int { sections.reduce(0) { $0 + $1.failed } }
  private var count: Int { sections.reduce(0) { $0 + $1.result.findings.count } }
  private var skipped: Int { sections.count { $0.result.skipped != nil } }

  var verdict: String { "\(count - failed) passed, \(failed) failed, \(skipped) skipped" }

  var markdown: String { sections.map(\.markdown).joined(separator: "\n") + "\n\(verdict)\n" }

  var json: JSON {
    .object(
      JSONObject([
        (key: "papers", value: .array(sections.map(\.json))), (key: "failed", value: .integer(Int64(failed))),
      ]))
  }
}

extension PapersReport.Section {
  private var heading: String {
    paths > 0 ? "\(paper.name). \(paper.title) (\(paths) paths)" : "\(paper.name). \(paper.title)"
  }

  private var rows: [[String]] {
    result.findings.map { finding in
      [
        finding.what, Self.number(finding.ours), finding.published.map { Self.number($0) } ?? "",
        Self.bounds(finding.accepted), finding.passed ? "passed" : "FAILED",
      ]
    }
  }

  private static let columns = ["number", "ours", "published", "accepted", ""]

  var text: String {
    var lines = [heading]
    if let skipped = result.skipped { lines.append("  skipped: \(skipped)") }
    for table in [result.table, rows.isEmpty ? [] : [Self.columns] + rows] where !table.isEmpty {
      let widths = (table.first ?? []).indices.map { column in table.map { $0[column].count }.max() ?? 0 }
      lines += table.map { row in
        let cells = zip(row, widths).enumerated().map { index, cell in
          let space = String(repeating: " ", count: cell.1 - cell.0.count)
          return index == 0 ? cell.0 + space : space + cell.0
        }
        return "  " + cells.joined(separator: "  ")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var markdown: String {
    var lines = ["## \(heading)", ""]
    if let skipped = result.skipped { lines += ["Skipped: \(skipped).", ""] }
    for table in [result.table, rows.isEmpty ? [] : [Self.columns] + rows] where !table.isEmpty {
      for (index, row) in table.enumerated() {
        lines.append("| \(row.joined(separator: " | ")) |")
        if index == 0 { lines.append("|" + String(repeating: " --- |", count: row.count)) }
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    let findings = result.findings.map { finding -> JSON in
      .object(
        JSONObject([
          (key: "what", value: .string(finding.what)), (key: "ours", value: VectorOutput.finite(finding.ours)),
          (key: "published", value: VectorOutput.number(finding.published)),
          (key: "low", value: VectorOutput.finite(finding.accepted.lowerBound)),
          (key: "high", value: VectorOutput.finite(finding.accepted.upperBound)),
          (key: "passed", value: .bool(finding.passed)),
        ]))
    }
    return .object(
      JSONObject([
        (key: "name", value: .string(paper.name)), (key: "title", value: .string(paper.title)),
        (key: "paths", value: .integer(Int64(paths))), (key: "findings", value: .array(findings)),
        (key: "table", value: .array(result.table.map { .array($0.map { .string($0) }) })),
        (key: "skipped", value: result.skipped.map { .string($0) } ?? .null),
      ]))
  }

  /// Six significant digits.
  private static func number(_ value: Double) -> String { String(format: "%.6g", value) }

  private static func bounds(_ range: ClosedRange<Double>) -> String {
    switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
    case (true, false): "≥ \(number(range.lowerBound))"
    case (false, true): "≤ \(number(range.upperBound))"
    default:
      range.lowerBound == range.upperBound
        ? "exactly \(number(range.lowerBound))" : "\(number(range.lowerBound)) to \(number(range.upperBound))"
    }
  }
}
