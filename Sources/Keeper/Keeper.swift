package import Ethereum
package import Outbox
package import Wallet

/// A keeper with a key: the one place that knows the order in which things happen (`Tick.swift`).
///
/// What it remembers is the outbox, which is the journal replayed; so starting and recovering are the same code, and a
/// crash at any point is followed by a start like any other.
package struct Keeper {
  package internal(set) var watches: [Watch]
  package internal(set) var outbox: Outbox
  let ledger: Journal
  let signer: PolicedSigner
  let sender: Sender
  /// Who may write, where more than one keeper could.
  let fence: any WriterFence
  let clock: any TimeSource
  let desk: any OperatorDesk
  let papers: any Papers
  let configurationHash: Bytes32
  var history: [PriceHistory]
  /// What the vaults' aims remember.
  var aims: AimMemory
  /// One for each watch.
  var studies: [PriceStudy]
  /// One for each watch.
  var recorders: [TickRecorder]
  /// Exchanges of the sender in the running tick.
  var sent = 0
  /// Inclusions that were held against what their calls were cleared for. Forgotten by a restart, which checks again.
  var verified: [Inclusion] = []
  /// Calls whose blocks the endpoints were asked about, and did not tell of in the same way.
  var unverified: [MinedCall] = []
  /// For each vault since when its role is missing, as long as it may be. Forgotten by a restart, which waits anew.
  var roleAbsences: [RoleAbsence?]

  /// - Parameters:
  ///   - watches: one for each vault, all reading for the signer's address.
  ///   - signer: behind its policy; there is no keeper without one.
  /// - Throws: `OutboxError` when the journal cannot be read or tells a story that cannot be true.
  package init(
    watches: [Watch], journal: Journal, signer: PolicedSigner, sender: Sender, fence: any WriterFence = LocalFence(),
    clock: any TimeSource, desk: any OperatorDesk, papers: any Papers = NoPapers(), configurationHash: Bytes32
  ) throws(OutboxError) {
    precondition(
      watches.allSatisfy { $0.keeper == signer.address }, "every watch reads for the address that signs")
    self.watches = watches
    ledger = journal
    self.signer = signer
    self.sender = sender
    self.fence = fence
    self.clock = clock
    self.desk = desk
    self.papers = papers
    self.configurationHash = configurationHash
    roleAbsences = watches.map { _ in nil }
    studies = watches.map { PriceStudy($0.vault.volatility, feed: $0.vault.priceFeed) }
    outbox = try Outbox(
      policies: LanePolicy.of(watches), vaults: watches.map(\.vaultPolicy), replaying: journal.reader)
    let newest = journal.tails.observations.sequence
    // Twice, since a tick that acts may leave two records.
    let wanted = UInt64(2 * TickRecorder.frameInterval * watches.count)
    recorders = try watches.map { (watch) throws(OutboxError) in
      do throws(JournalFailure) { return try TickRecorder(watch.vault) } catch { throw .journal(error) }
    }
    for index in watches.indices {
      do throws(JournalFailure) {
        try self.watches[index].remember(
          signedBooksFrom: journal.reader, since: newest > wanted ? newest - wanted : 1)
      } catch {
        throw .journal(error)
      }
    }
    do throws(JournalFailure) {
      aims = try AimMemory(
        of: watches.map(\.vault), from: journal.reader, since: newest > wanted ? newest - wanted : 1)
    } catch {
      throw .journal(error)
    }
    history = try watches.map { (watch) throws(OutboxError) in
      do throws(JournalFailure) {
        return try PriceHistory(
          of: watch.vault.name, from: journal.reader, since: newest > wanted ? newest - wanted : 1)
      } catch {
        throw .journal(error)
      }
    }
  }

  /// Forgets observations older than the given age.
  package func prune(observationsOlderThan seconds: UInt64) throws(JournalFailure) {
    let now = clock.now().unixSeconds
    _ = try ledger.pruneObservations(before: now > seconds ? now - seconds : 0, at: now)
  }
}

extension LanePolicy {
  /// The lanes of these watches, each chain once.
  package static func of(_ watches: [Watch]) -> [LanePolicy] {
    var policies: [LanePolicy] = []
    for watch in watches where !policies.contains(where: { $0.chainID == watch.node.chain.chainID }) {
      policies.append(watch.node.chain.lane)
    }
    return policies
  }
}
