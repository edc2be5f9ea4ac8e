import Ethereum
import Foundation
import Glibc
import Testing

/// What docs/operating.md tells an operator to do, done.
@Suite(.serialized)
struct OperatingTests {
  // MARK: Halting

  @Test func haltCancelOrdersTakesTheRestingOrderBackAndSignsNothingElse() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    #expect(try keeper.tick().code == "placeLimit")
    try chain.mine()
    try keeper.ticks(until: "orderResting")
    #expect(try keeper.run("halt", "--reason", "the vault is being moved").status == 0)
    // The venue lets an order be changed 300 s after it was.
    try chain.call("evm_increaseTime", 400)
    try chain.mine(2)
    #expect(try keeper.tick().code == "halted", "a halt alone leaves orders where they are")
    #expect(try chain.pooled().isEmpty)

    let wished = try keeper.run("halt", "--cancel-orders")
    #expect(wished.status == 0 && wished.output.contains("the vault is being moved"), "\(wished)")
    #expect(wished.output.contains("now cancels"), "\(wished)")
    let cancelling = try keeper.ticks(until: "cancel")
    let transaction = try #require(cancelling.transaction)
    let pooled = try chain.pooled()
    #expect(pooled.map { $0["hash"]?.string } == [transaction])
    let decoded = try keeper.decode(try #require(pooled.first?["input"]?.string))
    #expect(decoded.output.contains("cancelOrder") && !decoded.output.contains("createOrder"), "\(decoded)")
    try chain.mine()
    #expect(try chain.events("OrderCancelled") == 1)

    // From here on nothing, whatever the market does.
    for price in [3_100.0, 3_600, 2_500] {
      try chain.setPrice(price)
      try chain.mine(2)
      #expect(try ["halted", "oracleStale"].contains(keeper.tick().code))
    }
    #expect(try chain.keeperNonce() == 2 && chain.pooled().isEmpty && chain.events("OrderCreated") == 1)
    #expect(try keeper.run("pending").output.contains("taking orders back"))
    #expect(try keeper.run("resume", "--note", "moved").status == 0)
    // Those prices were jumps; what is left of one is over after ten minutes.
    #expect(try keeper.tick().code == "priceJump")
    try chain.call("evm_increaseTime", 700)
    try chain.setPrice(3_000)
    try keeper.ticks(until: "placeLimit")
    #expect(!keeper.exists("vaultkeeper.halt.cancel-orders"))
    try expectSoundJournal(keeper)
  }

  // MARK: Backup and restore

  @Test func aBackupIsMadeBesideARunningDaemon() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try keeper.start()
    try Deadline.wait(for: "a tick") { try !keeper.logged().isEmpty }
    let backup = keeper.folder.appendingPathComponent("backup").path
    let made = try keeper.run("journal", "backup", backup)
    #expect(made.status == 0 && made.output.contains("backed up and verified"), "\(made)")
    #expect(try keeper.run("journal", "backup", backup).status == 74, "it is not overwritten")
    let exported = try keeper.run("journal", "export")
    #expect(exported.status == 0)
    let file = keeper.folder.appendingPathComponent("export.jsonl")
    try Data(exported.output.utf8).write(to: file)
    for path in [backup, file.path] {
      let verified = try keeper.run("journal", "verify", "--file", path)
      #expect(verified.status == 0 && verified.output.contains("the journal is sound"), "\(verified)")
    }
    let refused = try keeper.run("journal", "restore", backup)
    #expect(refused.status == 74 && refused.complaints.contains("\(keeper.processID)"), "\(refused)")
    #expect(!keeper.exists("vaultkeeper.halt"))
    #expect(try keeper.terminate() == 0)
    #expect(try !keeper.logged().isEmpty)
    try expectSoundJournal(keeper)
  }

  /// The backup knows of the first call and not of the second. The chain knows both.
  @Test func afterRestoringAnOldBackupNothingIsSignedUntilAPersonHasLooked() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    #expect(try keeper.tick().code == "placeMarket")
    let backup = keeper.folder.appendingPathComponent("backup").path
    #expect(try keeper.run("journal", "backup", backup).status == 0)
    try chain.mine()
    try keeper.ticks(until: "insideBand")
    try deposit(chain)
    try keeper.ticks(until: "placeMarket")
    try chain.mine()
    try keeper.ticks(until: "insideBand")
    #expect(try chain.keeperNonce() == 2)

    let kept = try keeper.run("journal", "restore", backup)
    #expect(kept.status == 74 && kept.complaints.contains("--forget-newer"), "\(kept)")
    #expect(!keeper.exists("vaultkeeper.halt"))
    let restored = try keeper.run("journal", "restore", backup, "--forget-newer")
    #expect(restored.status == 0, "\(restored)")
    for words in ["restored: ", "moved aside: ", "promise records more", "halted: ", "next:"] {
      #expect(restored.output.contains(words), "\(words): \(restored)")
    }
    #expect(keeper.exists("vaultkeeper.halt"))

    // It settles what the backup knows of, and finds the nonce that it does not.
    try deposit(chain)
    var events: [String] = []
    for _ in 0..<8 {
      let tick = try keeper.tick()
      #expect(tick.code == "halted", "\(tick)")
      events += tick.events.map(\.code)
      try chain.mine()
    }
    for event in ["mined", "settled", "nonceDoubted"] { #expect(events.contains(event), "\(event): \(events)") }
    let why = try keeper.run("resume")
    #expect(why.status == 1 && why.output.contains("foreignNonce"), "\(why)")
    #expect(try chain.keeperNonce() == 2 && chain.pooled().isEmpty)

    #expect(try keeper.run("resume", "--note", "nonce 1 was ours, made after the backup").status == 0)
    try keeper.ticks(until: "placeMarket")
    try chain.mine()
    try keeper.ticks(until: "insideBand")
    #expect(try chain.keeperNonce() == 3 && chain.events("OrderCreated") == 3)
    #expect(try HedgeTests.isHedged(chain, around: 11))
    try expectSoundJournal(keeper)
  }

  /// The call that the backup has forgotten waits in a pool: it is not signed over.
  @Test func aForgottenCallInThePoolIsNotSignedOver() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    #expect(try keeper.run("halt").status == 0)
    #expect(try keeper.tick().code == "halted")
    let backup = keeper.folder.appendingPathComponent("backup").path
    #expect(try keeper.run("journal", "backup", backup).status == 0)
    #expect(try keeper.run("resume", "--note", "on").status == 0)
    #expect(try keeper.tick().code == "placeMarket")
    #expect(try keeper.run("journal", "restore", backup, "--forget-newer").status == 0)
    #expect(try keeper.run("resume", "--note", "too soon").status == 0)
    for _ in 0..<2 { #expect(try keeper.tick().code == "poolAhead") }
    #expect(try chain.pooled().count == 1)
    try chain.mine()
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.keeperNonce() == 1 && chain.events("OrderCreated") == 1)
  }

  // MARK: Upgrade

  /// A journal of format 1 with a call in flight, as an upgrade in the middle of the day meets it.
  @Test func anUpgradeMigratesTheJournalAndKeepsItsPromises() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    let placed = try keeper.tick()
    #expect(placed.code == "placeMarket")
    try downgrade(keeper)
    // Who only reads takes it as it is.
    #expect(try keeper.run("journal", "verify").status == 0)
    try chain.setPrice(3_010)
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.transactions(emitting: "OrderCreated") == [try #require(placed.transaction)])
    #expect(try chain.keeperNonce() == 1)
    let verified = try keeper.run("journal", "verify")
    #expect(verified.output.contains("migrated from format 1 to 2"), "\(verified)")
    let copies = try keeper.files().filter { $0.hasPrefix("vaultkeeper.journal.format-1-") }
    #expect(copies.count == 1)
    let copy = keeper.folder.appendingPathComponent(try #require(copies.first)).path
    #expect(try keeper.run("journal", "verify", "--file", copy).status == 0)
    try expectSoundJournal(keeper)
  }

  private func downgrade(_ keeper: KeeperProcess) throws {
    let process = Process()
    process.executableURL = try Workplace.python()
    process.arguments = [
      "-c",
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('drop table lineage'); "
        + "c.execute('pragma user_version = 1'); c.commit(); c.close()",
      keeper.folder.appendingPathComponent("vaultkeeper.journal").path,
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw DevChain.Failure("the journal cannot be made an old one") }
  }

  // MARK: Keys

  /// A new key takes over while a call of the old one is outstanding: it is settled, and only then is there another.
  @Test func aKeyIsChangedWithACallOutstanding() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    let placed = try keeper.tick()
    let transaction = try #require(placed.transaction)
    try chain.call("dev_freeze", .string(transaction), true)

    let path = keeper.folder.appendingPathComponent("new.json").path
    let passphrase = keeper.folder.appendingPathComponent("devchain-keeper.passphrase").path
    let made = try keeper.runPlain("key", "new", path, "--passphrase-file", passphrase)
    let address = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try chain.call("anvil_setBalance", .string(address), .string(UInt256(1_000_000_000_000_000_000).hexQuantity))
    try chain.call("scenario_assignRole", .string(address), true)
    try chain.mine()
    var settings = KeeperSettings(patience: "0s")
    settings.key = (address, "new.json")
    try keeper.configure(settings)

    try chain.mine(2)
    for _ in 0..<3 {
      let waiting = try keeper.tick()
      #expect(waiting.code == "callInFlight" || waiting.code == "callInDoubt", "\(waiting)")
      try chain.mine()
    }
    #expect(try chain.nonce(of: address) == 0, "nothing is signed beside the old key's call")
    // Nor is it lost: the pools forget it, and the same bytes go out again, which takes no key.
    try chain.call("anvil_dropTransaction", .string(transaction))
    try chain.call("dev_freeze", .string(transaction), false)
    try chain.mine(3)
    _ = try keeper.tick()
    #expect(try chain.pooled().map { $0["hash"]?.string } == [transaction])
    try chain.mine()
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.events("OrderCreated") == 1 && chain.keeperNonce() == 1 && chain.nonce(of: address) == 0)

    try chain.call("scenario_revokeRole", true)
    try deposit(chain)
    try keeper.ticks(until: "placeMarket")
    try chain.mine()
    try keeper.ticks(until: "insideBand")
    #expect(try chain.events("OrderCreated") == 2 && chain.keeperNonce() == 1 && chain.nonce(of: address) == 1)
    try expectSoundJournal(keeper)
  }

  // MARK: Alarms

  /// A command that appends what it is told to a file.
  private func alarmed(
    _ keeper: KeeperProcess, _ settings: KeeperSettings = KeeperSettings(), more: String = ""
  ) throws -> () throws -> [JSON] {
    let notices = keeper.folder.appendingPathComponent("notices")
    let script = keeper.folder.appendingPathComponent("alarm")
    try Data("#!/bin/sh\ncat >> '\(notices.path)'\n".utf8).write(to: script)
    chmod(script.path, 0o700)
    var settings = settings
    settings.more = "alarms: {command: [\"\(script.path)\"], timeout: 60s\(more)}"
    try keeper.configure(settings)
    return {
      guard FileManager.default.fileExists(atPath: notices.path) else { return [] }
      let text = try String(contentsOf: notices, encoding: .utf8)
      return try text.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
    }
  }

  private func names(_ notices: [JSON]) -> [String] {
    notices.map { "\($0["alarm"]?.string ?? "?") \($0["phase"]?.string ?? "?") \($0["subject"]?.string ?? "?")" }
  }

  @Test func alarmsOfAHaltOfALowBalanceAndOfABrokenJournal() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    let notices = try alarmed(keeper, more: ", lowBalance: 1 ether")
    #expect(try keeper.run("test-alarm").output == "command: delivered\n")
    #expect(try names(notices()) == ["halt test test-alarm"])
    #expect(try keeper.tick().code == "placeLimit")
    #expect(try notices().count == 1, "nothing is wrong")

    #expect(try keeper.run("halt", "--reason", "a \"quoted\" reason").status == 0)
    try chain.call("anvil_setBalance", .string(try chain.address("keeper")), "0x1234")
    try chain.mine()
    #expect(try keeper.tick().code == "halted")
    let told = try notices()
    #expect(names(told).dropFirst().sorted() == ["halt raised byOperator", "lowBalance raised devchain"])
    #expect(told.contains { $0["message"]?.string?.contains("a \"quoted\" reason") == true })
    #expect(told.allSatisfy { $0["keeper"]?.string == (try? chain.address("keeper")) })

    truncate(keeper.folder.appendingPathComponent("vaultkeeper.journal").path, 9_000)
    #expect(try keeper.run("run", "--once").status != 0)
    #expect(try names(notices()).last == "journal raised journal")
  }

  @Test func aDaemonWhoseNodeHangsRaisesTheAlarmAndTakesItBack() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    let notices = try alarmed(keeper, more: ", noCompletedTick: 5s")
    try chain.setFaults([["kind": "hang", "method": "eth_chainId", "ms": 60_000]])
    try keeper.start()
    try Deadline.wait(for: "the alarm") { try names(notices()).contains("noCompletedTick raised first-light") }
    try chain.setFaults([])
    try Deadline.wait(for: "its end") { try names(notices()).contains("noCompletedTick cleared first-light") }
    #expect(try keeper.terminate() == 0)
  }

  private func deposit(_ chain: DevChain) throws {
    try chain.call("scenario_depositWeth", .string(UInt256(2_000_000_000_000_000_000).hexQuantity))
    try chain.mine()
  }
}
