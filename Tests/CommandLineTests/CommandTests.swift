import Foundation
import Testing

@testable import vaultkeeper

/// The commands that need no node, through the built program.
@Suite struct CommandTests {
  @Test func aNewKeyIsWrittenOnceAndOpened() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    let made = try bench.run("key", "new", "k.json", "--passphrase-file", "passphrase.txt")
    #expect(made.status == 0 && made.complaints.isEmpty)
    let address = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    // The address and nothing else.
    #expect(address.wholeMatch(of: /0x[0-9a-fA-F]{40}/) != nil)
    #expect(try bench.mode("k.json") == 0o600)
    #expect(try bench.run("key", "address", "k.json", "--passphrase-file", "passphrase.txt").output == made.output)
    #expect(try bench.run("key", "address", "k.json", "--unverified").output == made.output)

    let again = try bench.run("key", "new", "k.json", "--passphrase-file", "passphrase.txt")
    #expect(again.status == ExitStatus.missingInput.rawValue)
    #expect(again.complaints.contains("exists and is not overwritten"))
    #expect(try bench.run("key", "address", "k.json", "--unverified").output == made.output)

    try bench.write("other.txt", "incorrect horse\n")
    let wrong = try bench.run("key", "address", "k.json", "--passphrase-file", "other.txt")
    #expect(wrong.status == ExitStatus.configuration.rawValue && wrong.output.isEmpty)
  }

  @Test func aKeyIsImportedFromAFile() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    // The first key of the well-known development mnemonic "test test … junk".
    let key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
    try bench.write("raw.txt", "0x\(key)\n")
    let done = try bench.run("key", "import", "k.json", "--from", "raw.txt", "--passphrase-file", "passphrase.txt")
    #expect(done.status == 0)
    #expect(done.output == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\n")
    #expect(try !bench.read("k.json").contains(key.prefix(16)))
    try bench.write("raw.txt", "0x\(key.dropLast())z\n")
    let bad = try bench.run("key", "import", "l.json", "--from", "raw.txt", "--passphrase-file", "passphrase.txt")
    #expect(bad.status == ExitStatus.configuration.rawValue)
    #expect(!bad.complaints.contains(key.prefix(16)) && !bench.exists("l.json"))
  }

  @Test func secretsThatOthersCanReadAreRefused() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.write("open.txt", "correct horse\n", mode: 0o644)
    let outcome = try bench.run("key", "new", "k.json", "--passphrase-file", "open.txt")
    #expect(outcome.status == ExitStatus.configuration.rawValue)
    #expect(outcome.complaints.contains("chmod 600"))
    #expect(!bench.exists("k.json"))
  }

  @Test func withoutATerminalNobodyIsAsked() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    let outcome = try bench.run("key", "new", "k.json", "--passphrase-credential", "none")
    #expect(outcome.status == ExitStatus.missingInput.rawValue && !bench.exists("k.json"))
    let both = try bench.run("key", "new", "k.json", "--passphrase-credential", "a", "--passphrase-file", "b")
    #expect(both.status == ExitStatus.usage.rawValue)
  }

  @Test func haltAndResume() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    let nothing = try bench.run("resume", "--config", "keeper.yaml")
    #expect(nothing.status == ExitStatus.refused.rawValue && nothing.complaints == "vaultkeeper: nothing is halted\n")

    let halted = try bench.run("halt", "--config", "keeper.yaml", "--reason", "upgrade of the Safe")
    #expect(halted.status == 0 && halted.output == "halted: halt\n")
    #expect(try bench.read("halt") == "upgrade of the Safe\n")
    let again = try bench.run("halt", "--config", "keeper.yaml", "--reason", "another")
    #expect(again.output == "was halted already: halt: \"upgrade of the Safe\"\n")

    let shown = try bench.run("resume", "--config", "keeper.yaml")
    #expect(shown.status == ExitStatus.refused.rawValue)
    #expect(shown.output == "marker halt: \"upgrade of the Safe\"\n")
    #expect(bench.exists("halt"))

    let resumed = try bench.run("resume", "--config", "keeper.yaml", "--note", "upgraded and checked")
    #expect(resumed.status == 0 && !bench.exists("halt"))
    // No halt is on record, so no note may lie around for a later one.
    #expect(!bench.exists("halt.resume"))
  }

  @Test func withoutAJournal() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    #expect(try bench.run("pending", "--config", "keeper.yaml").output == "nothing is pending\n")
    #expect(try bench.run("journal", "verify", "--config", "keeper.yaml").status == ExitStatus.journal.rawValue)
    #expect(try bench.run("journal", "show", "--config", "keeper.yaml").status == ExitStatus.missingInput.rawValue)
    // Reading made nothing.
    #expect(!bench.exists("vaultkeeper.journal"))
  }

  @Test func aForeignJournalIsNotRead() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    try bench.write("vaultkeeper.journal", "this is not a database, but long enough to look like a file of one\n")
    for command in [["pending"], ["journal", "verify"], ["journal", "show"], ["resume"]] {
      let outcome = try Binary.run(command + ["--config", "keeper.yaml"], in: bench.folder)
      #expect(outcome.status == ExitStatus.journal.rawValue, "\(command)")
    }
  }

  @Test func configurationProblemsEndWith78AndBeginWithTheirPlace() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    let text = try bench.read("keeper.yaml")
    try bench.write("bad.yaml", text.replacingOccurrences(of: "tick: {", with: "tikc: {"))
    for command in [
      ["run", "--once"], ["run", "--dry-run"], ["check"], ["explain"], ["pending"], ["resume"], ["journal", "show"],
    ] {
      let outcome = try Binary.run(command + ["--config", "bad.yaml"], in: bench.folder)
      #expect(outcome.status == ExitStatus.configuration.rawValue)
      #expect(outcome.complaints == "bad.yaml:6:1: tikc: unknown key; did you mean \"tick\"?\n")
    }
    #expect(try bench.run("check", "--config", "absent.yaml").status == ExitStatus.missingInput.rawValue)
    try bench.write("addresses/gmx-v2-arbitrum.json", "{}")
    let book = try bench.run("check", "--config", "keeper.yaml")
    #expect(book.status == ExitStatus.configuration.rawValue)
    #expect(
      book.complaints.hasPrefix(
        "keeper.yaml:78:13: vaults[0].venue.book: address book: addresses/gmx-v2-arbitrum.json: "))
  }

  /// A keeper must be stoppable while somebody edits its configuration.
  @Test func haltNeedsNothingButTheMarkersPath() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.write("keeper.yaml", "haltMarker: stop\nvaults: wrong\nnonsense: 1\n")
    #expect(try bench.run("halt", "--config", "keeper.yaml").status == 0)
    #expect(bench.exists("stop"))
    try bench.write("keeper.yaml", "vaults: wrong\n")
    let outcome = try bench.run("halt", "--config", "keeper.yaml")
    #expect(outcome.status == ExitStatus.configuration.rawValue)
    #expect(outcome.complaints.hasPrefix("keeper.yaml:1:1: haltMarker: this key is missing;"))
  }

  @Test func checkGoesOnAfterWhatFails() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    // The lease stands at the file's end.
    let text = try bench.read("keeper.yaml").components(separatedBy: "writer:\n")[0]
    try bench.write(
      "keeper.yaml",
      text.replacingOccurrences(of: "{credential: rpc-b}", with: "{file: url.txt}")
        .replacingOccurrences(of: "        caBundle: /etc/ssl/private-ca.pem\n", with: ""))
    try bench.write("url.txt", "http://localhost:1/b/hunter2\n")
    let outcome = try bench.run("check", "--config", "keeper.yaml")
    #expect(outcome.status == ExitStatus.refused.rawValue)
    for subject in [
      "key", "alarms", "devchain: endpoint a", "devchain: endpoint b", "devchain: relay flash",
      "first-light: judgement",
    ] {
      #expect(outcome.output.contains("✗  \(subject)"), "\(subject)")
    }
    #expect(outcome.output.contains("✓  address book gmx-v2-arbitrum"))
    // A secret that is missing is one finding among others.
    #expect(outcome.output.contains("credential rpc-flash: systemd passed no credentials"))
    #expect(outcome.output.hasSuffix("6 of 12 are not well\n"), "\(outcome.output)")
    #expect(!(outcome.output + outcome.complaints).contains("hunter"))
    let explained = try bench.run("explain", "--config", "keeper.yaml")
    #expect(explained.status == ExitStatus.refused.rawValue && explained.output.contains("missed: "))
    #expect(explained.complaints.contains("goes on without: credential rpc-flash"))
    // Who signs needs all of them.
    let run = try bench.run("run", "--once", "--config", "keeper.yaml")
    #expect(run.status == ExitStatus.missingInput.rawValue && run.complaints.contains("credential rpc-flash"))
    let unknown = try bench.run("explain", "--vault", "second", "--config", "keeper.yaml")
    #expect(unknown.status == ExitStatus.usage.rawValue)
    #expect(unknown.complaints == "vaultkeeper: there is no vault \"second\"; there are: first-light\n")
    let rehearsed = try bench.run("run", "--dry-run", "--once", "--config", "keeper.yaml")
    #expect(rehearsed.status == 0 && rehearsed.output.isEmpty)
    // Nothing of it wrote anything.
    #expect(!bench.exists("vaultkeeper.journal") && !bench.exists("vaultkeeper.journal.lock"))
  }

  @Test func anAddressBookOfAnotherChainIsRefused() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    let book = try bench.read("addresses/gmx-v2-arbitrum.json")
    try bench.write("addresses/gmx-v2-arbitrum.json", book.replacingOccurrences(of: "7777777777", with: "42161"))
    let outcome = try bench.run("check", "--config", "keeper.yaml")
    #expect(outcome.status == ExitStatus.configuration.rawValue)
    #expect(outcome.complaints.contains("is for chain 42161, not for chain 7777777777"))
  }

  private func remove(_ bench: Workbench) {
    do { try bench.remove() } catch { Issue.record("\(error)") }
  }
}
