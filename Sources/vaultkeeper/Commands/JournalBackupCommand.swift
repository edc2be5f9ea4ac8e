import ArgumentParser
import Host
import Keeper
import Outbox

/// `journal backup`: a copy that was read back.
struct JournalBackupCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the journal to a new file, also while the keeper runs.",
    discussion: """
      Copies one state of the journal while the keeper goes on writing, verifies the copy whole, makes it durable and \
      then gives it its name. Never overwrites. Ends with 74 when it could not, and then nothing is there. Write the \
      printed hashes down elsewhere: they tell a backup from one that was changed.
      """)

  @OptionGroup var file: ConfigurationOption

  @Argument(help: ArgumentHelp("The file to make.", valueName: "path"), completion: .file())
  var target: String

  func execute() throws {
    let path = try ConfigurationFile.read(file.path).configuration.journal.path
    let held = try JournalBackup.make(of: path, at: target)
    for line in VerificationText.lines(held) { Console.show(line) }
    Console.show("backed up and verified: \(target)")
  }
}

/// `journal restore`: a backup in the journal's place.
struct JournalRestoreCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup in the journal's place, and halt.",
    discussion: """
      A backup does not know what was promised after it was made. So restore verifies it, sets the halt marker, moves \
      the present journal aside, and puts a copy of the backup in its place. Start the keeper then: it observes and \
      settles, finds out from the chain whether its key has sent transactions that the backup does not know of, and \
      signs nothing until resume.

      Refuses while a keeper holds the journal (74), a backup that does not verify (74), and, without --forget-newer, \
      to replace a sound journal that knows of more promises than the backup (74).
      """)

  @OptionGroup var file: ConfigurationOption

  @Argument(help: ArgumentHelp("The backup.", valueName: "path"), completion: .file())
  var backup: String

  @Flag(
    name: .customLong("forget-newer"),
    help: "Replace a sound journal although it knows of promises that the backup does not.")
  var forgetsNewer = false

  func execute() throws {
    let configuration = try ConfigurationFile.read(file.path).configuration
    let now = SystemClock(interrupt: try Interrupt()).now().unixSeconds
    let restore = try JournalRestore(
      of: configuration.journal.path, from: backup, forgettingNewer: forgetsNewer, program: Vaultkeeper.version,
      at: now)
    let marker = HaltMarker(path: configuration.haltMarkerPath)
    do {
      // Before any file moves: a keeper started in between, or after a crash in between, must not sign.
      try marker.set(reason: "the journal was restored from \(backup); compare it with the chain, then resume")
      guard case .halted = marker.state() else {
        throw CommandFailure(
          status: .journal, message: "the halt marker \(marker.path) did not stay; nothing was moved")
      }
      let aside = try restore.commit(at: now)
      for line in VerificationText.lines(restore.backup) { Console.show(line) }
      for line in Self.words(restore, journal: configuration.journal.path, aside: aside, marker: marker.path) {
        Console.show(line)
      }
    } catch {
      restore.abandon()
      throw error
    }
  }

  /// What was done, what stands where now, and what comes next.
  private static func words(
    _ restore: JournalRestore, journal: String, aside: String?, marker: String
  ) -> [String] {
    let held = restore.backup.promises.sequence
    var lines = ["restored: \(journal) is now a verified copy of the backup, with \(held) promise records"]
    if let aside {
      lines.append("moved aside: the journal that was in place is now \(aside); keep it until the chain agrees")
    } else {
      lines.append("nothing was moved aside: there was no journal in place")
    }
    if let damage = restore.damage {
      lines.append("  it does not verify, so what the backup has forgotten is not known: \(damage)")
    } else if let replaced = restore.replaced, replaced.promises.sequence > held {
      lines.append("  it knows \(replaced.promises.sequence - held) promise records more, which are forgotten here")
    }
    return lines + [
      "halted: by the marker \(marker), so that the keeper looks and settles, and signs nothing",
      "next:",
      "  1. start the keeper",
      "  2. vaultkeeper pending, until nothing is open; a halt foreignNonce names a transaction of the key that the "
        + "backup does not know: look it up on the chain",
      "  3. vaultkeeper resume --note \"why it may sign again\"",
    ]
  }
}
