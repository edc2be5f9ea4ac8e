import ArgumentParser
import Ethereum
import Host
import Outbox

/// `journal verify`: is it what was written?
struct JournalVerify: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that the journal holds what was written, all of it.",
    discussion: """
      Checks the database's structure, every entry's hash, both chains, and the links between promises and \
      observations. Prints the two newest hashes: written down elsewhere, they prove later that nothing was changed. \
      Ends with 74 and the first entry that is wrong.

      With --file it verifies a backup, or an export as journal export writes it. Of an export of one stream, or of \
      its newer part, each stream is verified for itself.
      """)

  @OptionGroup var file: ConfigurationOption
  @OptionGroup var output: OutputOption

  @Option(
    name: .customLong("file"),
    help: ArgumentHelp("A backup or an export, instead of the configured journal.", valueName: "path"))
  var other: String?

  func execute() throws {
    if let other, try !Self.isDatabase(other) { return try verifyExport(other) }
    let path = try other ?? ConfigurationFile.read(file.path).configuration.journal.path
    let source = try SQLiteJournalReader(path: path)
    let problems = try source.structuralProblems()
    guard problems.isEmpty else {
      throw CommandFailure(status: .journal, message: "\(path) is damaged:\n" + problems.joined(separator: "\n"))
    }
    let found = try source.verified()
    show(found, lineage: try source.lineage())
  }

  private func verifyExport(_ path: String) throws {
    let source = try ExportedJournal(path: path)
    let excerpt = try JournalExcerpt(verifying: source)
    if excerpt.isWhole { return show(try JournalReader(source).verify(), lineage: []) }
    guard !excerpt.parts.isEmpty else {
      throw CommandFailure(status: .journal, message: "\(path) holds no entry of a journal")
    }
    if output.isJSON {
      return Console.show(
        JSON.array(
          excerpt.parts.map { part in
            .object([
              "stream": .string(part.stream.rawValue), "first": .string("\(part.first)"),
              "last": .string("\(part.tail.sequence)"), "hash": .string(part.tail.hash.description),
            ])
          }
        ).text)
    }
    var table = TextTable(["stream", "first", "last", "newest hash"], alignments: [.left, .right, .right])
    for part in excerpt.parts {
      table.add([part.stream.rawValue, "\(part.first)", "\(part.tail.sequence)", part.tail.hash.description])
    }
    for line in table.lines { Console.show(line) }
    Console.show("this part is sound in itself; what came before it and how the streams are linked was not checked")
  }

  private func show(_ found: JournalVerification, lineage: [JournalEvent]) {
    let forgotten = found.firstObservation > 0 ? found.firstObservation - 1 : 0
    if output.isJSON {
      return Console.show(
        JSON.object(
          JSONObject([
            (key: "promises", value: .string("\(found.promises.sequence)")),
            (key: "promisesHash", value: .string(found.promises.hash.description)),
            (key: "observations", value: .string("\(found.observations.sequence)")),
            (key: "observationsHash", value: .string(found.observations.hash.description)),
            (key: "observationsForgotten", value: .string("\(forgotten)")),
          ])
        ).text)
    }
    for line in VerificationText.lines(found) { Console.show(line) }
    for event in lineage {
      Console.show(
        "\(TimeText.utc(event.unixSeconds)) UTC, version \(event.program): \(quoted(event.event, limit: 400))")
    }
    if forgotten > 0 { Console.show("observations 1 to \(forgotten) were forgotten, as configured") }
    Console.show("the journal is sound")
  }

  /// Whether the file begins as every SQLite database does.
  private static func isDatabase(_ path: String) throws(HostError) -> Bool {
    try Files.prefix(of: path, count: 16) == Array("SQLite format 3\0".utf8)
  }
}

/// A `JournalVerification` for people.
enum VerificationText {
  static func lines(_ found: JournalVerification) -> [String] {
    var table = TextTable(["stream", "entries", "newest hash"], alignments: [.left, .right])
    table.add(["promises", "\(found.promises.sequence)", found.promises.hash.description])
    table.add(["observations", "\(found.observations.sequence)", found.observations.hash.description])
    return table.lines
  }
}
