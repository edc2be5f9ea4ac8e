package import Ethereum
package import Keeper
package import Outbox
package import Wallet

// The doors of a process in a simulated world. Every use of a door is a boundary at which the process can die; once it
// is dead, nothing it still does has any effect, and nothing it still asks is answered, until it is started again.

extension SimulatedWorld {
  /// A step of the process that the world would see, or that it would learn from.
  /// - Returns: whether the process is dead.
  func boundary(_ what: StaticString) -> Bool {
    if isDead { return true }
    boundaries += 1
    lastBoundary = what
    if let pauseAt, boundaries >= pauseAt { pause() }
    if let deathAt, boundaries >= deathAt { die(what) }
    return isDead
  }

  func die(_ what: StaticString) {
    isDead = true
    deathAt = nil
    tally.count(.crash)
    trace.note("death", at: milliseconds)
    trace.say("the process dies: \(what), boundary \(boundaries)")
  }

  /// A new process may begin.
  func revive() {
    isDead = false
    deathAt = nil
  }
}

/// The way to the simulated nodes.
package final class StormTransport: Transport {
  private let world: SimulatedWorld
  package init(_ world: SimulatedWorld) { self.world = world }

  package func exchange(_ outgoing: [Outgoing], deadlineMilliseconds: Int) -> [Reply] {
    var replies: [Reply] = []
    var slowest: UInt64 = 1
    for message in outgoing {
      guard !world.boundary("before a message") else {
        replies.append(.failed(.cancelled(sent: false)))
        continue
      }
      world.trace.note("message", at: world.milliseconds, message.body)
      let delivery = world.deliver(message, deadlineMilliseconds: UInt64(max(deadlineMilliseconds, 1)))
      slowest = max(slowest, delivery.latencyMilliseconds)
      replies.append(delivery.reply)
      if case .answer(_, let body, _) = delivery.reply { world.trace.note("answer", at: world.milliseconds, body) }
    }
    world.advance(to: world.milliseconds + slowest)
    // Heard by the nodes, and nothing of it came home.
    if world.boundary("after an exchange") { return outgoing.map { _ in .failed(.cancelled(sent: true)) } }
    return replies
  }
}

/// The machine's clocks.
package final class StormClock: TimeSource {
  private let world: SimulatedWorld
  package init(_ world: SimulatedWorld) { self.world = world }

  package func now() -> Moment {
    _ = world.boundary("a look at the clock")
    return world.machineTime
  }

  package func sleep(untilMonotonicMilliseconds deadline: UInt64) -> Wake {
    world.advance(to: world.startMilliseconds + deadline)
    return .elapsed
  }
}

extension SimulatedWorld {
  var machineTime: Moment {
    let seconds = Int64(clamping: milliseconds / 1_000)
    return Moment(
      unixSeconds: UInt64(clamping: seconds + clockErrorSeconds),
      monotonicMilliseconds: milliseconds - startMilliseconds)
  }
}

/// The operator's marker files.
package final class StormDesk: OperatorDesk {
  private let world: SimulatedWorld
  package init(_ world: SimulatedWorld) { self.world = world }

  package func haltReason() -> String? { world.haltReason }
  package func resumption() -> String? { world.resumption }
  package func acknowledgeResumption() {
    guard !world.boundary("before the operator's note is put away") else { return }
    world.resumption = nil
  }
}

/// Signs with a real key, and may die before or after.
package final class StormSigner: Signer {
  private let inner: LocalSigner
  // The world and everything in it live on one thread; the protocol asks for more than a simulated one needs.
  private nonisolated(unsafe) let world: SimulatedWorld

  package init(_ inner: LocalSigner, _ world: SimulatedWorld) {
    self.inner = inner
    self.world = world
  }

  package var address: Address { inner.address }

  package func sign(_ transaction: UnsignedTransaction) throws(WalletError) -> SignedTransaction {
    guard !world.boundary("before a signature") else { throw .contextNotRandomised }
    let signed = try inner.sign(transaction)
    world.trace.note("signature", at: world.milliseconds, signed.raw)
    world.trace.say("signed \(signed.hash), nonce \(transaction.nonce), \(transaction.data.count) bytes of data")
    _ = world.boundary("after a signature")
    return signed
  }
}

/// The journal's medium: it keeps what was acknowledged, whatever happens, and may lose the rest.
package final class StormStore: JournalStore {
  private let world: SimulatedWorld
  private var promises: [JournalEntry] = []
  private var observations: [JournalEntry] = []
  /// Sequences of `observations` begin here.
  private var forgotten: UInt64 = 0

  package init(_ world: SimulatedWorld) { self.world = world }

  package func append(_ entries: [JournalEntry]) throws(JournalFailure) {
    guard !world.boundary("before an append") else { throw MemoryJournalStore.powerLoss }
    if world.isDiskFull {
      world.tally.count(.fullDisk)
      throw .unwritable(what: "no space left")
    }
    // Power is lost while pages are written: the medium finds a torn tail at the next start and drops all of it.
    if world.boundary("in the middle of an append") {
      world.tally.count(.tornAppend)
      throw MemoryJournalStore.powerLoss
    }
    for entry in entries {
      guard newest(entry.stream) < entry.sequence else {
        throw .sequenceTaken(stream: entry.stream, sequence: entry.sequence)
      }
      switch entry.stream {
      case .promises:
        promises.append(entry)
        world.checkers.journaled(entry, at: world.milliseconds)
        world.trace.say("journal: \(String(decoding: entry.payload.prefix(700), as: UTF8.self))")
      case .observations: observations.append(entry)
      }
      world.trace.note("append", at: world.milliseconds, entry.hash.bytes)
    }
    if world.boundary("after an append") {
      world.tally.count(.unheardAppend)
      throw MemoryJournalStore.powerLoss
    }
  }

  package func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    let held = stream == .promises ? promises : observations
    guard let first = held.first?.sequence else { return }
    let start = sequence > first ? Int(clamping: sequence - first) : 0
    guard start < held.count else { return }
    let end = limit.map { min(held.count, start + Int(clamping: $0)) } ?? held.count
    for index in start..<end { try body(held[index]) }
  }

  package func newestSequence(_ stream: JournalStream) throws(JournalFailure) -> UInt64 { newest(stream) }

  private func newest(_ stream: JournalStream) -> UInt64 {
    (stream == .promises ? promises : observations).last?.sequence ?? (stream == .promises ? 0 : forgotten)
  }

  package func pruneObservations(through sequence: UInt64) throws(JournalFailure) {
    guard !world.boundary("before pruning") else { throw MemoryJournalStore.powerLoss }
    let kept = observations.firstIndex { $0.sequence > sequence } ?? observations.count
    forgotten = observations.last?.sequence ?? forgotten
    observations.removeFirst(kept)
  }

  /// Everything held of a stream, for whoever judges.
  package func held(_ stream: JournalStream) -> [JournalEntry] { stream == .promises ? promises : observations }

  /// Puts something else in the place of all promises: a test's damaged medium.
  package func overwritePromises(_ entries: [JournalEntry]) { promises = entries }
}
