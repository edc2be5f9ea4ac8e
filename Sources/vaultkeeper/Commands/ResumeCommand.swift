import ArgumentParser
import Host
import Outbox

/// `resume`: signing again.
struct ResumeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Say why the keeper is halted, and end it with --note.",
    discussion: """
      Without --note: shows every halt in force, from the marker file and from the journal, changes nothing and ends \
      with 1. With --note: your word that you have looked and that it is over. The note goes into the journal with the \
      keeper's next tick, and the marker is removed. A keeper halted by evidence (a nonce that somebody else used, a \
      role taken away) accepts the world as it then is: look before you resume.
      """)

  @OptionGroup var file: ConfigurationOption

  @Option(help: ArgumentHelp("What was found and done; ends the halt.", valueName: "text"))
  var note: String?

  func validate() throws {
    if let note, !note.contains(where: { !$0.isWhitespace }) {
      throw ValidationError("Say in --note what was found and done.")
    }
  }

  func execute() throws {
    let file = try ConfigurationFile.read(file.path)
    let desk = MarkerDesk(markerPath: file.configuration.haltMarkerPath)
    let halts = try JournalMemory(file, policies: file.configuration.chains.map(\.lane)).outbox.halts
    let marker = desk.haltReason()
    if let marker { Console.show("marker \(desk.halt.path): \(quoted(marker, limit: 400))") }
    for halt in halts { Console.show("journal: \(halt.code): \(halt)") }
    guard marker != nil || !halts.isEmpty else {
      throw CommandFailure(status: .refused, message: "nothing is halted")
    }
    guard let note else {
      throw CommandFailure(status: .refused, message: "nothing was changed; resume with --note when it is over")
    }
    // The note first: were the marker gone before it, a keeper could resume without it and leave it for a later halt.
    if !halts.isEmpty { try desk.resumptionNote.set(reason: note) }
    try desk.orderWish.clear()
    try desk.halt.clear()
    Console.show(halts.isEmpty ? "resumed" : "the keeper resumes with its next tick")
  }
}
