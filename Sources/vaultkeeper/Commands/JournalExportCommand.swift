import ArgumentParser
import Host
import Outbox

/// `journal export`: all of it, for other programs and other disks.
struct JournalExportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the journal as JSON lines to the standard output.",
    discussion: """
      One object for each entry, promises first: stream, sequence, unixSeconds, payload, previousHash, hash. The hash \
      binds the payload byte for byte, so journal verify --file proves later that nothing in the file was changed. \
      Reads one state of the journal, without a lock, beside a running keeper. Ends with 74 when not every byte could \
      be written.
      """)

  @OptionGroup var file: ConfigurationOption

  @Option(help: ArgumentHelp("Only entries from this sequence on, of each stream.", valueName: "sequence"))
  var from: UInt64 = 1

  @Option(help: ArgumentHelp("Only this stream: promises or observations.", valueName: "stream"))
  var stream: StreamName?

  func execute() throws {
    let path = try ConfigurationFile.read(file.path).configuration.journal.path
    let source = try SQLiteJournalReader(path: path)
    let sink = ExportSink()
    try source.consistently { () throws(JournalFailure) in
      for stream in JournalStream.allCases where self.stream.map({ $0.stream == stream }) ?? true {
        try source.replay(stream, from: from) { (entry) throws(JournalFailure) in
          try sink.write(JournalExport.line(entry))
        }
      }
    }
    try sink.flush()
  }
}

/// `JournalStream` as an argument.
enum StreamName: String, CaseIterable, ExpressibleByArgument {
  case promises, observations

  var stream: JournalStream {
    switch self {
    case .promises: .promises
    case .observations: .observations
    }
  }
}
