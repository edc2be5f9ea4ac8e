import Host
import Outbox

/// Where recorded ticks are read from: a journal, a copy of one, or an export of one.
enum RecordSource {
  /// - Parameter path: a file given as an argument; nil for the configured journal.
  static func open(_ path: String?, configuration: () throws -> ConfigurationFile) throws -> JournalReader {
    guard let path else {
      let file = try configuration()
      guard let reader = try JournalMemory.reader(file) else {
        throw CommandFailure(
          status: .missingInput, message: "there is no journal at \(file.configuration.journal.path) yet")
      }
      return reader
    }
    if try isDatabase(path) { return JournalReader(try SQLiteJournalReader(path: path)) }
    let export = try ExportedJournal(path: path)
    _ = try JournalExcerpt(verifying: export)
    return JournalReader(export)
  }

  private static func isDatabase(_ path: String) throws -> Bool {
    try Files.prefix(of: path, count: 16).elementsEqual("SQLite format 3\0".utf8)
  }
}
