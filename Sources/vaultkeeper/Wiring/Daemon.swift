import Host
import Keeper
import Outbox
import Wallet

/// The keeper with its key: opens everything that can sign, write and send, then lives.
struct Daemon {
  let workshop: Workshop
  let log: TickLog
  let notifier: SystemdNotifier

  func run(once: Bool) throws {
    let configuration = workshop.file.configuration
    let signer = try workshop.openSigner()
    let lock = try WriterLock(journalPath: configuration.journal.path)
    let alarms = try Alarms.start(workshop)
    defer {
      if let alarms, let settings = configuration.alarms {
        alarms.stop(waitingMilliseconds: Alarms.farewellMilliseconds(settings))
      }
    }
    do {
      try live(once: once, signer: signer, lock: lock, alarms: alarms)
    } catch let failure as JournalFailure {
      alarms?.failed(failure)
      throw failure
    } catch let failure as JournalEnd {
      alarms?.failed(failure.failure)
      throw failure.command
    }
  }

  private func live(once: Bool, signer: PolicedSigner, lock: WriterLock, alarms: AlarmRunner?) throws {
    let configuration = workshop.file.configuration
    let writer = try Writer(workshop, nodes: Watchdog.FedTransport(workshop.transport) { notifier.notify(.watchdog) })
    var keeper = try keeper(
      signer: signer, store: try SQLiteJournalStore(lock: lock, program: Vaultkeeper.version), writer: writer)
    try discardStaleNote(keeper)
    let life = Life(
      intervalMilliseconds: configuration.tick.intervalSeconds * 1000,
      observationsKeptSeconds: configuration.journal.observationSeconds, clock: workshop.clock,
      isStopping: { [interrupt = workshop.interrupt] in interrupt.isStopping })
    log.started(workshop, mode: once ? "once" : "daemon")
    // However it ends, another keeper need not wait for the lease to lapse.
    defer { writer.fence.resign("the keeper has ended", deadlineMilliseconds: Writer.resigningMilliseconds) }
    try life.run(&keeper, once: once) { report, outbox in
      let now = workshop.clock.now()
      log.ticked(report, outbox, writer.fence.standing(now), now: now.unixSeconds)
      alarms?.ticked(report)
    }
    log.stopped(reason: workshop.interrupt.reason)
  }

  /// A journal that contradicts itself leaves nothing to observe with: that is the halt which ends the process.
  private func keeper(signer: PolicedSigner, store: SQLiteJournalStore, writer: Writer) throws -> Keeper {
    do {
      return try Keeper(
        watches: workshop.watches(through: writer.transport), journal: try Journal(open: store), signer: signer,
        sender: Sender(transport: writer.transport), fence: writer.fence, clock: workshop.clock, desk: workshop.desk,
        papers: workshop.papers, configurationHash: workshop.file.hash)
    } catch let failure as JournalFailure {
      guard case .corrupt = failure else { throw failure }
      throw JournalEnd(failure: failure, command: CommandFailure(status: .halted, message: failure.description))
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

/// A journal that leaves nothing to observe with: told as an alarm, and then to whoever called the command.
private struct JournalEnd: Error {
  let failure: JournalFailure
  let command: CommandFailure
}

/// Who may write, and the door to the nodes that goes with it.
struct Writer {
  let fence: any WriterFence
  let transport: any Transport

  /// What saying so may take; the lease ends by itself soon enough.
  static let resigningMilliseconds = 2_000

  /// - Parameter nodes: the door to the nodes as it is without a lease.
  init(_ workshop: Workshop, nodes: any Transport) throws(HostError) {
    guard let lease = workshop.deployment.lease else {
      fence = LocalFence()
      transport = nodes
      return
    }
    let settings = lease.settings(holder: "\(Machine.name) (process \(Machine.processID))")
    let leased = LeasedTransport(nodes, settings: settings, clock: workshop.clock)
    transport = leased
    fence = LeaseFence(settings: settings, transport: leased, clock: workshop.clock)
  }
}
