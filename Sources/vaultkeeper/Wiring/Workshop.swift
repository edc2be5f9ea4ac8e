import Host
import Keeper
import Outbox

/// What every command that looks at chains holds: configuration, transport, clock, desk. Nothing here can sign or
/// write.
struct Workshop {
  let file: ConfigurationFile
  let deployment: Deployment
  let interrupt: Interrupt
  /// One for all endpoints of all chains, and for the members that keep the lease.
  let transport: CurlTransport
  /// Endpoints that cannot be asked, since their secrets cannot be read. None for those who sign.
  let unopened: [OpenEndpoints.Failure]
  let clock: SystemClock
  let desk: MarkerDesk
  let papers = FilePapers()

  /// - Parameter needsEveryEndpoint: whether an endpoint whose secrets cannot be read is an error. Who only looks goes
  ///   on with the others, and says which are missing.
  init(configurationPath: String, handlingSignals: Bool = false, needsEveryEndpoint: Bool) throws {
    file = try ConfigurationFile.read(configurationPath)
    deployment = try Deployment(file)
    interrupt = try Interrupt()
    if handlingSignals { try Signals.install(raising: interrupt) }
    let endpoints = OpenEndpoints(deployment)
    if needsEveryEndpoint, let failure = endpoints.failures.first { throw failure.error }
    unopened = endpoints.failures
    transport = try CurlTransport(
      endpoints: endpoints.configurations, version: Vaultkeeper.version, interrupt: interrupt)
    clock = SystemClock(interrupt: interrupt)
    desk = MarkerDesk(markerPath: file.configuration.haltMarkerPath)
  }

  /// Why an endpoint cannot be asked; nil where it can.
  func problem(of endpoint: EndpointID) -> HostError? { unopened.first { $0.id == endpoint }?.error }

  /// The eyes on every vault, in the order of the chains and of the file.
  ///
  /// - Parameter transport: nil for the plain one.
  func watches(through transport: (any Transport)? = nil) -> [Watch] {
    deployment.chains.flatMap { chain in
      chain.vaults.map { vault in
        Watch(
          vault: vault, keeper: file.configuration.key.address,
          node: Node(chain: chain.settings, transport: transport ?? self.transport), papers: papers)
      }
    }
  }

  /// What the journal remembers, read without a lock; an empty memory where there is no journal yet.
  func memory() throws -> JournalMemory { try JournalMemory(file, policies: LanePolicy.of(watches())) }

  /// A keeper without hands for each vault.
  ///
  /// - Parameter name: only this vault; nil for all.
  func rehearsals(vault name: String? = nil) throws -> [Rehearsal] {
    let memory = try memory()
    let watches = watches().filter { name == nil || $0.vault.name == name }
    if watches.isEmpty, let name {
      let known = file.configuration.vaults.map(\.name).joined(separator: ", ")
      throw CommandFailure(status: .usage, message: "there is no vault \(quoted(name)); there are: \(known)")
    }
    let aims = try memory.aims(of: self.watches().map(\.vault))
    return try watches.map { watch in
      var watch = watch
      if let reader = memory.reader { try watch.remember(signedBooksFrom: reader) }
      return Rehearsal(
        watch: watch, outbox: memory.outbox, history: try memory.history(of: watch.vault.name), aims: aims,
        clock: clock,
        papers: papers, haltReason: { [desk] in desk.haltReason() })
    }
  }
}

/// A journal as it is read beside a running keeper, or without one.
struct JournalMemory {
  /// Nil where there is no journal yet.
  let reader: JournalReader?
  let outbox: Outbox

  init(_ file: ConfigurationFile, policies: [LanePolicy]) throws {
    reader = try JournalMemory.reader(file)
    do {
      outbox =
        try reader.map { (reader) throws(OutboxError) in try Outbox(policies: policies, replaying: reader) }
        ?? Outbox(policies: policies)
    } catch {
      throw CommandFailure(status: .journal, message: error.description)
    }
  }

  func history(of vault: String) throws(JournalFailure) -> PriceHistory {
    guard let reader else { return PriceHistory() }
    return try PriceHistory(of: vault, from: reader)
  }

  func aims(of vaults: [VaultSettings]) throws(JournalFailure) -> AimMemory {
    guard let reader else { return AimMemory() }
    return try AimMemory(of: vaults, from: reader)
  }

  static func reader(_ file: ConfigurationFile) throws(JournalFailure) -> JournalReader? {
    let path = file.configuration.journal.path
    guard try SQLiteJournalReader.isPresent(at: path) else { return nil }
    return JournalReader(try SQLiteJournalReader(path: path))
  }
}
