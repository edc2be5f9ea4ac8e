import Host
import Keeper
import Outbox
import Wallet

/// The keeper with its key: opens everything that can sign, write and send, then lives.
struct Daemon {
  let workshop: Workshop
  let log: TickLog

  func run(once: Bool) throws {
    let configuration = workshop.file.configuration
    let signer = try DaemonKey.open(configuration.key)
    let lock = try WriterLock(journalPath: configuration.journal.path)
    let writer = try Writer(workshop)
    var keeper = try keeper(signer: signer, store: try SQLiteJournalStore(lock: lock), writer: writer)
    try discardStaleNote(keeper)
    let life = Life(
      intervalMilliseconds: configuration.tick.intervalSeconds * 1000,
      observationsKeptSeconds: configuration.journal.observationSeconds, clock: workshop.clock,
      isStopping: { [interrupt = workshop.interrupt] in interrupt.isStopping })
    log.started(workshop, mode: once ? "once" : "daemon")
    // However it ends, another keeper need not wait for the lease to lapse.
    defer { writer.fence.resign("the keeper has ended", deadlineMilliseconds: Writer.resigningMilliseconds) }
    try life.run(&keeper, once: once, report: log.ticked)
    log.stopped(reason: workshop.interrupt.reason)
  }

  /// A journal that contradicts itself leaves nothing to observe with: that is the halt which ends the process.
  private func keeper(signer: any Signer, store: SQLiteJournalStore, writer: Writer) throws -> Keeper {
    do {
      return try Keeper(
        watches: workshop.watches(through: writer.transport), journal: try Journal(open: store), signer: signer,
        sender: Sender(transport: writer.transport), fence: writer.fence, clock: workshop.clock, desk: workshop.desk,
        configurationHash: workshop.file.hash)
    } catch let failure as JournalFailure {
      guard case .corrupt = failure else { throw failure }
      throw CommandFailure(status: .halted, message: failure.description)
    } catch let error as OutboxError {
      if case .journal(let failure) = error { throw failure }
      throw CommandFailure(status: .halted, message: error.description)
    }
  }

  /// A note of a resumption that was never needed must not end a halt which nobody has looked at.
  private func discardStaleNote(_ keeper: Keeper) throws {
    guard keeper.outbox.halts.isEmpty else { return }
    try workshop.desk.resumptionNote.clear()
  }
}

/// Who may write, and the door to the nodes that goes with it.
struct Writer {
  let fence: any WriterFence
  let transport: any Transport

  /// What saying so may take; the lease ends by itself soon enough.
  static let resigningMilliseconds = 2_000

  init(_ workshop: Workshop) throws(HostError) {
    guard let lease = workshop.deployment.lease else {
      fence = LocalFence()
      transport = workshop.transport
      return
    }
    let settings = lease.settings(holder: "\(Machine.name) (process \(Machine.processID))")
    let leased = LeasedTransport(workshop.transport, settings: settings, clock: workshop.clock)
    transport = leased
    fence = LeaseFence(settings: settings, transport: leased, clock: workshop.clock)
  }
}

/// The key the daemon signs with.
enum DaemonKey {
  /// - Throws: `CommandFailure` when the keystore holds another key than the configuration names.
  static func open(_ key: Configuration.Key) throws -> LocalSigner {
    let context = try Secp256k1.forKeys()
    let keystore = try KeystoreFile.read(key.keystorePath)
    let secret = try keystore.unlock(with: try PassphraseOptions.read(key.passphrase), context: context)
    guard secret.address == key.address else {
      throw CommandFailure(
        status: .configuration,
        message: "the keystore \(key.keystorePath) holds the key of \(secret.address), the configuration names "
          + "\(key.address); correct key.address or key.keystore.path")
    }
    return LocalSigner(key: secret, context: context)
  }
}
