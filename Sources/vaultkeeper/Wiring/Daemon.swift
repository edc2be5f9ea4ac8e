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
    let signer = try workshop.openSigner()
    let lock = try WriterLock(journalPath: configuration.journal.path)
    var keeper = try keeper(signer: signer, store: try SQLiteJournalStore(lock: lock))
    try OldKeys(keeper.outbox.state, key: configuration.key.address).refuseOpenPromises()
    try discardStaleNote(keeper)
    let life = Life(
      intervalMilliseconds: configuration.tick.intervalSeconds * 1000,
      observationsKeptSeconds: configuration.journal.observationSeconds, clock: workshop.clock,
      isStopping: { [interrupt = workshop.interrupt] in interrupt.isStopping })
    log.started(workshop, mode: once ? "once" : "daemon")
    try life.run(&keeper, once: once, report: log.ticked)
    log.stopped(reason: workshop.interrupt.reason)
  }

  /// A journal that contradicts itself leaves nothing to observe with: that is the halt which ends the process.
  private func keeper(signer: PolicedSigner, store: SQLiteJournalStore) throws -> Keeper {
    do {
      return try Keeper(
        watches: workshop.watches(), journal: try Journal(open: store), signer: signer,
        sender: Sender(transport: workshop.transport), clock: workshop.clock, desk: workshop.desk,
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
